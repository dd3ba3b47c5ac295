//! Policies + tests -> the rules that some test expects something of.

use super::run::{Target, TestOptions, prepare};
use super::tested::tested;
use crate::engine::{Load, Snapshot};
use crate::eval::observe;
use crate::text::Span;
use crate::workers::map;
use std::collections::BTreeSet;

/// What the tests of a set are about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TestedRules {
    /// Where the rules of the policies stand that some test sees apply and expects something of: one that would fail if the rule
    /// did not.
    pub rules: BTreeSet<Span>,
    /// How many tests cannot be used, so that nobody knows what they are about.
    pub unusable: usize,
}

/// The rules that tests are about. Tests that cannot be used, or are for another policy, expect nothing.
pub fn tested_rules(load: &Load, targets: &[Target<'_>], options: &TestOptions<'_>) -> TestedRules {
    let prepared = prepare(targets, options);
    let mut unusable = prepared.iter().filter(|file| file.policy.is_none()).map(|file| file.read.tests.len()).sum();
    let of_policy = |policy: &Snapshot| {
        let of_policy = tested(policy, &prepared, options);
        let all = of_policy.len();
        let tests: Vec<_> = of_policy.into_iter().flatten().collect();
        unusable += all - tests.len();
        let of_tests = map(options.workers, &tests, |test| {
            let observed = observe(policy.policy(), policy.program(), &test.case);
            let expects = test.expects_of(policy, &observed);
            let rules = policy.policy().rules.iter().zip(&observed.rules).zip(expects);
            let applies = rules.filter(|((_, seen), expects)| *expects && seen.fires());
            applies.map(|((rule, _), _)| rule.at).collect::<Vec<Span>>()
        });
        of_tests.into_iter().flatten().collect::<Vec<Span>>()
    };
    let rules = load.policies.iter().flat_map(of_policy).collect();
    TestedRules { rules, unusable }
}
