//! Whatever a force writes, each rule of its base decides every case as it does under the base alone, while the settings are the
//! base's: a force can only add, and what the base gives for certain it gives under a force. What would change what a rule of the base says is refused.

use crate::generate::case::{CaseText, case};
use crate::generate::policy::policy;
use crate::generate::words::VOCABULARY;
use crate::laws::{each, load, policies};
use crate::oracle::Oracle;
use crate::support::{decide, load_texts};
use heedful::engine::Snapshot;
use heedful::model::{Level, Truth};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::{BTreeMap, BTreeSet};

/// Names that the base has taken in one way or another, and some that are free.
const NAMES: [&str; 42] = [
    "enough",
    "several",
    "long-span",
    "set-grade",
    "named-0",
    "named-1",
    "danger",
    "near-order",
    "near-orders",
    "near-incident",
    "near-incidents",
    "order",
    "breaches",
    "incident",
    "incidents",
    "calls",
    "hurt",
    "kind",
    "risk",
    "children",
    "suspect",
    "suspects",
    "victims",
    "victim",
    "starts",
    "grade",
    "referrals",
    "low",
    "mid",
    "high",
    "weapon",
    "some",
    "court-days",
    "latest",
    "Hurt",
    "near_incidents",
    "mids",
    "aid",
    "aids",
    "help",
    "helps",
    "sighting",
];
const PHRASES: [&str; 7] = ["grade at least", "Grade at least", "grade", "refer to", "refer", "tell also", "review by"];

fn name() -> BoxedStrategy<String> {
    let free = (0..60u8).prop_map(|number| format!("own-{number}"));
    prop_oneof![1 => select(&NAMES[..]).prop_map(str::to_owned), 2 => free].boxed()
}

/// What a force's own vocabulary may hold.
fn of_vocabulary() -> BoxedStrategy<String> {
    prop_oneof![
        (name(), name()).prop_map(|(name, plural)| format!(
            "record {name}, plural {plural} \"Something\"\n  field seen: yes or no \"Seen\"\n"
        )),
        (select(&["order", "breach", "incident", "call"][..]), name(), select(&FIELDS[..]))
            .prop_map(|(record, name, ty)| format!("record {record}\n  field {name}: {ty} \"More of it\"\n")),
        (select(&["order", "breach", "incident", "call"][..]), select(&OF_RECORDS[..]))
            .prop_map(|(record, line)| format!("record {record}\n  {line}\n")),
        (name(), select(&FIELDS[..])).prop_map(|(name, ty)| format!("call\n  fact {name}: {ty} \"More of it\"\n")),
        (select(&["kind", "flags", "risk"][..]), name())
            .prop_map(|(fact, value)| format!("call\n  fact {fact}: also {value}\n")),
        (name(), select(&["low, mid, high", "high, mid, low", "weak, strong"][..]), select(&PHRASES[..])).prop_map(
            |(name, values, phrase)| format!(
                "outcome {name}: highest of {values} \"More\"\n  written as \"{phrase}\"\n"
            )
        ),
        (
            select(&["grade", "referrals"][..]),
            name(),
            select(&["", "  never below risk\n", "  written as \"raise to\"\n"][..])
        )
            .prop_map(|(outcome, value, line)| format!("outcome {outcome}: also {value}\n{line}")),
        name().prop_map(|name| format!("calendar {name} \"Days\"\n  skips every Monday\n")),
    ]
    .boxed()
}

const FIELDS: [&str; 6] = [
    "yes or no",
    "one of low, mid, high in rising order",
    "one of high, mid, low in rising order",
    "identity of person",
    "time or none",
    "number",
];

const OF_RECORDS: [&str; 5] = [
    "in force from discharged until starts",
    "in force from arrived",
    "kept for 1 day",
    "kept for 20 years",
    "asked as \"What is known of it?\"",
];

