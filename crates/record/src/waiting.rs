//! Decisions that could not be recorded -> they wait, in order and on a disk where there is one, and are recorded once the store is back.

use crate::entry::{Beside, CaseKey, NewEntry, Recorded};
use crate::event::KeptEvent;
use crate::recorder::RecordQueue;
use crate::spool::{Spool, Spooled, line};
use heedful::time::Instant;
use std::collections::{HashMap, VecDeque};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinHandle;

/// How often it is tried whether the store is back.
const AGAIN: Duration = Duration::from_millis(500);

/// How many are recorded in one transaction at most.
const BATCH: usize = 500;

/// Where decisions wait that could not be recorded.
#[derive(Debug)]
pub struct WaitingRoom {
    inner: Arc<Inner>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

/// How many wait.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    pub entries: usize,
    /// How many of them would be lost if the process ended now, since they could not be written to a disk either.
    pub in_memory: usize,
    /// What they take, and what they may take, in bytes.
    pub bytes: u64,
    pub most_bytes: u64,
    /// When the oldest of them was made.
    pub since: Option<Instant>,
}

/// What became of a decision that was handed in.
#[derive(Debug)]
pub enum HandedIn {
    /// It is recorded by now.
    Recorded(Recorded),
    /// It waits.
    Waits {
        /// Whether it is on a disk, so that it outlives the process.
        on_disk: bool,
    },
    /// As much waits as may.
    NoRoom,
}

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    /// How many wait, for whoever only asks whether any do.
    count: AtomicUsize,
    /// Whether the store was away when it was tried last.
    is_away: AtomicBool,
    /// Whether something was recorded since that was asked last.
    has_recorded: AtomicBool,
    queue: RecordQueue,
    most_bytes: u64,
    wake: Notify,
    lines: mpsc::UnboundedSender<Written>,
}

#[derive(Debug, Default)]
struct State {
    items: VecDeque<Item>,
    bytes: u64,
    next: u64,
    /// Those that wait, by their case and body, with their numbers.
    known: HashMap<(String, [u8; 32]), u64>,
}

#[derive(Debug)]
struct Item {
    number: u64,
    entry: NewEntry,
    beside: Beside,
    size: u64,
    on_disk: bool,
    told: Vec<oneshot::Sender<Recorded>>,
}

/// What is done to the file, in order.
#[derive(Debug)]
enum Written {
    Line(u64, String, oneshot::Sender<bool>),
    Clear,
}

