//! A rule without which no call would be answered otherwise: `changes-nothing`.
//!
//! Wherever the rule applies, others apply that give as much between them, with every setting that has a part in it at either end of its range
//! too. It is proved: looked through is every call there can be. Rules on trial, and such as may be suspended, are no such others, and a
//! rule that may be widened is left out. What `said-twice` and `outdone` already tell of a rule is not told again, nor of another because of it.
//!
//! Who changes the rule believes that the response is another now. And of a rule that asks for more than others, somebody meant that more should
//! follow.
//!
//! ```heed
//! rule hurt "Hurt"
//!   when injury is minor
//!   then refer to duty-inspector
//!   because "Somebody is hurt"
//!   source "Local policy"
//!
//! rule hurt-badly "Hurt badly"
//!   when injury is serious
//!   then:
//!     - refer to duty-inspector
//!     - grade at least immediate
//!   because "Somebody is badly hurt"
//!   source "Local policy"
//!
//! rule hurt-there "Hurt, and the suspect is there"
//!   when injury is at least minor and suspect-present is yes
//!   then refer to duty-inspector
//!   because "Somebody is hurt, and the suspect is there"
//!   source "Local policy"
//! ```
//!
//! Leave it out, or say what more should follow where it applies:
//!
//! ```heed
//! rule hurt "Hurt"
//!   when injury is minor
//!   then refer to duty-inspector
//!   because "Somebody is hurt"
//!   source "Local policy"
//!
//! rule hurt-badly "Hurt badly"
//!   when injury is serious
//!   then:
//!     - refer to duty-inspector
//!     - grade at least immediate
//!   because "Somebody is badly hurt"
//!   source "Local policy"
//!
//! rule hurt-there "Hurt, and the suspect is there"
//!   when injury is at least minor and suspect-present is yes
//!   then grade at least priority
//!   because "Somebody is hurt, and the suspect is there"
//!   source "Local policy"
//! ```

use super::super::compare::{Kept, is_kept};
use super::Told;
use super::inquiry::{Inquiry, is_so_at_the_ends};
use crate::engine::{Rewriting, Snapshot};
use crate::text::{Diagnostic, joined};
use std::collections::BTreeSet;

/// What there is to tell of a policy's own rules. `out` are those that something else is told of: they outdo nothing, and what is
/// found joins them.
pub(super) fn outdone(
    policy: &Snapshot,
    rewriting: &Rewriting,
    asked: &mut Inquiry<'_>,
    told: &Told<'_>,
    out: &mut BTreeSet<usize>,
) -> Vec<(String, Diagnostic)> {
    let rules = &asked.policy.rules;
    let idle = |name: &str| told.any(name, &["said-twice", "outdone"]);
    out.extend((0..).zip(rules).filter(|(_, rule)| idle(&rule.name)).map(|(at, _)| at));
    let mut own: Vec<(usize, &crate::check::Rule)> = asked.own_rules().collect();
    // Of two that outdo each other the later one is idle.
    own.sort_by_key(|(_, rule)| std::cmp::Reverse(rule.at));
    let mut found = Vec::new();
    for (at, rule) in own {
        if out.contains(&at) {
            continue;
        }
        let Some(by) = asked.outdone_by(at, out) else { continue };
        let all: BTreeSet<usize> = by.iter().copied().chain([at]).collect();
        // A setting changes no rule's place.
        let is_so = |other: &mut Inquiry<'_>| other.outdone_by(at, out).is_some();
        if !is_so_at_the_ends(policy, rewriting, &asked.settings(&all), is_so) {
            continue;
        }
        // What rules make certain together, while something is not known, may hang on the one that would go.
        let is_needed =
            rewriting.without(policy, &rule.name).is_none_or(|left| matches!(is_kept(policy, &left), Kept::Open));
        if is_needed {
            continue;
        }
        out.insert(at);
        let others: Vec<_> = by.iter().filter_map(|at| rules.get(*at)).collect();
        let names: Vec<&str> = others.iter().map(|other| other.name.as_str()).collect();
        let name = &rule.name;
        let message = match names.as_slice() {
            [] => format!("`{name}` changes no outcome: all that it gives is there without it"),
            [only] => format!("`{name}` changes no outcome: wherever it applies, `{only}` gives as much"),
            some => format!(
                "`{name}` changes no outcome: wherever it applies, {} give as much between them",
                joined(some, "and")
            ),
        };
        let problem = Diagnostic::warning("changes-nothing", rule.at, message)
            .help("proved of every call and history there can be; leave it out, or say what more should follow where it applies");
        let problem = others.iter().fold(problem, |problem, other| problem.also(other.at, "this gives as much"));
        found.push((name.clone(), problem));
    }
    found
}
