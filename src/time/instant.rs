//! A point in time, to the second.

use super::rfc3339;
use jiff::Timestamp;

/// Seconds since 1970 in UTC. Fractions of a second are dropped when a time is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i64);

impl Instant {
    /// The earliest and latest times that can be worked with: years -9999 to 9999.
    pub const MIN: Self = Self(-377_705_023_201);
    pub const MAX: Self = Self(253_402_207_200);

    /// Reads an RFC 3339 time with its offset, such as `2025-03-01T22:10:00+00:00`.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        rfc3339::read(text).map_or_else(|| Self::parse_any(text), Ok)
    }

    /// Reads a time in the spelling in which nearly all are written from the start of a text, and gives what comes after it.
    #[inline]
    pub fn parse_start(text: &str) -> Option<(Self, &str)> {
        rfc3339::read_start(text)
    }

    /// Reads every spelling that the time library knows, and says what is wrong.
    fn parse_any(text: &str) -> Result<Self, &'static str> {
        match text.parse::<Timestamp>() {
            Ok(timestamp) => {
                let second = timestamp.as_second();
                let fraction = timestamp.subsec_nanosecond();
                Ok(Self(if fraction < 0 { second - 1 } else { second }))
            }
            Err(_) if text.parse::<jiff::civil::DateTime>().is_ok() => Err(
                "has no offset from UTC, so it could be two different times; write it like 2025-03-01T22:10:00+00:00",
            ),
            Err(_)
                if text.get(..19).is_some_and(|civil| civil.parse::<jiff::civil::DateTime>().is_ok())
                    && text.len() > 19 =>
            {
                Err("is beyond what can be reckoned with: times go to 22:00 UTC on 30 December 9999")
            }
            Err(_) => Err("is not a date and time; write it like 2025-03-01T22:10:00+00:00"),
        }
    }

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
