//! One pass over the history: every question about records that does not depend on the clock.
//!
//! Records are taken 64 at a time. Each test answers for all of them at once, in two words of bits; the records that a
//! selection means are then those words put together.

use super::Row;
use super::members::row;
use super::run::Run;
use crate::check::{Predicate, Subject, Test};
use crate::compile::{Pass, Term, TermId};
use crate::model::{RecordId, Records, Truth, Value};
use std::ops::Range;

/// The answers of one test for up to 64 records: those for which it is yes, and those for which it is not no.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Answers {
    sure: u64,
    all: u64,
}

impl Answers {
    const ALL: Self = Self { sure: u64::MAX, all: u64::MAX };

    fn and(self, other: Self) -> Self {
        Self { sure: self.sure & other.sure, all: self.all & other.all }
    }

    /// Of so many rows, in their order.
    fn of(truths: impl Iterator<Item = Truth>) -> Self {
        let mut answers = Self::default();
        for (bit, truth) in truths.enumerate() {
            answers.sure |= u64::from(truth == Truth::Yes) << bit;
            answers.all |= u64::from(truth != Truth::No) << bit;
        }
        answers
    }
}

impl Run<'_> {
    /// Notes for every selection which records pass its tests that do not depend on the clock.
    pub(super) fn pass_over_history(&self) {
        let mut answers = self.memory.answers.take();
        for (record, pass) in (0u16..).map(RecordId).zip(&self.program.passes) {
            let records = self.memory.records(record);
            // Without a record, and without the call among them, nothing is asked; the sets are still to be emptied.
            let rows = records + usize::from(pass.this_call);
            for (word, from) in (0..=records).step_by(64).enumerate() {
                self.pass_over(record, pass, from..rows.min(from + 64), &mut answers);
                let call = if (from..from + 64).contains(&records) { 1 << (records - from) } else { 0 };
                let present = ones(rows.saturating_sub(from));
                for pick in &pass.picks {
                    let of = |test: &u32| answers.get(*test as usize).copied().unwrap_or_default();
                    let picked = pick.tests.iter().map(of).fold(Answers::ALL, Answers::and);
                    let present = if pick.this_call { present } else { present & !call };
                    self.memory.put_word(record, pick.set, word, picked.sure & present, picked.all & present);
                }
            }
        }
        self.memory.answers.replace(answers);
    }

    fn pass_over(&self, record: RecordId, pass: &Pass, rows: Range<usize>, answers: &mut Vec<Answers>) {
        answers.clear();
        answers.extend(pass.tests.iter().map(|test| self.ask_all(record, *test, rows.clone())));
    }

    /// Puts one test to some rows.
    fn ask_all(&self, record: RecordId, test: TermId, rows: Range<usize>) -> Answers {
        let list = self.case.records(record);
        let records = self.memory.records(record);
        if let (Some(Term::Test(test)), Some(list)) = (self.program.terms.get(test.0 as usize), list)
            && let Subject::Field(field) = test.subject
        {
            let values = list.column(field).get(rows.start..rows.end.min(records)).unwrap_or_default();
            let call = (rows.end > records).then(|| self.value(test.subject, Row::ThisCall));
            return self.ask_values(record, list, test, rows.start, values.iter().copied().chain(call));
        }
        Answers::of(rows.map(|index| self.truth_of(test, row(record, records, index))))
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

/// So many ones from the lowest bit on.
fn ones(number: usize) -> u64 {
    if number >= 64 { u64::MAX } else { (1 << number) - 1 }
}
