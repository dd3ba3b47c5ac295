//! How many are counted, and what the latest is.

use super::counted::Counted;
use super::history::{History, Starts};
use super::row::{Row, Spot};
use super::terms::Encoder;
use super::var::{Holds, ValueVar};
use crate::compile::{FlatMeasure, FlatSelection, FlatSince, MeasureId, SelectionId, TermId};
use crate::model::Truth;
use crate::proof::solver::Lit;
use crate::proof::tri::{Between, Tri};
use crate::syntax::tree::Comparison;
use std::collections::BTreeSet;
use std::rc::Rc;

/// From which record on a selection counts, and in which cases.
pub(super) struct Reading {
    pub is: Lit,
    pub from: Row,
}

/// All the records that it may count from.
pub(super) struct Readings {
    pub readings: Vec<Reading>,
    /// Whether there may be none.
    pub maybe_none: Lit,
    /// Whether all of them are known.
    pub whole: Lit,
}

impl Encoder<'_> {
    pub(super) fn count(&mut self, id: MeasureId, comparison: Comparison, number: i64) -> Tri {
        let ir = self.ir;
        let Some((measure, selection)) = ir.measure(id).and_then(|measure| Some((measure, ir.selection(measure.of)?)))
        else {
            return Tri::of(Truth::Unknown, &self.gates);
        };
        let is_any = matches!(self.history, History::Any);
        let from_record = selection.is_from_a_record();
        if is_any || !from_record {
            let counted = self.counted(id, measure);
            let answer = counted.compared(comparison, number, &mut self.gates);
            return if from_record { self.counted_from_any(selection, comparison, answer) } else { answer };
        }
        self.in_every_reading(selection, |encoder, from| {
            let counted = encoder.counted_from(measure, Some(from));
            counted.compared(comparison, number, &mut encoder.gates)
        })
    }

    /// The answer where it may be any record, or none, that a selection counts from: given is that for the least and the most that is
    /// counted from any.
    fn counted_from_any(&mut self, selection: &FlatSelection, comparison: Comparison, answer: Tri) -> Tri {
        let [none, maybe_none, open] = self.starts(selection);
        let mut may = answer.may;
        if comparison == Comparison::Exactly {
            // Counted from one record it may be fewer, and from another more.
            may = self.gates.solver.fresh();
            self.gates.solver.clause([!may, answer.may]);
            self.gates.solver.clause([!answer.yes, may]);
        }
        let possible = self.gates.and(&[may, !none]);
        Tri { yes: self.gates.and(&[answer.yes, !maybe_none, !open]), may: self.gates.or(&[possible, open]) }
    }

    /// That there is certainly nothing to count from, that there may be nothing, and that nobody can say what there is.
    pub(super) fn starts(&mut self, selection: &FlatSelection) -> Starts {
        // Selections that count from the same record have the same to count from, whatever they count.
        if let Some((_, known)) = self.starts.iter().find(|(known, _)| *known == selection.since) {
            return *known;
        }
        let lits = [(); 3].map(|()| self.gates.solver.fresh());
        let [none, maybe_none, nobody_knows] = lits;
        self.gates.solver.clause([!none, maybe_none]);
        self.starts.push((selection.since.clone(), lits));
        if let [FlatSince::Record { of, .. }] = *selection.since
            && let Some(from) = self.ir.selection(of).filter(|from| !from.is_from_a_record())
        {
            // Where not all are known, it may be one that nobody has sent.
            let whole = self.is_whole(of);
            self.gates.solver.clause([whole, nobody_knows]);
            if let Some(counted) = self.counted_plainly(of, from) {
                let (certain, possible) = (counted.least(1, &mut self.gates), counted.most(1, &mut self.gates));
                self.gates.solver.clause([maybe_none, nobody_knows, certain]);
                self.gates.solver.clause([!certain, !maybe_none]);
                self.gates.solver.clause([!none, nobody_knows, !possible]);
                self.gates.solver.clause([none, nobody_knows, possible]);
            }
        }
        lits
    }

    /// The answer on which every reading agrees of which record a selection counts from.
    fn in_every_reading(&mut self, selection: &FlatSelection, mut answer: impl FnMut(&mut Self, Row) -> Tri) -> Tri {
        let Some(Readings { readings, maybe_none, whole }) = self.readings(selection) else {
            self.left_open = true;
            return Tri::free(&mut self.gates);
        };
        let (mut yes, mut no) = (vec![whole, !maybe_none], vec![whole]);
        for Reading { is, from } in readings {
            let answer = answer(self, from);
            yes.push(self.gates.or(&[!is, answer.yes]));
            no.push(self.gates.or(&[!is, !answer.may]));
        }
        Tri { yes: self.gates.and(&yes), may: !self.gates.and(&no) }
    }

    /// The records that a selection may count from; `None` where these are counted from others themselves, or there are several to count
    /// from, or it is not a history of so many records.
    pub(super) fn readings(&mut self, selection: &FlatSelection) -> Option<Readings> {
        let ir = self.ir;
        let records = selection.since.iter().filter_map(|since| match since {
            FlatSince::Record { first, of } => Some((*first, *of)),
            _ => None,
        });
        let records: Vec<(bool, SelectionId)> = records.collect();
        let ([(first, of)], false) = (records.as_slice(), matches!(self.history, History::Any)) else { return None };
        let from = ir.selection(*of).filter(|from| !from.is_from_a_record())?;
        let (readings, maybe_none) = self.candidates(*of, from, *first, None);
        let whole = self.is_whole(*of);
        Some(Readings { readings, maybe_none, whole })
    }

    /// The rows that may be the latest (or the first) of a selection, and whether there may be none.
    fn candidates(
        &mut self,
        id: SelectionId,
        of: &FlatSelection,
        first: bool,
        from: Option<Row>,
    ) -> (Vec<Reading>, Lit) {
        let rows = self.rows(of);
        let mut members: Vec<(Row, Tri)> = Vec::new();
        for row in rows {
            let member = self.member(id, row);
            members.push((row, self.counts_from(member, row, from)));
        }
        let mut readings = Vec::new();
        for (row, member) in &members {
            let mut lits = vec![member.may];
            for (other, theirs) in members.iter().filter(|(other, _)| other != row) {
                let beyond = if first { self.is_after(*row, *other) } else { self.is_after(*other, *row) };
                let outdone = self.gates.and(&[theirs.yes, beyond]);
                lits.push(!outdone);
            }
            readings.push(Reading { is: self.gates.and(&lits), from: *row });
        }
        let sure: Vec<Lit> = members.iter().map(|(_, member)| member.yes).collect();
        (readings, !self.gates.or(&sure))
    }

    fn counts_from(&mut self, member: Tri, row: Row, from: Option<Row>) -> Tri {
        match from {
            None => member,
            Some(from) => {
                let since = self.is_no_earlier(row, from);
                member.where_holds(since, &mut self.gates)
            }
        }
    }

    pub(super) fn latest(&mut self, first: bool, of: SelectionId, test: TermId) -> Tri {
        let ir = self.ir;
        let Some(selection) = ir.selection(of) else { return Tri::of(Truth::Unknown, &self.gates) };
        if matches!(self.history, History::Any) {
            return self.any_latest(first, of, selection, test);
        }
        let from_record = selection.is_from_a_record();
        let answer = |encoder: &mut Self, from: Option<Row>| {
            let (candidates, maybe_none) = encoder.candidates(of, selection, first, from);
            let whole = encoder.is_whole(of);
            let (mut yes, mut no) = (vec![whole, !maybe_none], vec![whole]);
            for Reading { is, from: row } in candidates {
                let answer = encoder.truth(test, row);
                yes.push(encoder.gates.or(&[!is, answer.yes]));
                no.push(encoder.gates.or(&[!is, !answer.may]));
            }
            Tri { yes: encoder.gates.and(&yes), may: !encoder.gates.and(&no) }
        };
        if !from_record {
            return answer(self, None);
        }
        self.in_every_reading(selection, |encoder, from| answer(encoder, Some(from)))
    }

    /// Where nothing is known of the records, what is asked of one and the same latest keeps to what the questions say of each other.
    fn any_latest(&mut self, first: bool, of: SelectionId, selection: &FlatSelection, test: TermId) -> Tri {
        let answer = Tri::free(&mut self.gates);
        if let Some(counted) = self.counted_plainly(of, selection) {
            // Of none there is no latest.
            let some = counted.most(1, &mut self.gates);
            // Where nobody can say what there is to count from, nobody can say that there is none.
            let nobody_knows = selection.is_from_a_record().then(|| {
                let [_, _, nobody_knows] = self.starts(selection);
                nobody_knows
            });
            self.gates.solver.clause([!answer.may, some].into_iter().chain(nobody_knows));
        }
        if let Some(last) = self.last(first, of, selection) {
            self.answered_by(last, of, test, answer);
        }
        let known = self.latest.get(&of).cloned().unwrap_or_default();
        for (other_first, other, theirs) in known.into_iter().filter(|(other_first, ..)| *other_first == first) {
            debug_assert_eq!(other_first, first);
            for ((narrow, own), (wide, covers)) in
                [((test, answer), (other, theirs)), ((other, theirs), (test, answer))]
            {
                if self.implies(selection.record, selection.this_call, narrow, wide) {
                    self.gates.solver.clause([!own.yes, covers.yes]);
                    self.gates.solver.clause([!own.may, covers.may]);
                }
            }
        }
        self.relate_latest(first, of, test, answer);
        self.latest.entry(of).or_default().push((first, test, answer));
        answer
    }

    /// What the answer says of those about the latest of longer and shorter spans. Where a record is certainly meant within the shorter span,
    /// whatever may be the latest within the longer one is no older, and so lies within the shorter one too.
    fn relate_latest(&mut self, first: bool, of: SelectionId, test: TermId, answer: Tri) {
        if first || self.ir.selection(of).is_none_or(FlatSelection::is_from_a_record) {
            return;
        }
        let known: Vec<(SelectionId, TermId, Tri)> = self
            .latest
            .iter()
            .filter(|(other, _)| **other != of)
            .flat_map(|(other, known)| {
                known.iter().filter(|(first, ..)| !first).map(|(_, test, theirs)| (*other, *test, *theirs))
            })
            .collect();
        for (other, asked, theirs) in known {
            for ((wide, wide_test, wide_answer), (narrow, narrow_test, narrow_answer)) in
                [((of, test, answer), (other, asked, theirs)), ((other, asked, theirs), (of, test, answer))]
            {
                let Some(selection) = self.ir.selection(narrow).filter(|_| self.reaches_further_alone(wide, narrow))
                else {
                    continue;
                };
                if self.implies(selection.record, selection.this_call, narrow_test, wide_test) {
                    self.gates.solver.clause([!narrow_answer.yes, wide_answer.yes]);
                    self.gates.solver.clause([!narrow_answer.may, wide_answer.may]);
                }
            }
        }
    }

    /// How many a selection means, where something asks for that.
    pub(super) fn counted_plainly(&mut self, of: SelectionId, selection: &FlatSelection) -> Option<Rc<Counted>> {
        let plain = FlatMeasure { of, record: selection.record, different: None, follow: None };
        let (id, _) = self.ir.measures().find(|(_, known)| **known == plain)?;
        Some(self.counted(id, &plain))
    }

    pub(super) fn counted(&mut self, id: MeasureId, measure: &FlatMeasure) -> Rc<Counted> {
        if let Some(known) = self.counted.get(&id) {
            return Rc::clone(known);
        }
        let counted = match self.history {
            History::Any => self.count_any(id, measure),
            History::Of { .. } => self.counted_from(measure, None),
        };
        let counted = Rc::new(counted);
        self.counted.insert(id, Rc::clone(&counted));
        counted
    }

    /// Any number that what else is counted allows.
    fn count_any(&mut self, id: MeasureId, measure: &FlatMeasure) -> Counted {
        let numbers = self.asked.counts.get(&measure.record).into_iter().flatten().copied();
        let numbers: Vec<i64> =
            numbers.chain([1]).filter(|number| *number > 0).collect::<BTreeSet<i64>>().into_iter().collect();
        let (mut least, mut most): (Vec<Lit>, Vec<Lit>) = (Vec::new(), Vec::new());
        let whole = self.is_whole(measure.of);
        for _ in &numbers {
            let (low, high) = (self.gates.solver.fresh(), self.gates.solver.fresh());
            self.gates.solver.clause([!low, high]);
            // Where not all are known there is no end to what may be counted.
            self.gates.solver.clause([whole, high]);
            least.last().into_iter().for_each(|below: &Lit| self.gates.solver.clause([!low, *below]));
            most.last().into_iter().for_each(|below: &Lit| self.gates.solver.clause([!high, *below]));
            least.push(low);
            most.push(high);
        }
        let ir = self.ir;
        if let Some(selection) =
            ir.selection(measure.of).filter(|it| it.this_call && measure.is_plain() && it.since.is_empty())
        {
            debug_assert!(selection.this_call);
            let own = self.member(measure.of, Row::ThisCall);
            if let (Some(low), Some(high)) = (least.first(), most.first()) {
                self.gates.solver.clause([!own.yes, *low]);
                self.gates.solver.clause([!own.may, *high]);
            }
        }
        let others: Vec<(MeasureId, Rc<Counted>)> =
            self.counted.iter().map(|(id, counted)| (*id, Rc::clone(counted))).collect();
        for (other_id, other) in others {
            let Some(theirs) = ir.measure(other_id).filter(|other| other.record == measure.record && other_id != id)
            else {
                continue;
            };
            let Counted::Any { least: their_least, most: their_most, .. } = &*other else { continue };
            if self.counts_no_more(measure, theirs) {
                self.no_more((&least, &most), (their_least, their_most), whole);
            }
            if self.counts_no_more(theirs, measure) {
                let their_whole = self.is_whole(theirs.of);
                self.no_more((their_least, their_most), (&least, &most), their_whole);
            }
        }
        let counted = Counted::Any { numbers, least, most };
        self.counts_lasts(measure, &counted);
        self.counts_trends(measure, &counted);
        counted
    }

    fn no_more(&mut self, (least, most): (&[Lit], &[Lit]), (their_least, their_most): (&[Lit], &[Lit]), whole: Lit) {
        for (own, theirs) in least.iter().zip(their_least) {
            self.gates.solver.clause([!*own, *theirs]);
        }
        for (own, theirs) in most.iter().zip(their_most) {
            self.gates.solver.clause([!*own, !whole, *theirs]);
        }
    }

    /// Whether one measure never counts more than another of the same kind of record.
    fn counts_no_more(&mut self, narrow: &FlatMeasure, wide: &FlatMeasure) -> bool {
        let one_each = |field| {
            let [of_record, of_call] =
                [false, true].map(|this_call| self.policy.may_be_several(narrow.record, field, this_call));
            !of_record && !of_call
        };
        let counts = match (narrow.different, wide.different) {
            (own, theirs) if own == theirs => true,
            // Each record has no more than one.
            (Some(field), None) => one_each(field),
            _ => false,
        };
        let follows = match (&narrow.follow, &wide.follow) {
            (_, None) => true,
            (Some(own), Some(theirs)) => {
                // What is followed within a span is within a longer one; what is not within a longer one is not within it.
                let (short, long) = if own.not { (theirs.within, own.within) } else { (own.within, theirs.within) };
                (own.not, own.by, &own.that) == (theirs.not, theirs.by, &theirs.that)
                    && short.never_longer_than(*long, &self.policy.zone)
            }
            (None, Some(_)) => false,
        };
        counts && follows && self.is_within(narrow.of, wide.of)
    }

    /// How many there are of those from a record on.
    pub(super) fn counted_from(&mut self, measure: &FlatMeasure, from: Option<Row>) -> Counted {
        let ir = self.ir;
        let Some(selection) = ir.selection(measure.of) else {
            return Counted::Of { least: Vec::new(), most: Vec::new(), endless: self.gates.solver.no() };
        };
        let mut members: Vec<(Row, Tri)> = Vec::new();
        for row in self.rows(selection) {
            let member = self.member(measure.of, row);
            let mut member = self.counts_from(member, row, from);
            if let Some(follow) = &measure.follow {
                let followed = self.followed(row, follow);
                member = Tri::all(&[member, followed], &mut self.gates);
            }
            members.push((row, member));
        }
        let endless = !self.is_whole(measure.of);
        let Some(field) = measure.different else {
            let least = members.iter().map(|(_, member)| (1, member.yes)).collect();
            let most = members.iter().map(|(_, member)| (1, member.may)).collect();
            return Counted::Of { least, most, endless };
        };
        let mut named: Vec<[Vec<Lit>; 2]> = Vec::new();
        let (mut nobody_knows, mut endless) = (Vec::new(), vec![endless]);
        for (row, member) in &members {
            let value = self.value(*row, Spot::Field(field));
            let unknown = self.gates.and(&[member.may, value.unknown]);
            if self.policy.may_be_several(measure.record, field, *row == Row::ThisCall) {
                endless.push(unknown);
            } else {
                nobody_knows.push((1, unknown));
            }
            let names = self.names_of(&value);
            for (at, name) in names.into_iter().enumerate() {
                if named.len() <= at {
                    named.resize_with(at + 1, Default::default);
                }
                let (sure, perhaps) = (self.gates.and(&[member.yes, name]), self.gates.and(&[member.may, name]));
                if let Some([least, most]) = named.get_mut(at) {
                    least.push(sure);
                    most.push(perhaps);
                }
            }
        }
        let mut least = Vec::new();
        let mut most = nobody_knows;
        for [sure, perhaps] in named {
            least.push((1, self.gates.or(&sure)));
            most.push((1, self.gates.or(&perhaps)));
        }
        Counted::Of { least, most, endless: self.gates.or(&endless) }
    }

    /// A literal for each name that a value may hold.
    fn names_of(&mut self, value: &ValueVar) -> Vec<Lit> {
        match &value.holds {
            Holds::Names { names, .. } => names.clone(),
            Holds::Record(_, targets) => {
                let exists = value.exists(&mut self.gates);
                let any = self.gates.or(targets);
                let elsewhere = self.gates.and(&[exists, !any]);
                targets.iter().copied().chain([elsewhere]).collect()
            }
            _ => Vec::new(),
        }
    }
}
