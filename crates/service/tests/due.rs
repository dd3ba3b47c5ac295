//! What a decision said would come: told once, whatever happens meanwhile.

use crate::kept::{START, begun, call, clock, generation_with};
use crate::support::{How, Place, Served, in_each_store, served_in};
use heedful::time::Instant;
use heedful_service::WhenNotRecorded;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Minutes after the start, on a clock.
fn go_to(clock: &AtomicI64, minutes: i64) {
    clock.store(START + minutes * 60, Ordering::Relaxed);
}

impl Served {
    /// What was told, as soon as so many were.
    async fn told(&self, count: usize) -> Vec<Value> {
        loop {
            let due = self.get("/due").await.json();
            let due = due["due"].as_array().expect("a list");
            if due.len() >= count {
                return due.clone();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until it has certainly been looked for what is due: until something that is due later has been told.
    async fn nothing_but(&self, case: &str) -> Vec<Value> {
        loop {
            let due = self.get("/due").await.json();
            let due = due["due"].as_array().expect("a list");
            if due.iter().any(|due| due["case"] == case) {
                return due.clone();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

static OVERDUE: AtomicI64 = AtomicI64::new(START);

#[tokio::test]
async fn that_nobody_has_come_reaches_somebody_once_also_after_a_restart() {
    in_each_store(async |place| {
        OVERDUE.store(START, Ordering::Relaxed);
        let now = || Instant(OVERDUE.load(Ordering::Relaxed));
        let served = begun(place, now).await;
        served.both_complete(0).await;
        let decision = served.by_call(&call("call-1", 0)).await;
        assert_eq!(decision["outcome"]["grade"], "low");
        // Somebody must look again 40 minutes after attendance was due: that only comes with the change.
        let ahead = served.store.ahead_of("call-1").await.expect("times");
        let says: Vec<(Instant, Value)> =
            ahead.iter().map(|time| (time.at, serde_json::from_str(&time.says).expect("JSON"))).collect();
        assert!(
            says.contains(&(Instant(START + 70 * 60), json!({"changes": false, "deadlines": ["review-by"]}))),
            "{says:?}"
        );
        // Due half an hour later, while no server is there.
        let folder = served.ended().await;
        go_to(&OVERDUE, 31);
        let served = begun(folder, now).await;
        let due = served.told(1).await;
        assert_eq!(due[0]["case"], "call-1");
        assert_eq!(due[0]["says"], json!({"changes": true, "deadlines": []}));
        assert_eq!(due[0]["decision"]["outcome"]["grade"], "high", "{due:?}");
        assert_eq!(due[0]["decision"]["fired"][0]["because"], "Nobody has come yet");
        let place = due[0]["place"].as_u64().expect("a place");
        let next = served.get(&format!("/due?since={}", place + 1)).await.json();
        assert_eq!(next, json!({"due": [], "next": place + 1}));
        // Another restart tells nothing again.
        let served = begun(served.ended().await, now).await;
        served.by_call(&call("call-2", 31)).await;
        go_to(&OVERDUE, 31 + 24 * 60 + 1);
        let due = served.nothing_but("call-2").await;
        let firsts = due.iter().filter(|due| due["case"] == "call-1" && due["due"] == clock(30)).count();
        assert_eq!(firsts, 1, "{due:?}");
        let entry = served.get(&format!("/record/entries/{place}")).await.json();
        assert_eq!(entry["kind"], "due");
        let audit = served.store.audit(served.key.verify_key(), &[]).await.expect("an audit");
        assert!(audit.wrong.is_empty(), "{:?}", audit.wrong);
    })
    .await;
}

static CLOSED: AtomicI64 = AtomicI64::new(START);

#[tokio::test]
async fn a_closed_case_tells_nothing_and_one_where_somebody_came_says_so() {
    in_each_store(async |place| {
        CLOSED.store(START, Ordering::Relaxed);
        let served = begun(place, || Instant(CLOSED.load(Ordering::Relaxed))).await;
        served.both_complete(0).await;
        for id in ["call-1", "call-2", "call-3"] {
            served.by_call(&call(id, 0)).await;
        }
        let why = r#"{"by":"desk 4","because":"It was a wrong number"}"#;
        let closed = served.post("/cases/call-1/close", "application/json", why).await;
        assert_eq!(closed.status, 200, "{closed:?}");
        assert!(closed.json()["no_longer_ahead"].as_u64().expect("a count") > 0);
        assert_eq!(served.post("/cases/call-9/close", "application/json", why).await.status, 404);
        let record = json!({"id": "call-2", "at": clock(0), "caller": "a", "attended-at": clock(1)});
        CLOSED.store(START + 120, Ordering::Relaxed);
        served.tell(&json!({"kind": "call", "record": record}).to_string()).await;
        go_to(&CLOSED, 31);
        let due = served.told(2).await;
        let cases: Vec<&Value> = due.iter().map(|due| &due["case"]).collect();
        assert_eq!(cases, ["call-2", "call-3"]);
        let fired = |due: &Value| due["decision"]["fired"].to_string();
        assert!(!fired(&due[0]).contains("Nobody has come yet"), "{due:?}");
        assert!(fired(&due[1]).contains("Nobody has come yet"), "{due:?}");
        let metrics = served.get("/metrics").await.body;
        assert!(metrics.contains("heedful_due_told_total 2"), "{metrics}");
    })
    .await;
}

static ANEW: AtomicI64 = AtomicI64::new(START);

#[tokio::test]
async fn what_a_later_decision_says_takes_the_place_of_what_an_earlier_one_said() {
    in_each_store(async |place| {
        ANEW.store(START, Ordering::Relaxed);
        let served = begun(place, || Instant(ANEW.load(Ordering::Relaxed))).await;
        served.both_complete(0).await;
        let first = served.by_call(&call("call-1", 0)).await;
        let later = call("call-1", 0).replace(&clock(30), &clock(50));
        served.by_call(&later).await;
        served.by_call(&call("call-2", 0)).await;
        go_to(&ANEW, 31);
        let due = served.told(1).await;
        assert_eq!(due[0]["case"], "call-2", "{first} {due:?}");
        assert_eq!(due.len(), 1);
        go_to(&ANEW, 51);
        let due = served.nothing_but("call-1").await;
        assert_eq!(due.iter().filter(|due| due["case"] == "call-1").count(), 1, "{due:?}");
    })
    .await;
}

static HEARD: AtomicI64 = AtomicI64::new(START);

#[tokio::test]
async fn whoever_listens_hears_of_it_without_anything_about_anybody() {
    in_each_store(async |place| {
        HEARD.store(START, Ordering::Relaxed);
        let served = begun(place, || Instant(HEARD.load(Ordering::Relaxed))).await;
        // With a history that was sent, too.
        let case = call("call-1", 0).trim_end_matches('}').to_owned() + "},\"history\":{\"calls\":[]}}";
        assert_eq!(served.decide(&case).await.status, 200);
        let mut stream = TcpStream::connect(served.address).await.expect("a connection");
        stream.write_all(b"GET /news HTTP/1.1\r\nhost: here\r\n\r\n").await.expect("a request");
        let mut heard = String::new();
        let mut some = [0; 1024];
        // Its head tells that it listens from now on.
        while !heard.contains("\r\n\r\n") {
            let count = stream.read(&mut some).await.expect("a head");
            heard.push_str(&String::from_utf8_lossy(&some[..count]));
        }
        go_to(&HEARD, 31);
        while !heard.contains("event: due") || !heard.contains("\"due\":") {
            let count = stream.read(&mut some).await.expect("an event");
            heard.push_str(&String::from_utf8_lossy(&some[..count]));
        }
        let due = served.told(1).await;
        assert_eq!(due[0]["decision"]["outcome"]["grade"], "high");
        assert!(heard.contains("\"case\":\"call-1\"") && !heard.contains("Nobody"), "{heard}");
    })
    .await;
}

fn moment(at: &Value) -> Instant {
    Instant::parse(at.as_str().expect("a time")).expect("a time")
}

static TIMED: AtomicI64 = AtomicI64::new(START);

#[tokio::test]
async fn what_is_told_has_the_outcome_that_the_decision_announced_however_late_it_is_told() {
    let rule = "\nrule evening\n  when this call is between 20:30 and 21:15\n  then grade at least mid\n  because \"It is evening\"\n  source \"Invented\"\n";
    in_each_store(async |place| {
        TIMED.store(START, Ordering::Relaxed);
        let served = begun(place, || Instant(TIMED.load(Ordering::Relaxed))).await;
        served.live.put(generation_with(rule));
        served.both_complete(0).await;
        // One that comes again: it leaves its 24 hours long after the evening is over.
        for id in ["call-1", "call-2"] {
            served.by_call(&call(id, 0)).await;
        }
        let alone = call("call-3", 0).trim_end_matches('}').to_owned() + "},\"history\":{}}";
        let decision = served.decide(&alone).await.json();
        let again = served.by_call(&call("call-2", 0)).await;
        let announced: Vec<Value> = [&again, &decision]
            .iter()
            .flat_map(|decision| decision["until"].as_array().expect("a list").clone())
            .collect();
        assert!(announced.len() > 1, "{again} {decision}");
        // Two days later, all at once.
        go_to(&TIMED, 2 * 24 * 60);
        for (case, decision) in [("call-2", &again), ("call-3", &decision)] {
            for until in decision["until"].as_array().expect("a list") {
                let told = served.nothing_but(case).await;
                let told = told.iter().find(|due| due["case"] == case && moment(&due["due"]) == moment(&until["at"]));
                let told = told.unwrap_or_else(|| panic!("{case} at {} was not told", until["at"]));
                assert_eq!(told["decision"]["outcome"], until["outcome"], "{case} at {}", until["at"]);
            }
        }
    })
    .await;
}

static QUEUED: AtomicI64 = AtomicI64::new(START);

#[tokio::test]
async fn what_was_decided_while_nothing_could_be_recorded_is_told_too() {
    QUEUED.store(START, Ordering::Relaxed);
    let how = How {
        now: || Instant(QUEUED.load(Ordering::Relaxed)),
        has_policy: false,
        when_not_recorded: WhenNotRecorded::Answer,
        ..How::default()
    };
    let served = served_in(Place::file(), how).await;
    served.live.put(generation_with(""));
    served.both_complete(0).await;
    let other = rusqlite::Connection::open(served.place.folder.path().join("record.sqlite")).expect("a file");
    other.execute_batch("BEGIN IMMEDIATE").expect("a lock");
    let first = served.by_call(&call("call-1", 0)).await;
    assert_eq!((&first["served"]["queued"], &first["outcome"]["grade"]), (&json!(true), &json!("low")), "{first}");
    // The next call knows of it.
    let second = served.by_call(&call("call-2", 0)).await;
    assert_eq!(second["outcome"]["grade"], "mid", "{second}");
    go_to(&QUEUED, 31);
    drop(other);
    let due = served.told(2).await;
    let cases: Vec<&Value> = due.iter().map(|due| &due["case"]).collect();
    assert_eq!(cases, ["call-1", "call-2"]);
    assert!(due.iter().all(|due| due["decision"]["outcome"]["grade"] == "high"), "{due:?}");
}
