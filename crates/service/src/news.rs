//! `GET /news`: what goes live, what is refused and what is due, as it happens (server-sent events).

use crate::state::Shared;
use axum::extract::State;
use axum::response::sse::{Event as SentEvent, KeepAlive, Sse};
use futures_util::stream::Stream;
use heedful::live::Event;
use heedful::time::Zone;
use heedful::wire;
use heedful_live::Live;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

/// Passes on what the watcher tells, as lines of JSON, to whoever listens.
#[derive(Clone)]
pub(crate) struct News {
    lines: broadcast::Sender<(&'static str, Arc<str>)>,
}

/// How many events wait for a listener that is slow; it is told that some were left out.
const WAITING: usize = 256;

impl News {
    /// Begins to pass on, until the live policies are gone.
    pub(crate) fn begin(live: &Arc<Live>, now: fn() -> heedful::time::Instant) -> std::io::Result<Self> {
        let (lines, _) = broadcast::channel(WAITING);
        let events = live.subscribe();
        let sender = lines.clone();
        std::thread::Builder::new().name("heedful-news".to_owned()).spawn(move || {
            while let Ok(event) = events.next() {
                log(&event);
                let mut line = Vec::new();
                // Writing to memory cannot fail.
                let _ = wire::write_event(&mut line, &Zone::utc().format(now()), &event);
                // When nobody listens there is nobody to tell.
                let _ = sender.send(("reload", String::from_utf8_lossy(&line).into()));
            }
        })?;
        Ok(Self { lines })
    }

    /// Tells something else to whoever listens.
    pub(crate) fn tell(&self, name: &'static str, line: &str) {
        // When nobody listens there is nobody to tell.
        let _ = self.lines.send((name, line.into()));
    }
}

/// What goes live and what does not, for the log. It is about policies and those who write them, and about nobody who called.
fn log(event: &Event) {
    match event {
        Event::Live(live) => {
            let (generation, digest) = (live.generation.number(), live.generation.bytes());
            tracing::info!(generation, digest, "another generation is in force");
        }
        Event::Refused(_) => tracing::error!("what the files say was refused; what was in force stays"),
        Event::Held(_) => tracing::warn!("what the files say waits; what was in force stays"),
        Event::Mended => tracing::info!("the files are again what is in force"),
        Event::Trouble(said) => tracing::warn!(said, "something is wrong outside the policies"),
        Event::Missed(events) => tracing::warn!(events, "some events were left out of the log"),
        _ => {}
    }
}

pub(crate) async fn news(State(shared): State<Arc<Shared>>) -> Sse<impl Stream<Item = Result<SentEvent, Infallible>>> {
    let heard = shared.news.lines.subscribe();
    let stream = futures_util::stream::unfold(heard, |mut heard| async move {
        let event = match heard.recv().await {
            Ok((name, line)) => SentEvent::default().event(name).data(&*line),
            Err(RecvError::Lagged(missed)) => SentEvent::default().event("missed").data(missed.to_string()),
            Err(RecvError::Closed) => return None,
        };
        Some((Ok(event), heard))
    });
    Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}
