//! Records as they are told -> the history of a call that is decided by itself: what the policy's links reach, as it stands now.

use crate::files::{FileHistory, KindInFiles};
use crate::recording::Recording;
use heedful::engine::Snapshot;
use heedful::horizon::Horizon;
use heedful::live::Generation;
use heedful::model::{RecordId, Vocabulary};
use heedful::time::{Instant, Zone};
use heedful::wire::{Reading, UnknownKeys, UnknownValues};
use heedful_history::{EventStore, Gatherer, IncomingCall, PastEvent, RecordReader};
use heedful_live::Live;
use heedful_record::{EventHead, KeptEvent, RecordError, SourceState};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// What was told, in memory, in the words of each policy in force.
#[derive(Default)]
pub(crate) struct KeptHistory {
    folded: RwLock<Folded>,
    /// One reads from the store at a time.
    reading: tokio::sync::Mutex<()>,
    /// Whether it was read, or could not be.
    has_tried: AtomicBool,
    /// What files hold besides; none where there are none, or they were not read as yet.
    files: RwLock<Option<Arc<FileHistory>>>,
    /// Whether there are files to be read.
    pub(crate) has_files: bool,
}

#[derive(Default)]
struct Folded {
    /// Up to where it was read.
    head: EventHead,
    is_loaded: bool,
    words: Vec<InWords>,
    sources: BTreeMap<String, SourceState>,
    /// What the files held that are in it.
    files: Option<Arc<FileHistory>>,
    /// Of a call before then, records may have been forgotten that it could reach.
    forgotten: Option<Instant>,
    /// What was told here since a reading of the store began, which that reading may have missed.
    meanwhile: Meanwhile,
}

#[derive(Default)]
struct Meanwhile {
    is_reading: bool,
    events: Vec<KeptEvent>,
    sources: Vec<SourceState>,
}

/// The records in one vocabulary.
struct InWords {
    vocabulary: Vocabulary,
    zone: Zone,
    store: EventStore,
    /// For each kind whether every record of it could be read. What an earlier vocabulary took may mean nothing in this one.
    readable: Vec<bool>,
    /// What all the policies together can ask for.
    horizon: Horizon,
    /// What each of them can ask for, by its digest.
    policies: Vec<(String, Horizon)>,
    /// For each kind of record what files say of it.
    files: Vec<Option<KindInFiles>>,
}

/// A call is decided again when something is due, which is within 60 days, or somewhat later where no server was there then.
const DUE_WITHIN: i64 = 65 * 86_400;

/// How many events are read at a time.
const PAGE: u64 = 5_000;

/// How many policies that were in force are remembered.
const EARLIER: usize = 32;

/// How a source stands.
pub(crate) struct Standing {
    pub(crate) kind: String,
    pub(crate) complete_to: Instant,
    pub(crate) is_late: bool,
}

impl KeptHistory {
    /// Nothing was told or read as yet.
    pub(crate) fn new(has_files: bool) -> Self {
        Self { has_files, ..Self::default() }
    }