/// What a force's policy may hold below its first lines.
fn of_policy() -> BoxedStrategy<String> {
    let groups = ["an incident where kind is threats", "a breach where admitted is no", "an order in force"];
    prop_oneof![
        3 => (name(), name(), select(groups.to_vec()))
            .prop_map(|(name, plural, group)| format!("define {name}, plural {plural}, as {group}\n")),
        2 => (name(), select(groups.to_vec())).prop_map(|(name, group)| format!("define {name} as {group}\n")),
        1 => name().prop_map(|name| format!("define {name} as hurt is no\n")),
        2 => (name(), select(&["0", "1 minute", "low", "5 calls"][..]))
            .prop_map(|(name, value)| format!("setting {name} is {value}\n")),
        1 => (name(), name()).prop_map(|(name, band)| format!(
            "score {name} \"A score\"\n  points:\n    - 1 when hurt\n  bands:\n    - 0: calm\n    - 1 or more: {band}\n"
        )),
        1 => name().prop_map(|name| format!("calendar {name} \"Days\"\n  skips every Monday\n")),
        1 => select(&["rule-0", "rule-1", "own-rule", "RULE-0"][..]).prop_map(|name| format!(
            "rule {name} \"A rule of the force\"\n  when hurt\n  then refer to inspector\n  because \"Hurt\"\n  source \"Invented\"\n"
        )),
    ]
    .boxed()
}

fn of_header() -> BoxedStrategy<String> {
    prop_oneof![
        6 => Just(String::new()),
        1 => Just("  time zone Pacific/Apia\n".to_owned()),
        1 => select(&["low", "Highest", "Grade 1"][..]).prop_map(|label| format!("  grade high is called \"{label}\"\n")),
    ]
    .boxed()
}

/// The files of a force.
fn force() -> BoxedStrategy<Vec<String>> {
    (vec(of_vocabulary(), 0..3), of_header(), vec(of_policy(), 0..4))
        .prop_map(|(words, header, items)| {
            let mut files = Vec::new();
            let mut named = "";
            if !words.is_empty() {
                named = "  vocabulary \"more\"\n";
                files.push(format!("vocabulary \"more\"\n  extends \"laws\"\n\n{}", words.join("\n")));
            }
            files.push(format!("policy \"Tailored\"\n  tailors \"Base\"\n{named}{header}\n{}", items.join("\n")));
            files
        })
        .boxed()
}

/// What the rules of the base say of a case: each rule's answer by the oracle, and by the evaluator those that fired, each with
/// the records that it rests on, and those that are undecided.
type Said = (Vec<(String, Truth)>, Vec<(String, Vec<String>)>, Vec<String>);

fn said(policy: &Snapshot, of_base: &BTreeSet<String>, text: &CaseText) -> Said {
    let case = text.build(policy.vocabulary(), false);
    let rules = Oracle::new(policy.policy(), &case).answer().rules;
    let decision = policy.decide(&case);
    let fired = decision.fired.into_iter().filter(|fired| of_base.contains(&fired.rule));
    let undecided = decision.undecided.into_iter().map(|rule| rule.rule).filter(|rule| of_base.contains(rule));
    (
        rules.into_iter().filter(|(rule, _)| of_base.contains(rule)).collect(),
        fired.map(|fired| (fired.rule, fired.evidence)).collect(),
        undecided.collect(),
    )
}

/// The outcomes of a case, by name.
fn outcome(policy: &Snapshot, text: &CaseText) -> BTreeMap<String, Level> {
    let decision = policy.decide(&text.build(policy.vocabulary(), false));
    let names = policy.vocabulary().outcomes.iter().map(|outcome| outcome.name.clone());
    names.zip(decision.outcome.0).collect()
}

/// Whether a force leaves the values of facts and of outcomes as they are. Where it adds one, what its base gave whatever the
/// value turned out to be is no longer given for certain: it may turn out to be the new one.
fn keeps_values(force: &[String]) -> bool {
    force.iter().all(|text| !text.contains(": also ") && !text.contains("outcome "))
}

