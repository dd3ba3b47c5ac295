//! What is asked -> moments at which it may be so.

use super::ask::Moment;
use super::asked::{Asked, Place};
use super::goal::Goal;
use crate::check::{Effect, NamedCalendar, Policy};
use crate::compile::Ir;
use crate::model::{Truth, Value};
use crate::semantics::{Mark, Predicate};
use crate::time::{Calendar, Date, Instant, Length, Zone};
use core::cmp::Ordering;

/// An ordinary working day, at noon.
const ORDINARY: Instant = Instant(1_773_230_400);

const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

/// What makes a moment matter to a goal.
#[derive(Clone, Copy)]
pub(super) enum MomentsOf {
    /// None but the days on which rules begin and end; first an ordinary one.
    TheRules,
    /// It lies on or beside an edge of what is asked of a time.
    Questions,
    /// One length lasts longer than another there.
    Lengths,
    /// It lies on or beside a day of one calendar that is none of another.
    Calendars,
}

/// How far ahead of an ordinary day the length of months and days is tried out: four years hold a leap day.
const DAYS_TRIED: i64 = 4 * 366;

/// How many days of each two calendars are tried out.
const MOST_DAYS: usize = 2;

/// Moments of policies that share words and zone.
pub(super) struct Moments<'p> {
    policy: &'p Policy,
    /// The calendars of all of them.
    calendars: &'p [NamedCalendar],
    /// Of two lengths the days on which either lasts longer.
    differ: Vec<([Length; 2], Vec<Instant>)>,
}

impl<'p> Moments<'p> {
    pub(super) fn new(ir: &'p Ir, policy: &'p Policy) -> Self {
        Self { policy, calendars: &ir.calendars, differ: Vec::new() }
    }

    /// Moments that may matter to a goal.
    pub(super) fn of(&mut self, kind: MomentsOf, goal: &Goal<'_>, asked: &Asked) -> Vec<Instant> {
        let zone = &self.policy.zone;
        let mut moments = Vec::new();
        match kind {
            MomentsOf::TheRules => {
                moments.push(ORDINARY);
                let rules = goal.parts().flat_map(|part| part.rules());
                for rule in rules.filter_map(|(side, rule)| side.rule(rule)) {
                    let suspended = rule.suspension.iter().flat_map(|it| [it.from, Some(it.until)]);
                    for edge in [rule.from, rule.until].into_iter().chain(suspended).flatten() {
                        moments.extend([0, -1, 1, DAY, -DAY].map(|by| edge.plus_seconds(by)));
                    }
                }
            }
            MomentsOf::Questions => {
                let of_call = asked.predicates(Place::CallTime).iter();
                let of_records = asked
                    .values
                    .iter()
                    .filter(|(place, _)| matches!(place, Place::RecordTime(_) | Place::Fact(_) | Place::Field(..)));
                for predicate in of_call.chain(of_records.flat_map(|(_, predicates)| predicates)) {
                    moments.extend(self.beside(predicate));
                }
            }
            MomentsOf::Lengths => moments.extend(self.where_lengths_differ(asked)),
            MomentsOf::Calendars if !turns_on_calendars(goal, asked) => {}
            MomentsOf::Calendars => {
                for day in self.where_calendars_differ() {
                    let noon = zone.day_start(day).plus_seconds(12 * HOUR);
                    moments.extend([0, -DAY, DAY].map(|by| noon.plus_seconds(by)));
                }
            }
        }
        moments
    }

    /// Moments at which one length lasts longer than another, of each two of which that depends on the day.
    fn where_lengths_differ(&mut self, asked: &Asked) -> Vec<Instant> {
        let zone = &self.policy.zone;
        let mut lengths: Vec<Length> = Vec::new();
        for length in asked.values.values().flatten().flat_map(Predicate::spans) {
            if !lengths.contains(&length) {
                lengths.push(length);
            }
        }
        let mut moments = Vec::new();
        for (at, one) in lengths.iter().enumerate() {
            for other in lengths.iter().skip(at + 1) {
                if one.never_longer_than(*other, zone) || other.never_longer_than(*one, zone) {
                    continue;
                }
                // The same two are asked about by many questions.
                let known =
                    self.differ.iter().find(|(known, _)| *known == [*one, *other]).map(|(_, days)| days.clone());
                moments.extend(known.unwrap_or_else(|| {
                    let days = days_of_both(*one, *other, zone);
                    self.differ.push(([*one, *other], days.clone()));
                    days
                }));
            }
        }
        moments
    }