    fn read(&self) -> RwLockReadGuard<'_, Folded> {
        self.folded.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Folded> {
        self.folded.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it is loaded in the words of a policy.
    pub(crate) fn is_ready_for(&self, policy: &Snapshot) -> bool {
        let folded = self.read();
        folded.is_loaded && folded.of(policy).is_some()
    }

    /// What files hold, as it was read last.
    pub(crate) fn files(&self) -> Arc<FileHistory> {
        self.files_read().unwrap_or_default()
    }

    fn files_read(&self) -> Option<Arc<FileHistory>> {
        self.files.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes what files hold now, in the place of what they held before.
    pub(crate) fn put_files(&self, files: FileHistory) {
        *self.files.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(files));
    }

    /// Whether it was read for the policies in force, or could not be.
    pub(crate) fn has_tried(&self) -> bool {
        self.has_tried.load(Ordering::Relaxed)
    }

    /// Notes that it could not be read.
    pub(crate) fn note_unread(&self) {
        self.has_tried.store(true, Ordering::Relaxed);
    }

    /// Reads what was told since it was last read, and everything where what is in force asks for more than is here or something was
    /// erased.
    pub(crate) async fn catch_up(&self, recording: &Recording, live: &Live) -> Result<(), RecordError> {
        let _one = self.reading.lock().await;
        let Some(generation) = live.current() else { return Ok(()) };
        let read = self.read_store(recording, &generation).await;
        if read.is_err() {
            self.do_without_store(recording, &generation).await;
        }
        read
    }

    /// Until the store could be read, calls have what files hold and what waits to be kept, and no list of theirs is whole.
    async fn do_without_store(&self, recording: &Recording, generation: &Generation) {
        let files = self.files_read();
        let is_here = {
            let mut folded = self.write();
            folded.serves(generation) && (folded.is_loaded || folded.has_files(files.as_ref()))
        };
        if !is_here {
            let mut anew = Folded::for_all_of(generation);
            anew.add_files(files, self.has_files).await;
            let mut folded = self.write();
            let told = std::mem::take(&mut folded.meanwhile);
            anew.add(recording.waiting.events().iter());
            anew.add(told.events.iter());
            *folded = anew;
        }
    }

    async fn read_store(&self, recording: &Recording, generation: &Generation) -> Result<(), RecordError> {
        let files = self.files_read();
        let (store, waiting) = (&recording.store, &recording.waiting);
        self.write().meanwhile = Meanwhile { is_reading: true, ..Meanwhile::default() };
        // In this order: a source says that all was told only after it was, so what is read afterwards has all of it.
        let sources = store.sources().await?;
        let head = store.event_head().await?;
        let is_as_before = {
            let mut folded = self.write();
            let is_read = folded.is_loaded && folded.head.erasures == head.erasures;
            is_read && folded.has_files(files.as_ref()) && folded.serves(generation)
        };
        let mut anew = (!is_as_before).then(|| Folded::for_all_of(generation));
        if let Some(anew) = &mut anew {
            anew.add_files(files, self.has_files).await;
        }
        let mut place = if is_as_before { self.read().head.events } else { 0 };
        while place < head.events {
            let page = store.events_after(place, PAGE).await?;
            let Some((last, _)) = page.last() else { break };
            place = *last;
            let events = page.iter().map(|(_, event)| event);
            match &mut anew {
                Some(folded) => folded.add(events),
                None => self.write().add(events),
            }
        }
        let mut folded = self.write();
        let told = std::mem::take(&mut folded.meanwhile);
        if let Some(mut anew) = anew {
            // What cannot be kept as yet is here nevertheless.
            anew.add(waiting.events().iter());
            anew.add(told.events.iter());
            anew.is_loaded = true;
            *folded = anew;
        }
        // Last, since nothing may count as complete before all is here that was told.
        let sources = sources.into_iter().chain(told.sources);
        folded.sources = sources.map(|source| (source.kind.clone(), source)).collect();
        folded.head = EventHead { events: place.max(head.events), erasures: head.erasures };
        let is_all = !self.has_files || folded.files.is_some();
        self.has_tried.fetch_or(is_all, Ordering::Relaxed);
        Ok(())
    }

    /// Notes how far a feed has come.
    pub(crate) fn put_source(&self, source: SourceState) {
        let mut folded = self.write();
        if folded.meanwhile.is_reading {
            folded.meanwhile.sources.push(source.clone());
        }
        folded.sources.insert(source.kind.clone(), source);
    }

    /// Takes what was just told, so that the next call has it.
    pub(crate) fn add(&self, events: &[KeptEvent]) {
        let mut folded = self.write();
        if folded.meanwhile.is_reading {
            folded.meanwhile.events.extend_from_slice(events);
        }
        folded.add(events.iter());
    }

    /// Whether a record stands just as an event says, so that it tells nothing new; `by_then` where it says when it came to be known.
    pub(crate) fn stands(&self, policy: &Snapshot, event: &PastEvent, by_then: bool) -> bool {
        self.read().of(policy).is_some_and(|(words, _)| words.store.stands(event, by_then))
    }

    /// When what is told now came to be known. Where the clock was set back after something was told of the same record, what is told
    /// now counts nevertheless.
    pub(crate) fn known(
        &self,
        policy: &Snapshot,
        (kind, id): (RecordId, &str),
        said: Instant,
        now: Instant,
    ) -> Instant {
        let folded = self.read();
        let newest = folded.of(policy).and_then(|(words, _)| words.store.newest_known(kind, id));
        newest.filter(|newest| *newest > now).map_or(said, |newest| newest.max(said))
    }

    /// What was told last of the record of a kind and id, as it stands in a history.
    pub(crate) fn newest(&self, policy: &Snapshot, kind: RecordId, id: &str) -> Option<String> {
        let folded = self.read();
        let (words, horizon) = folded.of(policy)?;
        Gatherer::new(horizon, policy.vocabulary(), policy.zone()).newest_text(&words.store, kind, id)
    }

    /// The history of a call, as it stands in a case, with the kinds of record of which not all is here, though the policy asks for
    /// them.
    pub(crate) fn history(
        &self,
        policy: &Snapshot,
        mut call: IncomingCall,
        late: &impl Fn(Option<&SourceState>) -> bool,
    ) -> (String, Vec<String>) {
        let folded = self.read();
        let found = folded.of(policy);
        let mut text = String::new();
        if let Some((words, horizon)) = found {
            let kinds = words.vocabulary.records.iter().zip(&words.readable);
            let is_here = folded.is_loaded && folded.forgotten.is_none_or(|forgotten| forgotten <= call.at);
            let is_whole = |at: usize, kind: &str| {
                let told = folded.sources.get(kind);
                let in_files = words.files.get(at).and_then(Option::as_ref);
                // Where files and a feed tell of it, it is whole where both say so.
                let files_are = in_files.is_none_or(|files| files.is_whole && !late(Some(&files.source)));
                is_here && files_are && (in_files.is_some() && told.is_none() || !late(told))
            };
            let kinds = kinds.enumerate();
            call.whole = kinds.map(|(at, (kind, readable))| *readable && is_whole(at, &kind.name)).collect();
            let mut gatherer = Gatherer::new(horizon, policy.vocabulary(), policy.zone());
            gatherer.history_text(words.store.incoming(&call), &mut text);
        } else {
            text.push_str("{}");
        }
        let of_policy;
        let horizon = match found {
            Some((_, horizon)) => horizon,
            None => {
                of_policy = policy.horizon();
                &of_policy
            }
        };
        let kinds = (0u16..).map(RecordId).zip(&policy.vocabulary().records);
        let missing = kinds
            .filter(|(kind, _)| horizon.asks_for(*kind) && !call.whole.get(kind.index()).copied().unwrap_or(false));
        (text, missing.map(|(_, kind)| kind.name.clone()).collect())
    }

    /// How each source stands.
    pub(crate) fn sources(&self, late: &impl Fn(Option<&SourceState>) -> bool) -> Vec<Standing> {
        let standing = |source: &SourceState| Standing {
            kind: source.kind.clone(),
            complete_to: source.complete_to,
            is_late: late(Some(source)),
        };
        self.read().sources.values().map(standing).collect()
    }

    /// How many events were told, and whether they are loaded.
    pub(crate) fn told(&self) -> (u64, bool) {
        let folded = self.read();
        (folded.head.events, folded.is_loaded)
    }

    /// Forgets what no policy in force can reach any more, from a call of which something may still be due.
    pub(crate) fn forget(&self, now: Instant) {
        let mut folded = self.write();
        let from = now.plus_seconds(-DUE_WITHIN);
        for words in &mut folded.words {
            words.store.forget(&words.horizon, &words.zone, from);
        }
        folded.forgotten = Some(from);
    }
}

impl Folded {
    fn for_all_of(generation: &Generation) -> Self {
        let mut folded = Self::default();
        for policy in generation.policies() {
            let (digest, horizon) = (policy.digest().to_owned(), policy.horizon());
            match folded.words.iter_mut().find(|words| words.vocabulary == *policy.vocabulary()) {
                Some(words) => {
                    words.horizon = std::mem::take(&mut words.horizon).or(horizon.clone());
                    words.policies.push((digest, horizon));
                }
                None => folded.words.push(InWords {
                    vocabulary: policy.vocabulary().clone(),
                    zone: policy.zone().clone(),
                    store: EventStore::fed(policy.vocabulary()),
                    readable: vec![true; policy.vocabulary().records.len()],
                    horizon: horizon.clone(),
                    policies: vec![(digest, horizon)],
                    files: Vec::new(),
                }),
            }
        }
        folded
    }

