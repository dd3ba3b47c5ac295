//! A number, a duration in seconds, or the position of a choice against one number or two: `is at least 3`, `is from 10 to 13`.

use super::super::claim::Claim;
use super::super::comparison::{Bound, numbers};
use super::super::form::{Form, Names, Speaker, of_none};
use super::super::marks::Mark;
use super::super::monotonicity::Monotonicity;
use super::super::parameter::{Parameter, SettingId};
use crate::model::{Truth, Value};
use crate::syntax::tree::{self, Comparison};
use crate::syntax::unplaced::NOWHERE;

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

    fn settings(&self) -> Vec<Option<SettingId>> {
        vec![self.1.setting]
    }

    fn interval(&self) -> Option<(i64, i64)> {
        Some(self.0.interval(*self.1))
    }

    fn is_settled_by_marks(&self) -> bool {
        true
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

/// `is from 10 to 13`, both in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Range {
    pub from: Parameter<i64>,
    pub to: Parameter<i64>,
    pub not: bool,
}

impl Form for Range {
    #[inline]
    fn of_value(&self, value: Value) -> Option<Truth> {
        let number = match value {
            Value::Number(number) | Value::Duration(number) => number,
            Value::Choice(at) => i64::from(at),
            value => return of_none(value),
        };
        Some(Truth::from((*self.from <= number && number <= *self.to) != self.not))
    }

    fn marks(&self) -> Vec<Mark<'_>> {
        vec![Mark::Number(*self.from), Mark::Number(*self.to)]
    }

    fn settings(&self) -> Vec<Option<SettingId>> {
        vec![self.from.setting, self.to.setting]
    }

    fn interval(&self) -> Option<(i64, i64)> {
        (!self.not).then_some((*self.from, *self.to))
    }

    fn is_settled_by_marks(&self) -> bool {
        true
    }

    fn claim(&self, negated: bool) -> Option<Claim> {
        (self.not == negated).then_some(Claim::Between(*self.from, *self.to))
    }

    fn covers(&self, narrow: &Self, names: &dyn Names) -> bool {
        let within = |(from, to): (i64, i64), (least, most): (i64, i64)| least <= from && to <= most;
        let own = (*self.from, *self.to);
        self.not == narrow.not
            && names
                .interval((*narrow.from, *narrow.to))
                .is_some_and(|theirs| if self.not { within(own, theirs) } else { within(theirs, own) })
    }

    fn words(&self, speaker: &dyn Speaker) -> tree::Predicate {
        let (from, to) = (speaker.measure(*self.from), speaker.measure(*self.to));
        // Where settings make it one value.
        if self.from == self.to && !self.not {
            return tree::Predicate::Compare { comparison: Comparison::Exactly, with: from, ago: false };
        }
        tree::Predicate::Range(Box::new(tree::Range { not: self.not, from, to, at: NOWHERE }))
    }
}
