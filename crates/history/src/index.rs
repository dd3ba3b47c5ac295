//! Names -> the records that name them, the latest first, in eight bytes for each.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::collections::VecDeque;
use std::hash::BuildHasher;

/// For each name a chain of records from the latest on. Different names may share a chain, though that hardly happens: whoever follows
/// one looks whether a record names whom it should.
#[derive(Debug, Default)]
pub(crate) struct NameIndex {
    heads: HashTable<Head>,
    links: VecDeque<Link>,
    /// The number of the first of `links`. Numbers go round.
    first: u32,
    hasher: DefaultHashBuilder,
    /// From how many heads on those are looked for whose chains are gone.
    crowded: usize,
}

#[derive(Debug)]
struct Head {
    hash: u64,
    newest: u32,
}

#[derive(Clone, Copy, Debug)]
struct Link {
    record: u32,
    /// The link of the next older record; its own number where there is none.
    older: u32,
}

/// How many heads there are before anybody looks for ones to remove.
const FEW: usize = 1_024;

impl NameIndex {
    fn hash(&self, field: u16, name: &str) -> u64 {
        self.hasher.hash_one((field, name))
    }

    fn link(&self, number: u32) -> Option<&Link> {
        self.links.get(usize::try_from(number.wrapping_sub(self.first)).ok()?)
    }

    /// The records that name somebody in a field, and perhaps others, the latest first.
    pub(crate) fn records(&self, field: u16, name: &str) -> impl Iterator<Item = u32> {
        let hash = self.hash(field, name);
        let mut next = self.heads.find(hash, |head| head.hash == hash).map(|head| head.newest);
        std::iter::from_fn(move || {
            let number = next?;
            let link = self.link(number)?;
            next = Some(link.older).filter(|older| *older != number);
            Some(link.record)
        })
    }

    /// Puts the newest of all records into the chain of a name, behind those that `is_later` says are later nevertheless.
    pub(crate) fn add(&mut self, field: u16, name: &str, record: u32, is_later: impl Fn(u32) -> bool) {
        let hash = self.hash(field, name);
        let number = self.first.wrapping_add(u32::try_from(self.links.len()).unwrap_or(u32::MAX));
        let found = self.heads.find(hash, |head| head.hash == hash).map(|head| head.newest);
        let mut before = None;
        let mut after = found.filter(|link| self.link(*link).is_some());
        while let Some(link) = after.and_then(|after| self.link(after)).filter(|link| is_later(link.record)) {
            before = after;
            after = Some(link.older).filter(|older| Some(*older) != before);
        }
        self.links
            .push_back(Link { record, older: after.filter(|after| self.link(*after).is_some()).unwrap_or(number) });
        match (before, found) {
            (Some(before), _) => {
                let at = usize::try_from(before.wrapping_sub(self.first)).unwrap_or(usize::MAX);
                self.links.get_mut(at).into_iter().for_each(|link| link.older = number);
            }
            (None, Some(_)) => {
                let head = self.heads.find_mut(hash, |head| head.hash == hash);
                head.into_iter().for_each(|head| head.newest = number);
            }
            (None, None) => {
                self.heads.insert_unique(hash, Head { hash, newest: number }, |head| head.hash);
            }
        }
    }

    /// Forgets the oldest links, as far as their records are no longer there.
    pub(crate) fn forget(&mut self, is_there: impl Fn(u32) -> bool) {
        while self.links.front().is_some_and(|link| !is_there(link.record)) {
            self.links.pop_front();
            self.first = self.first.wrapping_add(1);
        }
        if self.heads.len() > self.crowded.max(FEW) {
            let (first, count) = (self.first, self.links.len());
            self.heads.retain(|head| usize::try_from(head.newest.wrapping_sub(first)).is_ok_and(|at| at < count));
            self.heads.shrink_to(0, |head| head.hash);
            self.crowded = self.heads.len() * 2;
        }
    }
}
