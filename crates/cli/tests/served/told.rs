//! Two services on one PostgreSQL: records told to one are seen by the other, and what is due is told once although one of them is killed.

use super::database::Database;
use super::server::{Server, assert_sound};
use heedful::time::{Instant, Zone};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;
use tempfile::TempDir;

const VOCABULARY: &str = r#"vocabulary "v"
  identities person

call
  fact caller: identity of person
  fact attendance-due: time or none

record incident, plural incidents "What was reported"
  field caller: identity of person

outcome grade: highest of low, mid and high
  written as "grade at least"
"#;

const POLICY: &str = r#"policy "P"
  vocabulary "v"
  time zone Europe/London

rule known
  when at least 1 incident about the same caller within 12 months
  then grade at least mid
  because "Something was reported before"
  source "Invented"

rule late
  when attendance-due has passed
  then grade at least high
  because "Somebody should be there by now"
  source "Invented"
"#;

pub fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("rules")).expect("a folder");
    fs::write(folder.path().join("rules/vocabulary.heed"), VOCABULARY).expect("a file");
    fs::write(folder.path().join("rules/policy.heed"), POLICY).expect("a file");
    folder
}

/// So many seconds from now.
pub fn clock(seconds: i64) -> String {
    Zone::utc().format(Instant(heedful_live::store::now().0 + seconds))
}

const CALLS: usize = 40;

#[test]
fn each_of_two_knows_what_the_other_was_told_and_each_time_ahead_is_told_once() {
    let Some(database) = Database::start() else { return };
    let (one, other, url) = (folder(), folder(), database.url());
    // However busy the machine is, the history is waited for.
    let place = ["--record", &url, "--record-key", "record.key", "--deadline", "20000"];
    let first = Server::start(one.path(), &place);
    fs::copy(one.path().join("record.key"), other.path().join("record.key")).expect("a key");
    let mut second = Server::start(other.path(), &place);
    let due = clock(8);
    for number in 0..CALLS {
        let (tells, decides) = if number % 2 == 0 { (&first, &second) } else { (&second, &first) };
        let complete = json!({"complete_to": clock(0), "lag": "PT1H"}).to_string();
        tells.ask("PUT", "/sources/incident", &complete).expect("an answer");
        let caller = format!("p-{number}");
        let record = json!({"id": format!("i-{number}"), "at": clock(-60), "caller": caller});
        let told = tells.ask("POST", "/records", &json!({"kind": "incident", "record": record}).to_string());
        assert_eq!(told, Some(json!({"kept": 1, "repeated": 0})));
        let call = json!({"id": format!("call-{number}"), "at": clock(0), "caller": caller, "attendance-due": due});
        let decision = decides.ask("POST", "/decide?history=kept", &json!({"call": call}).to_string());
        let decision = decision.expect("an answer");
        assert_eq!(decision["fired"][0]["rule"], "known", "{decision}");
        assert_eq!(decision["served"]["history"]["not_whole"], json!([]), "{decision}");
    }
    let told = |server: &Server| server.get("/due")["due"].as_array().expect("a list").clone();
    let wait_for = |count: usize| {
        for _ in 0..3_000 {
            if told(&first).len() >= count {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("{} of {count} were told", told(&first).len());
    };
    wait_for(1);
    second.kill();
    wait_for(CALLS);
    // One that begins now tells none of them again, and knows what was told before it was there.
    let third = Server::start(other.path(), &place);
    third.wait_until(|health| health["history"]["loaded"] == true);
    assert_eq!(third.get("/health")["history"]["events"], CALLS);
    let all = told(&third);
    let cases: BTreeSet<&str> = all.iter().filter_map(|due| due["case"].as_str()).collect();
    assert_eq!((all.len(), cases.len()), (CALLS, CALLS));
    for due in &all {
        assert_eq!(due["decision"]["outcome"]["grade"], "high", "{due}");
        let fired: Vec<&Value> =
            due["decision"]["fired"].as_array().expect("a list").iter().map(|fired| &fired["rule"]).collect();
        assert_eq!(fired, ["known", "late"]);
    }
    drop((first, third));
    assert_sound(one.path(), &place[..4]);
}
