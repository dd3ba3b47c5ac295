//! `GET /news`: what goes live, what is refused and what is due, as it happens (server-sent events).

use crate::answer::ProblemAnswer;
use crate::asked::caller;
use crate::callers::Caller;
use crate::role::Role;
use crate::state::Shared;
use axum::extract::State;
use axum::response::sse::{Event as SentEvent, KeepAlive, Sse};
use futures_util::stream::Stream;
use heedful::live::Event;
use heedful::report;
use heedful::time::Zone;
use heedful::wire;
use heedful_live::Subscription;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Semaphore, broadcast};

/// Passes on what the watcher tells, as lines of JSON, to whoever listens.
#[derive(Clone)]
pub(crate) struct News {
    lines: broadcast::Sender<Piece>,
    /// Places for those who listen.
    places: Arc<Semaphore>,
}

/// One event: its name, its line for those who may see what is restricted, and the one for others.
#[derive(Clone)]
struct Piece {
    name: &'static str,
    whole: Arc<str>,
    others: Arc<str>,
}

/// How many events wait for a listener that is slow; it is told that some were left out.
const WAITING: usize = 256;

impl News {
    /// Begins to pass on, until the live policies are gone.
    pub(crate) fn begin(
        events: Subscription,
        now: fn() -> heedful::time::Instant,
        listeners: usize,
    ) -> std::io::Result<Self> {
        let (lines, _) = broadcast::channel(WAITING);
        let sender = lines.clone();
        std::thread::Builder::new().name("heedful-news".to_owned()).spawn(move || {
            while let Ok(event) = events.next() {
                log_event(&event);
                let mut line = Vec::new();
                // Writing to memory cannot fail.
                let _ = wire::write_event(&mut line, &Zone::utc().format(now()), &event);
                let line: Arc<str> = String::from_utf8_lossy(&line).into();
                // When nobody listens there is nobody to tell.
                let _ = sender.send(Piece { name: "reload", others: Arc::clone(&line), whole: line });
            }
        })?;
        Ok(Self { lines, places: Arc::new(Semaphore::new(listeners)) })
    }

    /// Tells something else to whoever listens: `whole` to those who may see what is restricted.
    pub(crate) fn tell(&self, name: &'static str, whole: &str, others: &str) {
        // When nobody listens there is nobody to tell.
        let _ = self.lines.send(Piece { name, whole: whole.into(), others: others.into() });
    }
}

/// What goes live and what does not, for the log. It is about policies and those who write them, and about nobody who called.
pub fn log_event(event: &Event) {
    match event {
        Event::Live(live) => {
            let (generation, digest) = (live.generation.number(), live.generation.bytes());
            tracing::info!(generation, digest, "another generation is in force");
        }
        Event::Refused(_) => tracing::error!(said = in_words(event).join("\n"), "what the files say was refused"),
        Event::Held(_) => tracing::warn!(said = in_words(event).join("\n"), "what the files say waits"),
        Event::Mended => tracing::info!("the files are again what is in force"),
        Event::Trouble(said) => tracing::warn!(said, "something is wrong outside the policies"),
        Event::Missed(events) => tracing::warn!(events, "some events were left out of the log"),
        _ => {}
    }
}

/// How many lines of what was refused are said; `heedful check` says all.
const MOST_LINES: usize = 60;

/// An event as `heedful watch` shows it, line by line.
pub(crate) fn in_words(event: &Event) -> Vec<String> {
    let page = report::event(event, "", false);
    let mut lines: Vec<String> = page.trim().lines().map(|line| line.trim_end().to_owned()).collect();
    let more = lines.len().saturating_sub(MOST_LINES);
    if more > 0 {
        lines.truncate(MOST_LINES);
        lines.push(format!("and {more} more lines; `heedful check` says all"));
    }
    lines
}

/// What of the news one who listens hears now; none where they are no longer let in.
fn hears(shared: &Shared, caller: Option<&Caller>) -> Option<bool> {
    let Some(caller) = caller else {
        // Where a file of tokens has come since, whoever gave none is not let in.
        return shared.service.safety.credentials.callers().is_none().then_some(false);
    };
    // A token that was taken out counts no more, also where its connection is still open.
    let callers = shared.service.safety.credentials.callers()?;
    callers.may(caller.name(), Role::Read).then(|| callers.may(caller.name(), Role::Restricted))
}

pub(crate) async fn news(
    State(shared): State<Arc<Shared>>,
) -> Result<Sse<impl Stream<Item = Result<SentEvent, Infallible>>>, ProblemAnswer> {
    let most = shared.service.limits.listeners;
    let full = |_| ProblemAnswer::new("busy", format!("{most} listen to the news at a time; ask again"));
    let place = Arc::clone(&shared.news.places).try_acquire_owned().map_err(full)?;
    let ending = shared.service.ending.clone();
    let heard = (shared.news.lines.subscribe(), ending, Arc::clone(&shared), caller(), place);
    let stream = futures_util::stream::unfold(heard, |(mut heard, mut ending, shared, caller, place)| async move {
        let next = tokio::select! {
            next = heard.recv() => next,
            // Also where there is nobody any more who could say so.
            _ = ending.wait_for(|ends| *ends) => return None,
        };
        let sees_restricted = hears(&shared, caller.as_ref())?;
        let event = match next {
            Ok(Piece { name, whole, others }) => {
                SentEvent::default().event(name).data(if sees_restricted { &*whole } else { &*others })
            }
            Err(RecvError::Lagged(missed)) => SentEvent::default().event("missed").data(missed.to_string()),
            Err(RecvError::Closed) => return None,
        };
        Some((Ok(event), (heard, ending, shared, caller, place)))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}
