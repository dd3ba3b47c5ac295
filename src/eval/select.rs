//! Which records a selection means.

use super::Row;
use super::evaluation::Evaluation;
use super::members::{Members, RowRange, row, times};
use super::scratch::Cuts;
use super::sets::{TriSet, TriWord};
use crate::compile::{FlatSelection, FlatSince, MAX_READINGS, SelectionId, SelectionPlan, WindowId};
use crate::model::RecordId;
use crate::time::Instant;
use std::cell::Cell;

impl Evaluation<'_> {
    /// What a selection means, in the reading of *since* that reaches back furthest.
    pub(crate) fn members(&self, id: SelectionId) -> Members<'_> {
        let (ir, plan) = (&self.program.ir, &self.program.plan);
        let Some((selection, plan)) = ir.selection(id).zip(plan.selection(id)) else {
            return Members::new(self.case, RecordId(0), TriSet::NONE, RowRange::default());
        };
        let record = selection.record;
        if let Some(within) = plan.within.filter(|_| self.memory.is_time_of_call()) {
            return Members::new(self.case, record, self.memory.bits.set(within), RowRange::default());
        }
        let still = || {
            let span = self.span(id, selection);
            Members::new(self.case, record, self.memory.bits.set(plan.still), span)
        };
        if plan.timed.is_empty() {
            return still();
        }
        let set = self.memory.set(record, times(self.case, record).len(), plan.set);
        self.once(&self.memory.timed, id.0 as usize, true, || {
            // Which rows are asked about depends on the span, so when that may reach further back is noted too.
            let still = still();
            self.ask_again(id, plan, still, set);
            still.span()
        });
        still().among(TriSet::new(set))
    }

    /// Puts the tests of a selection that depend on the clock to those of its rows of which the answer may be otherwise by now.
    fn ask_again(&self, id: SelectionId, plan: &SelectionPlan, still: Members<'_>, set: &[Cell<TriWord>]) {
        let asked = self.memory.recall_last(&self.memory.timed, id.0 as usize);
        let were_all_asked = asked.is_some_and(|asked| asked.contains(still.span()));
        let mut until = self.memory.take_until(id);
        // A place for the call too.
        until.resize(still.records() + 1, Instant::MIN);
        // What was answered before stands there until all rows of a word are asked.
        let before = TriSet::new(set);
        still.ask_into(set, |member| {
            let until = until.get_mut(member.index);
            if let Some(until) = until.as_deref().filter(|until| were_all_asked && self.now < **until) {
                self.may_change_at(*until);
                return before.truth(member.index);
            }
            let (truth, first_change) = self.noting_until(|| self.least(&plan.timed, still.row(member)));
            until.into_iter().for_each(|until| *until = first_change);
            truth
        });
        self.memory.keep_until(id, until);
    }

    /// Every row in the spans of a selection from where it counts, the call last.
    pub(super) fn rows_in_span(&self, id: SelectionId) -> impl Iterator<Item = Row> {
        let selection = self.program.ir.selection(id);
        let span = selection.map(|selection| self.span(id, selection)).unwrap_or_default();
        let record = selection.map_or(RecordId(0), |selection| selection.record);
        let records = times(self.case, record).len();
        span.rows(records).map(move |index| row(record, records, index))
    }

    /// The rows in the spans of a selection, and from where on it counts.
    fn span(&self, id: SelectionId, selection: &FlatSelection) -> RowRange {
        let span = self.window(selection.window);
        self.span_since(id, selection).map_or(span, |since| span.and(since))
    }

    /// The rows from where on a selection counts, in the reading of *since* that reaches back furthest; `None` when all count.
    fn span_since(&self, id: SelectionId, selection: &FlatSelection) -> Option<RowRange> {
        let cuts = self.cuts(id)?;
        let earliest = cuts.iter().flatten().min().copied().unwrap_or(Instant::MAX);
        Some(RowRange::from(times(self.case, selection.record), self.case.at, earliest))
    }

    /// The rows in a window.
    pub(super) fn window(&self, id: WindowId) -> RowRange {
        let at = id.0 as usize;
        // The rows in a window are those of one moment: nobody notes when the next of them leaves.
        let known = self.memory.recall(&self.memory.windows, at, true, self.now);
        let span = known.map_or_else(|| self.open_window(id), |known| known.value);
        if self.notes_moments {
            let lengths = self.program.plan.window(id);
            lengths.iter().for_each(|length| self.may_change_at(self.memory.jumps(*length)));
        }
        span
    }

    fn open_window(&self, id: WindowId) -> RowRange {
        let Some(window) = self.program.ir.windows.get(id.0 as usize) else { return RowRange::default() };
        // Without spans all time lies in it.
        let start = self.program.plan.window(id).iter().map(|length| self.memory.start(*length)).max();
        let times = times(self.case, window.record);
        let span = start.map_or_else(RowRange::default, |start| RowRange::from(times, self.case.at, start));
        self.memory.remember(&self.memory.windows, id.0 as usize, span);
        span
    }

    /// From when records count, in every reading of the selection's *since* parts together; `None` without any, when
    /// all count.
    #[inline]
    pub(super) fn cuts(&self, id: SelectionId) -> Option<Cuts> {
        let selection = self.program.ir.selection(id).filter(|selection| !selection.since.is_empty())?;
        Some(self.cuts_of(id, selection))
    }

    fn cuts_of(&self, id: SelectionId, selection: &FlatSelection) -> Cuts {
        if let Some(known) = self.memory.recall_cuts(id.0 as usize, self.now) {
            self.may_change_at(known.until);
            return known.value;
        }
        let (cuts, until) = self.noting_until(|| self.work_out_cuts(selection).into());
        self.memory.remember_cuts(id.0 as usize, &cuts, until);
        cuts
    }

    fn work_out_cuts(&self, selection: &FlatSelection) -> Vec<Option<Instant>> {
        let mut cuts = vec![Some(Instant::MIN)];
        for since in &selection.since {
            let readings: Vec<Option<Instant>> = match since {
                FlatSince::Instant(instant) => vec![Some(*instant)],
                FlatSince::Midnight => {
                    let zone = &self.policy.zone;
                    let today = zone.date(self.now);
                    self.may_change_at(zone.day_start(today.next()));
                    vec![Some(zone.day_start(today))]
                }
                FlatSince::Record { first, of } => self.since_record(*first, *of),
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
                    if !self.is_whole(of) {
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

    /// The times of the records that a selection means or may mean, oldest first.
    pub(crate) fn times_of(&self, id: SelectionId) -> Vec<Instant> {
        self.members(id).all().map(|member| member.time).collect()
    }

    /// What a selection means in every reading of *since*.
    pub(super) fn members_for_certain(&self, id: SelectionId) -> Members<'_> {
        let members = self.members(id);
        match self.cuts(id) {
            None => members,
            Some(cuts) => members.from(latest(&cuts)),
        }
    }
}

/// From when records count in every reading that has anything to count from.
pub(super) fn latest(cuts: &[Option<Instant>]) -> Instant {
    cuts.iter().flatten().max().copied().unwrap_or(Instant::MAX)
}