impl WaitingRoom {
    /// A room for so many bytes, with what an earlier process left in a folder. Where lines of it are not what was written, the answer names
    /// the file to which they were moved.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn open(queue: RecordQueue, most_bytes: u64, folder: &Path) -> io::Result<(Self, Option<PathBuf>)> {
        // Twice as much, since what is recorded stays in the file until all of it is.
        let Spooled { spool, entries, damaged } = Spool::open(folder, most_bytes.saturating_mul(2))?;
        let mut state = State::default();
        for (entry, beside) in entries {
            // What was written twice is recorded once.
            if state.number_of(&entry).is_none() {
                state.push(entry, beside, true);
            }
        }
        Ok((Self::begin(queue, most_bytes, state, Some(spool)), damaged))
    }

    /// A room for so many bytes in memory: what waits is gone when the process ends.
    pub fn in_memory(queue: RecordQueue, most_bytes: u64) -> Self {
        Self::begin(queue, most_bytes, State::default(), None)
    }

    fn begin(queue: RecordQueue, most_bytes: u64, state: State, spool: Option<Spool>) -> Self {
        let (lines, writes) = mpsc::unbounded_channel();
        let count = AtomicUsize::new(state.items.len());
        let (is_away, has_recorded, wake) = (AtomicBool::new(false), AtomicBool::new(false), Notify::new());
        let inner = Inner { state: Mutex::new(state), count, is_away, has_recorded, queue, most_bytes, wake, lines };
        let inner = Arc::new(inner);
        let writing = tokio::spawn(write(Arc::clone(&inner), spool, writes));
        let recording = tokio::spawn(Arc::clone(&inner).record());
        Self { inner, tasks: Mutex::new(vec![writing, recording]) }
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.inner.count.load(Ordering::Acquire) == 0
    }

    /// Whether the store was away when it was tried last, and something waits for it.
    pub fn is_away(&self) -> bool {
        !self.is_empty() && self.inner.is_away.load(Ordering::Relaxed)
    }

    /// Whether something that waited was recorded since this was asked last.
    pub fn take_recorded(&self) -> bool {
        self.inner.has_recorded.swap(false, Ordering::Relaxed)
    }

    /// How many wait.
    pub fn waiting(&self) -> Waiting {
        let state = self.inner.state();
        Waiting {
            entries: state.items.len(),
            in_memory: state.items.iter().filter(|item| !item.on_disk).count(),
            bytes: state.bytes,
            most_bytes: self.inner.most_bytes,
            since: state.items.front().map(|item| item.entry.at),
        }
    }

    /// What waits to be recorded for the same body of the same case.
    pub fn content(&self, case: &str, body: &[u8; 32]) -> Option<String> {
        if self.is_empty() {
            return None;
        }
        let state = self.inner.state();
        let number = *state.known.get(&(case.to_owned(), *body))?;
        state.items.get(state.place_of(number)?).map(|item| item.entry.content.clone())
    }

    /// The records that are to be kept with what waits.
    pub fn events(&self) -> Vec<KeptEvent> {
        self.inner.state().items.iter().flat_map(|item| item.beside.events.clone()).collect()
    }

    /// Hands in a decision after those that wait, since the store was just found to be away, or they are not recorded yet. It is waited for
    /// no longer than `patience`, once for the disk and, where the store is there, once for the record.
    pub async fn hand_in(&self, entry: NewEntry, beside: Beside, was_away: bool, patience: Duration) -> HandedIn {
        let inner = &self.inner;
        if was_away {
            inner.is_away.store(true, Ordering::Relaxed);
        }
        // Before anybody else is kept waiting.
        let line = line(&entry, &beside);
        let (told, recorded) = oneshot::channel();
        let (written, on_disk) = oneshot::channel();
        {
            let mut state = inner.state();
            let number = state.number_of(&entry);
            if number.is_none() && state.bytes.saturating_add(size(&entry, &beside)) > inner.most_bytes {
                return HandedIn::NoRoom;
            }
            let number = number.unwrap_or_else(|| state.push(entry, beside, false));
            if let Some(item) = state.place_of(number).and_then(|at| state.items.get_mut(at)) {
                item.told.push(told);
            }
            inner.count.store(state.items.len(), Ordering::Release);
            // Under the lock, so that they stand in the file in their order.
            let _ = inner.lines.send(Written::Line(number, line, written));
        }
        inner.wake.notify_one();
        let on_disk = matches!(tokio::time::timeout(patience, on_disk).await, Ok(Ok(true)));
        if inner.is_away.load(Ordering::Relaxed) {
            return HandedIn::Waits { on_disk };
        }
        match tokio::time::timeout(patience, recorded).await {
            Ok(Ok(recorded)) => HandedIn::Recorded(recorded),
            _ => HandedIn::Waits { on_disk },
        }
    }

    /// Waits until all of it is recorded, or on the disk while the store is away, no longer than `patience`, and takes nothing any more. The
    /// answer is what still waits.
    pub async fn end(&self, patience: Duration) -> Waiting {
        let emptied = async {
            while !(self.is_empty() || self.is_away() && self.waiting().in_memory == 0) {
                tokio::time::sleep(AGAIN / 10).await;
            }
        };
        let _ = tokio::time::timeout(patience, emptied).await;
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        tasks.iter().for_each(JoinHandle::abort);
        self.waiting()
    }
}

impl Drop for WaitingRoom {
    fn drop(&mut self) {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).iter().for_each(JoinHandle::abort);
    }
}

impl State {
    fn push(&mut self, entry: NewEntry, beside: Beside, on_disk: bool) -> u64 {
        let (number, size) = (self.next, size(&entry, &beside));
        self.next += 1;
        self.bytes = self.bytes.saturating_add(size);
        if let Some(key) = key(&entry) {
            self.known.insert(key, number);
        }
        self.items.push_back(Item { number, entry, beside, size, on_disk, told: Vec::new() });
        number
    }

