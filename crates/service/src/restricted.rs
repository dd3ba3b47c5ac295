//! What is recorded of a case -> whether it is restricted: a decision of it says so.

use crate::recording::decision_in;
use heedful::time::{Instant, Zone};
use heedful_record::{EntryKind, RecordError, RecordStore, StoredEntry};
use serde_json::{Value, json};
use std::collections::BTreeSet;
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

/// Whether a decision that was recorded says that its case is restricted. One that cannot be read counts as if it did.
fn is_restricting(entry: &StoredEntry, marks: &[Restricted]) -> bool {
    let Some(content) = entry.content.as_deref().filter(|_| !marks.is_empty()) else { return false };
    let is_decision = match entry.kind() {
        Some(EntryKind::Decision) => true,
        // What was due is recorded also where it could not be decided again.
        Some(EntryKind::Due) => !content.contains("\"not_decided\":"),
        _ => false,
    };
    let decision = || decision_in(content).and_then(|decision| serde_json::from_str::<Value>(&decision).ok());
    is_decision
        && decision().is_none_or(|decision| {
            decision.get("outcome").is_none_or(|outcome| marks.iter().any(|mark| mark.is_said_by(outcome)))
        })
}

/// Those of some cases that are restricted: one decision among what is recorded of a case is enough.
pub(crate) async fn restricted_among(
    store: &RecordStore,
    marks: &[Restricted],
    cases: BTreeSet<String>,
) -> Result<BTreeSet<String>, RecordError> {
    if marks.is_empty() {
        return Ok(BTreeSet::new());
    }
    let entries = store.entries_of_cases(&Vec::from_iter(cases)).await?;
    Ok(entries.into_iter().filter(|(_, entry)| is_restricting(entry, marks)).map(|(case, _)| case).collect())
}

/// A decision by which its case is restricted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restricting {
    pub place: u64,
    /// The id of the case; none where what is recorded cannot be read.
    pub case: Option<String>,
    /// When it was recorded.
    pub at: Option<Instant>,
}

/// The decisions by which cases are restricted, in a stretch of the record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RestrictedList {
    pub found: Vec<Restricting>,
    /// The place from which on to go on.
    pub next: u64,
    /// Whether there may be more from there on.
    pub has_more: bool,
}

impl RestrictedList {
    /// Goes through so many entries at most, from a place on.
    ///
    /// # Errors
    /// The record cannot be read.
    pub async fn read(store: &RecordStore, marks: &[Restricted], since: u64, most: u64) -> Result<Self, RecordError> {
        let mut list = Self { next: since, ..Self::default() };
        let end = since.saturating_add(most);
        while list.next < end {
            let page = store.entries(list.next, PAGE.min(end - list.next)).await?;
            let Some(last) = page.last() else { return Ok(list) };
            list.next = last.place + 1;
            let restricting = page.iter().filter(|entry| is_restricting(entry, marks));
            list.found.extend(restricting.map(|entry| Restricting {
                place: entry.place,
                case: content_of(entry.content.as_deref()).and_then(|content| NamedCases::of(&content).own),
                at: entry.at(),
            }));
        }
        list.has_more = store.head().await?.size > list.next;
        Ok(list)
    }

    /// The decisions with their cases, as JSON.
    pub fn json(&self) -> Value {
        let found = self.found.iter().map(
            |found| json!({"case": found.case, "place": found.place, "at": found.at.map(|at| Zone::utc().format(at))}),
        );
        found.collect()
    }

    /// The places of the decisions, for the record of who looked at them.
    pub fn places(&self) -> Vec<u64> {
        self.found.iter().map(|found| found.place).collect()
    }
}

/// How many entries are read at a time.
const PAGE: u64 = 1_000;

/// What is recorded, as it was stored; none where it was erased.
pub(crate) fn content_of(stored: Option<&str>) -> Option<Value> {
    stored.and_then(|content| serde_json::from_str(content).ok())
}

/// The cases that what is recorded names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct NamedCases {
    /// The one that it is about.
    pub(crate) own: Option<String>,
    /// The ids of all records in the history that it was decided with; those of earlier calls are those of their cases.
    pub(crate) history: BTreeSet<String>,
}

impl NamedCases {
    /// Those that a content names.
    pub(crate) fn of(content: &Value) -> Self {
        let received = content.get("received").and_then(Value::as_str);
        let received: Option<Value> = received.and_then(|received| serde_json::from_str(received).ok());
        let mut history = BTreeSet::new();
        if let Some(told) = received.as_ref().and_then(|received| received.get("history")) {
            ids_in(told, &mut history);
        }
        Self { own: content.get("case").and_then(Value::as_str).map(str::to_owned), history }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &String> {
        self.own.iter().chain(&self.history)
    }
}

fn ids_in(value: &Value, ids: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| ids_in(item, ids)),
        Value::Object(object) => {
            ids.extend(object.get("id").and_then(Value::as_str).map(str::to_owned));
            object.values().for_each(|value| ids_in(value, ids));
        }
        _ => {}
    }
}
