//! Candidate values for a fact or field: one for each answer that some test gives.

use crate::check::Policy;
use crate::model::{Case, FieldId, IdentityKind, Name, RecordId, Type, Value};
use crate::semantics::predicates::{Apart, Reach};
use crate::semantics::{Mark, Predicate, Subject};
use crate::time::Instant;
use std::collections::BTreeSet;

/// The most identities that are tried for one fact.
const MOST_NAMES: usize = 12;

/// A case that changes can be made to, with what they are made of.
pub(super) struct Draft {
    pub case: Case,
    /// Ids for records that are added.
    pub ids: Vec<Name>,
    pub stranger: Name,
    /// Whether some identities or records were not tried.
    pub cut_short: bool,
}

impl Draft {
    pub(super) fn new(case: &Case, most: usize) -> Self {
        let mut case = case.clone();
        let ids = (1..=most).map(|number| case.name_for(&format!("one more ({number})"))).collect();
        let stranger = case.name_for("somebody or somewhere else");
        Self { case, ids, stranger, cut_short: false }
    }

    /// The values that differ from `current` and that some test tells apart from it or from one another.
    pub(super) fn values(&mut self, policy: &Policy, ty: &Type, asked: &[&Predicate], current: Value) -> Vec<Value> {
        let mut values: Vec<Value> = match ty {
            Type::YesNo => vec![Value::YesNo(true), Value::YesNo(false)],
            Type::Choice { values, .. } => (0u16..).zip(values).map(|(at, _)| Value::Choice(at)).collect(),
            Type::Flags { .. } => flags(asked, current),
            Type::Number { range } => {
                let fits = |number: &i64| range.is_none_or(|(from, to)| (from..=to).contains(number));
                turning_points(asked).into_iter().filter(fits).map(Value::Number).collect()
            }
            Type::Duration => {
                turning_points(asked).into_iter().filter(|seconds| *seconds >= 0).map(Value::Duration).collect()
            }
            Type::Time { or_none } => {
                let times = times(policy, &self.case, asked).into_iter().map(Value::Time);
                times.chain(or_none.then_some(Value::None)).collect()
            }
            Type::Text => phrases(asked).into_iter().map(|phrase| self.case.text_for(phrase)).collect(),
            Type::Identity { kind, many } => {
                let mut names = self.names_of(policy, *kind);
                names.push(self.stranger);
                let mut values = self.so_many(&names, asked, *many);
                values.extend(names.into_iter().map(|name| self.identity(name, *many)));
                values
            }
            Type::Link { record } => {
                let records = self.case.records(*record);
                let ids =
                    records.into_iter().flat_map(|records| (0..records.len()).rev().filter_map(|at| records.id(at)));
                let mut ids: Vec<Value> = ids.map(Value::Identity).collect();
                self.cut_short |= ids.len() > MOST_NAMES;
                ids.truncate(MOST_NAMES);
                ids
            }
        };
        values.retain(|value| *value != current);
        values
    }

    /// On, just below and just above every number of people that is asked for, one at a time aside.
    fn so_many(&mut self, names: &[Name], asked: &[&Predicate], many: bool) -> Vec<Value> {
        let numbers = if many { turning_points(asked) } else { BTreeSet::new() };
        let numbers =
            numbers.into_iter().filter_map(|number| usize::try_from(number).ok()).filter(|number| *number != 1);
        let mut values = Vec::new();
        for number in numbers {
            self.cut_short |= number > MOST_NAMES;
            if number <= MOST_NAMES {
                let others = (1..=number).map(|other| self.case.name_for(&format!("somebody else ({other})")));
                let others: Vec<Name> = others.collect();
                let all: Vec<Name> = names.iter().copied().chain(others).take(number).collect();
                values.push(self.case.people_for(&all));
            }
        }
        values
    }

    pub(super) fn identity(&mut self, name: Name, many: bool) -> Value {
        if many { self.case.people_for(&[name]) } else { Value::Identity(name) }
    }