#[test]
fn what_the_rules_of_a_base_give_together_they_give_under_a_force() {
    let vocabulary = "vocabulary \"words\"\n\ncall \"A call\"\n  fact flags: any of a1, a2, a3, a4, a5, a6, a7, a8 and a9 \"Flags\"\n  \
        fact persons: number from 0 to 2000 \"ChangeKind many\"\n\noutcome grade: highest of low, mid and high \"Grade\"\n  \
        written as \"grade at least\"\n";
    let rule = |name: String, when: String, grade: &str| {
        format!(
            "rule {name} \"A rule\"\n  when {when}\n  then grade at least {grade}\n  because \"So\"\n  source \"Invented\"\n\n"
        )
    };
    let base = [
        "policy \"Base\"\n  vocabulary \"words\"\n  time zone Europe/London\n\n".to_owned(),
        rule("some".to_owned(), "flags include any of a1, a2, a3, a4 or a5".to_owned(), "high"),
        rule("not-first".to_owned(), "flags do not include a1".to_owned(), "mid"),
        rule("few".to_owned(), "persons is at most 9".to_owned(), "mid"),
        rule("many".to_owned(), "persons is at least 8".to_owned(), "high"),
    ]
    .concat();
    let flags = rule("others".to_owned(), "flags include any of a6, a7, a8 or a9".to_owned(), "mid");
    let numbers = (0..1500).map(|number| rule(format!("own-{number}"), format!("persons is {number}"), "mid"));
    let force = format!("policy \"Force\"\n  tailors \"Base\"\n\n{flags}{}", numbers.collect::<String>());
    let loaded = load_texts(&[vocabulary, &base, &force]);
    let given = |name: &str| {
        let policy = loaded
            .policies
            .iter()
            .find(|policy| policy.name() == name)
            .unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
        decide(policy, "{\"call\": {\"id\": \"c\", \"at\": \"2026-03-01T00:00:00Z\"}}").outcome
    };
    assert_eq!(given("Base").0, [Level::Highest(1)]);
    assert_eq!(given("Force"), given("Base"));
}

#[test]
fn no_force_changes_what_a_rule_of_its_base_decides() {
    let (mut accepted, mut all) = (0, 0);
    each(policies(60), &(policy(), vec(force(), 6), vec(case(), 6)), |(policy, forces, cases)| {
        let files = policy.base_files();
        let alone = load(&files);
        let base = &alone.policies[0];
        let rules = base.policy().rules.iter().map(|rule| rule.name.clone()).collect();
        let before: Vec<Said> = cases.iter().map(|text| said(base, &rules, text)).collect();
        let given: Vec<BTreeMap<String, Level>> = cases.iter().map(|text| outcome(base, text)).collect();
        for force in forces {
            all += 1;
            let texts = std::iter::once(VOCABULARY).chain(files.iter().chain(&force).map(String::as_str));
            let together = load_texts(&texts.collect::<Vec<_>>());
            let Some(tailored) = together.policies.iter().find(|policy| policy.name() == "Tailored") else { continue };
            accepted += 1;
            for (text, before) in cases.iter().zip(&before) {
                assert_eq!(said(tailored, &rules, text), *before, "{text:?}\n{policy:?}\n{}", force.join("\n"));
            }
            for (text, given) in cases.iter().zip(&given).filter(|_| keeps_values(&force)) {
                let now = outcome(tailored, text);
                let is_kept = |(name, level): (&String, &Level)| {
                    now.get(name).map(|now| now.raised_by(*level)) == now.get(name).copied()
                };
                assert!(
                    given.iter().all(is_kept),
                    "{given:?} became {now:?}\n{text:?}\n{policy:?}\n{}",
                    force.join("\n")
                );
            }
        }
    });
    // The law would be empty if every force were refused.
    assert!(accepted * 5 > all, "{accepted} of {all} are accepted");
}
