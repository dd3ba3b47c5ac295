//! A rule that no test would miss: `not-tested`.
//!
//! A rule that applies in no test which expects something of it: were it taken out, every test would pass as before. Looked for where the
//! folders that are checked hold tests (`NAME.test.yaml`); what a test expects of the whole decision is expected of each rule
//! without which the decision would be another.
//!
//! A rule is read once when it is written, and is changed for years. What holds it to what was meant is a test.
//!
//! ```heed
//! rule many-children "Many children"
//!   when children-seen is at least 5
//!   then refer to supervisor
//!   because "Many children are there"
//!   source "Local policy"
//! ```
//!
//! ```yaml
//! policy: National baseline
//! tests:
//!   - name: four children
//!     call: {at: 2026-03-14T22:00:00+00:00, children-seen: 4}
//!     expect: {not fired: many-children}
//! ```
//!
//! Expect something of it, in a case in which it applies and in one in which it just does not:
//!
//! ```heed
//! rule many-children "Many children"
//!   when children-seen is at least 5
//!   then refer to supervisor
//!   because "Many children are there"
//!   source "Local policy"
//! ```
//!
//! ```yaml
//! policy: National baseline
//! tests:
//!   - name: five children
//!     call: {at: 2026-03-14T22:00:00+00:00, children-seen: 5}
//!     expect: {fired: many-children}
//!   - name: four children
//!     call: {at: 2026-03-14T22:00:00+00:00, children-seen: 4}
//!     expect: {not fired: many-children}
//! ```

use super::super::policy::Policy;
use super::{Finding, told_once};
use crate::text::{Diagnostic, Span, counted};
use std::collections::BTreeSet;

/// The rules of policies without which no test would fail, each told of in the policy that wrote it; with how many tests cannot
/// be used.
pub fn not_tested<'p>(
    policies: impl Iterator<Item = &'p Policy>,
    is_tested: impl Fn(Span) -> bool,
    unusable: usize,
) -> Vec<Finding> {
    let may_be_one_of_those = |problem: Diagnostic| match unusable {
        0 => problem,
        some => problem.help(format!("{} cannot be used: `heedful test FOLDER` says why", counted(some, "test"))),
    };
    let of_policy = |policy: &'p Policy| {
        policy.rules.iter().filter(|rule| *rule.policy == *policy.name && !is_tested(rule.at)).map(|rule| Finding {
            problem: may_be_one_of_those(Diagnostic::warning("not-tested", rule.at, format!("no test expects anything of `{}`", rule.name)))
                .help("add one in which it applies, and one in which it just does not; `heedful test --write-boundaries FOLDER` drafts them"),
            about: Some(rule.name.clone()),
            policies: BTreeSet::from([policy.name.clone()]),
        }).collect::<Vec<Finding>>()
    };
    told_once(policies.flat_map(of_policy).collect())
}