    /// The number of what waits for the same body of the same case.
    fn number_of(&self, entry: &NewEntry) -> Option<u64> {
        self.known.get(&key(entry)?).copied()
    }

    /// Where the item of a number stands; none where it is recorded by now. Numbers go up by one.
    fn place_of(&self, number: u64) -> Option<usize> {
        usize::try_from(number.checked_sub(self.items.front()?.number)?).ok()
    }

    fn pop(&mut self, recorded: Recorded) {
        let Some(item) = self.items.pop_front() else { return };
        self.bytes = self.bytes.saturating_sub(item.size);
        if let Some(key) = key(&item.entry) {
            self.known.remove(&key);
        }
        // Whoever no longer listens has been told that it waits.
        item.told.into_iter().for_each(|told| drop(told.send(recorded.clone())));
    }
}

fn key(entry: &NewEntry) -> Option<(String, [u8; 32])> {
    let CaseKey { id, body } = entry.case.as_ref()?;
    body.map(|body| (id.clone(), body))
}

/// What an entry takes, in bytes; about.
fn size(entry: &NewEntry, beside: &Beside) -> u64 {
    let events = beside.events.iter().map(|event| event.json.len());
    let times = beside.ahead.iter().flatten().map(|time| time.says.len());
    let bytes = events.chain(times).fold(entry.content.len() + 512, |all, own| all + own + 64);
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records what waits, in its order, as soon as that can be done.
    async fn record(self: Arc<Self>) {
        loop {
            let batch: Vec<(NewEntry, Beside)> = {
                let state = self.state();
                let some = state.items.iter().take(BATCH);
                some.map(|item| (item.entry.clone(), Beside { waited: true, ..item.beside.clone() })).collect()
            };
            if batch.is_empty() {
                self.wake.notified().await;
                continue;
            }
            let under_way: Vec<_> =
                batch.into_iter().map(|(entry, beside)| self.queue.begin(Some(entry), beside)).collect();
            let mut is_away = false;
            for recorded in under_way {
                match recorded.ended().await {
                    // In their order: what comes after one that was not recorded waits with it, and is known as recorded then.
                    Ok(recorded) if !is_away => {
                        self.has_recorded.store(true, Ordering::Relaxed);
                        let mut state = self.state();
                        state.pop(recorded);
                        self.count.store(state.items.len(), Ordering::Release);
                        if state.items.is_empty() {
                            let _ = self.lines.send(Written::Clear);
                        }
                    }
                    Ok(_) => {}
                    Err(_) => is_away = true,
                }
            }
            self.is_away.store(is_away, Ordering::Relaxed);
            if is_away {
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}

/// Writes what waits to the file, many at a time: each would wait for the disk by itself otherwise.
async fn write(inner: Arc<Inner>, mut spool: Option<Spool>, mut writes: mpsc::UnboundedReceiver<Written>) {
    let mut batch = Vec::new();
    while writes.recv_many(&mut batch, BATCH).await > 0 {
        let (mut lines, mut told, mut clears) = (String::new(), Vec::new(), false);
        for written in batch.drain(..) {
            match written {
                Written::Line(number, line, one) => {
                    lines.push_str(&line);
                    told.push((number, one));
                }
                Written::Clear => clears = true,
            }
        }
        let own = spool.take();
        let looked = Arc::clone(&inner);
        let done = tokio::task::spawn_blocking(move || {
            let Some(mut spool) = own else { return (None, false) };
            let is_written = lines.is_empty() || spool.add(&lines).is_ok();
            // Nothing is written meanwhile, so what is in the file is recorded where nothing waits. If it stays, it is recorded once all
            // the same.
            if clears && looked.state().items.is_empty() {
                let _ = spool.clear();
            }
            (Some(spool), is_written)
        });
        let (own, is_written) = done.await.unwrap_or((None, false));
        spool = own;
        if is_written {
            let mut state = inner.state();
            for (number, _) in &told {
                if let Some(item) = state.place_of(*number).and_then(|at| state.items.get_mut(at)) {
                    item.on_disk = true;
                }
            }
        }
        for (_, one) in told {
            // Whoever no longer listens has given up on the disk.
            let _ = one.send(is_written);
        }
    }
}
