//! `heedful compare` as a policy lead and as a build server run it.

use crate::support::root;
use crate::watch::command::heedful;
use crate::watch::desk::{Desk, VOCABULARY, policy};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;

/// A folder with the shipped rules as they are, and in `draft` as they might be.
fn drafted(file: &str, edit: impl FnOnce(String) -> String) -> TempDir {
    let here = tempfile::tempdir().expect("a folder");
    for name in ["rules", "draft"] {
        for entry in walkdir::WalkDir::new(root("rules")).into_iter().map(|entry| entry.expect("a readable folder")) {
            let place = here.path().join(name).join(entry.path().strip_prefix(root("rules")).expect("a path in it"));
            if entry.file_type().is_dir() {
                fs::create_dir_all(place).expect("a folder");
            } else {
                fs::copy(entry.path(), place).expect("a copy");
            }
        }
    }
    let file = here.path().join("draft").join(file);
    let before = fs::read_to_string(&file).expect("a file");
    let after = edit(before.clone());
    assert_ne!(before, after, "nothing was edited");
    fs::write(file, after).expect("a file");
    here
}

fn run(here: &Path, args: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = heedful(here, args).output().expect("the program runs");
    let told = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    (status.code(), told)
}

fn json(here: &Path, args: &[&str]) -> (Option<i32>, Value) {
    let output = heedful(here, args).args(["--format", "json"]).output().expect("the program runs");
    let told = String::from_utf8_lossy(&output.stderr);
    let value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {told}"));
    (output.status.code(), value)
}

const RIVERSIDE: &str = "forces/riverside.heed";

/// Riverside with its repeat calls at 4 and no longer at 2.
fn raised() -> TempDir {
    drafted(RIVERSIDE, |text| text.replace("set repeat-calls to 2 calls", "set repeat-calls to 4 calls"))
}

#[test]
fn the_same_policy_is_proved_to_be_the_same() {
    let (code, told) = run(&root(""), &["compare", "rules", "rules", "--force", "riverside"]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.starts_with("THE SAME, PROVED: whatever the call, "), "{told}");
}

#[test]
fn a_raised_threshold_is_lower_and_each_call_is_decided_as_it_says() {
    let here = raised();
    let (code, told) = run(here.path(), &["compare", "rules", "draft", "--force", "riverside", "--cases", "found"]);
    assert_eq!(code, Some(1), "{told}");
    // Digests change with every word of the shipped rules.
    let told: String = told.lines().filter(|line| !line.starts_with("Old: ")).map(|line| format!("{line}\n")).collect();
    insta::assert_snapshot!("raised", told);
    let (code, found) = json(here.path(), &["compare", "rules", "draft", "--force", "riverside", "--cases", "found"]);
    assert_eq!((code, &found["verdict"]), (Some(1), &"lower".into()));
    let calls = found["comparisons"][0]["lower"].as_array().expect("calls");
    assert_eq!(
        calls.iter().map(|call| call["rule"].as_str()).collect::<Vec<_>>(),
        [Some("repeat-calls"), Some("repeat-phone")]
    );
    for call in calls {
        let file = call["file"].as_str().expect("a file");
        for (side, key) in [("rules", "old"), ("draft", "new")] {
            let decide = ["decide", "--policy", side, "--force", "riverside", file];
            let (code, decision) = json(here.path(), &decide);
            assert_eq!(code, Some(0));
            for part in call["outcomes"].as_array().expect("outcomes") {
                let outcome = part["outcome"].as_str().expect("a name");
                assert_eq!(decision["outcome"][outcome], part[key], "{outcome} under {side}: {call}");
            }
        }
    }
}

