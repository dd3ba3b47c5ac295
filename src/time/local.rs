//! A clock time as a table writes it -> the moment or moments that it may mean in a zone.

use super::{Instant, Zone};
use jiff::civil::DateTime;
use jiff::fmt::strtime::{self, BrokenDownTime};
use jiff::tz::AmbiguousOffset;

/// What a written clock time means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalTime {
    /// One moment.
    At(Instant),
    /// The clocks showed it twice, as they do when they go back.
    Twice(Instant, Instant),
    /// The clocks never showed it, as they skip an hour when they go forward.
    Skipped,
}

impl Zone {
    /// Reads a time written in a format of `strptime` such as `%d/%m/%Y %H:%M`. A format with an offset (`%z`) or with seconds since
    /// 1970 (`%s`) leaves nothing to the zone; a date alone is its first second.
    ///
    /// # Errors
    /// Why the text does not fit the format.
    pub fn read_local(&self, text: &str, format: &str) -> Result<LocalTime, String> {
        let parsed = BrokenDownTime::parse(format, text).map_err(|error| error.to_string())?;
        if parsed.offset().is_some() || format.contains("%s") {
            let at = parsed.to_timestamp().map_err(|error| error.to_string())?;
            return Ok(LocalTime::At(Instant::from(at)));
        }
        let clock = parsed
            .to_datetime()
            .or_else(|_| parsed.to_date().map(|date| date.to_datetime(jiff::civil::Time::midnight())))
            .map_err(|error| error.to_string())?;
        Ok(self.meant_by(clock))
    }

    fn meant_by(&self, clock: DateTime) -> LocalTime {
        let at = |offset: jiff::tz::Offset| offset.to_timestamp(clock).ok().map(Instant::from);
        match self.ambiguous_offset(clock) {
            AmbiguousOffset::Unambiguous { offset } => at(offset).map_or(LocalTime::Skipped, LocalTime::At),
            AmbiguousOffset::Gap { .. } => LocalTime::Skipped,
            AmbiguousOffset::Fold { before, after } => match (at(before), at(after)) {
                (Some(first), Some(second)) => LocalTime::Twice(first, second),
                _ => LocalTime::Skipped,
            },
        }
    }
}

/// Whether a format of `strptime` is one that can be read.
///
/// # Errors
/// What is wrong with it.
pub fn check_format(format: &str) -> Result<(), String> {
    let epoch = jiff::Timestamp::UNIX_EPOCH.to_zoned_datetime(jiff::tz::TimeZone::UTC);
    let written = strtime::format(format, &epoch).map_err(|error| error.to_string())?;
    BrokenDownTime::parse(format, &written).map(drop).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::{LocalTime, check_format};
    use crate::time::{Instant, Zone};

    fn read(text: &str) -> LocalTime {
        let zone = Zone::named("Europe/London").expect("a zone");
        zone.read_local(text, "%d/%m/%Y %H:%M").expect("a time")
    }

    fn at(text: &str) -> Instant {
        Instant::parse(text).expect("a time")
    }

    #[test]
    fn the_hour_that_repeats_and_the_hour_that_is_skipped() {
        assert_eq!(read("14/03/2026 22:10"), LocalTime::At(at("2026-03-14T22:10:00Z")));
        assert_eq!(read("14/07/2026 22:10"), LocalTime::At(at("2026-07-14T21:10:00Z")));
        assert_eq!(read("25/10/2026 01:30"), LocalTime::Twice(at("2026-10-25T00:30:00Z"), at("2026-10-25T01:30:00Z")));
        assert_eq!(read("29/03/2026 01:30"), LocalTime::Skipped);
    }

    #[test]
    fn a_format_that_cannot_be_read_is_told() {
        assert!(check_format("%d/%m/%Y %H:%M:%S").is_ok());
        assert!(check_format("%! nothing").is_err());
    }
}
