//! The spelling in which nearly every time of a case is written, `2025-03-01T22:10:00+00:00`, in whole numbers: a history
//! is mostly times, and the time library, which knows every other spelling, takes many times as long.

use super::Instant;

const DAY: i64 = 86_400;

/// Reads the common spelling, with an offset or a `Z`; `None` for any other text, whether or not it is a time.
pub(super) fn read(text: &str) -> Option<Instant> {
    read_start(text).filter(|(_, rest)| rest.is_empty()).map(|(at, _)| at)
}

/// The same from the start of a text, with what comes after it.
pub(super) fn read_start(text: &str) -> Option<(Instant, &str)> {
    let [y1, y2, y3, y4, b'-', mo1, mo2, b'-', d1, d2, b'T', h1, h2, b':', mi1, mi2, b':', s1, s2, offset @ ..] =
        text.as_bytes()
    else {
        return None;
    };
    let (year, month, day) = (two(*y1, *y2) * 100 + two(*y3, *y4), two(*mo1, *mo2), two(*d1, *d2));
    let (hour, minute, second) = (two(*h1, *h2), two(*mi1, *mi2), two(*s1, *s2));
    let (ahead, hours, minutes, length) = match offset {
        [b'Z', ..] => (true, 0, 0, "2025-03-01T22:10:00Z".len()),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2, ..] => {
            (*sign == b'+', two(*h1, *h2), two(*m1, *m2), "2025-03-01T22:10:00+00:00".len())
        }
        _ => return None,
    };
    let is_time = year <= 9999 && hour < 24 && minute < 60 && second < 60 && hours < 24 && minutes < 60;
    if !is_time || day == 0 || day > days_in(year, month) {
        return None;
    }
    let offset = i64::from(hours * 3600 + minutes * 60);
    let local = i64::from(days(year, month, day)) * DAY - EPOCH + i64::from(hour * 3600 + minute * 60 + second);
    let at = Instant(if ahead { local - offset } else { local + offset });
    (Instant::MIN..=Instant::MAX).contains(&at).then_some((at, text.get(length..)?))
}

/// The number that two digits stand for; one that is too large for anything when they are not digits.
fn two(tens: u8, ones: u8) -> u32 {
    let digit = |byte: u8| u32::from(byte.wrapping_sub(b'0'));
    let (tens, ones) = (digit(tens), digit(ones));
    if tens < 10 && ones < 10 { tens * 10 + ones } else { NO_DIGITS }
}

const NO_DIGITS: u32 = 100_000;

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => 0,
    }
}

/// Seconds from 1 March of the year -1 to 1970, from where [`days`] are counted.
const EPOCH: i64 = 719_834 * DAY;

/// Days since 1 March of the year -1 of a day of the Gregorian calendar, for years from 0 on. A year is counted from March,
/// so that the day that only some years have is its last.
fn days(year: u32, month: u32, day: u32) -> u32 {
    let (years, month) = if month > 2 { (year + 1, month - 3) } else { (year, month + 9) };
    // The leap days before a 1 March: that of the year 0, which has one, comes before its own.
    let last = years.saturating_sub(1);
    let leap_days = if years == 0 { 0 } else { last / 4 - last / 100 + last / 400 + 1 };
    years * 365 + leap_days + (month * 153 + 2) / 5 + day - 1
}

/// The common spelling of a time.
pub(super) struct Written([u8; 25]);

impl Written {
    pub(super) fn as_str(&self) -> &str {
        // It is written in ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Writes a time as a clock shows it that is `offset` seconds ahead of UTC; `None` where the common spelling has no room:
/// before the year 0, and for an offset with seconds.
pub(super) fn write(at: Instant, offset: i32) -> Option<Written> {
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
    Some(Written(text))
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
    use jiff::Timestamp;
    use proptest::prelude::*;

    fn by_the_library(text: &str) -> Option<Instant> {
        text.parse::<Timestamp>().ok().map(Instant::from)
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
