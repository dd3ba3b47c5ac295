//! Policies + tests -> the rules that some test expects something of.

use super::run::{Target, TestOptions, prepare};
use super::tested::tested;
use crate::engine::{Load, Snapshot};
use crate::eval::observe;
use crate::text::Span;
use crate::workers::map;
use std::collections::BTreeSet;

/// Where the rules of the policies stand that some test sees apply and expects something of: one that would fail if the rule
/// did not. Tests that cannot be used, or are for another policy, expect nothing.
pub fn tested_rules(load: &Load, targets: &[Target<'_>], options: &TestOptions<'_>) -> BTreeSet<Span> {
    let prepared = prepare(targets, options);
    let of_policy = |policy: &Snapshot| {
        let tests: Vec<_> = tested(policy, &prepared, options).into_iter().flatten().collect();
        let of_tests = map(options.workers, &tests, |test| {
            let observed = observe(policy.policy(), policy.program(), &test.case);
            let expects = test.expects_of(policy, &observed);
            let rules = policy.policy().rules.iter().zip(&observed.rules).zip(expects);
            let applies = rules.filter(|((_, seen), expects)| *expects && seen.fires());
            applies.map(|((rule, _), _)| rule.at).collect::<Vec<Span>>()
        });
        of_tests.into_iter().flatten().collect::<Vec<Span>>()
    };
    load.policies.iter().flat_map(of_policy).collect()
}