    /// The records in the words of a policy, and what it can ask for.
    fn of(&self, policy: &Snapshot) -> Option<(&InWords, &Horizon)> {
        self.words.iter().find_map(|words| {
            let (_, horizon) = words.policies.iter().find(|(digest, _)| digest == policy.digest())?;
            Some((words, horizon))
        })
    }

    /// Whether what is here is all that the policies can ask for. A policy that asks for no more than others is taken in.
    fn serves(&mut self, generation: &Generation) -> bool {
        self.let_go_of_earlier(generation);
        generation.policies().iter().all(|policy| {
            if self.of(policy).is_some() {
                return true;
            }
            let words = self.words.iter_mut().find(|words| words.vocabulary == *policy.vocabulary());
            let Some(words) = words else { return false };
            let horizon = policy.horizon();
            let asks_no_more = words.horizon.clone().or(horizon.clone()) == words.horizon;
            if asks_no_more {
                words.policies.push((policy.digest().to_owned(), horizon));
            }
            asks_no_more
        })
    }

    /// Of policies that are no longer in force, the last stay for requests that are under way.
    fn let_go_of_earlier(&mut self, generation: &Generation) {
        let is_in_force = |digest: &str| generation.policies().iter().any(|policy| policy.digest() == digest);
        for words in self.words.iter_mut().filter(|words| words.policies.len() > 2 * EARLIER) {
            words.policies.sort_by_key(|(digest, _)| is_in_force(digest));
            let earlier = words.policies.iter().filter(|(digest, _)| !is_in_force(digest)).count();
            words.policies.drain(..earlier.saturating_sub(EARLIER));
        }
    }

