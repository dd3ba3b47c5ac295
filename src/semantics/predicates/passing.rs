//! On which side of now a time lies: `has passed`, `is still to come`.

use super::super::claim::Claim;
use super::super::form::{Context, Form, Speaker};
use super::super::marks::Mark;
use super::super::monotonicity::Monotonicity;
use super::super::subject::Subject;
use crate::model::{Truth, Value};
use crate::syntax::tree;
use crate::time::Instant;

const PAST: Claim = Claim::Age(0, i64::MAX);
const FUTURE: Claim = Claim::Age(i64::MIN, -1);

/// Whether a time has passed, which it does at that very second.
pub(super) fn has_passed<C: Context>(time: Instant, context: &C) -> bool {
    context.may_change_at(time);
    time <= context.now()
}

/// `has passed`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Passed;

impl Form for Passed {
    fn truth<C: Context>(&self, value: Value, context: &C) -> Truth {
        let Value::Time(time) = value else { return Truth::Unknown };
        Truth::from(has_passed(time, context))
    }

    fn monotonicity(&self, _: Subject) -> Monotonicity {
        Monotonicity::ANY
    }

    fn marks(&self) -> Vec<Mark<'_>> {
        vec![Mark::Now]
    }

    fn is_settled_by_marks(&self) -> bool {
        true
    }

    fn claim(&self, negated: bool) -> Option<Claim> {
        Some(if negated { FUTURE } else { PAST })
    }

    fn words(&self, _: &dyn Speaker) -> tree::Predicate {
        tree::Predicate::HasPassed
    }
}

/// `is still to come`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ToCome;

impl Form for ToCome {
    fn truth<C: Context>(&self, value: Value, context: &C) -> Truth {
        let Value::Time(time) = value else { return Truth::Unknown };
        Truth::from(!has_passed(time, context))
    }

    fn monotonicity(&self, _: Subject) -> Monotonicity {
        Monotonicity::ANY
    }

    fn marks(&self) -> Vec<Mark<'_>> {
        vec![Mark::Now]
    }

    fn is_settled_by_marks(&self) -> bool {
        true
    }

    fn claim(&self, negated: bool) -> Option<Claim> {
        Some(if negated { PAST } else { FUTURE })
    }

    fn words(&self, _: &dyn Speaker) -> tree::Predicate {
        tree::Predicate::StillToCome
    }
}
