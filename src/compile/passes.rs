//! Which roles the records of each kind can have, from what selections and measures ask of them.

use super::ids::{LengthId, MeasureId, SelectionId, TermId, numbered};
use super::ir::{FlatMeasure, FlatSelection, Ir, Term};
use super::plan::{Lengths, Plan};
use super::sheets::{Ask, Lies, RoleId, SetId, Sheet};
use crate::check::Policy;
use crate::model::{Field, FieldId, RecordId, Truth, Type, Value};
use crate::semantics::predicates::{InForce, Same, Within};
use crate::semantics::{Predicate, Subject, Test};
use hashbrown::HashMap;
use std::collections::BTreeMap;

/// Every value that a type has, in the order of [`Kept`](super::sheets::Kept); `None` where there are too many to try.
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
        let (sheets, sets) = Gathering::of(ir, policy, plan, record).into_sheets();
        plan.sheets.extend(sheets);
        plan.sets.push(sets);
    }
}

/// The roles of the records of one kind, while they are gathered.
struct Gathering<'a> {
    ir: &'a Ir,
    policy: &'a Policy,
    plan: &'a mut Plan,
    record: RecordId,
    roles: Vec<Role>,
    /// Where each role stands among them. It is only looked up in.
    known: HashMap<Role, usize>,
    /// For each selection the role of those that pass what does not depend on the clock.
    selections: Vec<(SelectionId, usize)>,
    /// For each measure the role of those of which it counts no more.
    measures: Vec<(MeasureId, usize)>,
    /// How many sets are worked out after the pass.
    sets: u32,
}

/// To pass some tests, and to lie in some spans.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Role {
    tests: Vec<TermId>,
    this_call: bool,
    lengths: Box<[LengthId]>,
}

impl<'a> Gathering<'a> {
    fn of(ir: &'a Ir, policy: &'a Policy, plan: &'a mut Plan, record: RecordId) -> Self {
        let (roles, known, selections, measures) = Default::default();
        let mut gathering = Self { ir, policy, plan, record, roles, known, selections, measures, sets: 0 };
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
        let still = self.role(self.one_by_one(still), selection.this_call, Box::default());
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

    /// Equal roles are one.
    fn role(&mut self, tests: Vec<TermId>, this_call: bool, lengths: Box<[LengthId]>) -> usize {
        let role = Role { tests, this_call, lengths };
        *self.known.entry(role).or_insert_with_key(|role| {
            self.roles.push(role.clone());
            self.roles.len() - 1
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
            let within = self.role(self.one_by_one(selection.tests.to_vec()), this_call, lengths);
            self.measures.push((id, within));
        }
        if measure.follow.is_some() {
            let set = self.set();
            if let Some(plan) = self.plan.measures.get_mut(id.0 as usize) {
                plan.set = set;
            }
        }
    }

    /// The sheets, and how many sets are worked out after the pass.
    fn into_sheets(self) -> (Vec<Sheet>, u32) {
        let Self { ir, policy, plan, record, roles, selections, measures, sets, .. } = self;
        // Roles that ask the same stand together, so that few sheets ask it.
        let mut order: Vec<usize> = (0..roles.len()).collect();
        order.sort_unstable_by_key(|at| roles.get(*at));
        let mut ids = vec![RoleId::default(); roles.len()];
        let first = plan.sheets.len();
        for (place, at) in order.iter().enumerate() {
            if let Some(id) = ids.get_mut(*at) {
                *id = RoleId { sheet: numbered(first + place / SHEET), bit: numbered(place % SHEET) };
            }
        }
        for (selection, still) in selections {
            if let Some(selection) = plan.selections.get_mut(selection.0 as usize) {
                selection.still = ids.get(still).copied().unwrap_or_default();
            }
        }
        for (id, at_most) in measures {
            let is_plain = ir.measure(id).is_some_and(FlatMeasure::is_plain);
            if let Some(measure) = plan.measures.get_mut(id.0 as usize) {
                measure.at_most = ids.get(at_most).copied();
                measure.counted = measure.at_most.filter(|_| is_plain);
            }
        }
        let mut writer = Writer { ir, policy, lengths: &mut plan.lengths, record };
        let sheets = order.chunks(SHEET).map(|order| writer.sheet(order.iter().filter_map(|at| roles.get(*at))));
        (sheets.collect(), sets)
    }
}

/// How many roles there are on a sheet.
const SHEET: usize = u64::BITS as usize;

/// Writes sheets for the records of one kind.
struct Writer<'a> {
    ir: &'a Ir,
    policy: &'a Policy,
    lengths: &'a mut Lengths,
    record: RecordId,
}

impl Writer<'_> {
    fn sheet<'r>(&mut self, roles: impl Iterator<Item = &'r Role>) -> Sheet {
        let mut sheet = Sheet::new(self.record);
        let mut asked: BTreeMap<TermId, u64> = BTreeMap::new();
        let mut spans: BTreeMap<LengthId, u64> = BTreeMap::new();
        for Role { tests, this_call, lengths } in roles {
            let role = 1 << sheet.roles;
            sheet.roles += 1;
            sheet.of_records |= role;
            sheet.of_this_call |= if *this_call { role } else { 0 };
            tests.iter().for_each(|test| *asked.entry(*test).or_default() |= role);
            lengths.iter().for_each(|length| *spans.entry(*length).or_default() |= role);
        }
        sheet.spans = spans.into_iter().collect();
        for (term, roles) in asked {
            if self.put(&mut sheet, term, roles).is_none() {
                sheet.others.push((term, roles));
            }
        }
        sheet.finish(|field| self.policy.stands_for(field));
        sheet
    }

    /// Lays out a condition that some roles need to hold, unless it has to be asked as it stands.
    fn put(&mut self, sheet: &mut Sheet, term: TermId, roles: u64) -> Option<()> {
        if let Some((subject, answers)) = self.by_value(term) {
            return sheet.ask_what(subject, &answers, roles);
        }
        let Some(Term::Test(test)) = self.ir.term(term) else { return None };
        if is_of_call(test) {
            sheet.of_call.push((term, roles));
            return Some(());
        }
        match (test.subject, &test.predicate) {
            (Subject::Record(record), Predicate::InForce(InForce { not: false })) => {
                let kind = self.policy.vocabulary.records.get(record.index())?.in_force.as_ref()?;
                sheet.ask_when(Subject::Field(kind.from), Lies::Begun, roles)?;
                kind.until.iter().try_for_each(|field| sheet.ask_when(Subject::Field(*field), Lies::Ahead, roles))
            }
            (_, Predicate::InForce(_)) => None,
            (subject, Predicate::Same(Same { fact, not })) => {
                let field = self.field(subject).is_none_or(|(of, field)| self.policy.may_be_several(of, field, false));
                let of_call = self.policy.vocabulary.call.get(fact.index()).is_none_or(Field::may_be_several);
                sheet.ask_whether_same(subject, field || of_call, *fact, *not, roles)
            }
            (subject, Predicate::Within(Within(length))) => {
                let length = *length;
                sheet.ask_when(subject, Lies::Within(self.lengths.id(*length)), roles)
            }
            (subject, _) => sheet.ask(subject, Ask::Test(term), roles),
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
