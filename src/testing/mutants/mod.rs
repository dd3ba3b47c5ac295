//! Policies + tests -> would the tests notice if a rule were wrong in one small way?

mod edit;
mod items;
mod search;
mod mutation_run;
mod show;

pub use mutation_run::{Mutant, MutantStatus, MutationRun, hunt};
pub use show::{report, verdicts};
