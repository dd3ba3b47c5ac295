//! Policies + tests -> what the tests have seen of each condition, setting and rule.
//!
//! A condition is to be seen true, false and unknown; a setting on both sides of its threshold; a rule deciding the
//! outcome, which without it would be lower.

mod spots;
mod tally;
mod show;

pub use show::{html, lcov, terminal, verdict};
pub use tally::{Coverage, coverage};
