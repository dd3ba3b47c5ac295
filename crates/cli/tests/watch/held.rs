//! What is in force and would be lost: each kind of it is held, by name, until somebody accepts exactly that.

use super::command::{Running, heedful, run, text};
use super::desk::{Desk, VOCABULARY, word, write};
use crate::support::{load_texts, root};
use heedful::live::{KnownTest, Lost, PolicyInForce, lost};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use walkdir::WalkDir;

const BASE: &str = r#"policy "Base"
  vocabulary "desk"
  time zone UTC

setting repeat-calls is 3 calls, from 2 to 4
setting repeat-span is 2 days, from 1 day to 9 days
setting urgent-grade is high, from middle to high

define known-caller as any call by the same caller within 1 year, not counting this one

rule repeat "Repeat calls"
  when at least repeat-calls calls by the same caller within repeat-span, counting this one
  then grade at least high
  because "{count: call, calls}"
  source "a test"

rule urgent "Urgent"
  may be suspended
  when any of:
    - urgent is yes
    - known-caller
  applies unless known otherwise
  then grade at least urgent-grade
  because "It is urgent"
  source "a test"

rule quiet "Quiet"
  may be widened
  in force from 2026-01-01 until 2027-12-31
  when no call by the same caller within 30 days, not counting this one
  then grade at least middle
  because "It is quiet"
  source "a test"

rule tried "Tried"
  on trial
  when urgent is yes
  then grade at least high
  because "It is tried"
  source "a test"
"#;

const FORCE: &str = "policy \"Desk\"\n  tailors \"Base\"\n  set repeat-calls to 4 calls\n";

/// What is lost when the texts of one set take the place of another's.
pub fn lost_between(before: &[&str], after: &[&str]) -> Vec<Lost> {
    let (before, after) = (load_texts(before), load_texts(after));
    assert!(!before.policies.is_empty() && !after.policies.is_empty(), "{:#?}", after.diagnostics);
    let accepted = BTreeSet::new();
    let in_force = PolicyInForce { load: Some(&before), tests: &[], test_count: 0, unknown: &[], accepted: &accepted };
    lost(&in_force, &after, &[])
}

pub fn names(lost: &[Lost]) -> Vec<&str> {
    lost.iter().map(|lost| lost.name.as_str()).collect()
}

/// An edit of one of the files: what is written, what is written instead, and what is lost.
pub type Row = (&'static str, &'static str, &'static [&'static str]);

