//! One row of a table, as an event in the words of the vocabulary.

use heedful::model::{FactId, FieldId, OutcomeId, RecordId};
use heedful::time::Instant;

/// Something that happened, as one row of a table told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastEvent {
    pub id: String,
    /// When it happened.
    pub at: Instant,
    /// When what the row says came to be known; never before it happened.
    pub known: Instant,
    /// The record that it is for later calls: its kind, and its JSON as it stands in a history.
    pub record: Option<(RecordId, String)>,
    /// Who and what its fields name: identities, and ids of other records.
    pub names: Vec<(FieldId, String)>,
    /// The call, where it is one to decide.
    pub call: Option<CallEvent>,
}

/// A call to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallEvent {
    /// Its JSON as it stands in a case.
    pub json: String,
    /// Who and what its facts name. A fact that is not known is left out; one that is known to be nobody has an empty list.
    pub names: Vec<(FactId, Vec<String>)>,
    /// What the control room gave it, as an [`AnswerColumn`](crate::AnswerColumn) has it.
    pub given: Vec<(OutcomeId, u64)>,
    /// The record that its decision is for later calls, where they can look at it.
    pub decision: Option<DecisionEvent>,
}

/// The record that a decision is for later calls, as far as it is known before the call is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionEvent {
    pub kind: RecordId,
    pub id: String,
    /// Its JSON up to what the decision says, which is still open.
    pub json: String,
    /// Who and what its fields name.
    pub names: Vec<(FieldId, String)>,
}
