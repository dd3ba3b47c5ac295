//! Policy + rule -> cases on and beside every edge of the rule, each decided as the policy now is.

mod asked;
mod effort;
mod in_yaml;
mod ways;
mod moves;
mod posed;
mod write;

pub(super) use asked::RulePredicates;
pub(super) use effort::{Cut, Effort};
pub(super) use moves::MoveKind;
pub(super) use posed::{Posed, Subject};
pub(super) use write::test_body;
pub use write::{Boundaries, BoundaryFile, Unposed, boundaries};
