//! A time zone, and what a calendar and a clock on its wall show.

use super::{Instant, Length, Stamp, Unit, rfc3339};
use jiff::{
    Span, ToSpan, ZonedDateTime, civil,
    tz::{AmbiguousOffset, Offset, TimeZone},
};
use std::fmt;

/// A zone of the IANA database compiled into the program, such as `Europe/London`.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub(super) civil::Date);

/// A time of day, in seconds since midnight on the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(pub u32);

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weekday {
    /// The first day of the week.
    Monday,
    /// The second.
    Tuesday,
    /// The third.
    Wednesday,
    /// The fourth.
    Thursday,
    /// The fifth.
    Friday,
    /// The sixth.
    Saturday,
    /// The seventh.
    Sunday,
}

/// A set of days of the week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Weekdays(u8);

impl Zone {
    /// The clocks of no place have ever moved by more: a whole day, where the date line was drawn anew.
    pub(super) const MOST_MOVED: i64 = 86_400;

    /// `None` for a name that the database does not have. The database in the program is used, never the machine's.
    pub fn named(name: &str) -> Option<Self> {
        let zone = jiff::tz::TimeZoneDatabase::bundled().get(name).ok()?;
        let name = zone.iana_name().unwrap_or(name).to_owned();
        Some(Self { name, zone })
    }

    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), zone: TimeZone::UTC }
    }

    /// Its name in the time-zone database, such as `Europe/London`.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn local(&self, instant: Instant) -> ZonedDateTime {
        instant.timestamp().to_zoned_datetime(self.zone.clone())
    }

    pub(super) fn ambiguous_offset(&self, clock: civil::DateTime) -> AmbiguousOffset {
        self.zone.to_ambiguous_timestamp(clock).offset()
    }

    /// The time that lies `length` before `instant`: exact for minutes and hours, else the same clock time on the
    /// earlier day, clamped to the end of a shorter month. A time before the calendar begins becomes its beginning.
    pub fn before(&self, instant: Instant, length: Length) -> Instant {
        match length.exact_seconds() {
            Some(seconds) => instant.plus_seconds(-seconds),
            None => match self.local(instant).checked_sub(calendar_span(length)) {
                Ok(earlier) => Instant::from(earlier.timestamp()),
                Err(_) => Instant::MIN,
            },
        }
    }

    /// The time that lies `length` after `instant`, by the same reckoning as [`Zone::before`].
    pub fn after(&self, instant: Instant, length: Length) -> Instant {
        match length.exact_seconds() {
            Some(seconds) => instant.plus_seconds(seconds),
            None => match self.local(instant).checked_add(calendar_span(length)) {
                Ok(later) => Instant::from(later.timestamp()),
                Err(_) => Instant::MAX,
            },
        }
    }

    /// The time that lies so many days after the end of a length of months or years, at the time of day of its beginning: a clock time
    /// that is skipped at that end is back on the day after.
    pub fn after_and_days(&self, instant: Instant, length: Length, days: u32) -> Instant {
        let span = calendar_span(length).try_days(days);
        let later = span.and_then(|span| self.local(instant).checked_add(span));
        later.map_or(Instant::MAX, |later| Instant::from(later.timestamp()))
    }

    /// The first moment after `now` at which the far end of a span may jump. `end` is that far end now, as
    /// [`Zone::before`] or [`Zone::after`] gives it; until the jump it moves with the clock, second for second.
    ///
    /// Minutes and hours never jump. Calendar spans jump where either end meets a clock change, and those of months
    /// at the midnights about the end of a month, where one day stands for several.
    pub fn next_jump(&self, now: Instant, end: Instant, length: Length) -> Instant {
        if length.exact_seconds().is_some() {
            return Instant::MAX;
        }
        let here = self.clock_change_after(now);
        // A clock time that a change skips is taken an hour on, so the far end meets a change twice: on reaching it,
        // and where the skipped hour is used up.
        let there = [Some(self.clock_change_after(end)), self.skipped_hour_end(end)];
        let there = there.into_iter().flatten().filter(|seam| *seam > end && *seam < Instant::MAX);
        let there = there.map(|seam| now.plus_seconds(seam.0 - end.0));
        let month_end = month_end_seam(self.date(now), length).map(|day| self.day_start(day));
        there.chain([here]).chain(month_end).min().unwrap_or(Instant::MAX)
    }

    fn clock_change_after(&self, instant: Instant) -> Instant {
        let next = self.zone.following(instant.timestamp()).next();
        next.map_or(Instant::MAX, |change| Instant::from(change.timestamp()))
    }

    /// By how many seconds the clocks move at most in any so many days, one change made up for by another left out.
    pub(super) fn moved_within(&self, days: i64) -> i64 {
        let (first, last) = (civil::date(1800, 1, 1), civil::date(2200, 1, 1));
        let timestamp = |date: civil::Date| date.to_zoned_datetime(TimeZone::UTC).map(|zoned| zoned.timestamp());
        let (Ok(first), Ok(last)) = (timestamp(first), timestamp(last)) else { return Self::MOST_MOVED };
        let began = (i64::MIN, self.zone.to_offset(first).seconds());
        let changes = self.zone.following(first).take_while(|change| change.timestamp() < last);
        let changes = changes.map(|change| (change.timestamp().as_second(), change.offset().seconds()));
        let offsets: Vec<(i64, i32)> = std::iter::once(began).chain(changes).collect();
        // A clock time that a change skips is taken from before it, though it lies after.
        let reach = (days + 1).saturating_mul(Self::MOST_MOVED);
        let mut most = 0;
        for (at, (_, offset)) in offsets.iter().enumerate() {
            let Some((ends, _)) = offsets.get(at + 1) else { break };
            let within = offsets.iter().skip(at + 1).take_while(|(begins, _)| begins - ends <= reach);
            most = within.map(|(_, other)| i64::from(offset.abs_diff(*other))).fold(most, i64::max);
        }
        most
    }

    /// Where the clock times that the latest change at or before `instant` skipped would have ended, if it skipped any.
    fn skipped_hour_end(&self, instant: Instant) -> Option<Instant> {
        let change = self.zone.preceding(instant.plus_seconds(1).timestamp()).next()?;
        let at = Instant::from(change.timestamp());
        let before = self.zone.to_offset(at.plus_seconds(-1).timestamp());
        let skipped = i64::from(change.offset().seconds()) - i64::from(before.seconds());
        (skipped > 0).then(|| at.plus_seconds(skipped))
    }

    /// The day in this zone.
    pub fn date(&self, instant: Instant) -> Date {
        Date(self.local(instant).date())
    }

    /// The day of the week in this zone.
    pub fn weekday(&self, instant: Instant) -> Weekday {
        weekday(self.local(instant).weekday())
    }

    /// The time of day in this zone.
    pub fn clock(&self, instant: Instant) -> TimeOfDay {
        let time = self.local(instant).time();
        TimeOfDay(
            u32::from(time.hour().unsigned_abs()) * 3600
                + u32::from(time.minute().unsigned_abs()) * 60
                + u32::from(time.second().unsigned_abs()),
        )
    }

    /// The last second of a day.
    pub fn day_end(&self, date: Date) -> Instant {
        self.day_start(date.next()).plus_seconds(-1)
    }

    /// The first second of a day.
    pub fn day_start(&self, date: Date) -> Instant {
        match date.0.to_zoned_datetime(self.zone.clone()) {
            Ok(midnight) => Instant::from(midnight.timestamp()),
            Err(_) => {
                if date.0.year() < 0 {
                    Instant::MIN
                } else {
                    Instant::MAX
                }
            }
        }
    }

    /// `2025-03-01T22:10:00+00:00`, with the offset that the zone had then.
    pub fn format(&self, instant: Instant) -> String {
        let offset = self.zone.to_offset(instant.timestamp());
        match rfc3339::write(instant, offset.seconds()) {
            Some(text) => text.as_str().to_owned(),
            None => self.local(instant).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        }
    }

    /// The same with the fraction of the second, where there is one.
    pub fn format_stamp(&self, Stamp { at, fraction }: Stamp) -> String {
        let words = self.format(at);
        let Some(fraction) = fraction else { return words };
        // The fraction stands after the seconds, before the offset.
        let offset = words.rfind(['+', '-', 'Z']).unwrap_or(words.len());
        let (clock, offset) = words.split_at_checked(offset).unwrap_or((&words, ""));
        format!("{clock}.{fraction:09}{offset}")
    }

    /// `22:10 on Saturday 1 March 2025`, for people: with its seconds where it is not a whole minute, and with the name of
    /// its time where the clock shows the same twice, `01:30 (BST) on …`. No two moments are said alike.
    pub fn spoken(&self, instant: Instant) -> String {
        let local = self.local(instant);
        let clock = local.strftime(if local.second() == 0 { "%H:%M" } else { "%H:%M:%S" });
        let which = self.which_of_two(&local).map_or_else(String::new, |which| format!(" ({which})"));
        format!("{clock}{which} {}", local.strftime("on %A %-d %B %Y"))
    }

    /// The letters of the time that clocks show at a moment, and its offset.
    pub(super) fn letters(&self, at: Instant) -> [String; 2] {
        let letters = self.zone.to_offset_info(at.timestamp()).abbreviation().to_owned();
        [letters, self.local(at).strftime("%:z").to_string()]
    }

    /// The letters of the time that a clock shows, or its offset where letters do not tell it from the other time at
    /// which the clock shows the same. `None` where there is no other.
    fn which_of_two(&self, local: &ZonedDateTime) -> Option<String> {
        let AmbiguousOffset::Fold { before, after } = self.zone.to_ambiguous_zoned_datetime(local.datetime()).offset()
        else {
            return None;
        };
        let letters = |offset: Offset| {
            let at = offset.to_timestamp(local.datetime()).ok()?;
            let named = self.zone.to_offset_info(at).abbreviation().to_owned();
            named.chars().all(|letter| letter.is_ascii_alphabetic()).then_some(named)
        };
        let (one, other) = (letters(before), letters(after));
        let own = if local.offset() == before { &one } else { &other };
        let told_apart = one != other && one.is_some() && other.is_some();
        Some(own.clone().filter(|_| told_apart).unwrap_or_else(|| local.strftime("%:z").to_string()))
    }
}

