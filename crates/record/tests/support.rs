//! A record in a folder, and entries for it.

use heedful::time::Instant;
use heedful_record::{
    CaseKey, EntryKind, NewEntry, OpenOptions, QueueLimits, RecordKey, RecordQueue, RecordStore, Recorder,
};
use std::sync::Arc;
use tempfile::TempDir;

pub(crate) struct Record {
    pub(crate) folder: TempDir,
    pub(crate) store: RecordStore,
    pub(crate) key: Arc<RecordKey>,
    pub(crate) queue: RecordQueue,
}

pub(crate) const NAME: &str = "heedful.example/record";

/// An empty record, and what records into it.
pub(crate) async fn record() -> Record {
    let folder = tempfile::tempdir().expect("a folder");
    let key = Arc::new(RecordKey::open(&folder.path().join("record.key"), NAME).expect("a key"));
    let store = open(&folder).await;
    let (queue, recorder) = Recorder::new(store.clone(), Arc::clone(&key), QueueLimits::default());
    tokio::spawn(recorder.run());
    Record { folder, store, key, queue }
}

pub(crate) async fn open(folder: &TempDir) -> RecordStore {
    let url = format!("sqlite:{}", folder.path().join("record.sqlite").display());
    RecordStore::open(&url, OpenOptions::default()).await.expect("a record")
}

/// A decision of a case on a body.
pub(crate) fn decision(case: &str, body: u8) -> NewEntry {
    NewEntry {
        kind: EntryKind::Decision,
        at: Instant(1_700_000_000),
        content: format!("{{\"case\":\"{case}\",\"body\":{body}}}"),
        case: Some(CaseKey { id: case.to_owned(), body: Some([body; 32]) }),
    }
}

/// Something that is recorded of a case beside its decision.
pub(crate) fn note(case: &str, content: &str) -> NewEntry {
    NewEntry {
        kind: EntryKind::HandlerGrade,
        at: Instant(1_700_000_060),
        content: content.to_owned(),
        case: Some(CaseKey { id: case.to_owned(), body: None }),
    }
}

impl Record {
    /// Records so many decisions, in several batches.
    pub(crate) async fn fill(&self, count: usize) {
        let tasks = (0..count).map(|number| {
            let queue = self.queue.clone();
            tokio::spawn(async move { queue.record(decision(&format!("call-{number}"), 1)).await })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.expect("it ends").expect("recorded");
        }
    }
}
