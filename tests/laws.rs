//! Laws that hold of every policy and every case.

use crate::generate::apart::case_of_times;
use crate::generate::case::{CaseText, RecordText, case, case_knowing};
use crate::generate::moments;
use crate::generate::policy::{PolicyText, policy, policy_counting_people, policy_of_scales, policy_of_times};
use crate::generate::shrink::smallest;
use crate::generate::words::VOCABULARY;
use crate::oracle::points::Reach;
use crate::oracle::{Answer, Oracle};
use crate::support::load_texts;
use heedful::engine::{GapId, Load, Overview, RuleId, Snapshot};
use heedful::model::{Case, Decision, Fired, OutcomeId, Outcomes, Outvoted, Unassessed, Until, Warning};
use heedful::semantics::{Condition, Use};
use heedful::time::Instant;
use proptest::collection::vec;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestRunner};
use std::cell::Cell;
use std::collections::BTreeSet;

/// How many policies each law is tried on: `HEEDFUL_CASES`, or few enough for every build.
pub fn policies(usual: u32) -> u32 {
    std::env::var("HEEDFUL_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(usual)
}

/// Says something, where a number of policies is asked for.
#[expect(clippy::print_stderr, reason = "whoever asks for many wants to know what came of them")]
pub fn say(what: impl FnOnce() -> String) {
    if std::env::var_os("HEEDFUL_CASES").is_some() {
        eprintln!("{}", what());
    }
}

/// Draws from a strategy again and again: the same for every build, and others each time that `HEEDFUL_CASES` asks for a
/// number of its own.
pub fn each<T: std::fmt::Debug>(times: u32, strategy: &impl Strategy<Value = T>, mut law: impl FnMut(T)) {
    let asked_for = std::env::var_os("HEEDFUL_CASES").is_some();
    let mut runner = if asked_for { TestRunner::new(Config::default()) } else { TestRunner::deterministic() };
    for _ in 0..times {
        law(strategy.new_tree(&mut runner).expect("strategies that always draw").current());
    }
}

/// Loads a generated policy, if it has no error.
pub fn try_load(files: &[String]) -> Load {
    let texts: Vec<&str> = std::iter::once(VOCABULARY).chain(files.iter().map(String::as_str)).collect();
    load_texts(&texts)
}

/// Holds a law about one policy and one case over many, and shows the smallest pair that breaks it.
pub fn hold(policies: u32, cases: usize, broken: impl Fn(&Snapshot, &CaseText) -> Option<String>) {
    hold_for(policies, &(policy(), vec(case(), cases)), broken);
}

/// Holds a law about policies and cases of some kind.
fn hold_for(
    policies: u32,
    drawn: &impl Strategy<Value = (PolicyText, Vec<CaseText>)>,
    broken: impl Fn(&Snapshot, &CaseText) -> Option<String>,
) {
    let first_break = |load: &Load, text: &CaseText| load.policies.iter().find_map(|policy| broken(policy, text));
    each(policies, drawn, |(policy, texts)| {
        let load = load(&policy.files());
        if let Some(text) = texts.iter().find(|text| first_break(&load, text).is_some()) {
            let fails = |policy: &PolicyText, text: &CaseText| first_break(&try_load(&policy.files()), text).is_some();
            let (policy, text) = smallest(&policy, text, fails);
            let why = first_break(&try_load(&policy.files()), &text).unwrap_or_default();
            panic!("{why}\n{text:?}\n{policy:?}");
        }
    });
}

/// Loads a generated policy, which must have no error.
pub fn load(files: &[String]) -> Load {
    let load = try_load(files);
    if load.policies.is_empty() {
        let line = |problem: &heedful::text::Diagnostic| {
            let source = load.sources.get(problem.span.source).expect("a place in a file");
            let (lines, _) = source.lines_around(problem.span.range());
            format!("{}: {}", problem.message, source.text[lines].trim())
        };
        panic!("a generated policy has errors:\n{}", load.diagnostics.iter().map(line).collect::<Vec<_>>().join("\n"));
    }
    load
}

fn says_or_not_answered(condition: &Condition) -> bool {
    matches!(condition, Condition::Presumed(_))
        || condition.uses().iter().any(|used| matches!(used, Use::Part(part, _) if says_or_not_answered(part)))
}

/// Rules that apply unless known otherwise, tests that are so or not answered, and scores that count what is unanswered as yes
/// say more before an answer than after it.
pub fn presumes(policy: &Snapshot) -> bool {
    let policy = policy.policy();
    let asked = policy.rules.iter().map(|rule| &rule.when);
    let asked = asked.chain(policy.definitions.iter().map(|definition| &definition.condition));
    let mut asked = asked.chain(policy.scores.iter().flat_map(|score| &score.points).map(|(_, when)| when));
    policy.rules.iter().any(|rule| rule.presumed)
        || policy.scores.iter().any(|score| score.unanswered_as_yes)
        || asked.any(says_or_not_answered)
}

fn losing(outvoted: &Outvoted<'_>) -> Vec<(usize, String)> {
    outvoted.rules.iter().map(|rule| (outvoted.outcome.index(), (*rule).to_owned())).collect()
}

fn said(decision: &Decision) -> Answer {
    Answer {
        rules: Vec::new(),
        outcome: decision.outcome.clone(),
        possible: decision.possible.clone(),
        unassessed: decision.unassessed.iter().map(|it| (it.outcome.index(), it.open)).collect(),
        outvoted: decision.outvoted().iter().flat_map(losing).collect(),
        fired: decision.fired.iter().map(|fired| (fired.rule.clone(), fired.evidence.clone())).collect(),
        undecided: decision.undecided.iter().map(|rule| rule.rule.clone()).collect(),
        trial: decision.trial.iter().map(|trial| (trial.rule.clone(), trial.certain)).collect(),
    }
}

fn is_said_twice(paths: &[String]) -> bool {
    paths.iter().collect::<BTreeSet<_>>().len() < paths.len()
}

/// What the evaluator and the oracle say differently.
pub fn disagreement(policy: &Snapshot, case: &Case) -> Option<String> {
    let decision = policy.decide(case);
    if let Some(twice) = decision.undecided.iter().find(|rule| is_said_twice(&rule.unknown)) {
        return Some(format!("{} waits twice for one thing: {:?}", twice.rule, twice.unknown));
    }
    let decision = said(&decision);
    let oracle = Oracle::new(policy.policy(), case).answer();
    let rules = oracle.rules.clone();
    let oracle = Answer { rules: Vec::new(), ..oracle };
    (decision != oracle)
        .then(|| format!("{}: the evaluator says\n{decision:?}\nand the oracle\n{oracle:?}\n{rules:?}", policy.name()))
}

#[test]
fn the_evaluator_agrees_with_the_oracle() {
    hold(policies(40), 50, |policy, text| disagreement(policy, &text.build(policy.vocabulary(), false)));
}

#[test]
fn the_evaluator_agrees_with_the_oracle_on_times_apart() {
    hold_for(policies(80), &(policy_of_times(), vec(case_of_times(), 40)), |policy, text| {
        disagreement(policy, &text.build(policy.vocabulary(), false))
    });
}

/// What is wrong with the steps of a score.
fn steps_are_wrong(policy: &Snapshot, case: &Case) -> Option<String> {
    let wrong = |reach: &Reach| {
        let ((least, most), (low, high)) = (reach.by_steps, reach.by_answers);
        least > low || most < high || reach.must_agree && (least, most) != (low, high)
    };
    let reaches = Oracle::new(policy.policy(), case).reaches();
    let wrong = reaches.into_iter().find(wrong)?;
    Some(format!("by steps {:?}, by every answer {:?}", wrong.by_steps, wrong.by_answers))
}

#[test]
fn a_score_comes_to_what_the_answers_come_to_that_there_can_be() {
    let (narrower, told) = (Cell::new(0), Cell::new(0));
    hold_for(policies(120), &(policy_of_scales(), vec(case(), 12)), |policy, text| {
        let checked = policy.policy();
        for score in &checked.scores {
            told.set(told.get() + usize::from(!score.together.is_empty()));
            let all: i64 = score.points.iter().map(|(points, _)| **points).sum();
            narrower.set(narrower.get() + usize::from(score.reach.1 < all));
        }
        let case = text.build(policy.vocabulary(), false);
        steps_are_wrong(policy, &case).or_else(|| disagreement(policy, &case))
    });
    let (narrower, told) = (narrower.get(), told.get());
    assert!(narrower > 0 && told > narrower, "no points hang on one answer: {told}, {narrower}");
}

/// The records of many cases in one, each as long before the call as it was before its own.
fn one_long(texts: &[CaseText]) -> CaseText {
    let mut long = texts[0].clone();
    for (number, text) in texts.iter().enumerate().skip(1) {
        for ((_, all), (_, some)) in long.lists.iter_mut().zip(&text.lists) {
            all.extend(some.iter().map(|record| RecordText {
                id: format!("{}-{number}", record.id),
                at: record.at.plus_seconds(long.at.0 - text.at.0),
                ..record.clone()
            }));
        }
    }
    long
}

#[test]
fn a_long_history_is_judged_as_a_short_one_is() {
    let (mut long_ones, mut all) = (0, 0);
    each(policies(12), &(policy(), vec(case(), 90)), |(policy, texts)| {
        let long = one_long(&texts);
        for policy in &load(&policy.files()).policies {
            let case = long.build(policy.vocabulary(), false);
            assert_eq!(disagreement(policy, &case), None);
            all += 1;
            long_ones += usize::from(case.record_count() > 128);
        }
    });
    // Where the first case has no lists, the long one has none.
    assert!(long_ones * 2 > all, "{long_ones} of {all} are long");
}

#[test]
fn what_was_decided_before_makes_no_difference_and_judging_is_part_of_deciding() {
    each(policies(30), &(policy(), vec(case(), 30)), |(policy, texts)| {
        let long = one_long(&texts);
        for policy in &load(&policy.files()).policies {
            let mut evaluator = policy.evaluator();
            for text in texts.iter().chain([&long]).chain(&texts) {
                let case = text.build(policy.vocabulary(), false);
                let judgement = evaluator.judge(&case).clone();
                assert_eq!(counted(policy, evaluator.overview(&case)), counted_of(&policy.decide(&case)));
                let decision = evaluator.decide(&case);
                assert_eq!(decision, policy.decide(&case));
                let rules = judgement.fired.iter().map(|id| policy.program().rules[id.0 as usize].name.clone());
                let ids = |records| case.ids_in_order(records).map(str::to_owned).collect();
                let fired: Vec<(String, Vec<String>)> = rules.zip(judgement.evidence().map(ids)).collect();
                assert_eq!(
                    (judgement.outcome, judgement.possible),
                    (decision.outcome.clone(), decision.possible.clone())
                );
                assert_eq!(fired, said(&decision).fired);
                let presumed = judgement.presumed.iter().map(|id| policy.rule(*id).expect("a rule").to_owned());
                assert_eq!(presumed.collect::<BTreeSet<String>>(), presumed_of(&decision));
                let trial = judgement.trial.iter().map(|(id, certain)| (policy.rule(*id).expect("a rule"), *certain));
                let decided = decision.trial.iter().map(|trial| (trial.rule.as_str(), trial.certain));
                assert_eq!(trial.collect::<Vec<_>>(), decided.collect::<Vec<_>>());
            }
        }
    });
}

type Counted = (Vec<BTreeSet<String>>, Vec<(String, bool)>, Option<String>, Outcomes, Outcomes);

/// What an overview says, in the words of a decision.
fn counted(policy: &Snapshot, overview: &Overview) -> Counted {
    let Overview { outcome, possible, fired, presumed, sole, undecided, trial, waits_for, asked } = overview.clone();
    let (rule, gaps) = (|id| policy.rule(id).expect("a rule").to_owned(), policy.gaps());
    let rules = |ids: Vec<RuleId>| ids.into_iter().map(rule).collect();
    let paths = |ids: Vec<GapId>| ids.into_iter().map(|gap| gaps[gap.index()].clone()).collect();
    let trial = trial.into_iter().map(|(id, certain)| (rule(id), certain)).collect();
    let lists = vec![rules(fired), rules(presumed), rules(undecided), paths(waits_for), paths(asked)];
    (lists, trial, sole.map(rule), outcome, possible)
}

/// The rules that a decision says apply only because of what is presumed.
fn presumed_of(decision: &Decision) -> BTreeSet<String> {
    let presumed = decision.fired.iter().filter(|fired| !fired.presumed.is_empty());
    presumed.map(|fired| fired.rule.clone()).collect()
}

/// The same of a decision.
fn counted_of(decision: &Decision) -> Counted {
    let anywhere = |path: &String| {
        let (mut kept, mut rest) = (String::new(), path.as_str());
        while let Some((before, after)) = rest.split_once('[') {
            kept.push_str(before);
            rest = after.split_once(']').expect("an end").1;
        }
        kept + rest
    };
    let first = decision.outcome.0.first().copied();
    let gives = |fired: &&Fired| fired.adds.0.iter().any(|(id, level)| id.0 == 0 && Some(*level) == first);
    let giving: Vec<String> = decision.fired.iter().filter(gives).map(|fired| fired.rule.clone()).collect();
    let sole = giving.first().filter(|_| giving.len() == 1).cloned();
    let unknown = decision.undecided.iter().flat_map(|rule| &rule.unknown);
    let waits: BTreeSet<String> = unknown.map(anywhere).collect();
    let asked: BTreeSet<String> = decision.questions.iter().map(|question| anywhere(&question.about)).collect();
    let lists = vec![
        decision.fired.iter().map(|fired| fired.rule.clone()).collect(),
        presumed_of(decision),
        decision.undecided.iter().map(|rule| rule.rule.clone()).collect(),
        waits,
        asked,
    ];
    let trial = decision.trial.iter().map(|trial| (trial.rule.clone(), trial.certain)).collect();
    (lists, trial, sole, decision.outcome.clone(), decision.possible.clone())
}

/// Where the evaluator's list of changes is not what asking the oracle at every telling moment gives.
pub fn until_is_wrong(policy: &Snapshot, text: &CaseText) -> Option<String> {
    let case = text.build(policy.vocabulary(), false);
    let decision = policy.decide(&case);
    if decision.warnings.contains(&Warning::UntilCutShort) {
        return None;
    }
    let oracle = Oracle::new(policy.policy(), &case);
    let listed = decision.until.iter().map(|change| change.at);
    let mut current = decision.outcome.clone();
    let mut changes = Vec::new();
    for at in moments::telling(policy.policy(), text, listed) {
        let outcome = oracle.outcome_at(at);
        if outcome != current {
            let unassessed = oracle.unassessed_at(at).into_iter().map(|(at, open)| {
                let outcome = OutcomeId(at.try_into().expect("a short list"));
                Unassessed { outcome, open }
            });
            changes.push(Until { at, outcome: outcome.clone(), unassessed: unassessed.collect() });
            current = outcome;
        }
    }
    let listed: Vec<String> = decision.until.iter().map(|change| shown(policy, change)).collect();
    let found: Vec<String> = changes.iter().map(|change| shown(policy, change)).collect();
    (listed != found).then(|| format!("{}: listed {listed:#?}\nfound {found:#?}", policy.name()))
}

fn shown(policy: &Snapshot, change: &Until) -> String {
    format!("{} {:?} {:?}", policy.zone().format(change.at), change.outcome.0, change.unassessed)
}

#[test]
fn until_is_every_change_of_the_outcome() {
    hold(policies(30), 4, until_is_wrong);
}

/// Any who is not known may be one that is, so a count of different people is known to be less and may be more.
#[test]
fn until_is_every_change_where_it_is_not_known_who_is_counted() {
    hold_for(policies(60), &(policy_counting_people(), vec(case_knowing(0.5), 4)), until_is_wrong);
}

/// Where deciding a case at a moment that `until` lists is not what was said of that moment, and of those after it.
fn as_of_is_wrong(policy: &Snapshot, text: &CaseText) -> Option<String> {
    let case = text.build(policy.vocabulary(), false);
    let decision = policy.decide(&case);
    if decision.warnings.contains(&Warning::UntilCutShort) {
        return None;
    }
    let mut evaluator = policy.evaluator();
    decision.until.iter().enumerate().find_map(|(number, change)| {
        let then = evaluator.decide_as_of(&case, change.at);
        let later = &decision.until[number + 1..];
        let is_same = then.outcome == change.outcome && then.until == later && then.case == decision.case;
        (!is_same).then(|| {
            let at = policy.zone().format(change.at);
            format!(
                "{} at {at}: {:?}, then {later:?}\nbut {:?}, then {:?}",
                policy.name(),
                change.outcome,
                then.outcome,
                then.until
            )
        })
    })
}

#[test]
fn a_case_decided_later_comes_to_what_was_said_of_that_moment() {
    hold(policies(30), 4, as_of_is_wrong);
}

/// How many moments of a long history the oracle is asked about, which takes its time; besides those that are listed.
const MOMENTS: usize = 10;

#[test]
fn a_long_history_changes_when_the_oracle_says_so() {
    let (mut changing, mut all) = (0, 0);
    each(policies(24), &(policy(), vec(case(), 60)), |(policy, texts)| {
        let long = one_long(&texts);
        for policy in &load(&policy.files()).policies {
            let case = long.build(policy.vocabulary(), false);
            let decision = policy.decide(&case);
            let oracle = Oracle::new(policy.policy(), &case);
            let last = match decision.until.last().map_or(case.at, |last| last.at) {
                last if decision.warnings.contains(&Warning::UntilCutShort) => last,
                _ => Instant::MAX,
            };
            let listed = || decision.until.iter().map(|change| change.at);
            let telling = moments::telling(policy.policy(), &long, listed());
            let some = telling.iter().copied().step_by(telling.len() / MOMENTS + 1);
            let beside = listed().take(MOMENTS).flat_map(|at| [at.plus_seconds(-1), at]);
            for at in some.chain(beside).filter(|at| case.at < *at && *at <= last) {
                let until_then = decision.until.iter().rev().find(|change| change.at <= at);
                let listed = until_then.map_or(&decision.outcome, |change| &change.outcome);
                assert_eq!(oracle.outcome_at(at), *listed, "{} at {}", policy.name(), policy.zone().format(at));
            }
            all += 1;
            changing += usize::from(case.record_count() > 128 && !decision.until.is_empty());
        }
    });
    assert!(changing * 20 > all, "{changing} of {all} are long and change");
}
