//! How the times of the last few follow one another: any answer, or one of some ways in which times may lie.
//!
//! Not every way in which times may lie is gone through, so a history may have a trend that is not found here. What is found is one.

use super::history::History;
use super::row::{Row, Spot};
use super::terms::Encoder;
use super::var::Holds;
use crate::compile::SelectionId;
use crate::model::RecordId;
use crate::proof::asked::Asked;
use crate::proof::solver::Lit;
use crate::proof::tri::Tri;
use crate::semantics::Trend;
use crate::time::Instant;

const MINUTE: i64 = 60;

/// By how much each gap is longer than the one after it.
const GROWTH: i64 = 3;

/// The lengths of the shortest gap that are tried, in minutes.
const SHORTEST: [i64; 4] = [1, 20, 360, 2880];

impl Encoder<'_> {
    pub(super) fn trend(&mut self, of: SelectionId, trend: Trend) -> Tri {
        let answer = Tri::free(&mut self.gates);
        self.left_open = true;
        let ir = self.ir;
        let (History::Of { now, records }, Some(selection)) = (self.history.clone(), ir.selection(of)) else {
            return answer;
        };
        let slots = records.get(&selection.record).copied().unwrap_or(0);
        let last = trend.last();
        let rows: Vec<Row> = (0..last).map(|at| Row::Slot(selection.record, at)).collect();
        if last > slots || selection.this_call {
            return answer;
        }
        // The newest records of the kind are those that are meant, and all that are.
        let mut sure = vec![self.is_whole(of)];
        let mut any = vec![];
        for at in 0..slots {
            let member = self.member(of, Row::Slot(selection.record, at));
            sure.push(if at < last { member.yes } else { !member.may });
            any.push(member.may);
        }
        let mut ways = |rises: bool| {
            let ways: Vec<_> = patterns(now, last, rises).iter().map(|times| self.lie_at(&rows, times)).collect();
            let lies = self.gates.or(&ways);
            let lits: Vec<_> = sure.iter().copied().chain([lies]).collect();
            self.gates.and(&lits)
        };
        let (yes, no) = (ways(true), ways(false));
        let none = !self.gates.or(&any);
        let whole = self.is_whole(of);
        let none = self.gates.and(&[none, whole]);
        self.gates.solver.clause([!answer.yes, yes]);
        self.gates.solver.clause([answer.may, no, none]);
        answer
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

/// Times that must be among those that records of some conditions may have, so that a trend is found.
pub(super) fn times_of_trends(asked: &Asked, kind: RecordId, now: Instant) -> Vec<Instant> {
    let lasts = asked.trends.iter().filter(|(known, _)| *known == kind).map(|(_, last)| *last);
    lasts
        .flat_map(|last| [true, false].into_iter().flat_map(move |rises| patterns(now, last, rises)).flatten())
        .collect()
}

/// Ways in which so many times may lie, newest first: so that each gap is shorter than the one before it, or not.
fn patterns(now: Instant, last: usize, shorter: bool) -> Vec<Vec<Instant>> {
    let way = |shortest: i64| {
        let mut gap = shortest * MINUTE;
        let mut at = now;
        let mut times = Vec::with_capacity(last);
        for _ in 0..last {
            at = at.plus_seconds(-gap);
            times.push(at);
            gap = if shorter { gap.saturating_mul(GROWTH).min(400 * 86_400) } else { (gap / GROWTH).max(MINUTE) };
        }
        times
    };
    SHORTEST.iter().map(|shortest| way(*shortest)).collect()
}
