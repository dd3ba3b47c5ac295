//! The words of a case, each kept once.

use super::records::to_u32;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

/// An identity or a record's id, as a number that stands for the same words throughout a case. Numbers rise in the order
/// in which words were first met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(u32);

impl Name {
    #[inline]
    pub fn number(self) -> usize {
        self.0 as usize
    }
}

/// Texts one after another in one piece of memory, which serves again when they are no longer needed.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    all: String,
    /// Where each of them ends.
    ends: Vec<usize>,
}

/// Words with their numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    words: Texts,
    /// Finds a name by its words. It is never walked over, so its order is nobody's.
    known: HashTable<Name>,
    hasher: DefaultHashBuilder,
}

impl Texts {
    /// Adds a text, and says at which place.
    pub(super) fn push(&mut self, text: &str) -> u32 {
        self.all.push_str(text);
        self.ends.push(self.all.len());
        to_u32(self.ends.len() - 1)
    }

    pub(super) fn get(&self, at: u32) -> Option<&str> {
        let at = at as usize;
        let end = *self.ends.get(at)?;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before).copied()).unwrap_or(0);
        self.all.get(start..end)
    }

    pub(super) fn clear(&mut self) {
        self.all.clear();
        self.ends.clear();
    }
}

impl Names {
    pub(super) fn get(&self, words: &str) -> Option<Name> {
        let Self { words: all, known, hasher } = self;
        known.find(hasher.hash_one(words), |name| all.get(name.0) == Some(words)).copied()
    }

    pub(super) fn get_or_add(&mut self, words: &str) -> Name {
        let Self { words: all, known, hasher } = self;
        let hash = hasher.hash_one(words);
        match known.find(hash, |name| all.get(name.0) == Some(words)) {
            Some(name) => *name,
            None => {
                let name = Name(all.push(words));
                known.insert_unique(hash, name, |name| hasher.hash_one(all.get(name.0).unwrap_or("")));
                name
            }
        }
    }

    pub(super) fn words(&self, name: Name) -> &str {
        self.words.get(name.0).unwrap_or("")
    }

    pub(super) fn clear(&mut self) {
        self.words.clear();
        self.known.clear();
    }
}
