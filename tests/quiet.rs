//! A rule that does not speak again for a time leaves out only what may be left out, and only what was told before.

use crate::generate::case::{CaseText, case};
use crate::generate::policy::{PolicyText, policy, policy_of_a_quiet_rule};
use crate::generate::words::RECORDS;
use crate::laws::{disagreement, each, load, policies};
use heedful::engine::Snapshot;
use heedful::model::{Decision, Level};
use proptest::collection::vec;
use proptest::strategy::BoxedStrategy;

/// The policy as if each rule spoke however often it has spoken.
fn loud(text: &PolicyText) -> Option<PolicyText> {
    let mut loud = text.clone();
    let quiet = loud.rules.iter_mut().filter_map(|rule| rule.quiet.take()).count();
    (quiet > 0).then_some(loud)
}

/// What may be quiet of a decision holds no more than of another, and all else is the same.
fn is_quieter(policy: &Snapshot, quiet: &Decision, loud: &Decision) -> bool {
    let outcomes = policy.vocabulary().outcomes.iter().enumerate();
    outcomes.into_iter().all(|(at, outcome)| match (quiet.outcome.0[at], loud.outcome.0[at]) {
        (Level::AllThatApply(some), Level::AllThatApply(all)) if outcome.may_be_quiet => some & !all == 0,
        (own, other) => own == other,
    })
}

/// In how many cases a rule is silent of the drawn policies, each of which leaves out no more than it may.
fn silent(policies: u32, drawn: BoxedStrategy<PolicyText>) -> usize {
    let mut silent = 0;
    each(policies, &(drawn, vec(case(), 20)), |(text, cases)| {
        let Some(loud) = loud(&text) else { return };
        let (quiet, loud) = (load(&text.base_files()), load(&loud.base_files()));
        for case in &cases {
            let (quiet, loud) = (&quiet.policies[0], &loud.policies[0]);
            let case = case.build(quiet.vocabulary(), false);
            let (one, other) = (quiet.decide(&case), loud.decide(&case));
            assert!(is_quieter(quiet, &one, &other), "{text:?}\n{one:?}\n{other:?}");
            silent += usize::from(one.outcome != other.outcome);
        }
    });
    silent
}

#[test]
fn a_quiet_period_leaves_out_only_what_may_be_quiet() {
    silent(policies(60), policy());
    let silent = silent(policies(60), policy_of_a_quiet_rule());
    assert!(silent > 0, "{silent} rules were silent");
}

#[test]
fn a_quiet_rule_speaks_as_the_oracle_says() {
    each(policies(80), &(policy_of_a_quiet_rule(), vec(case(), 40)), |(text, cases)| {
        let load = load(&text.base_files());
        for case in cases {
            let built = case.build(load.policies[0].vocabulary(), false);
            let wrong = disagreement(&load.policies[0], &built);
            assert!(wrong.is_none(), "{}\n{case:?}\n{text:?}", wrong.unwrap_or_default());
        }
    });
}

/// The case with fewer decisions, or less known of them, each with what was done.
fn knowing_less(text: &CaseText) -> Vec<CaseText> {
    let decisions = RECORDS.iter().position(|record| record.name == "decision").expect("a kind of record");
    let mut less = Vec::new();
    let mut with = |change: &dyn Fn(&mut CaseText)| {
        let mut changed = text.clone();
        change(&mut changed);
        less.push(changed);
    };
    with(&|changed| changed.lists[decisions].0 = false);
    for at in 0..text.lists[decisions].1.len() {
        with(&|changed| drop(changed.lists[decisions].1.remove(at)));
        for field in 0..RECORDS[decisions].fields.len() {
            with(&|changed| changed.lists[decisions].1[at].fields[field].known = false);
        }
    }
    less
}

#[test]
fn knowing_less_of_decisions_silences_no_rule() {
    let (mut silent, mut woken) = (0, 0);
    each(policies(60), &(policy_of_a_quiet_rule(), vec(case(), 20)), |(text, cases)| {
        let load = load(&text.base_files());
        let policy = &load.policies[0];
        for case in cases {
            let speaks = |case: &CaseText| !policy.decide(&case.build(policy.vocabulary(), false)).fired.is_empty();
            let spoke = speaks(&case);
            silent += usize::from(!spoke);
            for less in knowing_less(&case) {
                assert!(speaks(&less) || !spoke, "{text:?}\n{case:?}\n{less:?}");
                woken += usize::from(!spoke && speaks(&less));
            }
        }
    });
    assert!(silent > 0 && woken > 0, "{silent} were silent, {woken} spoke once less was known");
}
