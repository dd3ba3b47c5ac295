//! Days that do not count towards a deadline.

use super::{Date, Instant, Length, Unit, Weekday, Weekdays, Zone};
use jiff::civil;

/// The days that a deadline passes over.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calendar {
    /// The days of every week.
    pub weekdays: Weekdays,
    /// Month and day, every year.
    pub yearly: Vec<(u8, u8)>,
    /// Single days, in order.
    pub dates: Vec<Date>,
    /// The first and last day for which `dates` is known to be whole.
    pub complete: Option<(Date, Date)>,
}

impl Calendar {
    /// Whether a day is certainly one of its days.
    pub fn skips(&self, date: Date) -> bool {
        self.weekdays.has(date.weekday())
            || self.yearly.contains(&date.month_and_day())
            || self.dates.binary_search(&date).is_ok()
    }

    /// Whether a day is one of its days; `None` where nobody can say. A weekday or a day of every year is one in any year.
    pub fn has(&self, date: Date) -> Option<bool> {
        (self.skips(date) || self.covers(date, date)).then(|| self.skips(date))
    }

    /// Whether it passes over every day that another passes over.
    pub fn skips_all_of(&self, other: &Self) -> bool {
        let every_week = Weekday::ALL.into_iter().all(|day| self.weekdays.has(day) || !other.weekdays.has(day));
        let every_year = other.yearly.iter().all(|day| self.yearly.contains(day));
        every_week && every_year && other.dates.iter().all(|date| self.skips(*date))
    }

    /// Whether every day of which another says that it is none of its days is certainly none of this one's.
    pub fn counts_all_of(&self, other: &Self) -> bool {
        let is_known_there = match (self.complete, other.complete) {
            (None, _) => true,
            (Some(own), Some(theirs)) => own.0 <= theirs.0 && theirs.1 <= own.1,
            (Some(_), None) => false,
        };
        let every_week = Weekday::ALL.into_iter().all(|day| other.weekdays.has(day) || !self.weekdays.has(day));
        let every_year = self.yearly.iter().all(|day| other.yearly.contains(day));
        let is_said = |date: &Date| other.skips(*date) || !other.covers(*date, *date);
        is_known_there && every_week && every_year && self.dates.iter().all(is_said)
    }

    /// Single days that it tells from the days around them.
    pub fn edges(&self) -> impl Iterator<Item = Date> {
        let complete = self.complete.into_iter().flat_map(|(first, last)| [first, last, last.next()]);
        self.dates.iter().copied().chain(complete)
    }

    /// Whether all the days between two moments lie where the calendar says that it is complete.
    pub fn covers(&self, from: Date, to: Date) -> bool {
        self.complete.is_none_or(|(first, last)| first <= from && to <= last)
    }

    /// The days that it passes over, for people: `every Sunday`, `every 25 December`, `in 2026: 1 January and 3 April`.
    pub fn spoken(&self) -> Vec<String> {
        let weekdays = Weekday::ALL.into_iter().filter(|day| self.weekdays.has(*day));
        let mut said: Vec<String> = weekdays.map(|day| format!("every {}", day.name())).collect();
        // A leap year has every day that a year may have.
        let yearly = |(month, day): &(u8, u8)| Some((i8::try_from(*month).ok()?, i8::try_from(*day).ok()?));
        let yearly =
            self.yearly.iter().filter_map(yearly).filter_map(|(month, day)| civil::Date::new(2024, month, day).ok());
        said.extend(yearly.map(|day| format!("every {}", day.strftime("%-d %B"))));
        for year in self.dates.chunk_by(|one, other| one.0.year() == other.0.year()) {
            let days: Vec<String> = year.iter().map(|date| date.0.strftime("%-d %B").to_string()).collect();
            let days = match days.split_last() {
                Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
                _ => days.concat(),
            };
            said.extend(year.first().map(|date| format!("in {}: {days}", date.0.year())));
        }
        said
    }

    /// The moment `length` after `start`, where skipped days do not count: for minutes and hours the clock stands still
    /// during a skipped day; for days and longer, each step lands on a day that counts, or is the end of one: midnight is the
    /// end of the day before as well as the start of a day, and the reading that ends earlier counts. A step on to the last day
    /// of the calendar of all days ends there.
    pub fn after(&self, zone: &Zone, start: Instant, length: Length) -> Instant {
        match length.exact_seconds() {
            Some(seconds) => self.after_seconds(zone, start, seconds),
            None => {
                [0, -1].map(|seconds| self.after_days(zone, start, length, seconds)).into_iter().min().unwrap_or(start)
            }
        }
    }

    /// Whether the day that a moment belongs to counts: the day of the second so many seconds on.
    fn counts(&self, zone: &Zone, at: Instant, seconds: i64) -> bool {
        !self.skips(zone.date(at.plus_seconds(seconds)))
    }

    /// The last of so many days that count, from a day on where it is counted, or else from the day after. Of months and
    /// years it is the first day that counts at their end or later.
    pub fn days_on(&self, day: Date, length: Length, counted: bool) -> Date {
        let steps = match length.unit {
            Unit::Days => length.amount,
            Unit::Weeks => length.amount.saturating_mul(7),
            _ => 1,
        };
        let begins_at_end = !matches!(length.unit, Unit::Days | Unit::Weeks);
        let mut at = if begins_at_end {
            day.days_on(length, counted)
        } else if counted {
            day
        } else {
            day.next()
        };
        let mut left = steps;
        loop {
            left = left.saturating_sub(u32::from(!self.skips(at)));
            let next = at.next();
            if left == 0 || next <= at {
                return at;
            }
            at = next;
        }
    }

    fn after_seconds(&self, zone: &Zone, start: Instant, mut left: i64) -> Instant {
        let mut at = start;
        loop {
            let day = zone.date(at);
            let midnight = zone.day_start(day.next());
            if midnight <= at {
                return at.plus_seconds(left);
            }
            if !self.skips(day) {
                let today = midnight.0 - at.0;
                if left <= today {
                    return at.plus_seconds(left);
                }
                left -= today;
            }
            at = midnight;
        }
    }

    fn after_days(&self, zone: &Zone, start: Instant, length: Length, seconds: i64) -> Instant {
        let steps = match length.unit {
            Unit::Days => length.amount,
            Unit::Weeks => length.amount.saturating_mul(7),
            _ => return self.next_counting_day(zone, start, length, seconds),
        };
        // Every day is reckoned from the start, so that a clock time that one day skips is back on the next.
        let (mut at, mut counted) = (start, 0);
        for day in 1u32.. {
            if counted == steps {
                break;
            }
            let next = zone.after(start, Length::new(day, Unit::Days));
            if next == Instant::MAX {
                return next;
            }
            // A day that the zone left out is no day.
            if next <= at {
                continue;
            }
            at = next;
            counted += u32::from(self.counts(zone, at, seconds));
        }
        at
    }

    /// The first day that counts of those that lie so many months or years after a moment or later, at its time of day.
    fn next_counting_day(&self, zone: &Zone, start: Instant, length: Length, seconds: i64) -> Instant {
        let mut days = (0u32..).map(|day| zone.after_and_days(start, length, day));
        days.find(|at| *at == Instant::MAX || self.counts(zone, *at, seconds)).unwrap_or(start)
    }
}
