//! Two rules that apply in just the same calls, and do not say so: `applies-alike`.
//!
//! Two rules whose conditions are written otherwise, and of which each applies whenever the other does, with every setting that has a part in
//! them at either end of its range too. It is proved: looked through is every call there can be. Rules on trial, and such as may be suspended or
//! widened, are left out.
//!
//! One of the two probably was to ask for something else. And where both are right, who changes what one asks must know to change the other.
//!
//! ```heed
//! rule hurt-badly "Hurt badly"
//!   when injury is serious
//!   then grade at least immediate
//!   because "Somebody is badly hurt"
//!   source "Local policy"
//!
//! rule hurt-at-all "Hurt at all"
//!   when injury is at least minor and injury is not minor
//!   then refer to duty-inspector
//!   because "Somebody is hurt"
//!   source "Local policy"
//! ```
//!
//! Say what was meant, or write one rule of the two:
//!
//! ```heed
//! rule hurt-badly "Hurt badly"
//!   when injury is serious
//!   then grade at least immediate
//!   because "Somebody is badly hurt"
//!   source "Local policy"
//!
//! rule hurt-at-all "Hurt at all"
//!   when injury is at least minor
//!   then refer to duty-inspector
//!   because "Somebody is hurt"
//!   source "Local policy"
//! ```

use super::inquiry::{Inquiry, is_so_at_the_ends};
use crate::engine::{Rewriting, Snapshot};
use crate::text::Diagnostic;
use std::collections::BTreeSet;

/// What there is to tell of a policy's rules, but for those of which something else is told.
pub(super) fn alike(
    policy: &Snapshot,
    rewriting: &Rewriting,
    asked: &mut Inquiry<'_>,
    out: &BTreeSet<usize>,
) -> Vec<(String, Diagnostic)> {
    let mut found = Vec::new();
    for (one, other) in asked.alike(out) {
        let settings = asked.settings(&BTreeSet::from([one, other]));
        if !is_so_at_the_ends(policy, rewriting, &settings, |asked| asked.is_alike(one, other)) {
            continue;
        }
        let (Some(one), Some(other)) = (asked.policy.rules.get(one), asked.policy.rules.get(other)) else { continue };
        // It is told at the policy's own rule, and of two at the later one.
        let own = |rule: &crate::check::Rule| (*rule.policy == *asked.policy.name, rule.at);
        let (first, second) = if own(one) < own(other) { (one, other) } else { (other, one) };
        let message = format!("`{}` applies in just the calls in which `{}` does", second.name, first.name);
        let problem = Diagnostic::warning("applies-alike", second.at, message)
            .also(first.at, "here is the other one")
            .help("proved of every call and history there can be; mend the one that was to ask for something else, or write one rule of both");
        found.push((second.name.clone(), problem));
    }
    found
}
