//! The spelling in which nearly every time of a case is written, `2025-03-01T22:10:00+00:00`, in whole numbers: a history
//! is mostly times, and the time library, which knows every other spelling, takes many times as long.

use super::{Instant, Stamp};
use jiff::{Timestamp, civil};

const DAY: i64 = 86_400;

impl Stamp {
    /// Reads an RFC 3339 time with its offset, such as `2025-03-01T22:10:00+00:00`.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if let Some(at) = read(text) {
            return Ok(at.into());
        }
        match read_with_fraction(text) {
            Some(ReadTime::Time(stamp)) => Ok(stamp),
            Some(ReadTime::OddOffset) => Err(ODD_OFFSET),
            Some(ReadTime::Beyond) => Err(BEYOND),
            None => parse_any(text),
        }
    }
}

impl Instant {
    /// Reads an RFC 3339 time with its offset, such as `2025-03-01T22:10:00+00:00`.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        Stamp::parse(text).map(|stamp| stamp.at)
    }
}

const NOT_A_TIME: &str = "is not a date and time; write it like 2025-03-01T22:10:00+00:00";
const NO_OFFSET: &str =
    "has no offset from UTC, so it could be two different times; write it like 2025-03-01T22:10:00+00:00";
const NO_CLOCK: &str = "has no clock time and no offset from UTC; write it like 2025-03-01T22:10:00+00:00";
const ODD_OFFSET: &str =
    "is not a date and time: an offset from UTC goes from -23:59 to +23:59; write it like 2025-03-01T22:10:00+00:00";
const BEYOND: &str = "is beyond what can be reckoned with: times go to 22:00 UTC on 30 December 9999";

/// Reads every other spelling that the time library knows, and says what is wrong.
fn parse_any(text: &str) -> Result<Stamp, &'static str> {
    match text.parse::<Timestamp>() {
        Ok(_) if has_odd_offset(text) => Err(ODD_OFFSET),
        Ok(timestamp) => {
            let (second, fraction) = (timestamp.as_second(), timestamp.subsec_nanosecond());
            let at = Instant(if fraction < 0 { second - 1 } else { second });
            Ok(at.into())
        }
        Err(_) if text.parse::<civil::DateTime>().is_err() => Err(NOT_A_TIME),
        Err(_) if text.contains(':') => Err(NO_OFFSET),
        Err(_) => Err(NO_CLOCK),
    }
}

/// Whether the offset of a time goes beyond a day, which the library lets pass.
fn has_odd_offset(text: &str) -> bool {
    let offset = text.split_once(['T', 't', ' ']).and_then(|(_, clock)| clock.split_once(['+', '-']));
    let hours = offset.and_then(|(_, offset)| offset.get(..2)).and_then(|hours| hours.parse::<u8>().ok());
    hours.is_some_and(|hours| hours > 23)
}

/// Reads the common spelling, with an offset or a `Z`; `None` for any other text, whether or not it is a time.
fn read(text: &str) -> Option<Instant> {
    let (local, offset) = read_local(text.as_bytes())?;
    let offset = match offset {
        [b'Z'] => 0,
        [_, _, _, _, _, _] => read_offset(offset)?,
        _ => return None,
    };
    let at = Instant(local - offset);
    (Instant::MIN..=Instant::MAX).contains(&at).then_some(at)
}

/// Reads what a calendar and a clock show, as seconds, from the start of a text, and gives what comes after it.
#[inline(always)]
fn read_local(text: &[u8]) -> Option<(i64, &[u8])> {
    const DATE: Shape = Shape::between(*b"0000-00-", *b"9999-99-");
    const CLOCK: Shape = Shape::between(*b"00:00:00", *b"99:99:99");
    let (date, rest) = text.split_first_chunk()?;
    let ([d1, d2, b'T' | b't' | b' '], rest) = rest.split_first_chunk()? else { return None };
    let (clock, offset) = rest.split_first_chunk()?;
    let [century, _, year, _, _, month, ..] = DATE.numbers(*date)?;
    let [hour, _, _, minute, _, _, second, _] = CLOCK.numbers(*clock)?;
    let (year, day) = (century * 100 + year, two(*d1, *d2));
    if hour >= 24 || minute >= 60 || second >= 60 || !is_day(year, month, day) {
        return None;
    }
    let local = i64::from(days(year, month, day)) * DAY - EPOCH + i64::from(hour * 3600 + minute * 60 + second);
    Some((local, offset))
}

/// What a text says that is written as a time with an offset, whatever its numbers are.
enum ReadTime {
    Time(Stamp),
    /// It has an offset that no clock has.
    OddOffset,
    /// It is a time, but not one that can be reckoned with.
    Beyond,
}

