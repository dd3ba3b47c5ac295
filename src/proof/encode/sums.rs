//! Counts of parts and of a whole -> how they add up.
//!
//! Said only of counts that a question is about, once it is left open without it: there may be many parts.

use super::counted::Counted;
use super::terms::Encoder;
use crate::compile::{FlatMeasure, MeasureId, SelectionId};
use crate::model::RecordId;
use crate::proof::solver::Lit;
use crate::proof::tri::sum_at_least;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The most counts of one kind of record of which every few are tried.
const MOST_PARTS: usize = 10;

/// A count whose parts are looked for among others.
#[derive(Clone)]
struct Part {
    of: SelectionId,
    counted: Rc<Counted>,
}

impl Encoder<'_> {
    /// Says of some counts how those of parts add up to that of a whole. Whether anything came of it.
    pub(in crate::proof) fn add_up(&mut self, measures: impl IntoIterator<Item = MeasureId>) -> bool {
        let ir = self.ir;
        let mut kinds: BTreeMap<RecordId, Vec<MeasureId>> = BTreeMap::new();
        for id in measures {
            let is_plain = |measure: &&FlatMeasure| {
                measure.is_plain() && ir.selection(measure.of).is_some_and(|selection| !selection.is_from_a_record())
            };
            if let Some(measure) = ir.measure(id).filter(is_plain) {
                kinds.entry(measure.record).or_default().push(id);
            }
        }
        let mut is_new = false;
        for (kind, ids) in kinds {
            if (3..=MOST_PARTS).contains(&ids.len()) && self.added_up.insert(ids.clone()) {
                is_new = true;
                self.add_up_of(kind, &ids);
            }
        }
        is_new
    }

    fn add_up_of(&mut self, kind: RecordId, ids: &[MeasureId]) {
        let ir = self.ir;
        let counts = ids.iter().filter_map(|id| {
            let measure = ir.measure(*id)?;
            Some(Part { of: measure.of, counted: self.counted(*id, measure) })
        });
        let counts: Vec<Part> = counts.collect();
        for whole in &counts {
            let others: Vec<Part> = counts
                .iter()
                .filter(|part| part.of != whole.of && !self.is_within(whole.of, part.of))
                .cloned()
                .collect();
            for may in [false, true] {
                for parts in self.covers(kind, whole.of, &others, may) {
                    self.is_no_more_than_all(whole, &parts, may);
                }
            }
            let within: Vec<Part> = others.iter().filter(|part| self.is_within(part.of, whole.of)).cloned().collect();
            for may in [false, true] {
                for parts in self.apart(kind, &within, may) {
                    self.is_no_less_than_all(whole, &parts, may);
                }
            }
        }
    }

    /// Sets of parts of which each record that a whole means is in one, and none of which can be left out.
    fn covers(&mut self, kind: RecordId, whole: SelectionId, others: &[Part], may: bool) -> Vec<Vec<Part>> {
        let mut found: BTreeSet<Vec<usize>> = BTreeSet::new();
        let is_cover = |encoder: &mut Self, parts: &[usize]| {
            let parts: Vec<SelectionId> = parts.iter().filter_map(|at| others.get(*at)).map(|part| part.of).collect();
            encoder.is_covered(kind, whole, &parts, may)
        };
        let all: Vec<usize> = (0..others.len()).collect();
        if all.len() < 2 || !is_cover(self, &all) {
            return Vec::new();
        }
        for first in 0..all.len() {
            let mut left = all.clone();
            for out in (0..all.len()).map(|at| (first + at) % all.len()) {
                let fewer: Vec<usize> = left.iter().copied().filter(|at| *at != out).collect();
                if is_cover(self, &fewer) {
                    left = fewer;
                }
            }
            found.insert(left);
        }
        let parts = |set: Vec<usize>| set.into_iter().filter_map(|at| others.get(at).cloned()).collect();
        found.into_iter().map(parts).collect()
    }

    /// Sets of parts of which no two mean one record.
    fn apart(&mut self, kind: RecordId, within: &[Part], may: bool) -> Vec<Vec<Part>> {
        let mut found: BTreeSet<Vec<usize>> = BTreeSet::new();
        for first in 0..within.len() {
            let mut set = vec![first];
            for (at, part) in within.iter().enumerate().filter(|(at, _)| *at != first) {
                let known: Vec<SelectionId> = set.iter().filter_map(|at| within.get(*at)).map(|part| part.of).collect();
                if known.into_iter().all(|other| self.is_apart(kind, part.of, other, may)) {
                    set.push(at);
                }
            }
            set.sort_unstable();
            if set.len() > 1 {
                found.insert(set);
            }
        }
        let parts = |set: Vec<usize>| set.into_iter().filter_map(|at| within.get(at).cloned()).collect();
        found.into_iter().map(parts).collect()
    }

    /// There are no more of the whole than of all parts that cover it.
    fn is_no_more_than_all(&mut self, whole: &Part, parts: &[Part], may: bool) {
        let known = if may { self.is_whole(whole.of) } else { self.gates.solver.yes() };
        let Some((numbers, lits)) = ends(&whole.counted, may) else { return };
        let highest = numbers.last().copied().unwrap_or(0);
        let mut most: Vec<(u64, Lit)> = Vec::new();
        for (numbers, lits) in parts.iter().filter_map(|part| ends(&part.counted, may)) {
            // Below the first there are none; from the last on there is no end.
            let next = numbers.iter().copied().skip(1).map(Some).chain([None]);
            most.extend(numbers.iter().zip(next).zip(lits).map(|((from, next), lit)| {
                let more = next.map_or(highest, |next| next - from);
                (more.unsigned_abs(), *lit)
            }));
        }
        for (number, lit) in numbers.iter().zip(lits) {
            let reached = sum_at_least(&most, *number, &mut self.gates);
            self.gates.solver.clause([!*lit, !known, reached]);
        }
    }

    /// There are no fewer of the whole than of parts that are apart from one another.
    fn is_no_less_than_all(&mut self, whole: &Part, parts: &[Part], may: bool) {
        let mut known = Vec::new();
        if may {
            known.extend(parts.iter().map(|part| self.is_whole(part.of)));
        }
        let known = self.gates.and(&known);
        let Some((numbers, lits)) = ends(&whole.counted, may) else { return };
        let mut least: Vec<(u64, Lit)> = Vec::new();
        for (numbers, lits) in parts.iter().filter_map(|part| ends(&part.counted, may)) {
            let before = [0].into_iter().chain(numbers.iter().copied());
            let more = numbers.iter().zip(before).map(|(from, before)| (from - before).unsigned_abs());
            least.extend(more.zip(lits.iter().copied()));
        }
        for (number, lit) in numbers.iter().zip(lits) {
            let reached = sum_at_least(&least, *number, &mut self.gates);
            self.gates.solver.clause([!reached, !known, *lit]);
        }
    }
}

/// The numbers that the least, or the most, of a count is compared with, and whether it is at least each.
fn ends(counted: &Counted, may: bool) -> Option<(&[i64], &[Lit])> {
    match counted {
        Counted::Any { numbers, least, most } => Some((numbers, if may { most } else { least })),
        Counted::Of { .. } => None,
    }
}
