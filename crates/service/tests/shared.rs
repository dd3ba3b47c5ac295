//! Two servers that share one record: what one was told the other knows, and what is due is told once by one of them.

use crate::kept::{START, begun, call, clock};
use crate::support::{How, Place, Served, served_in};
use heedful::time::Instant;
use heedful_service::WhenNotRecorded;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

async fn two(now: fn() -> Instant) -> Option<(Served, Served)> {
    let one = begun(Place::shared()?, now).await;
    let other = begun(one.place.beside(), now).await;
    Some((one, other))
}

fn incident(number: u32) -> String {
    let record =
        json!({"id": format!("i-{number}"), "at": clock(-60), "caller": format!("p-{number}"), "kind": "abuse"});
    json!({"kind": "incident", "record": record}).to_string()
}

fn by(caller: u32, id: &str) -> String {
    call(id, 0).replace("\"caller\":\"a\"", &format!("\"caller\":\"p-{caller}\""))
}

#[tokio::test]
async fn what_one_was_told_is_in_the_next_decision_of_the_other() {
    let Some((one, other)) = two(|| Instant(START)).await else { return };
    let nobody = other.by_call(&by(99, "call-0")).await;
    assert_eq!(nobody["served"]["history"]["not_whole"], json!(["call", "incident"]));
    one.both_complete(0).await;
    for number in 0..20 {
        let (tells, decides) = if number % 2 == 0 { (&one, &other) } else { (&other, &one) };
        tells.tell(&incident(number)).await;
        let decision = decides.by_call(&by(number, &format!("call-{number}-1"))).await;
        assert_eq!(decision["outcome"]["grade"], "high", "{number}: {decision}");
        assert_eq!(decision["served"]["history"]["not_whole"], json!([]));
        // The call that one decided is an earlier call to the other.
        let again = tells.by_call(&by(number, &format!("call-{number}-2"))).await;
        assert_eq!(again["fired"].as_array().expect("a list").len(), 2, "{number}: {again}");
    }
    // What the other was told is known as told again.
    assert_eq!(other.tell(&incident(0)).await, json!({"kept": 0, "repeated": 1}));
}

#[tokio::test]
async fn of_two_versions_that_two_were_told_the_last_counts_for_both() {
    let Some((one, other)) = two(|| Instant(START)).await else { return };
    one.both_complete(0).await;
    for number in 0..20 {
        let other_kind = incident(number).replace("abuse", "other");
        one.tell(&incident(number)).await;
        other.tell(&other_kind).await;
        one.tell(&incident(number)).await;
        other.tell(&other_kind).await;
        for (server, name) in [(&one, "one"), (&other, "other")] {
            let decision = server.by_call(&by(number, &format!("call-{name}-{number}"))).await;
            assert_ne!(decision["outcome"]["grade"], "high", "{name}, {number}: {decision}");
        }
    }
}

static DUE: AtomicI64 = AtomicI64::new(START);

