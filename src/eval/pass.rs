//! One pass over the history: every question about records, at the time of the call.
//!
//! Records are taken 64 at a time. Each test answers for all of them at once, in two words of bits; the records that a
//! selection means are then those words put together, and how many there are is a count of bits.

use super::Row;
use super::members::row;
use super::run::Run;
use super::sets::{Answers, rows_before};
use crate::check::Subject;
use crate::compile::{Ask, AskId, By, Pass, Program, Tally, Term, TermId};
use crate::model::{FactId, FieldId, RecordId, Records, Truth, Value};
use crate::time::Instant;
use std::cell::Cell;

/// Up to 64 records of one kind, and after the last record of all the call.
struct Block<'r> {
    record: RecordId,
    list: Option<&'r Records>,
    /// The place among all blocks, and the first record.
    word: usize,
    from: usize,
    /// How many records there are in all.
    records: usize,
    /// Whether the call counts in some selection, and its row lies here.
    has_call: bool,
}

/// What a pass writes down for the records that it is at.
#[derive(Debug)]
pub(super) struct Pad {
    /// The number of the present block.
    block: Cell<u64>,
    /// For each question the answers for the block that bears the number.
    answers: Vec<Cell<(u64, Answers)>>,
    /// The rows in each of the pass's spans.
    spans: Vec<Cell<u64>>,
}

impl Pad {
    pub(super) fn new(program: &Program) -> Self {
        let most = |of: fn(&Pass) -> usize| program.passes.iter().map(of).max().unwrap_or(0);
        Self {
            block: Cell::default(),
            answers: vec![Cell::default(); most(|pass| pass.asks.len())],
            spans: vec![Cell::default(); most(|pass| pass.spans.len())],
        }
    }

    /// Begins with the next records, of which nothing is answered yet.
    fn begin(&self) {
        self.block.set(self.block.get() + 1);
    }
}

