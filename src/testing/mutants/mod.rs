//! Policies + tests -> would the tests notice if a rule were wrong in one small way?

mod edit;
mod items;
mod prove;
mod search;
mod hunt;
mod show;

pub use hunt::{Fate, Hunt, Mutant, hunt};
pub use show::{report, verdicts};
