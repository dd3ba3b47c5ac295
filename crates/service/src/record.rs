//! The record, for those who verify it: `GET /record/…` as C2SP tlog-tiles has it; and for those who review: one entry with its proof.

use crate::answer::{ProblemAnswer, json_text};
use crate::asked::note_case;
use crate::restricted::content_of;
use crate::shown::Shown;
use crate::state::Shared;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{Response, header};
use axum::response::IntoResponse;
use heedful_record::EntryKind;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

pub(crate) const NO_RECORD: &str = "decisions are not recorded here; start the service with --record";

/// A file of the log: `checkpoint`, `tile/0/000`, `tile/entries/000`.
pub(crate) async fn log(
    State(shared): State<Arc<Shared>>,
    Path(path): Path<String>,
) -> Result<Response<Body>, ProblemAnswer> {
    let recording = shared.recording(NO_RECORD)?;
    let found = recording.store.at_path(&path).await.map_err(|error| ProblemAnswer::store(&error))?;
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
    let (entry, proof) = Shown::to_caller(&shared, recording).entry(place).await?;
    let content = content_of(entry.content.as_deref());
    if let Some(case) = content.as_ref().and_then(|content| content.get("case")).and_then(Value::as_str) {
        note_case(case);
    }
    let told = json!({
        "place": place,
        "kind": entry.kind().map(EntryKind::name),
        "content": content,
        "leaf": proof.leaf,
        "proof": proof.hashes,
        "checkpoint": proof.checkpoint,
    });
    Ok(json_text(told.to_string().into_bytes()))
}

/// Everything that is recorded of a case, in order.
pub(crate) async fn of_case(
    State(shared): State<Arc<Shared>>,
    Path(case): Path<String>,
) -> Result<Response<Body>, ProblemAnswer> {
    note_case(&case);
    let recording = shared.recording(NO_RECORD)?;
    let entries = Shown::to_caller(&shared, recording).of_case(&case).await?;
    let entries = entries.iter().map(
        |entry| json!({"place": entry.place, "kind": entry.kind().map(EntryKind::name), "content": content_of(entry.content.as_deref())}),
    );
    let told = json!({"case": case, "entries": entries.collect::<Value>()});
    Ok(json_text(told.to_string().into_bytes()))
}

/// The restricted cases of a stretch of the record.
pub(crate) async fn restricted(
    State(shared): State<Arc<Shared>>,
    Query(Since { since }): Query<Since>,
) -> Result<Response<Body>, ProblemAnswer> {
    let recording = shared.recording(NO_RECORD)?;
    let list = Shown::to_caller(&shared, recording).restricted(since).await?;
    let told = json!({"restricted": list.json(), "next": list.next, "more": list.has_more});
    Ok(json_text(told.to_string().into_bytes()))
}

/// From which place of the record on something is listed.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Since {
    /// The first where none is said.
    #[serde(default)]
    pub(crate) since: u64,
}
