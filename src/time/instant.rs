//! A point in time, to the second, and what is known of its order within that second.

use jiff::Timestamp;

/// Seconds since 1970 in UTC. Fractions of a second are dropped when a time is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i64);

/// The time of a record: to the second, as all times are reckoned with, and the fraction of that second, which only says what
/// came first within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// The second in which it lies.
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
    /// The last second that can be reckoned with, late in the year 9999.
    pub const MAX: Self = Self(253_402_207_200);

    /// So many seconds later, or earlier for a negative number; no further than the first and last second there are.
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
