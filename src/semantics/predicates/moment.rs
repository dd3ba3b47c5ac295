//! A time against a day or another time: `is on or after 2026-04-03`, `is before order's expiry`.

use super::super::claim::Claim;
use super::super::form::{Context, Form, Names, Speaker};
use super::super::marks::Mark;
use super::super::subject::Subject;
use crate::model::{Truth, Value};
use crate::syntax::tree::{self, Moment as Named, Relation};
use crate::syntax::unplaced::NOWHERE;
use crate::time::Instant;

/// A time against a first and a last second.
fn related(relation: Relation, time: Instant, first: Instant, last: Instant) -> bool {
    match relation {
        Relation::Before => time < first,
        Relation::After => time > last,
        Relation::On => first <= time && time <= last,
        Relation::OnOrBefore => time <= last,
        Relation::OnOrAfter => time >= first,
    }
}

/// Before, after or on the days from a first second to a last one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Day {
    pub relation: Relation,
    pub first: Instant,
    pub last: Instant,
}

impl Form for Day {
    fn truth<C: Context>(&self, value: Value, _: &C) -> Truth {
        let Value::Time(time) = value else { return Truth::Unknown };
        Truth::from(related(self.relation, time, self.first, self.last))
    }

    fn marks(&self) -> Vec<Mark<'_>> {
        vec![Mark::Days { first: self.first, last: self.last }]
    }

    fn claim(&self, negated: bool) -> Option<Claim> {
        let Self { relation, first, last } = *self;
        (!negated).then_some(match relation {
            Relation::Before => Claim::Days(None, Some(first.plus_seconds(-1))),
            Relation::After => Claim::Days(Some(last.plus_seconds(1)), None),
            Relation::On => Claim::Days(Some(first), Some(last)),
            Relation::OnOrBefore => Claim::Days(None, Some(last)),
            Relation::OnOrAfter => Claim::Days(Some(first), None),
        })
    }

    fn words(&self, speaker: &dyn Speaker) -> tree::Predicate {
        tree::Predicate::Moment { relation: self.relation, moment: Named::Date(speaker.date(self.first), NOWHERE) }
    }
}

/// Before, after or at the second of another time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Moment {
    pub relation: Relation,
    pub other: Subject,
}

impl Form for Moment {
    fn truth<C: Context>(&self, value: Value, context: &C) -> Truth {
        let Value::Time(time) = value else { return Truth::Unknown };
        match context.value(self.other) {
            Value::Time(other) => Truth::from(related(self.relation, time, other, other)),
            Value::Unknown => Truth::Unknown,
            _ => Truth::No,
        }
    }

    fn marks(&self) -> Vec<Mark<'_>> {
        vec![Mark::Time(self.other)]
    }

    fn claim(&self, negated: bool) -> Option<Claim> {
        (!negated).then_some(Claim::SomeTime)
    }

    fn covers(&self, narrow: &Self, names: &dyn Names) -> bool {
        self.relation == narrow.relation && names.is_same_subject(self.other, narrow.other)
    }

    fn replaced(&self, with: &dyn Fn(Subject) -> Option<Subject>) -> Option<Self> {
        Some(Self { other: with(self.other)?, ..*self })
    }

    fn words(&self, speaker: &dyn Speaker) -> tree::Predicate {
        tree::Predicate::Moment { relation: self.relation, moment: Named::Subject(speaker.subject(self.other)) }
    }
}