fn calendar_span(length: Length) -> Span {
    let amount = i64::from(length.amount);
    match length.unit {
        Unit::Minutes => Span::new().try_minutes(amount),
        Unit::Hours => Span::new().try_hours(amount),
        Unit::Days => Span::new().try_days(amount),
        Unit::Weeks => Span::new().try_weeks(amount),
        Unit::Months => Span::new().try_months(amount),
        Unit::Years => Span::new().try_years(amount),
    }
    .unwrap_or(1000.years())
}

/// The first day after `date` at whose start a span of months or years may jump, because a shorter month has no match
/// for it or for the day before.
fn month_end_seam(date: Date, length: Length) -> Option<Date> {
    let whole_years = length.unit == Unit::Years || (length.unit == Unit::Months && length.amount.is_multiple_of(12));
    if whole_years {
        let year = date.0.year();
        let days = (year..=year.saturating_add(1))
            .flat_map(|year| [civil::Date::new(year, 2, 29), civil::Date::new(year, 3, 1)]);
        return days.flatten().map(Date).find(|day| *day > date);
    }
    let days_to_the_29th = (29 - i64::from(date.0.day())).max(1);
    let months = length.unit == Unit::Months;
    months.then(|| date.0.checked_add(days_to_the_29th.days()).ok().map(Date)).flatten()
}

