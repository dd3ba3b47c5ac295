//! A question and a value -> the answer, at one moment and with nothing else known but one other value.

use crate::check::NamedCalendar;
use crate::model::{FactId, Truth, Value};
use crate::semantics::{Context, Predicate, Subject};
use crate::time::{Calendar, Instant, Length, Zone};

/// A moment at which questions are put to values.
#[derive(Clone, Copy)]
pub(super) struct Moment<'p> {
    pub zone: &'p Zone,
    pub calendars: &'p [NamedCalendar],
    pub now: Instant,
}

impl Moment<'_> {
    /// The answer for a value, where the question reads `other` besides.
    pub(super) fn answer(self, predicate: &Predicate, value: Value, other: Value) -> Truth {
        let asking = Asking { moment: self, other };
        predicate.of_value(&value).unwrap_or_else(|| predicate.truth(value, &asking))
    }
}

struct Asking<'p> {
    moment: Moment<'p>,
    other: Value,
}

impl Context for Asking<'_> {
    fn now(&self) -> Instant {
        self.moment.now
    }

    fn zone(&self) -> &Zone {
        self.moment.zone
    }

    fn calendar(&self, place: usize) -> Option<&Calendar> {
        self.moment.calendars.get(place).map(|named| &named.calendar)
    }

    fn warn_of_calendar(&self, _: usize) {}

    fn span_start(&self, length: Length) -> Instant {
        self.moment.zone.before(self.moment.now, length)
    }

    fn span_end(&self, length: Length) -> Instant {
        self.moment.zone.after(self.moment.now, length)
    }

    fn may_change_at(&self, _: Instant) {}

    fn may_change_on_leaving(&self, _: Instant, _: Length) {}

    fn fact(&self, _: FactId) -> Value {
        self.other
    }

    fn value(&self, _: Subject) -> Value {
        self.other
    }

    // What texts say and whom values name is encoded without asking for single values.
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