/// Reads a time with a fraction of a second, or in small letters; `None` for a text that is not written so.
fn read_with_fraction(text: &str) -> Option<ReadTime> {
    let (local, rest) = read_local(text.as_bytes())?;
    let (fraction, rest) = match rest {
        [b'.' | b',', rest @ ..] => {
            let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let (digits, rest) = rest.split_at_checked(length).filter(|(digits, _)| !digits.is_empty())?;
            // Billionths of a second tell apart whatever a source can.
            let digits = digits.iter().chain(std::iter::repeat(&b'0')).take(9);
            (Some(digits.fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))), rest)
        }
        rest => (None, rest),
    };
    let offset = match rest {
        [b'Z' | b'z'] => 0,
        [b'+' | b'-', h1, h2, b':', m1, m2] if [h1, h2, m1, m2].into_iter().all(u8::is_ascii_digit) => {
            match read_offset(rest) {
                Some(offset) => offset,
                None => return Some(ReadTime::OddOffset),
            }
        }
        _ => return None,
    };
    let at = Instant(local - offset);
    let is_within = (Instant::MIN..=Instant::MAX).contains(&at);
    Some(if is_within { ReadTime::Time(Stamp { at, fraction }) } else { ReadTime::Beyond })
}

/// How far ahead of UTC a clock is, in seconds.
#[inline(never)]
fn read_offset(text: &[u8]) -> Option<i64> {
    let [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2, ..] = text else { return None };
    let (hours, minutes) = (two(*h1, *h2), two(*m1, *m2));
    let offset = i64::from(hours * 3600 + minutes * 60);
    (hours < 24 && minutes < 60).then_some(if *sign == b'+' { offset } else { -offset })
}

/// How eight bytes must look that are read together: digits at some places, and at the others just one byte.
struct Shape {
    least: u64,
    /// What may be added to each byte, less the least that it may be, before it reaches its highest bit.
    room: u64,
}

impl Shape {
    const fn between(least: [u8; 8], most: [u8; 8]) -> Self {
        let (least, most) = (u64::from_le_bytes(least), u64::from_le_bytes(most));
        Self { least, room: 0x7F7F_7F7F_7F7F_7F7F - (most - least) }
    }

    /// For each digit the number that it and the next one stand for; `None` where the bytes do not look like this.
    #[inline]
    fn numbers(&self, bytes: [u8; 8]) -> Option<[u32; 8]> {
        let digits = u64::from_le_bytes(bytes) ^ self.least;
        // Where one byte spills over into the next, it has its own highest bit.
        let too_large = (digits.wrapping_add(self.room) | digits) & 0x8080_8080_8080_8080;
        // No number of two digits spills over.
        let numbers = digits.wrapping_mul(10).wrapping_add(digits >> 8);
        (too_large == 0).then(|| numbers.to_le_bytes().map(u32::from))
    }
}

/// The number that two digits stand for; one that is too large for anything when they are not digits.
fn two(tens: u8, ones: u8) -> u32 {
    let digit = |byte: u8| u32::from(byte.wrapping_sub(b'0'));
    let (tens, ones) = (digit(tens), digit(ones));
    if tens < 10 && ones < 10 { tens * 10 + ones } else { NO_DIGITS }
}

const NO_DIGITS: u32 = 100_000;

#[inline]
fn is_day(year: u32, month: u32, day: u32) -> bool {
    const LONGEST: [u32; 13] = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let longest = LONGEST.get(month as usize).copied().unwrap_or(0);
    let is_leap_day =
        || (month, day) == (2, 29) && year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    (1..=longest).contains(&day) || is_leap_day()
}

/// Seconds from 1 March of the year -1 to 1970, from where [`days`] are counted.
const EPOCH: i64 = 719_834 * DAY;

/// Days since 1 March of the year -1 of a day of the Gregorian calendar, for years from 0 on. A year is counted from March,
/// so that the day that only some years have is its last.
#[inline(always)]
fn days(year: u32, month: u32, day: u32) -> u32 {
    let (years, month) = if month > 2 { (year + 1, month - 3) } else { (year, month + 9) };
    // The leap days before a 1 March: that of the year 0, which has one, comes before its own.
    let last = years.saturating_sub(1);
    let leap_days = if years == 0 { 0 } else { last / 4 - last / 100 + last / 400 + 1 };
    years * 365 + leap_days + (month * 153 + 2) / 5 + day - 1
}

/// The common spelling of a time.
pub(super) struct Rfc3339([u8; 25]);

