//! Laws of what is not known: whatever it turns out to be, the outcome lies between what is certain and what is possible;
//! and where rules ask about one unknown thing alone, what is certain is all that every answer gives.

use crate::generate::case::{CaseText, Content, case};
use crate::generate::words::VOCABULARY;
use crate::laws::{each, hold, policies, presumes};
use crate::oracle::both;
use crate::support::{decide, load_texts};
use heedful::engine::Snapshot;
use heedful::model::{Level, Outcomes, Warning};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Whether each outcome of one is at most that of the other.
pub fn at_most(one: &Outcomes, other: &Outcomes) -> bool {
    most(one, other) == *other
}

/// The most of two.
fn most(one: &Outcomes, other: &Outcomes) -> Outcomes {
    Outcomes(one.0.iter().zip(&other.0).map(|(one, other)| one.raised_by(*other)).collect())
}

fn lies_outside(policy: &Snapshot, text: &CaseText) -> Option<String> {
    let decision = policy.decide(&text.build(policy.vocabulary(), false));
    let truth = policy.decide(&text.build(policy.vocabulary(), true)).outcome;
    if !presumes(policy) && !at_most(&decision.outcome, &truth) {
        return Some(format!("{:?} is certain, and it turns out {truth:?}", decision.outcome));
    }
    let possible = open_times(most(&decision.outcome, &decision.possible), &decision.questions);
    (!at_most(&truth, &possible)).then(|| format!("{possible:?} is possible, and it turns out {truth:?}"))
}

/// A time that counts from a fact which is not known may be any.
fn open_times(mut possible: Outcomes, questions: &[heedful::model::Question]) -> Outcomes {
    for (outcome, level) in questions.iter().flat_map(|question| &question.raises.0) {
        if *level == Level::Earliest(None) {
            possible.0[outcome.index()] = Level::Earliest(Some(heedful::time::Instant::MIN));
        }
    }
    possible
}

#[test]
fn it_turns_out_between_what_is_certain_and_what_is_possible() {
    hold(policies(40), 20, lies_outside);
}

/// One unknown thing: the facts of the call in it, and conditions that ask about nothing else.
#[derive(Clone, Debug)]
struct Thing {
    /// Each with the values that it may have.
    facts: Vec<(&'static str, Vec<Content>)>,
    conditions: &'static [&'static str],
}

fn choices() -> Vec<Content> {
    (0..3).map(Content::Choice).collect()
}

fn yes_or_no() -> Vec<Content> {
    [true, false].map(Content::YesNo).into()
}

fn things() -> Vec<Thing> {
    let fact = |name, values, conditions| Thing { facts: vec![(name, values)], conditions };
    vec![
        fact("hurt", yes_or_no(), &["hurt is yes", "hurt is no"]),
        fact("kind", choices(), &["kind is assault", "kind is threats", "kind is stalking", "kind is not threats"]),
        fact("risk", choices(), &["risk is low", "risk is at least mid", "risk is at most mid", "risk is mid"]),
        fact(
            "children",
            (0..=20).map(Content::Number).collect(),
            &["children is 0", "children is at least 1", "children is less than 3", "children is exactly 2"],
        ),
        fact(
            "waiting",
            [0, 59, 60, 61, 3599, 3600, 3601].map(Content::Duration).into(),
            &["waiting is at least 1 minute", "waiting is less than 1 hour", "waiting is more than 1 hour"],
        ),
        fact(
            "flags",
            (0..8).map(Content::Flags).collect(),
            &["flags include weapon", "flags do not include weapon", "flags include any of child or drunk"],
        ),
        Thing {
            facts: vec![("hurt", yes_or_no()), ("risk", choices()), ("flags", (0..8).map(Content::Flags).collect())],
            conditions: &[
                "danger is little",
                "danger is some",
                "danger is much",
                "danger is 1",
                "danger is at least 2",
            ],
        },
        Thing { facts: vec![("hurt", yes_or_no()), ("kind", choices())], conditions: &["both", "both is no"] },
    ]
}

const EFFECTS: [&str; 6] = [
    "grade at least mid",
    "grade at least high",
    "refer to specialist",
    "refer to specialist and supervisor",
    "video response may-be-offered",
    "review by 1 hour after this call",
];

