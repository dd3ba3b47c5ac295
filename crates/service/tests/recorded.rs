//! What is recorded of a decision, once, and what becomes of it when it cannot be.

use crate::support::{How, case, served, served_as};
use heedful_service::WhenNotRecorded;
use rusqlite::Connection;
use std::time::Duration;

#[tokio::test]
async fn a_retry_gets_the_recorded_decision_and_another_body_is_a_revision() {
    let served = served().await;
    let first = served.decide(&case("call-1", false)).await.json();
    let again = served.decide(&case("call-1", false)).await.json();
    let changed = served.decide(&case("call-1", true)).await.json();
    let told = |answer: &serde_json::Value, key: &str| answer["served"][key].clone();
    assert_eq!([told(&first, "place"), told(&again, "place"), told(&changed, "place")], [0, 0, 1]);
    assert_eq!([told(&first, "revision"), told(&changed, "revision"), told(&changed, "before")], [1, 2, 0]);
    assert_eq!((told(&first, "repeated"), told(&again, "repeated")), (serde_json::Value::Null, true.into()));
    let without = |answer: &serde_json::Value| {
        let mut answer = answer.clone();
        answer.as_object_mut().expect("a decision").remove("served");
        answer
    };
    assert_eq!(without(&first), without(&again));
    assert_eq!(served.store.head().await.expect("a head").size, 2);
}

