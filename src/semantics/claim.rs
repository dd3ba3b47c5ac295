//! What an answer says of the value that was asked about, and whether two such claims can be true of one value.

use crate::model::FactId;
use crate::time::{Instant, Length, Weekday, Weekdays};

/// What a yes or a no says of a value that is known. It may say too little, never too much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Claim {
    /// One of the values at these bits.
    OneOf(u64),
    Between(i64, i64),
    /// A time from a first to a last second, each open if there is none.
    Days(Option<Instant>, Option<Instant>),
    /// A time that lies so many seconds back, at least and at most; ahead where that is below nothing.
    Age(i64, i64),
    Weekdays(Weekdays),
    AnyFlag(u64),
    AllFlags(u64),
    NoFlag(u64),
    Same(FactId, bool),
    NoTime,
    SomeTime,
}

impl Claim {
    /// A time that lies at most so far back.
    pub fn within(length: Length) -> Self {
        Self::Age(0, seconds_between(length).1)
    }

    fn is_of_a_time(self) -> bool {
        matches!(self, Self::Days(..) | Self::Age(..) | Self::Weekdays(_) | Self::SomeTime)
    }

    pub fn excludes(&self, other: &Self) -> bool {
        match (*self, *other) {
            (Self::OneOf(one), Self::OneOf(other)) => one & other == 0,
            (Self::Between(from, to), Self::Between(other_from, other_to))
            | (Self::Age(from, to), Self::Age(other_from, other_to)) => to < other_from || other_to < from,
            // The place of a choice among its values.
            (Self::OneOf(values), Self::Between(from, to)) | (Self::Between(from, to), Self::OneOf(values)) => {
                (0..64).all(|at| values >> at & 1 == 0 || i64::from(at) < from || i64::from(at) > to)
            }
            (Self::Days(from, to), Self::Days(other_from, other_to)) => {
                let over =
                    |to: Option<Instant>, from: Option<Instant>| to.zip(from).is_some_and(|(to, from)| to < from);
                over(to, other_from) || over(other_to, from)
            }
            (Self::Weekdays(one), Self::Weekdays(other)) => {
                !Weekday::ALL.into_iter().any(|day| one.has(day) && other.has(day))
            }
            (Self::AnyFlag(some), Self::NoFlag(none)) | (Self::NoFlag(none), Self::AnyFlag(some)) => some & !none == 0,
            (Self::AllFlags(all), Self::NoFlag(none)) | (Self::NoFlag(none), Self::AllFlags(all)) => all & none != 0,
            (Self::Same(one, not), Self::Same(other, other_not)) => one == other && not != other_not,
            (Self::NoTime, other) | (other, Self::NoTime) => other.is_of_a_time(),
            _ => false,
        }
    }
}

/// The fewest and the most seconds that a length may last, with room to spare for months and the change of clocks.
pub(super) fn seconds_between(length: Length) -> (i64, i64) {
    match length.exact_seconds() {
        Some(seconds) => (seconds, seconds),
        None => {
            let usual = length.usual_seconds();
            ((usual - usual / 10 - 86_400).max(0), usual + usual / 10 + 86_400)
        }
    }
}
