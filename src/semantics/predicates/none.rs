//! Whether there is a value at all: `is none`, `is not none`.

use super::super::claim::Claim;
use super::super::form::{Form, Speaker};
use crate::model::{Truth, Value};
use crate::syntax::tree;
use crate::syntax::unplaced::word;

/// `is none`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IsNone {
    pub not: bool,
}

impl Form for IsNone {
    #[inline]
    fn of_value(&self, value: Value) -> Option<Truth> {
        Some(Truth::from((value == Value::None) != self.not))
    }

    fn is_settled_by_marks(&self) -> bool {
        true
    }

    fn claim(&self, negated: bool) -> Option<Claim> {
        Some(if self.not == negated { Claim::NoTime } else { Claim::SomeTime })
    }

    fn words(&self, _: &dyn Speaker) -> tree::Predicate {
        tree::Predicate::Is { not: self.not, word: word("none") }
    }
}