impl Date {
    /// Reads `2026-04-03`.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<civil::Date>().ok().map(Self)
    }

    /// The day after; the last day there is has none and gives itself.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.tomorrow().unwrap_or(self.0))
    }

    /// The last of so many days that begin with this one, where it is counted, or else with the day after. Days and longer are
    /// counted by the calendar, a month to the same day of the next or its last.
    #[must_use]
    pub fn days_on(self, length: Length, counted: bool) -> Self {
        let far = self.0.checked_add(calendar_span(length)).unwrap_or(civil::Date::MAX);
        Self(if counted { far.yesterday().unwrap_or(far) } else { far })
    }

    /// The first of so many days that end with this one, where it is counted, or else with the day before.
    #[must_use]
    pub fn days_back(self, length: Length, counted: bool) -> Self {
        let far = self.0.checked_sub(calendar_span(length)).unwrap_or(civil::Date::MIN);
        Self(if counted { far.tomorrow().unwrap_or(far) } else { far })
    }

    /// The day of the week.
    pub fn weekday(self) -> Weekday {
        weekday(self.0.weekday())
    }

    /// `21 February 2025`, for people.
    pub fn spoken(self) -> String {
        self.0.strftime("%-d %B %Y").to_string()
    }

    /// Month (1 to 12) and day of the month.
    pub fn month_and_day(self) -> (u8, u8) {
        (self.0.month().unsigned_abs(), self.0.day().unsigned_abs())
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TimeOfDay {
    /// Reads `22:00`.
    pub fn parse(text: &str) -> Option<Self> {
        let (hour, minute) = text.split_once(':')?;
        let (hour, minute) = (hour.parse::<u32>().ok()?, minute.parse::<u32>().ok()?);
        (hour < 24 && minute < 60).then_some(Self(hour * 3600 + minute * 60))
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 3600, self.0 / 60 % 60)
    }
}

