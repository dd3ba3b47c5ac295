//! Questions to a value -> one value, at least, of each stretch between which none of them can tell.

use crate::model::{Type, Value};
use crate::semantics::{Mark, Predicate};
use crate::time::{Instant, Zone};
use std::collections::BTreeSet;

/// Values of a type that has no more of them than the questions tell apart; `None` for a type of which values are not taken one
/// at a time.
pub(super) fn scalars(ty: &Type, predicates: &[Predicate]) -> Option<Vec<Value>> {
    let numbers = |least: i64, most: i64| {
        let marks = predicates.iter().flat_map(Predicate::numbers);
        let beside = marks.flat_map(|mark| [mark.saturating_sub(1), mark, mark.saturating_add(1)]);
        let inside: BTreeSet<i64> = beside.filter(|number| least <= *number && *number <= most).collect();
        if inside.is_empty() { BTreeSet::from([least.max(0).min(most)]) } else { inside }
    };
    Some(match ty {
        Type::YesNo => [false, true].map(Value::YesNo).into(),
        Type::Choice { values, .. } => (0u16..).zip(values).map(|(at, _)| Value::Choice(at)).collect(),
        Type::Number { range } => {
            let (least, most) = range.unwrap_or((i64::MIN, i64::MAX));
            numbers(least, most).into_iter().map(Value::Number).collect()
        }
        Type::Duration => numbers(0, i64::MAX).into_iter().map(Value::Duration).collect(),
        Type::Flags { .. } | Type::Time { .. } | Type::Text | Type::Identity { .. } | Type::Link { .. } => return None,
    })
}

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

/// Times on and beside every edge of some questions, and between them, oldest first, as they lie from a moment.
pub(super) fn times(predicates: &[Predicate], now: Instant, zone: &Zone, others: &[Instant]) -> Vec<Instant> {
    let mut edges: BTreeSet<Instant> = BTreeSet::new();
    let mut all: BTreeSet<Instant> = BTreeSet::new();
    for mark in predicates.iter().flat_map(|predicate| predicate.form().marks()) {
        match mark {
            Mark::Back(length) => drop(edges.insert(zone.before(now, length))),
            Mark::Ahead(length) => drop(edges.insert(zone.after(now, length))),
            Mark::Days { first, last } => edges.extend([first, last]),
            Mark::Clock(clock) => {
                let midnights = (-1..=0).map(|day| zone.day_start(zone.date(now.plus_seconds(day * DAY))));
                edges.extend(midnights.map(|midnight| midnight.plus_seconds(i64::from(clock.0))));
            }
            Mark::EachDay => all.extend((0..8).map(|day| now.plus_seconds(-day * DAY))),
            Mark::Time(_) => edges.extend(others),
            Mark::Apart(apart) => {
                let reaches = others.iter().map(|other| apart.reach(*other, zone, None));
                edges.extend(reaches.flat_map(|reach| [reach.first, reach.last]));
            }
            _ => {}
        }
    }
    edges.insert(now);
    for edge in &edges {
        all.extend([-MINUTE, 0, MINUTE].map(|by| edge.plus_seconds(by)));
    }
    // Room for several of one stretch, one after another.
    let stretches: Vec<(Instant, Instant)> = edges.iter().copied().zip(edges.iter().copied().skip(1)).collect();
    for (from, to) in stretches {
        if to.0 - from.0 <= 2 * MINUTE {
            all.extend([from.plus_seconds(1), to.plus_seconds(-1)]);
        }
        let step = (to.0 - from.0) / 3;
        let step = if step >= HOUR { step / HOUR * HOUR } else { step / MINUTE * MINUTE };
        if step > 0 {
            all.extend((1..3).map(|at| to.plus_seconds(-at * step)));
        }
    }
    let oldest = edges.first().copied().unwrap_or(now);
    all.extend((1..4).map(|at| oldest.plus_seconds(-at * 10 * DAY)));
    all.into_iter().collect()
}
