//! What is recorded of a case -> whether it is restricted: a decision of it says so.

use crate::recording::decision_in;
use heedful_record::{EntryKind, StoredEntry};
use serde_json::Value;
use std::str::FromStr;

/// What a decision says where the record of its case is restricted, as where a suspect is a police officer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restricted {
    /// The name of an outcome.
    pub outcome: String,
    /// The value that it has then.
    pub value: String,
}

impl FromStr for Restricted {
    type Err = String;

    /// `record-access=restricted`.
    fn from_str(words: &str) -> Result<Self, String> {
        match words.split_once('=').map(|(outcome, value)| (outcome.trim(), value.trim())) {
            Some((outcome, value)) if !outcome.is_empty() && !value.is_empty() => {
                Ok(Self { outcome: outcome.to_owned(), value: value.to_owned() })
            }
            _ => Err("write the outcome and its value as `record-access=restricted`".to_owned()),
        }
    }
}

impl Restricted {
    /// Whether the outcome of a decision says it.
    fn is_said_by(&self, outcome: &Value) -> bool {
        match outcome.get(&self.outcome) {
            Some(Value::String(value)) => *value == self.value,
            Some(Value::Array(values)) => values.iter().any(|value| *value == self.value.as_str()),
            _ => false,
        }
    }
}

/// Whether one decision among what is recorded of a case says that it is restricted. One that cannot be read counts as if it did.
pub(crate) fn is_restricted(entries: &[StoredEntry], marks: &[Restricted]) -> bool {
    let decisions = entries.iter().filter(|entry| entry.kind() == Some(EntryKind::Decision));
    decisions.filter_map(|entry| entry.content.as_deref()).any(|content| {
        let decision = decision_in(content).and_then(|decision| serde_json::from_str::<Value>(&decision).ok());
        let outcome = decision.as_ref().and_then(|decision| decision.get("outcome"));
        !marks.is_empty() && outcome.is_none_or(|outcome| marks.iter().any(|mark| mark.is_said_by(outcome)))
    })
}
