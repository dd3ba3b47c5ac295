//! How the service is: `GET /health` (it runs), `/ready` (it can decide), `/metrics`.

use crate::answer::ProblemAnswer;
use crate::events::standing_of;
use crate::state::{Chosen, Shared};
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode, header};
use axum::response::IntoResponse;
use heedful::engine::VERSION;
use heedful::live::Event;
use heedful::time::Zone;
use serde_json::{Value, json};
use std::sync::Arc;

/// That the process runs, and how it is with the policies and the record. Always 200: whoever restarts a service that answers
/// would make a small trouble a large one.
pub(crate) async fn health(State(shared): State<Arc<Shared>>) -> Response<Body> {
    answer(StatusCode::OK, &told(&shared))
}

/// Whether calls can be decided here: 200, or 503 with why not. A service that has just begun reads what was told before it is ready; where
/// that cannot be read, calls are decided here all the same, and say so.
pub(crate) async fn ready(State(shared): State<Arc<Shared>>) -> Response<Body> {
    let has_history = shared.service.record.is_none() || shared.kept.has_tried();
    let is_ready = can_decide(&shared) && has_history;
    answer(if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, &told(&shared))
}

/// Whether a call that names no policy, or the whole name of one, is decided.
fn can_decide(shared: &Shared) -> bool {
    matches!(shared.choose(None), Chosen::At(..) | Chosen::Several(_))
}

fn told(shared: &Shared) -> Value {
    let service = &shared.service;
    let generation = service.live.current();
    let standing = service.live.standing();
    let stands = standing.as_deref().map(|event| match event {
        Event::Refused(_) => "the files as they are now were refused; what was in force stays",
        _ => "a change of the files waits to be accepted or to be whole; what was in force stays",
    });
    let record = service.record.as_ref().map(|record| {
        let waiting = record.waiting.waiting();
        json!({
            "recording": record.is_well(),
            // Whether it could be reached since the process began.
            "reached": record.store.is_open(),
            "waiting": {
                "decisions": waiting.entries,
                "in_memory": waiting.in_memory,
                "since": waiting.since.map(|since| Zone::utc().format(since)),
                "bytes": waiting.bytes,
                "most_bytes": waiting.most_bytes,
            },
            "not_recorded": record.not_recorded(),
            "room": record.queue.room(),
            "when_not_recorded": record.when_not_recorded.name(),
        })
    });
    let files = shared.kept.has_files.then(|| shared.kept.files().told(&shared.is_late()));
    let (events, is_loaded) = shared.kept.told();
    let history = record
        .is_some()
        .then(|| json!({"events": events, "loaded": is_loaded, "sources": standing_of(shared), "files": files}));
    json!({
        "engine": VERSION,
        "deciding": can_decide(shared),
        "generation": generation.map(|generation| generation.number()),
        "files": stands.unwrap_or("what the files say is in force"),
        "record": record,
        "credentials": service.safety.credentials.told((service.now)()),
        "history": history,
    })
}

fn answer(status: StatusCode, told: &Value) -> Response<Body> {
    (status, [(header::CONTENT_TYPE, "application/json")], told.to_string()).into_response()
}

/// Counters and histograms, as Prometheus reads them.
pub(crate) async fn metrics(State(shared): State<Arc<Shared>>) -> Result<Response<Body>, ProblemAnswer> {
    let number = shared.service.live.current().map_or(0, |generation| generation.number());
    let now = (shared.service.now)();
    let expiries = shared.service.safety.credentials.expiries();
    let days = expiries.iter().map(|expiry| (expiry.of, expiry.days(now)));
    let waiting = shared.service.record.as_ref().map_or(0, |record| record.waiting.waiting().entries);
    let text = shared
        .metrics
        .text(number, waiting, days)
        .ok_or_else(|| ProblemAnswer::new("failed", "the metrics cannot be written"))?;
    Ok(([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response())
}
