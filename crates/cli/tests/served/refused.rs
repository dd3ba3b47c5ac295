//! A service whose policy files cannot be used, and one in which a kept policy was put back: what it says of that, and where.

use super::server::{Server, folder, heedful, policy};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::path::Path;

const WRONG: &str = "policy \"P\"\n  vocabulary \"v\"\n  time zone Europe/London\n\nrule urgent\n  when urgnt is yes\n  then grade at least high\n  because \"It is urgent\"\n  source \"Invented\"\n";

fn write(folder: &Path, text: &str) {
    fs::write(folder.join("rules/policy.heed"), text).expect("a file");
}

fn said(health: &Value) -> String {
    let lines = health["said"].as_array().into_iter().flatten().filter_map(Value::as_str);
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn files_that_are_refused_at_the_start_are_explained_in_the_log_and_to_who_asks_whether_it_is_ready() {
    let folder = folder();
    let folder = folder.path();
    write(folder, WRONG);
    let log = folder.join("log");
    let mut server = Server::start_as(folder, &["--no-record"], |command| {
        command.stderr(File::create(&log).expect("a log"));
    });
    let ready = server.get("/ready");
    assert_eq!(ready["deciding"], false);
    assert_eq!(ready["not_deciding"], "no policy is in force");
    assert_eq!(ready["files"], "the files as they are now were refused, and nothing is in force");
    for told in [said(&ready), fs::read_to_string(&log).expect("a log")] {
        assert!(told.contains("NOTHING IS LIVE") && told.contains("policy.heed:6:8"), "{told}");
        assert!(told.contains("did you mean `urgent`") || told.contains("urgent"), "{told}");
    }
    // Once they are mended nothing is said any more.
    write(folder, &policy("mended"));
    server.wait_until_ready();
    let health = server.get("/health");
    assert_eq!((&health["said"], &health["not_deciding"]), (&Value::Null, &Value::Null), "{health}");
    server.kill();
}

#[test]
fn who_has_no_token_is_told_that_files_are_refused_and_not_what_they_say() {
    let folder = folder();
    let folder = folder.path();
    write(folder, WRONG);
    let made = heedful(folder, &["serve", "token", "--name", "cad", "--role", "decide", "--tokens", "tokens"]).output();
    assert!(made.expect("it runs").status.success());
    let mut server = Server::start(folder, &["--no-record", "--tokens", "tokens"]);
    let ready = server.get("/ready");
    assert_eq!(ready["files"], "the files as they are now were refused, and nothing is in force");
    assert_eq!(ready["said"], Value::Null);
    server.kill();
}

#[test]
fn a_strict_start_that_ends_says_why() {
    let folder = folder();
    write(folder.path(), WRONG);
    let args = ["serve", "--policy", "rules", "--listen", "127.0.0.1:0", "--no-record", "--strict-start"];
    let run = heedful(folder.path(), &args).output().expect("it runs");
    let told = String::from_utf8_lossy(&run.stderr);
    assert_eq!(run.status.code(), Some(1), "{told}");
    assert!(told.contains("policy.heed:6:8") && told.contains("a strict start was asked for"), "{told}");
}

#[test]
fn a_force_that_no_policy_has_is_said() {
    let folder = folder();
    let mut server = Server::start(folder.path(), &["--no-record", "--force", "nowhere"]);
    let ready = server.get("/ready");
    let why = ready["not_deciding"].as_str().unwrap_or_default().to_owned();
    assert!(ready["deciding"] == false && why.contains("nowhere") && why.contains("`P`"), "{ready}");
    server.kill();
}

#[test]
fn what_is_put_back_is_in_force_when_it_is_answered_and_health_says_by_whom() {
    let folder = folder();
    let folder = folder.path();
    let mut server = Server::start(folder, &["--no-record", "--keep", "kept"]);
    let first = server.get("/generations")["in_force"]["digest"].clone();
    write(folder, &policy("second"));
    while server.get("/generations")["in_force"]["digest"] == first {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let nobody = json!({"digest": first, "by": " ", "because": "the second is wrong"}).to_string();
    let refused = server.ask("POST", "/roll-back", &nobody).expect("an answer");
    assert_eq!(refused["detail"], "`by` says nothing: say who");
    let word = json!({"digest": first, "by": "A. Example, control room", "because": "the second is wrong"}).to_string();
    let put_back = server.ask("POST", "/roll-back", &word).expect("an answer");
    assert_eq!((&put_back["is_in_force"], &put_back["in_force"]["digest"]), (&json!(true), &first), "{put_back}");
    let health = server.get("/health");
    assert_eq!(health["restored"]["by"], "A. Example, control room");
    assert_eq!(
        health["files"],
        "a kept generation was put back in force: the files change nothing until it is released"
    );
    let word = json!({"by": "A. Example, control room", "because": "the second was right"}).to_string();
    let released = server.ask("POST", "/release", &word).expect("an answer");
    assert_eq!((&released["released"], &released["is_in_force"]), (&json!(true), &json!(true)), "{released}");
    assert_ne!(released["in_force"]["digest"], first);
    let health = server.get("/health");
    assert_eq!((&health["restored"], &health["said"]), (&Value::Null, &Value::Null), "{health}");
    // Also where what is put back is what the files say.
    let now = server.get("/generations")["in_force"]["digest"].clone();
    let again = json!({"digest": now, "by": "A. Example", "because": "to hold it"}).to_string();
    assert_eq!(server.ask("POST", "/roll-back", &again).expect("an answer")["is_in_force"], true);
    let released = server.ask("POST", "/release", &word).expect("an answer");
    assert_eq!(released["is_in_force"], true, "{released}");
    assert_eq!(server.get("/health")["files"], "what the files say is in force");
    server.kill();
}
