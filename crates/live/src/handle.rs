//! The handle to the generation in force, for any number of readers at once, and its subscriptions to events.

use arc_swap::ArcSwapOption;
use heedful::engine::Snapshot;
use heedful::live::{Event, Generation, HoldReason, Origin};
use heedful::model::{Case, Decision};
use std::sync::mpsc::{Receiver, RecvError, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How many events wait for a subscriber. Later ones are left out, and the subscriber is told how many.
const WAITING: usize = 1024;

/// A handle on the generation that is in force. Readers take it whole, never wait for each other or for a change, and
/// keep what they took for as long as they need it.
#[derive(Default)]
pub struct Live {
    current: ArcSwapOption<Generation>,
    standing: ArcSwapOption<Event>,
    subscribers: Mutex<Vec<Subscriber>>,
}

struct Subscriber {
    events: SyncSender<Arc<Event>>,
    missed: u64,
}

/// News of what goes live and what is refused, in order.
pub struct Subscription {
    events: Receiver<Arc<Event>>,
}

/// A decision, with the one generation under which all of it was made.
#[derive(Debug)]
pub struct Decided {
    pub decision: Decision,
    pub generation: Arc<Generation>,
}

impl Live {
    /// The generation in force; none before the first is live. Take it once for each decision, and read and decide the
    /// case under what was taken.
    pub fn current(&self) -> Option<Arc<Generation>> {
        self.current.load_full()
    }

    /// Reads a case and decides it, both under the one generation that is in force now. `None` when nothing is live, or
    /// no policy of that name is.
    ///
    /// # Errors
    /// What `read` says is wrong with the case.
    pub fn decide<E>(
        &self,
        policy: &str,
        read: impl FnOnce(&Snapshot) -> Result<Case, E>,
    ) -> Option<Result<Decided, E>> {
        let generation = self.current()?;
        let decision = generation.policy(policy).map(|policy| read(policy).map(|case| policy.decide(&case)))?;
        Some(decision.map(|decision| Decided { decision, generation }))
    }

    /// Puts a generation in force and returns the one that was. Every decision that begins after this is made under the
    /// new one; those under way end under the old one.
    pub fn put(&self, generation: Generation) -> (Arc<Generation>, Option<Arc<Generation>>) {
        let generation = Arc::new(generation);
        let before = self.current.swap(Some(Arc::clone(&generation)));
        (generation, before)
    }

    /// What stands against the files as they are now: a refusal, or what a change waits for. None while what they say is
    /// in force.
    pub fn standing(&self) -> Option<Arc<Event>> {
        self.standing.load_full()
    }

    /// Every event from now on.
    pub fn subscribe(&self) -> Subscription {
        let (sender, events) = sync_channel(WAITING);
        self.list().push(Subscriber { events: sender, missed: 0 });
        Subscription { events }
    }

    /// Tells every subscriber. One that does not listen neither holds this up nor fills the memory.
    pub fn tell(&self, event: Event) {
        let event = Arc::new(event);
        match &*event {
            // What is told again is short: what was told first says all of it.
            Event::Refused(refusal) if refusal.since.is_some() && self.standing().is_some() => {}
            Event::Held(HoldReason::Loss(loss)) if loss.since.is_some() && self.standing().is_some() => {}
            Event::Refused(_) | Event::Held(_) => self.standing.store(Some(Arc::clone(&event))),
            Event::Mended => self.standing.store(None),
            Event::Live(live) if live.origin == Origin::Files => self.standing.store(None),
            // Nothing else says how the files stand.
            _ => {}
        }
        self.list().retain_mut(|subscriber| subscriber.tell(&event));
    }

    fn list(&self) -> std::sync::MutexGuard<'_, Vec<Subscriber>> {
        self.subscribers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscriber {
    /// Whether the subscriber is still there.
    fn tell(&mut self, event: &Arc<Event>) -> bool {
        if self.missed > 0 {
            match self.events.try_send(Arc::new(Event::Missed(self.missed))) {
                Ok(()) => self.missed = 0,
                Err(TrySendError::Full(_)) => {}
                Err(TrySendError::Disconnected(_)) => return false,
            }
        }
        match self.events.try_send(Arc::clone(event)) {
            Ok(()) => true,
            Err(TrySendError::Full(_)) => {
                self.missed += 1;
                true
            }
            Err(TrySendError::Disconnected(_)) => false,
        }
    }
}

impl Subscription {
    /// Waits for the next event.
    ///
    /// # Errors
    /// The handle is gone, so that there will be no more.
    pub fn next(&self) -> Result<Arc<Event>, RecvError> {
        self.events.recv()
    }

    /// Waits for the next event, at most for so long.
    ///
    /// # Errors
    /// The time is over, or the handle is gone.
    pub fn next_within(&self, longest: Duration) -> Result<Arc<Event>, RecvTimeoutError> {
        self.events.recv_timeout(longest)
    }
}
