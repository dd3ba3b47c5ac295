//! One pass over the history: every question about records, at the time of the call.
//!
//! A record begins with all the roles of its kind, and the answers to questions take roles away. What is left is noted.

use super::Row;
use super::noted::{MANY, Met, OfSheet};
use super::run::Run;
use super::sets::Answers;
use crate::compile::{Ask, Asked, Place, Question, Roles, Same, Sheet, Term, Through};
use crate::model::{Case, RecordId, Records, Truth, Value};
use crate::time::Instant;
use std::cell::Cell;

impl Run<'_> {
    /// Works out which roles every record has, and which it may have.
    pub(super) fn pass_over_history(&self) {
        let mut noted = self.memory.noted.sheets().iter();
        for (record, pass) in (0u16..).map(RecordId).zip(&self.program.passes) {
            // Nobody asks anything of a list without records, but for the call itself.
            let asked = pass.this_call || self.memory.records(record) > 0;
            for (sheet, noted) in pass.sheets.iter().zip(noted.by_ref()) {
                if asked {
                    self.pass_over(sheet, noted, record, pass.this_call);
                } else {
                    noted.clear();
                }
            }
        }
    }

    fn pass_over(&self, sheet: &Sheet, noted: &OfSheet, record: RecordId, this_call: bool) {
        let mut of_records = Roles::of(sheet.of_records);
        for (term, roles) in &sheet.of_call {
            of_records = of_records.and(Roles::left_by(self.truth(*term), *roles));
        }
        let mut met = Met::default();
        let (mut rows, mut records) = (0, 0);
        if let Some(list) = self.case.records(record) {
            records = list.len();
            if records < MANY {
                rows = records;
                let room = self.memory.noted.room(noted).get(..records).unwrap_or_default();
                let (times, values) = (list.times(), list.values_from(0));
                let block = Block { record, from: 0, times, values, fields: list.fields(), of_records, rows: room };
                met = self.fill(sheet, noted, &block);
            } else {
                met = self.pass_over_many(sheet, noted, record, list, of_records);
            }
        }
        if this_call {
            let roles = self.left_to_this_call(sheet, of_records);
            met.add(roles);
            if records < MANY {
                self.memory.noted.room(noted).iter().skip(rows).take(1).for_each(|row| row.set(roles));
                rows += 1;
            } else {
                self.note_after(noted, records, roles);
            }
        }
        noted.finish(rows, met);
    }

    /// What is left to the call in the place of a record. It comes after the last record and lies in every span.
    fn left_to_this_call(&self, sheet: &Sheet, of_records: Roles) -> Roles {
        let value = |place: &Place| self.case.fact_ref(place.of_call?);
        let roles = of_records.and(Roles::of(sheet.of_this_call));
        let roles = self.left_by_values(&sheet.asked, roles, value);
        if roles.all & sheet.needs_more == 0 { roles } else { self.left_by_more(sheet, roles, value, Row::ThisCall) }
    }

    /// Works out the roles of the records of a block.
    #[inline]
    fn fill(&self, sheet: &Sheet, noted: &OfSheet, block: &Block<'_>) -> Met {
        let (odd, met) = block.fill(&sheet.asked, &noted.ladder, self.case);
        if odd == 0 && met.once & sheet.needs_more == 0 { met } else { self.ask_more(sheet, block, odd) }
    }

    /// Asks those records that are odd about their values, and the rest of those that still have a role which needs it.
    #[inline(never)]
    fn ask_more(&self, sheet: &Sheet, block: &Block<'_>, odd: u64) -> Met {
        let mut met = Met::default();
        let mut all_values = block.values.chunks_exact(block.fields.max(1));
        for (at, row) in block.rows.iter().enumerate() {
            let values = all_values.next().unwrap_or_default();
            let value = |place: &Place| values.get(place.field.index());
            let mut roles = row.get();
            if odd >> at & 1 == 1 {
                roles = self.left_by_values(&sheet.asked, roles, value);
            }
            if roles.all & sheet.needs_more != 0 {
                let row = Row::Record { record: block.record, index: block.from + at };
                roles = self.left_by_more(sheet, roles, value, row);
            }
            row.set(roles);
            met.add(roles);
        }
        met
    }

    /// Notes one record's roles in columns.
    fn note_after(&self, noted: &OfSheet, index: usize, roles: Roles) {
        let (columns, words) = self.memory.noted.columns(noted);
        for (role, column) in columns.chunks_exact(words.max(1)).enumerate() {
            if let Some(word) = column.get(index / 64) {
                let Answers { sure, all } = word.get();
                let bit = |roles: u64| (roles >> role & 1) << (index % 64);
                word.set(Answers { sure: sure | bit(roles.sure), all: all | bit(roles.all) });
            }
        }
    }

    /// The same for a long list, 64 records at a time.
    fn pass_over_many(
        &self,
        sheet: &Sheet,
        noted: &OfSheet,
        record: RecordId,
        list: &Records,
        of_records: Roles,
    ) -> Met {
        let mut met = Met::default();
        let room = [const { Cell::new(Roles { sure: 0, all: 0 }) }; 64];
        for (word, times) in list.times().chunks(64).enumerate() {
            let (from, rows) = (word * 64, room.get(..times.len()).unwrap_or_default());
            let (values, fields) = (list.values_from(from), list.fields());
            self.fill(sheet, noted, &Block { record, from, times, values, fields, of_records, rows });
            rows.iter().for_each(|row| met.add(row.get()));
            self.note_block(noted, word, rows);
        }
        met
    }

    /// Notes what up to 64 records are, role by role: where there are many records, this takes less time than going from one
    /// role of each to the next.
    fn note_block(&self, noted: &OfSheet, word: usize, rows: &[Cell<Roles>]) {
        let (mut sure, mut all) = ([0; 64], [0; 64]);
        for ((sure, all), row) in sure.iter_mut().zip(&mut all).zip(rows) {
            (*sure, *all) = (row.get().sure, row.get().all);
        }
        transpose(&mut sure);
        transpose(&mut all);
        let (columns, words) = self.memory.noted.columns(noted);
        let written = columns.iter().skip(word).step_by(words.max(1));
        written.zip(sure.into_iter().zip(all)).for_each(|(column, (sure, all))| column.set(Answers { sure, all }));
    }

    /// What the answers about the values of one record leave of its roles.
    #[inline]
    fn left_by_values<'v>(
        &self,
        asked: &Asked,
        mut roles: Roles,
        value: impl Fn(&Place) -> Option<&'v Value>,
    ) -> Roles {
        for same in &asked.same {
            roles = roles.and(match (value(&same.place), self.case.fact_ref(same.fact)) {
                (Some(Value::Identity(one)), Some(Value::Identity(other))) => same.left_by(one == other),
                (value, wanted) => self.left_by_several(same, value, wanted),
            });
        }
        for what in &asked.what {
            roles = roles.and(what.kept.by(value(&what.place).unwrap_or(&Value::Unknown)));
        }
        roles
    }

    /// What is left by the rest of what is asked of values.
    #[inline]
    fn left_by_rest<'v>(
        &self,
        asked: &Asked,
        mut roles: Roles,
        value: impl Fn(&Place) -> Option<&'v Value>,
        row: Row,
    ) -> Roles {
        for question in &asked.rest {
            if roles.all & question.roles != 0 {
                roles = roles.and(self.left_by(question, value(&question.place).unwrap_or(&Value::Unknown), row));
            }
        }
        roles
    }

    /// What is left when more is asked than what can be told at once from a value.
    fn left_by_more<'v>(
        &self,
        sheet: &Sheet,
        roles: Roles,
        value: impl Fn(&Place) -> Option<&'v Value>,
        row: Row,
    ) -> Roles {
        let mut roles = self.left_by_rest(&sheet.asked, roles, &value, row);
        for through in &sheet.through {
            if roles.all & through.roles != 0 {
                roles = self.left_by_linked(through, roles, value(&through.link), row);
            }
        }
        for (term, needed) in &sheet.others {
            if roles.all & needed != 0 {
                roles = roles.and(Roles::left_by(self.truth_of(*term, row), *needed));
            }
        }
        roles
    }

    /// What the answers about the record to which a link leads leave of roles.
    fn left_by_linked(&self, through: &Through, roles: Roles, link: Option<&Value>, row: Row) -> Roles {
        let values = match link {
            Some(Value::Identity(id)) => {
                self.case.records(through.record).and_then(|list| Some(list.row(list.find(*id)?))).unwrap_or_default()
            }
            _ => &[],
        };
        let value = |place: &Place| values.get(place.field.index());
        let roles = self.left_by_values(&through.asked, roles, value);
        self.left_by_rest(&through.asked, roles, value, row)
    }

    /// What is left by whether a value is who or what a fact of the call is, where one is not known, there is none, or there
    /// are several.
    fn left_by_several(&self, same: &Same, value: Option<&Value>, wanted: Option<&Value>) -> Roles {
        let known = |value: Option<&Value>| value.copied().unwrap_or(Value::Unknown);
        let (value, wanted) = (known(value), known(wanted));
        if value == Value::None {
            return same.left_by_none();
        }
        match self.same(value, wanted, false) {
            Truth::Yes => same.left_by(true),
            Truth::No => same.left_by(false),
            Truth::Unknown => same.left_in_doubt(),
        }
    }

    /// What the answer to another question leaves.
    #[inline]
    fn left_by(&self, question: &Question, value: &Value, row: Row) -> Roles {
        let truth = match &question.ask {
            Ask::Same(same) => return self.left_by_several(same, Some(value), self.case.fact_ref(same.fact)),
            Ask::Within(length) => {
                let start = self.memory.start(*length);
                timed(value, Truth::No, |time| start <= time && time <= self.now)
            }
            Ask::Begun => timed(value, Truth::No, |time| time <= self.now),
            Ask::Lasting => timed(value, Truth::Yes, |time| time > self.now),
            Ask::Test(term) => match self.program.terms.get(term.0 as usize) {
                Some(Term::Test(test)) => self.judge(*value, &test.predicate, row),
                _ => Truth::Unknown,
            },
        };
        Roles::left_by(truth, question.roles)
    }
}