    /// Whether it holds what just these files hold.
    fn has_files(&self, files: Option<&Arc<FileHistory>>) -> bool {
        match (&self.files, files) {
            (Some(own), Some(files)) => Arc::ptr_eq(own, files),
            (own, files) => own.is_none() && files.is_none(),
        }
    }

    /// Adds what files hold. Where they are still to be read, or were not in these words, no list is whole that they may tell of.
    async fn add_files(&mut self, files: Option<Arc<FileHistory>>, has_files: bool) {
        for words in &mut self.words {
            let found = files.as_ref().and_then(|files| files.of(&words.vocabulary, &words.zone));
            match found {
                Some(found) => {
                    words.files.clone_from(&found.kinds);
                    for some in found.events.chunks(1_000) {
                        some.iter().for_each(|event| words.store.add(event.clone()));
                        // Calls are decided meanwhile.
                        tokio::task::yield_now().await;
                    }
                }
                None if has_files => words.files = KindInFiles::unread(&words.vocabulary),
                None => {}
            }
        }
        self.files = files;
    }

    fn add<'e>(&mut self, events: impl Iterator<Item = &'e KeptEvent> + Clone) {
        for words in &mut self.words {
            words.add(events.clone());
        }
    }
}

impl InWords {
    fn add<'e>(&mut self, events: impl Iterator<Item = &'e KeptEvent>) {
        let strict = Reading::strict(&self.vocabulary, &self.zone);
        let lenient = Reading { unknown_keys: UnknownKeys::Warn, unknown_values: UnknownValues::Warn, ..strict };
        let (mut reader, mut lenient) = (RecordReader::new(strict), RecordReader::new(lenient));
        for event in events {
            let Some(kind) = self.vocabulary.record(&event.kind) else { continue };
            let (json, known) = (&event.json, event.known);
            let read = reader.read(kind, json, known).or_else(|_| lenient.read(kind, json, known));
            match read {
                Ok(event) => self.store.add(event),
                // What it said is no longer to be had, so that the list is not whole.
                Err(_) => self.readable.get_mut(kind.index()).into_iter().for_each(|readable| *readable = false),
            }
        }
    }
}
