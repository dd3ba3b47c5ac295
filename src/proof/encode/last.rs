//! What is asked of the latest record of a selection -> what is asked of one record that it may be.
//!
//! Nobody may know which of some records is the latest. But where any may be meant, there is one that it may be, and one that is
//! certainly meant where there is such a one. What is answered of the latest holds of that record, and what is counted counts it.

use super::counted::Counted;
use super::row::Row;
use super::terms::Encoder;
use crate::compile::{FlatMeasure, FlatSelection, SelectionId, TermId};
use crate::proof::solver::Lit;
use crate::proof::tri::{Between, Tri};

/// A record that the latest, or the first, of a selection may be.
#[derive(Clone, Copy)]
pub(in crate::proof) struct Last {
    row: Row,
    /// Whether there is such a record among those that are known.
    is: Lit,
    /// Whether it is certainly there: one that was given with several times may not have been at each.
    is_sure: Lit,
}

impl Encoder<'_> {
    /// What stands for the latest or the first; `None` where it may be this call, or is counted from another record.
    pub(super) fn last(&mut self, first: bool, of: SelectionId, selection: &FlatSelection) -> Option<Last> {
        if selection.this_call || selection.is_from_a_record() {
            return None;
        }
        let row = Row::Last { kind: selection.record, of, first };
        if let Some(known) = self.lasts.iter().find(|last| last.row == row) {
            return Some(*known);
        }
        let (is, is_sure) = (self.gates.solver.fresh(), self.gates.solver.fresh());
        self.gates.solver.clause([!is_sure, is]);
        let (member, whole) = (self.member(of, row), self.is_whole(of));
        self.gates.solver.clause([!is, member.may]);
        if let Some(counted) = self.counted_plainly(of, selection) {
            let (certain, possible) = (counted.least(1, &mut self.gates), counted.most(1, &mut self.gates));
            self.gates.solver.clause([!certain, is_sure]);
            self.gates.solver.clause([!certain, member.yes]);
            self.gates.solver.clause([!whole, !possible, is]);
        }
        let last = Last { row, is, is_sure };
        self.lasts.push(last);
        let known: Vec<_> = self.counted.iter().map(|(id, counted)| (*id, std::rc::Rc::clone(counted))).collect();
        for (id, counted) in known {
            if let Some(measure) = self.ir.measure(id) {
                self.counts_last(last, measure, &counted);
            }
        }
        Some(last)
    }

    /// Holds the answer that is given of the latest to that of the record that stands for it.
    pub(super) fn answered_by(&mut self, last: Last, of: SelectionId, test: TermId, answer: Tri) {
        let (own, member) = (self.truth(test, last.row), self.member(of, last.row));
        let whole = self.is_whole(of);
        for holds in [last.is_sure, member.yes, own.yes, whole] {
            self.gates.solver.clause([!answer.yes, holds]);
        }
        // The answer is no only of all that it may be, or where there is none.
        self.gates.solver.clause([answer.may, whole]);
        self.gates.solver.clause([answer.may, !last.is, !own.may]);
        self.gates.solver.clause([!answer.may, !whole, last.is]);
    }

    /// What a measure counts is at least the record that stands for a latest, where it means that one.
    pub(super) fn counts_lasts(&mut self, measure: &FlatMeasure, counted: &Counted) {
        for last in self.lasts.clone() {
            self.counts_last(last, measure, counted);
        }
    }

    fn counts_last(&mut self, last: Last, measure: &FlatMeasure, counted: &Counted) {
        let ir = self.ir;
        let Some(selection) = ir.selection(measure.of) else { return };
        if last.row.kind() != Some(selection.record) || !measure.is_plain() || selection.is_from_a_record() {
            return;
        }
        let member = self.member(measure.of, last.row);
        let (certain, possible) = (counted.least(1, &mut self.gates), counted.most(1, &mut self.gates));
        self.gates.solver.clause([!last.is_sure, !member.yes, certain]);
        self.gates.solver.clause([!last.is, !member.may, possible]);
    }
}
