//! How far a time lies from another, and whether both lie on one day: `is within 3 days after order-made`.

use super::super::apart::Apart;
use super::super::claim::Claim;
use super::super::form::{Context, Form, Names, Speaker};
use super::super::marks::Mark;
use super::super::parameter::SettingId;
use super::super::subject::Subject;
use crate::model::{Truth, Value};
use crate::syntax::tree::{self, Comparison, FirstDay, Measure, Side};
use crate::syntax::unplaced::length;
use crate::time::{Length, Unit};

impl Form for Apart {
    fn truth<C: Context>(&self, value: Value, context: &C) -> Truth {
        let Value::Time(time) = value else { return Truth::Unknown };
        let other = match context.value(self.other) {
            Value::Time(other) => other,
            Value::Unknown => return Truth::Unknown,
            _ => return Truth::No,
        };
        let calendar = self.calendar.and_then(|place| context.calendar(place));
        let truth = self.compared(time, self.reach(other, context.zone(), calendar));
        if let (Truth::Unknown, Some(place)) = (truth, self.calendar) {
            context.warn_of_calendar(place);
        }
        truth
    }

    fn marks(&self) -> Vec<Mark<'_>> {
        vec![Mark::Time(self.other), Mark::Apart(*self)]
    }

    fn settings(&self) -> Vec<Option<SettingId>> {
        vec![self.length.setting]
    }

    fn claim(&self, negated: bool) -> Option<Claim> {
        (!negated).then_some(Claim::SomeTime)
    }

    fn covers(&self, narrow: &Self, names: &dyn Names) -> bool {
        let is_over_days = self.calendar.is_some();
        let ends_later = || {
            let passes_over_more = |(own, theirs)| names.skips_all_of(own, theirs);
            names.never_longer(*narrow.length, *self.length, is_over_days)
                && self.calendar.zip(narrow.calendar).is_none_or(passes_over_more)
        };
        let ends_earlier = || {
            let passes_over_fewer = |(own, theirs)| names.counts_all_of(own, theirs);
            names.never_longer(*self.length, *narrow.length, is_over_days)
                && self.calendar.zip(narrow.calendar).is_none_or(passes_over_fewer)
        };
        let alike = (self.comparison, self.side, self.first_day) == (narrow.comparison, narrow.side, narrow.first_day);
        alike
            && is_over_days == narrow.calendar.is_some()
            && names.is_same_subject(self.other, narrow.other)
            && match self.comparison {
                Comparison::AtLeast | Comparison::MoreThan => ends_earlier(),
                Comparison::AtMost | Comparison::FewerThan => ends_later(),
                Comparison::Exactly => ends_earlier() && ends_later(),
            }
    }

    fn replaced(&self, with: &dyn Fn(Subject) -> Option<Subject>) -> Option<Self> {
        Some(Self { other: with(self.other)?, ..*self })
    }

    fn with_calendars(&self, place: &dyn Fn(usize) -> usize) -> Self {
        Self { calendar: self.calendar.map(place), ..*self }
    }

    fn words(&self, speaker: &dyn Speaker) -> tree::Predicate {
        tree::Predicate::Apart(Box::new(tree::Apart {
            comparison: (self.comparison != Comparison::AtMost).then_some(self.comparison),
            length: Measure::Length(length(*self.length)),
            side: self.side,
            other: speaker.subject(self.other),
            first_day: self.first_day,
            calendar: self.calendar.map(|place| speaker.calendar(place)),
        }))
    }
}

/// `is on the same day as this call`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SameDay {
    pub other: Subject,
    pub not: bool,
}

impl SameDay {
    /// The day of the other time, as the times within one day after it, its day counted.
    fn day(self) -> Apart {
        Apart {
            comparison: Comparison::AtMost,
            length: Length::new(1, Unit::Days).into(),
            side: Side::After,
            other: self.other,
            first_day: Some(FirstDay::Counted),
            calendar: None,
        }
    }
}

impl Form for SameDay {
    fn truth<C: Context>(&self, value: Value, context: &C) -> Truth {
        let Value::Time(time) = value else { return Truth::Unknown };
        match context.value(self.other) {
            Value::Time(other) => {
                let zone = context.zone();
                Truth::from((zone.date(time) == zone.date(other)) != self.not)
            }
            Value::Unknown => Truth::Unknown,
            _ => Truth::No,
        }
    }

    fn marks(&self) -> Vec<Mark<'_>> {
        vec![Mark::Time(self.other), Mark::Apart(self.day())]
    }

    fn claim(&self, negated: bool) -> Option<Claim> {
        (!negated).then_some(Claim::SomeTime)
    }

    fn covers(&self, narrow: &Self, names: &dyn Names) -> bool {
        self.not == narrow.not && names.is_same_subject(self.other, narrow.other)
    }

    fn replaced(&self, with: &dyn Fn(Subject) -> Option<Subject>) -> Option<Self> {
        Some(Self { other: with(self.other)?, ..*self })
    }

    fn words(&self, speaker: &dyn Speaker) -> tree::Predicate {
        tree::Predicate::SameDay { not: self.not, other: speaker.subject(self.other) }
    }
}
