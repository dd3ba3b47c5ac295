//! Which of two lengths certainly never lasts longer.

use super::length::{DAY, LengthAmount};
use super::{Length, Zone};

impl Length {
    /// Whether it never lasts longer than another, whatever moment of the zone both are counted from, back or ahead. What is
    /// not certain is not so: a month may be shorter than 30 days, and a day shorter than 24 hours.
    pub fn never_longer_than(self, other: Self, zone: &Zone) -> bool {
        match (self.in_kind(), other.in_kind()) {
            (LengthAmount::Exact(one), LengthAmount::Exact(other))
            | (LengthAmount::Days(one), LengthAmount::Days(other))
            | (LengthAmount::Months(one), LengthAmount::Months(other)) => one <= other,
            (LengthAmount::Exact(seconds), other) => {
                let spare = other.days().0 * DAY - seconds;
                spare >= 0 && (spare >= Zone::MOST_MOVED || spare >= zone.moved_within(other.days().0))
            }
            (one, LengthAmount::Exact(seconds)) => {
                let spare = seconds - one.days().1 * DAY;
                spare >= 0 && (spare >= Zone::MOST_MOVED || spare >= zone.moved_within(one.days().1))
            }
            // Both end at the same time of day, so it is the days that decide.
            (one, other) => one.days().1 <= other.days().0,
        }
    }

    /// The same where some days may be passed over: two months are two months however many Sundays they hold, and 59 days without
    /// Sundays last longer.
    pub fn never_longer_over(self, other: Self, passes_over_days: bool, zone: &Zone) -> bool {
        self.never_longer_than(other, zone) && (!passes_over_days || self.is_reckoned_as(other))
    }
}
