//! Deadlines (reference, sections 2 and 3).

use heedful::time::{Calendar, Date, Instant, Length, Unit, Zone};

/// The moment `length` after `start`. On a calendar, the days that it skips do not count: the clock of minutes and
/// hours stands still on them, and the steps of days pass over them.
pub fn after(zone: &Zone, calendar: Option<&Calendar>, start: Instant, length: Length) -> Instant {
    let Some(calendar) = calendar else { return zone.after(start, length) };
    if let Some(seconds) = length.exact_seconds() {
        return after_seconds(zone, calendar, start, seconds);
    }
    // Midnight starts a day and ends the one before; the earlier of both readings counts.
    let starting = |at: Instant| zone.date(at);
    let ending = |at: Instant| zone.date(at.plus_seconds(-1));
    after_days(zone, calendar, start, length, starting).min(after_days(zone, calendar, start, length, ending))
}

/// The last second of the day that lies so many days after that of `start`, those that the calendar skips not counted.
pub fn end_of_day(zone: &Zone, calendar: Option<&Calendar>, start: Instant, length: Length) -> Instant {
    let counts = |day: &Date| calendar.is_none_or(|calendar| !calendar.skips(*day));
    let days = |from: Date| std::iter::successors(Some(from), |day| Some(day.next()));
    let today = zone.date(start);
    let last = match length.unit {
        Unit::Days | Unit::Weeks if length.amount == 0 => Some(today),
        Unit::Days => days(today).skip(1).filter(counts).nth(length.amount as usize - 1),
        Unit::Weeks => days(today).skip(1).filter(counts).nth(length.amount as usize * 7 - 1),
        _ => {
            let noon = zone.day_start(today).plus_seconds(43_200);
            days(zone.date(zone.after(noon, length))).find(counts)
        }
    };
    let next = last.expect("a day that counts").next();
    zone.day_start(next).plus_seconds(-1)
}

fn after_days(
    zone: &Zone,
    calendar: &Calendar,
    start: Instant,
    length: Length,
    day: impl Fn(Instant) -> Date,
) -> Instant {
    let counts = |at: &Instant| !calendar.skips(day(*at));
    let days = match length.unit {
        Unit::Days => length.amount,
        Unit::Weeks => 7 * length.amount,
        _ => {
            // Day by day from the beginning, so that a clock time that one of them skips is back on the next.
            let today = zone.date(start);
            let end = zone.date(zone.after(zone.day_start(today).plus_seconds(43_200), length));
            let first = std::iter::successors(Some(today), |day| Some(day.next())).take_while(|day| *day < end).count();
            let first = u32::try_from(first).expect("fewer days than a million");
            let mut days = (first..).map(|days| zone.after(start, Length::new(days, Unit::Days)));
            return days.find(counts).expect("a day that counts");
        }
    };
    if days == 0 {
        return start;
    }
    let steps = (1..).map(|step| zone.after(start, Length::new(step, Unit::Days)));
    steps.filter(counts).nth(days as usize - 1).expect("a day that counts")
}

/// Walks from day to day, spending the seconds of those that count.
fn after_seconds(zone: &Zone, calendar: &Calendar, start: Instant, mut left: i64) -> Instant {
    let (mut at, mut day): (Instant, Date) = (start, zone.date(start));
    loop {
        let midnight = zone.day_start(day.next());
        let in_this_day = midnight.0 - at.0;
        if !calendar.skips(day) {
            if left <= in_this_day {
                return at.plus_seconds(left);
            }
            left -= in_this_day;
        }
        (at, day) = (midnight, day.next());
    }
}