fn weekday(day: civil::Weekday) -> Weekday {
    match day {
        civil::Weekday::Monday => Weekday::Monday,
        civil::Weekday::Tuesday => Weekday::Tuesday,
        civil::Weekday::Wednesday => Weekday::Wednesday,
        civil::Weekday::Thursday => Weekday::Thursday,
        civil::Weekday::Friday => Weekday::Friday,
        civil::Weekday::Saturday => Weekday::Saturday,
        civil::Weekday::Sunday => Weekday::Sunday,
    }
}

impl Weekday {
    /// Every day, Monday first.
    pub const ALL: [Self; 7] =
        [Self::Monday, Self::Tuesday, Self::Wednesday, Self::Thursday, Self::Friday, Self::Saturday, Self::Sunday];

    /// Its English name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Monday => "Monday",
            Self::Tuesday => "Tuesday",
            Self::Wednesday => "Wednesday",
            Self::Thursday => "Thursday",
            Self::Friday => "Friday",
            Self::Saturday => "Saturday",
            Self::Sunday => "Sunday",
        }
    }

    /// Reads `Friday` or `Fridays`, in any capitals.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|day| {
            word.eq_ignore_ascii_case(day.name())
                || word.strip_suffix(['s', 'S']).is_some_and(|one| one.eq_ignore_ascii_case(day.name()))
        })
    }
}

impl Weekdays {
    /// With one more day.
    #[must_use]
    pub fn with(self, day: Weekday) -> Self {
        Self(self.0 | 1 << day as u8)
    }

    /// Whether a day is among them.
    pub fn has(self, day: Weekday) -> bool {
        self.0 & (1 << day as u8) != 0
    }

    /// Whether all seven are.
    pub fn is_every_day(self) -> bool {
        self.0 == 0x7f
    }
}

impl FromIterator<Weekday> for Weekdays {
    fn from_iter<I: IntoIterator<Item = Weekday>>(days: I) -> Self {
        days.into_iter().fold(Self::default(), Self::with)
    }
}
