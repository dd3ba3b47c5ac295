//! The member bits of every record, for certain and possibly, as the pass over the history left them; and read off them for each
//! bit the set of records that have it.

use super::sets::{Half, TriSet, TriWord};
use crate::compile::{MemberBit, Program, TriBits};
use std::cell::Cell;

/// What was noted of every plan. The memory serves again for the next case.
#[derive(Debug)]
pub(super) struct MemberBits {
    plans: Vec<RecordBits>,
    /// For each bit the records that have it, so many words for each, as far as that was read off.
    read_off: Vec<Cell<TriWord>>,
    words: usize,
}

/// What was noted on one plan.
#[derive(Debug)]
pub(super) struct RecordBits {
    /// The bits that some record has or may have.
    met: Cell<u64>,
    /// The bits of each record, oldest first, and after them those of the call where it counts too.
    pub rows: Vec<Cell<TriBits>>,
    len: Cell<usize>,
    /// The bits of which it was read off which records have them.
    is_read_off: Cell<u64>,
    /// How many bits there are on the plans before.
    before: usize,
}

impl RecordBits {
    /// Notes how many rows there are, and the bits that some of them have or may have.
    #[inline]
    pub(super) fn finish(&self, rows: usize, met: u64) {
        self.met.set(met);
        self.len.set(rows);
        self.is_read_off.set(0);
    }

    #[inline]
    pub(super) fn met(&self) -> u64 {
        self.met.get()
    }
}

impl MemberBits {
    pub(super) fn new(program: &Program) -> Self {
        let mut bits = 0;
        let plans = program.plan.records.iter().map(|plan| {
            bits += plan.bits;
            let (met, rows, len, is_read_off) = Default::default();
            RecordBits { met, rows, len, is_read_off, before: bits - plan.bits }
        });
        Self { plans: plans.collect(), read_off: Vec::new(), words: 0 }
    }

    /// Makes room for so many words of records of each kind.
    pub(super) fn grow(&mut self, program: &Program, words: usize) {
        self.words = words;
        self.plans.iter_mut().for_each(|plan| plan.rows.resize(words * 64, Cell::new(TriBits::of(0))));
        let bits: usize = program.plan.records.iter().map(|plan| plan.bits).sum();
        self.read_off.resize(bits * words, Cell::default());
    }

    #[inline]
    pub(super) fn plans(&self) -> &[RecordBits] {
        &self.plans
    }

    /// The records that have a bit.
    #[inline]
    pub(super) fn set(&self, member: MemberBit) -> TriSet<'_> {
        self.plans.get(member.plan as usize).map_or(TriSet::NONE, |plan| self.set_on(plan, member.bit as usize))
    }

    /// Those that have a bit of a plan: read off its rows once.
    #[inline]
    pub(super) fn set_on(&self, plan: &RecordBits, bit: usize) -> TriSet<'_> {
        if plan.met() >> bit & 1 == 0 {
            return TriSet::NONE;
        }
        let len = plan.len.get();
        let from = (plan.before + bit) * self.words;
        let words = self.read_off.get(from..from + len.div_ceil(64)).unwrap_or_default();
        if plan.is_read_off.get() >> bit & 1 == 0 {
            plan.is_read_off.set(plan.is_read_off.get() | 1 << bit);
            let rows = plan.rows.get(..len).unwrap_or_default();
            words.iter().zip(rows.chunks(64)).for_each(|(word, rows)| word.set(having(rows, bit)));
        }
        TriSet::new(words)
    }

    /// How many have a bit for certain, and how many have or may have it.
    #[inline]
    pub(super) fn count(&self, member: MemberBit) -> (i64, i64) {
        let set = self.set(member);
        (set.count(Half::Sure, 0).into(), set.count(Half::All, 0).into())
    }
}

/// Which of up to 64 rows have a bit.
#[inline]
fn having(rows: &[Cell<TriBits>], bit: usize) -> TriWord {
    let mut answers = TriWord::default();
    for (at, row) in rows.iter().enumerate() {
        let TriBits { sure, all } = row.get();
        answers.sure |= (sure >> bit & 1) << at;
        answers.all |= (all >> bit & 1) << at;
    }
    answers
}
