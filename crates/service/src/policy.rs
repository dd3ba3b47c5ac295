//! What is in force, and what was: `GET /policy`, `/schema`, `/generations`; `POST /roll-back`, `/release`.

use crate::answer::{ProblemAnswer, json_text};
use crate::asked;
use crate::body::said;
use crate::decide::choose;
use crate::signed::policy_at;
use crate::state::Shared;
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Response, header};
use axum::response::{Html, IntoResponse};
use heedful::live::{Event, HoldReason, Origin};
use heedful::wire::{self, Attribution, case_schema, policy_questions};
use heedful_live::store::Store;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// Which policy is meant.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfPolicy {
    #[serde(default)]
    pub(crate) force: Option<String>,
}

/// The policy as a document: for people where a browser asks, else as JSON.
pub(crate) async fn policy(
    State(shared): State<Arc<Shared>>,
    Query(asked): Query<OfPolicy>,
    headers: HeaderMap,
) -> Result<Response<Body>, ProblemAnswer> {
    let (generation, place) = choose(&shared, asked.force.as_deref())?;
    let accepted = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if accepted.contains("text/html") {
        let page = shared.signed.page(generation, place, (shared.service.now)()).await?;
        return Ok(Html(page.to_string()).into_response());
    }
    let load = generation.load();
    let document = load.explain(policy_at(&generation, place)?);
    let mut out = Vec::new();
    // Writing to memory cannot fail.
    let _ = wire::write_policy(&mut out, &document, &load.sources);
    Ok(json_text(out))
}

/// The JSON Schema of a case.
pub(crate) async fn schema(
    State(shared): State<Arc<Shared>>,
    Query(asked): Query<OfPolicy>,
) -> Result<Response<Body>, ProblemAnswer> {
    let (generation, place) = choose(&shared, asked.force.as_deref())?;
    let policy = policy_at(&generation, place)?;
    Ok(json_text(case_schema(policy.vocabulary()).to_string().into_bytes()))
}

/// Every question that the policy may ask.
pub(crate) async fn questions(
    State(shared): State<Arc<Shared>>,
    Query(asked): Query<OfPolicy>,
) -> Result<Response<Body>, ProblemAnswer> {
    let (generation, place) = choose(&shared, asked.force.as_deref())?;
    let policy = policy_at(&generation, place)?;
    Ok(json_text(policy_questions(policy).to_string().into_bytes()))
}

/// What is in force, and every generation that was, newest first, as far as they are kept.
pub(crate) async fn generations(State(shared): State<Arc<Shared>>) -> Result<Response<Body>, ProblemAnswer> {
    let current = shared.service.live.current().map(|generation| {
        let policies = generation.policies().iter();
        let policies: Vec<Value> =
            policies.map(|policy| json!({"name": policy.name(), "digest": policy.digest()})).collect();
        json!({"number": generation.number(), "digest": generation.bytes(), "meaning": generation.meaning(), "policies": policies})
    });
    let kept = match &shared.service.kept {
        None => Value::Null,
        Some(store) => {
            let journal = store.journal().map_err(|why| ProblemAnswer::new("failed", why))?;
            let entries = journal.entries.iter().rev();
            entries.map(|entry| serde_json::from_str(&wire::kept_line(entry)).unwrap_or(Value::Null)).collect()
        }
    };
    Ok(json_text(json!({"in_force": current, "kept": kept}).to_string().into_bytes()))
}

/// Who puts a kept generation back in force, which, and why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RollBack {
    /// The first digits of any digest of it.
    digest: String,
    by: String,
    because: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Release {
    by: String,
    because: String,
}

fn kept(shared: &Shared) -> Result<&Store, ProblemAnswer> {
    let nothing = || ProblemAnswer::new("not-found", "policies are not kept here; start the service with --keep");
    shared.service.kept.as_ref().ok_or_else(nothing)
}