impl Run<'_> {
    /// Works out every set of records that some condition is about, and counts those that are counted.
    pub(super) fn pass_over_history(&self) {
        for (record, pass) in (0u16..).map(RecordId).zip(&self.program.passes) {
            let (list, records) = (self.case.records(record), self.memory.records(record));
            for word in 0..self.memory.words_in(record) {
                let from = word * 64;
                let has_call = pass.this_call && records < from + 64;
                self.pass_over(pass, &Block { record, list, word, from, records, has_call });
            }
        }
    }

    fn pass_over(&self, pass: &Pass, block: &Block<'_>) {
        self.memory.pad.begin();
        self.open_spans(pass, block);
        let sets = self.memory.words(block.record, block.word);
        let mut at = 0;
        while let Some(pick) = pass.picks.get(at) {
            at += 1;
            let from = sets.get(pick.from.0 as usize).map(Cell::get).unwrap_or_default();
            let picked = match pick.by {
                By::Ask(ask) => from.and(self.answers(pass, ask, block)),
                By::Now => from,
                By::Records => Answers::yes(rows_before(block.word, block.records)),
                By::RecordsAndThisCall => Answers::yes(rows_before(block.word, block.records + 1)),
            };
            if picked.all == 0 {
                at += pick.beyond as usize;
                continue;
            }
            if let Some(set) = sets.get(pick.set.0 as usize) {
                set.set(picked);
            }
            let (first, end) = pick.tallies;
            self.tally(pass.tallies.get(first as usize..end as usize).unwrap_or_default(), picked);
        }
    }

    /// Finds the rows in each of the spans in which something is counted.
    #[inline]
    fn open_spans(&self, pass: &Pass, block: &Block<'_>) {
        let times = block.list.map(Records::times).unwrap_or_default();
        let times = times.get(block.from..times.len().min(block.from + 64)).unwrap_or_default();
        for (lengths, span) in pass.spans.iter().zip(&self.memory.pad.spans) {
            let start = lengths.iter().map(|length| self.memory.start(*length).at).max().unwrap_or(Instant::MIN);
            let within = times.iter().rev().fold(0, |rows, time| rows << 1 | u64::from(*time >= start));
            // The call comes after the last record and lies in every span.
            span.set(within | !rows_before(0, times.len()));
        }
    }

    /// Adds up those of a pick that lie in the spans in which it is counted.
    #[inline]
    fn tally(&self, tallies: &[Tally], picked: Answers) {
        let (spans, counted) = (&self.memory.pad.spans, self.memory.counted());
        for tally in tallies {
            let rows = spans.get(tally.within as usize).map(Cell::get).unwrap_or_default();
            let (sure, all) = (picked.sure & rows, picked.all & rows);
            if all != 0
                && let Some(counted) = counted.get(tally.id.0 as usize)
            {
                let most = all.count_ones();
                let least = if sure == all { most } else { sure.count_ones() };
                let known = counted.get();
                counted.set((known.0 + least, known.1 + most));
            }
        }
    }

    /// The answers to a question, which is put once to each record.
    #[inline]
    fn answers(&self, pass: &Pass, id: AskId, block: &Block<'_>) -> Answers {
        let Pad { block: number, answers, .. } = &self.memory.pad;
        let (Some(ask), Some(kept)) = (pass.asks.get(id.0 as usize), answers.get(id.0 as usize)) else {
            return Answers::all(Truth::Unknown);
        };
        let (kept_for, known) = kept.get();
        if kept_for == number.get() {
            return known;
        }
        let answers = self.ask(pass, ask, block);
        kept.set((number.get(), answers));
        answers
    }

    fn ask(&self, pass: &Pass, ask: &Ask, block: &Block<'_>) -> Answers {
        match ask {
            Ask::OneOf { field, values, not } => self.of_values(block, *field, |value| match value {
                Value::Choice(at) => Truth::from((values.wrapping_shr(u32::from(at)) & 1 == 1) != *not),
                Value::Unknown => Truth::Unknown,
                _ => Truth::No,
            }),
            Ask::Is { field, wanted } => self.of_values(block, *field, |value| match value {
                Value::YesNo(is) => Truth::from(is == *wanted),
                Value::Unknown => Truth::Unknown,
                _ => Truth::No,
            }),
            Ask::Same { field, fact, not } => self.same_as_fact(block, *field, *fact, *not),
            Ask::Within { field, length } => {
                let start = self.memory.start(*length).at;
                self.of_values(block, *field, |value| timed(value, Truth::No, |time| start <= time && time <= self.now))
            }
            Ask::InForce { from, until, not } => {
                // The call is no record that could be in force.
                let begun = |value| timed(value, Truth::No, |time| time <= self.now);
                let lasts = |value| timed(value, Truth::Yes, |time| time > self.now);
                let begun = block.answers(*from, Value::Unknown, begun);
                let lasting = until.iter().map(|field| block.answers(*field, Value::Unknown, lasts));
                let answers = lasting.fold(begun, Answers::and);
                if *not { answers.not() } else { answers }
            }
            Ask::Through { link, record, field, test } => self.put_through(block, *link, (*record, *field), *test),
            Ask::OfCall(term) => Answers::all(self.truth(*term)),
            Ask::All(parts) => {
                let parts = parts.iter().map(|part| self.answers(pass, *part, block));
                parts.fold(Answers::all(Truth::Yes), Answers::and)
            }
            Ask::Any(parts) => {
                let parts = parts.iter().map(|part| self.answers(pass, *part, block));
                parts.fold(Answers::all(Truth::No), Answers::or)
            }
            Ask::Not(part) => self.answers(pass, *part, block).not(),
            Ask::Other(term) => Answers::of(block.rows().map(|row| self.truth_of(*term, row))),
        }
    }

    #[inline]
    fn of_values(&self, block: &Block<'_>, field: FieldId, answer: impl Fn(Value) -> Truth) -> Answers {
        let of_call = if block.has_call { self.value(Subject::Field(field), Row::ThisCall) } else { Value::Unknown };
        block.answers(field, of_call, answer)
    }

    fn same_as_fact(&self, block: &Block<'_>, field: FieldId, fact: FactId, not: bool) -> Answers {
        match self.case.fact(fact) {
            Value::Identity(wanted) => self.of_values(block, field, |value| match value {
                Value::Identity(name) => Truth::from((name == wanted) != not),
                Value::None => Truth::No,
                several => self.same(several, Value::Identity(wanted), not),
            }),
            wanted => self.of_values(block, field, |value| match value {
                Value::None => Truth::No,
                value => self.same(value, wanted, not),
            }),
        }
    }

    /// Puts a test to a field of the record to which the link of each row leads.
    fn put_through(&self, block: &Block<'_>, link: FieldId, to: (RecordId, FieldId), test: TermId) -> Answers {
        let (Some(Term::Test(test)), (record, field)) = (self.program.terms.get(test.0 as usize), to) else {
            return Answers::all(Truth::Unknown);
        };
        let records = self.case.records(record);
        Answers::of(block.rows().map(|row| {
            let value = match self.value(Subject::Field(link), row) {
                Value::Identity(id) => records.and_then(|records| Some(records.value(records.find(id)?, field))),
                _ => None,
            };
            self.judge(value.unwrap_or(Value::Unknown), &test.predicate, row)
        }))
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

impl Block<'_> {
    /// The answers for a field of each record and, where the call has a row here, for what stands for it in the call.
    #[inline]
    fn answers(&self, field: FieldId, of_call: Value, answer: impl Fn(Value) -> Truth) -> Answers {
        let column = self.list.map(|list| list.column(field)).unwrap_or_default();
        let values = column.get(self.from..column.len().min(self.from + 64)).unwrap_or_default();
        let mut answers = Answers::default();
        if self.has_call {
            answers.add_before(answer(of_call));
        }
        values.iter().rev().for_each(|value| answers.add_before(answer(*value)));
        answers
    }

    /// Its records, and the call after the last of all.
    fn rows(&self) -> impl DoubleEndedIterator<Item = Row> {
        let end = (self.records + usize::from(self.has_call)).min(self.from + 64);
        (self.from..end).map(|index| row(self.record, self.records, index))
    }
}
