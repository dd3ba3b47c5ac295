//! Policies + tests -> what the tests have seen of each condition, setting and rule, and what of it they expect.
//!
//! A condition is to be seen true, false and unknown; a setting on both sides of its threshold; a rule deciding the
//! outcome, which without it would be lower. It counts when a test that saw it expects something of a rule for which it matters.

mod spots;
mod tally;
mod show;

pub use show::{html, lcov, terminal, verdict};
pub use tally::{Coverage, Goal, GoalSubject, Sight, coverage};
