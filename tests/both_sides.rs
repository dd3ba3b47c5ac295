//! Laws of explanations: a sufficient set suffices whatever else is known, no smaller one does; a miss reaches its grade,
//! and no fewer changes do.

use crate::generate::case::CaseText;
use crate::laws::{hold, policies, presumes};
use heedful::engine::Snapshot;
use heedful::model::{Case, Level, OutcomeId, Outcomes, Part};
use heedful::why::{SingleChanges, sufficient, ways, weight};
use std::collections::BTreeSet;

/// A case with few enough parts that every way of leaving some out can be tried.
fn small(policy: &Snapshot, text: &CaseText, parts: usize) -> Case {
    let case = text.build(policy.vocabulary(), false);
    let all = case.parts();
    let step = (all.len() / parts).max(1);
    let kept: BTreeSet<Part> = all.into_iter().step_by(step).take(parts).collect();
    case.keeping(|part| kept.contains(&part))
}

fn within(outcomes: &Outcomes, scope: Option<OutcomeId>) -> Vec<Level> {
    match scope {
        None => outcomes.0.clone(),
        Some(scope) => vec![outcomes.0[scope.index()]],
    }
}

/// The outcome of a case with the parts of a pattern.
fn outcome(policy: &Snapshot, case: &Case, parts: &[Part], pattern: u32, scope: Option<OutcomeId>) -> Vec<Level> {
    let kept: BTreeSet<Part> =
        (0..).zip(parts).filter(|(at, _)| pattern >> at & 1 == 1).map(|(_, part)| *part).collect();
    within(&policy.decide(&case.keeping(|part| kept.contains(&part))).outcome, scope)
}

fn sufficiency_is_wrong(policy: &Snapshot, text: &CaseText) -> Option<String> {
    let case = small(policy, text, 7);
    let parts = case.parts();
    for scope in [None, Some(OutcomeId(0))] {
        let found = sufficient(policy.policy(), policy.program(), &case, scope);
        let everything = within(&policy.decide(&case).outcome, scope);
        let same: Vec<bool> = (0..1u32 << parts.len())
            .map(|pattern| outcome(policy, &case, &parts, pattern, scope) == everything)
            .collect();
        let weigh = |set: u32| -> usize {
            (0..).zip(&parts).filter(|(at, _)| set >> at & 1 == 1).map(|(_, part)| weight(&case, *part)).sum()
        };
        // It suffices when all that hold it, and more, give the same.
        let suffices = |set: u32| (0u32..).zip(&same).all(|(pattern, same)| pattern & set != set || *same);
        let set =
            (0..).zip(&parts).filter(|(_, part)| found.parts.contains(part)).fold(0, |bits, (at, _)| bits | 1 << at);
        if !suffices(set) {
            return Some(format!("{:?} do not suffice for {scope:?}", found.parts));
        }
        let smaller = (0..1u32 << parts.len()).find(|other| weigh(*other) < weigh(set) && suffices(*other));
        if let Some(smaller) = smaller.filter(|_| found.smallest && !presumes(policy)) {
            let parts: Vec<&Part> =
                (0..).zip(&parts).filter(|(at, _)| smaller >> at & 1 == 1).map(|(_, part)| part).collect();
            return Some(format!("{:?} for {scope:?}, though {parts:?} suffice", found.parts));
        }
    }
    None
}

#[test]
fn what_an_outcome_rests_on_suffices_and_no_less_does() {
    hold(policies(6), 2, sufficiency_is_wrong);
}

