//! A value or a moment of a witness -> the plainer ones that may stand in its place, the plainest first.

use super::sketch::{Val, When};
use crate::model::{Field, Type};
use crate::time::{Instant, Length, TimeOfDay, Unit, Zone};

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// Noon of a Wednesday on which no clock changes and nobody has a holiday: 2026-03-11T12:00Z.
const PLAIN_MOMENT: Instant = Instant(1_773_230_400);

/// How far from plain a moment of a call is.
pub(super) fn oddity_of_moment(at: Instant, zone: &Zone) -> u8 {
    let TimeOfDay(clock) = zone.clock(at);
    match i64::from(clock) {
        _ if at == PLAIN_MOMENT => 0,
        clock if clock == 12 * HOUR => 1,
        clock if clock % HOUR == 0 => 2,
        clock if clock % MINUTE == 0 => 3,
        _ => 4,
    }
}

/// Plainer moments for a call: a plain day, noon of its own, the full hours beside it, and the full minutes.
pub(super) fn moments(at: Instant, zone: &Zone) -> Vec<Instant> {
    let noon = zone.day_start(zone.date(at)).plus_seconds(12 * HOUR);
    let TimeOfDay(clock) = zone.clock(at);
    let beside = |unit: i64| {
        let down = at.plus_seconds(-(i64::from(clock) % unit));
        [down, down.plus_seconds(unit)]
    };
    let all = [PLAIN_MOMENT, noon].into_iter().chain(beside(HOUR)).chain(beside(MINUTE));
    let odd = oddity_of_moment(at, zone);
    all.filter(|other| oddity_of_moment(*other, zone) < odd).collect()
}

/// When a record lies of which nothing turns on when: so many hours before the call, the newest one hour.
pub(super) fn time_of_record(place: usize) -> When {
    let hours = u32::try_from(place).unwrap_or(u32::MAX).saturating_add(1);
    When::before(Length::new(hours, Unit::Hours))
}

/// How far from plain a time is. One that lies beside the end of a span is better said so than moved away from it.
pub(super) fn oddity(when: When) -> u8 {
    match (when.length, when.shift.abs()) {
        (_, 0) => 0,
        (Some(_), MINUTE) => 1,
        (Some(_), 1) => 2,
        (None, shift) if shift % HOUR == 0 => 3,
        (None, shift) if shift % MINUTE == 0 => 4,
        (_, shift) if shift % MINUTE == 0 => 5,
        _ => 6,
    }
}

/// Plainer times: the same said in units, then one that is rounder, then one a minute beside what is round.
pub(super) fn times(when: When, call: Instant, zone: &Zone) -> Vec<When> {
    let odd = oddity(when);
    let mut all: Vec<When> = Vec::new();
    if let Some(length) = when.length {
        let end = if when.before { When::before(length) } else { When::after(length) };
        all.extend([end, end.plus(when.shift.signum() * MINUTE)]);
    }
    // What lies beside the end of a span stays there, or goes to that end.
    if odd > oddity(When { shift: 1, ..when }) || when.length.is_none() {
        let off = when.instant(call, zone).0 - call.0;
        let same = |other: &When| other.instant(call, zone).0 - call.0 == off;
        let round = round_times(off);
        let beside = |when: &When| [when.plus(-MINUTE), when.plus(MINUTE)];
        let (exact, others): (Vec<When>, Vec<When>) = round.into_iter().partition(same);
        let (exact_beside, beside): (Vec<When>, Vec<When>) = others.iter().flat_map(beside).partition(same);
        all.extend(exact.into_iter().chain(exact_beside).chain(others).chain(beside));
    }
    all.retain(|other| oddity(*other) < odd);
    all
}

/// The whole numbers of days, hours and minutes below and above so many seconds, each in the unit in which people would say it.
fn round_times(off: i64) -> Vec<When> {
    const UNITS: [(i64, Unit, i64, i64); 3] = [
        (DAY, Unit::Days, 2 * DAY, i64::MAX),
        (HOUR, Unit::Hours, HOUR, 3 * DAY),
        (MINUTE, Unit::Minutes, 0, 2 * HOUR),
    ];
    let size = off.saturating_abs();
    let fitting = UNITS.into_iter().filter(|(.., least, most)| (*least..=*most).contains(&size));
    let lengths = fitting.flat_map(|(seconds, unit, ..)| {
        let amounts = [size / seconds, size / seconds + 1].map(u32::try_from).into_iter().flatten();
        amounts.filter(|amount| *amount > 0).map(move |amount| Length::new(amount, unit))
    });
    lengths.map(|length| if off < 0 { When::before(length) } else { When::after(length) }).collect()
}

/// What is left of a value where one part of it is taken away: a flag, one of several people, a word.
pub(super) fn parts_taken(value: &Val) -> Vec<Val> {
    match value {
        Val::Flags(flags) => {
            (0..64).filter(|bit| flags >> bit & 1 == 1).map(|bit| Val::Flags(flags & !(1 << bit))).collect()
        }
        Val::Ids(names) => without_one(names).map(Val::Ids).collect(),
        Val::Text(text) => {
            let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            without_one(&words).map(|words| Val::Text(words.join(" "))).collect()
        }
        _ => Vec::new(),
    }
}

fn without_one(items: &[String]) -> impl Iterator<Item = Vec<String>> {
    (0..items.len()).map(|left_out| {
        let kept = items.iter().enumerate().filter(|(at, _)| *at != left_out);
        kept.map(|(_, item)| item.clone()).collect()
    })
}

/// The size of a number or length, which may have an edge between it and nothing.
pub(super) fn size(value: &Val) -> Option<i64> {
    match value {
        Val::Number(size) | Val::Duration(size) => Some(*size),
        _ => None,
    }
}

/// The least size that a number or length may have, unless it is below nothing.
pub(super) fn least_size(declared: Option<&Field>) -> i64 {
    match declared.map(|field| &field.ty) {
        Some(Type::Number { range: Some((least, _)) }) => *least.max(&0),
        _ => 0,
    }
}

/// A number or length of another size.
pub(super) fn sized(value: &Val, size: i64) -> Val {
    if matches!(value, Val::Duration(_)) { Val::Duration(size) } else { Val::Number(size) }
}