#[tokio::test]
async fn an_entry_holds_what_was_sent_and_what_was_said_and_that_it_was_read_is_recorded() {
    let served = served().await;
    let sent = case("call-1", true);
    let answer = served.decide(&sent).await;
    let grade = served
        .post("/record/cases/call-1/handler-grade", "application/json", r#"{"outcome":{"grade":"mid"},"because":"x"}"#)
        .await;
    assert_eq!(grade.status, 200, "{grade:?}");
    let entry = served.get("/record/entries/0").await.json();
    assert_eq!(entry["content"]["received"], sent);
    let decision = entry["content"]["decision"].as_str().expect("a decision");
    assert!(answer.body.starts_with(decision.trim_end_matches('}')), "{decision}");
    assert!(
        entry["checkpoint"].as_str().is_some_and(|checkpoint| checkpoint.starts_with("heedful.example/record\n2\n"))
    );
    let of_case = served.get("/record/cases/call-1").await.json();
    let kinds: Vec<&serde_json::Value> =
        of_case["entries"].as_array().expect("entries").iter().map(|entry| &entry["kind"]).collect();
    assert_eq!(kinds, ["decision", "handler-grade"]);
    // Two looks were recorded.
    let audit = served.store.audit(served.key.verify_key(), &[]).await.expect("an audit");
    assert_eq!((audit.size, audit.wrong), (4, vec![]));
    assert_eq!(served.get("/record/cases/call-2").await.status, 404);
    assert_eq!(served.get("/record/log/checkpoint").await.body, served.store.head().await.expect("a head").checkpoint);
}

/// Holds the record locked, as a back-up that goes wrong may.
fn locked(served: &crate::support::Served) -> Connection {
    let other = Connection::open(served.place.folder.path().join("record.sqlite")).expect("a file");
    other.execute_batch("BEGIN IMMEDIATE").expect("a lock");
    other
}

#[tokio::test]
async fn where_it_cannot_be_recorded_it_is_refused_if_the_force_says_so() {
    let served = served().await;
    let lock = locked(&served);
    let answer = served.decide(&case("call-1", true)).await;
    assert_eq!((answer.status, answer.json()["type"].clone()), (503, "urn:heedful:problem:not-recorded".into()));
    assert_eq!(served.get("/health").await.json()["record"]["recording"], false);
    drop(lock);
    assert_eq!(served.decide(&case("call-1", true)).await.status, 200);
    assert_eq!(served.get("/health").await.json()["record"]["recording"], true);
    assert_eq!(served.store.head().await.expect("a head").size, 1);
}

async fn all_recorded(served: &crate::support::Served) {
    while served.get("/health").await.json()["record"]["waiting"]["decisions"] != 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn or_it_is_answered_and_recorded_once_that_can_be_done() {
    let served = served_as(How { when_not_recorded: WhenNotRecorded::Answer, ..How::default() }).await;
    let lock = locked(&served);
    for number in 1..=3 {
        let answer = served.decide(&case(&format!("call-{number}"), true)).await;
        assert_eq!((answer.status, &answer.json()["outcome"]["grade"]), (200, &"high".into()));
        let told = answer.json()["served"].clone();
        assert_eq!((&told["recorded"], &told["queued"]), (&false.into(), &true.into()), "{told}");
    }
    // A retry is not a second one.
    let again = served.decide(&case("call-2", true)).await.json()["served"].clone();
    assert_eq!((&again["queued"], &again["repeated"]), (&true.into(), &true.into()), "{again}");
    let health = served.get("/health").await.json()["record"].clone();
    assert_eq!((&health["recording"], &health["not_recorded"]), (&false.into(), &0.into()));
    assert_eq!((&health["waiting"]["decisions"], &health["waiting"]["in_memory"]), (&3.into(), &0.into()));
    assert_eq!(health["waiting"]["since"], "2026-05-28T20:26:40+00:00");
    let metrics = served.get("/metrics").await.body;
    for line in ["heedful_waiting 3", "heedful_queued_total 3", "heedful_unrecorded_total 0"] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    drop(lock);
    all_recorded(&served).await;
    assert_eq!(served.get("/health").await.json()["record"]["recording"], true);
    for number in 1..=3 {
        let answer = served.decide(&case(&format!("call-{number}"), true)).await.json();
        assert_eq!((&answer["served"]["place"], &answer["served"]["repeated"]), (&(number - 1).into(), &true.into()));
    }
    assert_eq!(served.store.head().await.expect("a head").size, 3);
}

#[tokio::test]
async fn what_cannot_even_wait_is_answered_or_refused_as_the_force_says() {
    for (when, status) in [(WhenNotRecorded::Answer, 200), (WhenNotRecorded::Queue, 503)] {
        let how = How { when_not_recorded: when, most_waiting: 1, ..How::default() };
        let served = served_as(how).await;
        let lock = locked(&served);
        let answer = served.decide(&case("call-1", true)).await;
        assert_eq!(answer.status, status, "{answer:?}");
        if status == 200 {
            let told = answer.json()["served"].clone();
            assert_eq!((&told["recorded"], told.get("queued")), (&false.into(), None), "{told}");
            assert_eq!(served.get("/health").await.json()["record"]["not_recorded"], 1);
        }
        drop(lock);
    }
}

#[tokio::test]
async fn a_grade_of_the_handler_is_one_that_the_vocabulary_has() {
    let served = served().await;
    assert_eq!(served.decide(&case("C-1", true)).await.status, 200);
    let give = async |outcome: &str, because: &str| {
        let body = format!(r#"{{"outcome":{outcome},"because":"{because}"}}"#);
        served.post("/record/cases/C-1/handler-grade", "application/json", &body).await
    };
    assert_eq!(give(r#"{"grade":"mid"}"#, "it was calm").await.status, 200);
    for (outcome, because, said) in [
        (r#"{"grad":"mid"}"#, "it was calm", "did you mean `grade`?"),
        (r#"{"grade":"middle"}"#, "it was calm", "`outcome.grade` is `low`, `mid`, `high`, or a list of them"),
        (r#"{"grade":7}"#, "it was calm", "`outcome.grade` is"),
        ("{}", "it was calm", "`outcome` is empty"),
        (r#"{"grade":"mid"}"#, "...", "`because` says nothing"),
    ] {
        let answer = give(outcome, because).await;
        assert!(answer.status == 400 && answer.body.contains(said), "{outcome}: {answer:?}");
    }
}

#[tokio::test]
async fn what_a_policy_may_ask_is_said_with_what_answers_it() {
    let served = served().await;
    let answer = served.get("/questions").await.json();
    let about: Vec<&str> =
        answer["questions"].as_array().expect("a list").iter().filter_map(|asked| asked["about"].as_str()).collect();
    assert_eq!(about, ["call.caller", "call.urgent", "history.calls", "history.calls.at", "history.calls.caller"]);
    assert_eq!(answer["questions"][1]["answer"]["enum"][0], true);
}