#[test]
fn a_longer_window_is_nowhere_lower() {
    let here = drafted(RIVERSIDE, |text| text.replace("return-window is 48 hours", "return-window is 72 hours"));
    let (code, found) = json(here.path(), &["compare", "rules", "draft", "--force", "riverside"]);
    assert_eq!((code, &found["verdict"]), (Some(0), &"never-lower".into()));
    let found = &found["comparisons"][0];
    assert_eq!(found["lower"], Value::Array(Vec::new()));
    assert_eq!(found["higher"][0]["rule"], "returned-call");
    // Without a folder for it the case stands in the output.
    assert_eq!(found["higher"][0]["case"]["call"]["caller"], "person-1");
    assert_eq!(found["higher"][0]["why"]["settings"][0]["new"], "72 hours");
}

#[test]
fn what_is_written_for_programs_stays_as_it_is() {
    let here = raised();
    let (_, mut found) = json(here.path(), &["compare", "rules", "draft", "--force", "riverside", "--certify"]);
    for side in ["old", "new"] {
        found["comparisons"][0][side]["digest"] = "a digest".into();
    }
    insta::assert_snapshot!("json", serde_json::to_string_pretty(&found).expect("JSON"));
}

#[test]
fn a_vocabulary_that_grew_is_read_with_the_old_policy_and_one_that_lost_a_word_is_not() {
    let desk = Desk::furnished();
    let here = desk.folder.path();
    desk.write("draft/policy.heed", &policy(3));
    let fact = "  fact urgent: yes or no\n";
    desk.write("draft/vocabulary.heed", &VOCABULARY.replace(fact, &format!("{fact}  fact stuck: yes or no\n")));
    let (code, told) = run(here, &["compare", "rules", "draft"]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.starts_with("THE SAME, PROVED") && told.contains("The vocabulary changed."), "{told}");
    // Back again, a fact is lost.
    let (code, told) = run(here, &["compare", "draft", "rules"]);
    assert_eq!(code, Some(3), "{told}");
    assert!(told.starts_with("NOT COMPARED: ") && told.contains("`stuck` is gone"), "{told}");
    desk.write("draft/vocabulary.heed", &VOCABULARY.replace("of low, middle and high", "of low and high"));
    let (code, found) = json(here, &["compare", "rules", "draft"]);
    assert_eq!((code, &found["verdict"]), (Some(3), &"not-settled".into()));
    assert_eq!(found["comparisons"][0]["verdict"], "not-compared");
    let why = found["comparisons"][0]["not_compared"].as_str().expect("a sentence");
    assert!(why.contains("the outcome `grade` lost a value"), "{why}");
}

const CODES: &str = r#"vocabulary "codes"
  identities person

call
  fact caller: identity of person
  fact code: one of c1 and c2

record call, plural calls
  field caller: identity of person

outcome grade: highest of low, middle and high
  written as "grade at least"
"#;

const BY_CODE: &str = r#"policy "Base"
  vocabulary "codes"
  time zone UTC

rule first "The first code"
  when code is c1
  then grade at least high
  because "x"
  source "a test"

rule second "The second code"
  when code is c2
  then grade at least middle
  because "x"
  source "a test"
"#;

const MORE_CODES: &str = "vocabulary \"more\"\n  extends \"codes\"\n\ncall\n  fact code: also c3\n";

const OWN: &str = "policy \"Force\"\n  tailors \"Base\"\n  vocabulary \"more\"\n";

