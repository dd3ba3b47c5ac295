//! Deadlines (reference, sections 2 and 3).

use heedful::time::{Calendar, Date, Instant, Length, Unit, Zone};

/// The moment `length` after `start`. On a calendar, the days that it skips do not count: the clock of minutes and
/// hours stands still on them, and the steps of days pass over them.
pub fn after(zone: &Zone, calendar: Option<&Calendar>, start: Instant, length: Length) -> Instant {
    let Some(calendar) = calendar else { return zone.after(start, length) };
    match (length.exact_seconds(), length.unit) {
        (Some(seconds), _) => after_seconds(zone, calendar, start, seconds),
        (None, Unit::Days) => after_days(zone, calendar, start, length.amount),
        (None, Unit::Weeks) => after_days(zone, calendar, start, 7 * length.amount),
        (None, _) => {
            let end = zone.after(start, length);
            (0..)
                .map(|days| zone.after(end, Length::new(days, Unit::Days)))
                .find(|at| !calendar.skips(zone.date(*at)))
                .expect("a day that counts")
        }
    }
}

fn after_days(zone: &Zone, calendar: &Calendar, start: Instant, days: u32) -> Instant {
    if days == 0 {
        return start;
    }
    let steps = (1..).map(|step| zone.after(start, Length::new(step, Unit::Days)));
    let mut counting = steps.filter(|at| !calendar.skips(zone.date(*at)));
    counting.nth(days as usize - 1).expect("a day that counts")
}

/// Walks from day to day, spending the seconds of those that count.
fn after_seconds(zone: &Zone, calendar: &Calendar, start: Instant, mut left: i64) -> Instant {
    let (mut at, mut day): (Instant, Date) = (start, zone.date(start));
    loop {
        let midnight = zone.day_start(day.next());
        let in_this_day = midnight.0 - at.0;
        if !calendar.skips(day) {
            if left < in_this_day {
                return at.plus_seconds(left);
            }
            left -= in_this_day;
        }
        (at, day) = (midnight, day.next());
    }
}
