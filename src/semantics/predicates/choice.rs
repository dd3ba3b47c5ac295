//! Which value a choice has: `is yes`, `is one of theft or fraud`.

use super::super::claim::Claim;
use super::super::form::{Form, Names, Speaker, of_none};
use super::super::marks::Mark;
use crate::model::{Truth, Value};
use crate::syntax::tree;
use crate::syntax::unplaced::word;

/// `is yes`, or `is no`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Is(pub bool);

impl Form for Is {
    #[inline]
    fn of_value(&self, value: Value) -> Option<Truth> {
        match value {
            Value::YesNo(value) => Some(Truth::from(value == self.0)),
            value => of_none(value),
        }
    }

    fn is_settled_by_marks(&self) -> bool {
        true
    }

    fn claim(&self, negated: bool) -> Option<Claim> {
        Some(Claim::OneOf(if self.0 == negated { 1 } else { 2 }))
    }

    fn words(&self, _: &dyn Speaker) -> tree::Predicate {
        tree::Predicate::Is { not: false, word: word(if self.0 { "yes" } else { "no" }) }
    }
}

/// The choice is among the bits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OneOf {
    pub values: u64,
    pub not: bool,
}

impl Form for OneOf {
    #[inline]
    fn of_value(&self, value: Value) -> Option<Truth> {
        match value {
            Value::Choice(at) => Some(Truth::from((self.values.wrapping_shr(u32::from(at)) & 1 == 1) != self.not)),
            value => of_none(value),
        }
    }

    fn marks(&self) -> Vec<Mark<'_>> {
        vec![Mark::Values(self.values)]
    }

    fn is_settled_by_marks(&self) -> bool {
        true
    }

    fn claim(&self, negated: bool) -> Option<Claim> {
        Some(Claim::OneOf(if self.not == negated { self.values } else { !self.values }))
    }

    fn covers(&self, narrow: &Self, names: &dyn Names) -> bool {
        match (self.not, narrow.not) {
            (false, false) => names.among(narrow.values, self.values),
            (true, true) => names.contain(self.values, narrow.values),
            _ => false,
        }
    }

    fn words(&self, speaker: &dyn Speaker) -> tree::Predicate {
        match speaker.values(self.values).as_slice() {
            [only] => tree::Predicate::Is { not: self.not, word: only.clone() },
            several => tree::Predicate::OneOf { not: self.not, words: several.to_vec() },
        }
    }
}
