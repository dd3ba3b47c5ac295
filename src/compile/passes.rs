//! Ir -> which member bits the records of each kind can have, and what is asked for them, from selections and measures.

use super::ids::{LengthId, MeasureId, SelectionId, TermId, numbered};
use super::ir::{FlatMeasure, FlatSelection, Ir, Term};
use super::plan::{Lengths, Plan};
use super::record_plan::{Lies, MemberBit, QuestionKind, RecordPlan, SetId};
use crate::check::Policy;
use crate::model::{Field, FieldId, RecordId, Truth, Type, Value};
use crate::semantics::predicates::{InForce, Same, Within};
use crate::semantics::{Predicate, Subject, Test};
use hashbrown::HashMap;
use std::collections::BTreeMap;

/// Every value that a type has, in the order of [`BitsLeft`](super::record_plan::BitsLeft); `None` where there are too many to try.
fn values_of(ty: &Type) -> Option<Vec<Value>> {
    let values: Vec<Value> = match ty {
        Type::YesNo => [false, true].map(Value::YesNo).into(),
        Type::Choice { values, .. } => (0..u16::try_from(values.len()).ok()?).map(Value::Choice).collect(),
        _ => return None,
    };
    Some([Value::Unknown, Value::None].into_iter().chain(values).collect())
}

/// Lays out what all selections and measures ask of records.
pub(super) fn lay_out(ir: &Ir, policy: &Policy, plan: &mut Plan) {
    for kind in 0..policy.vocabulary.records.len() {
        let record = RecordId(u16::try_from(kind).unwrap_or(u16::MAX));
        let (plans, sets) = Gathering::of(ir, policy, plan, record).into_plans();
        plan.records.extend(plans);
        plan.sets.push(sets);
    }
}

/// The bits of the records of one kind, while they are gathered.
struct Gathering<'a> {
    ir: &'a Ir,
    policy: &'a Policy,
    plan: &'a mut Plan,
    record: RecordId,
    bits: Vec<Membership>,
    /// Where each bit stands among them. It is only looked up in.
    known: HashMap<Membership, usize>,
    /// For each selection the bit of those that pass what does not depend on the clock.
    selections: Vec<(SelectionId, usize)>,
    /// For each measure the bit of those of which it counts no more.
    measures: Vec<(MeasureId, usize)>,
    /// How many sets are worked out after the pass.
    sets: u32,
}

/// To pass some tests, and to lie in some spans.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Membership {
    tests: Vec<TermId>,
    this_call: bool,
    lengths: Box<[LengthId]>,
}

impl<'a> Gathering<'a> {
    fn of(ir: &'a Ir, policy: &'a Policy, plan: &'a mut Plan, record: RecordId) -> Self {
        let (bits, known, selections, measures) = Default::default();
        let mut gathering = Self { ir, policy, plan, record, bits, known, selections, measures, sets: 0 };
        ir.selections().for_each(|(id, selection)| gathering.selection(id, selection));
        ir.measures().for_each(|(id, measure)| gathering.measure(id, measure));
        gathering
    }

    fn selection(&mut self, id: SelectionId, selection: &FlatSelection) {
        if selection.record != self.record {
            return;
        }
        let timed = self.plan.selections.get(id.0 as usize).map(|plan| &*plan.timed).unwrap_or_default();
        let still = selection.tests.iter().copied().filter(|test| !timed.contains(test)).collect();
        let is_timed = !timed.is_empty();
        let still = self.member(self.one_by_one(still), selection.this_call, Box::default());
        self.selections.push((id, still));
        if is_timed {
            let set = self.set();
            if let Some(plan) = self.plan.selections.get_mut(id.0 as usize) {
                plan.set = set;
            }
        }
    }

    /// Tests of which all must be passed, each alone.
    fn one_by_one(&self, tests: Vec<TermId>) -> Vec<TermId> {
        let parts = |test: TermId| match self.ir.term(test) {
            Some(Term::All(parts)) => self.one_by_one(parts.to_vec()),
            _ => vec![test],
        };
        let mut tests: Vec<TermId> = tests.into_iter().flat_map(parts).collect();
        tests.sort_unstable();
        tests.dedup();
        tests
    }

