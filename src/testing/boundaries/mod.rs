//! Policy + rule -> cases on and beside every edge of the rule, each decided as the policy now is.

mod asked;
mod sketch;
mod values;
mod solve;
mod moves;
mod posed;
mod write;

pub(super) use asked::Asked;
pub(super) use moves::edges;
pub(super) use posed::{Posed, pose};
pub(super) use sketch::{Sketch, Val, When};
pub(super) use write::test_in_yaml;
pub use write::{BoundaryFile, boundaries};
