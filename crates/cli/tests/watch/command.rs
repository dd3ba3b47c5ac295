//! `heedful watch` and `heedful kept` as their users meet them.

use super::desk::{Desk, LIMIT, VOCABULARY, policy};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};

/// A running `heedful watch`, killed when it is dropped.
pub struct Running {
    pub child: Child,
    lines: Receiver<String>,
}

pub fn heedful(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heedful"));
    command.args(args).current_dir(folder).stdin(Stdio::null()).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command
}

pub fn run(desk: &Desk, args: &[&str]) -> Output {
    heedful(desk.folder.path(), args).output().expect("the program runs")
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl Running {
    pub fn start(folder: &Path, args: &[&str]) -> Self {
        let child = heedful(folder, args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = child.expect("the program runs");
        let (sender, lines) = channel();
        let out = BufReader::new(child.stdout.take().expect("a pipe"));
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, lines }
    }

    /// Waits for a line of JSON that is wanted.
    pub fn expect(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut heard = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(LIMIT) {
            let event: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("not JSON: {line}"));
            if wanted(&event) {
                return event;
            }
            heard.push(line);
        }
        panic!("{what} did not come; heard was {heard:#?}")
    }

    pub fn expect_live(&self) -> Value {
        self.expect("a new generation", |event| event["event"] == "live")
    }

    /// Waits for a line of text that holds these words, and gives all lines so far.
    pub fn expect_words(&self, words: &str) -> String {
        let mut heard = String::new();
        while let Ok(line) = self.lines.recv_timeout(LIMIT) {
            heard.push_str(&line);
            heard.push('\n');
            if line.contains(words) {
                return heard;
            }
        }
        panic!("`{words}` did not come; heard was {heard}")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn each_event_is_a_line_of_json() {
    let desk = Desk::furnished();
    let watch = Running::start(desk.folder.path(), &["watch", "--format", "json", "rules"]);
    let first = watch.expect_live();
    assert_eq!(first["generation"]["number"], 1);
    assert_eq!(first["gates"][2]["gate"], "base");
    desk.write("rules/policy.heed", &policy(4));
    let second = watch.expect_live();
    let change = &second["changes"][0];
    assert_eq!((&change["name"], &change["parts"][0]["after"]), (&"repeat-calls".into(), &"4 calls".into()));
    assert_eq!(change["touches"], serde_json::json!(["repeat-calls"]));
    assert!(second["milliseconds_from_save"].as_u64().is_some());
    assert_ne!(first["generation"]["meaning"], second["generation"]["meaning"]);
    desk.write("rules/policy.heed", "policy \"Desk\"\n  vocabulary \"dsk\"\n");
    let refused = watch.expect("a refusal", |event| event["event"] == "refused");
    assert_eq!(refused["diagnostics"][0]["code"], "unknown-name");
    assert_eq!(refused["live"]["number"], 2);
}

#[test]
fn a_policy_lead_reads_what_changed_and_what_was_refused() {
    let desk = Desk::furnished();
    let watch = Running::start(desk.folder.path(), &["watch", "rules"]);
    watch.expect_words("digest of meaning");
    desk.write("rules/policy.heed", &policy(4));
    let told = watch.expect_words("digest of meaning");
    assert!(told.contains("Generation 2 is live, 0.") || told.contains("after the save"), "{told}");
    assert!(told.contains("repeat-calls: 3 calls -> 4 calls, which changes rule repeat-calls"), "{told}");
    desk.write("rules/policy.heed", "policy \"Desk\"\n  vocabulary \"dsk\"\n");
    let told = watch.expect_words("did you mean");
    assert!(told.contains("REFUSED. Generation 2 stays live."), "{told}");
}

#[test]
fn advisory_gates_are_loud() {
    let desk = Desk::furnished();
    let watch = Running::start(desk.folder.path(), &["watch", "--advisory-gates", "rules"]);
    watch.expect_words("THE GATES ARE ADVISORY");
}

#[test]
fn a_kept_policy_decides_is_restored_and_released() {
    let desk = Desk::furnished();
    let watch = Running::start(desk.folder.path(), &["watch", "--format", "json", "--look-every", "1", "rules"]);
    let first = watch.expect_live();
    desk.write("rules/policy.heed", &policy(4));
    watch.expect_live();
    let listed = text(&run(&desk, &["kept", "list", "--policy", "rules"]).stdout);
    assert!(listed.contains("repeat-calls: 3 calls -> 4 calls"), "{listed}");

    let earlier: Vec<String> = (1..=3)
        .map(|number| format!(r#"{{"id":"earlier-{number}","at":"2026-03-14T21:00:00Z","caller":"p"}}"#))
        .collect();
    let four_calls = format!(
        r#"{{"call":{{"id":"c","at":"2026-03-14T22:00:00Z","caller":"p"}},"history":{{"calls":[{}]}}}}"#,
        earlier.join(",")
    );
    desk.write("case.json", &four_calls);
    let decide = |more: &[&str]| {
        let args: Vec<&str> = ["decide", "--format", "json"].iter().chain(more).copied().chain(["case.json"]).collect();
        let output = run(&desk, &args);
        serde_json::from_slice::<Value>(&output.stdout).unwrap_or_else(|_| panic!("{}", text(&output.stderr)))
    };
    let (now, digest) = (decide(&["--policy", "rules"]), first["generation"]["policies"][0]["digest"].as_str());
    let digest = digest.expect("a digest");
    let then = decide(&["--policy", "rules", "--policy-digest", &digest[..20]]);
    assert_eq!((&now["outcome"]["grade"], &then["outcome"]["grade"]), (&"high".into(), &"low".into()));
    assert_eq!(then["policy"]["digest"], digest);
    let by_bytes = first["generation"]["bytes"].as_str().expect("a digest");
    assert_eq!(decide(&["--keep", ".heedful/rules", "--policy-digest", by_bytes]), then);

    assert_eq!(
        run(
            &desk,
            &["kept", "restore", "--policy", "rules", digest, "--by", "A. Example, inspector", "--because", "a test"]
        )
        .status
        .code(),
        Some(0)
    );
    assert_eq!(watch.expect_live()["origin"], "restored");
    desk.write("rules/policy.heed", &policy(5));
    watch.expect("a wait", |event| event["event"] == "held" && event["reason"] == "restored");
    assert_eq!(run(&desk, &["kept", "release", "--policy", "rules"]).status.code(), Some(0));
    let released = watch.expect_live();
    assert_eq!(
        (&released["origin"], &released["changes"][0]["parts"][0]["after"]),
        (&"files".into(), &"5 calls".into())
    );
    let compared = run(
        &desk,
        &[
            "kept",
            "compare",
            "--policy",
            "rules",
            digest,
            released["generation"]["meaning"].as_str().expect("a digest"),
        ],
    );
    assert!(text(&compared.stdout).contains("repeat-calls: 3 calls -> 5 calls"), "{}", text(&compared.stdout));
    // What somebody reads who signed the first.
    let since = |more: &[&str]| {
        let args = [&["explain", "--policy", "rules", "--since", &digest[..20]], more].concat();
        text(&run(&desk, &args).stdout)
    };
    let page = since(&[]);
    assert!(page.contains("what changed since") && page.contains(digest), "{page}");
    assert!(page.contains("repeat-calls: 3 calls -\\> 5 calls, which changes rule"), "{page}");
    assert!(page.contains("Made on") && page.contains("**Signature:**"), "{page}");
    assert!(!page.contains("How to read this"), "{page}");
    assert!(since(&["--html"]).contains("counter(pages)"));
    let json: Value = serde_json::from_str(&since(&["--format", "json"])).expect("JSON");
    assert_eq!(json["changes"][0]["name"], "repeat-calls");
    desk.write("rules/policy.heed", &policy(3));
    assert!(since(&[]).contains("Nothing: this is the policy that was signed."));
}

#[test]
fn what_is_not_kept_is_said_to_be_so() {
    let desk = Desk::furnished();
    for (args, code) in [
        (vec!["kept", "list", "--policy", "rules"], 2),
        (vec!["kept", "list"], 2),
        (vec!["decide", "--policy", "rules", "--policy-digest", "abcdef", "case.json"], 2),
        (vec!["decide", "--policy-digest", "abcdef", "case.json"], 2),
        (vec!["watch", "-"], 2),
    ] {
        let output = run(&desk, &args);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", text(&output.stderr));
        assert!(!output.stderr.is_empty(), "{args:?} says nothing");
    }
}

#[test]
fn a_strict_start_ends_with_1_and_says_why() {
    let desk = Desk::new();
    desk.write("rules/vocabulary.heed", VOCABULARY);
    desk.write("rules/policy.heed", "broken");
    let output = run(&desk, &["watch", "--strict-start", "rules"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("REFUSED. NOTHING IS LIVE."), "{}", text(&output.stdout));
}
