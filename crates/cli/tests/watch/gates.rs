//! What a change passes before it goes live.

use super::desk::{Desk, VOCABULARY, policy};
use heedful::live::{Checked, Event, Gate, Gates, Refusal, TestGateResult, compare_with_base};
use std::fs;
use std::sync::Arc;

/// The gate of a set whose only test is that a file says what the policy should be.
fn tests_by_file() -> Gates {
    Gates {
        tests: Box::new(|candidate| {
            let expected = candidate.paths.iter().find_map(|path| fs::read_to_string(path.join("expected.txt")).ok());
            let setting = candidate.load.policies[0].policy().settings[0].value.to_string();
            match expected {
                Some(expected) if expected != setting => {
                    TestGateResult::failed(vec![format!("expected {expected}, found {setting}")])
                }
                _ => TestGateResult {
                    checked: Checked::passed(Gate::Tests, "1 test passed".to_owned()),
                    tests: Vec::new(),
                },
            }
        }),
        advisory: false,
    }
}

fn passed(gates: &[Checked]) -> Vec<(Gate, bool)> {
    gates.iter().map(|checked| (checked.gate, checked.passed)).collect()
}

#[test]
fn every_gate_is_reported_in_order() {
    let mut desk = Desk::furnished();
    desk.start_with(tests_by_file());
    let gates = desk.expect_live(|live| passed(&live.gates));
    assert_eq!(gates, [(Gate::Checks, true), (Gate::Tests, true), (Gate::Base, true), (Gate::InForce, true)]);
}

#[test]
fn a_set_that_does_not_check_is_refused_until_it_is_mended_and_the_next_good_one_goes_live() {
    let desk = Desk::watched();
    desk.write("rules/policy.heed", "policy \"Desk\"\n  vocabluary \"desk\"\n");
    let refused = |refusal: &Refusal| {
        assert_eq!(passed(&refusal.gates), [(Gate::Checks, false)]);
        assert_eq!(refusal.live.as_ref().expect("the last good one").number(), 1);
        assert!(!refusal.load.diagnostics.is_empty());
    };
    desk.expect_refused(refused);
    assert!(matches!(desk.live.standing().as_deref(), Some(Event::Refused(_))));
    desk.write("rules/policy.heed", "policy \"Desk\"\n  vocabulary \"dsk\"\n");
    desk.expect_refused(refused);
    desk.write("rules/policy.heed", &policy(3));
    desk.expect_mended();
    assert!(desk.live.standing().is_none());
    desk.write("rules/policy.heed", "");
    desk.expect_refused(refused);
    desk.write("rules/policy.heed", &policy(4));
    desk.expect_calls(4);
    assert_eq!(desk.live.current().expect("live").number(), 2);
}

#[test]
fn a_refusal_is_told_again_until_it_is_mended() {
    let mut desk = Desk::furnished();
    let mut options = desk.options("rules");
    options.timing.every = std::time::Duration::from_millis(20);
    options.timing.remind = std::time::Duration::from_millis(60);
    desk.start(options);
    desk.write("rules/policy.heed", "");
    desk.expect_refused(|refusal| assert!(refusal.since.is_none()));
    desk.expect_refused(|refusal| assert!(refusal.since.is_some()));
    desk.expect_refused(|refusal| assert!(refusal.since.is_some()));
}

#[test]
fn a_set_that_fails_its_tests_is_refused_until_the_policy_or_the_test_is_mended() {
    let mut desk = Desk::furnished();
    desk.write("rules/expected.txt", "3 calls");
    desk.start_with(tests_by_file());
    desk.expect_calls(3);
    desk.write("rules/policy.heed", &policy(4));
    let gates = desk.expect_refused(|refusal| refusal.gates.clone());
    assert_eq!(passed(&gates), [(Gate::Checks, true), (Gate::Tests, false)]);
    assert_eq!(gates[1].said, ["expected 3 calls, found 4 calls"]);
    assert_eq!(desk.calls(), Some(3));
    // Not a byte of the policy changes.
    desk.write("rules/expected.txt", "4 calls");
    desk.expect_calls(4);
}

const BASE: &str = r#"policy "Base"
  vocabulary "desk"
  time zone UTC

setting urgent-grade is high, from middle to high

