//! One bit per role and record: which roles each record has for certain, and which it has or may have, as the pass over the
//! history left them.

use super::sets::{Answers, Half, Set};
use crate::compile::{Program, RoleId, Roles};
use std::cell::Cell;

/// What was noted of every sheet. The memory serves again for the next case.
#[derive(Debug)]
pub(super) struct Noted {
    sheets: Vec<OfSheet>,
    /// For each role the records that have it, so many words for each, as far as that was read off.
    read_off: Vec<Cell<Answers>>,
    words: usize,
}

/// What was noted on one sheet.
#[derive(Debug)]
pub(super) struct OfSheet {
    /// The roles that some record has or may have.
    met: Cell<u64>,
    /// The roles of each record, oldest first, and after them those of the call where it counts too.
    pub rows: Vec<Cell<Roles>>,
    len: Cell<usize>,
    /// The roles of which it was read off which records have them.
    is_read_off: Cell<u64>,
    /// How many roles there are on the sheets before.
    before: usize,
}

impl OfSheet {
    /// Notes how many rows there are, and the roles that some of them have or may have.
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

impl Noted {
    pub(super) fn new(program: &Program) -> Self {
        let mut roles = 0;
        let sheets = program.plan.sheets.iter().map(|sheet| {
            roles += sheet.roles;
            let (met, rows, len, is_read_off) = Default::default();
            OfSheet { met, rows, len, is_read_off, before: roles - sheet.roles }
        });
        Self { sheets: sheets.collect(), read_off: Vec::new(), words: 0 }
    }

    /// Makes room for so many words of records of each kind.
    pub(super) fn grow(&mut self, program: &Program, words: usize) {
        self.words = words;
        self.sheets.iter_mut().for_each(|sheet| sheet.rows.resize(words * 64, Cell::new(Roles::of(0))));
        let roles: usize = program.plan.sheets.iter().map(|sheet| sheet.roles).sum();
        self.read_off.resize(roles * words, Cell::default());
    }

    #[inline]
    pub(super) fn sheets(&self) -> &[OfSheet] {
        &self.sheets
    }

    /// The records that have a role.
    #[inline]
    pub(super) fn set(&self, role: RoleId) -> Set<'_> {
        self.sheets.get(role.sheet as usize).map_or(Set::NONE, |sheet| self.set_on(sheet, role.bit as usize))
    }

    /// Those that have a role of a sheet: read off its rows once.
    #[inline]
    pub(super) fn set_on(&self, sheet: &OfSheet, bit: usize) -> Set<'_> {
        if sheet.met() >> bit & 1 == 0 {
            return Set::NONE;
        }
        let len = sheet.len.get();
        let from = (sheet.before + bit) * self.words;
        let words = self.read_off.get(from..from + len.div_ceil(64)).unwrap_or_default();
        if sheet.is_read_off.get() >> bit & 1 == 0 {
            sheet.is_read_off.set(sheet.is_read_off.get() | 1 << bit);
            let rows = sheet.rows.get(..len).unwrap_or_default();
            words.iter().zip(rows.chunks(64)).for_each(|(word, rows)| word.set(having(rows, bit)));
        }
        Set::new(words)
    }

    /// How many have a role for certain, and how many have or may have it.
    #[inline]
    pub(super) fn count(&self, role: RoleId) -> (i64, i64) {
        let set = self.set(role);
        (set.count(Half::Sure, 0).into(), set.count(Half::All, 0).into())
    }
}

/// Which of up to 64 rows have a role.
#[inline]
fn having(rows: &[Cell<Roles>], bit: usize) -> Answers {
    let mut answers = Answers::default();
    for (at, row) in rows.iter().enumerate() {
        let Roles { sure, all } = row.get();
        answers.sure |= (sure >> bit & 1) << at;
        answers.all |= (all >> bit & 1) << at;
    }
    answers
}
