//! One row of a table, as an event in the words of the vocabulary.

use crate::values::Values;
use heedful::model::{OutcomeId, RecordId};
use heedful::time::{Instant, Stamp};

/// Something that happened, as one row of a table told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastEvent {
    pub id: String,
    /// When it happened.
    pub at: Stamp,
    /// When what the row says came to be known; never before it happened.
    pub known: Instant,
    /// The record that it is for later calls: its kind, and the values of its fields.
    pub record: Option<(RecordId, Values)>,
    /// The call, where it is one to decide.
    pub call: Option<CallEvent>,
}

/// A call to decide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallEvent {
    /// The values of its facts.
    pub facts: Values,
    /// Its whole case as JSON, where it came with that, so that nothing is to be gathered.
    pub whole: Option<String>,
    /// What the control room gave it, as an [`AnswerColumn`](crate::AnswerColumn) has it.
    pub given: Vec<(OutcomeId, u64)>,
}
