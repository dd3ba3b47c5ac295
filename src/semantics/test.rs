//! One question to one value: what is asked about, and the predicate.

use super::predicates::Predicate;
use super::subject::Subject;

/// One question to one value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Test {
    pub subject: Subject,
    pub predicate: Predicate,
}
