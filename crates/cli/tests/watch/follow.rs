//! `heedful decide --live`: decisions under what is in force, whatever the files say.

use super::command::{Running, heedful};
use super::desk::{Desk, policy};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

const LIVE: [&str; 6] = ["decide", "--live", "--policy", "rules", "--format", "json"];

/// Which policy decides one call now: its digest.
fn digest_now(desk: &Desk) -> String {
    desk.write("case.json", CALL);
    let args: Vec<&str> = LIVE.into_iter().chain(["case.json"]).collect();
    let output = heedful(desk.folder.path(), &args).output().expect("the program runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    digest_of(&serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}")))
}

fn digest_of(decision: &Value) -> String {
    decision["policy"]["digest"].as_str().expect("a digest").to_owned()
}

fn digest_in(event: &Value) -> String {
    event["generation"]["policies"][0]["digest"].as_str().expect("a digest").to_owned()
}

const CALL: &str = "{\"call\": {\"id\": \"call-1\", \"at\": \"2026-03-14T22:00:00Z\"}}\n";

#[test]
fn decisions_follow_what_is_in_force_while_files_are_refused_and_after_a_roll_back() {
    let desk = Desk::furnished();
    let watch = Running::start(desk.folder.path(), &["watch", "--format", "json", "--look-every", "1", "rules"]);
    let first = digest_in(&watch.expect_live());
    assert_eq!(digest_now(&desk), first);
    desk.write("rules/policy.heed", &policy(4));
    let second = digest_in(&watch.expect_live());
    assert_eq!(digest_now(&desk), second);
    desk.write("rules/policy.heed", "broken");
    watch.expect("a refusal", |event| event["event"] == "refused");
    assert_eq!(digest_now(&desk), second);
    let restore =
        ["kept", "restore", "--policy", "rules", &first, "--by", "A. Example, inspector", "--because", "a test"];
    assert_eq!(heedful(desk.folder.path(), &restore).output().expect("it runs").status.code(), Some(0));
    // The word of whoever restores it is enough, whether or not somebody watches.
    assert_eq!(digest_now(&desk), first);
    drop(watch);
    assert_eq!(digest_now(&desk), first);
}

#[test]
fn a_program_that_goes_on_notices_each_generation_between_two_lines() {
    let desk = Desk::furnished();
    let watch = Running::start(desk.folder.path(), &["watch", "--format", "json", "rules"]);
    let first = digest_in(&watch.expect_live());
    let args: Vec<&str> = LIVE.into_iter().chain(["-"]).collect();
    let mut child = heedful(desk.folder.path(), &args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut input = child.stdin.take().expect("a pipe");
    let output = BufReader::new(child.stdout.take().expect("a pipe"));
    let (sender, lines) = channel();
    std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    let mut ask = || {
        input.write_all(CALL.as_bytes()).and_then(|()| input.flush()).expect("it listens");
        let line = lines.recv_timeout(Duration::from_secs(60)).expect("it answers");
        digest_of(&serde_json::from_str(&line).expect("JSON"))
    };
    assert_eq!(ask(), first);
    for calls in [4, 5] {
        desk.write("rules/policy.heed", &policy(calls));
        let next = digest_in(&watch.expect_live());
        assert_eq!(ask(), next);
    }
    let restore =
        ["kept", "restore", "--policy", "rules", &first, "--by", "A. Example, inspector", "--because", "a test"];
    assert_eq!(heedful(desk.folder.path(), &restore).output().expect("it runs").status.code(), Some(0));
    let begun = Instant::now();
    while ask() != first {
        assert!(begun.elapsed() < Duration::from_secs(60), "the restored one is never taken");
    }
    drop(input);
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn without_anything_kept_it_is_said_plainly() {
    let desk = Desk::furnished();
    desk.write("case.json", CALL);
    let refused = |args: &[&str], wanted: &str| {
        let output = heedful(desk.folder.path(), args).output().expect("the program runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && said.contains(wanted), "{args:?}: {said}");
    };
    let args: Vec<&str> = LIVE.into_iter().chain(["case.json"]).collect();
    refused(&args, "no policy is kept here");
    std::fs::create_dir_all(desk.path(".heedful/rules")).expect("a folder");
    refused(&args, "nothing that is kept here is in force");
    refused(&["decide", "--live", "case.json"], "--policy");
    refused(&["decide", "--keep", "kept", "case.json"], "--live");
    refused(&["decide", "--live", "--policy-digest", "abcd", "--policy", "rules", "case.json"], "cannot be used with");
}