impl Rfc3339 {
    pub(super) fn as_str(&self) -> &str {
        // It is written in ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Writes a time as a clock shows it that is `offset` seconds ahead of UTC; `None` where the common spelling has no room:
/// before the year 0, and for an offset with seconds.
pub(super) fn write(at: Instant, offset: i32) -> Option<Rfc3339> {
    let local = at.0 + i64::from(offset);
    let (days, second) = (local.div_euclid(DAY), local.rem_euclid(DAY));
    let (year, month, day) = date(days);
    if !(0..=9999).contains(&year) || offset % 60 != 0 {
        return None;
    }
    let minutes = i64::from(offset.abs()) / 60;
    let (hours, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let sign = if offset < 0 { b'-' } else { b'+' };
    let ([c1, c2], [y1, y2]) = (digits(year / 100), digits(year % 100));
    let ([mo1, mo2], [d1, d2]) = (digits(month), digits(day));
    let ([h1, h2], [mi1, mi2], [s1, s2]) = (digits(hours), digits(minute), digits(second));
    let ([oh1, oh2], [om1, om2]) = (digits(minutes / 60), digits(minutes % 60));
    let date = [c1, c2, y1, y2, b'-', mo1, mo2, b'-', d1, d2, b'T'];
    let clock = [h1, h2, b':', mi1, mi2, b':', s1, s2, sign, oh1, oh2, b':', om1, om2];
    let mut text = [0; 25];
    text.iter_mut().zip(date.into_iter().chain(clock)).for_each(|(slot, byte)| *slot = byte);
    Some(Rfc3339(text))
}

/// The two digits of a number below 100.
fn digits(number: i64) -> [u8; 2] {
    let digit = |digit: i64| b'0' + u8::try_from(digit % 10).unwrap_or(0);
    [digit(number / 10), digit(number)]
}

/// Year, month and day of a day counted from 1970: the inverse of [`days`].
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year_of_era;
    if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Zone;
    use proptest::prelude::*;

    fn by_the_library(text: &str) -> Option<Instant> {
        text.parse::<Timestamp>().ok().map(Instant::from)
    }

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

    proptest! {
        /// Whatever is read here, the library reads alike.
        #[test]
        fn reads_as_the_library_does(
            text in "(00|19|20|99)[0-9]{2}-(0[0-9]|1[0-3])-([0-2][0-9]|3[0-2])T([01][0-9]|2[0-4]):[0-6][0-9]:([0-5][0-9]|60)(Z|[+-](0[0-9]|1[0-4]|2[0-6]):[0-6][0-9])",
        ) {
            if let Some(at) = read(&text) {
                prop_assert_eq!(Some(at), by_the_library(&text));
            }
        }

        /// With any one character otherwise, it is read alike or not at all.
        #[test]
        fn reads_no_more_than_the_library_does(
            text in "20[0-9]{2}-0[1-9]-[12][0-9]T1[0-9]:[0-5][0-9]:[0-5][0-9](Z|[+-]0[0-9]:[0-5][0-9])",
            place in any::<prop::sample::Index>(),
            other in prop_oneof![0..=127u8, b'/'..=b':', Just(0x80), Just(0xFF)].prop_map(char::from),
        ) {
            let place = place.index(text.len());
            let odd: String = text.char_indices().map(|(at, kept)| if at == place { other } else { kept }).collect();
            if let Some(at) = read(&odd) {
                prop_assert_eq!(Some(at), by_the_library(&odd));
            }
        }

        /// What every source writes is read here, and written as the library would.
        #[test]
        fn reads_and_writes_every_second(at in -62_167_132_800..253_402_120_800i64, offset in -1439..=1439i32) {
            let at = Instant(at);
            let offset = offset * 60;
            let zone = jiff::tz::Offset::from_seconds(offset).expect("an offset");
            let said = at.timestamp().to_zoned_datetime(zone.to_time_zone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
            let written = write(at, offset).expect("room");
            prop_assert_eq!(written.as_str(), said.as_str());
            prop_assert_eq!(read(&said), Some(at));
        }
    }

    #[test]
    fn times_at_the_ends_are_the_librarys() {
        let zone = Zone::named("Europe/London").expect("a zone");
        for at in [Instant::MIN, Instant(Instant::MIN.0 + 100_000), Instant(-4_000_000_000), Instant(0), Instant::MAX] {
            let said = zone.local(at).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
            assert_eq!(zone.format(at), said);
        }
        for text in ["9999-12-30T22:00:01Z", "2025-02-29T00:00:00Z", "2025-03-01T24:00:00Z", "2025-03-01T00:00:60Z"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read("2024-02-29T23:59:59-00:30"), by_the_library("2024-02-29T23:59:59-00:30"));
    }
}
