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
        check_outcome(generation.policies(), &outcome)?;
    }
    let content = json!({"case": case, "outcome": outcome, "because": because});
    let key = Some(CaseKey { id: case, body: None });
    let recorded = recording.record(EntryKind::HandlerGrade, (shared.service.now)(), &content, key).await;
    let recorded = recorded.map_err(|error| ProblemAnswer::store(&error))?;
    Ok(json_text(json!({"place": recorded.place}).to_string().into_bytes()))
}

/// What may be given for an outcome, by any of some policies.
pub(crate) struct OutcomeGiven<'p> {
    pub(crate) name: &'p str,
    /// The names of its values: each policy's own ones, and what the force calls them.
    pub(crate) values: Vec<String>,
    pub(crate) is_time: bool,
    /// The least and the most that it can be where it is a number, by any of the policies.
    pub(crate) numbers: Option<(i64, i64)>,
}

/// What may be given for each outcome. The description and the check of what is sent are both made from this.
pub(crate) fn outcomes_given(policies: &[Snapshot]) -> Vec<OutcomeGiven<'_>> {
    let mut all: Vec<OutcomeGiven<'_>> = Vec::new();
    for policy in policies {
        for (id, outcome) in (0u16..).map(OutcomeId).zip(&policy.vocabulary().outcomes) {
            let at = all.iter().position(|known| known.name == outcome.name).unwrap_or_else(|| {
                all.push(OutcomeGiven { name: &outcome.name, values: Vec::new(), is_time: false, numbers: None });
                all.len() - 1
            });
            let Some(given) = all.get_mut(at) else { continue };
            given.is_time |= outcome.kind.takes_time();
            if let Some((from, to)) = outcome.kind.numbers() {
                let (least, most) = given.numbers.unwrap_or((from, to));
                given.numbers = Some((least.min(from), most.max(to)));
            }
            let names = outcome.kind.values();
            let called = (0u16..).zip(&names).filter_map(|(at, _)| policy.called(id, at));
            for value in names.iter().copied().chain(called) {
                if !given.values.iter().any(|known| known == value) {
                    given.values.push(value.to_owned());
                }
            }
        }
    }
    all
}

/// Whether each outcome is one that some of these policies has, with a value that it can have. What was sent is not said again.
fn check_outcome(policies: &[Snapshot], given: &Map<String, Value>) -> Result<(), ProblemAnswer> {
    let wrong = |what: String| Err(ProblemAnswer::new("request", what));
    if given.is_empty() {
        return wrong("`outcome` is empty: say what was given, as in `{\"grade\": …}`".to_owned());
    }
    let outcomes = outcomes_given(policies);
    for (name, value) in given {
        let Some(OutcomeGiven { values, is_time, numbers, .. }) = outcomes.iter().find(|known| known.name == name)
        else {
            let names = || outcomes.iter().map(|known| known.name);
            let near = nearest(name, names()).map(|near| format!("did you mean `{near}`?"));
            let all = || format!("there are `{}`", names().collect::<Vec<_>>().join("`, `"));
            return wrong(format!("`outcome` has a name that is no outcome; {}", near.unwrap_or_else(all)));
        };
        let is_one = |value: &Value| value.as_str().is_some_and(|value| values.iter().any(|one| one == value));
        let is_list = |value: &Value| value.as_array().is_some_and(|all| !values.is_empty() && all.iter().all(is_one));
        let is_moment = *is_time && value.as_str().is_some_and(|time| Instant::parse(time).is_ok());
        let number = value.as_i64().zip(*numbers);
        let is_number = number.is_some_and(|(number, (from, to))| from <= number && number <= to);
        if !is_moment && !is_number && !is_one(value) && !is_list(value) {
            return wrong(match (values.is_empty(), numbers) {
                (true, Some((from, to))) => format!("`outcome.{name}` is a whole number from {from} to {to}"),
                (true, None) => format!("`outcome.{name}` is a time, as in `2026-03-01T14:05:00Z`"),
                (false, _) => format!("`outcome.{name}` is `{}`, or a list of them", values.join("`, `")),
            });
        }
    }
    Ok(())
}
