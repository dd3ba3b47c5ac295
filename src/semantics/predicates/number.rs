//! A number, a duration in seconds, or the position of a choice against a number: `is at least 3`.

use super::super::claim::Claim;
use super::super::comparison::{Bound, numbers};
use super::super::form::{Form, Names, Speaker, of_none};
use super::super::marks::{Example, Mark};
use super::super::monotonicity::Monotonicity;
use super::super::parameter::{Parameter, SettingId};
use crate::model::{Truth, Value};
use crate::syntax::tree::{self, Comparison};

/// `is at least 3`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Compare(pub Comparison, pub Parameter<i64>);

impl Form for Compare {
    #[inline]
    fn of_value(&self, value: Value) -> Option<Truth> {
        let Self(comparison, number) = self;
        match value {
            Value::Number(value) | Value::Duration(value) => Some(Truth::from(comparison.holds(value, **number))),
            Value::Choice(at) => Some(Truth::from(comparison.holds(i64::from(at), **number))),
            value => of_none(value),
        }
    }

    fn growth(&self) -> Monotonicity {
        Monotonicity::RISING.compared(self.0)
    }

    fn marks(&self) -> Vec<Mark<'_>> {
        vec![Mark::Number(*self.1)]
    }

    fn setting(&self) -> Option<SettingId> {
        self.1.setting
    }

    fn is_settled_by_marks(&self) -> bool {
        true
    }

    fn example(&self, want: bool) -> Option<Example> {
        Some(Example::Number(self.0.on_the_edge(*self.1, want)))
    }

    fn claim(&self, negated: bool) -> Option<Claim> {
        let (from, to) = numbers(self.0, *self.1, negated)?;
        Some(Claim::Between(from, to))
    }

    fn covers(&self, narrow: &Self, names: &dyn Names) -> bool {
        let narrow = names.bound(Bound::of(narrow.0, *narrow.1));
        narrow.is_some_and(|narrow| Bound::of(self.0, *self.1).covers(narrow, || true, || true))
    }

    fn plain(&self) -> Self {
        let (comparison, number) = self.0.plain(*self.1);
        Self(comparison, number.into())
    }

    fn words(&self, speaker: &dyn Speaker) -> tree::Predicate {
        tree::Predicate::Compare { comparison: self.0, with: speaker.measure(*self.1), ago: false }
    }
}
