//! A time of day or a day that is asked about -> moments that lie there, or do not.

use crate::check::Policy;
use crate::model::{FactId, RecordId, Truth, Value};
use crate::proof::witness::{Sketch, When};
use crate::semantics::{Context, Example, Mark, Predicate, Subject};
use crate::time::{Calendar, Instant, Length, Zone};

/// Moves the call to a time of day or a day that answers so.
pub(super) fn call_moment(policy: &Policy, sketch: Sketch, predicate: &Predicate, want: bool) -> Vec<Sketch> {
    let zone = &policy.zone;
    if !is_of_the_day(predicate) {
        return Vec::new();
    }
    let answers = |at: Instant| is_at(policy, at, predicate) == want;
    if let Some(Example::At(at)) = predicate.form().example(want) {
        return answers(at).then_some(Sketch { at, ..sketch }).into_iter().collect();
    }
    // The first hour that answers so, the last before one that does not, and one in the middle of a day.
    let mut hours = moments(sketch.at).filter(|at| answers(*at));
    let Some(first) = hours.next() else { return Vec::new() };
    let last = (0..48).map(|hour| first.plus_seconds(hour * 3600)).take_while(|at| answers(*at)).last();
    let midday = hours.take(48).find(|at| zone.clock(*at).0 / 3600 == 12);
    let mut found = vec![first];
    for at in midday.into_iter().chain(last) {
        if !found.contains(&at) {
            found.push(at);
        }
    }
    found.into_iter().map(|at| Sketch { at, ..sketch.clone() }).collect()
}

/// Moves a record to a time of day or a day that answers so: the nearest before and after, and no later than the call.
pub(super) fn record_moment(
    policy: &Policy,
    sketch: &Sketch,
    predicate: &Predicate,
    want: bool,
    (kind, index): (RecordId, usize),
) -> Vec<Sketch> {
    let Some(record) = sketch.record(kind, index) else { return Vec::new() };
    let now = record.at.instant(sketch.at, &policy.zone);
    let answers = |at: &Instant| *at <= sketch.at && is_at(policy, *at, predicate) == want;
    let earlier = moments_back(now).filter(answers).take(2);
    let later = moments(now).skip(1).take_while(|at| *at <= sketch.at).filter(answers).take(2);
    let mut found: Vec<Instant> = earlier.chain(later).collect();
    found.sort_by_key(|at| (at.0 - now.0).abs());
    let moved = found.into_iter().map(|at| {
        let mut sketch = sketch.clone();
        let shift = at.0 - sketch.at.0;
        if at != now
            && let Some(record) = sketch.record_mut(kind, index)
        {
            record.at = When::shifted(shift);
        }
        sketch
    });
    moved.collect()
}

/// The last time before the call that answers so, where the time of day or the day is asked about.
pub(super) fn time_before(policy: &Policy, call: Instant, predicate: &Predicate, want: bool) -> Option<When> {
    let found = moments_back(call).find(|at| is_at(policy, *at, predicate) == want);
    found.filter(|_| is_of_the_day(predicate)).map(|at| When::shifted(at.0 - call.0))
}

/// Whether a moment lies at this time of day or on such a day.
fn is_at(policy: &Policy, at: Instant, predicate: &Predicate) -> bool {
    let (moment, value) = (BareMoment { policy, at }, Value::Time(at));
    predicate.of_value(&value).unwrap_or_else(|| predicate.truth(value, &moment)) == Truth::Yes
}

/// The same hours and days as [`moments`], going back.
fn moments_back(from: Instant) -> impl Iterator<Item = Instant> {
    moments(from).map(move |at| from.plus_seconds(from.0 - at.0))
}

/// Every hour of a month from a moment on, and then every day of some years.
fn moments(from: Instant) -> impl Iterator<Item = Instant> {
    let hours = (0..24 * 30).map(|hour| hour * 3600);
    hours.chain((30..800).map(|day| day * 86_400)).map(move |shift| from.plus_seconds(shift))
}

/// Whether the answer turns on the time of day, or on the day.
pub(super) fn is_of_the_day(predicate: &Predicate) -> bool {
    let is_of_day = |mark: &Mark<'_>| matches!(mark, Mark::Clock(_) | Mark::EachDay | Mark::Days { .. });
    predicate.form().marks().iter().any(is_of_day)
}

/// A moment by itself, with nothing known but the calendar.
struct BareMoment<'p> {
    policy: &'p Policy,
    at: Instant,
}

impl Context for BareMoment<'_> {
    fn now(&self) -> Instant {
        self.at
    }

    fn zone(&self) -> &Zone {
        &self.policy.zone
    }

    fn calendar(&self, place: usize) -> Option<&Calendar> {
        self.policy.calendars.get(place).map(|named| &named.calendar)
    }

    fn warn_of_calendar(&self, _: usize) {}

    fn span_start(&self, length: Length) -> Instant {
        self.zone().before(self.at, length)
    }

    fn span_end(&self, length: Length) -> Instant {
        self.zone().after(self.at, length)
    }

    fn may_change_at(&self, _: Instant) {}

    fn may_change_on_leaving(&self, _: Instant, _: Length) {}

    fn fact(&self, _: FactId) -> Value {
        Value::Unknown
    }

    fn value(&self, _: Subject) -> Value {
        Value::Unknown
    }

    fn text(&self, _: u32) -> &str {
        ""
    }

    fn identity_count(&self, _: Value) -> Option<i64> {
        None
    }

    fn share(&self, _: Value, _: Value) -> Truth {
        Truth::Unknown
    }
}
