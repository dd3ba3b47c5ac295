//! Sets of the records of one kind, as bits: one for each record, oldest first, and after them one for the call.

use crate::model::Truth;
use std::cell::Cell;

/// Up to 64 records of a set: those that are in it for certain, and those that are or may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct TriWord {
    pub sure: u64,
    pub all: u64,
}

impl TriWord {
    /// Adds the answer for the record whose bit alone is set.
    fn add(&mut self, bit: u64, truth: Truth) {
        self.sure |= if truth == Truth::Yes { bit } else { 0 };
        self.all |= if truth == Truth::No { 0 } else { bit };
    }

    #[inline]
    fn half(self, half: Half) -> u64 {
        match half {
            Half::Sure => self.sure,
            Half::All => self.all,
        }
    }
}

/// A set of records: those that are sure to be in it, and those that are or may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct TriSet<'m> {
    words: &'m [Cell<TriWord>],
}

/// One of the two halves of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    Sure,
    All,
}

impl<'m> TriSet<'m> {
    pub(super) const NONE: Self = Self { words: &[] };

    pub(super) fn new(words: &'m [Cell<TriWord>]) -> Self {
        Self { words }
    }

    #[inline]
    fn word(&self, half: Half, at: usize) -> Option<u64> {
        self.words.get(at).map(|word| word.get().half(half))
    }

    #[inline]
    pub(super) fn has(&self, half: Half, index: usize) -> bool {
        self.word(half, index / 64).is_some_and(|word| word >> (index % 64) & 1 == 1)
    }

    /// Asks about each row of a half from `first` to just before `end`, and writes the answers as the whole of another set.
    pub(super) fn ask_into(
        self,
        other: &[Cell<TriWord>],
        first: usize,
        end: usize,
        mut ask: impl FnMut(usize, bool) -> Truth,
    ) {
        for (at, to) in other.iter().enumerate() {
            let sure = self.word(Half::Sure, at).unwrap_or_default();
            let mut bits = self.word(Half::All, at).unwrap_or_default() & rows_between(at, first, end);
            let mut answers = TriWord::default();
            while bits != 0 {
                let bit = bits & bits.wrapping_neg();
                bits ^= bit;
                answers.add(bit, ask(at * 64 + bit.trailing_zeros() as usize, sure & bit != 0));
            }
            to.set(answers);
        }
    }

    /// Whether a row is in it.
    pub(super) fn truth(&self, row: usize) -> Truth {
        truth(self.has(Half::Sure, row), self.has(Half::All, row))
    }

    /// How many there are from one row on.
    #[inline]
    pub(super) fn count(&self, half: Half, first: usize) -> u32 {
        let mut count = 0;
        for (at, word) in self.words_from(half, first) {
            count += (word & mask(at, first)).count_ones();
        }
        count
    }

    /// The row that makes up a number, counted from the newest, among those from `first` to just before `end`.
    pub(super) fn newest(&self, half: Half, first: usize, end: usize, number: u32) -> Option<usize> {
        let mut wanted = number;
        for at in (first / 64..end.div_ceil(64)).rev() {
            let mut bits = self.word(half, at).unwrap_or_default() & rows_between(at, first, end);
            let here = bits.count_ones();
            if wanted <= here {
                for _ in 1..wanted {
                    bits &= !(1 << (63 - bits.leading_zeros()));
                }
                return Some(at * 64 + 63 - bits.leading_zeros() as usize);
            }
            wanted -= here;
        }
        None
    }

    /// The rows from one on, oldest first.
    pub(super) fn rows(self, half: Half, first: usize) -> impl DoubleEndedIterator<Item = usize> + use<'m> {
        (first / 64..self.words.len()).flat_map(move |at| {
            let bits = self.word(half, at).unwrap_or_default() & mask(at, first);
            Ones::of(bits, at)
        })
    }

    /// The words that hold the rows from one on, each with its place.
    pub(super) fn words_from(self, half: Half, first: usize) -> impl Iterator<Item = (usize, u64)> + use<'m> {
        (first / 64..).map_while(move |at| Some((at, self.word(half, at)?)))
    }
}

/// The answer where something is so for certain, and where it is or may be.
pub(super) fn truth(sure: bool, all: bool) -> Truth {
    match (sure, all) {
        (true, _) => Truth::Yes,
        (false, true) => Truth::Unknown,
        (false, false) => Truth::No,
    }
}

pub(super) fn put(word: &Cell<u64>, index: usize, is: bool) {
    let bit = 1u64 << (index % 64);
    word.set(if is { word.get() | bit } else { word.get() & !bit });
}

/// The bits of a word that stand for rows from `first` on.
#[inline]
pub(super) fn mask(word: usize, first: usize) -> u64 {
    match first.saturating_sub(word * 64) {
        before @ 0..64 => u64::MAX << before,
        _ => 0,
    }
}

/// The bits of a word that stand for rows from `first` to just before `end`.
fn rows_between(word: usize, first: usize, end: usize) -> u64 {
    mask(word, first) & rows_before(word, end)
}

/// The bits of a word that stand for rows before `end`.
#[inline]
fn rows_before(word: usize, end: usize) -> u64 {
    !mask(word, end)
}

/// The places of the bits of one word.
pub(super) struct Ones {
    bits: u64,
    /// The place of the lowest bit.
    from: usize,
}

impl Ones {
    /// Of the word at a place among others.
    pub(super) fn of(bits: u64, word: usize) -> Self {
        Self { bits, from: word * 64 }
    }
}

impl Iterator for Ones {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        (self.bits != 0).then(|| {
            let place = self.bits.trailing_zeros();
            self.bits &= self.bits - 1;
            self.from + place as usize
        })
    }
}

impl DoubleEndedIterator for Ones {
    fn next_back(&mut self) -> Option<usize> {
        (self.bits != 0).then(|| {
            let place = 63 - self.bits.leading_zeros();
            self.bits &= !(1 << place);
            self.from + place as usize
        })
    }
}
