//! When the outcome changes if nothing else is learnt, and what it becomes.

use super::answer;
use super::run::{HORIZON, Run};
use crate::check::Policy;
use crate::compile::Program;
use crate::model::{Case, Outcomes, Until};
use crate::time::Instant;

/// How many moments are looked at before giving up: more would make one decision take too long.
const MAX_STEPS: usize = 256;

/// How many records are looked at again in all, over those moments.
const MAX_RECORDS: usize = 4_000_000;

/// Every change of the certain outcome within the horizon, and whether there were too many moments to look at.
/// `next` is the first moment at which something may change.
pub(super) fn until(
    policy: &Policy,
    program: &Program,
    case: &Case,
    outcome: &Outcomes,
    next: Instant,
) -> (Vec<Until>, bool) {
    let last = case.at.plus_seconds(HORIZON);
    let mut changes: Vec<Until> = Vec::new();
    let mut current = outcome.clone();
    let mut at = next;
    for _ in 0..MAX_STEPS.min(MAX_RECORDS / (case.record_count() + 1)) {
        if at > last {
            return (changes, false);
        }
        let run = Run::new(policy, program, case, at);
        let then = answer(&run).outcome;
        if then != current {
            changes.push(Until { at, outcome: then.clone() });
            current = then;
        }
        at = run.next_change();
    }
    (changes, true)
}