/// Holds that each edit of these files loses what its row says, and nothing else.
pub fn each_is_named<const FILES: usize>(before: [&str; FILES], rows: &[Row]) {
    let mut wrong = Vec::new();
    for (written, instead, expected) in rows {
        assert!(before.iter().any(|text| text.contains(written)), "{written}");
        let after = before.map(|text| text.replace(written, instead));
        let found = lost_between(&before, &after.each_ref().map(String::as_str));
        if names(&found) != *expected {
            wrong.push(format!("{written:?} -> {instead:?}: {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn whatever_is_lost_or_may_be_weaker_is_named() {
    let rows: &[Row] = &[
        // Rules and policies.
        (
            "rule urgent \"Urgent\"\n  may be suspended",
            "rule urgent-2 \"Urgent\"\n  may be suspended",
            &["rule:urgent"],
        ),
        ("rule tried \"Tried\"", "rule tried-2 \"Tried\"", &["rule:tried"]),
        ("policy \"Desk\"", "policy \"Other\"", &["policy:desk"]),
        (
            "  tailors \"Base\"\n  set repeat-calls to 4 calls\n",
            "  vocabulary \"desk\"\n  time zone UTC\n\nrule own\n  when urgent is yes\n  then grade at least high\n  because \"x\"\n  source \"a test\"\n",
            &["tailors:desk"],
        ),
        ("time zone UTC", "time zone Europe/London", &["policy:base", "policy:desk"]),
        // Off live use.
        ("  when at least repeat-calls", "  on trial\n  when at least repeat-calls", &["rule:repeat"]),
        (
            "set repeat-calls to 4 calls\n",
            "set repeat-calls to 4 calls\n\nsuspend urgent until 2026-12-31\n  because \"staff\"\n  owner \"A. Example\"\n",
            &["suspension:urgent"],
        ),
        ("from 2026-01-01 until", "from 2026-02-01 until", &["rule:quiet"]),
        ("until 2027-12-31", "until 2027-12-30", &["rule:quiet"]),
        (
            "  in force from 2026-01-01 until 2027-12-31\n  when no",
            "  in force until 2026-12-31\n  when no",
            &["rule:quiet"],
        ),
        ("  applies unless known otherwise\n", "", &["rule:urgent"]),
        // Settings, in the direction that weakens; also inside their ranges.
        ("is 3 calls, from 2 to 4", "is 4 calls, from 2 to 4", &["setting:repeat-calls"]),
        // No two days last longer; and whoever calls three times within two days is a known caller, for whom `urgent` gives as much.
        ("is 2 days, from", "is 50 hours, from", &[]),
        ("is 2 days, from", "is 1 day, from", &[]),
        ("is high, from middle", "is middle, from middle", &["setting:urgent-grade"]),
        // Conditions and effects.
        ("    - urgent is yes\n", "", &["rule:urgent"]),
        ("    - urgent is yes\n", "    - urgent is no\n", &["rule:urgent"]),
        ("  when at least repeat-calls calls by", "  when at least 9 calls by", &["rule:repeat"]),
        // Whoever called in between is a known caller, for whom more is done.
        ("within 30 days, not", "within 31 days, not", &[]),
        ("within 1 year, not", "within 11 months, not", &["definition:known-caller"]),
        (
            "then grade at least middle\n  because \"It is quiet\"",
            "then grade at least low\n  because \"It is quiet\"",
            &["rule:quiet"],
        ),
        // Words.
        ("low, middle and high", "middle and high", &["outcome:grade"]),
        ("low, middle and high", "middle, low and high", &["outcome:grade"]),
        ("fact urgent: yes or no\n", "fact urgent: yes or no\n  fact more-urgent: yes or no\n", &[]),
    ];
    each_is_named([VOCABULARY, BASE, FORCE], rows);
}

#[test]
fn a_way_that_a_force_adds_is_not_taken_away_unseen() {
    let widened = format!(
        "{FORCE}\nadd to quiet\n  also when any of:\n    - urgent is no\n    - known-caller\n  because \"It is as quiet\"\n  source \"a test\"\n"
    );
    // Where the other rule is not presumed, it does not make up for what is taken away while the history is not known.
    let base = BASE.replace("  applies unless known otherwise\n", "");
    let before = [VOCABULARY, &base, &widened];
    let lost_by = |written: &str, instead: &str| {
        assert!(widened.contains(written), "{written}");
        let after = widened.replacen(written, instead, 1);
        lost_between(&before, &[VOCABULARY, &base, &after])
    };
    for (written, instead) in [
        ("  also when any of:\n    - urgent is no\n    - known-caller\n", ""),
        ("    - urgent is no\n", ""),
        ("also when any of", "also when all of"),
    ] {
        // What it gave together with other rules may go with it.
        assert!(names(&lost_by(written, instead)).contains(&"addition:quiet"), "{written:?} -> {instead:?}");
    }
    assert!(lost_by("urgent is no\n", "urgent is no\n    - urgent is yes\n").is_empty());
    assert!(lost_between(&[VOCABULARY, &base, FORCE], &before).is_empty());
    assert!(names(&lost_between(&before, &[VOCABULARY, &base, FORCE])).contains(&"addition:quiet"));
}

#[test]
fn what_is_harmless_for_certain_is_not_held() {
    let rows = [
        ("is 3 calls, from 2 to 4", "is 2 calls, from 2 to 4"),
        ("is 2 days, from", "is 3 days, from"),
        ("is 2 days, from", "is 2 days, from 1 day to 10 days\nsetting other is 1 day, from"),
        ("within 30 days, not", "within 29 days, not"),
        ("within 1 year, not", "within 2 years, not"),
        ("    - known-caller\n", "    - known-caller\n    - at least 9 calls by the same caller, counting this one\n"),
        (
            "then grade at least middle\n  because \"It is quiet\"",
            "then grade at least high\n  because \"It is quiet\"",
        ),
        ("  on trial\n", ""),
        ("  on trial\n  when urgent is yes", "  on trial\n  when urgent is no"),
        ("  in force from 2026-01-01 until 2027-12-31\n", ""),
        ("because \"It is urgent\"", "because \"It is very urgent\""),
        (
            "rule tried \"Tried\"",
            "rule another \"Another\"\n  when urgent is yes\n  then grade at least high\n  because \"x\"\n  source \"a test\"\n\nrule tried \"Tried\"",
        ),
        ("set repeat-calls to 4 calls", "set repeat-calls to 3 calls"),
        ("policy \"Desk\"", "# A comment.\npolicy \"Desk\""),
        ("low, middle and high", "low, middle, high and highest"),
    ];
    let before = [VOCABULARY, BASE, FORCE];
    for (written, instead) in rows {
        assert!(before.iter().any(|text| text.contains(written)), "{written}");
        let after = before.map(|text| text.replacen(written, instead, 1));
        let found = lost_between(&before, &after.each_ref().map(String::as_str));
        assert!(found.is_empty(), "{written:?} -> {instead:?}: {found:#?}");
    }
}

/// A policy takes nothing away from itself: else whatever is in the shipped rules could never be edited in peace.
#[test]
fn nothing_is_lost_where_nothing_changed() {
    let load = crate::support::load_folder("rules");
    let accepted = BTreeSet::new();
    let in_force = PolicyInForce { load: Some(&load), tests: &[], test_count: 0, unknown: &[], accepted: &accepted };
    assert_eq!(lost(&in_force, &load, &[]), Vec::<Lost>::new());
}

#[test]
fn tests_that_are_gone_are_lost_by_file_or_all_at_once() {
    let load = load_texts(&[VOCABULARY, BASE, FORCE]);
    let test = |name: &str, file: &str| KnownTest {
        policy: "Desk".to_owned(),
        name: name.to_owned(),
        file: file.to_owned(),
        claims: None,
    };
    let all = [test("one", "a.test.yaml"), test("two", "a.test.yaml"), test("three", "b.test.yaml")];
    let accepted = BTreeSet::new();
    let found = |known: &[KnownTest], count: usize, now: &[KnownTest]| -> Vec<String> {
        let in_force =
            PolicyInForce { load: Some(&load), tests: known, test_count: count, unknown: &[], accepted: &accepted };
        lost(&in_force, &load, now).into_iter().map(|lost| lost.name).collect()
    };
    assert_eq!(found(&all, 3, &[]), ["tests"]);
    assert_eq!(found(&all, 3, &all[..2]), ["tests:b.test.yaml"]);
    assert_eq!(found(&all, 3, &all[1..]), ["tests:a.test.yaml"]);
    // In another file it is the same test, and one more takes nothing away.
    let moved = [
        test("one", "c.test.yaml"),
        test("two", "c.test.yaml"),
        test("three", "c.test.yaml"),
        test("four", "c.test.yaml"),
    ];
    assert_eq!(found(&all, 3, &moved), Vec::<String>::new());
    // Of two that are called alike, one is lost.
    let alike = [test("one", "a.test.yaml"), test("one", "b.test.yaml")];
    assert_eq!(found(&alike, 2, &alike[..1]), ["tests:b.test.yaml"]);
    // Where it is not known which tests there were, fewer than there were are too few.
    assert_eq!(found(&[], 3, &all[..2]), ["tests"]);
    assert_eq!(found(&[], 3, &all), Vec::<String>::new());
}

/// A copy of the shipped rules.
fn shipped() -> Desk {
    let desk = Desk::new();
    let rules = root("rules");
    for entry in WalkDir::new(&rules).into_iter().flatten().filter(|entry| entry.file_type().is_file()) {
        let path = entry.path().strip_prefix(&rules).expect("inside");
        write(&desk.path("rules").join(path), &fs::read_to_string(entry.path()).expect("a text"));
    }
    desk
}

fn edit(desk: &Desk, path: &str, written: &str, instead: &str) {
    let text = fs::read_to_string(desk.path(path)).expect("a file");
    assert!(text.contains(written), "{path} lacks {written}");
    desk.write(path, &text.replacen(written, instead, 1));
}

const WATCH: [&str; 8] = ["watch", "--format", "json", "--look-every", "1", "--hold", "1", "rules"];

fn held(watch: &Running) -> Value {
    watch.expect("a change that is held", |event| event["event"] == "held" && event["reason"] == "loss")
}

fn names_in(event: &Value) -> Vec<&str> {
    event["lost"].as_array().expect("a list").iter().map(|lost| lost["name"].as_str().expect("a name")).collect()
}

const BY: [&str; 4] = ["--by", "A. Example, policy lead", "--because", "agreed in March"];

fn accept(desk: &Desk, names: &[&str]) -> (Option<i32>, String) {
    let args: Vec<&str> = ["kept", "accept", "--policy", "rules"].iter().chain(names).chain(&BY).copied().collect();
    let output = run(desk, &args);
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

#[test]
fn deleting_the_tests_does_not_let_a_lower_setting_by() {
    let desk = shipped();
    let watch = Running::start(desk.folder.path(), &WATCH);
    let first = watch.expect_live()["generation"]["bytes"].clone();
    fs::remove_dir_all(desk.path("rules/tests")).expect("the tests");
    let event = held(&watch);
    assert_eq!(names_in(&event), ["tests"]);
    edit(
        &desk,
        "rules/national/harm.heed",
        "setting strangulation-grade is immediate",
        "setting strangulation-grade is priority",
    );
    let event = watch.expect("both are held", |event| {
        event["event"] == "held" && event["lost"].as_array().is_some_and(|lost| lost.len() > 1)
    });
    assert_eq!(names_in(&event), ["setting:strangulation-grade", "tests"]);
    assert_eq!(event["lost"][0]["changes"][0]["parts"][0]["before"], "immediate");

    // Each by its own name; what was not accepted is held on.
    let (code, said) = accept(&desk, &["strangulation"]);
    assert!(code == Some(2) && said.contains("there is `setting:strangulation-grade` and `tests`"), "{said}");
    let (code, said) = accept(&desk, &["tests"]);
    assert!(code == Some(0) && said.contains("still waits") && said.contains("setting:strangulation-grade"), "{said}");
    let event = held(&watch);
    assert_eq!((names_in(&event), &event["accepted"][0]), (vec!["setting:strangulation-grade"], &"tests".into()));

    // Another edit is another change, and nothing of it was accepted.
    let priority = "setting strangulation-grade is priority";
    edit(&desk, "rules/national/harm.heed", priority, &format!("# Once more.\n{priority}"));
    let both = |event: &Value| names_in_any(event) == ["setting:strangulation-grade", "tests"];
    watch.expect("it is held anew", both);
    let (code, said) = accept(&desk, &["strangulation-grade", "tests"]);
    assert!(code == Some(0) && said.contains("That is all"), "{said}");
    let event = watch.expect_live();
    assert_ne!(event["generation"]["bytes"], first);
    let journal = fs::read_to_string(desk.path(".heedful/rules/journal.jsonl")).expect("a journal");
    let last: Value = serde_json::from_str(journal.lines().last().expect("a line")).expect("JSON");
    assert_eq!(
        (&last["accepted"][0]["by"], &last["accepted"][0]["because"]),
        (&"A. Example, policy lead".into(), &"agreed in March".into())
    );
    assert_eq!(last["engine"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn a_force_that_loses_its_base_is_held_and_a_new_start_does_not_launder_it() {
    let desk = shipped();
    let watch = Running::start(desk.folder.path(), &WATCH);
    let first = watch.expect_live()["generation"]["bytes"].clone();
    fs::remove_dir_all(desk.path("rules/tests")).expect("the tests");
    desk.write(
        "rules/forces/riverside.heed",
        "policy \"Riverside Police\"\n  vocabulary \"control-room\"\n  time zone Europe/London\n\nrule own \"Own\"\n  when strangulation is yes\n  then grade at least priority\n  because \"x\"\n  source \"a test\"\n",
    );
    let wanted = |event: &Value| event["event"] == "held" && names_in_any(event).contains(&"tailors:riverside-police");
    let event = watch.expect("it is held", wanted);
    assert!(names_in(&event).contains(&"tests"), "{event}");
    drop(watch);
    let watch = Running::start(desk.folder.path(), &WATCH);
    let event = watch.expect_live();
    assert_eq!((&event["origin"], &event["generation"]["bytes"]), (&"last-good".into(), &first));
    watch.expect("it is held again", wanted);
}

fn names_in_any(event: &Value) -> Vec<&str> {
    event["lost"].as_array().map_or_else(Vec::new, |_| names_in(event))
}

#[test]
fn a_refusal_says_what_changed_and_not_only_which_tests_failed() {
    let desk = shipped();
    let watch = Running::start(desk.folder.path(), &["watch", "rules"]);
    watch.expect_words("digest of meaning");
    edit(
        &desk,
        "rules/national/harm.heed",
        "setting strangulation-grade is immediate",
        "setting strangulation-grade is priority",
    );
    let told = watch.expect_words("strangulation-grade: immediate -> priority");
    assert!(told.contains("REFUSED. Generation 1 stays live."), "{told}");
}

#[test]
fn a_held_change_is_told_in_the_policys_own_terms_with_what_to_do() {
    let desk = Desk::new();
    for (path, text) in [("vocabulary", VOCABULARY), ("base", BASE), ("force", FORCE)] {
        desk.write(&format!("rules/{path}.heed"), text);
    }
    let watch = Running::start(desk.folder.path(), &["watch", "rules"]);
    watch.expect_words("digest of meaning");
    edit(&desk, "rules/base.heed", "    - urgent is yes\n", "    - urgent is no\n");
    let told = watch.expect_words("--because");
    let terms = [
        "HELD. Generation 1 stays live.",
        "- rule:urgent",
        "gives more than would be given now in this call",
        "was: when any of:",
        "- urgent is yes",
    ];
    for words in
        terms.into_iter().chain(["now: when any of:", "- urgent is no", "heedful kept accept --policy POLICY NAME..."])
    {
        assert!(told.contains(words), "{words} is not in {told}");
    }
    let held = run(&desk, &["kept", "held", "--policy", "rules"]);
    assert!(text(&held.stdout).contains("rule:urgent"), "{}", text(&held.stdout));
}

#[test]
fn whoever_accepts_or_restores_says_who_they_are_and_why() {
    let desk = Desk::furnished();
    let watch = Running::start(desk.folder.path(), &["watch", "--format", "json", "rules"]);
    let digest = watch.expect_live()["generation"]["meaning"].as_str().expect("a digest").to_owned();
    for args in [
        vec!["kept", "restore", "--policy", "rules", &digest],
        vec!["kept", "restore", "--policy", "rules", &digest, "--by", "A. Example", "--because", " "],
        vec!["kept", "accept", "--policy", "rules", "tests", "--because", "it was agreed"],
        vec!["kept", "release", "--policy", "rules", "--by", "A. Example"],
        vec!["kept", "accept", "--policy", "rules", "tests", "--by", "A. Example", "--because", "nothing waits"],
    ] {
        let output = heedful(desk.folder.path(), &args).output().expect("the program runs");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn advisory_gates_let_it_by_and_say_so_for_good() {
    let mut desk = Desk::furnished();
    let gates = heedful::live::Gates { advisory: true, ..Default::default() };
    let keep = Some(heedful_live::store::StoreWriter::open(desk.keep()).expect("a folder to keep in"));
    desk.start(heedful_live::watch::Options { gates, keep, ..desk.options("rules") });
    desk.expect_calls(3);
    desk.write("rules/policy.heed", &super::desk::policy(2));
    let told = desk.expect("a new generation", |event| Some(heedful::report::event(event, "22:00:00", false)));
    assert!(told.contains("IT WENT LIVE AGAINST ADVICE") && told.contains("setting:repeat-calls"), "{told}");
    let journal = desk.keep().journal().expect("a journal");
    assert!(journal.entries[1].against_advice.iter().any(|said| said.contains("setting:repeat-calls")));
}

/// Under a restored policy the files change nothing, and afterwards they are compared with it.
#[test]
fn what_a_restored_policy_has_more_is_held_when_it_is_released() {
    let mut desk = Desk::furnished();
    desk.start_kept();
    desk.expect_calls(3);
    let first = desk.live.current().expect("live").bytes().to_owned();
    desk.write("rules/policy.heed", &super::desk::policy(2));
    desk.accept_all();
    desk.expect_calls(2);
    let manifest = desk.keep().find(&first).expect("it is kept");
    desk.keep().restore(&manifest, word()).expect("it is restored");
    desk.look();
    desk.expect_calls(3);
    assert!(desk.keep().release(Some(word())).expect("it is released"));
    desk.look();
    assert_eq!(names(&desk.expect_loss()), ["setting:repeat-calls"]);
    assert_eq!(desk.calls(), Some(3));
    desk.keep().accept(&["setting:repeat-calls".to_owned()], &word()).expect("it is accepted");
    desk.look();
    desk.expect_calls(2);
}

const QUIET_WORDS: &str = include_str!("../../../../tests/testers/quiet/words.heed");
const QUIET: &str = include_str!("../../../../tests/testers/quiet/policy.heed");

#[test]
fn a_quiet_period_is_not_begun_or_lengthened_unseen() {
    let lost_by = |written: &str, instead: &str| {
        assert!(QUIET.contains(written), "{written}");
        let after = QUIET.replacen(written, instead, 1);
        lost_between(&[QUIET_WORDS, QUIET], &[QUIET_WORDS, &after])
    };
    let of_housing = "  not again within 2 days about the same victim at the same location\n";
    for (written, instead) in [
        ("within 2 days", "within 3 days"),
        ("within 2 days", "within 1 month"),
        ("about the same victim at the same location", "about the same victim"),
    ] {
        assert!(names(&lost_by(written, instead)).contains(&"rule:tell-housing"), "{written:?} -> {instead:?}");
    }
    let longer =
        lost_by("quiet-for is 24 hours, from 6 hours to 24 hours", "quiet-for is 48 hours, from 6 hours to 48 hours");
    assert!(!longer.is_empty());
    assert!(lost_by("within 2 days", "within 1 day").is_empty());
    assert!(lost_by(of_housing, "").is_empty());
    let loud = QUIET.replacen(of_housing, "", 1);
    assert!(names(&lost_between(&[QUIET_WORDS, &loud], &[QUIET_WORDS, QUIET])).contains(&"rule:tell-housing"));
}