#[tokio::test]
async fn what_is_due_is_told_once_by_one_of_them() {
    let Some((one, other)) = two(|| Instant(DUE.load(Ordering::Relaxed))).await else { return };
    one.both_complete(0).await;
    for number in 0..40 {
        let server = if number % 2 == 0 { &one } else { &other };
        server.by_call(&by(number, &format!("call-{number}"))).await;
    }
    DUE.store(START + 31 * 60, Ordering::Relaxed);
    let told = loop {
        let told = one.get("/due").await.json()["due"].as_array().expect("a list").clone();
        if told.len() >= 40 {
            break told;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let cases: BTreeSet<&str> = told.iter().filter_map(|due| due["case"].as_str()).collect();
    assert_eq!((told.len(), cases.len()), (40, 40));
    assert!(told.iter().all(|due| due["decision"]["outcome"]["grade"] == "high"), "{told:?}");
    assert_eq!(other.get("/due").await.json()["due"], Value::from(told));
    // Each counts what it told itself.
    let mut counted = 0;
    for server in [&one, &other] {
        let metrics = server.get("/metrics").await.body;
        let line = metrics.lines().find_map(|line| line.strip_prefix("heedful_due_told_total "));
        counted += line.expect("a counter").parse::<u32>().expect("a number");
    }
    assert_eq!(counted, 40);
    let audit = one.store.audit(one.key.verify_key(), &[]).await.expect("an audit");
    assert!(audit.wrong.is_empty(), "{:?}", audit.wrong);
}

#[tokio::test]
async fn one_that_begins_reads_what_was_told_before_it_is_ready() {
    let Some(place) = Place::alone() else { return };
    let mut one = begun(place, || Instant(START)).await;
    one.both_complete(0).await;
    one.tell(&incident(1)).await;
    one.end().await;
    let how = How { now: || Instant(START), has_policy: false, ..How::default() };
    let other = served_in(one.place.beside(), how).await;
    let database = one.place.database().expect("a database");
    database.pause();
    other.live.put(crate::kept::generation());
    let ready = other.get("/ready").await;
    assert_eq!((ready.status, &ready.json()["history"]["loaded"]), (503, &json!(false)));
    database.resume();
    while other.get("/ready").await.status != 200 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(other.get("/health").await.json()["history"]["events"], 1);
    assert_eq!(other.by_call(&by(1, "call-1")).await["outcome"]["grade"], "high");
}

#[tokio::test]
async fn a_store_that_answers_nothing_is_waited_for_no_longer_than_the_deadline() {
    let Some(place) = Place::alone() else { return };
    let when_not_recorded = WhenNotRecorded::Answer;
    let how = How { now: || Instant(START), has_policy: false, when_not_recorded, ..How::default() };
    let served = served_in(place, how).await;
    served.live.put(crate::kept::generation());
    served.both_complete(0).await;
    served.tell(&incident(1)).await;
    let before = served.by_call(&by(1, "call-1")).await;
    assert_eq!(before["served"]["history"]["not_whole"], json!([]));
    let database = served.place.database().expect("a database");
    database.pause();
    // It would answer too late otherwise, which is 504, or wait until the database goes on.
    for number in 2..6 {
        let decision = served.by_call(&by(1, &format!("call-{number}"))).await;
        assert_eq!(decision["served"]["history"]["not_whole"], json!(["call", "incident"]), "{decision}");
        assert_eq!(decision["served"]["queued"], true, "{decision}");
        // What is known says what it says.
        assert_eq!(decision["outcome"]["grade"], "high", "{decision}");
    }
    let nobody = served.by_call(&by(2, "call-6")).await;
    assert_eq!(nobody["undecided"].as_array().expect("a list").len(), 2, "{nobody}");
    database.resume();
    while served.get("/health").await.json()["record"]["waiting"]["decisions"] != 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let again = served.by_call(&by(1, "call-7")).await;
    assert_eq!(again["served"]["history"]["not_whole"], json!([]));
    let audit = served.store.audit(served.key.verify_key(), &[]).await.expect("an audit");
    assert_eq!((audit.size, audit.wrong), (7, vec![]));
}

/// Somebody else at work in a database, who keeps what was locked until dropped.
struct Session {
    psql: Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Session {
    fn of(place: &Place) -> Self {
        let mut psql = Command::new("psql")
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", &place.url()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("psql runs");
        let (asks, answers) = (psql.stdin.take().expect("a pipe"), psql.stdout.take().expect("a pipe"));
        Self { psql, asks, answers: BufReader::new(answers) }
    }

    /// The one line that a query answers.
    fn ask(&mut self, query: &str) -> String {
        writeln!(self.asks, "{query};").expect("it listens");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("a line");
        line.trim_end().to_owned()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.psql.kill().expect("it can be ended");
        self.psql.wait().expect("it ends");
    }
}

#[tokio::test]
async fn how_far_a_feed_has_come_stays_though_a_reading_of_the_store_began_before_it_was_told() {
    let Some(place) = Place::shared() else { return };
    let served = begun(place, || Instant(START)).await;
    served.complete("incident", 0).await;
    // What is read first is how far feeds have come, then how many events there are, which has to wait here.
    let mut session = Session::of(&served.place);
    assert_eq!(session.ask("BEGIN; LOCK TABLE head IN ACCESS EXCLUSIVE MODE; SELECT 'held'"), "held");
    let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'head'::regclass";
    while session.ask(waiting) == "0" {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    served.complete("call", 0).await;
    drop(session);
    for _ in 0..80 {
        let told = served.get("/sources").await.json();
        assert_eq!(told["sources"].as_array().expect("a list").len(), 2, "{told}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
