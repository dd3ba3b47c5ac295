//! The clock of the machine is set forward by an hour and back by an hour while calls are decided.

use super::server::{Caller, Load, Server, assert_sound, case, folder, recorded};
use heedful::time::{Instant, Zone};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A clock that the service reads in the place of the machine's, by libfaketime. What measures how long something takes stays as it is.
struct Clock {
    library: PathBuf,
    set: PathBuf,
}

impl Clock {
    /// None where libfaketime is not installed.
    fn new(folder: &Path) -> Option<Self> {
        let places = fs::read_dir("/usr/lib").ok()?.filter_map(Result::ok).map(|place| place.path());
        let library = places.map(|place| place.join("faketime/libfaketime.so.1")).find(|library| library.exists())?;
        let clock = Self { library, set: folder.join("clock") };
        clock.ahead(0);
        Some(clock)
    }

    /// Sets it so many seconds ahead of the true time.
    fn ahead(&self, seconds: i64) {
        // Never half written.
        let new = self.set.with_extension("new");
        fs::write(&new, format!("{seconds:+}s\n")).expect("a file");
        fs::rename(new, &self.set).expect("a file");
    }

    fn is_read_by(&self, command: &mut Command) {
        let set = self.set.display().to_string();
        let more = [
            ("FAKETIME_TIMESTAMP_FILE", set.as_str()),
            ("FAKETIME_NO_CACHE", "1"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ];
        command.env("LD_PRELOAD", &self.library).env("NO_FAKE_STAT", "1").envs(more);
    }
}

const HOUR: i64 = 3_600;

/// The true time, so many seconds on.
fn time(on: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    Zone::utc().format(Instant(i64::try_from(now).expect("a time") + on))
}

const VOCABULARY: &str = r#"vocabulary "v"
  identities person

call
  fact caller: identity of person
  fact urgent: yes or no
  fact attendance-due: time or none
  fact attended-at: time or none

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

rule urgent
  when urgent is yes
  then grade at least mid
  because "It is urgent"
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

fn told_as(caller: &mut Caller, kind: &str) {
    let record = json!({"id": "incident-1", "at": time(-2 * HOUR), "caller": "a", "kind": kind});
    let told = json!({"kind": "incident", "record": record}).to_string();
    assert_eq!(caller.ask("POST", "/records", &told).expect("an answer").0, 200);
}

/// The grade of a call with the history that is kept.
fn grade(caller: &mut Caller, id: &str) -> Value {
    let call = json!({"call": {"id": id, "at": time(0), "caller": "a", "urgent": true}}).to_string();
    let (status, answer) = caller.ask("POST", "/decide?history=kept", &call).expect("an answer");
    assert_eq!(status, 200, "{answer}");
    answer["outcome"]["grade"].clone()
}

/// The cases of which something came due so far, each as often as it was told.
fn due(server: &Server) -> Vec<String> {
    let due = server.get("/due")["due"].as_array().expect("a list").clone();
    due.iter().map(|due| due["case"].as_str().expect("a case").to_owned()).collect()
}

fn wait_for_due(server: &Server, count: usize) {
    for _ in 0..500 {
        if due(server).len() >= count {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("{count} come due: {:?}", due(server));
}

/// As the service is given long enough to look several times at what is due.
const LOOKS: Duration = Duration::from_millis(1_700);

const LIMITS: [&str; 4] = ["--rate-limit", "20", "--decide-peak", "100000"];

#[test]
fn nothing_is_lost_and_nothing_is_told_twice_when_the_clock_is_set() {
    let folder = folder();
    let Some(clock) = Clock::new(folder.path()) else {
        println!("NOT CHECKED: libfaketime is not installed, so no clock is set");
        return;
    };
    fs::write(folder.path().join("rules/vocabulary.heed"), VOCABULARY).expect("a file");
    fs::write(folder.path().join("rules/policy.heed"), POLICY).expect("a file");
    let start = || Server::start_as(folder.path(), &LIMITS, |command| clock.is_read_by(command));
    let mut server = start();
    let load = Load::begin(&[&server.address], 2, "call");
    load.wait_for(20);
    let mut caller = Caller::new(&server.address).expect("a connection");
    // One time ahead in half an hour, and one 40 minutes later.
    let call = json!({"id": "waits", "at": time(0), "attendance-due": time(HOUR / 2), "attended-at": "none"});
    let (status, answer) = caller.ask("POST", "/decide", &json!({"call": call}).to_string()).expect("an answer");
    assert_eq!((status, &answer["served"]["recorded"]), (200, &true.into()), "{answer}");
    // A request whose body is still to come when the clock is set.
    let (head, body) = (request("slow"), case("slow"));
    let (first, last) = body.split_at(20);
    let mut slow = TcpStream::connect(&server.address).expect("a connection");
    slow.write_all((head + first).as_bytes()).expect("a request");

    clock.ahead(HOUR);
    load.wait_for(load.answered() + 50);
    slow.write_all(last.as_bytes()).expect("a body");
    let mut answer = String::new();
    slow.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "its time is not over since the clock was set: {answer}");
    wait_for_due(&server, 1);
    told_as(&mut caller, "abuse");
    assert_eq!(grade(&mut caller, "ahead"), "high");

    clock.ahead(0);
    load.wait_for(load.answered() + 50);
    // What was told last counts, though the clock says that it was told before.
    told_as(&mut caller, "other");
    assert_eq!(grade(&mut caller, "again"), "mid");

    // Whoever asked for too much an hour later, as the clock has it, is not kept waiting until then.
    while caller.ask("GET", "/sources", "").expect("an answer").0 == 200 {}
    clock.ahead(-HOUR);
    std::thread::sleep(LOOKS);
    assert_eq!(caller.ask("GET", "/sources", "").expect("an answer").0, 200);
    load.wait_for(load.answered() + 50);
    assert_eq!(due(&server), ["waits"]);

    // Killed while the clock is behind what it has recorded, and begun again.
    server.kill();
    let acknowledged = load.end();
    assert!(acknowledged.iter().all(|(_, answer)| answer["served"]["recorded"] == true));
    server = start();
    let mut caller = Caller::new(&server.address).expect("a connection");
    for _ in 0..500 {
        // It reads what was told, and decides meanwhile without.
        if server.get("/sources")["sources"].is_array() && grade(&mut caller, "read") == "mid" {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(grade(&mut caller, "restarted"), "mid");
    clock.ahead(HOUR);
    std::thread::sleep(LOOKS);
    assert_eq!(due(&server), ["waits"], "it was told before");
    clock.ahead(2 * HOUR);
    wait_for_due(&server, 2);
    std::thread::sleep(LOOKS);
    assert_eq!(due(&server), ["waits", "waits"]);
    drop(server);

    let recorded = recorded(&folder.path().join(".heedful/rules/record.sqlite"));
    let places: BTreeSet<(u64, &str)> = recorded.iter().map(|(place, case)| (*place, case.as_str())).collect();
    for (case, answer) in &acknowledged {
        let place = answer["served"]["place"].as_u64().expect("a place");
        assert!(places.contains(&(place, case)), "{case} was acknowledged at {place} and is not there");
    }
    assert_sound(folder.path(), &[]);
    println!("{} acknowledged while the clock was set, {} recorded", acknowledged.len(), recorded.len());
}

/// The head of a request for a case, after which the connection ends.
fn request(id: &str) -> String {
    let length = case(id).len();
    format!(
        "POST /decide HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
    )
}
