//! Records as feeds tell them, and calls that are decided by themselves with the history that is kept.

use crate::support::{How, Place, Served, in_each_store, served_in};
use heedful::engine::{Input, load};
use heedful::live::Generation;
use heedful::time::Instant;
use heedful::wire::{case_from_json, push_decision};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicI64, Ordering};

const VOCABULARY: &str = r#"vocabulary "v"
  identities person

call
  fact caller: identity of person
  fact attendance-due: time or none
  fact attended-at: time or none

record call, plural calls "An earlier call"
  field caller: identity of person
  field attended-at: time or none

record incident, plural incidents "What was reported"
  field caller: identity of person
  field kind: one of abuse and other

outcome grade: highest of low, mid and high
  written as "grade at least"

outcome review-by: earliest time "By when to look again"
  written as "review by"
"#;

const POLICY: &str = r#"policy "P"
  vocabulary "v"
  time zone Europe/London

rule again
  when at least 2 calls by the same caller within 24 hours, counting this one
  then grade at least mid
  because "The caller calls again"
  source "Invented"

rule abused
  when at least 1 incident about the same caller within 12 months where kind is abuse
  then grade at least high
  because "Abuse was reported before"
  source "Invented"

rule late
  when all of:
    - attendance-due has passed
    - attended-at is none
  then:
    - grade at least high
    - review by 40 minutes after attendance-due
  because "Nobody has come yet"
  source "Invented"
"#;

/// 20:00 on 28 May 2026, in Greenwich.
pub(crate) const START: i64 = 1_779_998_400;

pub(crate) fn generation() -> Generation {
    generation_with("")
}

/// With more rules.
pub(crate) fn generation_with(rules: &str) -> Generation {
    let files = vec![Input::new("policy.heed", format!("{POLICY}{rules}")), Input::new("vocabulary.heed", VOCABULARY)];
    let load = load(&files);
    assert!(load.diagnostics.is_empty(), "{:?}", load.diagnostics);
    Generation::new(1, files, load).expect("a sound policy")
}

/// With the record that is at a place, if there is one.
pub(crate) async fn begun(place: Place, now: fn() -> Instant) -> Served {
    let served = served_in(place, How { now, has_policy: false, ..How::default() }).await;
    served.live.put(generation());
    served
}

/// A call alone, so many minutes after the start.
pub(crate) fn call(id: &str, minutes: i64) -> String {
    let at = clock(minutes);
    format!(
        r#"{{"call":{{"id":"{id}","at":"{at}","caller":"a","attendance-due":"{}","attended-at":"none"}}}}"#,
        clock(30)
    )
}

pub(crate) fn clock(minutes: i64) -> String {
    heedful::time::Zone::utc().format(Instant(START + minutes * 60))
}

fn incident(id: &str, minutes: i64, kind: &str) -> String {
    json!({"kind": "incident", "record": {"id": id, "at": clock(minutes), "caller": "a", "kind": kind}}).to_string()
}

