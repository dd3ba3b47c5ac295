//! `POST /decide`: a case, or one on each line -> a decision of each, recorded before it is answered.

use crate::ahead::times;
use crate::answer::{ProblemAnswer, json_text};
use crate::asked::note_case;
use crate::body::{SentBody, keepable_id, sent_body};
use crate::recording::{DecisionEntry, DecisionMade, Kept, decision_in};
use crate::signed::policy_at;
use crate::state::{Chosen, Shared};
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Response, header};
use axum::response::IntoResponse;
use futures_util::{StreamExt, stream};
use heedful::engine::Snapshot;
use heedful::live::Generation;
use heedful::text::hex;
use heedful::time::Zone;
use heedful::wire::{self, Document};
use heedful_record::{Beside, KeptEvent, Recorded};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Instant as Moment;

/// What a request for a decision may say besides its case.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// Which policy decides.
    #[serde(default)]
    force: Option<String>,
    /// Whether the decision says why, and what would have made it another.
    #[serde(default)]
    why: bool,
    /// Where the history of the call comes from.
    #[serde(default)]
    history: HistoryFrom,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum HistoryFrom {
    /// It was sent with the call, as far as it is known.
    #[default]
    Sent,
    /// It is what is kept here of what feeds told.
    Kept,
}

/// How many cases one request may hold.
const MOST_CASES: usize = 10_000;

/// How many of them are under way at a time. They are recorded together: each would wait for the disk by itself otherwise.
const TOGETHER: usize = 64;

pub(crate) async fn decide(
    State(shared): State<Arc<Shared>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response<Body>, ProblemAnswer> {
    match sent_body(&headers, &body, "a case")? {
        SentBody::One(text) => {
            let (generation, policy) = chosen(&shared, &asked)?;
            let answered = one(&shared, &asked, &generation, policy_at(&generation, policy)?, text).await?;
            Ok(json_text(answered.into_bytes()))
        }
        SentBody::Lines(text) => many(&shared, &asked, text).await,
    }
}

/// The policy that is meant, in the one generation under which all of an answer is made.
fn chosen(shared: &Shared, asked: &Asked) -> Result<(Arc<Generation>, usize), ProblemAnswer> {
    choose(shared, asked.force.as_deref())
}

/// The policy of a name, or the only one; or the answer that says why there is none.
pub(crate) fn choose(shared: &Shared, force: Option<&str>) -> Result<(Arc<Generation>, usize), ProblemAnswer> {
    match shared.choose(force) {
        Chosen::At(generation, place) => Ok((generation, place)),
        Chosen::Nothing => Err(ProblemAnswer::new(
            "no-policy",
            "no policy is in force; /ready says why to a caller who may read the policy, and so does the log",
        )),
        Chosen::Unknown(why) => Err(ProblemAnswer::new("which-policy", why)),
        Chosen::Several(names) => Err(ProblemAnswer::new(
            "which-policy",
            format!("there are several policies: `{}`; say which with `?force=NAME`", names.join("`, `")),
        )),
    }
}

/// One case on each line; each line of the answer is a decision, or a problem in the place of one.
async fn many(shared: &Arc<Shared>, asked: &Asked, text: &str) -> Result<Response<Body>, ProblemAnswer> {
    let (generation, place) = chosen(shared, asked)?;
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    if lines.len() > MOST_CASES {
        return Err(ProblemAnswer::new(
            "too-large",
            format!("{} cases were sent, and one request may hold {MOST_CASES}", lines.len()),
        ));
    }
    note_case(&format!("{} cases", lines.len()));
    let policy = policy_at(&generation, place)?;
    let answers = lines.iter().map(async |line| {
        // Others are answered between some cases and the next.
        tokio::task::yield_now().await;
        one(shared, asked, &generation, policy, line).await
    });
    let answers: Vec<_> = stream::iter(answers.collect::<Vec<_>>()).buffered(TOGETHER).collect().await;
    let mut out = String::new();
    for answer in answers {
        match answer {
            Ok(decision) => out.push_str(&decision),
            Err(problem) => out.push_str(&json!({"problem": problem.json()}).to_string()),
        }
        out.push('\n');
    }
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], out).into_response())
}

