//! The single changes to a case from which the search for a near miss puts its answers together.

use super::reach::{Dependencies, PredicatesAsked, WantedAnswer, blockers};
use super::shape::Draft;
use crate::check::Policy;
use crate::compile::{Program, SelectionId, Term, TermId};
use crate::eval::{Evaluation, Row};
use crate::model::{Case, FactId, FieldId, RecordId, Truth, Type, Value};
use crate::semantics::Subject;
use crate::time::Instant;
use std::collections::BTreeSet;

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Move {
    /// A fact of the call is otherwise.
    Fact { fact: FactId, value: Value },
    /// A field of a record is otherwise.
    Field { record: RecordId, index: usize, field: FieldId, value: Value },
    /// A list turns out to hold no more than is known of it.
    Whole(RecordId),
    /// There is one more record, at the time that is asked about.
    Record { record: RecordId, values: Vec<Value> },
}

/// The newest records of each kind whose fields may be otherwise.
const NEWEST: usize = 4;

/// The most sorts of records of which one more is tried.
const MOST_SORTS: usize = 500;

impl Move {
    pub(super) fn is_more_records(&self) -> bool {
        matches!(self, Self::Record { .. })
    }

    /// How much is known of a record that is added.
    fn known_fields(&self) -> usize {
        match self {
            Self::Record { values, .. } => values.iter().filter(|value| **value != Value::Unknown).count(),
            Self::Fact { .. } | Self::Field { .. } | Self::Whole(_) => 0,
        }
    }

    /// Whether a condition within this reach may answer otherwise for it.
    pub(super) fn bears_on(&self, reach: &Dependencies) -> bool {
        match self {
            Self::Fact { fact, .. } => reach.facts.contains(fact),
            Self::Field { record, .. } | Self::Whole(record) | Self::Record { record, .. } => {
                reach.lists.contains(record)
            }
        }
    }

    /// Whether both are about one thing, so that only one of them can be made.
    pub(super) fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            // Each flag is a change of its own, made one after the other.
            (Self::Fact { value: Value::Flags(_), .. }, Self::Fact { value: Value::Flags(_), .. }) => self == other,
            (Self::Fact { fact: one, .. }, Self::Fact { fact: other, .. }) => one == other,
            (
                Self::Field { record: one, index: at, field, .. },
                Self::Field { record: other, index: also, field: same, .. },
            ) => (one, at, field) == (other, also, same),
            (Self::Whole(one), Self::Whole(other)) => one == other,
            _ => false,
        }
    }
}

impl Draft {
    /// The case with these changes made, records that are added coming at `at`.
    pub(super) fn with(&self, moves: &[Move], at: Instant) -> Case {
        let mut changed = self.case.clone();
        let mut ids = self.ids.iter();
        for one in moves {
            changed = match one {
                Move::Fact { fact, value: Value::Flags(after) } => {
                    let bits = |value: Value| if let Value::Flags(bits) = value { bits } else { 0 };
                    let turned = bits(self.case.fact(*fact)) ^ after;
                    changed.with_fact(*fact, Value::Flags(bits(changed.fact(*fact)) ^ turned))
                }
                Move::Fact { fact, value } => changed.with_fact(*fact, *value),
                Move::Field { record, index, field, value } => changed.with_field(*record, *index, *field, *value),
                Move::Whole(record) => changed.with_whole(*record),
                Move::Record { record, values } => match ids.next() {
                    Some(id) => changed.with_record(*record, *id, at, values),
                    None => changed,
                },
            };
        }
        changed
    }

