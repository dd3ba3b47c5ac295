//! A point in time, to the second, and what is known of its order within that second.

use jiff::Timestamp;

/// Seconds since 1970 in UTC. Fractions of a second are dropped when a time is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i64);

/// The time of a record: to the second, as all times are reckoned with, and the fraction of that second, which only says what
/// came first within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    pub at: Instant,
    /// Billionths of a second. A time that was given without a fraction may have been cut short: it may be anywhere in its
    /// second.
    pub fraction: Option<u32>,
}

impl From<Instant> for Stamp {
    fn from(at: Instant) -> Self {
        Self { at, fraction: None }
    }
}

impl Stamp {
    /// Whether it is certain that this came before the other.
    pub fn is_before(self, other: Self) -> bool {
        self.at < other.at
            || (self.at == other.at
                && matches!((self.fraction, other.fraction), (Some(own), Some(other)) if own < other))
    }
}

impl Instant {
    /// The earliest and latest times that can be worked with: years -9999 to 9999.
    pub const MIN: Self = Self(-377_705_023_201);
    pub const MAX: Self = Self(253_402_207_200);

    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds).clamp(Self::MIN.0, Self::MAX.0))
    }

    pub(super) fn timestamp(self) -> Timestamp {
        Timestamp::from_second(self.0).unwrap_or(if self.0 < 0 { Timestamp::MIN } else { Timestamp::MAX })
    }
}

impl From<Timestamp> for Instant {
    fn from(timestamp: Timestamp) -> Self {
        Self(timestamp.as_second())
    }
}

#[cfg(test)]
mod tests {
    use super::{BEYOND, NO_CLOCK, NO_OFFSET, NOT_A_TIME, ODD_OFFSET, Stamp};

    #[test]
    fn what_is_no_time_is_told_why() {
        let rows = [
            ("2025-03-01T22:10:00Z ", NOT_A_TIME),
            (" 2025-03-01T22:10:00Z", NOT_A_TIME),
            ("2025-03-01T22:10:00 Z", NOT_A_TIME),
            ("2025-03-01T22:10:00 UTC", NOT_A_TIME),
            ("2025-03-01T22:10:00.Z", NOT_A_TIME),
            ("2025-02-29T22:10:00Z", NOT_A_TIME),
            ("2025-03-01T24:00:00Z", NOT_A_TIME),
            ("2025-03-01T22:10:00+00:60", ODD_OFFSET),
            ("2025-03-01T22:10:00+24:00", ODD_OFFSET),
            ("2025-03-01T22:10:00.5-25:59", ODD_OFFSET),
            ("2025-03-01T22:10+24:00", ODD_OFFSET),
            ("20250301T221000+2400", ODD_OFFSET),
            ("2025-03-01T22:10:00", NO_OFFSET),
            ("2025-03-01 22:10", NO_OFFSET),
            ("2025-03-01", NO_CLOCK),
            ("9999-12-31T22:10:00Z", BEYOND),
            ("next week", NOT_A_TIME),
            ("", NOT_A_TIME),
        ];
        for (text, why) in rows {
            assert_eq!(Stamp::parse(text), Err(why), "{text}");
        }
    }

    #[test]
    fn only_fractions_that_both_have_tell_what_came_first() {
        let stamp = |clock: &str| Stamp::parse(&format!("2025-03-01T22:10:{clock}Z")).expect("a time");
        assert!(stamp("00").is_before(stamp("01")) && stamp("00.9").is_before(stamp("01.1")));
        assert!(stamp("00.1").is_before(stamp("00.25")) && !stamp("00.25").is_before(stamp("00.1")));
        assert!(!stamp("00").is_before(stamp("00.9")) && !stamp("00.9").is_before(stamp("00")));
        assert!(!stamp("00.5").is_before(stamp("00.500")));
        let before_1970 = Stamp::parse("1969-12-31T23:59:59.75Z").expect("a time");
        assert_eq!((before_1970.at.0, before_1970.fraction), (-1, Some(750_000_000)));
    }
}
