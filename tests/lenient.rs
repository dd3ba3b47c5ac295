//! On the night there is always an answer: whatever is sent in the place of a value is not known.

use crate::generate::case::case;
use crate::generate::policy::policy;
use crate::laws::{each, load, policies, presumes};
use heedful::engine::Snapshot;
use heedful::model::{Decision, Warning};
use heedful::wire::{Document, Reading, UnknownKeys, UnknownValues, sentence};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn lenient(policy: &Snapshot) -> Reading<'_> {
    Reading {
        unknown_keys: UnknownKeys::Warn,
        unknown_values: UnknownValues::Warn,
        ..Reading::strict(policy.vocabulary(), policy.zone())
    }
}

/// What may come in the place of anything.
fn odd(number: u16) -> Value {
    let odd = [
        json!(null),
        json!(true),
        json!("Y"),
        json!("unknown"),
        json!("none"),
        json!(""),
        json!(" "),
        json!("2025-02-30T00:00:00Z"),
        json!("2025-02-01T00:00:00+25:00"),
        json!("PT40"),
        json!(7),
        json!(-7),
        json!(2.5),
        json!(u64::MAX),
        json!([]),
        json!(["weapon", "zeppelin"]),
        json!(["ann", 5]),
        json!([null]),
        json!({}),
        json!({"id": 1, "at": []}),
    ];
    odd[usize::from(number) % odd.len()].clone()
}

/// Puts something odd somewhere in a case, but not in the place of the call, its id or its time.
fn spoil(case: &mut Value, draws: [u16; 4]) {
    let [place, list, record, what] = draws.map(usize::from);
    let odd = odd(draws[3]);
    let pick = |group: &mut Value, number: usize| -> Option<String> {
        let keys: Vec<String> =
            group.as_object()?.keys().filter(|key| !["id", "at"].contains(&key.as_str())).cloned().collect();
        keys.get(number % keys.len().max(1)).cloned()
    };
    if place % 8 < 3 {
        if let Some(key) = pick(&mut case["call"], record) {
            case["call"][key] = odd;
        }
        return;
    }
    if place % 64 == 7 {
        case["history"] = odd;
        return;
    }
    let Some(plural) = pick(&mut case["history"], list) else { return };
    let list = &mut case["history"][plural];
    if place % 16 == 6 || !list.is_array() {
        *list = odd;
        return;
    }
    let Some(records) = list.as_array_mut().filter(|records| !records.is_empty()) else { return };
    let at = record % records.len();
    let record = &mut records[at];
    match (place % 8, record.is_object()) {
        (3, true) => record[["id", "at"][what % 2]] = odd,
        (4, true) => {
            record.as_object_mut().expect("a group").remove(["id", "at"][what % 2]);
        }
        (5, true) => {
            if let Some(key) = pick(record, what / 3) {
                record[key] = odd;
            }
        }
        (7, true) => record["a-new-key"] = odd,
        _ => *record = odd,
    }
}

/// Takes out of a case what a problem is about; where that is a record as such, its whole list. The answer says whether it was.
fn repair(case: &mut Value, path: &str) -> bool {
    let plain: Vec<&str> = path.split('.').map(|key| key.split('[').next().unwrap_or(key)).collect();
    let record = path.split_once('[').and_then(|(_, rest)| rest.split_once(']')?.0.parse::<usize>().ok());
    match (plain.as_slice(), record) {
        (["call", key], _) => drop(case["call"].as_object_mut().expect("a call").remove(*key)),
        (["history", list, key], Some(record)) if !["id", "at"].contains(key) => {
            drop(case["history"][*list][record].as_object_mut().expect("a record").remove(*key));
        }
        (["history", list, ..], record) => {
            case["history"].as_object_mut().expect("a history").remove(*list);
            return record.is_some();
        }
        ([key], _) => drop(case.as_object_mut().expect("a case").remove(*key)),
        other => panic!("{path}: {other:?}"),
    }
    false
}

fn names(rules: impl Iterator<Item = String>) -> BTreeSet<String> {
    rules.collect()
}

fn fired(decision: &Decision) -> BTreeSet<String> {
    names(decision.fired.iter().map(|rule| rule.rule.clone()))
}

/// The rules that apply or may.
fn possible(decision: &Decision) -> BTreeSet<String> {
    names(
        decision
            .fired
            .iter()
            .map(|rule| rule.rule.clone())
            .chain(decision.undecided.iter().map(|rule| rule.rule.clone())),
    )
}

