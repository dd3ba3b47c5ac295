//! How the service is: `GET /health` (it runs), `/ready` (it can decide), `/metrics`.

use crate::admit::known;
use crate::answer::ProblemAnswer;
use crate::events::standing_of;
use crate::news::in_words;
use crate::role::Role;
use crate::state::{Chosen, Shared};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode, header};
use axum::response::IntoResponse;
use heedful::engine::VERSION;
use heedful::live::Event;
use heedful::time::Zone;
use serde_json::{Value, json};
use std::sync::Arc;

/// That the process runs, and how it is with the policies and the record. Always 200: whoever restarts a service that answers
/// would make a small trouble a large one.
pub(crate) async fn health(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    answer(StatusCode::OK, &told(&shared, may_read(&shared, &request)))
}

/// Whether calls can be decided here: 200, or 503 with why not. A service that has just begun reads what was told before it is ready; where
/// that cannot be read, calls are decided here all the same, and say so.
pub(crate) async fn ready(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let has_history = shared.service.record.is_none() || shared.kept.has_tried();
    let is_ready = not_deciding(&shared).is_none() && has_history;
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    answer(status, &told(&shared, may_read(&shared, &request)))
}

/// Whether one who asks may read the policies, of which an answer then says more.
fn may_read(shared: &Shared, request: &Request) -> bool {
    let callers = shared.service.safety.credentials.callers();
    callers.is_none_or(|callers| known(&callers, request).is_ok_and(|caller| caller.may(Role::Read)))
}

/// Why a call that names no policy, or the whole name of one, is not decided; none where it is.
fn not_deciding(shared: &Shared) -> Option<String> {
    match shared.choose(None) {
        Chosen::At(..) | Chosen::Several(_) => None,
        Chosen::Nothing => Some("no policy is in force".to_owned()),
        Chosen::Unknown(why) => Some(format!("of the policies in force none is the one of --force: {why}")),
    }
}

/// How it is with the policy files, in a sentence.
fn files_now(is_nothing_in_force: bool, standing: Option<&Event>, is_restored: bool) -> &'static str {
    match (standing, is_nothing_in_force) {
        _ if is_restored => "a kept generation was put back in force: the files change nothing until it is released",
        (Some(Event::Refused(_)), true) => "the files as they are now were refused, and nothing is in force",
        (Some(Event::Refused(_)), false) => "the files as they are now were refused; what was in force stays",
        (Some(_), true) => "the files wait to be accepted or to be whole, and nothing is in force",
        (Some(_), false) => "a change of the files waits to be accepted or to be whole; what was in force stays",
        (None, true) => "the files were not read as yet",
        (None, false) => "what the files say is in force",
    }
}

fn told(shared: &Shared, may_read: bool) -> Value {
    let service = &shared.service;
    let generation = service.live.current();
    let standing = service.live.standing();
    let restored = service.kept.as_ref().and_then(|store| store.restored().ok().flatten());
    let files = files_now(generation.is_none(), standing.as_deref(), restored.is_some());
    let said = standing.as_deref().filter(|_| may_read).map(in_words);
    let restored = restored.filter(|_| may_read).map(|restored| {
        let (by, because) = restored.word.map(|word| (word.by, word.because)).unzip();
        json!({"at": restored.at, "digest": restored.bytes, "by": by, "because": because})
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
    let tables = shared.kept.has_files.then(|| shared.kept.files().told(&shared.is_late()));
    let (events, is_loaded) = shared.kept.told();
    let history = record
        .is_some()
        .then(|| json!({"events": events, "loaded": is_loaded, "sources": standing_of(shared), "files": tables}));
    let not_deciding = not_deciding(shared);
    json!({
        "engine": VERSION,
        "deciding": not_deciding.is_none(),
        "not_deciding": not_deciding,
        "generation": generation.map(|generation| generation.number()),
        "files": files,
        // What stands against them, as `heedful watch` shows it; for those who may read the policy.
        "said": said,
        "restored": restored,
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
