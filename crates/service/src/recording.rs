//! A decision -> its entry in the record, and what becomes of it when it cannot be recorded.

use heedful::engine::{Snapshot, VERSION};
use heedful::live::Generation;
use heedful::time::Instant;
use heedful::wire::{Reading, UnknownKeys, UnknownValues};
use heedful_record::{
    Beside, CaseKey, EntryKind, KeptEvent, NewEntry, RecordError, RecordQueue, RecordStore, Recorded, VerifyKey,
};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What becomes of a decision that cannot be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenNotRecorded {
    /// It is given all the same and says that it is not recorded: a call does not wait for a disk.
    Answer,
    /// It is not given: the answer says that it could not be recorded.
    Refuse,
}

/// Where decisions are recorded.
pub struct Recording {
    pub store: RecordStore,
    pub queue: RecordQueue,
    /// By what anybody checks it.
    pub key: VerifyKey,
    pub when_not_recorded: WhenNotRecorded,
    /// Whether the last entry that was to be recorded was.
    is_well: AtomicBool,
    not_recorded: AtomicU64,
}

/// What was decided, by what and how: all from which it can be decided again.
pub(crate) struct DecisionMade<'a> {
    /// The case as it was received, or gathered.
    pub(crate) received: &'a str,
    pub(crate) policy: &'a Snapshot,
    pub(crate) generation: &'a Generation,
    pub(crate) explained: bool,
    /// How the case was read.
    pub(crate) reading: Reading<'a>,
    /// The decision as it is answered, in one line.
    pub(crate) decision: &'a str,
}

impl DecisionMade<'_> {
    /// Its part of the content of an entry, as `heedful record replay` reads it.
    pub(crate) fn content(&self) -> Value {
        json!({
            "policy": self.policy.name(),
            // The digest of its bytes, by which its files are kept.
            "generation": self.generation.bytes(),
            "engine": VERSION,
            "explained": self.explained,
            // Whether what the vocabulary does not have was left out; else it is refused.
            "lenient": {
                "keys": self.reading.unknown_keys == UnknownKeys::Warn,
                "values": self.reading.unknown_values == UnknownValues::Warn,
            },
            "received": self.received,
            "decision": self.decision,
        })
    }
}

/// What is recorded of a decision.
pub(crate) struct DecisionEntry<'a> {
    pub(crate) case: &'a str,
    pub(crate) made: DecisionMade<'a>,
    pub(crate) body: [u8; 32],
    pub(crate) at: Instant,
    pub(crate) at_words: &'a str,
    /// Where the history was gathered here, the kinds of record of which not all was here.
    pub(crate) not_whole: Option<&'a [String]>,
}

impl Recording {
    pub fn new(store: RecordStore, queue: RecordQueue, key: VerifyKey, when_not_recorded: WhenNotRecorded) -> Self {
        let (is_well, not_recorded) = (AtomicBool::new(true), AtomicU64::new(0));
        Self { store, queue, key, when_not_recorded, is_well, not_recorded }
    }

    /// Whether the last entry could be recorded.
    pub fn is_well(&self) -> bool {
        self.is_well.load(Ordering::Relaxed)
    }

    /// How many decisions were given without a record of them.
    pub fn not_recorded(&self) -> u64 {
        self.not_recorded.load(Ordering::Relaxed)
    }

    /// Notes that a decision was given without a record of it.
    pub(crate) fn note_unrecorded(&self) {
        self.not_recorded.fetch_add(1, Ordering::Relaxed);
    }

    /// What was recorded for the same body of the same case.
    pub(crate) async fn decided(&self, case: &str, body: &[u8; 32]) -> Result<Option<Recorded>, Arc<RecordError>> {
        self.store.decided(case, body).await.map_err(Arc::new)
    }

    /// Records a decision, with what is kept beside it; the answer comes once it is on the disk.
    pub(crate) async fn decision(
        &self,
        entry: &DecisionEntry<'_>,
        beside: Beside,
    ) -> Result<Recorded, Arc<RecordError>> {
        let mut content = json!({"case": entry.case, "at": entry.at_words});
        if let (Some(content), Value::Object(made)) = (content.as_object_mut(), entry.made.content()) {
            content.extend(made);
            if let Some(not_whole) = entry.not_whole {
                content.insert("history".to_owned(), json!("kept"));
                content.insert("not_whole".to_owned(), json!(not_whole));
            }
        }
        let case = Some(CaseKey { id: entry.case.to_owned(), body: Some(entry.body) });
        let entry = NewEntry { kind: EntryKind::Decision, at: entry.at, content: content.to_string(), case };
        self.record_with(entry, beside).await
    }

    /// Keeps what happened.
    pub(crate) async fn keep(&self, events: Vec<KeptEvent>) -> Result<(), Arc<RecordError>> {
        self.noted(self.queue.keep(events).await)
    }

    /// Records something with what is kept beside it.
    pub(crate) async fn record_with(&self, entry: NewEntry, beside: Beside) -> Result<Recorded, Arc<RecordError>> {
        self.noted(self.queue.record_with(entry, beside).await)
    }

    /// Records something else.
    pub(crate) async fn record(
        &self,
        kind: EntryKind,
        at: Instant,
        content: &Value,
        case: Option<CaseKey>,
    ) -> Result<Recorded, Arc<RecordError>> {
        let entry = NewEntry { kind, at, content: content.to_string(), case };
        self.noted(self.queue.record(entry).await)
    }

    /// Notes whether something could be recorded.
    pub(crate) fn noted<T>(&self, done: Result<T, Arc<RecordError>>) -> Result<T, Arc<RecordError>> {
        let was_well = self.is_well.swap(done.is_ok(), Ordering::Relaxed);
        if let Err(error) = &done {
            if was_well {
                tracing::error!(%error, "decisions cannot be recorded");
            }
        } else if !was_well {
            tracing::info!("decisions are recorded again");
        }
        done
    }
}

/// The decision in what was recorded, as it was answered.
pub(crate) fn decision_in(content: &str) -> Option<String> {
    let content: std::collections::BTreeMap<String, Box<RawValue>> = serde_json::from_str(content).ok()?;
    serde_json::from_str(content.get("decision")?.get()).ok()
}
