//! What every request is answered from.

use crate::answer::ProblemAnswer;
use crate::credentials::Credentials;
use crate::files::EventFiles;
use crate::kept::KeptHistory;
use crate::metrics::Metrics;
use crate::news::News;
use crate::rate::{Rate, RateLimit, UnknownLimit};
use crate::recording::Recording;
use crate::restricted::Restricted;
use crate::signed::SignedPages;
use heedful::engine::Snapshot;
use heedful::live::Generation;
use heedful::time::Instant;
use heedful::wire::{Reading, UnknownKeys, UnknownValues};
use heedful_live::Live;
use heedful_live::store::Store;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;
use tokio::sync::watch;

/// The service as it was configured.
pub struct Service {
    /// What is in force.
    pub live: Arc<Live>,
    /// Where policies are kept, for listing and putting back; none where they are not kept.
    pub kept: Option<Store>,
    /// The policy that decides where a request names none; none where requests must, unless there is only one.
    pub policy: Option<String>,
    /// Where decisions are recorded; none where they are not.
    pub record: Option<Recording>,
    /// Tables of what happened, beside what feeds tell; none where there are none.
    pub events: Option<EventFiles>,
    /// What becomes of a key that the vocabulary does not have.
    pub unknown_keys: UnknownKeys,
    /// What becomes of a value that the vocabulary does not have.
    pub unknown_values: UnknownValues,
    /// What is refused since it is too much.
    pub limits: Limits,
    /// Invented calls to try on the page of the service; with none, the page has no form.
    pub samples: Vec<Sample>,
    /// Who may ask, and for what.
    pub safety: Safety,
    /// Has the files looked at soon, after something was put back in force.
    pub look: Box<dyn Fn() + Send + Sync>,
    /// Becomes true when the service is told to end: whoever listens to its news would hold it up.
    pub ending: watch::Receiver<bool>,
    /// The clock, in seconds; a service has one, and no decision reads it.
    pub now: fn() -> Instant,
}

/// What an invented call is called, and its case as JSON.
pub type Sample = (String, String);

/// Who may ask, and for what.
#[derive(Default)]
pub struct Safety {
    pub credentials: Arc<Credentials>,
    /// Which records only a caller with the role for them reads.
    pub restricted: Vec<Restricted>,
    /// How many requests each caller may make; none where that is not limited.
    pub rate: Option<Rate>,
}

/// What is refused since it is too much, each with a clear answer.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The largest body, in bytes.
    pub body: usize,
    /// How many requests are worked on at a time; others are turned away at once.
    pub concurrency: usize,
    /// How many may listen to the news at a time; one connection of HTTP/2 can have many of them.
    pub listeners: usize,
    /// How long a request may take before it is given up.
    pub time: Duration,
    /// How many connections there may be; others are closed at once.
    pub connections: usize,
    /// How many of them may come from one address, or from one network of IPv6.
    pub connections_of_one: usize,
    /// How many requests of nobody who is known are answered with 401 in a minute, for each such address; others with 429.
    pub unknown_per_minute: NonZeroU32,
    /// How long a connection may be without a whole head of a request, also between two requests, and without taking its answer.
    pub patience: Duration,
    /// How often files of tokens and certificates are looked at; they are used at the second look that finds them alike.
    pub look_every: Duration,
    /// How long a decision waits for the history that is kept here; what cannot be had by then is not available.
    pub deadline: Duration,
    /// How late a feed may be before the records that it tells of no longer count as all that there are.
    pub lag: Duration,
    /// How long those under way are waited for when the service is told to end.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 4 * 1024 * 1024,
            concurrency: 4_096,
            listeners: 1_000,
            time: Duration::from_secs(10),
            connections: 8_192,
            connections_of_one: 4_096,
            unknown_per_minute: NonZeroU32::MIN.saturating_add(59),
            patience: Duration::from_secs(30),
            look_every: Duration::from_secs(2),
            deadline: Duration::from_millis(200),
            lag: Duration::from_mins(5),
            grace: Duration::from_secs(20),
        }
    }
}

/// The service with what it counts.
pub(crate) struct Shared {
    pub(crate) service: Service,
    pub(crate) metrics: Metrics,
    pub(crate) news: News,
    pub(crate) rates: Option<RateLimit>,
    pub(crate) unknown: UnknownLimit,
    pub(crate) kept: KeptHistory,
    pub(crate) signed: SignedPages,
    /// How many requests are worked on.
    pub(crate) busy: AtomicUsize,
}

/// What is in force, or why a request cannot be answered from it.
pub(crate) enum Chosen {
    Nothing,
    /// Which names there are.
    Several(Vec<String>),
    /// What is wrong with the name.
    Unknown(String),
    At(Arc<Generation>, usize),
}

impl Shared {
    /// The policy of a name, or the one that is meant where none is given, among those in force now.
    pub(crate) fn choose(&self, name: Option<&str>) -> Chosen {
        let Some(generation) = self.service.live.current() else { return Chosen::Nothing };
        let names: Vec<&str> = generation.policies().iter().map(Snapshot::name).collect();
        // A program says the whole name; a person at the command line need not.
        if let Some(name) = name {
            return match names.iter().position(|known| *known == name) {
                Some(at) => Chosen::At(Arc::clone(&generation), at),
                None => {
                    let meant = heedful::engine::named(&names, name).ok().and_then(|at| names.get(at));
                    let meant = meant.map_or_else(String::new, |meant| format!("; say the whole name, `{meant}`"));
                    Chosen::Unknown(format!("no policy is called `{name}`{meant}"))
                }
            };
        }
        match self.service.policy.as_deref() {
            Some(name) => match heedful::engine::named(&names, name) {
                Ok(at) => Chosen::At(Arc::clone(&generation), at),
                Err(why) => Chosen::Unknown(why),
            },
            None if names.len() == 1 => Chosen::At(Arc::clone(&generation), 0),
            None => Chosen::Several(names.into_iter().map(str::to_owned).collect()),
        }
    }

    /// Where decisions are recorded; or the answer, with what to do, where they are not.
    pub(crate) fn recording(&self, not_recorded: &str) -> Result<&Recording, ProblemAnswer> {
        self.service.record.as_ref().ok_or_else(|| ProblemAnswer::new("not-found", not_recorded))
    }

    /// How a policy's cases are read.
    pub(crate) fn reading<'p>(&self, policy: &'p Snapshot) -> Reading<'p> {
        let mut reading = Reading::strict(policy.vocabulary(), policy.zone());
        reading.unknown_keys = self.service.unknown_keys;
        reading.unknown_values = self.service.unknown_values;
        reading
    }
}