/// Decides a case under a policy, and records it. What was decided before for the same body is answered as it was.
async fn one(
    shared: &Shared,
    asked: &Asked,
    generation: &Generation,
    policy: &Snapshot,
    text: &str,
) -> Result<String, ProblemAnswer> {
    let begun = Moment::now();
    let gathered = match asked.history {
        HistoryFrom::Sent => None,
        HistoryFrom::Kept => Some(shared.gather(policy, text).await?),
    };
    let text = gathered.as_ref().map_or(text, |gathered| gathered.text.as_str());
    let case = Document::json_line(text, 1).read(shared.reading(policy)).map_err(|problems| {
        shared.metrics.refused(policy.name());
        note_case(problems.case.as_deref().unwrap_or_default());
        ProblemAnswer::case(&problems)
    })?;
    keepable_id(&case.id).map_err(ProblemAnswer::id)?;
    note_case(&case.id);
    let body = digest_of(policy.name(), asked.why, text);
    let at = (shared.service.now)();
    let at_words = Zone::utc().format(at);
    let not_whole = gathered.as_ref().map(|gathered| gathered.not_whole.as_slice());
    let served = Served { at: &at_words, generation, body: &body, not_whole };
    let recording = shared.service.record.as_ref();
    // What waits to be recorded is not decided anew.
    if let Some(decision) = recording.and_then(|recording| recording.waiting(&case.id, &body)) {
        shared.metrics.repeated(policy.name());
        return Ok(served.with(&decision, &Kept::Waits, true));
    }
    let decision = if asked.why { policy.decide_and_explain(&case) } else { policy.decide(&case) };
    let line = wire::decision_line(&decision, policy);
    let took = begun.elapsed();
    let Some(recording) = recording else {
        shared.metrics.decided(policy, &decision, took);
        return Ok(served.with(&line, &Kept::Not, false));
    };
    let entry = DecisionEntry {
        case: &case.id,
        made: DecisionMade {
            received: text,
            policy,
            generation,
            explained: asked.why,
            reading: shared.reading(policy),
            decision: &line,
        },
        body,
        at,
        at_words: &at_words,
        not_whole,
    };
    let events: Vec<KeptEvent> = gathered.as_ref().and_then(|gathered| gathered.record.clone()).into_iter().collect();
    let ahead = Some(times(&decision, policy, case.at));
    let beside = Beside { events: events.clone(), ahead, ..Beside::default() };
    let kept = recording.decision(&entry, beside, shared.service.limits.deadline).await;
    let kept = kept.map_err(|error| ProblemAnswer::store(&error));
    // What is recorded is what counts, whatever would be decided by now.
    if let Ok(Kept::Recorded(Recorded { known: Some(known), .. })) = &kept
        && let Some(known) = decision_in(known)
    {
        shared.metrics.repeated(policy.name());
        return Ok(served.with(&known, &kept?, true));
    }
    shared.metrics.decided(policy, &decision, took);
    let kept = kept?;
    match &kept {
        Kept::Recorded(_) => shared.learn_of(recording, &events),
        // Later calls look at it nevertheless.
        Kept::Waits => {
            shared.metrics.queued();
            shared.kept.add(&events);
        }
        Kept::Not => {
            shared.metrics.unrecorded();
            shared.kept.add(&events);
        }
    }
    Ok(served.with(&line, &kept, false))
}

/// What tells a retry from a new revision: the bytes that were sent, and how they were to be decided.
fn digest_of(policy: &str, why: bool, text: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in [policy.as_bytes(), if why { b"why" } else { b"" }, text.as_bytes()] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// What the service says of a decision besides the decision.
struct Served<'a> {
    at: &'a str,
    generation: &'a Generation,
    body: &'a [u8; 32],
    /// The kinds of record that the policy asks for and of which not all was here, where the history was gathered.
    not_whole: Option<&'a [String]>,
}

impl Served<'_> {
    /// The decision with one more key, `served`, at its end.
    fn with(&self, decision: &str, kept: &Kept, is_repeated: bool) -> String {
        let digest = hex(self.body);
        let mut served = Map::new();
        let mut say = |key: &str, value: Value| served.insert(key.to_owned(), value);
        say("at", json!(self.at));
        say("generation", json!({"number": self.generation.number(), "digest": self.generation.bytes()}));
        say("case_digest", json!(format!("sha256:{digest}")));
        say("recorded", json!(matches!(kept, Kept::Recorded(_))));
        if matches!(kept, Kept::Waits) {
            say("queued", json!(true));
        }
        if let Some(not_whole) = self.not_whole {
            say("history", json!({"from": "kept", "not_whole": not_whole}));
        }
        if let Kept::Recorded(recorded) = kept {
            say("place", json!(recorded.place));
            say("revision", json!(recorded.revision));
            if let Some(before) = recorded.before {
                say("before", json!(before));
            }
        }
        if is_repeated {
            say("repeated", json!(true));
        }
        let open = decision.strip_suffix('}').unwrap_or(decision);
        format!("{open},\"served\":{}}}", Value::Object(served))
    }
}