/// A force that adds a code for which no rule speaks: while the code is not known, the base gives the lower of two grades and the force none.
#[test]
fn a_base_is_read_under_the_words_that_a_force_adds() {
    let here = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(here.path().join(name), text).expect("a file");
    [("codes.heed", CODES), ("base.heed", BY_CODE), ("more.heed", MORE_CODES), ("own.heed", OWN)]
        .into_iter()
        .for_each(|(name, text)| write(name, text));
    let args = ["compare", "--base", "--force", "force", "."];
    let (code, told) = run(here.path(), &args);
    assert_eq!(code, Some(3), "{told}");
    let said = unwrapped(&told);
    assert!(said.contains("rules first and second together while the fact code is not known"), "{told}");
    assert!(
        said.contains("It may be something more now than in the words that the old policy was written in"),
        "{told}"
    );
    assert!(said.contains("Base was read under these."), "{told}");
    let (_, found) = json(here.path(), &args);
    let found = &found["comparisons"][0];
    let open = &found["outcomes"][0]["lower"]["not_settled"][0];
    assert_eq!(open["together"], serde_json::json!({ "rules": ["second"], "unknown": "code" }), "{found}");
    // It goes by the digest that the base has in its own words.
    let (_, alone) = json(here.path(), &["compare", "--force", "base", ".", "."]);
    assert_eq!(found["old"]["digest"], alone["comparisons"][0]["old"]["digest"]);
    write("own.heed", &format!("{OWN}\n{}", rule_of("c3")));
    let (code, told) = run(here.path(), &args);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.starts_with("NOWHERE LOWER, PROVED"), "{told}");
    let (code, page) = run(here.path(), &["explain", "--policy", ".", "--force", "force"]);
    assert_eq!(code, Some(0), "{page}");
    assert!(page.contains("Proved: Force gives at least what Base gives."), "{page}");
}

fn rule_of(code: &str) -> String {
    format!(
        "rule {code} \"Another code\"\n  when code is {code}\n  then grade at least middle\n  because \"x\"\n  source \"a test\"\n"
    )
}

/// Without the breaks between lines.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_shipped_forces_are_compared_with_their_base() {
    let (code, told) = run(&root(""), &["compare", "--base", "--force", "saltmarsh", "rules"]);
    let said = unwrapped(&told);
    // Nothing but what the baseline allows, which is shown with what allows it.
    assert_eq!(code, Some(0), "{told}");
    assert!(said.starts_with("NOWHERE WEAKER, PROVED"), "{told}");
    assert!(said.contains("rule repeat-place is suspended there until the end of 31 December 2026"), "{told}");
    assert!(
        said.contains("Allowed by the range of repeat-calls") && said.contains("Allowed by the suspension"),
        "{told}"
    );
    let (code, told) = run(&root(""), &["compare", "--base", "--strict", "--force", "saltmarsh", "rules"]);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.starts_with("LOWER"), "{told}");
    let (code, told) = run(&root(""), &["compare", "--base", "--force", "riverside", "rules"]);
    assert_eq!(code, Some(0), "{told}");
    assert!(unwrapped(&told).contains("because National baseline has no rule rural-immediate"), "{told}");
}

#[test]
fn every_proof_is_checked_and_can_be_taken_elsewhere() {
    let here = drafted(RIVERSIDE, |text| text.replace("return-window is 48 hours", "return-window is 72 hours"));
    let args = ["compare", "rules", "draft", "--force", "riverside", "--certificates", "proofs"];
    let (code, found) = json(here.path(), &args);
    let found = &found["comparisons"][0]["certificates"];
    let number = |key: &str| found[key].as_u64().expect("a number");
    assert_eq!((code, number("proved")), (Some(0), number("alike") + number("certified")));
    assert!(number("certified") > 0 && number("asked") > number("proved"), "{found}");
    let folders: Vec<_> = fs::read_dir(here.path().join("proofs")).expect("a folder").flatten().collect();
    let proofs = folders.iter().filter(|entry| entry.path().join("problem.cnf").is_file());
    assert_eq!(proofs.count() as u64, number("certified"));
    let how = fs::read_to_string(here.path().join("proofs/README.md")).expect("a page");
    assert!(how.contains("drat-trim problem.cnf proof.drat"));
}