/// Up to 64 records of a list, and where their roles are written.
struct Block<'b> {
    record: RecordId,
    /// Where they begin in their list.
    from: usize,
    times: &'b [Instant],
    /// Their values, as many fields for each, and those of the records after them.
    values: &'b [Value],
    fields: usize,
    /// The roles with which they begin.
    of_records: Roles,
    rows: &'b [Cell<Roles>],
}

impl Block<'_> {
    /// Leaves to each record the roles that its time and its usual values leave, and says, a bit each, of which of them
    /// some value was not usual: one is not known, or there is none.
    ///
    /// It calls nothing, so that what it works with stays at hand.
    #[inline(never)]
    fn fill(&self, asked: &Asked, ladder: &[(i64, Roles)], case: &Case) -> (u64, Met) {
        let (mut odd, mut bit, mut met) = (0, 1u64, Met::default());
        let mut values = self.values;
        for (row, time) in self.rows.iter().zip(self.times) {
            let mut roles = self.of_records;
            let lag = time.0 - case.at.0;
            for (start, left) in ladder {
                if lag < *start {
                    roles = roles.and(*left);
                    break;
                }
            }
            for same in &asked.same {
                match (values.get(same.place.field.index()), case.fact_ref(same.fact)) {
                    (Some(Value::Identity(one)), Some(Value::Identity(other))) => {
                        roles = roles.and(same.left_by(one == other));
                    }
                    _ => odd |= bit,
                }
            }
            for what in &asked.what {
                roles = roles.and(what.kept.by(values.get(what.place.field.index()).unwrap_or(&Value::Unknown)));
            }
            row.set(roles);
            met.add(roles);
            values = values.get(self.fields..).unwrap_or_default();
            bit = bit.wrapping_shl(1);
        }
        (odd, met)
    }
}

/// Swaps rows and columns of bits: what was bit `b` of word `w` is then bit `w` of word `b`. Halves are swapped, then
/// quarters, and so on.
fn transpose(words: &mut [u64; 64]) {
    let (mut width, mut low) = (32, u64::from(u32::MAX));
    while width > 0 {
        for both in words.chunks_exact_mut(2 * width) {
            let (first, second) = both.split_at_mut(width);
            for (one, other) in first.iter_mut().zip(second) {
                let swapped = (*one >> width ^ *other) & low;
                *one ^= swapped << width;
                *other ^= swapped;
            }
        }
        width /= 2;
        low ^= low << width;
    }
}

/// The answer for a time, and what `none` stands for where there is none.
#[inline]
fn timed(value: &Value, none: Truth, holds: impl Fn(Instant) -> bool) -> Truth {
    match value {
        Value::Time(time) => Truth::from(holds(*time)),
        Value::None => none,
        _ => Truth::Unknown,
    }
}
