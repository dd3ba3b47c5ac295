//! The outcome that a call handler gave -> whether it is one of the vocabulary; `POST /record/cases/ID/handler-grade`.

use crate::answer::{ProblemAnswer, json_text};
use crate::asked::note_case;
use crate::body::said;
use crate::record::NO_RECORD;
use crate::shown::recorded_of;
use crate::state::Shared;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::Response;
use heedful::engine::Snapshot;
use heedful::model::OutcomeId;
use heedful::text::nearest;
use heedful::time::Instant;
use heedful_record::{CaseKey, EntryKind};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The grade that the call handler gave, and why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HandlerGrade {
    /// The outcome that the handler gave, by the names of the vocabulary.
    outcome: Map<String, Value>,
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
    let because = said("because", &because)?;
    // What lies deep can be written and not be read again.
    let is_flat = |value: &Value| !value.is_object() && !value.is_array();
    if !outcome.values().all(|value| is_flat(value) || value.as_array().is_some_and(|all| all.iter().all(is_flat))) {
        return Err(ProblemAnswer::new("request", "each value in `outcome` is a text, or a list of them"));
    }
    recorded_of(recording, &case).await?;
    if let Some(generation) = shared.service.live.current() {
        check_outcome(&generation.policies().iter().collect::<Vec<_>>(), &outcome)?;
    }
    let content = json!({"case": case, "outcome": outcome, "because": because});
    let key = Some(CaseKey { id: case, body: None });
    let recorded = recording.record(EntryKind::HandlerGrade, (shared.service.now)(), &content, key).await;
    let recorded = recorded.map_err(|error| ProblemAnswer::store(&error))?;
    Ok(json_text(json!({"place": recorded.place}).to_string().into_bytes()))
}

/// The names by which a value of an outcome may be given: its own, and what the force calls it. None where it is a time.
pub(crate) fn values_given(policy: &Snapshot, id: OutcomeId) -> Vec<String> {
    let outcome = policy.vocabulary().outcomes.get(id.index());
    let names = outcome.map(|outcome| outcome.kind.values()).unwrap_or_default();
    let own = names.iter().map(|name| (*name).to_owned());
    let called = (0u16..).zip(&names).filter_map(|(at, _)| policy.called(id, at).map(str::to_owned));
    own.chain(called).collect()
}

/// Whether each outcome is one that some of these policies has, with a value that it can have. What was sent is not said again.
fn check_outcome(policies: &[&Snapshot], given: &Map<String, Value>) -> Result<(), ProblemAnswer> {
    if given.is_empty() {
        return Err(ProblemAnswer::new("request", "`outcome` is empty: say what was given, as in `{\"grade\": …}`"));
    }
    let outcomes = || policies.iter().flat_map(|policy| (0u16..).map(OutcomeId).zip(&policy.vocabulary().outcomes));
    for (name, value) in given {
        if !outcomes().any(|(_, known)| known.name == *name) {
            let names = || outcomes().map(|(_, known)| known.name.as_str());
            let near = nearest(name, names()).map(|near| format!("did you mean `{near}`?"));
            let all = || format!("there are `{}`", names().collect::<Vec<_>>().join("`, `"));
            let mend = near.unwrap_or_else(all);
            return Err(ProblemAnswer::new("request", format!("`outcome` has a name that is no outcome; {mend}")));
        }
        let fits = |policy: &&Snapshot| {
            let ids = (0u16..).map(OutcomeId).zip(&policy.vocabulary().outcomes);
            ids.filter(|(_, known)| known.name == *name).any(|(id, known)| match known.kind.takes_time() {
                true => value.as_str().is_some_and(|time| Instant::parse(time).is_ok()),
                false => {
                    let values = values_given(policy, id);
                    let is_one =
                        |value: &Value| value.as_str().is_some_and(|value| values.iter().any(|one| one == value));
                    is_one(value) || value.as_array().is_some_and(|all| all.iter().all(is_one))
                }
            })
        };
        if !policies.iter().any(fits) {
            let values = policies.iter().flat_map(|policy| {
                let ids = (0u16..).map(OutcomeId).zip(&policy.vocabulary().outcomes);
                ids.filter(|(_, known)| known.name == *name).flat_map(|(id, _)| values_given(policy, id))
            });
            let values: Vec<String> = values.collect();
            let may = match values.is_empty() {
                true => "a time, as in `2026-03-01T14:05:00Z`".to_owned(),
                false => format!("`{}`, or a list of them", values.join("`, `")),
            };
            return Err(ProblemAnswer::new("request", format!("`outcome.{name}` is {may}")));
        }
    }
    Ok(())
}
