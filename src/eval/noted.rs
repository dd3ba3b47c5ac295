//! What the pass over the history noted: which roles each record has for certain, and which it has or may have.

use super::sets::{Answers, Ones, Set, truth};
use crate::compile::{Program, RoleId, Roles};
use crate::model::{Case, RecordId, Records, Truth};
use crate::time::Starts;
use std::cell::Cell;

/// From so many records on, what they are is noted role by role, a bit for each record; of fewer, record by record.
pub(super) const MANY: usize = 32;

/// What was noted of every sheet. The memory serves again for the next case.
#[derive(Debug)]
pub(super) struct Noted {
    sheets: Vec<OfSheet>,
    /// Of short lists, for each role the records that have it, as far as that was read off.
    read_off: Vec<Cell<Answers>>,
    /// For each role the records that have it, of long lists.
    columns: Vec<Cell<Answers>>,
}

/// What was noted on one sheet.
#[derive(Debug)]
pub(super) struct OfSheet {
    pub met: Cell<Met>,
    /// Where spans start, from now, the longest first; and the roles left to a record from before that, which need none
    /// of these spans or a longer one.
    pub ladder: Vec<(i64, u64)>,
    /// Of a short list, the roles of each record, and after them those of the call where it counts too. Of a long list,
    /// those of the records that the pass is at.
    pub rows: Box<[Cell<Roles>]>,
    /// How many rows there are of a short list.
    len: Cell<usize>,
    /// The roles of which it was read off which records have them.
    is_read_off: Cell<u64>,
    /// How many roles there are, and how many on the sheets before.
    roles: usize,
    before: usize,
    /// Where the columns of a long list begin, and how many words each has: a bit for each record and one for the call.
    from: usize,
    words: usize,
}

/// The roles that one record at least has or may have, those that two have, and those that three have.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Met {
    pub once: u64,
    pub twice: u64,
    pub thrice: u64,
    /// The roles that some record may have, but not for certain.
    doubtful: u64,
}

impl Met {
    #[inline]
    pub(super) fn add(&mut self, Roles { sure, all }: Roles) {
        self.thrice |= self.twice & all;
        self.twice |= self.once & all;
        self.once |= all;
        self.doubtful |= all & !sure;
    }

    /// Those of other records besides.
    pub(super) fn with(self, other: Self) -> Self {
        Self {
            thrice: self.thrice | other.thrice | self.twice & other.once | self.once & other.twice,
            twice: self.twice | other.twice | self.once & other.once,
            once: self.once | other.once,
            doubtful: self.doubtful | other.doubtful,
        }
    }

    /// How many have a role, where they are fewer than three and it is certain which.
    #[inline]
    fn few(self, role: u32) -> Option<i64> {
        let one = |roles: u64| roles >> role & 1;
        let is_known = one(self.thrice | self.doubtful) == 0;
        is_known.then(|| one(self.once).wrapping_add(one(self.twice)).cast_signed())
    }
}

impl OfSheet {
    /// Notes that there is no record.
    #[inline]
    pub(super) fn clear(&self) {
        self.finish(0, Met::default());
    }

    #[inline]
    pub(super) fn finish(&self, rows: usize, met: Met) {
        self.met.set(met);
        self.len.set(rows);
        self.is_read_off.set(0);
    }

    #[inline]
    fn rows(&self) -> &[Cell<Roles>] {
        self.rows.get(..self.len.get()).unwrap_or_default()
    }
}

impl Noted {
    pub(super) fn new(program: &Program) -> Self {
        let mut before = 0;
        let sheets = program.sheets.iter().map(|sheet| {
            let roles = sheet.roles;
            before += roles;
            let (met, len, is_read_off, ladder) = Default::default();
            let rows = vec![Cell::new(Roles::of(0)); 64].into();
            OfSheet { met, ladder, rows, len, is_read_off, roles, before: before - roles, from: 0, words: 0 }
        });
        let sheets = sheets.collect();
        Self { sheets, read_off: vec![Cell::default(); before], columns: Vec::new() }
    }

    /// The records of a short list that have a role, read off its rows once.
    #[inline]
    fn read_off(&self, sheet: &OfSheet, bit: u32) -> &[Cell<Answers>] {
        let at = sheet.before + bit as usize;
        let word = self.read_off.get(at..=at).unwrap_or_default();
        if sheet.is_read_off.get() >> bit & 1 == 0 {
            sheet.is_read_off.set(sheet.is_read_off.get() | 1 << bit);
            word.iter().for_each(|word| word.set(self.having(sheet, bit)));
        }
        word
    }

    fn having(&self, sheet: &OfSheet, bit: u32) -> Answers {
        let mut answers = Answers::default();
        for (at, row) in sheet.rows().iter().enumerate() {
            let Roles { sure, all } = row.get();
            answers.sure |= (sure >> bit & 1) << at;
            answers.all |= (all >> bit & 1) << at;
        }
        answers
    }

    /// Makes room for what the passes will note in columns.
    pub(super) fn begin(&mut self, program: &Program, case: &Case) {
        let mut columns = 0;
        for (noted, sheet) in self.sheets.iter_mut().zip(&program.sheets) {
            let records = case.records(sheet.record).map_or(0, Records::len);
            let words = if records < MANY { 0 } else { records / 64 + 1 };
            (noted.from, noted.words) = (columns, words);
            columns += words * noted.roles;
        }
        // A pass leaves out what is empty.
        self.columns.clear();
        self.columns.resize(columns, Cell::default());
    }