    /// Equal bits are one.
    fn member(&mut self, tests: Vec<TermId>, this_call: bool, lengths: Box<[LengthId]>) -> usize {
        let member = Membership { tests, this_call, lengths };
        *self.known.entry(member).or_insert_with_key(|member| {
            self.bits.push(member.clone());
            self.bits.len() - 1
        })
    }

    fn set(&mut self) -> SetId {
        let set = SetId(self.sets);
        self.sets += 1;
        set
    }

    fn measure(&mut self, id: MeasureId, measure: &FlatMeasure) {
        let Some(selection) = self.ir.selection(measure.of).filter(|_| measure.record == self.record) else { return };
        // Where it is not known since when records count, it is not known how many do, however few there are.
        let (has_one_reading, this_call) = (selection.since.is_empty(), selection.this_call);
        let several = |field, this_call| self.policy.may_be_several(self.record, field, this_call);
        let is_no_more =
            measure.different.is_none_or(|field| !(several(field, false) || this_call && several(field, true)));
        if has_one_reading && is_no_more {
            let lengths = self.plan.windows.get(selection.window.0 as usize).cloned().unwrap_or_default();
            let within = self.member(self.one_by_one(selection.tests.to_vec()), this_call, lengths);
            self.measures.push((id, within));
        }
        if measure.follow.is_some() {
            let set = self.set();
            if let Some(plan) = self.plan.measures.get_mut(id.0 as usize) {
                plan.set = set;
            }
        }
    }

    /// The plans, and how many sets are worked out after the pass.
    fn into_plans(self) -> (Vec<RecordPlan>, u32) {
        let Self { ir, policy, plan, record, bits, selections, measures, sets, .. } = self;
        // Bits that ask the same stand together, so that few plans ask it.
        let mut order: Vec<usize> = (0..bits.len()).collect();
        order.sort_unstable_by_key(|at| bits.get(*at));
        let mut ids = vec![MemberBit::default(); bits.len()];
        let first = plan.records.len();
        for (place, at) in order.iter().enumerate() {
            if let Some(id) = ids.get_mut(*at) {
                *id = MemberBit { plan: numbered(first + place / WORD), bit: numbered(place % WORD) };
            }
        }
        for (selection, still) in selections {
            if let Some(selection) = plan.selections.get_mut(selection.0 as usize) {
                selection.still = ids.get(still).copied().unwrap_or_default();
            }
        }
        for (id, at_most) in measures {
            let (Some(measure), Some(bit)) = (ir.measure(id), ids.get(at_most).copied()) else { continue };
            if let Some(selection) = plan.selections.get_mut(measure.of.0 as usize) {
                selection.within = Some(bit);
            }
            if let Some(plan) = plan.measures.get_mut(id.0 as usize) {
                plan.at_most = Some(bit);
                plan.counted = measure.is_plain().then_some(bit);
            }
        }
        let mut writer = Writer { ir, policy, lengths: &mut plan.lengths, record };
        let plans = order.chunks(WORD).map(|order| writer.plan(order.iter().filter_map(|at| bits.get(*at))));
        (plans.collect(), sets)
    }
}

/// How many bits there are on a plan.
const WORD: usize = u64::BITS as usize;

/// Writes plans for the records of one kind.
struct Writer<'a> {
    ir: &'a Ir,
    policy: &'a Policy,
    lengths: &'a mut Lengths,
    record: RecordId,
}

