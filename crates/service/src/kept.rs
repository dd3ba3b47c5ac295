//! Records as they are told -> the history of a call that is decided by itself: what the policy's links reach, as it stands now.

use heedful::engine::Snapshot;
use heedful::horizon::Horizon;
use heedful::live::Generation;
use heedful::model::{RecordId, Vocabulary};
use heedful::time::{Instant, Zone};
use heedful::wire::{Reading, UnknownKeys, UnknownValues};
use heedful_history::{EventStore, Gatherer, IncomingCall, PastEvent, RecordReader};
use heedful_live::Live;
use heedful_record::{EventHead, KeptEvent, RecordError, RecordStore, SourceState};
use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// What was told, in memory, in the words of each policy in force.
#[derive(Default)]
pub(crate) struct KeptHistory {
    folded: RwLock<Folded>,
    /// One reads from the store at a time.
    reading: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Folded {
    /// Up to where it was read.
    head: EventHead,
    is_loaded: bool,
    words: Vec<InWords>,
    sources: BTreeMap<String, SourceState>,
    /// What could not be kept in the store, and is here nevertheless.
    not_kept: Vec<KeptEvent>,
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
}

/// How many events are read at a time.
const PAGE: u64 = 5_000;

/// How a source stands.
pub(crate) struct Standing {
    pub(crate) kind: String,
    pub(crate) complete_to: Instant,
    pub(crate) is_late: bool,
}

impl KeptHistory {
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

    /// Reads what was told since it was last read, and everything where what is in force asks for more than is here or something was
    /// erased.
    pub(crate) async fn catch_up(&self, store: &RecordStore, live: &Live, now: Instant) -> Result<(), RecordError> {
        let _one = self.reading.lock().await;
        let Some(generation) = live.current() else { return Ok(()) };
        let (head, sources) = (store.event_head().await?, store.sources().await?);
        let is_as_before = {
            let mut folded = self.write();
            folded.sources = sources.into_iter().map(|source| (source.kind.clone(), source)).collect();
            folded.is_loaded && folded.head.erasures == head.erasures && folded.serves(&generation)
        };
        let mut anew = (!is_as_before).then(|| Folded::for_all_of(&generation));
        let mut place = if is_as_before { self.read().head.events } else { 0 };
        while place < head.events {
            let page = store.events_after(place, PAGE).await?;
            let Some((last, _)) = page.last() else { break };
            place = *last;
            let events = page.iter().map(|(_, event)| event);
            match &mut anew {
                Some(folded) => folded.add(events, now),
                None => self.write().add(events, now),
            }
        }
        let mut folded = self.write();
        if let Some(mut anew) = anew {
            anew.sources = std::mem::take(&mut folded.sources);
            anew.not_kept = std::mem::take(&mut folded.not_kept);
            let not_kept = anew.not_kept.clone();
            anew.add(not_kept.iter(), now);
            anew.is_loaded = true;
            *folded = anew;
        }
        folded.head = EventHead { events: place.max(head.events), erasures: head.erasures };
        Ok(())
    }

    /// Notes how far a feed has come.
    pub(crate) fn put_source(&self, source: SourceState) {
        self.write().sources.insert(source.kind.clone(), source);
    }

    /// Takes what was just told, so that the next call has it.
    pub(crate) fn add(&self, events: &[KeptEvent], now: Instant) {
        self.write().add(events.iter(), now);
    }

    /// The same for what could not be kept.
    pub(crate) fn add_not_kept(&self, events: &[KeptEvent], now: Instant) {
        let mut folded = self.write();
        folded.add(events.iter(), now);
        folded.not_kept.extend_from_slice(events);
    }

    /// What could not be kept so far.
    pub(crate) fn not_kept(&self) -> Vec<KeptEvent> {
        self.read().not_kept.clone()
    }

    /// The first so many of them are kept after all.
    pub(crate) fn are_kept(&self, count: usize) {
        let mut folded = self.write();
        let count = count.min(folded.not_kept.len());
        folded.not_kept.drain(..count);
    }

    /// Whether a record stands just as an event says, so that it tells nothing new; `by_then` where it says when it came to be known.
    pub(crate) fn stands(&self, policy: &Snapshot, event: &PastEvent, by_then: bool) -> bool {
        self.read().of(policy).is_some_and(|(words, _)| words.store.stands(event, by_then))
    }

    /// What was told last of the record of a kind and id, as it stands in a history.
    pub(crate) fn newest(&self, policy: &Snapshot, kind: RecordId, id: &str) -> Option<String> {
        let folded = self.read();
        let (words, horizon) = folded.of(policy)?;
        Gatherer::new(horizon, policy.vocabulary(), policy.zone()).newest_text(&words.store, kind, id)
    }

    /// The history of a call, as it stands in a case, with the kinds of record of which not all is here, though the policy asks for
    /// them. Nothing is available where it is not loaded.
    pub(crate) fn history(
        &self,
        policy: &Snapshot,
        mut call: IncomingCall,
        late: &impl Fn(Option<&SourceState>) -> bool,
    ) -> (String, Vec<String>) {
        let folded = self.read();
        let found = folded.of(policy).filter(|_| folded.is_loaded);
        let mut text = String::new();
        if let Some((words, horizon)) = found {
            let kinds = words.vocabulary.records.iter().zip(&words.readable);
            call.whole = kinds.map(|(kind, readable)| *readable && !late(folded.sources.get(&kind.name))).collect();
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

    /// Forgets what no policy in force can reach any more.
    pub(crate) fn forget(&self, now: Instant) {
        for words in &mut self.write().words {
            words.store.forget(&words.horizon, &words.zone, now);
        }
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

    fn add<'e>(&mut self, events: impl Iterator<Item = &'e KeptEvent> + Clone, now: Instant) {
        for words in &mut self.words {
            words.add(events.clone(), now);
        }
    }
}

impl InWords {
    fn add<'e>(&mut self, events: impl Iterator<Item = &'e KeptEvent>, now: Instant) {
        let strict = Reading::strict(&self.vocabulary, &self.zone);
        let lenient = Reading { unknown_keys: UnknownKeys::Warn, unknown_values: UnknownValues::Warn, ..strict };
        let (mut reader, mut lenient) = (RecordReader::new(strict), RecordReader::new(lenient));
        for event in events {
            let Some(kind) = self.vocabulary.record(&event.kind) else { continue };
            // Nobody knows more than now.
            let known = event.known.min(now);
            let read = reader.read(kind, &event.json, known).or_else(|_| lenient.read(kind, &event.json, known));
            match read {
                Ok(event) => self.store.add(event),
                // What it said is no longer to be had, so that the list is not whole.
                Err(_) => self.readable.get_mut(kind.index()).into_iter().for_each(|readable| *readable = false),
            }
        }
    }
}
