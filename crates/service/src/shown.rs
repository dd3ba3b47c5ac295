//! What is recorded -> as much of it as whoever asks may see. Every answer that tells of recorded decisions is made from this and from nothing
//! else, so that no route forgets that a record is restricted.

use crate::answer::ProblemAnswer;
use crate::asked::caller;
use crate::callers::Caller;
use crate::recording::Recording;
use crate::restricted::{NamedCases, RestrictedList, content_of, restricted_among};
use crate::role::Role;
use crate::state::Shared;
use heedful_record::{EntryKind, InclusionProof, RecordError, StoredEntry, ToldDue};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// How many entries are gone through for one list of restricted cases.
const MOST_LISTED: u64 = 10_000;

/// The record, as one caller sees it.
pub(crate) struct Shown<'a> {
    shared: &'a Shared,
    recording: &'a Recording,
    /// None where nobody is asked who they are.
    caller: Option<Caller>,
}

/// What was due, and whether what is recorded of it is restricted.
pub(crate) struct DueShown {
    pub(crate) place: u64,
    /// All of it; for those with the role.
    pub(crate) whole: Map<String, Value>,
    /// What others see.
    pub(crate) others: Map<String, Value>,
    pub(crate) is_restricted: bool,
}

/// Everything that is recorded of a case, in order; or the answer that nothing is.
pub(crate) async fn recorded_of(recording: &Recording, case: &str) -> Result<Vec<StoredEntry>, ProblemAnswer> {
    let entries = recording.store.entries_of_case(case).await.map_err(|error| ProblemAnswer::store(&error))?;
    if entries.is_empty() {
        return Err(ProblemAnswer::new("not-found", "nothing is recorded of such a case"));
    }
    Ok(entries)
}

impl<'a> Shown<'a> {
    /// As the one sees it whose request is being answered.
    pub(crate) fn to_caller(shared: &'a Shared, recording: &'a Recording) -> Self {
        Self { shared, recording, caller: caller() }
    }

    /// An entry with its proof. That it was looked at is recorded first.
    pub(crate) async fn entry(&self, place: u64) -> Result<(StoredEntry, InclusionProof), ProblemAnswer> {
        let (entry, proof) = self.recording.store.prove(place).await.map_err(|error| ProblemAnswer::store(&error))?;
        self.look_at(std::slice::from_ref(&entry)).await?;
        Ok((entry, proof))
    }

    /// Everything that is recorded of a case, in order. That it was looked at is recorded first.
    pub(crate) async fn of_case(&self, case: &str) -> Result<Vec<StoredEntry>, ProblemAnswer> {
        let entries = recorded_of(self.recording, case).await?;
        self.look_at(&entries).await?;
        Ok(entries)
    }

    /// What was due. That the restricted of it was shown is recorded first.
    pub(crate) async fn due(&self, told: &[ToldDue]) -> Result<Vec<Map<String, Value>>, ProblemAnswer> {
        let due = self.shared.due_shown(self.recording, told).await.map_err(|error| ProblemAnswer::store(&error))?;
        if !self.may_see_restricted() {
            return Ok(due.into_iter().map(|due| due.others).collect());
        }
        let restricted: Vec<u64> = due.iter().filter(|due| due.is_restricted).map(|due| due.place).collect();
        if !restricted.is_empty() {
            self.note("looked_at", json!(restricted)).await?;
        }
        Ok(due.into_iter().map(|due| due.whole).collect())
    }

    /// The restricted cases of a stretch of the record. That they were listed is recorded first.
    pub(crate) async fn restricted(&self, since: u64) -> Result<RestrictedList, ProblemAnswer> {
        if !self.may_see_restricted() {
            self.note("refused", json!("list of restricted cases")).await?;
            return Err(self.refusal("the list of restricted records is restricted as they are"));
        }
        let marks = &self.shared.service.safety.restricted;
        let list = RestrictedList::read(&self.recording.store, marks, since, MOST_LISTED).await;
        let list = list.map_err(|error| ProblemAnswer::store(&error))?;
        self.note("listed", json!(list.places())).await?;
        Ok(list)
    }

    fn may_see_restricted(&self) -> bool {
        self.caller.as_ref().is_some_and(|caller| caller.may(Role::Restricted))
    }

    /// Whoever has not the role for what is restricted is refused it. Either is recorded, by the places of the entries: what is erased of a
    /// case later is then nowhere.
    async fn look_at(&self, entries: &[StoredEntry]) -> Result<(), ProblemAnswer> {
        let named: Vec<NamedCases> = entries
            .iter()
            .filter_map(|entry| content_of(entry.content.as_deref()))
            .map(|content| NamedCases::of(&content))
            .collect();
        let all: BTreeSet<String> = named.iter().flat_map(NamedCases::all).cloned().collect();
        let marks = &self.shared.service.safety.restricted;
        let restricted =
            restricted_among(&self.recording.store, marks, all).await.map_err(|error| ProblemAnswer::store(&error))?;
        let is_own = named.iter().any(|named| named.own.as_ref().is_some_and(|own| restricted.contains(own)));
        let places: Vec<u64> = entries.iter().map(|entry| entry.place).collect();
        let is_refused = !restricted.is_empty() && !self.may_see_restricted();
        self.note(if is_refused { "refused" } else { "looked_at" }, json!(places)).await?;
        match (is_refused, is_own) {
            (false, _) => Ok(()),
            (true, true) => Err(self.refusal("this record is restricted")),
            (true, false) => Err(self.refusal("this record has the call of a restricted record in its history")),
        }
    }

