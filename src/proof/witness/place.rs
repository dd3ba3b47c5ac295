//! A sketch -> the places of its values, to look at them and to change them.

use super::sketch::{Sketch, Val};
use crate::model::{FactId, Field, FieldId, RecordId, Vocabulary};

/// Where a value of a sketch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SketchPlace {
    /// A fact of the call.
    Fact(FactId),
    /// A field of a record.
    Field {
        /// The kind of record.
        kind: RecordId,
        /// The place of the record in its list.
        index: usize,
        /// The field.
        field: FieldId,
    },
}

impl SketchPlace {
    /// Every place of a sketch that holds a value: the call's, then those of each list.
    pub fn all(sketch: &Sketch) -> Vec<Self> {
        let facts = sketch.call.keys().map(|fact| Self::Fact(*fact));
        let lists = (0..).map(RecordId).zip(&sketch.lists);
        let records = lists.flat_map(|(kind, list)| {
            list.iter().flatten().enumerate().flat_map(move |(index, record)| {
                record.fields.keys().map(move |field| Self::Field { kind, index, field: *field })
            })
        });
        facts.chain(records).collect()
    }

    /// What is declared of it.
    pub fn declared(self, vocabulary: &Vocabulary) -> Option<&Field> {
        match self {
            Self::Fact(fact) => vocabulary.call.get(fact.index()),
            Self::Field { kind, field, .. } => vocabulary.records.get(kind.index())?.fields.get(field.index()),
        }
    }

    /// The value there; none where nothing was put down.
    pub fn get(self, sketch: &Sketch) -> Option<&Val> {
        match self {
            Self::Fact(fact) => sketch.call.get(&fact),
            Self::Field { kind, index, field } => sketch.record(kind, index)?.fields.get(&field),
        }
    }

    /// Puts a value there.
    pub fn set(self, sketch: &mut Sketch, value: Val) {
        match self {
            Self::Fact(fact) => {
                sketch.call.insert(fact, value);
            }
            Self::Field { kind, index, field } => {
                if let Some(record) = sketch.record_mut(kind, index) {
                    record.fields.insert(field, value);
                }
            }
        }
    }

    /// Takes away what was put down there, so that it is not known.
    pub fn clear(self, sketch: &mut Sketch) {
        match self {
            Self::Fact(fact) => {
                sketch.call.remove(&fact);
            }
            Self::Field { kind, index, field } => {
                if let Some(record) = sketch.record_mut(kind, index) {
                    record.fields.remove(&field);
                }
            }
        }
    }
}
