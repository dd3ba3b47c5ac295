//! A string interner: ids and other words of a case as numbers, each text kept once.

use crate::text::identical;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::{BuildHasher, Hasher};
use std::ops::Range;

/// An identity or a record's id, as a number that stands for the same words throughout a case. Numbers rise in the order
/// in which words were first met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(u32);

impl Name {
    /// The number, from 0 in each case.
    #[inline]
    pub fn number(self) -> usize {
        self.0 as usize
    }
}

/// Texts one after another in one piece of memory, which serves again when they are no longer needed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Texts {
    all: String,
    /// Where each of them ends.
    ends: Vec<usize>,
}

/// Words with their numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct NameTable {
    words: Texts,
    /// Finds a name by its words. It is never walked over, so its order is nobody's.
    known: HashTable<Name>,
    hasher: DefaultHashBuilder,
}

impl PartialEq for NameTable {
    /// The words and their numbers; where the table keeps them is nobody's concern.
    fn eq(&self, other: &Self) -> bool {
        self.words == other.words
    }
}

impl Texts {
    /// Adds a text, and says at which place.
    pub(super) fn push(&mut self, text: &str) -> u32 {
        self.all.push_str(text);
        self.ends.push(self.all.len());
        to_u32(self.ends.len() - 1)
    }

    pub(super) fn get(&self, at: u32) -> Option<&str> {
        self.all.get(self.range(at)?)
    }

    /// Whether a text is this one.
    #[inline]
    fn is(&self, at: u32, text: &str) -> bool {
        self.range(at).and_then(|range| self.all.as_bytes().get(range)) == Some(text.as_bytes())
    }

    #[inline]
    fn range(&self, at: u32) -> Option<Range<usize>> {
        let at = at as usize;
        let end = *self.ends.get(at)?;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before).copied()).unwrap_or(0);
        Some(start..end)
    }

    pub(super) fn clear(&mut self) {
        self.all.clear();
        self.ends.clear();
    }
}

impl NameTable {
    pub(super) fn get(&self, words: &str) -> Option<Name> {
        let words = &*identical(words);
        let Self { words: all, known, hasher } = self;
        known.find(hash(hasher, words), |name| all.is(name.0, words)).copied()
    }

    /// The name of these words, in their one spelling.
    pub(super) fn get_or_add(&mut self, words: &str) -> Name {
        let words = &*identical(words);
        let Self { words: all, known, hasher } = self;
        let own = hash(hasher, words);
        match known.find(own, |name| all.is(name.0, words)) {
            Some(name) => *name,
            None => {
                let name = Name(all.push(words));
                known.insert_unique(own, name, |name| hash(hasher, all.get(name.0).unwrap_or("")));
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

/// The hash of the bytes alone. Nothing is hashed after them, so nothing needs to say where they end.
fn hash(hasher: &DefaultHashBuilder, words: &str) -> u64 {
    let mut hasher = hasher.build_hasher();
    hasher.write(words.as_bytes());
    hasher.finish()
}

/// A place as it is kept. No case has more than can be counted: files are limited.
pub(super) fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