    fn refusal(&self, why: &str) -> ProblemAnswer {
        let what = match self.caller {
            Some(_) => "it is for a caller with the role `restricted` besides `audit`",
            None => "start the service with --tokens, and ask with a token that has the roles `audit` and `restricted`",
        };
        ProblemAnswer::new("role", format!("{why}: {what}"))
    }

    /// Records what was looked at, before it is shown; or that it was refused.
    async fn note(&self, how: &str, what: Value) -> Result<(), ProblemAnswer> {
        let by = self.caller.as_ref().map_or("", Caller::name);
        let content = json!({how: what, "by": by});
        let done = self.recording.record(EntryKind::Access, (self.shared.service.now)(), &content, None).await;
        done.map(drop).map_err(|error| ProblemAnswer::store(&error))
    }
}

impl Shared {
    /// What was due, as those with the role for restricted records see it, and as others do.
    pub(crate) async fn due_shown(
        &self,
        recording: &Recording,
        told: &[ToldDue],
    ) -> Result<Vec<DueShown>, RecordError> {
        let contents: Vec<Option<Value>> = told.iter().map(|told| content_of(told.content.as_deref())).collect();
        let named: Vec<NamedCases> =
            contents.iter().map(|content| content.as_ref().map(NamedCases::of).unwrap_or_default()).collect();
        let all: BTreeSet<String> =
            named.iter().flat_map(NamedCases::all).chain(told.iter().map(|told| &told.case)).cloned().collect();
        let restricted = restricted_among(&recording.store, &self.service.safety.restricted, all).await?;
        let shown = told.iter().zip(contents).zip(named).map(|((told, content), named)| {
            let of = |key: &str| content.as_ref().and_then(|content| content.get(key)).cloned().unwrap_or_default();
            let decision: Option<Value> = of("decision").as_str().and_then(|decision| serde_json::from_str(decision).ok());
            let mut whole = Map::new();
            whole.insert("place".to_owned(), json!(told.place));
            whole.insert("case".to_owned(), json!(told.case));
            for key in ["due", "says", "of"] {
                whole.insert(key.to_owned(), of(key));
            }
            whole.insert("decision".to_owned(), json!(decision));
            whole.insert("not_decided".to_owned(), of("not_decided"));
            let mut others = whole.clone();
            let (is_own, is_in_history) =
                (restricted.contains(&told.case), named.history.iter().any(|id| restricted.contains(id)));
            let hidden: &[&str] = match (is_own, is_in_history) {
                (true, _) => &["case", "says", "of", "decision", "not_decided"],
                (false, true) => &["decision", "not_decided"],
                (false, false) => &[],
            };
            for key in hidden {
                others.insert((*key).to_owned(), Value::Null);
            }
            if is_own {
                others.insert("restricted".to_owned(), self.restricted_word(told.place));
            } else if is_in_history {
                others.insert("restricted".to_owned(), json!({"detail": "the call of a restricted record is in the history of this case: have the case decided again to get its decision"}));
            }
            DueShown { place: told.place, whole, others, is_restricted: is_own || is_in_history }
        });
        Ok(shown.collect())
    }

    /// What is said in the place of a restricted case that is due, so that somebody asks one who may see it.
    fn restricted_word(&self, place: u64) -> Value {
        let callers = self.service.safety.credentials.callers();
        let names = self.who_sees_restricted();
        let detail = match (callers.is_some(), names.is_empty()) {
            (true, false) => format!(
                "a restricted case is due; these callers see which, here or at /record/entries/{place}: {}",
                names.join(", ")
            ),
            (true, true) => "a restricted case is due, and no caller may see which: have whoever keeps the file of tokens give one the roles `decide` and `restricted`".to_owned(),
            (false, _) => format!(
                "a restricted case is due; start the service with --tokens and ask with a token that has the roles `decide` and `restricted`, or see which on the machine itself: `heedful record prove {place} --by … --because …`"
            ),
        };
        json!({"for": names, "detail": detail})
    }

    /// The callers that may see which restricted case is due.
    pub(crate) fn who_sees_restricted(&self) -> Vec<String> {
        let callers = self.service.safety.credentials.callers();
        callers.map(|callers| callers.with_roles(Role::Restricted, &[Role::Decide, Role::Audit])).unwrap_or_default()
    }
}
