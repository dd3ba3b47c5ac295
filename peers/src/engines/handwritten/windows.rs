//! The spans of the rules as instants, once for each call.

use crate::generate::{DAY, HOUR};

#[derive(Clone, Copy)]
pub struct Windows {
    pub hour: i64,
    pub day: i64,
    pub week: i64,
    pub days28: i64,
    pub days30: i64,
    pub days90: i64,
    pub year: i64,
    pub two_years: i64,
}

/// How long after a breach a call still follows it.
pub const FOLLOWED: i64 = 7 * DAY;

impl Windows {
    pub fn before(now: i64) -> Self {
        Self {
            hour: now - HOUR,
            day: now - 24 * HOUR,
            week: now - 7 * DAY,
            days28: now - 28 * DAY,
            days30: now - 30 * DAY,
            days90: now - 90 * DAY,
            year: now - 365 * DAY,
            two_years: now - 730 * DAY,
        }
    }
}