    /// Every change that bears on what is within reach.
    pub(super) fn moves(
        &mut self,
        policy: &Policy,
        program: &Program,
        asked: &PredicatesAsked<'_>,
        reach: &Dependencies,
    ) -> Vec<Move> {
        let mut moves = Vec::new();
        for fact in &reach.facts {
            let Some(declared) = policy.vocabulary.call.get(fact.index()) else { continue };
            let values = self.values(policy, &declared.ty, &asked.of_fact(*fact), self.case.fact(*fact));
            moves.extend(values.into_iter().map(|value| Move::Fact { fact: *fact, value }));
        }
        let mut more: Vec<Move> = Vec::new();
        let mut tried: BTreeSet<(RecordId, &[TermId], Option<FieldId>)> = BTreeSet::new();
        for id in &reach.selections {
            let Some(selection) = program.ir.selection(*id) else { continue };
            let measured = program.ir.measures.iter().filter(|measure| measure.of == *id);
            let different = measured.filter_map(|measure| measure.different).next();
            // In which spans it must lie makes no difference to a record that comes now.
            if !tried.insert((selection.record, &selection.tests, different)) {
                continue;
            }
            if tried.len() > MOST_SORTS {
                self.cut_short = true;
                break;
            }
            for one in self.one_more(policy, program, asked, *id, different) {
                if !more.contains(&one) {
                    more.push(one);
                }
            }
        }
        // A record of which less is asked comes first, so that of two that would do the one that asks least is found.
        more.sort_by_key(Move::known_fields);
        moves.extend(more);
        for record in &reach.lists {
            if !self.case.is_whole(*record) {
                moves.push(Move::Whole(*record));
            }
            moves.extend(self.fields(policy, asked, *record));
        }
        moves
    }

    /// The fields of the newest records that some test asks about.
    fn fields(&mut self, policy: &Policy, asked: &PredicatesAsked<'_>, record: RecordId) -> Vec<Move> {
        let length = self.case.records(record).map_or(0, crate::model::Records::len);
        let Some(kind) = policy.vocabulary.records.get(record.index()) else { return Vec::new() };
        let mut moves = Vec::new();
        for (field, declared) in (0u16..).map(FieldId).zip(&kind.fields) {
            let asked = asked.of_field(record, field);
            // Who somebody was, or which record is linked, is not a thing that may yet turn out otherwise.
            if asked.is_empty() || matches!(declared.ty, Type::Identity { .. } | Type::Link { .. }) {
                continue;
            }
            for index in (length.saturating_sub(NEWEST)..length).rev() {
                let current = self.case.records(record).map_or(Value::Unknown, |list| list.value(index, field));
                let values = self.values(policy, &declared.ty, &asked, current);
                moves.extend(values.into_iter().map(|value| Move::Field { record, index, field, value }));
            }
        }
        moves
    }

    /// One more record that a selection means; and one with somebody else in it, where different people are counted.
    fn one_more(
        &mut self,
        policy: &Policy,
        program: &Program,
        asked: &PredicatesAsked<'_>,
        id: SelectionId,
        different: Option<FieldId>,
    ) -> Vec<Move> {
        let Some(selection) = program.ir.selection(id) else { return Vec::new() };
        let record = selection.record;
        let Some(values) = self.record_for(policy, program, asked, id) else { return Vec::new() };
        let mut moves = vec![Move::Record { record, values: values.clone() }];
        if let Some(field) = different {
            let kind = policy.vocabulary.records.get(record.index()).and_then(|kind| kind.fields.get(field.index()));
            let many = kind.is_some_and(|field| matches!(field.ty, Type::Identity { many: true, .. }));
            let stranger = self.identity(self.stranger, many);
            moves.push(Move::Record { record, values: replaced(&values, field, stranger) });
        }
        moves
    }

