//! What decisions say will come -> the case is decided again when it has, and somebody is told, once: `GET /due`, `POST /cases/ID/close`.

use crate::answer::{ProblemAnswer, json_text};
use crate::body::said;
use crate::by_call::is_shared_by;
use crate::record::Since;
use crate::recording::{DecisionMade, Recording};
use crate::restricted::content_of;
use crate::shown::{Shown, recorded_of};
use crate::state::{Chosen, Shared};
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::Response;
use heedful::engine::Snapshot;
use heedful::model::{Decision, OutcomeValue, RecordId};
use heedful::time::{Instant, Zone};
use heedful::wire::{self, Document};
use heedful_record::{Beside, CaseKey, Due, EntryKind, NewEntry, RecordError, TimeAhead};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// How often it is looked for what is due.
const EVERY: Duration = Duration::from_millis(500);

/// How many are told at a time.
const MOST: u64 = 100;

/// After how many looks what nobody can reach any more is forgotten: about an hour.
const FORGET_AFTER: u32 = 7_200;

/// The times that a decision names and that are later than its call: when its outcome changes, and its deadlines, also those that only
/// come with a change.
pub(crate) fn times(decision: &Decision, policy: &Snapshot, at: Instant) -> Vec<TimeAhead> {
    let mut times: BTreeMap<Instant, (bool, Vec<&str>)> = BTreeMap::new();
    for until in decision.until.iter().filter(|until| until.at > at) {
        times.entry(until.at).or_default().0 = true;
    }
    let later = decision.until.iter().map(|until| (until.at, &until.outcome));
    for (from, outcomes) in std::iter::once((at, &decision.outcome)).chain(later) {
        for (outcome, level) in policy.vocabulary().outcomes.iter().zip(&outcomes.0) {
            if let OutcomeValue::Time(Some(deadline)) = outcome.kind.value_of(*level)
                && deadline > from
            {
                let deadlines = &mut times.entry(deadline).or_default().1;
                if !deadlines.contains(&outcome.name.as_str()) {
                    deadlines.push(&outcome.name);
                }
            }
        }
    }
    let says =
        |(changes, deadlines): (bool, Vec<&str>)| json!({"changes": changes, "deadlines": deadlines}).to_string();
    times.into_iter().map(|(at, told)| TimeAhead { at, says: says(told) }).collect()
}

/// Looks for what is due and for what others told, as long as the service is there.
pub(crate) fn begin(shared: &Arc<Shared>) {
    // Without a runtime nothing is served either.
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
    let shared: Weak<Shared> = Arc::downgrade(shared);
    runtime.spawn(async move {
        let mut next = None;
        for look in 1u32.. {
            let Some(shared) = shared.upgrade() else { return };
            let Some(recording) = &shared.service.record else { return };
            if let Err(error) = shared.look(recording, &mut next).await {
                shared.kept.note_unread();
                tracing::warn!(%error, "what is due cannot be looked up");
            }
            if look % FORGET_AFTER == 0 {
                shared.kept.forget((shared.service.now)());
            }
            drop(shared);
            tokio::time::sleep(EVERY).await;
        }
    });
}

impl Shared {
    /// One look. `next` is the place in the log from which on news of what was told is passed on.
    async fn look(&self, recording: &Recording, next: &mut Option<u64>) -> Result<(), RecordError> {
        // Whoever reads the log is told soon that what waited is recorded.
        recording.is_well();
        let now = (self.service.now)();
        self.kept.catch_up(recording, &self.service.live).await?;
        let from = match *next {
            Some(from) => from,
            // What was told before this server was there is in the list, and no news.
            None => *next.insert(recording.store.head().await?.size),
        };
        for due in recording.store.due(now, MOST).await? {
            self.tell(recording, &due, now).await?;
        }
        let told = recording.store.told_from(from, MOST).await?;
        for due in self.due_shown(recording, &told).await? {
            *next = Some(due.place + 1);
            if due.is_restricted && self.who_sees_restricted().is_empty() {
                tracing::warn!(place = due.place, "a restricted case is due, and no caller has the role to see which");
            }
            let line = |shown: &Map<String, Value>| {
                let keys = ["place", "case", "due", "restricted"].into_iter();
                let kept = keys.filter_map(|key| Some((key.to_owned(), shown.get(key)?.clone())));
                Value::Object(kept.collect()).to_string()
            };
            self.news.tell("due", &line(&due.whole), &line(&due.others));
        }
        Ok(())
    }

    /// Decides a case again and records that it was due. Where another server has told it, or the case was closed or decided anew
    /// meanwhile, nothing is recorded.
    async fn tell(&self, recording: &Recording, due: &Due, now: Instant) -> Result<(), RecordError> {
        let entry = recording.store.entry(due.decision).await?;
        let said = content_of(entry.content.as_deref()).unwrap_or_default();
        let utc = Zone::utc();
        let mut content = Map::new();
        content.insert("case".to_owned(), json!(due.case));
        content.insert("at".to_owned(), json!(utc.format(now)));
        content.insert("due".to_owned(), json!(utc.format(due.at)));
        content.insert("says".to_owned(), serde_json::from_str(&due.says).unwrap_or_default());
        content.insert("of".to_owned(), json!(due.decision));
        match self.decide_again(&said, due.at).await {
            Ok(decided) => content.extend(decided),
            // Whoever waits for it is told all the same.
            Err(why) => {
                tracing::warn!(case = due.case, why, "a case that is due cannot be decided again");
                content.insert("not_decided".to_owned(), json!(why));
            }
        }
        let content = Value::Object(content).to_string();
        let case = Some(CaseKey { id: due.case.clone(), body: None });
        let entry = NewEntry { kind: EntryKind::Due, at: now, content, case };
        let beside = Beside { tells: Some(due.number), ..Beside::default() };
        match recording.record_with(entry, beside).await {
            Ok(recorded) if recorded.known.is_none() => self.metrics.due_told(),
            Ok(_) => {}
            // It stays due, and is told as soon as it can be recorded.
            Err(error) => tracing::warn!(%error, case = due.case, "what is due cannot be recorded"),
        }
        Ok(())
    }