    /// Puts the spans of each sheet in the order in which they start, and says what is left of roles before each.
    pub(super) fn lay_ladders(&mut self, program: &Program, starts: &Starts) {
        for (sheet, noted) in program.sheets.iter().zip(&mut self.sheets) {
            let spans = sheet.spans.iter().map(|(length, needing)| (starts.lag(length.0 as usize), *needing));
            let mut spans: Vec<(i64, u64)> = spans.collect();
            spans.sort_unstable_by(|one, other| other.cmp(one));
            // Whoever is before the start of a span is before that of every shorter one.
            let mut needing = 0;
            noted.ladder.clear();
            noted.ladder.extend(spans.into_iter().map(|(lag, needed)| {
                needing |= needed;
                (lag, !needing)
            }));
            noted.ladder.reverse();
        }
    }

    #[inline]
    pub(super) fn sheets(&self) -> &[OfSheet] {
        &self.sheets
    }

    /// The columns of a sheet of a long list, to be filled by the pass, and how many words each has.
    pub(super) fn columns(&self, sheet: &OfSheet) -> (&[Cell<Answers>], usize) {
        let columns = self.columns.get(sheet.from..sheet.from + sheet.words * sheet.roles);
        (columns.unwrap_or_default(), sheet.words)
    }

    fn column(&self, sheet: &OfSheet, bit: u32) -> &[Cell<Answers>] {
        let from = sheet.from + bit as usize * sheet.words;
        self.columns.get(from..from + sheet.words).unwrap_or_default()
    }

    #[inline]
    fn sheet(&self, role: RoleId) -> Option<&OfSheet> {
        self.sheets.get(role.sheet as usize)
    }

    /// Whether no record has or may have a role.
    #[inline]
    pub(super) fn is_unmet(&self, role: RoleId) -> bool {
        self.sheet(role).is_none_or(|sheet| sheet.met.get().once >> role.bit & 1 == 0)
    }

    /// The records that have a role.
    #[inline]
    pub(super) fn set(&self, role: RoleId) -> Set<'_> {
        let Some(sheet) = self.sheet(role) else { return Set::NONE };
        Set::new(if sheet.words > 0 { self.column(sheet, role.bit) } else { self.read_off(sheet, role.bit) })
    }

    /// How many have a role for certain, and how many have or may have it.
    #[inline]
    pub(super) fn count(&self, role: RoleId) -> (i64, i64) {
        self.sheet(role).map_or((0, 0), |sheet| self.count_on(sheet, role.bit))
    }

    /// The same for a role of a sheet.
    #[inline]
    pub(super) fn count_on(&self, sheet: &OfSheet, bit: u32) -> (i64, i64) {
        sheet.met.get().few(bit).map_or_else(|| self.count_one_by_one(sheet, bit), |few| (few, few))
    }

    fn count_one_by_one(&self, sheet: &OfSheet, bit: u32) -> (i64, i64) {
        // There are never as many records as would overflow.
        let (mut least, mut most) = (0u64, 0u64);
        if sheet.words == 0 {
            for row in sheet.rows() {
                let Roles { sure, all } = row.get();
                least = least.wrapping_add(sure >> bit & 1);
                most = most.wrapping_add(all >> bit & 1);
            }
        } else {
            for word in self.column(sheet, bit) {
                let Answers { sure, all } = word.get();
                least = least.wrapping_add(u64::from(sure.count_ones()));
                most = most.wrapping_add(u64::from(all.count_ones()));
            }
        }
        (least.cast_signed(), most.cast_signed())
    }

    /// Adds the records that have a role for certain, oldest first, of a kind of which there are so many.
    pub(super) fn add_sure(&self, role: RoleId, record: RecordId, records: usize, found: &mut Vec<(RecordId, usize)>) {
        let Some(sheet) = self.sheet(role) else { return };
        // The call itself comes after the last record, and is not added.
        if sheet.words == 0 {
            for (index, row) in sheet.rows.get(..records).unwrap_or_default().iter().enumerate() {
                if row.get().sure >> role.bit & 1 == 1 {
                    found.push((record, index));
                }
            }
        } else {
            for (at, word) in self.column(sheet, role.bit).iter().enumerate() {
                let rows = Ones::of(word.get().sure, at).filter(|index| *index < records);
                found.extend(rows.map(|index| (record, index)));
            }
        }
    }

    /// Whether a row has a role.
    pub(super) fn has(&self, role: RoleId, row: usize) -> Truth {
        let Some(sheet) = self.sheet(role) else { return Truth::No };
        if sheet.words > 0 {
            return Set::new(self.column(sheet, role.bit)).truth(row);
        }
        let Roles { sure, all } = sheet.rows().get(row).map_or(Roles::of(0), Cell::get);
        truth(sure >> role.bit & 1 == 1, all >> role.bit & 1 == 1)
    }

    /// The newest row that has or may have a role, and whether it has it for certain.
    #[inline]
    pub(super) fn newest(&self, role: RoleId) -> Option<(usize, bool)> {
        let sheet = self.sheet(role)?;
        if sheet.words > 0 {
            return Set::new(self.column(sheet, role.bit)).newest_row();
        }
        let rows = sheet.rows().iter().enumerate().rev();
        let mut having = rows.map(|(at, row)| (at, row.get())).filter(|(_, roles)| roles.all >> role.bit & 1 == 1);
        having.next().map(|(at, roles)| (at, roles.sure >> role.bit & 1 == 1))
    }
}