rule urgent "Urgent"
  when urgent is yes
  then grade at least urgent-grade
  because "It is urgent"
  source "a test"

rule presumed "Presumed"
  in force from 2026-01-01 until 2026-12-31
  when urgent is yes
  applies unless known otherwise
  then grade at least middle
  because "It may be urgent"
  source "a test"
"#;

const FORCE: &str = "policy \"Desk\"\n  tailors \"Base\"\n  set urgent-grade to middle\n";

#[test]
fn a_force_that_stays_in_the_range_is_no_weaker_and_what_was_compared_is_said() {
    let mut desk = Desk::new();
    desk.write("rules/vocabulary.heed", VOCABULARY);
    desk.write("rules/base.heed", BASE);
    desk.write("rules/force.heed", FORCE);
    desk.start(desk.options("rules"));
    let base = desk.expect_live(|live| live.gates[2].clone());
    assert!(base.passed);
    let said = "Desk keeps all 2 rules of Base; 1 setting differs, inside the range that the base allows \
                (proved for every call, but for what the base allows)";
    assert_eq!(base.said, [said]);
}

type Weaken<'w> = &'w dyn Fn(&mut heedful::check::Policy);

/// The language has no way to write a weaker policy, so the comparison is given policies that were made weaker.
#[test]
fn each_way_to_ask_for_less_than_the_base_is_found() {
    let load = crate::support::load_texts(&[VOCABULARY, BASE, FORCE]);
    let find = |name: &str| load.policies.iter().find(|policy| policy.name() == name).expect("a policy").policy();
    let (base, force) = (find("Base"), find("Desk"));
    assert!(compare_with_base(force, base).weaker.is_empty());
    let weaker = |change: Weaken<'_>| {
        let mut changed = force.clone();
        change(&mut changed);
        compare_with_base(&changed, base).weaker.join("\n")
    };
    let rows: [(&str, Weaken<'_>); 7] = [
        ("rule `urgent` of Base is not in Desk", &|policy| policy.rules.retain(|rule| rule.name != "urgent")),
        ("rule `urgent` of Base is on trial here", &|policy| policy.rules[1].trial = true),
        ("rule `presumed` of Base no longer applies when its condition is not known", &|policy| {
            policy.rules[0].presumed = false;
        }),
        ("rule `presumed` of Base comes into force later here", &|policy| {
            policy.rules[0].from = policy.rules[0].from.map(|from| from.plus_seconds(1));
        }),
        ("rule `presumed` of Base ends earlier here", &|policy| {
            policy.rules[0].until = policy.rules[0].until.map(|until| until.plus_seconds(-1));
        }),
        ("rule `presumed` of Base asks for less here: `grade`", &|policy| policy.rules[0].effects = Arc::default()),
        ("rule `urgent` of Base asks for less here: `grade`", &|policy| {
            // The setting explains `middle`, and nothing explains `low`.
            policy.rules[1].effects = policy.rules[1].effects.iter().map(lowest).collect();
        }),
    ];
    for (expected, change) in rows {
        assert_eq!(weaker(change), expected);
    }
}

fn lowest(effect: &heedful::check::Effect) -> heedful::check::Effect {
    match effect {
        heedful::check::Effect::Raise { outcome, .. } => {
            heedful::check::Effect::Raise { outcome: *outcome, level: heedful::model::Level::Highest(0) }
        }
        other => other.clone(),
    }
}

#[test]
fn advisory_gates_let_a_failed_test_pass_and_never_a_set_that_does_not_check() {
    let mut desk = Desk::furnished();
    desk.write("rules/expected.txt", "3 calls");
    desk.start_with(Gates { advisory: true, ..tests_by_file() });
    desk.expect_calls(3);
    desk.write("rules/policy.heed", &policy(4));
    let gates = desk.expect_live(|live| passed(&live.gates));
    assert_eq!(gates, [(Gate::Checks, true), (Gate::Tests, false), (Gate::Base, true), (Gate::InForce, true)]);
    desk.write("rules/policy.heed", "");
    desk.expect_refused(|refusal| assert_eq!(passed(&refusal.gates), [(Gate::Checks, false)]));
    assert_eq!(desk.calls(), Some(4));
}
