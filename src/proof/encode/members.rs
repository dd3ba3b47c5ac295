//! Which records a selection means: of any record, or of each of so many.

use super::history::{Extent, History};
use super::row::{Row, Spot};
use super::terms::Encoder;
use super::var::Holds;
use crate::compile::{FlatSelection, FlatSince, SelectionId, TermId, links_of_records};
use crate::model::{LinkTo, RecordId};
use crate::proof::asked::asked_of_time;
use crate::proof::solver::{Answer, Lit};
use crate::proof::tri::Tri;
use crate::semantics::predicates::Within;
use crate::time::Length;

/// How much is tried to find that one selection means no more than another.
const MOST_CONFLICTS: u64 = 2_000;

impl Encoder<'_> {
    /// Puts down the records of a history that has so many, the newest first; those that there are come before those that are left out.
    pub(super) fn lay_out_records(&mut self) {
        let History::Of { records, .. } = self.history.clone() else { return };
        for (kind, count) in records {
            let mut before: Option<Row> = None;
            for at in 0..count {
                let row = Row::Slot(kind, at);
                let present = self.gates.solver.fresh();
                self.present.insert(row, present);
                if let Some(newer) = before {
                    let there = self.present.get(&newer).copied().unwrap_or(present);
                    self.gates.solver.clause([!present, there]);
                    let no_later = self.is_no_earlier(newer, row);
                    self.gates.solver.clause([no_later]);
                }
                before = Some(row);
            }
        }
    }

    /// The rows that a selection may mean.
    pub(super) fn rows(&self, selection: &FlatSelection) -> Vec<Row> {
        let this_call = selection.this_call.then_some(Row::ThisCall);
        let slots = match &self.history {
            History::Of { records, .. } => records.get(&selection.record).copied().unwrap_or(0),
            History::Any => 0,
        };
        // The call comes after all records.
        this_call.into_iter().chain((0..slots).map(|at| Row::Slot(selection.record, at))).collect()
    }

    /// Whether a row is one that a selection means, wherever it is counted from another record.
    pub(super) fn member(&mut self, id: SelectionId, row: Row) -> Tri {
        if let Some(known) = self.members.get(&(id, row)) {
            return *known;
        }
        let ir = self.ir;
        let Some(selection) = ir.selection(id) else { return Tri::known(self.gates.solver.no()) };
        let mut parts: Vec<Tri> = selection.tests.iter().map(|test| self.truth(*test, row)).collect();
        for length in ir.spans(selection) {
            parts.push(self.question(&Within(*length).into(), row, Spot::Time));
        }
        for asked in selection.since.iter().filter_map(asked_of_time) {
            parts.push(self.question(&asked, row, Spot::Time));
        }
        if row == Row::ThisCall && !selection.this_call {
            parts.push(Tri::known(self.gates.solver.no()));
        }
        parts.extend(self.present.get(&row).map(|there| Tri::known(*there)));
        let member = Tri::all(&parts, &mut self.gates);
        self.members.insert((id, row), member);
        member
    }

    /// Whether all records that a selection can mean are known.
    pub(super) fn is_whole(&mut self, id: SelectionId) -> Lit {
        let ir = self.ir;
        let Some(selection) = ir.selection(id) else { return self.gates.solver.no() };
        let links = match self.history {
            History::Any => links_of_records(ir, selection).to_vec(),
            History::Of { .. } => Vec::new(),
        };
        let mut links: Vec<LinkTo> = links;
        links.sort_unstable();
        links.dedup();
        self.is_known((selection.record, links))
    }

    /// Whether all records of an extent are known.
    pub(in crate::proof) fn is_known(&mut self, extent: Extent) -> Lit {
        if let Some(known) = self.whole.get(&extent) {
            return *known;
        }
        if !extent.1.is_empty() {
            self.is_known((extent.0, Vec::new()));
        }
        let lit = self.gates.solver.fresh();
        let within = |few: &[LinkTo], many: &[LinkTo]| few.iter().all(|link| many.contains(link));
        let known: Vec<(Extent, Lit)> = self.whole.iter().map(|(other, lit)| (other.clone(), *lit)).collect();
        for ((kind, links), other) in known.iter().filter(|((kind, _), _)| *kind == extent.0) {
            debug_assert_eq!(*kind, extent.0);
            if within(links, &extent.1) {
                self.gates.solver.clause([!*other, lit]);
            }
            if within(&extent.1, links) {
                self.gates.solver.clause([!lit, *other]);
            }
        }
        self.whole.insert(extent, lit);
        lit
    }

    /// Whether one selection never means a record that the other does not.
    pub(super) fn is_within(&mut self, narrow: SelectionId, wide: SelectionId) -> bool {
        if narrow == wide {
            return true;
        }
        if let Some(known) = self.subsets.get(&(narrow, wide)) {
            return *known;
        }
        let is = self.find_within(narrow, wide);
        self.subsets.insert((narrow, wide), is);
        is
    }

    fn find_within(&mut self, narrow: SelectionId, wide: SelectionId) -> bool {
        let ir = self.ir;
        let Some((own, other)) = ir.selection(narrow).zip(ir.selection(wide)) else { return false };
        let from_record = |selection: &FlatSelection| {
            let since = selection.since.iter().filter(|since| matches!(since, FlatSince::Record { .. }));
            since.cloned().collect::<Vec<_>>()
        };
        let covers = |wide: &[FlatSince], narrow: &[FlatSince]| wide.iter().all(|since| narrow.contains(since));
        if own.record != other.record || !covers(&from_record(other), &from_record(own)) {
            return false;
        }
        if !self.spans_hold(other, own) {
            return false;
        }
        self.rows_of_any(own.record, &[narrow]).into_iter().all(|row| {
            let (own, other) = (self.member(narrow, row), self.member(wide, row));
            self.comes_with(own, other)
        })
    }

    /// Whether each span of the wide selection is as long as one of the narrow: else it may leave records out.
    pub(super) fn spans_hold(&self, wide: &FlatSelection, narrow: &FlatSelection) -> bool {
        let spans = self.ir.spans(narrow);
        let holds = |wide: &Length| spans.iter().any(|narrow| narrow.never_longer_than(*wide, &self.policy.zone));
        self.ir.spans(wide).iter().all(|wide| holds(wide))
    }

    /// Whether one condition about records of a kind never holds of one of which the other does not.
    pub(super) fn implies(&mut self, kind: RecordId, this_call: bool, narrow: TermId, wide: TermId) -> bool {
        let mut rows = vec![Row::Any(kind)];
        if this_call {
            rows.push(Row::ThisCall);
        }
        rows.into_iter().all(|row| {
            let (own, other) = (self.truth(narrow, row), self.truth(wide, row));
            self.comes_with(own, other)
        })
    }

    /// Whether each record that a whole means is proved to be meant by one of its parts: certainly, or as far as is known.
    pub(super) fn is_covered(&mut self, kind: RecordId, whole: SelectionId, parts: &[SelectionId], may: bool) -> bool {
        self.rows_of_any(kind, &[whole]).into_iter().all(|row| {
            let half = |member: Tri| if may { member.may } else { member.yes };
            let mut lits = vec![half(self.member(whole, row))];
            lits.extend(parts.iter().map(|part| !half(self.member(*part, row))));
            self.gates.solver.solve(&lits, MOST_CONFLICTS) == Answer::No
        })
    }

    /// Whether it is proved that no record is meant by both: certainly, or as far as is known.
    pub(super) fn is_apart(&mut self, kind: RecordId, one: SelectionId, other: SelectionId, may: bool) -> bool {
        self.rows_of_any(kind, &[one, other]).into_iter().all(|row| {
            let (one, other) = (self.member(one, row), self.member(other, row));
            let lits = if may { [one.may, other.may] } else { [one.yes, other.yes] };
            self.gates.solver.solve(&lits, MOST_CONFLICTS) == Answer::No
        })
    }

    /// What stands for any record that some selections may mean.
    fn rows_of_any(&self, kind: RecordId, of: &[SelectionId]) -> Vec<Row> {
        let counts_call = |id: &SelectionId| self.ir.selection(*id).is_some_and(|selection| selection.this_call);
        let this_call = of.iter().any(counts_call).then_some(Row::ThisCall);
        [Row::Any(kind)].into_iter().chain(this_call).collect()
    }

    /// Whether it is proved that one answer is never more than another.
    fn comes_with(&mut self, own: Tri, other: Tri) -> bool {
        [(own.yes, other.yes), (own.may, other.may)]
            .into_iter()
            .all(|(one, not)| one == not || self.gates.solver.solve(&[one, !not], MOST_CONFLICTS) == Answer::No)
    }

    /// Whether the time of one row is no earlier than that of another, where both have one of so many.
    pub(super) fn is_no_earlier(&mut self, one: Row, other: Row) -> Lit {
        self.compared_times(one, other, false)
    }

    /// Whether one row came after another. The call comes after all records.
    pub(super) fn is_after(&mut self, one: Row, other: Row) -> Lit {
        match (one, other) {
            (_, Row::ThisCall) => self.gates.solver.no(),
            (Row::ThisCall, _) => self.gates.solver.yes(),
            _ => self.compared_times(one, other, true),
        }
    }

    fn compared_times(&mut self, one: Row, other: Row, strictly: bool) -> Lit {
        let (own, theirs) = (self.value(one, Spot::Time), self.value(other, Spot::Time));
        let (Holds::Time { at, from }, Holds::Time { at: others, .. }) = (&own.holds, &theirs.holds) else {
            return self.gates.solver.fresh();
        };
        let mut ways = Vec::new();
        for (time, lit) in others {
            let first = at.partition_point(|(own, _)| if strictly { own <= time } else { own < time });
            if let Some(from) = from.get(first) {
                ways.push(self.gates.and(&[*lit, *from]));
            }
        }
        self.gates.or(&ways)
    }
}