#[test]
fn what_cannot_be_used_is_as_if_it_were_not_known() {
    let (mut odd_ones, mut lists_open, mut all) = (0, 0, 0);
    let drawn = (policy(), vec((case(), vec(any::<[u16; 4]>(), 1..6)), 20));
    each(policies(30), &drawn, |(policy, cases)| {
        let load = load(&policy.files());
        for (text, draws) in &cases {
            let mut sent = text.json();
            for draws in draws.iter().copied() {
                spoil(&mut sent, draws);
            }
            for policy in &load.policies {
                let written = sent.to_string();
                let read = Document::json_line(&written, 1).read(lenient(policy));
                let read = read.unwrap_or_else(|problems| panic!("{problems:?}\n{written}"));
                let answer = policy.decide(&read);
                let (mut repaired, mut problems, mut open) = (sent.clone(), 0, false);
                let known = loop {
                    let written = repaired.to_string();
                    match Document::json_line(&written, 1).read(Reading::strict(policy.vocabulary(), policy.zone())) {
                        Ok(case) => break policy.decide(&case),
                        Err(found) => open |= repair(&mut repaired, &found.list[0].path),
                    }
                    problems += 1;
                };
                all += 1;
                odd_ones += usize::from(problems > 0);
                lists_open += usize::from(open);
                let warned = |warning: &&Warning| {
                    matches!(
                        warning,
                        Warning::ValueNotKnown { .. } | Warning::RecordLeftOut { .. } | Warning::UnknownKey { .. }
                    )
                };
                assert_eq!(answer.warnings.iter().any(|warning| warned(&warning)), problems > 0, "{written}");
                if !open {
                    let said = |decision: &Decision| {
                        (decision.outcome.clone(), decision.possible.clone(), decision.until.clone())
                    };
                    assert_eq!(said(&answer), said(&known), "{written}\n{repaired}");
                    assert_eq!((fired(&answer), possible(&answer)), (fired(&known), possible(&known)), "{written}");
                } else if !presumes(policy) {
                    // More is known where some records of a list are than where none is.
                    assert!(fired(&answer).is_superset(&fired(&known)), "{written}\n{repaired}");
                    assert!(possible(&answer).is_subset(&possible(&known)), "{written}\n{repaired}");
                }
            }
        }
    });
    assert!(odd_ones * 2 > all && lists_open * 20 > all, "{odd_ones} and {lists_open} of {all}");
}

#[test]
fn warnings_name_keys_and_never_what_they_hold() {
    let policy = crate::support::shipped("rules", "National baseline");
    let odd = r#"{"call":{"id":"c-1","at":"2026-03-14T22:00:00Z","injury":"gone","injury":"minor","weapons":["knife","sabre"],"strangulation":"Y"},
        "history":{"orders":"none of them","incidents":[{"id":"i-1","at":"lately","kind":"affray"},7],"calls":[],"calls":[]}}"#;
    let odd = odd.replace('\n', "");
    assert!(Document::json_line(&odd, 1).read(Reading::strict(policy.vocabulary(), policy.zone())).is_err());
    let case = Document::json_line(&odd, 1).read(lenient(&policy)).expect("an answer");
    let said: Vec<String> = case.warnings.iter().map(sentence).collect();
    let cannot = |path: &str| format!("what `{path}` holds cannot be used; it is taken as not known");
    let keys = [
        "call.injury",
        "call.weapons[]",
        "call.strangulation",
        "history.orders",
        "history.incidents[].at",
        "history.incidents[].kind",
        "history.incidents[]",
        "history.calls",
    ];
    let mut wanted: Vec<String> = keys.iter().map(|key| cannot(key)).collect();
    wanted.push(
        "a record in `incidents` has no `id` and `at` that can be used; how many there are is not known".to_owned(),
    );
    let sorted = |mut lines: Vec<String>| {
        lines.sort();
        lines
    };
    assert_eq!(sorted(said), sorted(wanted));
    let text = odd.replace(r#""injury":"gone","injury":"minor","#, "");
    let twice = text.replace(r#""id":"c-1","#, r#""id":"c-1","id":"c-2","#);
    assert!(Document::json_line(&text, 1).read(lenient(&policy)).is_ok());
    assert!(Document::json_line(&twice, 1).read(lenient(&policy)).is_err(), "nobody can say which call it is");
}