#[test]
fn what_is_proved_is_written_as_a_page_to_sign() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = |name: &str, more: &[&str]| {
        let file = folder.path().join(name);
        let args = ["compare", "--base", "--force", "saltmarsh", "rules", "--page", file.to_str().expect("a name")];
        let (code, told) = run(&root(""), &[&args, more].concat());
        assert_eq!(code, Some(0), "{told}");
        fs::read_to_string(file).expect("a page")
    };
    let html = page("page.html", &["--certify"]);
    assert!(html.starts_with("<!DOCTYPE html>"), "{html}");
    assert!(html.contains("The certificates, one after another, have the digest"), "{html}");
    let text = page("page.md", &[]);
    assert!(text.starts_with("# Saltmarsh Constabulary beside National baseline: what is proved\n"), "{text}");
    assert!(text.contains("**Allowed** by the suspension of the rule"), "{text}");
    assert!(text.contains("No certificates were asked for."), "{text}");
}

#[test]
fn a_policy_that_had_another_name_is_compared_under_both() {
    let desk = Desk::furnished();
    let here = desk.folder.path();
    desk.write("draft/vocabulary.heed", VOCABULARY);
    desk.write("draft/policy.heed", &policy(4).replace("policy \"Desk\"", "policy \"Counter\""));
    let (code, told) = run(here, &["compare", "rules", "draft", "--force", "counter", "--old-force", "desk"]);
    assert_eq!(code, Some(0), "{told}");
    assert!(
        told.starts_with("NOWHERE LOWER, PROVED: whatever the call, Counter gives at least what Desk gives"),
        "{told}"
    );
    let (code, told) = run(here, &["compare", "rules", "draft", "--force", "counter"]);
    assert_eq!(code, Some(2), "{told}");
}

#[test]
fn a_call_that_breaks_what_a_policy_states_is_an_error_of_check() {
    let desk = Desk::furnished();
    let stated = "\ninvariant urgent-first \"Urgent calls\"\n  whenever urgent is yes\n  then grade at least high\n  source \"Invented\"\n";
    desk.write("rules/policy.heed", &format!("{}{stated}", policy(3)));
    let (code, told) = run(desk.folder.path(), &["check", "rules"]);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("error[invariant-broken]") && told.contains("urgent is yes"), "{told}");
}

#[test]
fn what_was_kept_is_named_by_its_digest() {
    let mut desk = Desk::furnished();
    desk.start_kept();
    desk.expect_calls(3);
    desk.write("rules/policy.heed", &policy(4));
    desk.expect_calls(4);
    let journal = desk.keep().journal().expect("a journal");
    let [old, new] = [0, 1].map(|at: usize| journal.entries[at].meaning.trim_start_matches("sha256:")[..12].to_owned());
    let here = desk.folder.path();
    // With more calls few enough, the rule speaks more often.
    let (code, told) = run(here, &["compare", &old, &new, "--keep", "kept"]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("repeat-calls: 3 calls -> 4 calls"), "{told}");
    let (code, told) = run(here, &["compare", &new, &old, "--keep", "kept"]);
    assert_eq!(code, Some(1), "{told}");
    let (code, told) = run(here, &["compare", &old, "rules", "--keep", "kept"]);
    assert_eq!(code, Some(0), "{told}");
    // Nothing says where.
    let (code, told) = run(here, &["compare", &old, &new]);
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("--keep"), "{told}");
}

#[test]
fn what_cannot_be_compared_is_wrong_usage() {
    for (args, said) in [
        (vec!["compare"], "OLD"),
        (vec!["compare", "rules"], "NEW"),
        (vec!["compare", "--base", "rules", "rules"], "--base"),
        (vec!["compare", "rules", "no-such-folder", "--force", "riverside"], "no-such-folder"),
        (vec!["compare", "rules", "rules"], "say which with --force"),
        (vec!["compare", "rules", "rules", "--force", "nowhere"], "nowhere"),
        (vec!["compare", "--base", "--force", "national-baseline", "rules"], "tailors no other policy"),
    ] {
        let (code, told) = run(&root(""), &args);
        assert_eq!(code, Some(2), "{args:?}: {told}");
        assert!(told.contains(said), "{args:?}: {told}");
    }
}
