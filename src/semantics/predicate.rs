//! What can be asked of a value.

use super::subject::Subject;
use crate::model::{FactId, Truth, Value};
use crate::syntax::tree::{Comparison, Relation};
use crate::time::{Clock, Instant, Length, Weekdays};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Predicate {
    Is(bool),
    /// The choice is among the bits.
    OneOf {
        values: u64,
        not: bool,
    },
    /// A number, a duration in seconds, or the position of a choice.
    Compare(Comparison, i64),
    Ago(Comparison, Length),
    Within(Length),
    WithinNext(Length),
    Passed,
    ToCome,
    /// Before, after or on the days from a first second to a last one.
    Day {
        relation: Relation,
        first: Instant,
        last: Instant,
    },
    Moment {
        relation: Relation,
        other: Subject,
    },
    Clock {
        from: Clock,
        to: Clock,
        not: bool,
    },
    Weekday {
        days: Weekdays,
        not: bool,
    },
    Calendar {
        calendar: usize,
        not: bool,
    },
    IsNone {
        not: bool,
    },
    Same {
        fact: FactId,
        not: bool,
    },
    Include {
        flags: u64,
        all: bool,
    },
    Exclude {
        flags: u64,
    },
    /// Each a run of words, as [`crate::text::folded`] writes them.
    Mention(Vec<String>),
    InForce {
        not: bool,
    },
}

impl Predicate {
    /// The answer for a value, where neither the clock nor anything else has a say in it.
    #[inline]
    pub fn of_value(&self, value: &Value) -> Option<Truth> {
        match (value, self) {
            (Value::Unknown, _) => Some(Truth::Unknown),
            (Value::YesNo(value), Self::Is(wanted)) => Some(Truth::from(value == wanted)),
            (Value::Choice(at), Self::OneOf { values, not }) => {
                Some(Truth::from((values.wrapping_shr(u32::from(*at)) & 1 == 1) != *not))
            }
            (Value::Number(value), Self::Compare(comparison, number)) => {
                Some(Truth::from(comparison.holds(*value, *number)))
            }
            _ => self.of_other_value(*value),
        }
    }

    fn of_other_value(&self, value: Value) -> Option<Truth> {
        let is = match (value, self) {
            // Asked of a record, not of a value.
            (_, Self::InForce { .. }) => return None,
            (Value::None, Self::IsNone { not }) => !not,
            (Value::None, _) => false,
            (_, Self::IsNone { not }) => *not,
            (Value::Choice(at), Self::Compare(comparison, number)) => comparison.holds(i64::from(at), *number),
            (Value::Duration(value), Self::Compare(comparison, number)) => comparison.holds(value, *number),
            (Value::Flags(flags), Self::Include { flags: wanted, all: true }) => flags & wanted == *wanted,
            (Value::Flags(flags), Self::Include { flags: wanted, all: false }) => flags & wanted != 0,
            (Value::Flags(flags), Self::Exclude { flags: barred }) => flags & barred == 0,
            _ => return None,
        };
        Some(Truth::from(is))
    }
}
