//! A question that was put to a value which may be anything.

use crate::semantics::Predicate;

/// A question, and whether its answer is never open where the value is known.
#[derive(Clone, Debug)]
pub(in crate::proof) struct Question {
    pub(super) predicate: Predicate,
    pub(super) is_settled: bool,
}