/// Rules that ask about one thing, alone or in a list, and what each does.
type Rules = Vec<(&'static str, Vec<&'static str>, &'static str)>;

fn rules_about_one_thing() -> BoxedStrategy<(Thing, Rules)> {
    let rules = |thing: Thing| {
        let lists = select(vec!["any of:", "none of:", "at least 1 of:", "exactly 1 of:"]);
        let rule = (lists, vec(select(thing.conditions), 1..3), select(&EFFECTS[..]));
        (Just(thing), vec(rule, 2..5))
    };
    select(things()).prop_flat_map(rules).boxed()
}

fn policy_of(rules: &Rules) -> String {
    let mut text = "policy \"P\"\n  vocabulary \"laws\"\n  time zone Europe/London\n\n".to_owned();
    text.push_str("define both as hurt is yes and kind is threats\n\n");
    text.push_str("score danger \"Danger\"\n  points:\n    - 1 when hurt is yes\n    - 1 when risk is high\n");
    text.push_str("    - 1 when flags include child\n  bands:\n    - 0: little\n    - 1 to 2: some\n    - 3: much\n");
    text.push_str("  source \"Invented\"\n");
    for (at, (list, conditions, effect)) in rules.iter().enumerate() {
        text.push_str(&format!("\nrule rule-{at} \"A rule\"\n  when {list}\n"));
        let mut conditions = conditions.clone();
        conditions.dedup();
        conditions.iter().for_each(|condition| text.push_str(&format!("    - {condition}\n")));
        text.push_str(&format!("  then {effect}\n  because \"x\"\n  source \"Invented\"\n"));
    }
    text
}

/// Every case that this one may turn out to be.
fn turned_out(text: &CaseText, thing: &Thing, policy: &Snapshot) -> Vec<CaseText> {
    let mut all = vec![text.clone()];
    for (name, values) in &thing.facts {
        let fact = policy.vocabulary().fact(name).expect("a fact").index();
        let known = |text: &CaseText, value: &Content| {
            let mut text = text.clone();
            text.facts[fact].known = true;
            text.facts[fact].value = value.clone();
            text
        };
        all = all.iter().flat_map(|text| values.iter().map(|value| known(text, value))).collect();
    }
    all
}

#[test]
fn what_every_answer_about_one_thing_gives_is_certain() {
    let (mut shared, mut all) = (0, 0);
    each(policies(120), &(rules_about_one_thing(), case()), |((thing, rules), text)| {
        let load = load_texts(&[VOCABULARY, &policy_of(&rules)]);
        let [policy] = &load.policies[..] else {
            panic!("{:?}\n{}", load.diagnostics, policy_of(&rules));
        };
        let mut open = text;
        open.facts.iter_mut().for_each(|cell| cell.known = true);
        for (name, _) in &thing.facts {
            open.facts[policy.vocabulary().fact(name).expect("a fact").index()].known = false;
        }
        let decision = policy.decide(&open.build(policy.vocabulary(), false));
        let outcomes = turned_out(&open, &thing, policy);
        let outcomes = outcomes.iter().map(|text| policy.decide(&text.build(policy.vocabulary(), false)).outcome);
        let every = outcomes.reduce(|one, other| both(&one, &other)).expect("a thing that may turn out some way");
        assert_eq!(decision.outcome, every, "{:?}\n{}", decision.together, policy_of(&rules));
        all += 1;
        shared += usize::from(!decision.together.is_empty());
    });
    assert!(shared * 10 > all, "{shared} of {all} make something certain together");
}

/// A vocabulary of as many yes-or-no facts as are wanted, and a score that counts them.
fn many_signs(number: usize) -> Vec<String> {
    let facts: String = (0..number).map(|at| format!("  fact sign-{at}: yes or no \"A sign\"\n")).collect();
    let record = "record visit \"A visit\"\n  field welcome: yes or no \"Whether it was welcome\"\n";
    let outcome = "outcome level: highest of low, high \"The level\"\n  written as \"level at least\"\n";
    let points: String = (0..number).map(|at| format!("    - 1 when sign-{at} is yes\n")).collect();
    let rule = |name: &str, when: &str| {
        format!(
            "\nrule {name} \"A rule\"\n  when {when}\n  then level at least high\n  because \"x\"\n  source \"Invented\"\n"
        )
    };
    let score = format!(
        "score signs \"Signs\"\n  points:\n{points}  bands:\n    - 0 or more: whatever\n  source \"Invented\"\n"
    );
    vec![
        format!("vocabulary \"signs\"\n\ncall \"A call\"\n{facts}\n{record}\n{outcome}"),
        format!(
            "policy \"Signs\"\n  vocabulary \"signs\"\n  time zone UTC\n\n{score}{}{}",
            rule("all-signs", &format!("signs is at least {number}")),
            rule("all-visits", "at least 130 visits where welcome is no")
        ),
    ]
}

#[test]
fn nothing_that_is_not_known_is_left_out_in_silence() {
    let texts = many_signs(33);
    let load = load_texts(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    let policy = load.policies.first().unwrap_or_else(|| panic!("{:?}", load.diagnostics));
    let visits: Vec<String> =
        (0..130).map(|at| format!("{{\"id\": \"visit-{at}\", \"at\": \"2026-01-01T12:00:00Z\"}}")).collect();
    let json = format!(
        "{{\"call\": {{\"id\": \"a\", \"at\": \"2026-01-02T12:00:00Z\"}}, \"history\": {{\"visits\": [{}]}}}}",
        visits.join(", ")
    );
    let decision = decide(policy, &json);
    let listed: Vec<(&str, usize)> =
        decision.undecided.iter().map(|undecided| (undecided.rule.as_str(), undecided.unknown.len())).collect();
    assert_eq!(listed, [("all-signs", 33), ("all-visits", 100)]);
    assert_eq!(decision.questions.len(), 133);
    let more = Warning::UnknownNotListed { rule: "all-visits".to_owned(), more: 30 };
    assert_eq!(decision.warnings, [more]);
}

/// Both answers to one question may make one rule apply, where a score leaves a band out: neither sum lies in it.
#[test]
fn one_rule_alone_may_be_certain_whatever_is_answered() {
    let vocabulary = "vocabulary \"words\"\n\ncall \"A call\"\n  fact hurt: yes or no \"Hurt\"\n\noutcome grade: highest of low and high \
                      \"Grade\"\n  written as \"grade at least\"\n";
    let policy = "policy \"Base\"\n  vocabulary \"words\"\n  time zone Europe/London\n\nscore danger \"Danger\"\n  points:\n    \
                  - 3 when hurt\n  bands:\n    - 0 to 1: little\n    - 2: some\n    - 3 or more: much\n  source \"Invented\"\n\n\
                  rule not-some \"A rule\"\n  when danger is not some\n  then grade at least high\n  because \"So\"\n  source \"Invented\"\n";
    let loaded = load_texts(&[vocabulary, policy]);
    let policy = loaded.policies.first().unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
    let decision = decide(policy, "{\"call\": {\"id\": \"c\", \"at\": \"2026-03-01T00:00:00Z\"}}");
    assert_eq!(decision.outcome.0, [Level::Highest(1)]);
}
