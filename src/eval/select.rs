//! Which records a selection means.

use super::members::{Members, Span, row, row_count};
use super::memory::{Cuts, Set};
use super::run::Run;
use crate::check::{Predicate, Subject};
use crate::compile::{Column, ColumnId, Selection, SelectionId, SetId, Since, Term, WindowId};
use crate::model::{RecordId, Truth, Value};
use crate::time::Instant;

/// More readings than this of what *since the latest* means are not followed up: the answer is unknown.
const MAX_READINGS: usize = 100;

impl Run<'_> {
    /// What a selection means, in the reading of *since* that reaches back furthest.
    pub(crate) fn members(&self, id: SelectionId) -> Members<'_> {
        let at = id.0 as usize;
        let Some(selection) = self.program.selections.get(at) else {
            return Members::new(self.case, RecordId(0), (&[], &[]), Span::default());
        };
        let span = self.span(id, selection);
        let set = self.memory.set(selection.record, selection.set);
        let timed = !selection.timed.is_empty();
        if self.memory.recall(&self.memory.selections, at, timed).is_none() {
            self.select(selection, set);
            if timed {
                self.put_timed_tests(selection, Members::new(self.case, selection.record, set, span), set);
            }
            self.memory.remember(&self.memory.selections, at, ());
        }
        Members::new(self.case, selection.record, set, span)
    }

    /// Where a selection begins: where its spans and all it counts since allow.
    fn span(&self, id: SelectionId, selection: &Selection) -> Span {
        let span = self.window(selection.window);
        let Some(cuts) = self.cuts(id) else { return span };
        let earliest = cuts.iter().flatten().min().copied().unwrap_or(Instant::MAX);
        span.and(Span::from(self.case, selection.record, earliest))
    }

    fn window(&self, id: WindowId) -> Span {
        let Some(window) = self.program.windows.get(id.0 as usize).filter(|window| !window.lengths.is_empty()) else {
            return Span::default();
        };
        let windows = &self.memory.windows;
        if let Some(span) = self.memory.recall(windows, id.0 as usize, true) {
            return span;
        }
        let start = window.lengths.iter().map(|length| self.span_start(*length)).max().unwrap_or(Instant::MIN);
        let span = Span::from(self.case, window.record, start);
        self.memory.remember(windows, id.0 as usize, span);
        span
    }

    /// Notes the records that pass every test which does not depend on the clock.
    fn select(&self, selection: &Selection, (sure, all): Set<'_>) {
        match &*selection.columns {
            [] => self.fill(selection.record, (sure, all), |_| Truth::Yes),
            [first, others @ ..] => {
                let (yes, maybe) = self.column(*first);
                sure.iter().zip(yes).for_each(|(word, other)| word.set(other.get()));
                all.iter().zip(maybe).for_each(|(word, other)| word.set(other.get()));
                for other in others {
                    let (yes, maybe) = self.column(*other);
                    sure.iter().zip(yes).for_each(|(word, other)| word.set(word.get() & other.get()));
                    all.iter().zip(maybe).for_each(|(word, other)| word.set(word.get() & other.get()));
                }
            }
        }
        if !selection.this_call {
            let call = row_count(self.case, selection.record) - 1;
            put((sure, all), call, Truth::No);
        }
    }

    /// Puts the tests that depend on the clock to what is left in the span.
    fn put_timed_tests(&self, selection: &Selection, members: Members<'_>, set: Set<'_>) {
        for member in members.all() {
            let truth = self.least(&selection.timed, members.row(member));
            put(set, member.index, truth.and(if member.sure { Truth::Yes } else { Truth::Unknown }));
        }
    }

    /// The answers of a test for every record of a kind.
    fn column(&self, id: ColumnId) -> Set<'_> {
        let Some(column) = self.program.columns.get(id.0 as usize) else { return (&[], &[]) };
        let set = self.memory.set(column.record, column.set);
        if self.memory.recall(&self.memory.columns, id.0 as usize, false).is_none() {
            self.fill_column(column, set);
            self.memory.remember(&self.memory.columns, id.0 as usize, ());
        }
        set
    }

    fn fill_column(&self, column: &Column, set: Set<'_>) {
        let Column { record, test, .. } = *column;
        let records = row_count(self.case, record) - 1;
        let answer = |index| self.truth_of(test, row(record, records, index));
        let Some(Term::Test(plain)) = self.program.terms.get(test.0 as usize) else {
            return self.fill(record, set, answer);
        };
        let (Subject::Field(field), Some(list)) = (plain.subject, self.case.records(record)) else {
            return self.fill(record, set, answer);
        };
        // The commonest questions, without asking for each record what the question is.
        let value = |index: usize| if index == records { Value::Unknown } else { list.value(index, field) };
        match plain.predicate {
            Predicate::OneOf { values, not } => self.fill(record, set, |index| match value(index) {
                Value::Choice(at) => Truth::from((values >> at & 1 == 1) != not),
                _ => answer(index),
            }),
            Predicate::Same { fact, not } => {
                let wanted = self.case.fact(fact);
                self.fill(record, set, |index| match (value(index), wanted) {
                    (Value::Identity(one), Value::Identity(other)) => Truth::from((one == other) != not),
                    _ => answer(index),
                });
            }
            _ => self.fill(record, set, answer),
        }
    }

    /// Writes a whole set.
    pub(super) fn fill(&self, record: RecordId, (sure, all): Set<'_>, answer: impl Fn(usize) -> Truth) {
        let rows = row_count(self.case, record);
        for (from, (sure, all)) in (0..rows).step_by(64).zip(sure.iter().zip(all)) {
            let (mut yes, mut maybe) = (0, 0);
            for index in from..rows.min(from + 64) {
                let truth = answer(index);
                yes |= u64::from(truth == Truth::Yes) << (index - from);
                maybe |= u64::from(truth != Truth::No) << (index - from);
            }
            sure.set(yes);
            all.set(maybe);
        }
    }

    /// From when records count, in every reading of the selection's *since* parts together; `None` without any, when
    /// all count.
    pub(super) fn cuts(&self, id: SelectionId) -> Option<Cuts> {
        let selection = self.program.selections.get(id.0 as usize).filter(|selection| !selection.since.is_empty())?;
        if let Some(known) = self.memory.recall_cuts(id.0 as usize) {
            return Some(known);
        }
        let cuts = self.work_out_cuts(selection).into();
        self.memory.remember_cuts(id.0 as usize, &cuts);
        Some(cuts)
    }

    fn work_out_cuts(&self, selection: &Selection) -> Vec<Option<Instant>> {
        let mut cuts = vec![Some(Instant::MIN)];
        for since in &selection.since {
            let readings: Vec<Option<Instant>> = match since {
                Since::Instant(instant) => vec![Some(*instant)],
                Since::Record { first, of } => self.since_record(*first, *of),
            };
            let both = |one: Option<Instant>| readings.iter().map(move |other| Some(one?.max((*other)?)));
            cuts = cuts.into_iter().flat_map(both).collect();
            cuts.sort_unstable();
            cuts.dedup();
            if cuts.len() > MAX_READINGS {
                return Vec::new();
            }
        }
        cuts
    }

    fn since_record(&self, first: bool, of: SelectionId) -> Vec<Option<Instant>> {
        let members = self.members(of);
        if first {
            self.note_oldest(of);
        }
        let mut readings = Vec::new();
        let cuts = self.cuts(of);
        for cut in cuts.as_deref().unwrap_or(&[Some(Instant::MIN)]) {
            match cut {
                Some(cut) => {
                    if !self.case.is_whole(members.record) {
                        return Vec::new();
                    }
                    let candidates = members.from(*cut).candidates(first);
                    readings.extend(candidates.rows.map(|member| {
                        self.note_leaving(of, member.time);
                        Some(member.time)
                    }));
                    readings.extend(candidates.maybe_none.then_some(None));
                }
                None => readings.push(None),
            }
        }
        readings.sort_unstable();
        readings.dedup();
        readings
    }

    /// What a selection means in every reading of *since*.
    pub(super) fn members_for_certain(&self, id: SelectionId) -> Members<'_> {
        let members = self.members(id);
        match self.cuts(id) {
            None => members,
            Some(cuts) => members.from(latest(&cuts)),
        }
    }

    /// The set of a kind that no selection uses, for evidence.
    pub(super) fn evidence_set(&self, record: RecordId) -> Set<'_> {
        let spare = self.program.sets.get(record.index()).copied().unwrap_or_default();
        self.memory.set(record, SetId(spare))
    }
}

/// From when records count in every reading that has anything to count from.
pub(super) fn latest(cuts: &[Option<Instant>]) -> Instant {
    cuts.iter().flatten().max().copied().unwrap_or(Instant::MAX)
}

/// Writes one row of a set.
pub(super) fn put((sure, all): Set<'_>, index: usize, truth: Truth) {
    let (word, bit) = (index / 64, 1u64 << (index % 64));
    let write = |set: &[std::cell::Cell<u64>], is: bool| {
        if let Some(word) = set.get(word) {
            word.set(if is { word.get() | bit } else { word.get() & !bit });
        }
    };
    write(sure, truth == Truth::Yes);
    write(all, truth != Truth::No);
}