/// With all that is known, what is left out is left out at random: any of it may be taken away.
fn taking_away_changes_something(policy: &Snapshot, text: &CaseText) -> Option<String> {
    let case = text.build(policy.vocabulary(), false);
    let found = sufficient(policy.policy(), policy.program(), &case, None);
    let whole = policy.decide(&case).outcome;
    (0..12u64).find_map(|salt| {
        let keeps = |part: Part| {
            let hash =
                format!("{part:?}").bytes().fold(salt, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
            found.parts.contains(&part) || hash % 3 == 0
        };
        let kept = policy.decide(&case.keeping(keeps)).outcome;
        (kept != whole).then(|| format!("{:?} do not suffice: {kept:?} is not {whole:?}", found.parts))
    })
}

#[test]
fn taking_away_what_made_no_difference_makes_none() {
    hold(policies(15), 8, taking_away_changes_something);
}

fn grade(policy: &Snapshot, case: &Case) -> Level {
    *policy.decide(case).outcome.0.first().expect("the first outcome is a grade")
}

fn a_miss_is_wrong(policy: &Snapshot, text: &CaseText) -> Option<String> {
    let case = text.build(policy.vocabulary(), false);
    let changes = SingleChanges::of(policy.policy(), policy.program(), &case, OutcomeId(0));
    for way in ways(policy.policy(), policy.program(), &case, OutcomeId(0)) {
        if !grade(policy, &way.changed).covers(way.reaches) {
            return Some(format!("{} changes do not reach {:?}", way.changes, way.reaches));
        }
        let alone = (0..changes.len()).filter(|_| way.changes > 1).map(|one| vec![one]);
        let pairs = (0..changes.len()).filter(|_| way.changes > 2).take(30);
        let pairs = pairs.flat_map(|one| (one + 1..changes.len()).take(30).map(move |other| vec![one, other]));
        let mut fewer = alone.chain(pairs).filter_map(|which| Some((changes.made(&which)?, which)));
        if let Some((_, which)) = fewer.find(|(changed, _)| grade(policy, changed).covers(way.reaches)) {
            return Some(format!("{} changes reach {:?}, and so do {which:?}", way.changes, way.reaches));
        }
    }
    None
}

#[test]
fn a_miss_reaches_its_grade_and_no_fewer_changes_do() {
    hold(policies(25), 4, a_miss_is_wrong);
}

const VISITS: &str = r#"
vocabulary "visits"
  identities person

call "A call"
  fact caller: identity of person "Who calls"

record call, plural calls "An earlier call"
  field caller: identity of person "Who called"
  field kind: one of loud, silent "How it was"

record visit "A visit"
  field visitor: identity of person "Who came"

outcome level: highest of low, mid, high "The level"
  written as "level at least"
"#;

/// The misses of a case on 14 March 2026 under rules over these words: the rule, and before when.
fn misses(rules: &[(&str, &str, &str)], call: &str, visits: &[&str], calls: &[&str]) -> Vec<(String, Option<String>)> {
    let mut policy = "policy \"Visits\"\n  vocabulary \"visits\"\n  time zone UTC\n".to_owned();
    for (name, when, level) in rules {
        policy.push_str(&format!(
            "\nrule {name} \"A rule\"\n  when {when}\n  then level at least {level}\n  because \"x\"\n  source \"Invented\"\n"
        ));
    }
    let load = crate::support::load_texts(&[VISITS, &policy]);
    let policy = load.policies.first().unwrap_or_else(|| panic!("{:?}", load.diagnostics));
    let at = |time: &str| format!("2026-03-14T{time}Z");
    let list = |times: &[&str]| -> String {
        let records =
            times.iter().enumerate().map(|(id, time)| format!("{{\"id\": \"r{id}\", \"at\": \"{}\"}}", at(time)));
        records.collect::<Vec<_>>().join(", ")
    };
    let json = format!(
        "{{\"call\": {{\"id\": \"c\", \"at\": \"{}\", \"caller\": \"ann\"}}, \"history\": {{\"visits\": [{}], \"calls\": [{}]}}}}",
        at(call),
        list(visits),
        list(calls)
    );
    let case = crate::support::read_case(policy, heedful::wire::InputFormat::Json, &json);
    let explanation = policy.decide_and_explain(&case).explanation.expect("an explanation was asked for");
    let said =
        |miss: &heedful::model::Miss| (miss.rule.clone(), miss.before.map(|before| policy.zone().format(before)));
    explanation.misses.iter().filter(|miss| miss.changes.len() == 1).map(said).collect()
}

#[test]
fn a_miss_says_until_when_a_further_record_would_do() {
    let before = |time: &str| Some(format!("2026-03-14T{time}+00:00"));
    let followed = [("then-called", "any visit, followed within 2 hours by any call, not counting this one", "high")];
    let found = misses(&followed, "22:00:00", &["21:00:00"], &[]);
    assert_eq!(
        found.iter().map(|(_, before)| before.clone()).collect::<Vec<_>>(),
        [before("23:00:01"), before("23:00:01")]
    );
    // Too late: what lacks one call alone is no miss any more.
    assert_eq!(misses(&followed, "23:40:00", &["21:00:00"], &["23:30:00"]), []);
    // The gap to the next must be less than half an hour, which is the one between these two.
    let closer = [("closer-together", "the last 3 visits are coming closer together", "high")];
    let found = misses(&closer, "22:00:00", &["21:00:00", "21:40:00"], &[]);
    assert!(found.iter().all(|(_, told)| *told == before("22:20:00")) && !found.is_empty(), "{found:?}");
    let at_night = [("at-night", "any visit where it is between 20:00 and 22:30", "high")];
    let found = misses(&at_night, "22:00:00", &[], &[]);
    assert!(found.iter().all(|(_, told)| *told == before("22:30:01")) && !found.is_empty(), "{found:?}");
}

#[test]
fn of_two_misses_that_cost_the_same_the_one_that_asks_less_is_given() {
    let rules = [
        ("a-silent-call", "any call within 1 day, not counting this one, where kind is silent", "high"),
        ("some-call", "any call within 1 day, not counting this one", "high"),
    ];
    let found = misses(&rules, "22:00:00", &[], &[]);
    assert!(found.iter().all(|(rule, _)| rule == "some-call") && !found.is_empty(), "{found:?}");
}
