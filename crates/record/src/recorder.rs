//! Entries from many at once -> batches, each recorded in one transaction; whoever waits is told once it is on the disk.

use crate::entry::{Beside, NewEntry, Recorded};
use crate::event::KeptEvent;
use crate::key::RecordKey;
use crate::store::{RecordError, RecordStore};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// How much may wait to be recorded.
#[derive(Clone, Copy, Debug)]
pub struct QueueLimits {
    /// How many entries wait at most; more are refused.
    pub waiting: usize,
    /// How many are recorded in one transaction at most.
    pub batch: usize,
    /// How long one transaction may take before the store counts as gone: a connection that has died says nothing.
    pub patience: Duration,
}

impl Default for QueueLimits {
    fn default() -> Self {
        Self { waiting: 10_000, batch: 500, patience: Duration::from_secs(8) }
    }
}

struct Waiting {
    /// None where only what is beside it is kept.
    entry: Option<NewEntry>,
    beside: Beside,
    since: Instant,
    told: oneshot::Sender<Result<Recorded, Arc<RecordError>>>,
}

/// How long something may be in the queue and still be the latest of its case, whatever the clocks of servers say.
const AT_ONCE: Duration = Duration::from_secs(1);

/// Where entries are handed in. It can be cloned.
#[derive(Clone, Debug)]
pub struct RecordQueue {
    entries: mpsc::Sender<Waiting>,
}

/// What takes entries from the queue and records them.
pub struct Recorder {
    store: RecordStore,
    key: Arc<RecordKey>,
    limits: QueueLimits,
    entries: mpsc::Receiver<Waiting>,
}

impl RecordQueue {
    /// Records an entry. The answer comes once it is on the disk.
    ///
    /// # Errors
    /// It was not recorded; or nobody knows whether it was, since the store went away in the middle of it. To hand it in again
    /// does no harm: a decision of the same body is recorded once.
    pub async fn record(&self, entry: NewEntry) -> Result<Recorded, Arc<RecordError>> {
        self.record_with(entry, Beside::default()).await
    }

    /// The same, with what is kept beside the entry: all of it or nothing. Of an entry that was recorded before, or that tells of
    /// something that is no longer ahead, nothing is kept.
    ///
    /// # Errors
    /// As of [`RecordQueue::record`].
    pub async fn record_with(&self, entry: NewEntry, beside: Beside) -> Result<Recorded, Arc<RecordError>> {
        self.hand_in(Some(entry), beside).await
    }

    /// Keeps what happened, all of it or nothing. The answer comes once it is on the disk.
    ///
    /// # Errors
    /// It was not kept, or nobody knows whether it was.
    pub async fn keep(&self, events: Vec<KeptEvent>) -> Result<(), Arc<RecordError>> {
        self.hand_in(None, Beside { events, ..Beside::default() }).await.map(drop)
    }

    async fn hand_in(&self, entry: Option<NewEntry>, beside: Beside) -> Result<Recorded, Arc<RecordError>> {
        self.begin(entry, beside).ended().await
    }

    /// Hands something in, after what was handed in before.
    pub(crate) fn begin(&self, entry: Option<NewEntry>, beside: Beside) -> UnderWay {
        let (told, answer) = oneshot::channel();
        let handed_in =
            self.entries.try_send(Waiting { entry, beside, since: Instant::now(), told }).map_err(|error| {
                Arc::new(match error {
                    mpsc::error::TrySendError::Full(_) => RecordError::Full,
                    mpsc::error::TrySendError::Closed(_) => RecordError::Ended,
                })
            });
        UnderWay(handed_in.map(|()| answer))
    }

    /// How many more may be handed in now.
    pub fn room(&self) -> usize {
        self.entries.capacity()
    }
}

/// What was handed in.
pub(crate) struct UnderWay(Result<oneshot::Receiver<Result<Recorded, Arc<RecordError>>>, Arc<RecordError>>);

impl UnderWay {
    /// Waits until it is recorded.
    pub(crate) async fn ended(self) -> Result<Recorded, Arc<RecordError>> {
        self.0?.await.unwrap_or_else(|_| Err(Arc::new(RecordError::Ended)))
    }
}

impl Recorder {
    /// A queue, and what empties it.
    pub fn new(store: RecordStore, key: Arc<RecordKey>, limits: QueueLimits) -> (RecordQueue, Self) {
        let (sender, entries) = mpsc::channel(limits.waiting.max(1));
        (RecordQueue { entries: sender }, Self { store, key, limits, entries })
    }

    /// Records whatever is handed in, until every queue is gone and all of it is recorded. Whatever goes wrong with one batch, the
    /// next is tried.
    pub async fn run(mut self) {
        let mut edge = None;
        let mut batch = Vec::new();
        while self.entries.recv_many(&mut batch, self.limits.batch.max(1)).await > 0 {
            let handed_in = batch.drain(..).map(|Waiting { entry, mut beside, since, told }| {
                beside.waited |= since.elapsed() > AT_ONCE;
                ((entry, beside), told)
            });
            let (entries, told): (Vec<_>, Vec<_>) = handed_in.unzip();
            let (store, key, known) = (self.store.clone(), Arc::clone(&self.key), edge.take());
            // While these are recorded, the next gather. A task of its own, so that a mistake in it does not end the recording.
            let patience = self.limits.patience;
            let appended = tokio::spawn(async move {
                let appending = store.append(&key, known, &entries);
                tokio::time::timeout(patience, appending).await.unwrap_or(Err(RecordError::TooSlow))
            });
            match appended.await.unwrap_or(Err(RecordError::Damaged)) {
                Ok((recorded, known)) => {
                    edge = Some(known);
                    // Whoever no longer listens has given up, and may ask again.
                    told.into_iter().zip(recorded).for_each(|(told, one)| drop(told.send(Ok(one))));
                }
                Err(error) => {
                    let error = Arc::new(error);
                    told.into_iter().for_each(|told| drop(told.send(Err(Arc::clone(&error)))));
                }
            }
        }
    }
}
