//! A decision -> its entry in the record, and what becomes of it when it cannot be recorded.

use heedful::engine::{Snapshot, VERSION};
use heedful::live::Generation;
use heedful::time::Instant;
use heedful::wire::{Reading, UnknownKeys, UnknownValues};
use heedful_record::{
    Beside, CaseKey, EntryKind, HandedIn, KeptEvent, NewEntry, RecordError, RecordQueue, RecordStore, Recorded,
    VerifyKey, WaitingRoom,
};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// What becomes of a decision that cannot be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenNotRecorded {
    /// It is given all the same and waits to be recorded: a call does not wait for a disk. Where as much waits as may, it is given without
    /// a record.
    Answer,
    /// It is given and waits to be recorded. Where as much waits as may, it is not given.
    Queue,
    /// It is not given: the answer says that it could not be recorded.
    Refuse,
}

impl WhenNotRecorded {
    /// Its name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Queue => "queue",
            Self::Refuse => "refuse",
        }
    }
}

/// What became of the record of a decision that is given.
pub(crate) enum Kept {
    Recorded(Recorded),
    /// It waits to be recorded.
    Waits,
    /// Nothing is recorded of it.
    Not,
}

/// Where decisions are recorded.
pub struct Recording {
    pub store: RecordStore,
    pub queue: RecordQueue,
    /// By what anybody checks it.
    pub key: VerifyKey,
    pub when_not_recorded: WhenNotRecorded,
    /// Where decisions wait that could not be recorded.
    pub waiting: Arc<WaitingRoom>,
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
    pub fn new(
        store: RecordStore,
        queue: RecordQueue,
        key: VerifyKey,
        when_not_recorded: WhenNotRecorded,
        waiting: Arc<WaitingRoom>,
    ) -> Self {
        let (is_well, not_recorded) = (AtomicBool::new(true), AtomicU64::new(0));
        Self { store, queue, key, when_not_recorded, waiting, is_well, not_recorded }
    }

    /// Whether the store was reached, the last entry could be recorded, and none waits for that.
    pub fn is_well(&self) -> bool {
        if self.waiting.take_recorded() {
            let _ = self.noted(Ok(()));
        }
        self.store.is_open() && self.is_well.load(Ordering::Relaxed) && self.waiting.is_empty()
    }

    /// How many decisions were given without a record of them.
    pub fn not_recorded(&self) -> u64 {
        self.not_recorded.load(Ordering::Relaxed)
    }

    /// The decision of the same body of the same case that waits to be recorded.
    pub(crate) fn waiting(&self, case: &str, body: &[u8; 32]) -> Option<String> {
        self.waiting.content(case, body).as_deref().and_then(decision_in)
    }

    /// What was recorded before for the same body of the same case, which is answered as it was also while nothing can be recorded; none
    /// where that cannot be had in time.
    async fn known(&self, case: &str, body: &[u8; 32], patience: Duration) -> Option<Kept> {
        let known = tokio::time::timeout(patience, self.store.decided(case, body)).await.ok()?.ok()??;
        known.known.is_some().then_some(Kept::Recorded(known))
    }

    /// Records a decision, with what is kept beside it; the answer comes once it is on the disk. Where that cannot be done, or not in
    /// time, it waits, or is not given, as the force chose.
    pub(crate) async fn decision(
        &self,
        made: &DecisionEntry<'_>,
        beside: Beside,
        patience: Duration,
    ) -> Result<Kept, Arc<RecordError>> {
        let mut content = json!({"case": made.case, "at": made.at_words});
        if let (Some(content), Value::Object(own)) = (content.as_object_mut(), made.made.content()) {
            content.extend(own);
            if let Some(not_whole) = made.not_whole {
                content.insert("history".to_owned(), json!("kept"));
                content.insert("not_whole".to_owned(), json!(not_whole));
            }
        }
        let case = Some(CaseKey { id: made.case.to_owned(), body: Some(made.body) });
        let entry = NewEntry { kind: EntryKind::Decision, at: made.at, content: content.to_string(), case };
        let (id, body) = (made.case, &made.body);
        if self.when_not_recorded == WhenNotRecorded::Refuse {
            return match self.record_with(entry, beside).await {
                Ok(recorded) => Ok(Kept::Recorded(recorded)),
                Err(error) => self.known(id, body, patience).await.ok_or(error),
            };
        }
        // What waits is recorded first, so that the decisions of a case stand in their order.
        let mut was_away = false;
        if self.waiting.is_empty() {
            let recording = self.queue.record_with(entry.clone(), beside.clone());
            let recorded = tokio::time::timeout(patience, recording).await;
            match self.noted(recorded.unwrap_or_else(|_| Err(Arc::new(RecordError::TooSlow)))) {
                Ok(recorded) => return Ok(Kept::Recorded(recorded)),
                Err(_) => was_away = true,
            }
        }
        // A file can be read while it cannot be written; a database that is away would be waited for again and again.
        if (was_away || !self.store.is_shared())
            && let Some(known) = self.known(id, body, patience).await
        {
            return Ok(known);
        }
        match self.waiting.hand_in(entry, beside, was_away, patience).await {
            HandedIn::Recorded(recorded) => self.noted(Ok(Kept::Recorded(recorded))),
            HandedIn::Waits { .. } => Ok(Kept::Waits),
            HandedIn::NoRoom if self.when_not_recorded == WhenNotRecorded::Queue => Err(Arc::new(RecordError::Full)),
            HandedIn::NoRoom => {
                self.not_recorded.fetch_add(1, Ordering::Relaxed);
                Ok(Kept::Not)
            }
        }
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