    /// The identities of a kind that the call names, and then those of the newest records.
    fn names_of(&mut self, policy: &Policy, kind: IdentityKind) -> Vec<Name> {
        let vocabulary = &policy.vocabulary;
        let mut seen = BTreeSet::new();
        let mut names: Vec<Name> = Vec::new();
        let case = &self.case;
        let mut add = |value: Value| names.extend(case.identities(&value).iter().filter(|name| seen.insert(**name)));
        let is_kind = |ty: &Type| matches!(ty, Type::Identity { kind: own, .. } if *own == kind);
        for (fact, declared) in (0u16..).map(crate::model::FactId).zip(&vocabulary.call) {
            if is_kind(&declared.ty) {
                add(case.fact(fact));
            }
        }
        for (record, declared) in (0u16..).map(RecordId).zip(&vocabulary.records) {
            let Some(records) = case.records(record) else { continue };
            for (field, _) in (0u16..).map(FieldId).zip(&declared.fields).filter(|(_, field)| is_kind(&field.ty)) {
                (0..records.len()).rev().for_each(|index| add(records.value(index, field)));
            }
        }
        self.cut_short |= names.len() > MOST_NAMES;
        names.truncate(MOST_NAMES);
        names
    }
}

/// Sets that differ from the current one in one flag that some test asks about.
fn flags(asked: &[&Predicate], current: Value) -> Vec<Value> {
    let now = if let Value::Flags(now) = current { now } else { 0 };
    let wanted = asked.iter().fold(0, |bits, predicate| bits | predicate.flags());
    let one_changed = (0..64).filter(|bit| wanted >> bit & 1 == 1).map(|bit| now ^ (1 << bit));
    // Where several are asked for, one more is not enough.
    let changes = asked.iter().flat_map(|predicate| [true, false].map(|want| predicate.form().flags_for(want)));
    let several = changes.flatten().map(|change| change.of(now));
    // Where nothing is known, it may turn out that there is none.
    let none = (current == Value::Unknown).then_some(0);
    let mut seen = BTreeSet::new();
    one_changed.chain(several).chain(none).filter(|set| seen.insert(*set)).map(Value::Flags).collect()
}

/// On, just below and just above every number that is compared with.
fn turning_points(asked: &[&Predicate]) -> BTreeSet<i64> {
    let numbers = asked.iter().flat_map(|predicate| predicate.numbers());
    numbers.flat_map(|number| [number, number.saturating_sub(1), number.saturating_add(1)]).collect()
}

fn times(policy: &Policy, case: &Case, asked: &[&Predicate]) -> BTreeSet<Instant> {
    let now = case.at;
    let mut times = BTreeSet::from([now, now.plus_seconds(-1), now.plus_seconds(1)]);
    for mark in asked.iter().flat_map(|predicate| predicate.form().marks()) {
        match mark {
            Mark::Back(length) => {
                let start = policy.zone.before(now, length);
                times.extend([start, start.plus_seconds(-1), start.plus_seconds(1)]);
            }
            Mark::Ahead(length) => {
                let end = policy.zone.after(now, length);
                times.extend([end, end.plus_seconds(1)]);
            }
            Mark::Apart(apart) => {
                if let Some(reach) = reach_of(apart, policy, case) {
                    let Reach { first, last, .. } = reach;
                    times.extend([first.plus_seconds(-1), first, last, last.plus_seconds(1)]);
                }
            }
            Mark::Days { first, last } => {
                times.extend([first.plus_seconds(-1), first, last, last.plus_seconds(1)]);
            }
            _ => {}
        }
    }
    times
}

/// The times that lie so far from another time of the call.
pub(super) fn reach_of(apart: Apart, policy: &Policy, case: &Case) -> Option<Reach> {
    let other = match apart.other {
        Subject::Fact(fact) => case.fact(fact),
        Subject::CallTime => Value::Time(case.at),
        _ => Value::Unknown,
    };
    let Value::Time(other) = other else { return None };
    let calendar = apart.calendar.and_then(|place| policy.calendars.get(place)).map(|named| &named.calendar);
    Some(apart.reach(other, &policy.zone, calendar))
}

fn phrases(asked: &[&Predicate]) -> BTreeSet<String> {
    let found = asked.iter().flat_map(|predicate| predicate.form().marks()).filter_map(|mark| match mark {
        Mark::Phrase(phrase) => Some(phrase.to_owned()),
        _ => None,
    });
    found.collect()
}