fn read<'b, T: Deserialize<'b>>(body: &'b Bytes, form: &str) -> Result<T, ProblemAnswer> {
    serde_json::from_slice(body).map_err(|error| ProblemAnswer::body(&error, form))
}

/// Who does something and why, with the caller through whom they do it.
fn word(by: &str, because: &str) -> Result<Attribution, ProblemAnswer> {
    let (by, because) = (said("by", by)?, said("because", because)?);
    let by = match asked::caller() {
        Some(caller) => format!("{by}, through {}", caller.name()),
        None => by,
    };
    Ok(Attribution { by, because })
}

/// How long is waited for what was noted to be in force. The files are read twice before they are.
const IN_FORCE_WITHIN: Duration = Duration::from_secs(6);

/// How often it is looked whether it is.
const LOOK: Duration = Duration::from_millis(20);

/// Waits until something is so, as long as such an answer may wait. Says whether it is.
async fn until(mut is_so: impl FnMut() -> bool) -> bool {
    let waiting = async {
        while !is_so() {
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::time::timeout(IN_FORCE_WITHIN, waiting).await.is_ok()
}

/// What is in force when an answer is given.
fn in_force(shared: &Shared) -> Value {
    let current = shared.service.live.current();
    json!(current.map(|generation| json!({"number": generation.number(), "digest": generation.bytes()})))
}

/// Puts a kept generation back in force, whatever the files say, until it is released.
pub(crate) async fn roll_back(State(shared): State<Arc<Shared>>, body: Bytes) -> Result<Response<Body>, ProblemAnswer> {
    let RollBack { digest, by, because } = read(&body, "an object of `digest`, `by` and `because`, each a text")?;
    let word = word(&by, &because)?;
    let store = kept(&shared)?;
    let manifest = store.find(&digest).map_err(|why| ProblemAnswer::new("not-found", why))?;
    let before = store.restored().map_err(|why| ProblemAnswer::new("failed", why))?;
    let events = shared.service.live.subscribe();
    store.restore(&manifest, word).map_err(|why| ProblemAnswer::new("failed", why))?;
    (shared.service.look)();
    // It goes live, or is held where it is live already.
    let is_told = |event: &Event| match event {
        Event::Live(live) => live.origin == Origin::Restored,
        Event::Held(held) => matches!(held, HoldReason::Restored { .. }),
        _ => false,
    };
    if before.is_none_or(|before| before.bytes != manifest.bytes) {
        until(move || events.next_within(Duration::ZERO).is_ok_and(|event| is_told(&event))).await;
    }
    let live = shared.service.live.current();
    let is_done = live.is_some_and(|generation| generation.bytes() == manifest.bytes);
    let told = json!({"restored": manifest.bytes, "is_in_force": is_done, "in_force": in_force(&shared)});
    Ok(json_text(told.to_string().into_bytes()))
}

/// Puts the files back in force.
pub(crate) async fn release(State(shared): State<Arc<Shared>>, body: Bytes) -> Result<Response<Body>, ProblemAnswer> {
    let Release { by, because } = read(&body, "an object of `by` and `because`, each a text")?;
    let word = word(&by, &because)?;
    let store = kept(&shared)?;
    let events = shared.service.live.subscribe();
    let released = store.release(Some(word)).map_err(|why| ProblemAnswer::new("failed", why))?;
    (shared.service.look)();
    // The files are judged as any change of them: they are in force then, or it is told why not.
    let is_judged = |event: &Event| match event {
        Event::Live(live) => live.origin == Origin::Files,
        Event::Held(held) => !matches!(held, HoldReason::Restored { .. } | HoldReason::Missing { .. }),
        Event::Refused(_) | Event::Mended => true,
        _ => false,
    };
    let is_next = move || events.next_within(Duration::ZERO).is_ok_and(|event| is_judged(&event));
    let is_done = released && until(is_next).await && shared.service.live.standing().is_none();
    let told = json!({"released": released, "is_in_force": is_done, "in_force": in_force(&shared)});
    Ok(json_text(told.to_string().into_bytes()))
}
