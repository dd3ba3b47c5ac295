//! text -> Instant, Length, Zone, Calendar: the only stage that knows the time library.
//!
//! Times are whole seconds. Minutes and hours are exact; days and longer are steps on a calendar in a zone.

mod calendar;
mod duration;
mod instant;
mod length;
mod rfc3339;
mod span_cache;
mod zone;
mod longest;
mod local;
mod spoken;

pub use calendar::Calendar;
pub use duration::{format_duration, parse_duration};
pub use instant::{Instant, Stamp};
pub use length::{Length, Unit};
pub use local::{LocalTime, check_format};
pub use span_cache::{FarEnd, SpanCache, Starts};
pub use zone::{Date, TimeOfDay, Weekday, Weekdays, Zone};
