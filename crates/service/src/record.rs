//! The record, for those who verify it: `GET /record/…` as C2SP tlog-tiles has it; and for those who review: one entry with its proof.

use crate::answer::{ProblemAnswer, json_text};
use crate::asked::{caller, note_case};
use crate::callers::Caller;
use crate::recording::Recording;
use crate::restricted::is_restricted;
use crate::role::Role;
use crate::state::Shared;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{Response, header};
use axum::response::IntoResponse;
use heedful_record::{CaseKey, EntryKind, RecordError, StoredEntry};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

const NO_RECORD: &str = "decisions are not recorded here; start the service with --record";

fn failed(error: &RecordError) -> ProblemAnswer {
    match error {
        RecordError::NoEntry(_) => ProblemAnswer::new("not-found", error.to_string()),
        _ => ProblemAnswer::new("not-recorded", error.to_string()),
    }
}

/// A file of the log: `checkpoint`, `tile/0/000`, `tile/entries/000`.
pub(crate) async fn log(
    State(shared): State<Arc<Shared>>,
    Path(path): Path<String>,
) -> Result<Response<Body>, ProblemAnswer> {
    let recording = shared.recording(NO_RECORD)?;
    let found = recording.store.at_path(&path).await.map_err(|error| failed(&error))?;
    let bytes = found.ok_or_else(|| ProblemAnswer::new("not-found", "the log has no such file"))?;
    let form = if path == "checkpoint" { "text/plain; charset=utf-8" } else { "application/octet-stream" };
    Ok(([(header::CONTENT_TYPE, form)], bytes).into_response())
}

/// The key by which checkpoints are checked.
pub(crate) async fn key(State(shared): State<Arc<Shared>>) -> Result<Response<Body>, ProblemAnswer> {
    let key = format!("{}\n", shared.recording(NO_RECORD)?.key);
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], key).into_response())
}

/// One entry, with the proof that it is in the log.
pub(crate) async fn entry(
    State(shared): State<Arc<Shared>>,
    Path(place): Path<u64>,
) -> Result<Response<Body>, ProblemAnswer> {
    let recording = shared.recording(NO_RECORD)?;
    let entry = recording.store.entry(place).await.map_err(|error| failed(&error))?;
    let proof = recording.store.prove(place).await.map_err(|error| failed(&error))?;
    let content: Option<Value> = entry.content.as_deref().and_then(|content| serde_json::from_str(content).ok());
    let case = content.as_ref().and_then(|content| content.get("case")).and_then(Value::as_str);
    let what = format!("entry {place}");
    if let Some(case) = case {
        note_case(case);
        let entries = recording.store.entries_of_case(case).await.map_err(|error| failed(&error))?;
        not_restricted(&shared, recording, &entries, &what).await?;
    }
    let told = json!({
        "place": place,
        "kind": entry.kind().map(EntryKind::name),
        "content": content,
        "leaf": proof.leaf,
        "proof": proof.hashes,
        "checkpoint": proof.checkpoint,
    });
    looked_at(&shared, recording, &what, false).await?;
    Ok(json_text(told.to_string().into_bytes()))
}

/// Everything that is recorded of a case, in order.
pub(crate) async fn of_case(
    State(shared): State<Arc<Shared>>,
    Path(case): Path<String>,
) -> Result<Response<Body>, ProblemAnswer> {
    note_case(&case);
    let recording = shared.recording(NO_RECORD)?;
    let entries = recording.store.entries_of_case(&case).await.map_err(|error| failed(&error))?;
    if entries.is_empty() {
        return Err(ProblemAnswer::new("not-found", "nothing is recorded of such a case"));
    }
    let what = format!("case {case}");
    not_restricted(&shared, recording, &entries, &what).await?;
    let entries = entries.iter().map(|entry| {
        let content: Option<Value> = entry.content.as_deref().and_then(|content| serde_json::from_str(content).ok());
        json!({"place": entry.place, "kind": entry.kind().map(EntryKind::name), "content": content})
    });
    let told = json!({"case": case, "entries": entries.collect::<Value>()});
    looked_at(&shared, recording, &what, false).await?;
    Ok(json_text(told.to_string().into_bytes()))
}

/// Whoever has not the role for what is restricted is refused it; that they tried is recorded too.
async fn not_restricted(
    shared: &Shared,
    recording: &Recording,
    entries: &[StoredEntry],
    what: &str,
) -> Result<(), ProblemAnswer> {
    if !is_restricted(entries, &shared.service.safety.restricted) {
        return Ok(());
    }
    match caller() {
        Some(caller) if caller.may(Role::Restricted) => Ok(()),
        Some(_) => {
            looked_at(shared, recording, what, true).await?;
            Err(ProblemAnswer::new(
                "role",
                "this record is restricted: it is for a caller with the role `restricted` besides `audit`",
            ))
        }
        None => {
            looked_at(shared, recording, what, true).await?;
            Err(ProblemAnswer::new(
                "role",
                "this record is restricted: start the service with --tokens, and ask with a token that has the roles `audit` and `restricted`",
            ))
        }
    }
}

/// Records that somebody looked at what is recorded, before it is shown; or that it was refused to them.
async fn looked_at(shared: &Shared, recording: &Recording, what: &str, is_refused: bool) -> Result<(), ProblemAnswer> {
    let caller = caller();
    let by = caller.as_ref().map_or("", Caller::name);
    let content = if is_refused { json!({"refused": what, "by": by}) } else { json!({"looked_at": what, "by": by}) };
    let done = recording.record(EntryKind::Access, (shared.service.now)(), &content, None).await;
    done.map(drop).map_err(|error| ProblemAnswer::new("not-recorded", error.to_string()))
}

/// The grade that the call handler gave, and why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HandlerGrade {
    /// The outcome that the handler gave, by the names of the vocabulary.
    outcome: serde_json::Map<String, Value>,
    because: String,
}

/// Records the handler's own grade beside the decision of a case.
pub(crate) async fn handler_grade(
    State(shared): State<Arc<Shared>>,
    Path(case): Path<String>,
    body: Bytes,
) -> Result<Response<Body>, ProblemAnswer> {
    let recording = shared.recording(NO_RECORD)?;
    note_case(&case);
    let HandlerGrade { outcome, because } = serde_json::from_slice(&body).map_err(|error| {
        ProblemAnswer::body(&error, "an object of `outcome`, which is an object, and `because`, which is a text")
    })?;
    // What lies deep can be written and not be read again.
    let is_flat = |value: &Value| !value.is_object() && !value.is_array();
    if !outcome.values().all(|value| is_flat(value) || value.as_array().is_some_and(|all| all.iter().all(is_flat))) {
        return Err(ProblemAnswer::new("request", "each value in `outcome` is a text, a number, or a list of them"));
    }
    let known = recording.store.entries_of_case(&case).await.map_err(|error| failed(&error))?;
    if known.is_empty() {
        return Err(ProblemAnswer::new("not-found", "nothing is recorded of such a case"));
    }
    let content = json!({"case": case, "outcome": outcome, "because": because});
    let key = Some(CaseKey { id: case, body: None });
    let recorded = recording.record(EntryKind::HandlerGrade, (shared.service.now)(), &content, key).await;
    let recorded = recorded.map_err(|error| ProblemAnswer::new("not-recorded", error.to_string()))?;
    Ok(json_text(json!({"place": recorded.place}).to_string().into_bytes()))
}