impl Writer<'_> {
    fn plan<'r>(&mut self, bits: impl Iterator<Item = &'r Membership>) -> RecordPlan {
        let mut plan = RecordPlan::new(self.record);
        let mut asked: BTreeMap<TermId, u64> = BTreeMap::new();
        let mut spans: BTreeMap<LengthId, u64> = BTreeMap::new();
        for Membership { tests, this_call, lengths } in bits {
            let member = 1 << plan.bits;
            plan.bits += 1;
            plan.of_records |= member;
            plan.of_this_call |= if *this_call { member } else { 0 };
            tests.iter().for_each(|test| *asked.entry(*test).or_default() |= member);
            lengths.iter().for_each(|length| *spans.entry(*length).or_default() |= member);
        }
        plan.window_masks = spans.into_iter().collect();
        for (term, bits) in asked {
            if self.put(&mut plan, term, bits).is_none() {
                plan.others.push((term, bits));
            }
        }
        plan.finish(|field| self.policy.stands_for(field));
        plan
    }

    /// Lays out a condition that some bits need to hold, unless it has to be asked as it stands.
    fn put(&mut self, plan: &mut RecordPlan, term: TermId, bits: u64) -> Option<()> {
        if let Some((subject, answers)) = self.by_value(term) {
            return plan.ask_what(subject, &answers, bits);
        }
        let Some(Term::Test(test)) = self.ir.term(term) else { return None };
        if is_of_call(test) {
            plan.of_call.push((term, bits));
            return Some(());
        }
        match (test.subject, &test.predicate) {
            (Subject::Record(record), Predicate::InForce(InForce { not: false })) => {
                let kind = self.policy.vocabulary.records.get(record.index())?.in_force.as_ref()?;
                plan.ask_when(Subject::Field(kind.from), Lies::Begun, bits)?;
                kind.until.iter().try_for_each(|field| plan.ask_when(Subject::Field(*field), Lies::Ahead, bits))
            }
            (_, Predicate::InForce(_)) => None,
            (subject, Predicate::Same(Same { fact, not })) => {
                let field = self.field(subject).is_none_or(|(of, field)| self.policy.may_be_several(of, field, false));
                let of_call = self.policy.vocabulary.call.get(fact.index()).is_none_or(Field::may_be_several);
                plan.ask_whether_same(subject, field || of_call, *fact, *not, bits)
            }
            (subject, Predicate::Within(Within(length))) => {
                let length = *length;
                plan.ask_when(subject, Lies::Within(self.lengths.id(*length)), bits)
            }
            (subject, _) => plan.ask(subject, QuestionKind::Test(term), bits),
        }
    }

    /// The field that a subject is about, and of which kind of record it is.
    fn field(&self, subject: Subject) -> Option<(RecordId, FieldId)> {
        match subject {
            Subject::Field(field) => Some((self.record, field)),
            Subject::Through { record, field, .. } => Some((record, field)),
            _ => None,
        }
    }

    /// What is asked about, and the answer for each of its values; where a condition is about one field that has few, and
    /// whatever is known settles it.
    fn by_value(&self, term: TermId) -> Option<(Subject, Vec<Truth>)> {
        let together = |parts: &[TermId], join: fn(Truth, Truth) -> Truth| {
            let mut parts = parts.iter().map(|part| self.by_value(*part));
            let first = parts.next()??;
            parts.try_fold(first, |(subject, truths), part| {
                let (_, others) = part.filter(|(other, _)| *other == subject)?;
                Some((subject, truths.into_iter().zip(others).map(|(one, other)| join(one, other)).collect()))
            })
        };
        match self.ir.term(term)? {
            Term::All(parts) => together(parts, Truth::and),
            Term::Any(parts) => together(parts, Truth::or),
            Term::Not(part) => {
                let (subject, truths) = self.by_value(*part)?;
                Some((subject, truths.into_iter().map(|truth| !truth).collect()))
            }
            Term::Test(test) => {
                let (record, field) = self.field(test.subject)?;
                let kind = self.policy.vocabulary.records.get(record.index())?;
                let values = values_of(&kind.fields.get(field.index())?.ty)?;
                let truths: Option<Vec<Truth>> = values.iter().map(|value| test.predicate.of_value(value)).collect();
                let truths = truths.filter(|truths| truths.iter().skip(2).all(|truth| *truth != Truth::Unknown))?;
                Some((test.subject, truths))
            }
            _ => None,
        }
    }
}

/// Whether the answer is the same for every record.
fn is_of_call(test: &Test) -> bool {
    let of_call = |subject: Subject| matches!(subject, Subject::Fact(_) | Subject::CallTime);
    of_call(test.subject) && test.predicate.reads().all(of_call)
}