impl Served {
    pub(crate) async fn by_call(&self, call: &str) -> Value {
        let answer = self.post("/decide?history=kept", "application/json", call).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    pub(crate) async fn tell(&self, records: &str) -> Value {
        let answer = self.post("/records", "application/x-ndjson", records).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    pub(crate) async fn complete(&self, kind: &str, minutes: i64) {
        let told = json!({"complete_to": clock(minutes)}).to_string();
        let answer = self.put(&format!("/sources/{kind}"), &told).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    pub(crate) async fn both_complete(&self, minutes: i64) {
        self.complete("call", minutes).await;
        self.complete("incident", minutes).await;
    }
}

fn received(entry: &Value) -> &str {
    entry["content"]["received"].as_str().expect("a case")
}

#[tokio::test]
async fn what_nobody_told_is_unavailable_and_what_was_told_is_empty() {
    in_each_store(async |place| {
        let served = begun(place, || Instant(START)).await;
        let nobody = served.by_call(&call("call-1", 0)).await;
        assert_eq!(nobody["served"]["history"], json!({"from": "kept", "not_whole": ["call", "incident"]}));
        let undecided = |decision: &Value| decision["undecided"].as_array().expect("a list").len();
        assert_eq!(undecided(&nobody), 2, "{nobody}");
        served.both_complete(0).await;
        let told = served.by_call(&call("call-2", 0)).await;
        assert_eq!(told["served"]["history"]["not_whole"], json!([]));
        // The call before was decided here, so it is there.
        assert_eq!((undecided(&told), &told["outcome"]["grade"]), (0, &json!("mid")), "{told}");
        let entry = served.get("/record/entries/1").await.json();
        let case: Value = serde_json::from_str(received(&entry)).expect("JSON");
        assert_eq!(case["history"]["incidents"], json!([]));
        assert_eq!(case["history"]["calls"][0]["id"], "call-1");
    })
    .await;
}

static LATE: AtomicI64 = AtomicI64::new(START);

#[tokio::test]
async fn a_late_feed_leaves_the_absence_of_records_open_and_still_shows_those_that_it_told() {
    in_each_store(async |place| {
        LATE.store(START, Ordering::Relaxed);
        let served = begun(place, || Instant(LATE.load(Ordering::Relaxed))).await;
        served.both_complete(0).await;
        LATE.store(START + 6 * 60, Ordering::Relaxed);
        let decision = served.by_call(&call("call-1", 6)).await;
        assert_eq!(decision["served"]["history"]["not_whole"], json!(["call", "incident"]));
        served.tell(&incident("incident-1", 5, "abuse")).await;
        let decision = served.by_call(&call("call-2", 6)).await;
        assert_eq!(decision["outcome"]["grade"], "high", "{decision}");
        // That no call came before is open; call-1 is one that did.
        assert_eq!(decision["fired"].as_array().expect("a list").len(), 2, "{decision}");
        // A feed that comes once a day says so.
        let daily = json!({"complete_to": clock(0), "lag": "PT26H"}).to_string();
        assert_eq!(served.put("/sources/incident", &daily).await.status, 200);
        let decision = served.by_call(&call("call-3", 6)).await;
        assert_eq!(decision["served"]["history"]["not_whole"], json!(["call"]));
        let sources = served.get("/sources").await.json();
        assert_eq!((&sources["sources"][0]["late"], &sources["sources"][1]["late"]), (&json!(true), &json!(false)));
    })
    .await;
}

#[tokio::test]
async fn the_newest_version_counts_in_whatever_order_they_come_and_a_repetition_adds_nothing() {
    let version = |kind: &str, known: i64| {
        let record = json!({"id": "incident-1", "at": clock(-90), "caller": "a", "kind": kind});
        json!({"kind": "incident", "known": clock(known), "record": record}).to_string()
    };
    // As `other` at first, then as abuse, then as `other` for good.
    let versions = [version("other", -60), version("abuse", -30), version("other", -10)];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1]] {
        in_each_store(async |place| {
            let served = begun(place, || Instant(START)).await;
            served.both_complete(0).await;
            for at in order {
                served.tell(&versions[at]).await;
            }
            assert_eq!(served.tell(&versions[2]).await, json!({"kept": 0, "repeated": 1}), "{order:?}");
            let decision = served.by_call(&call("call-1", 0)).await;
            assert_eq!(decision["outcome"]["grade"], "low", "{order:?}: {decision}");
            let again = begun(served.ended().await, || Instant(START)).await;
            let decision = again.by_call(&call("call-2", 0)).await;
            assert_eq!(decision["outcome"]["grade"], "mid", "after a restart, {order:?}: {decision}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_call_decided_by_itself_is_decided_as_the_case_that_was_recorded_for_it() {
    in_each_store(async |place| {
        let generation = generation();
        let policy = generation.policy("P").expect("a policy");
        let mut served = begun(place, || Instant(START)).await;
        // Numbers that look like chance, and are the same every time.
        let mut seed = 7u64;
        let mut chance = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) % below
        };
        let mut lines = 0;
        for step in 0..120 {
            match chance(6) {
                0 => served.both_complete(-(i64::try_from(chance(10)).expect("small"))).await,
                1..=3 => {
                    let minutes = -i64::try_from(chance(600_000)).expect("small");
                    let kind = if chance(3) == 0 { "abuse" } else { "other" };
                    let told = incident(&format!("incident-{}", chance(20)), minutes, kind)
                        .replace("\"a\"", &format!("\"p-{}\"", chance(4)));
                    served.tell(&told).await;
                }
                4 if step % 40 == 39 => served = begun(served.ended().await, || Instant(START)).await,
                _ => {
                    let call = call(&format!("call-{step}"), -i64::try_from(chance(2_000)).expect("small"));
                    let call = call.replace("\"caller\":\"a\"", &format!("\"caller\":\"p-{}\"", chance(4)));
                    let answer = served.by_call(&call).await;
                    let place = answer["served"]["place"].as_u64().expect("a place");
                    let entry = served.store.entry(place).await.expect("an entry");
                    let entry: Value = serde_json::from_str(&entry.content.expect("content")).expect("JSON");
                    let case = case_from_json(policy, entry["received"].as_str().expect("a case")).expect("a case");
                    let mut line = Vec::new();
                    push_decision(&mut line, &policy.decide(&case), policy);
                    assert_eq!(entry["decision"].as_str().expect("a decision").as_bytes(), line);
                    lines += 1;
                }
            }
        }
        assert!(lines > 20, "{lines} calls");
    })
    .await;
}

#[tokio::test]
async fn a_retry_with_the_same_history_is_recorded_once_and_a_new_record_makes_a_revision() {
    in_each_store(async |place| {
        let served = begun(place, || Instant(START)).await;
        served.both_complete(0).await;
        let first = served.by_call(&call("call-1", 0)).await;
        let again = served.by_call(&call("call-1", 0)).await;
        assert_eq!(
            (&again["served"]["place"], &again["served"]["repeated"]),
            (&first["served"]["place"], &json!(true))
        );
        served.tell(&incident("incident-1", -5, "abuse")).await;
        let revised = served.by_call(&call("call-1", 0)).await;
        assert_eq!((&revised["served"]["revision"], &revised["outcome"]["grade"]), (&json!(2), &json!("high")));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_kept_is_said_line_by_line_and_the_rest_is_kept() {
    in_each_store(async |place| {
        let served = begun(place, || Instant(START)).await;
        let told = [
            incident("incident-1", -5, "abuse"),
            incident("incident-2", -5, "abus"),
            r#"{"kind":"incidents","record":{"id":"x","at":"2026-05-28T19:00:00Z"}}"#.to_owned(),
            r#"{"kind":"incident","record":{"id":"x"}}"#.to_owned(),
            r#"{"kind":"incident","record":{"id":"x","at":"2026-05-28T19:00:00Z"},"known":"2027-01-01T00:00:00Z"}"#
                .to_owned(),
            r#"{"kind":"incident""#.to_owned(),
            r#"{"kind":"incident","record":[]}"#.to_owned(),
        ];
        let answer = served.post("/records", "application/x-ndjson", &told.join("\n")).await;
        assert_eq!(answer.status, 422, "{answer:?}");
        insta::assert_snapshot!(
            "what_cannot_be_kept_is_said_line_by_line_and_the_rest_is_kept",
            serde_json::to_string_pretty(&answer.json()).expect("JSON")
        );
        assert_eq!(served.store.events_after(0, 10).await.expect("events").len(), 1);
        let both = format!("{},\"history\":{{}}}}", call("call-1", 0).trim_end_matches('}').to_owned() + "}");
        let answer = served.post("/decide?history=kept", "application/json", &both).await;
        assert_eq!((answer.status, answer.json()["type"].clone()), (400, "urn:heedful:problem:request".into()));
        assert_eq!(served.put("/sources/incident", r#"{"complete_to":"2099-01-01T00:00:00Z"}"#).await.status, 422);
        assert_eq!(served.put("/sources/nothing", r#"{"complete_to":"2026-05-28T19:00:00Z"}"#).await.status, 422);
        let metrics = served.get("/metrics").await.body;
        assert!(metrics.contains("heedful_records_total{kind=\"incident\"} 1"), "{metrics}");
    })
    .await;
}
