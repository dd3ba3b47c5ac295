//! Sorted events -> an `EventStore` that holds what happened up to a moment, and what of it matters from then on.

use crate::event::PastEvent;
use crate::sorter::SortedEvents;
use crate::store::EventStore;
use heedful::horizon::Horizon;
use heedful::time::{Instant, Zone};
use std::io;

/// Events as they come, one stretch of time after the other.
#[derive(Debug)]
pub struct Timeline {
    events: SortedEvents,
    store: EventStore,
}

impl Timeline {
    /// Before the first of these events, with a store that holds none.
    pub fn new(events: SortedEvents, store: EventStore) -> Self {
        Self { events, store }
    }

    /// What has happened up to now.
    pub fn store(&self) -> &EventStore {
        &self.store
    }

    /// Everything that happened.
    ///
    /// # Errors
    /// When an event cannot be read from the file in which it was put.
    pub fn into_store(mut self) -> io::Result<EventStore> {
        self.go_to(Instant::MAX)?;
        Ok(self.store)
    }

    /// Goes on by so many events, and to the end of the second in which the last of them lies. None where there are no more; else the
    /// time of the last.
    ///
    /// # Errors
    /// When an event cannot be read from the file in which it was put.
    pub fn go_on(&mut self, events: usize) -> io::Result<Option<Instant>> {
        let mut last = None;
        for _ in 0..events {
            let Some(event) = self.next()? else { break };
            last = Some(event.at.at);
            self.store.add(event);
        }
        if let Some(last) = last {
            self.go_to(last)?;
        }
        Ok(last)
    }

    /// Goes on to the end of a second.
    ///
    /// # Errors
    /// When an event cannot be read from the file in which it was put.
    pub fn go_to(&mut self, at: Instant) -> io::Result<()> {
        while self.events.next_at().is_some_and(|next| next <= at) {
            let Some(event) = self.next()? else { break };
            self.store.add(event);
        }
        Ok(())
    }

    fn next(&mut self) -> io::Result<Option<PastEvent>> {
        self.events.next_event()
    }

    /// Forgets the calls up to now, and what no policy can reach any more from a later one.
    pub fn forget(&mut self, horizon: &Horizon, zone: &Zone) {
        if let Some(last) = self.store.last() {
            self.store.forget(horizon, zone, last);
        }
    }
}
