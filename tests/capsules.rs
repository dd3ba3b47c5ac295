//! Laws of capsules: a capsule is decided as the case is in which people, places and ids have the same names, and holds nothing else.

use crate::generate::case::{CaseText, case};
use crate::generate::policy::policy;
use crate::generate::words::{FACTS, RECORDS};
use crate::laws::{each, hold, load, policies};
use crate::support::decide;
use heedful::engine::Snapshot;
use heedful::horizon::{FieldRead, Horizon, KindHorizon, WayToReach};
use heedful::model::Decision;
use heedful::wire::push_decision;
use heedful_history::Capsules;
use proptest::collection::vec;
use serde_json::Value;
use std::collections::BTreeSet;

const KEY: &[u8] = b"an invented secret that is at least so long";

fn capsule(policy: &Snapshot, horizon: &Horizon, case: &str) -> String {
    let capsules = Capsules::new(policy.vocabulary(), horizon, KEY).expect("a long key");
    capsules.capsule(case).unwrap_or_else(|why| panic!("{why}: {case}"))
}

/// The horizon of somebody who reads everything, so that a capsule of it is the whole case under other names.
fn everything(policy: &Snapshot) -> Horizon {
    let vocabulary = policy.vocabulary();
    let way = WayToReach { links: Vec::new(), windows: Vec::new(), since: None };
    let kind = |fields: usize| KindHorizon {
        ways: vec![way.clone()],
        links: Vec::new(),
        fields: vec![Some(FieldRead::Whole); fields],
    };
    Horizon {
        kinds: vocabulary.records.iter().map(|record| kind(record.fields.len())).collect(),
        linked: Vec::new(),
        facts: vec![Some(FieldRead::Whole); vocabulary.call.len()],
    }
}

/// The bytes of a decision. What is odd about how a case was sent may lie in what a capsule leaves out.
fn bytes(policy: &Snapshot, decision: Decision) -> String {
    let mut out = Vec::new();
    push_decision(&mut out, &Decision { warnings: Vec::new(), ..decision }, policy);
    String::from_utf8(out).expect("UTF-8")
}

/// What of a decision names nobody. Records of one second stand in the order of their ids, which are others.
fn without_names(decision: &Decision) -> String {
    let Decision { outcome, possible, fired, undecided, near, until, trial, .. } = decision;
    let fired: Vec<_> = fired.iter().map(|rule| (&rule.rule, &rule.adds, rule.evidence.len())).collect();
    let undecided: Vec<_> =
        undecided.iter().map(|rule| (&rule.rule, rule.unknown.iter().collect::<BTreeSet<_>>())).collect();
    let trial: Vec<_> = trial.iter().map(|rule| (&rule.rule, rule.certain)).collect();
    format!("{outcome:?}\n{possible:?}\n{fired:?}\n{undecided:?}\n{near:?}\n{until:?}\n{trial:?}")
}

fn decided_otherwise(policy: &Snapshot, text: &CaseText) -> Option<String> {
    let case = text.with_doubles().json().to_string();
    let renamed = capsule(policy, &everything(policy), &case);
    let kept = capsule(policy, &policy.horizon(), &case);
    let [whole, under_other_names, of_capsule] = [&case, &renamed, &kept].map(|case| decide(policy, case));
    let (one, other) = (without_names(&whole), without_names(&under_other_names));
    if one != other {
        return Some(format!("under other names:\n{one}\n{other}\n{renamed}"));
    }
    let (one, other) = (bytes(policy, under_other_names), bytes(policy, of_capsule));
    (one != other).then(|| format!("the whole case:\n{one}\nits capsule:\n{other}\n{kept}"))
}

#[test]
fn a_capsule_is_decided_as_its_case_is() {
    hold(policies(60), 10, decided_otherwise);
}

/// What the vocabulary of the tests reads for every policy: floors, whether a call may be overheard, and when records are in force.
const READ_ANYWAY: [&str; 7] = ["handler-grade", "hurt", "kind", "starts", "expires", "discharged", "arrived"];

/// The questions of the list that policies count by its own name.
const SCREEN: [&str; 3] = ["watched", "bitten", "again"];

#[test]
fn a_capsule_holds_no_field_that_its_policy_does_not_name() {
    let mut left_out = 0;
    each(policies(40), &(policy(), vec(case(), 4)), |(policy, texts)| {
        let files = policy.files();
        let said: Vec<&str> =
            files.iter().flat_map(|file| file.split(|at: char| !at.is_alphanumeric() && at != '-')).collect();
        let names = FACTS.iter().chain(RECORDS.iter().flat_map(|record| record.fields)).map(|(name, _)| *name);
        // Different people of a field are counted by its plural.
        let is_of_a_list = |name: &str| SCREEN.contains(&name) && said.contains(&"screen");
        let quiet = files.iter().any(|file| file.contains("not again within"));
        let is_said = |name: &str| {
            (name == "rules" && quiet)
                || said.contains(&name)
                || said.contains(&format!("{name}s").as_str())
                || is_of_a_list(name)
        };
        let unread: Vec<&str> = names.filter(|name| !is_said(name) && !READ_ANYWAY.contains(name)).collect();
        for policy in load(&files).policies {
            for text in &texts {
                let case = text.json().to_string();
                let kept = capsule(&policy, &policy.horizon(), &case);
                for name in &unread {
                    assert!(!kept.contains(&format!("\"{name}\":")), "{name}: {kept}\n{files:?}");
                    left_out += usize::from(case.contains(&format!("\"{name}\":")));
                }
                // No person, place or id is there as it was, nor what somebody said beyond what a policy listens for.
                let shows_text = files.iter().any(|file| file.contains("{heard}"));
                for word in ["\"ann\"", "\"bob\"", "\"cem\"", "\"mill\"", "\"quay\"", "\"order-", "\"call-", "thing"] {
                    assert!(!kept.contains(word) || (word == "thing" && shows_text), "{word}: {kept}");
                }
            }
        }
    });
    assert!(left_out > 100, "something is left out: {left_out}");
}

#[test]
fn a_name_depends_on_the_key_and_on_what_it_names() {
    let policy = load(&["policy \"P\"\n  vocabulary \"laws\"\n  time zone Europe/London\n\nrule one \"One\"\n  when any incident at the same location within 1 day where suspect is this call's suspect\n  then grade at least high\n  because \"{location}\"\n  source \"Invented\"\n".to_owned()]);
    let policy = &policy.policies[0];
    let horizon = policy.horizon();
    let case =
        r#"{"call":{"id":"ann","at":"2025-03-01T22:10:00+00:00","location":"ann","suspect":["ann"," Ann","ann "]}}"#;
    let of = |key: &[u8]| {
        let capsules = Capsules::new(policy.vocabulary(), &horizon, key).expect("a long key");
        serde_json::from_str::<Value>(&capsules.capsule(case).expect("a case")).expect("JSON")
    };
    let (one, again, other) = (of(KEY), of(KEY), of(&[7; 32]));
    let call = &one["call"];
    assert_eq!(one, again);
    assert_ne!(call["location"], other["call"]["location"]);
    // One word for a call, a place and a person gives three names; blanks around a name change nothing.
    assert_ne!(call["location"], call["suspect"][0]);
    assert_ne!(call["location"], call["id"]);
    assert_ne!(call["suspect"][0], call["suspect"][1]);
    assert_eq!(call["suspect"][0], call["suspect"][2]);
    assert!(Capsules::new(policy.vocabulary(), &horizon, &[7; 31]).is_err());
}
