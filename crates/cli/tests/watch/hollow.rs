//! Tests that keep their names and claim less: what was tested must not get lost unseen.

use super::desk::VOCABULARY;
use super::held::names;
use crate::support::load_texts;
use heedful::engine::Load;
use heedful::live::{KnownTest, Lost, PolicyInForce, lost};
use heedful::testing::{TestInput, gate};
use std::collections::{BTreeMap, BTreeSet};

const POLICY: &str = r#"policy "Desk"
  vocabulary "desk"
  time zone UTC

rule urgent "Urgent"
  when urgent is yes
  then grade at least high
  because "It is urgent"
  source "a test"

rule caller "Known caller"
  when any call by the same caller within 1 year, not counting this one
  then grade at least middle
  because "The caller is known"
  source "a test"
"#;

const FILE: &str = "tests/a.test.yaml";

const TESTS: &str = r#"policy: Desk
background:
  call: {at: 2026-03-14T22:00:00Z, caller: ada}
  history: none
tests:
  - name: an urgent call
    call: {urgent: yes}
    expect:
      grade: high
      urgent: fired
      caller: not fired
      because: {urgent: It is urgent}
  - name: at least this
    call: {urgent: yes}
    expect:
      grade: at least middle
  - name: a snapshot
    call: {urgent: yes}
    expect: {only fired: urgent}
    snapshot: outcome
"#;

/// The tests of a file, all of which pass once their snapshots are accepted.
fn known(load: &Load, file: &str, text: &str) -> Vec<KnownTest> {
    let mut input = TestInput { name: file.to_owned(), text: text.to_owned(), snapshots: BTreeMap::new() };
    let kept = gate(load, std::slice::from_ref(&input)).results.into_iter().filter_map(|result| result.snapshot);
    input.snapshots = kept.map(|kept| (kept.name, kept.text)).collect();
    let report = gate(load, &[input]);
    assert!(report.is_good(), "{:#?}", report.failures());
    let test = |result: heedful::testing::TestResult| KnownTest {
        policy: result.policy,
        name: result.name,
        file: result.file,
        claims: result.claims,
    };
    report.results.into_iter().map(test).collect()
}

fn lost_by(edits: &[(&str, &str)], file: &str) -> Vec<Lost> {
    let load = load_texts(&[VOCABULARY, POLICY]);
    let mut text = TESTS.to_owned();
    for (written, instead) in edits {
        assert!(text.contains(written), "{written}");
        text = text.replacen(written, instead, 1);
    }
    let (before, now, accepted) = (known(&load, FILE, TESTS), known(&load, file, &text), BTreeSet::new());
    let in_force = PolicyInForce {
        load: Some(&load),
        tests: &before,
        test_count: before.len(),
        unknown: &[],
        accepted: &accepted,
    };
    lost(&in_force, &load, &now)
}

/// What is written, what is written instead, and what is lost.
type Row = (&'static [(&'static str, &'static str)], &'static [&'static str]);

#[test]
fn a_test_that_claims_less_than_it_did_is_held_by_its_name() {
    let urgent: &[&str] = &["test:an-urgent-call"];
    let rows: &[Row] = &[
        (&[("grade: high", "grade: at least high")], urgent),
        (&[("grade: high", "grade: at least middle")], urgent),
        (&[("      grade: high\n", "")], urgent),
        (&[("      urgent: fired\n", "")], urgent),
        (&[("      caller: not fired\n", "")], urgent),
        (&[("      because: {urgent: It is urgent}\n", "")], urgent),
        (&[("grade: high\n", "grade: not low\n")], urgent),
        (&[("grade: at least middle", "urgent: fired")], &["test:at-least-this"]),
        (&[("    snapshot: outcome\n", "")], &["test:a-snapshot"]),
        (&[("only fired: urgent", "fired: urgent")], &["test:a-snapshot"]),
        // Another case is another test.
        (&[("caller: ada", "caller: bea")], &["test:a-snapshot", "test:an-urgent-call", "test:at-least-this"]),
        (&[("call: {urgent: yes}", "call: {urgent: yes, caller: bea}")], urgent),
        // To expect more takes nothing away, nor does another order or another file.
        (&[("grade: at least middle", "grade: at least high")], &[]),
        (&[("grade: at least middle", "grade: high")], &[]),
        (&[("grade: at least middle", "grade: at least middle\n      urgent: fired")], &[]),
        (&[("snapshot: outcome", "snapshot: yes")], &[]),
        (&[("because: {urgent: It is urgent}", "because: {urgent: urgent}")], &[]),
        (&[("{at: 2026-03-14T22:00:00Z, caller: ada}", "{caller: ada, at: 2026-03-14T22:00:00Z} # a comment")], &[]),
    ];
    let mut wrong = Vec::new();
    for (edits, expected) in rows {
        let found = lost_by(edits, FILE);
        if names(&found) != *expected {
            wrong.push(format!("{edits:?}: {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(lost_by(&[], "tests/b.test.yaml"), Vec::<Lost>::new());
    assert_eq!(names(&lost_by(&[("grade: high", "grade: at least high")], "tests/b.test.yaml")), urgent);
}

#[test]
fn what_is_less_is_said() {
    let lost = lost_by(&[("grade: high", "grade: at least middle")], FILE);
    assert_eq!(
        lost[0].said,
        ["the test `an urgent call` of tests/a.test.yaml no longer expects as much of grade: high"]
    );
}
