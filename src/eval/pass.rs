//! One pass over the history: every question about records that does not depend on the clock.
//!
//! Records are taken 64 at a time. Each test answers for all of them at once, in two words of bits; the records that a
//! selection means are then those words put together.

use super::Row;
use super::members::row;
use super::run::Run;
use crate::check::{Predicate, Subject, Test};
use crate::compile::{Pass, Term};
use crate::model::{RecordId, Records, Truth, Value};
use std::ops::Range;

/// The answers of one test for up to 64 records: those for which it is yes, and those for which it is not no.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Answers {
    sure: u64,
    all: u64,
}

/// Where a pass writes what it needs for a while.
#[derive(Debug, Default)]
pub(super) struct Pad {
    answers: Vec<Answers>,
    /// For each window, the rows that lie in it.
    masks: Vec<u64>,
    /// How many each measure counts, in the order of picks.
    counts: Vec<(u32, u32)>,
}

impl Answers {
    /// Yes for so many rows, and for all 64 if there are more.
    fn of_rows(number: usize) -> Self {
        let rows = if number >= 64 { u64::MAX } else { (1 << number) - 1 };
        Self { sure: rows, all: rows }
    }

    fn add(&mut self, bit: usize, truth: Truth) {
        self.sure |= u64::from(truth == Truth::Yes) << bit;
        self.all |= u64::from(truth != Truth::No) << bit;
    }

    fn and(self, other: Self) -> Self {
        Self { sure: self.sure & other.sure, all: self.all & other.all }
    }

    /// Of so many rows, in their order.
    fn of(truths: impl Iterator<Item = Truth>) -> Self {
        let mut answers = Self::default();
        let mut bit = 1;
        for truth in truths {
            answers.sure |= if truth == Truth::Yes { bit } else { 0 };
            answers.all |= if truth == Truth::No { 0 } else { bit };
            bit <<= 1;
        }
        answers
    }
}

impl Run<'_> {
    /// Notes for every selection which records pass its tests that do not depend on the clock, and counts those that are
    /// only counted.
    pub(super) fn pass_over_history(&self) {
        let mut pad = self.memory.pad.take();
        for (record, pass) in (0u16..).map(RecordId).zip(&self.program.passes) {
            let records = self.memory.records(record);
            let rows = records + usize::from(pass.this_call);
            pad.counts.clear();
            pad.counts.resize(pass.measures.len(), (0, 0));
            for (word, from) in (0..self.memory.words_in(record)).map(|word| (word, word * 64)) {
                self.ask(record, pass, from..rows.min(from + 64), &mut pad.answers);
                pad.masks.clear();
                pad.masks.extend(pass.windows.iter().map(|window| self.window(*window).mask(word)));
                let present = Answers::of_rows(records.saturating_sub(from));
                let with_call = Answers::of_rows(rows.saturating_sub(from));
                let words = self.memory.words(record, word);
                let mut counts = pad.counts.iter_mut();
                for pick in &pass.picks {
                    let present = if pick.this_call { with_call } else { present };
                    let of = |test: &u32| pad.answers.get(*test as usize).copied().unwrap_or_default();
                    let picked = pick.tests.iter().map(of).fold(present, Answers::and);
                    let at = pick.set.0 as usize * 2;
                    if let (Some(sure), Some(all)) = (words.get(at), words.get(at + 1)) {
                        sure.set(picked.sure);
                        all.set(picked.all);
                    }
                    for window in &pick.counted_in {
                        let mask = pad.masks.get(*window as usize).copied().unwrap_or_default();
                        let sure = (picked.sure & mask).count_ones();
                        let all = if picked.all == picked.sure { sure } else { (picked.all & mask).count_ones() };
                        if let Some(count) = counts.next() {
                            count.0 += sure;
                            count.1 += all;
                        }
                    }
                }
            }
            for (measure, (sure, all)) in pass.measures.iter().zip(&pad.counts) {
                let reading = self.reading(record, i64::from(*sure), i64::from(*all));
                self.memory.remember(&self.memory.counts, measure.0 as usize, reading);
            }
        }
        self.memory.pad.replace(pad);
    }

    /// Puts every test of a pass to some rows.
    fn ask(&self, record: RecordId, pass: &Pass, rows: Range<usize>, answers: &mut Vec<Answers>) {
        let records = self.memory.records(record);
        let list = self.case.records(record).filter(|_| records > 0);
        answers.clear();
        for id in &pass.tests {
            answers.push(match (self.program.terms.get(id.0 as usize), list) {
                (Some(Term::Test(test @ Test { subject: Subject::Field(field), .. })), Some(list)) => {
                    let values = list.column(*field).get(rows.start..rows.end.min(records)).unwrap_or_default();
                    let mut answers = self.ask_values(record, list, test, rows.start, values.iter().copied());
                    if rows.end > records {
                        answers.add(records - rows.start, self.test(test, Row::ThisCall));
                    }
                    answers
                }
                _ => Answers::of(rows.clone().map(|index| self.truth_of(*id, row(record, records, index)))),
            });
        }
    }

    /// Puts one question to some values. The commonest are asked without looking for each value what the question is.
    fn ask_values(
        &self,
        record: RecordId,
        list: &Records,
        test: &Test,
        from: usize,
        values: impl Iterator<Item = Value>,
    ) -> Answers {
        match test.predicate {
            Predicate::OneOf { values: wanted, not } => Answers::of(values.map(|value| match value {
                Value::Choice(at) => Truth::from((wanted >> at & 1 == 1) != not),
                other => self.judge(other, &test.predicate, Row::Call),
            })),
            Predicate::Is(wanted) => Answers::of(values.map(|value| match value {
                Value::YesNo(is) => Truth::from(is == wanted),
                other => self.judge(other, &test.predicate, Row::Call),
            })),
            Predicate::Same { fact, not } => match self.case.fact(fact) {
                Value::Identity(wanted) => Answers::of(values.map(|value| match value {
                    Value::Identity(one) => Truth::from((one == wanted) != not),
                    value => self.judge(value, &test.predicate, Row::Call),
                })),
                _ => Answers::of(values.map(|value| self.judge(value, &test.predicate, Row::Call))),
            },
            _ => {
                let rows = (from..).map(|index| row(record, list.len(), index));
                Answers::of(values.zip(rows).map(|(value, row)| self.judge(value, &test.predicate, row)))
            }
        }
    }
}
