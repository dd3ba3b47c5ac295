//! `POST /records`, `PUT /sources/KIND`: what happened, as feeds tell it, and how far they have come -> records for later calls.

use crate::answer::{ProblemAnswer, json_text};
use crate::body::{SentBody, keepable_id, sent_body};
use crate::decide::choose;
use crate::policy::OfPolicy;
use crate::signed::policy_at;
use crate::state::Shared;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Response};
use heedful::engine::Snapshot;
use heedful::text::nearest;
use heedful::time::{Instant, Zone, parse_duration};
use heedful_history::RecordReader;
use heedful_record::{KeptEvent, SourceState};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use std::sync::Arc;

/// One record as it is told.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToldRecord<'b> {
    kind: String,
    /// When what it says came to be known; now where that is not said.
    #[serde(default)]
    known: Option<String>,
    #[serde(borrow)]
    record: &'b RawValue,
}

/// How many records one request may hold.
const MOST_RECORDS: usize = 10_000;

/// A clock of another machine may be ahead by so many seconds.
const CLOCKS: i64 = 60;

const NO_RECORD: &str = "no records are kept here, since nothing is recorded; start it with --record";

/// Keeps a record, or one from each line.
pub(crate) async fn records(
    State(shared): State<Arc<Shared>>,
    Query(words): Query<OfPolicy>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response<Body>, ProblemAnswer> {
    let recording = shared.recording(NO_RECORD)?;
    let (generation, place) = choose(&shared, words.force.as_deref())?;
    let policy = policy_at(&generation, place)?;
    let lines: Vec<&str> = match sent_body(&headers, &body, "a record")? {
        SentBody::One(text) => vec![text],
        SentBody::Lines(text) => text.lines().collect(),
    };
    if lines.len() > MOST_RECORDS {
        return Err(ProblemAnswer::new(
            "too-large",
            format!("{} records were sent, and one request may hold {MOST_RECORDS}", lines.len()),
        ));
    }
    if recording.store.is_shared() || !shared.kept.is_ready_for(policy) {
        // What is told again is known as such once all is here that was told, to whichever server.
        let loaded = shared.kept.catch_up(recording, &shared.service.live).await;
        recording.noted(loaded.map_err(Arc::new)).map_err(|error| ProblemAnswer::store(&error))?;
    }
    let mut reader = RecordReader::new(shared.reading(policy));
    let (mut events, mut refused, mut repeated) = (Vec::new(), Vec::new(), 0);
    for (number, line) in (1..).zip(&lines).filter(|(_, line)| lines.len() == 1 || !line.trim().is_empty()) {
        match told(&shared, policy, &mut reader, line) {
            Ok(Some(event)) => events.push(event),
            Ok(None) => repeated += 1,
            Err(problem) if lines.len() == 1 => {
                shared.metrics.record_refused();
                return Err(problem);
            }
            Err(problem) => {
                shared.metrics.record_refused();
                refused.push(json!({"line": number, "problem": problem.json()}));
            }
        }
    }
    let kept = events.len();
    if kept > 0 {
        let done = recording.keep(events.clone()).await;
        done.map_err(|error| ProblemAnswer::store(&error))?;
        shared.learn_of(recording, &events);
        events.iter().for_each(|event| shared.metrics.told(&event.kind));
    }
    if refused.is_empty() {
        return Ok(json_text(json!({"kept": kept, "repeated": repeated}).to_string().into_bytes()));
    }
    let said = format!("{} of {} records cannot be kept; the others are", refused.len(), lines.len());
    Err(ProblemAnswer::new("record", said).with("kept", json!(kept)).with("refused", json!(refused)))
}

/// The event that a line tells of; none where it says again what stands.
fn told(
    shared: &Shared,
    policy: &Snapshot,
    reader: &mut RecordReader<'_>,
    line: &str,
) -> Result<Option<KeptEvent>, ProblemAnswer> {
    let now = (shared.service.now)();
    let form = r#"`{"kind": …, "record": {…}}`, with `known` where that is said"#;
    let told: ToldRecord<'_> = serde_json::from_str(line).map_err(|error| ProblemAnswer::body(&error, form))?;
    let vocabulary = policy.vocabulary();
    let kind = kind_of(policy, &told.kind)?;
    let known = match &told.known {
        None => now,
        Some(known) => {
            let known = Instant::parse(known).map_err(|why| ProblemAnswer::new("record", format!("`known` {why}")))?;
            not_ahead(known, now, "`known`")?
        }
    };
    let event = reader.read(kind, told.record.get(), known).map_err(|mut problems| {
        // Where the record stands in the line.
        let before = line.split_once(told.record.get()).map_or(0, |(before, _)| before.chars().count());
        for problem in problems.list.iter_mut().filter(|problem| problem.line == 1) {
            problem.column += before;
        }
        ProblemAnswer::record(&problems)
    })?;
    keepable_id(&event.id).map_err(|why| ProblemAnswer::new("record", why))?;
    if shared.kept.stands(policy, &event, told.known.is_some()) {
        return Ok(None);
    }
    let is_call = vocabulary.records.get(kind.index()).is_some_and(|kind| kind.is_call);
    Ok(Some(KeptEvent {
        kind: told.kind,
        case: is_call.then(|| event.id.clone()),
        known: shared.kept.known(policy, (kind, &event.id), event.known, now),
        id: event.id,
        at: event.at.at,
        json: told.record.get().replace(['\n', '\r'], " "),
    }))
}

/// A time that somebody else's clock gave, which is not later than now.
fn not_ahead(told: Instant, now: Instant, what: &str) -> Result<Instant, ProblemAnswer> {
    if told.0 > now.0.saturating_add(CLOCKS) {
        let now = Zone::utc().format(now);
        return Err(ProblemAnswer::new("record", format!("{what} is later than now: here it is {now}")));
    }
    Ok(told.min(now))
}

fn kind_of(policy: &Snapshot, name: &str) -> Result<heedful::model::RecordId, ProblemAnswer> {
    let vocabulary = policy.vocabulary();
    vocabulary.record(name).ok_or_else(|| {
        let names = || vocabulary.records.iter().map(|kind| kind.name.as_str());
        let near = nearest(name, names()).map(|near| format!("; did you mean `{near}`?"));
        let all = || format!("; there are `{}`", names().collect::<Vec<_>>().join("`, `"));
        ProblemAnswer::new(
            "record",
            format!("the vocabulary has no kind of record `{name}`{}", near.unwrap_or_else(all)),
        )
    })
}

/// How far a feed has come.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FeedState {
    /// It has told everything that came to be known up to then.
    complete_to: String,
    /// How late it may be; as long as the service says where it does not say.
    #[serde(default)]
    lag: Option<String>,
}

