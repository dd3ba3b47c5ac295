//! A call by itself -> its case, with the history that is kept here, as it stands now.

use crate::answer::ProblemAnswer;
use crate::recording::Recording;
use crate::state::Shared;
use heedful::engine::Snapshot;
use heedful::model::{Case, RecordId, RecordKind};
use heedful::time::Instant;
use heedful::wire::{Document, Problem};
use heedful_history::{IncomingCall, facts_of};
use heedful_record::{KeptEvent, SourceState};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// A case that was gathered.
pub(crate) struct Gathered {
    /// The case as text, in one line; it is what is decided, and what is recorded.
    pub(crate) text: String,
    /// The kinds of record that the policy asks for and of which not all is here.
    pub(crate) not_whole: Vec<String>,
    /// What the call is to later calls.
    pub(crate) record: Option<KeptEvent>,
}

/// Whatever stands for "the newest": every version is known by then.
const AS_THEY_STAND: Instant = Instant(Instant::MAX.0 - 1);

impl Shared {
    /// How late a source is told apart from one that is up to date, now.
    pub(crate) fn is_late(&self) -> impl Fn(Option<&SourceState>) -> bool + use<> {
        let (now, limit) = ((self.service.now)(), self.service.limits.lag.as_secs());
        move |source| {
            source.is_none_or(|source| {
                let lag = i64::try_from(source.lag.unwrap_or(limit)).unwrap_or(i64::MAX);
                source.complete_to.0.saturating_add(lag) < now.0
            })
        }
    }

    /// Gathers the case of a call. What cannot be had within the time that a decision has is not available.
    pub(crate) async fn gather(&self, policy: &Snapshot, sent: &str) -> Result<Gathered, ProblemAnswer> {
        let read = Document::json_line(sent, 1).read(self.reading(policy));
        let case = read.map_err(|problems| {
            self.metrics.refused(policy.name());
            ProblemAnswer::case(&problems)
        })?;
        let parts: BTreeMap<&str, &RawValue> = serde_json::from_str(sent)
            .map_err(|error| ProblemAnswer::case(&Problem::unreadable(error.to_string(), 1, 1).into()))?;
        if parts.contains_key("history") {
            return Err(ProblemAnswer::new(
                "request",
                "with `?history=kept` the history is the one that is kept here: send the call alone, or leave out `?history=kept`",
            ));
        }
        let call = parts.get("call").map_or("{}", |call| call.get());
        let record = self.record_of_call(policy, &case, call);
        let (text, not_whole) = self.with_history(policy, &case, call).await?;
        Ok(Gathered { text, not_whole, record })
    }

    /// The case of a call, and the kinds of which not all is here.
    pub(crate) async fn with_history(
        &self,
        policy: &Snapshot,
        case: &Case,
        call: &str,
    ) -> Result<(String, Vec<String>), ProblemAnswer> {
        let Some(recording) = &self.service.record else {
            return Err(ProblemAnswer::new(
                "not-found",
                "no history is kept here, since nothing is recorded; start the service with --record",
            ));
        };
        let mut is_had = true;
        // Where nobody else writes, memory has it all.
        if recording.store.is_shared() || !self.kept.is_ready_for(policy) {
            let reading = self.kept.catch_up(recording, &self.service.live);
            is_had = matches!(tokio::time::timeout(self.service.limits.deadline, reading).await, Ok(Ok(())));
        }
        let incoming = IncomingCall {
            id: case.id.clone(),
            at: case.at,
            known: AS_THEY_STAND,
            facts: facts_of(case, policy.vocabulary()),
            whole: Vec::new(),
        };
        let late = self.is_late();
        let (history, not_whole) = self.kept.history(policy, incoming, &|source| !is_had || late(source));
        not_whole.iter().for_each(|kind| self.metrics.not_whole(kind));
        // Outside of texts a line's end is a space, and in texts there is none.
        let call = call.replace(['\n', '\r'], " ");
        Ok((format!("{{\"call\":{call},\"history\":{history}}}"), not_whole))
    }

    /// Takes what was just kept, so that the next call has it.
    pub(crate) fn learn_of(&self, recording: &Recording, events: &[KeptEvent]) {
        // Of what several servers tell, the order of the store counts, and each decision reads it from there.
        if !recording.store.is_shared() {
            self.kept.add(events);
        }
    }

    /// The record that a call is to later calls: what it says that such a record can say.
    fn record_of_call(&self, policy: &Snapshot, case: &Case, call: &str) -> Option<KeptEvent> {
        let vocabulary = policy.vocabulary();
        let mut kinds = (0u16..).map(RecordId).zip(&vocabulary.records);
        let (place, kind) = kinds.find(|(_, kind)| kind.is_call)?;
        let parts: BTreeMap<&str, &RawValue> = serde_json::from_str(call).ok()?;
        let mut json = String::from("{");
        for (key, value) in parts {
            let is_said = matches!(key, "id" | "at") || is_shared_by(kind, policy, key);
            if is_said {
                let comma = if json.len() > 1 { "," } else { "" };
                let value = value.get().replace(['\n', '\r'], " ");
                json.push_str(&format!("{comma}\"{key}\":{value}"));
            }
        }
        json.push('}');
        let now = (self.service.now)();
        Some(KeptEvent {
            kind: kind.name.clone(),
            id: case.id.clone(),
            at: case.at,
            known: self.kept.known(policy, (place, &case.id), now.max(case.at), now),
            json,
            case: Some(case.id.clone()),
        })
    }
}

/// Whether a fact of the call and a field of the record of a call have this name and hold the same.
pub(crate) fn is_shared_by(kind: &RecordKind, policy: &Snapshot, name: &str) -> bool {
    let fact = policy.vocabulary().call.iter().find(|fact| fact.name == name);
    let field = kind.fields.iter().find(|field| field.name == name);
    fact.zip(field).is_some_and(|(fact, field)| fact.ty == field.ty)
}
