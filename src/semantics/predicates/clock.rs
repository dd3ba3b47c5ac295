//! At what time of day, and on what kind of day, a time lies: `is between 22:00 and 06:00`, `is at the weekend`.

use super::super::claim::Claim;
use super::super::form::{Context, Form, Names, Speaker};
use super::super::marks::Mark;
use super::super::parameter::{Parameter, SettingId};
use crate::model::{Truth, Value};
use crate::syntax::tree::{self, ClockEnd};
use crate::syntax::unplaced::clock;
use crate::time::{TimeOfDay, Weekday as DayOfWeek, Weekdays};

/// From one time of day to another, the first included; past midnight where the first is the later.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Clock {
    pub from: Parameter<TimeOfDay>,
    pub to: Parameter<TimeOfDay>,
    pub end: ClockEnd,
    pub not: bool,
}

const DAY: i64 = 86_400;

impl Clock {
    /// The seconds from its first to its last.
    fn seconds(&self) -> i64 {
        let last = i64::from(self.to.0) - i64::from(self.end == ClockEnd::Out);
        (last - i64::from(self.from.0)).rem_euclid(DAY)
    }

    /// Whether every time of day of another range is in this one, wherever midnight lies.
    fn holds_all_of(&self, other: &Self) -> bool {
        let later = (i64::from(other.from.0) - i64::from(self.from.0)).rem_euclid(DAY);
        later + other.seconds() <= self.seconds()
    }
}

impl Form for Clock {
    fn truth<C: Context>(&self, value: Value, context: &C) -> Truth {
        let (Value::Time(time), Self { from, to, end, not }) = (value, self) else { return Truth::Unknown };
        let clock = context.zone().clock(time);
        let (begun, ended) = (**from <= clock, if *end == ClockEnd::In { **to < clock } else { **to <= clock });
        let inside = if **from <= **to { begun && !ended } else { begun || !ended };
        Truth::from(inside != *not)
    }

    fn marks(&self) -> Vec<Mark<'_>> {
        vec![Mark::Clock(*self.from), Mark::Clock(*self.to)]
    }

    fn settings(&self) -> Vec<Option<SettingId>> {
        vec![self.from.setting, self.to.setting]
    }

    fn claim(&self, negated: bool) -> Option<Claim> {
        (!negated).then_some(Claim::SomeTime)
    }

    fn covers(&self, narrow: &Self, _: &dyn Names) -> bool {
        self.not == narrow.not && if self.not { narrow.holds_all_of(self) } else { self.holds_all_of(narrow) }
    }

    fn words(&self, _: &dyn Speaker) -> tree::Predicate {
        tree::Predicate::Clock { not: self.not, from: clock(*self.from), to: clock(*self.to), end: self.end }
    }
}

/// `is on a Saturday or Sunday`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Weekday {
    pub days: Weekdays,
    pub not: bool,
}

impl Form for Weekday {
    fn truth<C: Context>(&self, value: Value, context: &C) -> Truth {
        let Value::Time(time) = value else { return Truth::Unknown };
        Truth::from(self.days.has(context.zone().weekday(time)) != self.not)
    }

    fn marks(&self) -> Vec<Mark<'_>> {
        vec![Mark::EachDay]
    }

    fn claim(&self, negated: bool) -> Option<Claim> {
        (!negated && !self.not).then_some(Claim::Weekdays(self.days))
    }

    fn words(&self, _: &dyn Speaker) -> tree::Predicate {
        let days: Vec<DayOfWeek> = DayOfWeek::ALL.into_iter().filter(|day| self.days.has(*day)).collect();
        match days.as_slice() {
            [DayOfWeek::Saturday, DayOfWeek::Sunday] => tree::Predicate::Weekend { not: self.not },
            _ => tree::Predicate::Weekday { not: self.not, days },
        }
    }
}

/// `is on a day of bank-holidays`: the calendar by its place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Calendar {
    pub calendar: usize,
    pub not: bool,
}

impl Form for Calendar {
    fn truth<C: Context>(&self, value: Value, context: &C) -> Truth {
        let Value::Time(time) = value else { return Truth::Unknown };
        let is = context.calendar(self.calendar).and_then(|calendar| calendar.has(context.zone().date(time)));
        if is.is_none() {
            context.warn_of_calendar(self.calendar);
        }
        is.map_or(Truth::Unknown, |is| Truth::from(is != self.not))
    }

    fn marks(&self) -> Vec<Mark<'_>> {
        vec![Mark::EachDay]
    }

    fn claim(&self, negated: bool) -> Option<Claim> {
        (!negated).then_some(Claim::SomeTime)
    }

    fn covers(&self, narrow: &Self, names: &dyn Names) -> bool {
        self.not == narrow.not
            && match self.not {
                false => names.skips_all_of(self.calendar, narrow.calendar),
                true => names.counts_all_of(self.calendar, narrow.calendar),
            }
    }

    fn with_calendars(&self, place: &dyn Fn(usize) -> usize) -> Self {
        Self { calendar: place(self.calendar), ..*self }
    }

    fn words(&self, speaker: &dyn Speaker) -> tree::Predicate {
        tree::Predicate::Calendar { not: self.not, name: speaker.calendar(self.calendar) }
    }
}
