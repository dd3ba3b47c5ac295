//! A length of time as a person writes it: a number and a unit.

use std::fmt;

/// A unit of time. Minutes and hours are exact; the others are calendar steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    Minutes,
    Hours,
    Days,
    Weeks,
    Months,
    Years,
}

impl Unit {
    pub const ALL: [Self; 6] = [Self::Minutes, Self::Hours, Self::Days, Self::Weeks, Self::Months, Self::Years];

    /// Reads `hour` or `hours`, in any capitals.
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        Self::ALL.into_iter().find(|unit| word == unit.singular() || word.strip_suffix('s') == Some(unit.singular()))
    }

    pub fn singular(self) -> &'static str {
        match self {
            Self::Minutes => "minute",
            Self::Hours => "hour",
            Self::Days => "day",
            Self::Weeks => "week",
            Self::Months => "month",
            Self::Years => "year",
        }
    }
}

/// A length of time, such as 24 hours. It is at most a thousand years, so that no sum leaves the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Length {
    pub amount: u32,
    pub unit: Unit,
}

impl Length {
    pub fn new(amount: u32, unit: Unit) -> Self {
        Self { amount, unit }
    }

    /// Whether it is short enough to be reckoned with.
    pub fn is_reasonable(self) -> bool {
        self.bounds().0 <= 1000 * 365 * 86_400
    }

    /// The exact number of seconds in minutes and hours; `None` for calendar units.
    pub fn exact_seconds(self) -> Option<i64> {
        match self.unit {
            Unit::Minutes => Some(i64::from(self.amount) * 60),
            Unit::Hours => Some(i64::from(self.amount) * 3600),
            _ => None,
        }
    }

    /// The fewest and the most seconds it can last, over all calendars and clock changes.
    pub fn bounds(self) -> (i64, i64) {
        let amount = i64::from(self.amount);
        let (least, most) = match self.unit {
            Unit::Minutes => (60, 60),
            Unit::Hours => (3600, 3600),
            Unit::Days => (86_400, 86_400),
            Unit::Weeks => (7 * 86_400, 7 * 86_400),
            Unit::Months => (28 * 86_400, 31 * 86_400),
            Unit::Years => (365 * 86_400, 366 * 86_400),
        };
        match self.exact_seconds() {
            Some(seconds) => (seconds, seconds),
            None => ((amount * least - 86_400).max(0), amount * most + 86_400),
        }
    }

    /// How long it usually is, to tell which of two lengths is the longer: a day is 24 hours, and a month a twelfth
    /// of a year of 365 and a quarter days.
    pub fn usual_seconds(self) -> i64 {
        let unit = match self.unit {
            Unit::Minutes => 60,
            Unit::Hours => 3600,
            Unit::Days => 86_400,
            Unit::Weeks => 7 * 86_400,
            Unit::Months => 2_629_800,
            Unit::Years => 31_557_600,
        };
        i64::from(self.amount) * unit
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ending = if self.amount == 1 { "" } else { "s" };
        write!(f, "{} {}{ending}", self.amount, self.unit.singular())
    }
}
