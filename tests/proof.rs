//! What is proved of two policies holds in every case, and each call that is shown is what it is shown for.

use crate::generate::case::{CaseText, case, case_knowing};
use crate::generate::policy::{PolicyText, policy, policy_of_scales, policy_of_times};
use crate::laws::{each, policies, try_load};
use heedful::check::Policy;
use heedful::compile::{Ir, Pivot, PolicyTerms, TermId};
use heedful::engine::Snapshot;
use heedful::model::{Case, Level};
use heedful::proof::{Comparison, compare};
use proptest::collection::vec;
use proptest::strategy::{BoxedStrategy, Strategy};
use std::cell::Cell;
use std::collections::HashMap;
use std::mem::{Discriminant, discriminant};

/// What came of many comparisons.
#[derive(Debug, Default)]
struct Tally {
    proved: Cell<usize>,
    shown: Cell<usize>,
    not_settled: Cell<usize>,
    /// Parts that some drawn case shows to differ.
    differed: Cell<usize>,
}

fn add(cell: &Cell<usize>, by: usize) {
    cell.set(cell.get() + by);
}

/// Whether the second gives less, somewhere in a part, than the first.
fn is_less(one: Level, other: Level) -> bool {
    !other.covers(one)
}

/// What rules of a policy wait for together, each by how many conditions read it and which rules rest on these.
fn awaited(ir: &Ir, policy: &Policy, terms: &PolicyTerms) -> Vec<(Discriminant<Pivot>, usize, Vec<usize>)> {
    let awaited = ir.pivots(policy, terms, None).into_iter().map(|(pivot, readers, _)| {
        let rests = |when: TermId| ir.uses([when]).terms.iter().any(|term| readers.contains(term));
        let rules = terms.rules.iter().enumerate().filter(|(_, rule)| rests(rule.when)).map(|(at, _)| at);
        (discriminant(&pivot), readers.len(), rules.collect())
    });
    awaited.collect()
}

/// In one representation with another, a policy waits for what its own program has it wait for.
pub fn waits_as_by_itself(policies: [&Snapshot; 2]) {
    let mut shared = Ir::default();
    let terms = policies.map(|policy| shared.add(policy.policy()));
    for (policy, terms) in policies.iter().zip(&terms) {
        let mut alone = Ir::default();
        let own = alone.add(policy.policy());
        let counts = |found: Vec<(Discriminant<Pivot>, usize, Vec<usize>)>| {
            let mut counts: HashMap<_, usize> = HashMap::new();
            found.into_iter().for_each(|thing| *counts.entry(thing).or_default() += 1);
            counts
        };
        assert_eq!(
            counts(awaited(&shared, policy.policy(), terms)),
            counts(awaited(&alone, policy.policy(), &own)),
            "{}",
            policy.name()
        );
    }
}

fn holds(old: &Snapshot, new: &Snapshot, found: &Comparison, cases: &[Case], tally: &Tally) {
    for part in &found.parts {
        for (verdict, [more, less]) in [(&part.lower, [old, new]), (&part.higher, [new, old])] {
            let level = |policy: &Snapshot, case: &Case| policy.evaluator().judge(case).outcome.0[part.outcome.index()];
            let differs = |case: &&Case| is_less(level(more, case), level(less, case));
            let shown = cases.iter().find(differs);
            let name = &old.vocabulary().outcomes[part.outcome.index()].name;
            if let Some(case) = shown {
                assert!(!verdict.is_never(), "{name} was proved never to be otherwise, and is in {case:?}");
                add(&tally.differed, 1);
            }
            add(&tally.proved, usize::from(verdict.is_never()));
            add(&tally.not_settled, verdict.not_settled.len());
            for difference in &verdict.calls {
                let case = difference.call.case(old.vocabulary(), old.zone());
                assert_eq!([level(more, &case), level(less, &case)], [difference.more, difference.less], "{name}");
                assert!(is_less(difference.more, difference.less), "{name}: {difference:?}");
                add(&tally.shown, 1);
            }
        }
    }
}

/// A policy and the same with one rule written otherwise.
fn edited(of: BoxedStrategy<PolicyText>) -> BoxedStrategy<(PolicyText, PolicyText)> {
    let two = (of.clone(), of, 0..8usize, 0..4u8);
    let edited = two.prop_map(|(one, other, at, how)| {
        let mut edited = one.clone();
        let place = at % edited.rules.len().max(1);
        if let (Some(rule), Some(theirs)) = (edited.rules.get_mut(place), other.rules.first()) {
            match how {
                0 => rule.when = theirs.when.clone(),
                1 => (rule.from, rule.until) = (theirs.from.clone(), theirs.until.clone()),
                2 => rule.presumed = !rule.presumed,
                _ => drop(edited.rules.remove(place)),
            }
        }
        (one, edited)
    });
    edited.boxed()
}

fn law(times: u32, pairs: BoxedStrategy<(PolicyText, PolicyText)>, drawn: BoxedStrategy<Vec<CaseText>>) -> Tally {
    let tally = Tally::default();
    each(times, &(pairs, drawn), |((one, other), texts)| {
        let (one, other) = (try_load(&one.files()), try_load(&other.files()));
        let named = |load: &heedful::engine::Load, name: &str| load.policies.iter().position(|it| it.name() == name);
        let pairs = [
            (named(&one, "Force").map(|at| &one.policies[at]), named(&other, "Force").map(|at| &other.policies[at])),
            (one.policies.iter().find(|it| it.name() != "Force"), named(&one, "Force").map(|at| &one.policies[at])),
        ];
        for (old, new) in pairs.into_iter().filter_map(|(old, new)| Some((old?, new?))) {
            let found = compare(old, new, false);
            assert_eq!(found.not_compared, None);
            waits_as_by_itself([old, new]);
            let cases: Vec<Case> = texts.iter().map(|text| text.build(old.vocabulary(), false)).collect();
            holds(old, new, &found, &cases, &tally);
        }
    });
    tally
}

#[test]
fn what_is_proved_holds_in_every_case() {
    let cases =
        || (vec(case(), 20), vec(case_knowing(0.95), 20)).prop_map(|(some, more)| [some, more].concat()).boxed();
    for (of, times) in [(policy(), 12), (policy_of_scales(), 8), (policy_of_times(), 6)] {
        let tally = law(policies(times), edited(of), cases());
        assert!(tally.proved.get() > 0 && tally.shown.get() > 0, "{tally:?}");
    }
}
