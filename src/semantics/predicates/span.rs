//! How far a time lies from now: `is within 3 days`, `is within the next 2 hours`, `is at least 3 days ago`.

use super::super::claim::{Claim, seconds_between};
use super::super::form::{Context, Form, Names, Speaker};
use super::super::marks::Mark;
use super::super::monotonicity::Monotonicity;
use super::super::parameter::{Parameter, SettingId};
use super::super::subject::Subject;
use crate::model::{Truth, Value};
use crate::syntax::tree::{self, Comparison, Measure};
use crate::syntax::unplaced::{length, length_ref};
use crate::time::Length;

/// `is within 3 days`: it has passed, and no longer ago than that.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Within(pub Parameter<Length>);

impl Form for Within {
    fn truth<C: Context>(&self, value: Value, context: &C) -> Truth {
        let Value::Time(time) = value else { return Truth::Unknown };
        context.may_change_at(time);
        context.may_change_on_leaving(time, *self.0);
        Truth::from(time <= context.now() && time >= context.span_start(*self.0))
    }

    fn monotonicity(&self, of: Subject) -> Monotonicity {
        match of {
            // Neither the call nor a record of its history is still to come.
            Subject::CallTime | Subject::RecordTime => Monotonicity::FALLING,
            _ => Monotonicity::ANY,
        }
    }

    fn marks(&self) -> Vec<Mark<'_>> {
        vec![Mark::Back(*self.0)]
    }

    fn settings(&self) -> Vec<Option<SettingId>> {
        vec![self.0.setting]
    }

    fn is_settled_by_marks(&self) -> bool {
        true
    }

    fn claim(&self, negated: bool) -> Option<Claim> {
        (!negated).then(|| Claim::within(*self.0))
    }

    fn covers(&self, narrow: &Self, names: &dyn Names) -> bool {
        names.never_longer(*narrow.0, *self.0, false)
    }

    fn words(&self, _: &dyn Speaker) -> tree::Predicate {
        tree::Predicate::Within(length_ref(*self.0))
    }
}

/// `is within the next 2 hours`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WithinNext(pub Parameter<Length>);

impl Form for WithinNext {
    fn truth<C: Context>(&self, value: Value, context: &C) -> Truth {
        let Value::Time(time) = value else { return Truth::Unknown };
        let (now, end) = (context.now(), context.span_end(*self.0));
        context.may_change_at(time.plus_seconds(now.0 - end.0));
        context.may_change_at(time.plus_seconds(1));
        Truth::from(now <= time && time <= end)
    }

    fn monotonicity(&self, _: Subject) -> Monotonicity {
        Monotonicity::ANY
    }

    fn marks(&self) -> Vec<Mark<'_>> {
        vec![Mark::Ahead(*self.0)]
    }

    fn settings(&self) -> Vec<Option<SettingId>> {
        vec![self.0.setting]
    }

    fn claim(&self, negated: bool) -> Option<Claim> {
        (!negated).then(|| Claim::Age(-seconds_between(*self.0).1, 0))
    }

    fn covers(&self, narrow: &Self, names: &dyn Names) -> bool {
        names.never_longer(*narrow.0, *self.0, false)
    }

    fn words(&self, _: &dyn Speaker) -> tree::Predicate {
        tree::Predicate::WithinNext(length_ref(*self.0))
    }
}

/// `is at least 3 days ago`: the age of a time, counted back from now on the calendar. A time still to come has none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ago(pub Comparison, pub Parameter<Length>);

impl Form for Ago {
    fn truth<C: Context>(&self, value: Value, context: &C) -> Truth {
        let (Value::Time(time), Self(comparison, length)) = (value, self) else { return Truth::Unknown };
        context.may_change_at(time);
        context.may_change_on_leaving(time.plus_seconds(-1), **length);
        context.may_change_on_leaving(time, **length);
        // The longer ago, the smaller the number of a time.
        Truth::from(time <= context.now() && comparison.holds(context.span_start(**length).0, time.0))
    }

    fn monotonicity(&self, _: Subject) -> Monotonicity {
        Monotonicity::ANY
    }

    fn marks(&self) -> Vec<Mark<'_>> {
        vec![Mark::Back(*self.1)]
    }

    fn settings(&self) -> Vec<Option<SettingId>> {
        vec![self.1.setting]
    }

    fn claim(&self, negated: bool) -> Option<Claim> {
        // As wide as the calendar may make it.
        let (least, most) = seconds_between(*self.1);
        (!negated).then_some(match self.0 {
            Comparison::AtLeast | Comparison::MoreThan => Claim::Age(least, i64::MAX),
            Comparison::AtMost | Comparison::FewerThan => Claim::Age(0, most),
            Comparison::Exactly => Claim::Age(least, most),
        })
    }

    fn covers(&self, narrow: &Self, names: &dyn Names) -> bool {
        self.0 == narrow.0
            && match self.0 {
                Comparison::AtLeast | Comparison::MoreThan => names.never_longer(*self.1, *narrow.1, false),
                Comparison::AtMost | Comparison::FewerThan => names.never_longer(*narrow.1, *self.1, false),
                Comparison::Exactly => self.1 == narrow.1,
            }
    }

    fn words(&self, _: &dyn Speaker) -> tree::Predicate {
        tree::Predicate::Compare { comparison: self.0, with: Measure::Length(length(*self.1)), ago: true }
    }
}
