//! One question to one value: what is asked about, and the predicate.

use super::predicates::{Predicate, Same};
use super::subject::Subject;
use crate::model::LinkTo;

/// One question to one value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Test {
    pub subject: Subject,
    pub predicate: Predicate,
}

impl Test {
    /// What a record that passes shares with the call, where that is asked.
    pub fn link_to_call(&self) -> Option<LinkTo> {
        let Predicate::Same(Same { fact, not: false }) = self.predicate else { return None };
        match self.subject {
            Subject::Field(field) => Some(LinkTo::Fact { field, fact }),
            Subject::Through { link, record, field } => Some(LinkTo::Through { link, record, field, fact }),
            Subject::Fact(_)
            | Subject::CallTime
            | Subject::RecordTime
            | Subject::Record(_)
            | Subject::Linked { .. } => None,
        }
    }
}
