//! Whose values a condition is about.

use crate::compile::SelectionId;
use crate::model::{FactId, FieldId, RecordId};

/// What stands for a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::proof) enum Row {
    /// The call alone: no record.
    Call,
    /// The call in the place of a record of its own kind.
    ThisCall,
    /// Any record of a kind.
    Any(RecordId),
    /// One of those that the latest, or the first, of a selection may be.
    Last { kind: RecordId, of: SelectionId, first: bool },
    /// One of the records of a history that holds so many, the newest first.
    Slot(RecordId, usize),
}

/// Where in a row a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::proof) enum Spot {
    Fact(FactId),
    Field(FieldId),
    Time,
    /// A field of the record that a fact or a field leads to, where it is not known which record that is.
    Far {
        link: Link,
        record: RecordId,
        field: FieldId,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::proof) enum Link {
    Fact(FactId),
    Field(FieldId),
}

impl Row {
    pub(in crate::proof) fn kind(self) -> Option<RecordId> {
        match self {
            Self::Call | Self::ThisCall => None,
            Self::Any(kind) | Self::Last { kind, .. } | Self::Slot(kind, _) => Some(kind),
        }
    }
}
