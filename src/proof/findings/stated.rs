//! An invariant that is neither proved nor broken: `not-settled`.
//!
//! Of every invariant it is proved that no call breaks it, or a call is found that does. That call is an error, `invariant-broken`: what a policy
//! states of every decision is not so. Where neither succeeds, the warning says why. Each case that is decided in a test is held to the invariant all the same.
//!
//! What nobody proved may be so or not. The page that is signed states it.
//!
//! ```heed
//! invariant very-many-calls "Very many calls"
//!   whenever at least 70 calls by the same caller within 28 days, counting this one
//!   then grade at least immediate
//!   source "Local policy"
//! ```
//!
//! State it so that it can be proved, and let a rule see to it:
//!
//! ```heed
//! rule very-many-calls "Very many calls"
//!   when at least 70 calls by the same caller within 28 days, counting this one
//!   then grade at least immediate
//!   because "There are very many calls"
//!   source "Local policy"
//!
//! invariant very-many-calls-at-once "Very many calls"
//!   whenever at least 70 calls by the same caller within 28 days, counting this one
//!   then grade at least immediate
//!   source "Local policy"
//! ```

use super::super::invariants::prove_invariants;
use crate::engine::Snapshot;
use crate::text::Diagnostic;

/// What there is to tell of what a policy and its bases state.
pub(super) fn stated(policy: &Snapshot) -> Vec<(String, Diagnostic)> {
    let stated = policy.policy().invariants.iter().zip(prove_invariants(policy, false));
    let problem = |(invariant, proof): (&crate::check::Invariant, super::super::invariants::InvariantProof)| {
        let name = &proof.name;
        let of = format!("`{}` states it by: {}", invariant.policy, invariant.sources.join("; "));
        if let Some(call) = &proof.broken {
            let message = format!("a call breaks `{name}` in `{}`", policy.name());
            let call = call.on_one_line(policy);
            return Some(Diagnostic::error("invariant-broken", invariant.at, message).help(call).help(of));
        }
        let why = proof.not_settled.first()?;
        let message = format!("it is not settled whether a call breaks `{name}` in `{}`", policy.name());
        Some(Diagnostic::warning("not-settled", invariant.at, message).help(why.clone()))
    };
    stated.filter_map(|it| Some((it.0.name.clone(), problem(it)?))).collect()
}
