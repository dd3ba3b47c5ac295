//! Two policies, or a claim about one -> proved for every call there can be, or a call that shows otherwise.

mod ask;
mod asked;
mod values;
#[cfg(feature = "internals")]
pub mod certificate;
#[cfg(not(feature = "internals"))]
mod certificate;
#[cfg(feature = "internals")]
pub mod solver;
#[cfg(not(feature = "internals"))]
mod solver;
#[cfg(feature = "internals")]
pub mod gates;
#[cfg(not(feature = "internals"))]
mod gates;
mod tri;
mod encode;
mod realise;
mod rules;
mod literals;
mod together;
mod goal;
mod moments;
mod search;
mod comparison;
mod compare;
mod base;
mod alike;
mod cases;
mod invariants;
mod shown;
mod compared;
mod policy;
mod findings;
pub mod witness;

pub use alike::{is_alike, told_apart};
pub(crate) use asked::{AskedByRule, Place};
pub use base::{AllowedBy, BaseProof, prove_against_base, under_words_of};
pub(crate) use cases::{Wish, cases};
pub use certificate::Certificate;
pub use compare::{Reading, compare, compare_rules, gives_as_much};
pub use compared::{Certified, Compared, Finding, Standing};
pub use comparison::{
    CertifiedRule, Comparison, Difference, NotSettled, PartComparison, RuleVerdict, Together, Verdict,
};
pub use invariants::{InvariantProof, prove_invariants};
pub use policy::{PolicyProof, compare_with_base, prove_policy};
pub(crate) use search::Unsettled;
pub use shown::{Became, DifferentSetting, Shown, ShownPart};
