//! Conditions -> gates of a solver, in three values: for any history there can be, or for one of so many records.

mod row;
mod history;
mod terms;
mod var;
mod counted;
mod question;
mod value;
mod tests;
mod free;
mod members;
mod last;
mod counts;
mod sums;
mod follow;
mod trend;
mod ways;

pub(super) use history::History;
pub(super) use row::{Row, Spot};
pub(super) use terms::Encoder;
pub(super) use var::{Holds, ValueVar};
pub(super) use ways::Way;
