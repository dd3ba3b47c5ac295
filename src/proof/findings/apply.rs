//! A rule that no call lets apply, or every call does: `never-applies` and `always-applies`.
//!
//! A rule whose whole condition no call and no history can meet, whichever of what it asks is known (`never-applies`); and one that applies
//! whatever the call is, also where nothing is known of it (`always-applies`). The days on which a rule is in force, and its suspension, are
//! left aside, and so are rules that ask how long ago the call came in, which are written for later. Both are proved: looked through is every call there can be. What `never-so` and `always-so` already tell of a rule is not told again.
//!
//! Somebody relies on a rule that does nothing, or has made something of every call that was meant for some.
//!
//! ```heed
//! define slight as injury is at most minor
//!
//! rule hurt-badly "Hurt badly"
//!   when all of:
//!     - slight
//!     - any of:
//!       - injury is serious
//!       - injury is serious and strangulation is yes
//!   then refer to duty-inspector
//!   because "Somebody is badly hurt"
//!   source "Local policy"
//! ```
//!
//! Say what was meant, or leave the rule out:
//!
//! ```heed
//! define slight as injury is at most minor
//!
//! rule hurt-badly "Hurt badly"
//!   when any of:
//!     - slight and strangulation is yes
//!     - injury is serious
//!   then refer to duty-inspector
//!   because "Somebody is badly hurt"
//!   source "Local policy"
//! ```

use super::Told;
use super::inquiry::Inquiry;
use crate::text::Diagnostic;
use std::collections::BTreeSet;

/// What there is to tell of a policy's own rules, and the rules that it is told of or of which nothing can be told.
pub(super) fn apply(asked: &mut Inquiry<'_>, told: &Told<'_>) -> (Vec<(String, Diagnostic)>, BTreeSet<usize>) {
    let (mut found, mut rules) = (Vec::new(), asked.later.clone());
    for (at, rule) in asked.own_rules() {
        let name = &rule.name;
        if asked.later.contains(&at) {
            continue;
        }
        let problem = if asked.never_applies(at) {
            rules.insert(at);
            if told.any(name, &["never-so"]) {
                continue;
            }
            Diagnostic::warning("never-applies", rule.at, format!("no call lets `{name}` apply"))
                .help("proved of every call and history there can be; mend what it asks, or leave it out")
        } else if asked.always_applies(at) {
            rules.insert(at);
            if told.any(name, &["always-so"]) {
                continue;
            }
            Diagnostic::warning("always-applies", rule.at, format!("`{name}` applies to every call")).help(
                "proved of every call and history there can be, whatever is known of it; say to which it should apply",
            )
        } else {
            continue;
        };
        found.push((name.clone(), problem));
    }
    (found, rules)
}