    /// The fields of a record that passes every test of a selection, as like this call as can be.
    fn record_for(
        &mut self,
        policy: &Policy,
        program: &Program,
        asked: &PredicatesAsked<'_>,
        id: SelectionId,
    ) -> Option<Vec<Value>> {
        let selection = program.ir.selection(id)?;
        let kind = policy.vocabulary.records.get(selection.record.index())?;
        let mut values = self.like_this_call(policy, selection.record);
        // Each round mends one test; a test that cannot be mended alone ends it.
        for _ in 0..=selection.tests.len() * 3 {
            let Some((test, leaves)) = self.first_failing(policy, program, id, &values) else { return Some(values) };
            let mended = leaves.iter().find_map(|leaf| {
                let Some(Term::Test(leaf)) = program.ir.term(*leaf) else { return None };
                let field = match leaf.subject {
                    Subject::Field(field) => field,
                    Subject::Through { link, .. } | Subject::Linked { link, .. } => link,
                    Subject::Record(_) => return self.in_force(policy, selection.record, &values),
                    Subject::Fact(_) | Subject::CallTime | Subject::RecordTime => return None,
                };
                let ty = &kind.fields.get(field.index())?.ty;
                let tried = self.values(policy, ty, &asked.of_field(selection.record, field), Value::Unknown);
                let tried = tried.into_iter().map(|value| replaced(&values, field, value));
                tried.into_iter().find(|values| self.passes(policy, program, id, values, test))
            });
            values = mended?;
        }
        None
    }

    /// The first test of a selection that such a record fails, and what stands in its way.
    fn first_failing(
        &self,
        policy: &Policy,
        program: &Program,
        id: SelectionId,
        values: &[Value],
    ) -> Option<(TermId, Vec<TermId>)> {
        let selection = program.ir.selection(id)?;
        let (case, row) = self.with_one(selection.record, values)?;
        let run = Evaluation::new(policy, program, &case, case.at);
        let failing = selection.tests.iter().find(|test| run.truth_of(**test, row) != Truth::Yes)?;
        Some((*failing, blockers(&run, *failing, row, WantedAnswer::YES)))
    }

    fn passes(&self, policy: &Policy, program: &Program, id: SelectionId, values: &[Value], test: TermId) -> bool {
        let Some(selection) = program.ir.selection(id) else { return false };
        let Some((case, row)) = self.with_one(selection.record, values) else { return false };
        Evaluation::new(policy, program, &case, case.at).truth_of(test, row) == Truth::Yes
    }

    fn with_one(&self, record: RecordId, values: &[Value]) -> Option<(Case, Row)> {
        let case = self.case.with_record(record, *self.ids.first()?, self.case.at, values);
        let index = case.records(record)?.len().checked_sub(1)?;
        Some((case, Row::Record { record, index }))
    }

    /// A record with the people and places of this call, and nothing else known of it.
    fn like_this_call(&mut self, policy: &Policy, record: RecordId) -> Vec<Value> {
        let vocabulary = &policy.vocabulary;
        let fields = vocabulary.records.get(record.index()).map(|kind| kind.fields.clone()).unwrap_or_default();
        let like = fields.iter().map(|field| {
            let Type::Identity { many, .. } = field.ty else { return Value::Unknown };
            let named = vocabulary.fact(&field.name).map_or(Value::Unknown, |fact| self.case.fact(fact));
            match (named, many) {
                (Value::Identity(name), _) => self.identity(name, many),
                (Value::Identities { .. }, true) => named,
                (Value::Identities { .. }, false) => {
                    self.case.identities(&named).first().map_or(Value::Unknown, |name| Value::Identity(*name))
                }
                _ => Value::Unknown,
            }
        });
        like.collect()
    }

    /// The same record, in force: from now, and without an end.
    fn in_force(&self, policy: &Policy, record: RecordId, values: &[Value]) -> Option<Vec<Value>> {
        let kind = policy.vocabulary.records.get(record.index())?;
        let in_force = kind.in_force.as_ref()?;
        let begun = replaced(values, in_force.from, Value::Time(self.case.at));
        let lasting = in_force.until.iter().fold(begun, |values, field| {
            let endless = kind.fields.get(field.index()).is_some_and(|field| field.ty == Type::Time { or_none: true });
            let end = if endless { Value::None } else { Value::Time(self.case.at.plus_seconds(366 * 86_400)) };
            replaced(&values, *field, end)
        });
        (lasting != values).then_some(lasting)
    }
}

fn replaced(values: &[Value], field: FieldId, value: Value) -> Vec<Value> {
    let mut changed = values.to_vec();
    if let Some(slot) = changed.get_mut(field.index()) {
        *slot = value;
    }
    changed
}
