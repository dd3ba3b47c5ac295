//! Program + Case -> Explanation: the fewest facts that give the outcome, and the fewest changes that would raise it.
//!
//! Both are found by asking the evaluator about cases with less in them, or with something otherwise; nothing here has a
//! reckoning of its own of what a rule means.

mod standing;
mod enough;
mod hitting_set;
mod reach;
mod candidates;
mod shape;
mod turns;
mod miss;
mod say;
#[cfg(feature = "internals")]
mod ways;

#[cfg(feature = "internals")]
pub use enough::{Sufficient, sufficient, weight};
#[cfg(feature = "internals")]
pub use ways::{SingleChanges, Way, ways};

use crate::check::Policy;
use crate::compile::Program;
use crate::model::{Case, Explanation, OutcomeId};

/// Explains the certain outcome of a case from both sides.
pub fn explain(policy: &Policy, program: &Program, case: &Case) -> Explanation {
    let first = (!policy.vocabulary.outcomes.is_empty()).then_some(OutcomeId(0));
    let scopes = first.into_iter().map(Some).chain([None]);
    let (misses, misses_cut_short) = match first {
        Some(outcome) => miss::misses(policy, program, case, outcome),
        None => (Vec::new(), false),
    };
    Explanation {
        enough: scopes.map(|scope| enough::enough(policy, program, case, scope)).collect(),
        misses,
        misses_cut_short,
    }
}