    /// The first days of each calendar that are none of another, or of which the other does not say; and those that count where
    /// none is passed over.
    fn where_calendars_differ(&self) -> Vec<Date> {
        let none = Calendar::default();
        let calendars = || self.calendars.iter().map(|named| &named.calendar).chain([&none]);
        let mut days: Vec<Date> = calendars().flat_map(Calendar::edges).collect();
        let from = self.policy.zone.date(ORDINARY);
        days.extend(std::iter::successors(Some(from), |day| Some(day.next())).take(366));
        days.sort_unstable();
        days.dedup();
        // What comes reads better than what is past.
        days.sort_by_key(|day| *day < from);
        let pairs = calendars().flat_map(|own| calendars().map(move |other| [own, other]));
        let differ = pairs.flat_map(|[own, other]| {
            let differ = |day: &&Date| own.has(**day) == Some(true) && other.has(**day) != Some(true);
            days.iter().filter(differ).take(MOST_DAYS).copied().collect::<Vec<_>>()
        });
        differ.collect()
    }

    /// Moments on and beside the edges of a question to a time.
    fn beside(&self, predicate: &Predicate) -> Vec<Instant> {
        let (zone, calendars) = (&self.policy.zone, self.calendars);
        let midnight = zone.day_start(zone.date(ORDINARY));
        let mut moments = Vec::new();
        for mark in predicate.form().marks() {
            match mark {
                Mark::Days { first, last } => {
                    moments.extend([
                        first.plus_seconds(-1),
                        first,
                        last,
                        last.plus_seconds(1),
                        first.plus_seconds(12 * HOUR),
                    ]);
                }
                Mark::Clock(clock) => {
                    let edge = midnight.plus_seconds(i64::from(clock.0));
                    moments.extend([0, -60, 60, HOUR, -HOUR].map(|by| edge.plus_seconds(by)));
                }
                Mark::EachDay => {
                    moments.extend((1..8).map(|day| ORDINARY.plus_seconds(day * DAY)));
                    // The days of a calendar may be few.
                    let days = (0..400).map(|day| ORDINARY.plus_seconds(day * DAY));
                    let answer = |at: &Instant| {
                        let moment = Moment { zone, calendars, now: *at };
                        moment.answer(predicate, Value::Time(*at), Value::Unknown)
                    };
                    for wanted in [Truth::Yes, Truth::No, Truth::Unknown] {
                        moments.extend(days.clone().find(|at| answer(at) == wanted));
                    }
                }
                _ => {}
            }
        }
        moments
    }
}

/// Whether a goal asks anything of a calendar, in a condition or by when something is to be done.
fn turns_on_calendars(goal: &Goal<'_>, asked: &Asked) -> bool {
    let asks = |predicate: &Predicate| match predicate {
        Predicate::Calendar(_) => true,
        Predicate::Apart(apart) => apart.calendar.is_some(),
        _ => false,
    };
    let mut rules = goal.parts().flat_map(|part| part.rules()).filter_map(|(side, rule)| side.rule(rule));
    let passes_over = |effect: &Effect| matches!(effect, Effect::Deadline { calendar: Some(_), .. });
    asked.values.values().flatten().any(asks) || rules.any(|rule| rule.effects.iter().any(passes_over))
}

/// The first day on which one length reaches further back than the other, and the first on which it does not reach as far.
fn days_of_both(one: Length, other: Length, zone: &Zone) -> Vec<Instant> {
    let (mut further, mut nearer) = (None, None);
    for now in (0..DAYS_TRIED).map(|day| ORDINARY.plus_seconds(day * DAY)) {
        match zone.before(now, one).cmp(&zone.before(now, other)) {
            Ordering::Less => further = further.or(Some(now)),
            Ordering::Greater => nearer = nearer.or(Some(now)),
            Ordering::Equal => {}
        }
        if further.is_some() && nearer.is_some() {
            break;
        }
    }
    further.into_iter().chain(nearer).collect()
}
