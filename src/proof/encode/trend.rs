//! How the times of the last few follow one another: any answer, or one of some ways in which times may lie.
//!
//! Not every way in which times may lie is gone through, so a history may have a trend that is not found here. What is found is one.

use super::counted::Counted;
use super::history::History;
use super::row::{Row, Spot};
use super::terms::Encoder;
use super::var::Holds;
use crate::compile::{FlatMeasure, SelectionId};
use crate::model::RecordId;
use crate::proof::solver::Lit;
use crate::proof::tri::{Between, Tri, sum_at_least};
use crate::semantics::Trend;
use crate::time::Instant;

const MINUTE: i64 = 60;

/// By how much each gap is longer than the one after it.
const GROWTH: i64 = 3;

/// How many records may lie up to the edge of a span, at most.
const MOST_AT_EDGES: usize = 10;

/// The lengths of the shortest gap that are tried, in minutes.
const SHORTEST: [i64; 4] = [1, 20, 360, 2880];

impl Encoder<'_> {
    pub(super) fn trend(&mut self, of: SelectionId, trend: Trend) -> Tri {
        let answer = Tri::free(&mut self.gates);
        self.left_open = true;
        let ir = self.ir;
        let Some(selection) = ir.selection(of) else { return answer };
        let History::Of { now, records } = self.history.clone() else {
            self.relate_trend(of, trend, answer);
            return answer;
        };
        let slots = records.get(&selection.record).copied().unwrap_or(0);
        let last = trend.last();
        let rows: Vec<Row> = (0..last).map(|at| Row::Slot(selection.record, at)).collect();
        if last > slots || selection.this_call {
            return answer;
        }
        // The newest records of the kind are those that are meant.
        let whole = self.is_whole(of);
        let members: Vec<Tri> = (0..slots).map(|at| self.member(of, Row::Slot(selection.record, at))).collect();
        let sure: Vec<Lit> = members.iter().take(last).map(|member| member.yes).chain([whole]).collect();
        let edges = self.edges_of_trends(selection.record, now);
        let mut ways = |rises: bool| {
            let ways: Vec<_> =
                patterns(now, last, rises, &edges).iter().map(|times| self.lie_at(&rows, times)).collect();
            let lies = self.gates.or(&ways);
            let lits: Vec<_> = sure.iter().copied().chain([lies]).collect();
            self.gates.and(&lits)
        };
        let (yes, no) = (ways(true), ways(false));
        // Of fewer there is no trend.
        let any: Vec<(u64, Lit)> = members.iter().map(|member| (1, member.may)).collect();
        let enough = sum_at_least(&any, i64::try_from(last).unwrap_or(i64::MAX), &mut self.gates);
        let too_few = self.gates.and(&[!enough, whole]);
        self.gates.solver.clause([!answer.yes, yes]);
        self.gates.solver.clause([answer.may, no, too_few]);
        // Nobody knows only where one of the newest may not be meant, or some are not known at all.
        let unsure: Vec<Lit> =
            members.iter().take(last).map(|member| self.gates.and(&[member.may, !member.yes])).collect();
        self.gates.solver.clause([answer.yes, !answer.may, !whole].into_iter().chain(unsure));
        self.gates.solver.clause([!too_few, !answer.may]);
        answer
    }

    /// What the answer says of those of other trends.
    fn relate_trend(&mut self, of: SelectionId, trend: Trend, answer: Tri) {
        // The answer is yes only of records that are all known.
        let whole = self.is_whole(of);
        self.gates.solver.clause([!answer.yes, whole]);
        for (other, theirs, their_answer) in self.trends.clone() {
            for ((wide, wide_trend, wide_answer), (narrow, narrow_trend, narrow_answer)) in [
                ((of, trend, answer), (other, theirs, their_answer)),
                ((other, theirs, their_answer), (of, trend, answer)),
            ] {
                if !self.reaches_further_alone(wide, narrow) {
                    continue;
                }
                // The last few of the one, where there are so many, are the last few of the other.
                let (is_same, is_shorter) = match (wide_trend, narrow_trend) {
                    (Trend::Converging { last: own }, Trend::Converging { last: theirs }) => {
                        (*own == *theirs, *own <= *theirs)
                    }
                    (Trend::GapShrinking, Trend::GapShrinking) => (true, true),
                    _ => (false, false),
                };
                if is_shorter {
                    self.gates.solver.clause([!narrow_answer.yes, wide_answer.yes]);
                }
                if is_same {
                    self.gates.solver.clause([!narrow_answer.may, wide_answer.may]);
                }
            }
        }
        self.trends.push((of, trend, answer));
        for (id, counted) in self.counted.clone() {
            if let Some(measure) = self.ir.measure(id) {
                self.counts_trend((of, trend, answer), measure, &counted);
            }
        }
    }

    /// What a measure counts is at least as many as a trend is about, where it means those.
    pub(super) fn counts_trends(&mut self, measure: &FlatMeasure, counted: &Counted) {
        for trend in self.trends.clone() {
            self.counts_trend(trend, measure, counted);
        }
    }

    fn counts_trend(
        &mut self,
        (of, trend, answer): (SelectionId, Trend, Tri),
        measure: &FlatMeasure,
        counted: &Counted,
    ) {
        let ir = self.ir;
        let Some((means, counts)) = ir.selection(of).zip(ir.selection(measure.of)) else { return };
        let from_record = means.is_from_a_record() || counts.is_from_a_record();
        if means.record != counts.record || !measure.is_plain() || from_record || !self.is_within(of, measure.of) {
            return;
        }
        let whole = self.is_whole(of);
        for number in counted.numbers_up_to(trend.last()) {
            let (certain, possible) = (counted.least(number, &mut self.gates), counted.most(number, &mut self.gates));
            self.gates.solver.clause([!answer.yes, certain]);
            self.gates.solver.clause([!answer.may, !whole, possible]);
        }
    }

    /// Whether one selection means what another does and may mean older records besides, and is otherwise the same.
    pub(super) fn reaches_further_alone(&self, wide: SelectionId, narrow: SelectionId) -> bool {
        let ir = self.ir;
        let Some((wide, narrow)) = ir.selection(wide).zip(ir.selection(narrow)) else { return false };
        (wide.record, &wide.tests, &wide.since, wide.this_call)
            == (narrow.record, &narrow.tests, &narrow.since, narrow.this_call)
            && self.spans_hold(wide, narrow)
    }

    /// Times that must be among those that records of a kind may have, so that a trend is found.
    pub(super) fn times_of_trends(&self, kind: RecordId, now: Instant) -> Vec<Instant> {
        let edges = self.edges_of_trends(kind, now);
        let lasts = self.asked.trends.iter().filter(|(known, _)| *known == kind).map(|(_, last)| *last);
        let ways = lasts.flat_map(|last| [true, false].map(|rises| patterns(now, last, rises, &edges)));
        ways.flatten().flatten().collect()
    }

    /// The oldest moments in the spans within which a trend of a kind of record is asked about, and those just before.
    fn edges_of_trends(&self, kind: RecordId, now: Instant) -> Vec<Instant> {
        let spans = self.asked.spans_of_trends.iter().filter(|(known, _)| *known == kind);
        let mut starts: Vec<Instant> = spans.map(|(_, span)| self.policy.zone.before(now, *span)).collect();
        starts.sort_unstable();
        starts.dedup();
        starts.into_iter().flat_map(|start| [start, start.plus_seconds(-MINUTE)]).collect()
    }

    fn lie_at(&mut self, rows: &[Row], times: &[Instant]) -> Lit {
        let mut lits = Vec::new();
        for (row, time) in rows.iter().zip(times) {
            let value = self.value(*row, Spot::Time);
            let Holds::Time { at, .. } = &value.holds else { return self.gates.solver.no() };
            let found = at.iter().find(|(known, _)| known == time).map(|(_, lit)| *lit);
            lits.push(found.unwrap_or(self.gates.solver.no()));
        }
        self.gates.and(&lits)
    }
}

