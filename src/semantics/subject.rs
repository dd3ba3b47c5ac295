//! What a test asks about: a fact of the call, a field of a record, or what a link leads to.

use crate::model::{FactId, FieldId, RecordId};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    Fact(FactId),
    /// The time of the call.
    CallTime,
    Field(FieldId),
    /// The time of the record.
    RecordTime,
    /// A field of the record that a link leads to.
    Through {
        link: FieldId,
        record: RecordId,
        field: FieldId,
    },
    /// The record itself, for whether it is in force.
    Record(RecordId),
    /// The record that a link leads to.
    Linked {
        link: FieldId,
        record: RecordId,
    },
}
