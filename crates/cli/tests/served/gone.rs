//! A service that begins while its PostgreSQL is away: it decides, with what files hold, and records when the database is there.

use super::database::Database;
use super::server::{Caller, Server, assert_sound, folder};
use serde_json::{Value, json};
use std::fs;
use std::process::Stdio;

#[test]
fn it_decides_and_what_it_decided_is_recorded_once_the_database_is_there() {
    let Some(database) = Database::start() else { return };
    // One that was recorded in before, and one whose tables are still to be made.
    for is_new in [false, true] {
        let (folder, url) = (folder(), database.url());
        let place = ["--record", &url, "--record-key", "record.key"];
        if !is_new {
            let mut server = Server::start(folder.path(), &place);
            Caller::new(&server.address).and_then(|mut caller| caller.decide("before")).expect("an answer");
            server.end();
        }
        database.stop();
        let mut server = Server::start(folder.path(), &place);
        let mut caller = Caller::new(&server.address).expect("a connection");
        for number in 0..10 {
            let (status, answer) = caller.decide(&format!("call-{number}")).expect("an answer");
            assert_eq!((status, &answer["outcome"]["grade"]), (200, &"high".into()), "{answer}");
            assert_eq!((&answer["served"]["recorded"], &answer["served"]["queued"]), (&json!(false), &json!(true)));
        }
        let health = server.get("/health");
        let record = &health["record"];
        assert_eq!((&record["recording"], &record["reached"]), (&json!(false), &json!(false)), "{health}");
        assert_eq!((&record["waiting"]["decisions"], &record["waiting"]["in_memory"]), (&json!(10), &json!(0)));
        // It cannot read what was told before, and is ready without.
        server.wait_until_ready();
        // Twice in one outage.
        server.kill();
        let mut server = Server::start(folder.path(), &place);
        assert_eq!(server.get("/health")["record"]["waiting"]["decisions"], 10);
        database.begin();
        server.wait_until(|health| {
            health["record"]["waiting"]["decisions"] == 0 && health["record"]["recording"] == true
        });
        for number in 0..10 {
            let entries = server.get(&format!("/record/cases/call-{number}"))["entries"].clone();
            assert_eq!(entries.as_array().map(Vec::len), Some(1), "{number}: {entries}");
        }
        let (_, answer) =
            Caller::new(&server.address).and_then(|mut caller| caller.decide("after")).expect("an answer");
        assert_eq!(answer["served"]["recorded"], true, "{answer}");
        server.end();
        assert_sound(folder.path(), &place);
    }
}

#[test]
fn what_files_hold_raises_a_call_also_then_and_nothing_counts_as_absent() {
    let Some(database) = Database::start() else { return };
    let (folder, url) = (super::told::folder(), database.url());
    database.stop();
    let map = "tables:\n  - {file: incidents.csv, record: incident, id: ID, at: AT, values: {caller: WHO}}\n";
    fs::write(folder.path().join("map.yaml"), map).expect("a file");
    let rows = format!("ID,AT,WHO\ni-1,{},known\n", super::told::clock(-60));
    fs::write(folder.path().join("incidents.csv"), rows).expect("a file");
    let place = ["--record", &url, "--record-key", "record.key", "--events", "map.yaml", "--events-lag", "86400"];
    let server = Server::start(folder.path(), &place);
    server.wait_until_ready();
    let decide = |id: &str, who: &str| -> Value {
        let call = json!({"call": {"id": id, "at": super::told::clock(0), "caller": who, "attendance-due": "none"}});
        server.ask("POST", "/decide?history=kept", &call.to_string()).expect("an answer")
    };
    let (known, other) = (decide("call-1", "known"), decide("call-2", "other"));
    assert_eq!(known["fired"][0]["rule"], "known", "{known}");
    assert_eq!(other["undecided"][0]["rule"], "known", "{other}");
    for decision in [&known, &other] {
        assert_eq!(decision["served"]["history"]["not_whole"], json!(["incident"]), "{decision}");
    }
    database.begin();
    server.wait_until(|health| health["record"]["recording"] == true && health["history"]["loaded"] == true);
    // The file says all that there is.
    let other = decide("call-3", "other");
    assert_eq!((&other["undecided"], &other["served"]["history"]["not_whole"]), (&json!([]), &json!([])), "{other}");
}

#[test]
fn one_that_refuses_what_it_cannot_record_does_not_begin_without_its_record() {
    let Some(database) = Database::start() else { return };
    let (folder, url) = (folder(), database.url());
    database.stop();
    for (url, when, said) in [
        (url.as_str(), "refuse", "see that its database is up"),
        // To wait would not help.
        ("postgres://heedful@127.0.0.1:no-port/record", "answer", "the record cannot be used"),
    ] {
        let args = ["serve", "--policy", "rules", "--listen", "127.0.0.1:0", "--record-key", "record.key"];
        let args = [&args[..], &["--record", url, "--when-not-recorded", when]].concat();
        let told = crate::watch::command::heedful(folder.path(), &args).stdin(Stdio::null()).output();
        let told = told.expect("the program runs");
        let error = String::from_utf8_lossy(&told.stderr);
        assert!(!told.status.success() && error.contains(said), "{error}");
    }
}