    /// Decides what was recorded of a case again, as of the moment that was due: with the history as it stands where it was gathered here,
    /// else with the one that was sent. The time of the call stays what it was, so that where nothing was learnt meanwhile the outcome is
    /// the one that the decision said would come, however late it is told.
    async fn decide_again(&self, said: &Value, as_of: Instant) -> Result<Map<String, Value>, String> {
        let words = |key: &str| said.get(key).and_then(Value::as_str);
        let received = words("received").ok_or("its case was erased")?;
        let Chosen::At(generation, place) = self.choose(words("policy")) else {
            return Err("the policy that decided it is no longer in force".to_owned());
        };
        let policy = generation.policies().get(place).ok_or("the policy is gone")?;
        let is_kept = words("history") == Some("kept");
        let case: BTreeMap<&str, &RawValue> = serde_json::from_str(received).map_err(|error| error.to_string())?;
        let call = case.get("call").ok_or("its case has no call")?;
        let mut call: Map<String, Value> = serde_json::from_str(call.get()).map_err(|error| error.to_string())?;
        if is_kept {
            self.learn(policy, &mut call);
        }
        let call = Value::Object(call).to_string();
        let reading = self.reading(policy);
        let text = if is_kept {
            let alone = format!("{{\"call\":{call}}}");
            let alone = Document::json_line(&alone, 1).read(reading).map_err(|problems| problems.to_string())?;
            self.with_history(policy, &alone, &call).await.map_err(|problem| problem.json().to_string())?.0
        } else {
            let history = case.get("history").map_or("null", |history| history.get());
            format!("{{\"call\":{call},\"history\":{history}}}")
        };
        let case = Document::json_line(&text, 1).read(reading).map_err(|problems| problems.to_string())?;
        let decision = policy.decide_as_of(&case, as_of);
        let line = wire::decision_line(&decision, policy);
        let (generation, decision) = (&*generation, line.as_str());
        let made = DecisionMade { received: &text, policy, generation, explained: false, reading, decision };
        let mut decided = Map::new();
        decided.insert("as_of".to_owned(), json!(Zone::utc().format(as_of)));
        decided.insert("history".to_owned(), json!(if is_kept { "kept" } else { "sent" }));
        if let Value::Object(made) = made.content() {
            decided.extend(made);
        }
        Ok(decided)
    }

    /// Takes into a call what the newest record of it says: that somebody arrived, for one.
    fn learn(&self, policy: &Snapshot, call: &mut Map<String, Value>) {
        let Some(id) = call.get("id").and_then(Value::as_str) else { return };
        let kinds = (0u16..).map(RecordId).zip(&policy.vocabulary().records);
        let Some((kind, declared)) = kinds.into_iter().find(|(_, kind)| kind.is_call) else { return };
        let newest = self.kept.newest(policy, kind, id);
        let newest: Option<Map<String, Value>> = newest.and_then(|newest| serde_json::from_str(&newest).ok());
        let known = newest.into_iter().flatten().filter(|(name, _)| is_shared_by(declared, policy, name));
        call.extend(known.collect::<Map<_, _>>());
    }
}

const NO_RECORD: &str = "times ahead are not kept, since nothing is recorded; start it with --record";

/// What was due, from a place in the log on.
pub(crate) async fn due(
    State(shared): State<Arc<Shared>>,
    Query(Since { since }): Query<Since>,
) -> Result<Response<Body>, ProblemAnswer> {
    let recording = shared.recording(NO_RECORD)?;
    let told = recording.store.told_from(since, MOST).await;
    let told = told.map_err(|error| ProblemAnswer::store(&error))?;
    let next = told.last().map_or(since, |last| last.place + 1);
    let told = Shown::to_caller(&shared, recording).due(&told).await?;
    Ok(json_text(json!({"due": told, "next": next}).to_string().into_bytes()))
}

/// Who closes a case, and why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Closing {
    by: String,
    because: String,
}

/// Closes a case: what was still to come of it is told to nobody, unless it is decided again.
pub(crate) async fn close(
    State(shared): State<Arc<Shared>>,
    Path(case): Path<String>,
    body: Bytes,
) -> Result<Response<Body>, ProblemAnswer> {
    let recording = shared.recording(NO_RECORD)?;
    let form = r#"`{"by": …, "because": …}`"#;
    let Closing { by, because } = serde_json::from_slice(&body).map_err(|error| ProblemAnswer::body(&error, form))?;
    let (by, because) = (said("by", &by)?, said("because", &because)?);
    recorded_of(recording, &case).await?;
    let ahead = recording.store.ahead_of(&case).await.map_err(|error| ProblemAnswer::store(&error))?.len();
    let content = json!({"case": case, "by": by, "because": because}).to_string();
    let key = Some(CaseKey { id: case, body: None });
    let entry = NewEntry { kind: EntryKind::Closed, at: (shared.service.now)(), content, case: key };
    let beside = Beside { ahead: Some(Vec::new()), ..Beside::default() };
    let recorded = recording.record_with(entry, beside).await.map_err(|error| ProblemAnswer::store(&error))?;
    Ok(json_text(json!({"place": recorded.place, "no_longer_ahead": ahead}).to_string().into_bytes()))
}
