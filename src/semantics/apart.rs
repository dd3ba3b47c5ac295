//! A time and how far another may lie from it -> the times that do.

use super::parameter::Parameter;
use super::subject::Subject;
use crate::model::Truth;
use crate::syntax::tree::{Comparison, FirstDay, Side};
use crate::time::{Calendar, Date, Instant, Length, Zone};

/// On one side of another time, and so far from it: counted from that time, by the clock or in whole days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Apart {
    /// At most, for `within`.
    pub comparison: Comparison,
    pub length: Parameter<Length>,
    pub side: Side,
    pub other: Subject,
    /// Where it is reckoned in whole days.
    pub first_day: Option<FirstDay>,
    /// The calendar of the days that are passed over, by its place.
    pub calendar: Option<usize>,
}

/// The times within a length of another: from a first second to a last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    pub first: Instant,
    pub last: Instant,
    /// Whether nobody can say which days the calendar passes over, so that the last may be later.
    pub may_be_longer: bool,
}

impl Apart {
    /// The times that lie on that side of another and no further from it.
    pub fn reach(&self, other: Instant, zone: &Zone, calendar: Option<&Calendar>) -> Reach {
        let (length, day) = (*self.length, zone.date(other));
        let days = |first: Date, last: Date| (zone.day_start(first), zone.day_end(last));
        let (first, last) = match (self.side, self.first_day) {
            (Side::Before, None) => (zone.before(other, length), other),
            (Side::Before, Some(first)) => days(day.days_back(length, first == FirstDay::Counted), day),
            (Side::After, None) => {
                (other, calendar.map_or_else(|| zone.after(other, length), |known| known.after(zone, other, length)))
            }
            (Side::After, Some(first)) => {
                let counted = first == FirstDay::Counted;
                let last =
                    calendar.map_or_else(|| day.days_on(length, counted), |known| known.days_on(day, length, counted));
                days(day, last)
            }
        };
        let may_be_longer = calendar.is_some_and(|known| !known.covers(day, zone.date(last)));
        Reach { first, last, may_be_longer }
    }

    /// How a time compares with what is within reach.
    pub(super) fn compared(&self, time: Instant, reach: Reach) -> Truth {
        let Reach { first, last, may_be_longer } = reach;
        match self.side {
            Side::After if time < first => Truth::No,
            Side::Before if time > last => Truth::No,
            // The later the last second, the smaller its number here, so that a longer length is the greater.
            Side::After => {
                let latest = if may_be_longer { Instant::MAX } else { last };
                self.comparison.between((-latest.0, -last.0), -time.0)
            }
            Side::Before => self.comparison.between((first.0, first.0), time.0),
        }
    }

    /// The same question asked of the other time, where each length is as long back as on.
    #[must_use]
    pub fn mirrored(self, of: Subject) -> Self {
        let side = match self.side {
            Side::Before => Side::After,
            Side::After => Side::Before,
        };
        Self { side, other: of, calendar: None, ..self }
    }
}
