//! A length of time as a person writes it: a number and a unit.

use std::fmt;

/// A unit of time. Minutes and hours are exact; the others are calendar steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// 60 seconds each.
    Minutes,
    /// 3600 seconds each.
    Hours,
    /// From a clock time to the same on another day.
    Days,
    /// Seven days each.
    Weeks,
    /// To the same day of another month, or its last.
    Months,
    /// To the same day of another year, or the last of its month.
    Years,
}

impl Unit {
    /// Every unit, shortest first.
    pub const ALL: [Self; 6] = [Self::Minutes, Self::Hours, Self::Days, Self::Weeks, Self::Months, Self::Years];

    /// Reads `hour` or `hours`, in any capitals.
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        Self::ALL.into_iter().find(|unit| word == unit.singular() || word.strip_suffix('s') == Some(unit.singular()))
    }

    /// Its word for one, such as `hour`.
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
    /// How many of the unit.
    pub amount: u32,
    /// What is counted.
    pub unit: Unit,
}

impl Length {
    /// So many of a unit. Whether that is short enough to be reckoned with is another question ([`Length::is_reasonable`]).
    pub fn new(amount: u32, unit: Unit) -> Self {
        Self { amount, unit }
    }

    /// Whether it is short enough to be reckoned with.
    pub fn is_reasonable(self) -> bool {
        self.usual_seconds() <= Self::new(1000, Unit::Years).usual_seconds()
    }

    /// The exact number of seconds in minutes and hours; `None` for calendar units.
    pub fn exact_seconds(self) -> Option<i64> {
        match self.unit {
            Unit::Minutes => Some(i64::from(self.amount) * 60),
            Unit::Hours => Some(i64::from(self.amount) * 3600),
            _ => None,
        }
    }

    /// About `part` of `whole` parts of it, in a unit that reads well.
    pub(crate) fn part(self, part: u32, whole: u32) -> Self {
        let seconds = self.usual_seconds().saturating_mul(i64::from(part)) / i64::from(whole.max(1));
        let in_units = |unit: i64| u32::try_from(seconds / unit).unwrap_or(1).max(1);
        match seconds {
            172_800.. => Self::new(in_units(86_400), Unit::Days),
            7200.. => Self::new(in_units(3600), Unit::Hours),
            _ => Self::new(in_units(60), Unit::Minutes),
        }
    }

    /// Whether two lengths are reckoned alike, so that passing over days makes neither of them the longer.
    pub(crate) fn is_reckoned_as(self, other: Self) -> bool {
        std::mem::discriminant(&self.in_kind()) == std::mem::discriminant(&other.in_kind())
    }

    pub(super) fn in_kind(self) -> LengthAmount {
        let amount = i64::from(self.amount);
        match self.unit {
            Unit::Minutes => LengthAmount::Exact(amount * 60),
            Unit::Hours => LengthAmount::Exact(amount * 3600),
            Unit::Days => LengthAmount::Days(amount),
            Unit::Weeks => LengthAmount::Days(amount * 7),
            Unit::Months => LengthAmount::Months(amount),
            Unit::Years => LengthAmount::Months(amount * 12),
        }
    }

    /// About how long it is, where nothing depends on it: a day is 24 hours, and a month a twelfth of a year of 365 and a
    /// quarter days. What one length allows another is for [`Length::never_longer_than`] to say.
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

/// How many seconds a day has that no clock change makes longer or shorter.
pub(super) const DAY: i64 = 86_400;

/// An amount of what a length is made of; those of one kind are always in order.
pub(super) enum LengthAmount {
    /// Seconds.
    Exact(i64),
    Days(i64),
    Months(i64),
}

impl LengthAmount {
    /// The fewest and the most days of the calendar that it may come to.
    pub(super) fn days(&self) -> (i64, i64) {
        /// The fewest and the most days of so many months in a row.
        const MONTHS: [(i64, i64); 12] = [
            (0, 0),
            (28, 31),
            (59, 62),
            (89, 92),
            (120, 123),
            (150, 153),
            (181, 184),
            (212, 215),
            (242, 245),
            (273, 276),
            (303, 306),
            (334, 337),
        ];
        match *self {
            Self::Exact(seconds) => (seconds / DAY, seconds / DAY + 1),
            Self::Days(days) => (days, days),
            Self::Months(months) => {
                let (years, rest) = (months / 12, months % 12);
                let (fewest, most) = usize::try_from(rest).ok().and_then(|rest| MONTHS.get(rest)).unwrap_or(&(0, 31));
                // Of the years that end a century most are not leap years.
                let fewest_leap_years = (years / 4 - (years + 99) / 100).max(0);
                (years * 365 + fewest_leap_years + fewest, years * 365 + (years + 3) / 4 + most)
            }
        }
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ending = if self.amount == 1 { "" } else { "s" };
        write!(f, "{} {}{ending}", self.amount, self.unit.singular())
    }
}