/// Ways in which so many times may lie, newest first: so that each gap is shorter than the one before it, or not; also with the oldest
/// at each of some edges, and with all of them beyond it.
fn patterns(now: Instant, last: usize, shorter: bool, edges: &[Instant]) -> Vec<Vec<Instant>> {
    let way = |from: Instant, shortest: i64| {
        let mut gap = shortest * MINUTE;
        let mut at = from;
        let mut times = Vec::with_capacity(last);
        for _ in 0..last {
            at = at.plus_seconds(-gap);
            times.push(at);
            gap = if shorter { gap.saturating_mul(GROWTH).min(400 * 86_400) } else { (gap / GROWTH).max(MINUTE) };
        }
        times
    };
    // Back from now the gaps grow, or shrink, by the same.
    let parts = |number: usize| {
        let gap = |at: usize| if shorter { 1 << at } else { 1 << (last - 1 - at) };
        (0..number).map(gap).sum::<i64>()
    };
    let up_to = |edge: &Instant| -> Vec<Instant> {
        let back = |number: usize| (now.0 - edge.0) / MINUTE * parts(number) / parts(last) * MINUTE;
        (1..last).map(|number| now.plus_seconds(-back(number))).chain([*edge]).collect()
    };
    // Of many records the gaps would have to be shorter than a minute.
    let edges = if (2..MOST_AT_EDGES).contains(&last) { edges } else { &[] };
    let from_now = SHORTEST.iter().map(|shortest| way(now, *shortest));
    let beyond = edges.iter().map(|edge| way(*edge, 1));
    from_now.chain(edges.iter().map(up_to)).chain(beyond).collect()
}
