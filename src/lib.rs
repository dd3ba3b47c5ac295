//! heedful: escalation rules for police control rooms, in a language that a policy lead can read aloud.
//!
//! From the texts of a policy to a decision:
//!
//! ```
//! use heedful::engine::{Input, load};
//! use heedful::model::OutcomeValue;
//! use heedful::wire::case_from_json;
//!
//! # let vocabulary = "vocabulary \"v\"\n\ncall\n  fact urgent: yes or no\n\noutcome grade: highest of low and high\n  written as \"grade at least\"\n";
//! # let rules = "policy \"Northmoor\"\n  vocabulary \"v\"\n  time zone Europe/London\n\nrule urgent-call\n  when urgent is yes\n  then grade at least high\n  because \"It is urgent\"\n  source \"an example\"\n";
//! // Every error of every text, with its place; or the policy, which owns itself and can be shared among threads.
//! let policy = load(&[Input::new("v.heed", vocabulary), Input::new("northmoor.heed", rules)]).policy("Northmoor")?;
//!
//! let case = case_from_json(&policy, r#"{"call": {"id": "call-1", "at": "2026-03-14T22:00:00Z", "urgent": true}}"#)?;
//! let decision = policy.decide(&case);
//!
//! let grade = policy.vocabulary().outcome_value(&decision.outcome, "grade");
//! assert_eq!(grade, Some(OutcomeValue::One(Some("high"))));
//! assert_eq!(decision.fired[0].because, "It is urgent");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`engine::Snapshot::evaluator`] and [`wire::Reader`] use their memory again for the next case,
//! [`engine::Snapshot::decide_and_explain`] says what a decision rests on. The crate `heedful-live` loads folders and keeps a policy up to date
//! with its files. The modules below stand in the order of the data; those that most programs need are `engine`, `model`, `wire` and
//! `report`. The stages between text and decision are open only with the feature `internals`, for tests, benchmarks and fuzzing, and
//! may change from one version to the next.

// As other programs have it.
#![cfg_attr(
    not(feature = "internals"),
    warn(missing_docs),
    expect(unreachable_pub, reason = "the stages inside are open with `internals`")
)]

// The code that pest generates without `std` names it.
extern crate alloc;

/// A function that everybody may call with the feature `internals`, and this crate alone without it.
macro_rules! internal {
    ($(#[$attribute:meta])* $kind:ident $($rest:tt)*) => {
        #[cfg(feature = "internals")]
        $(#[$attribute])*
        pub $kind $($rest)*

        #[cfg(not(feature = "internals"))]
        $(#[$attribute])*
        pub(crate) $kind $($rest)*
    };
}

pub mod text;
pub mod time;
pub mod workers;
#[cfg(feature = "internals")]
pub mod syntax;
#[cfg(not(feature = "internals"))]
mod syntax;
pub mod model;
#[cfg(feature = "internals")]
pub mod semantics;
#[cfg(not(feature = "internals"))]
mod semantics;
#[cfg(feature = "internals")]
pub mod check;
#[cfg(not(feature = "internals"))]
mod check;
pub mod horizon;
pub mod explain;
#[cfg(feature = "internals")]
pub mod compile;
#[cfg(not(feature = "internals"))]
mod compile;
#[cfg(feature = "internals")]
pub mod eval;
#[cfg(not(feature = "internals"))]
mod eval;
#[cfg(feature = "internals")]
pub mod why;
#[cfg(not(feature = "internals"))]
mod why;
pub mod engine;
pub mod changes;
pub mod proof;
pub mod live;
pub mod wire;
pub mod report;
pub mod testing;
