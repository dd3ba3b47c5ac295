//! One pass over the history: every question about records, at the time of the call.
//!
//! A record begins with all the roles of its kind, and the answers to questions take roles away. What is left says which
//! sets it is in and what it counts for.

use super::Row;
use super::memory::Memory;
use super::run::Run;
use super::sets::Answers;
use crate::check::Subject;
use crate::compile::{Ask, Question, Roles, Sheet, Term, Through};
use crate::model::{RecordId, Records, Truth, Value};
use crate::time::Instant;
use std::cell::Cell;

/// From so many records on they are written down 64 at a time.
const MANY: usize = 32;

impl Run<'_> {
    /// Works out every set of records that some condition is about, and counts those that are counted.
    pub(super) fn pass_over_history(&self) {
        for (record, pass) in (0u16..).map(RecordId).zip(&self.program.passes) {
            // Nobody asks anything of a list without records, but for the call itself.
            if pass.this_call || self.memory.records(record) > 0 {
                pass.sheets.iter().for_each(|sheet| self.pass_over(sheet, record, pass.this_call));
            }
        }
    }

    fn pass_over(&self, sheet: &Sheet, record: RecordId, this_call: bool) {
        let mut all = Roles::of(sheet.of_records);
        for (term, roles) in &sheet.of_call {
            all = all.and(Roles::left_by(self.truth(*term), *roles));
        }
        let mut notes = Notes::new(&self.memory, sheet, record);
        let list = self.case.records(record);
        match list {
            Some(list) if list.len() < MANY => {
                for (index, (time, values)) in list.rows().enumerate() {
                    let value = |question: &Question| values.get(question.field.index());
                    let mut roles = self.left_by_all(sheet, all, value, Row::Record { record, index });
                    for (length, needing) in &sheet.spans {
                        if roles.all & needing != 0 && time < self.memory.start(*length).at {
                            roles = roles.and(Roles::of(!needing));
                        }
                    }
                    notes.add(index, roles);
                }
            }
            Some(list) => self.pass_over_many(sheet, record, list, all, &mut notes),
            None => {}
        }
        if this_call {
            // The call comes after the last record and lies in every span.
            let value = |question: &Question| self.case.fact_ref(question.of_call?);
            let all = all.and(Roles::of(sheet.of_this_call));
            notes.add(list.map_or(0, Records::len), self.left_by_all(sheet, all, value, Row::ThisCall));
        }
        self.memory.meet(sheet.at, notes.met);
    }

    /// The same for a long list: 64 records at a time answer one question after the other, in loops without a branch that
    /// could be guessed wrong.
    fn pass_over_many(&self, sheet: &Sheet, record: RecordId, list: &Records, all: Roles, notes: &mut Notes<'_>) {
        let mut roles = [all; 64];
        for (word, times) in list.times().chunks(64).enumerate() {
            let from = word * 64;
            roles.fill(all);
            for question in &sheet.questions {
                self.put(question, list.rows_from(from), &mut roles, record, from);
            }
            let more = |roles: &Roles| sheet.needs_more & roles.all != 0;
            for (at, roles) in roles.iter_mut().enumerate().take(times.len()).filter(|(_, roles)| more(roles)) {
                *roles = self.left_by_more(sheet, *roles, Row::Record { record, index: from + at });
            }
            for (length, needing) in &sheet.spans {
                let start = self.memory.start(*length).at;
                let before = roles.iter_mut().zip(times).take_while(|(_, time)| **time < start);
                before.for_each(|(roles, _)| *roles = roles.and(Roles::of(!needing)));
            }
            notes.add_block(word, roles.get(..times.len()).unwrap_or_default());
        }
    }

    /// Puts a question to one record after the other.
    fn put<'v>(
        &self,
        question: &Question,
        rows: impl Iterator<Item = &'v [Value]>,
        roles: &mut [Roles],
        record: RecordId,
        from: usize,
    ) {
        let values = rows.map(|values| values.get(question.field.index()).unwrap_or(&Value::Unknown));
        let asked = roles.iter_mut().zip(values);
        match &question.ask {
            Ask::What(kept) => asked.for_each(|(roles, value)| *roles = roles.and(kept.by(value))),
            Ask::Same { fact, like, unlike } if let Value::Identity(wanted) = self.case.fact(*fact) => {
                asked.zip(from..).for_each(|((roles, value), index)| {
                    *roles = roles.and(match value {
                        Value::Identity(name) => Roles::of(if *name == wanted { !unlike } else { !like }),
                        other => self.left_by_other(question, *other, Row::Record { record, index }),
                    });
                });
            }
            _ => asked.zip(from..).filter(|((roles, _), _)| roles.all & question.roles != 0).for_each(
                |((roles, value), index)| {
                    *roles = roles.and(self.left_by_other(question, *value, Row::Record { record, index }));
                },
            ),
        }
    }

    /// What the answers about one record leave of its roles.
    #[inline]
    fn left_by_all<'v>(
        &self,
        sheet: &Sheet,
        all: Roles,
        value: impl Fn(&Question) -> Option<&'v Value>,
        row: Row,
    ) -> Roles {
        let mut roles = all;
        for question in &sheet.questions {
            if roles.all & question.roles != 0 {
                roles = roles.and(self.left_by(question, value(question).unwrap_or(&Value::Unknown), row));
            }
        }
        if roles.all & sheet.needs_more == 0 { roles } else { self.left_by_more(sheet, roles, row) }
    }

    /// What is left when more is looked at than the fields of the record.
    fn left_by_more(&self, sheet: &Sheet, mut roles: Roles, row: Row) -> Roles {
        for through in &sheet.through {
            if roles.all & through.roles != 0 {
                roles = self.left_by_linked(through, roles, row);
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
    fn left_by_linked(&self, through: &Through, mut roles: Roles, row: Row) -> Roles {
        let found = match self.value(Subject::Field(through.link), row) {
            Value::Identity(id) => self.case.records(through.record).and_then(|list| Some(list.row(list.find(id)?))),
            _ => None,
        };
        for question in &through.questions {
            let value = found.and_then(|values| values.get(question.field.index()));
            roles = roles.and(self.left_by(question, value.unwrap_or(&Value::Unknown), row));
        }
        roles
    }

    /// What the answer to one question leaves.
    #[inline]
    fn left_by(&self, question: &Question, value: &Value, row: Row) -> Roles {
        match (&question.ask, value) {
            (Ask::What(kept), value) => kept.by(value),
            (Ask::Same { fact, like, unlike }, Value::Identity(one)) => match self.case.fact_ref(*fact) {
                Some(Value::Identity(other)) => Roles::of(if one == other { !unlike } else { !like }),
                _ => self.left_by_other(question, *value, row),
            },
            (_, value) => self.left_by_other(question, *value, row),
        }
    }

    /// The same for what is asked less often.
    fn left_by_other(&self, question: &Question, value: Value, row: Row) -> Roles {
        let truth = match &question.ask {
            Ask::What(kept) => return kept.by(&value),
            Ask::Same { like, unlike, .. } if value == Value::None => return Roles::of(!(like | unlike)),
            Ask::Same { fact, like, unlike } => {
                let same = self.same(value, self.case.fact(*fact), false);
                return Roles::left_by(same, *like).and(Roles::left_by(!same, *unlike));
            }
            Ask::Within(length) => {
                let start = self.memory.start(*length).at;
                timed(value, Truth::No, |time| start <= time && time <= self.now)
            }
            Ask::Begun => timed(value, Truth::No, |time| time <= self.now),
            Ask::Lasting => timed(value, Truth::Yes, |time| time > self.now),
            Ask::Test(term) => match self.program.terms.get(term.0 as usize) {
                Some(Term::Test(test)) => self.judge(value, &test.predicate, row),
                _ => Truth::Unknown,
            },
        };
        Roles::left_by(truth, question.roles)
    }
}

/// Where it is written down which sets records are in, and what they count for.
struct Notes<'m> {
    sets: &'m [Cell<Answers>],
    stride: usize,
    counted: &'m [Cell<(u32, u32)>],
    places: &'m [u32],
    members: u64,
    /// The roles that some record has or may have, of those that are counted.
    met: u64,
}

impl<'m> Notes<'m> {
    fn new(memory: &'m Memory, sheet: &'m Sheet, record: RecordId) -> Self {
        let (sets, stride) = memory.words(record);
        Self { sets, stride, counted: memory.counted(), places: &sheet.places, members: sheet.members, met: 0 }
    }

    #[inline]
    fn add(&mut self, index: usize, roles: Roles) {
        let place = |role: u32| self.places.get(role as usize).map_or(usize::MAX, |place| *place as usize);
        let sure = |role: u32| roles.sure >> role & 1;
        let (first, at) = (index / 64 * self.stride, index % 64);
        let mut members = roles.all & self.members;
        while members != 0 {
            let role = members.trailing_zeros();
            members &= members - 1;
            if let Some(set) = self.sets.get(first.saturating_add(place(role))) {
                let Answers { sure: known, all } = set.get();
                set.set(Answers { sure: known | sure(role) << at, all: all | 1 << at });
            }
        }
        let mut counted = roles.all & !self.members;
        self.met |= counted;
        while counted != 0 {
            let role = counted.trailing_zeros();
            counted &= counted - 1;
            if let Some(number) = self.counted.get(place(role)) {
                let (least, most) = number.get();
                // There are never as many records as that.
                number.set((least.wrapping_add(u32::from(sure(role) == 1)), most.wrapping_add(1)));
            }
        }
    }

    /// Writes the same down for up to 64 records at once, role by role: where there are many records, this takes less time
    /// than going from one role of each to the next.
    fn add_block(&mut self, word: usize, roles: &[Roles]) {
        let (mut sure, mut all) = ([0; 64], [0; 64]);
        for ((sure, all), roles) in sure.iter_mut().zip(&mut all).zip(roles) {
            (*sure, *all) = (roles.sure, roles.all);
        }
        transpose(&mut sure);
        transpose(&mut all);
        for (role, ((sure, all), place)) in (0u32..).zip(sure.into_iter().zip(all).zip(self.places)) {
            if all == 0 {
                continue;
            }
            let place = *place as usize;
            if self.members >> role & 1 == 1 {
                if let Some(set) = self.sets.get(word * self.stride + place) {
                    set.set(Answers { sure, all });
                }
            } else if let Some(number) = self.counted.get(place) {
                let (least, most) = number.get();
                number.set((least.wrapping_add(sure.count_ones()), most.wrapping_add(all.count_ones())));
                self.met |= 1 << role;
            }
        }
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
fn timed(value: Value, none: Truth, holds: impl Fn(Instant) -> bool) -> Truth {
    match value {
        Value::Time(time) => Truth::from(holds(time)),
        Value::None => none,
        _ => Truth::Unknown,
    }
}