/// Notes how far a feed has come.
pub(crate) async fn source(
    State(shared): State<Arc<Shared>>,
    Path(kind): Path<String>,
    Query(words): Query<OfPolicy>,
    body: Bytes,
) -> Result<Response<Body>, ProblemAnswer> {
    let recording = shared.recording(NO_RECORD)?;
    let (generation, place) = choose(&shared, words.force.as_deref())?;
    kind_of(policy_at(&generation, place)?, &kind)?;
    let form = r#"`{"complete_to": TIME}`, with `lag` where that is said"#;
    let told: FeedState = serde_json::from_slice(&body).map_err(|error| ProblemAnswer::body(&error, form))?;
    let now = (shared.service.now)();
    let complete_to = Instant::parse(&told.complete_to)
        .map_err(|why| ProblemAnswer::new("record", format!("`complete_to` {why}")))?;
    let complete_to = not_ahead(complete_to, now, "`complete_to`")?;
    let lag = told.lag.map(|lag| {
        let seconds = parse_duration(&lag).map_err(|why| ProblemAnswer::new("record", format!("`lag` {why}")))?;
        u64::try_from(seconds).map_err(|_| ProblemAnswer::new("record", "`lag` is below zero"))
    });
    let source = SourceState { kind, complete_to, lag: lag.transpose()? };
    let done = recording.noted(recording.store.put_source(&source).await.map_err(Arc::new));
    done.map_err(|error| ProblemAnswer::store(&error))?;
    let answer = json!({"kind": &source.kind, "complete_to": Zone::utc().format(complete_to)});
    shared.kept.put_source(source);
    Ok(json_text(answer.to_string().into_bytes()))
}

/// How far every feed has come.
pub(crate) async fn sources(State(shared): State<Arc<Shared>>) -> Response<Body> {
    json_text(json!({"sources": standing_of(&shared)}).to_string().into_bytes())
}

/// How every feed stands.
pub(crate) fn standing_of(shared: &Shared) -> Vec<serde_json::Value> {
    let sources = shared.kept.sources(&shared.is_late());
    let told = sources.into_iter().map(|source| {
        json!({"kind": source.kind, "complete_to": Zone::utc().format(source.complete_to), "late": source.is_late})
    });
    told.collect()
}
