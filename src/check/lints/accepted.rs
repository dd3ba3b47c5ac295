//! An acceptance of nothing: `accepts-nothing`.
//!
//! An `accept` for whose kind of warning there is nothing to warn of under the name that it gives, in its own policy and in all that
//! are built on it.
//!
//! What was accepted is mended, or the warning was always about something else. The page that is signed still says that there is
//! something to accept, and the next such warning under that name would never be seen.
//!
//! ```heed
//! setting quiet-hours is 6 hours, from 1 hour to 12 hours
//!   "How long a caller is quiet before a call is new"
//!
//! rule caller-of-today "A caller of today"
//!   when any call by the same caller within quiet-hours, not counting this one
//!   then grade at least priority
//!   because "The caller has called in the last {quiet-hours}"
//!   source "Local policy"
//!
//! accept not-used for quiet-hours until 2027-03-31
//!   because "The rule that uses it comes with the next edition"
//!   owner "Head of Contact Management"
//! ```
//!
//! Leave the acceptance out:
//!
//! ```heed
//! setting quiet-hours is 6 hours, from 1 hour to 12 hours
//!   "How long a caller is quiet before a call is new"
//!
//! rule caller-of-today "A caller of today"
//!   when any call by the same caller within quiet-hours, not counting this one
//!   then grade at least priority
//!   because "The caller has called in the last {quiet-hours}"
//!   source "Local policy"
//! ```

use super::super::policy::{Acceptance, Policy};
use super::{Finding, over};
use crate::text::{Code, Diagnostic, Span, joined};
use crate::time::{Date, Zone};
use std::collections::BTreeSet;

/// The kinds of warnings that a policy can accept, by name, each with what it says to whoever signs the policy of what it is about.
pub(in crate::check) const ACCEPTABLE: [(Code, &str); 23] = [
    ("adds-nothing", "a part of it adds nothing"),
    ("always-applies", "it applies to every call"),
    ("always-so", "something that it asks is always so"),
    ("applies-alike", "another rule applies in just the same calls"),
    ("asks-the-call", "of each record it asks something about the call alone"),
    ("band-alone", "it asks for one band of a score, which a higher score loses"),
    ("changes-nothing", "without it no call would be answered otherwise"),
    ("left-out", "beside another rule it leaves out what lies between them"),
    ("loosens", "set more strictly, it lets some calls be answered with less"),
    ("moves-nothing", "no call is answered otherwise for the value that it has"),
    ("need-not-count", "this call need not be one of those that it counts"),
    ("never-applies", "no call makes it apply"),
    ("never-so", "something that it asks can never be so"),
    ("not-settled", "it is not found out whether some call breaks it"),
    ("not-tested", "no test expects anything of it"),
    ("not-used", "nothing uses it"),
    ("one-value", "it can have one value alone"),
    ("outdone", "another rule gives all that it gives"),
    ("over", "its time is over"),
    ("said-twice", "another rule says the same"),
    ("same-second", "it asks whether two times are the same second"),
    ("too-soon", "it says that something did not happen while that may still happen"),
    ("while-unknown", "it leaves open what follows while an answer is missing"),
];

impl Acceptance {
    /// What the warning says of what it is about.
    pub fn says(&self) -> &'static str {
        ACCEPTABLE.iter().find(|(kind, _)| *kind == self.warning).map_or("", |(_, says)| says)
    }
}

/// Warnings, told apart by whether they are accepted on a day.
#[derive(Debug, Default)]
pub struct Judged<'p> {
    /// What is to be told; and what is wrong with the acceptances themselves.
    pub told: Vec<Diagnostic>,
    /// What is accepted in every policy in which it is found, and by whom.
    pub accepted: Vec<(Diagnostic, Vec<(&'p Acceptance, &'p Zone)>)>,
}

/// A policy's word, and its bases', lets a warning stand that is found in it. So what a base is warned of too is told until the
/// base accepts it, whatever a force says.
pub fn judge<'p>(
    policies: &[&'p Policy],
    found: impl Iterator<Item = Finding>,
    today: impl Fn(&Zone) -> Date,
) -> Judged<'p> {
    let mut judged = Judged::default();
    let mut used: BTreeSet<Span> = BTreeSet::new();
    let in_force =
        |policy: &Policy, accepted: &Acceptance| accepted.until >= policy.zone.day_start(today(&policy.zone));
    for finding in found {
        let mut by: Vec<(&Acceptance, &Zone)> = Vec::new();
        let mut without: Vec<&str> = Vec::new();
        for policy in policies.iter().filter(|policy| finding.policies.contains(&policy.name)) {
            let covers = |accepted: &&Acceptance| {
                accepted.warning == finding.problem.code && Some(&accepted.about) == finding.about.as_ref()
            };
            let covering: Vec<&Acceptance> = policy.acceptances.iter().filter(covers).collect();
            used.extend(covering.iter().map(|accepted| accepted.at));
            match covering.into_iter().find(|accepted| in_force(policy, accepted)) {
                Some(accepted) if by.iter().any(|(known, _)| known.at == accepted.at) => {}
                Some(accepted) => by.push((accepted, &policy.zone)),
                None => without.push(&policy.name),
            }
        }
        match (by.as_slice(), without.as_slice()) {
            ([], _) => judged.told.push(finding.problem),
            (_, []) => judged.accepted.push((finding.problem, by)),
            (some, without) => {
                let some: Vec<&str> = some.iter().map(|(accepted, _)| accepted.policy.as_str()).collect();
                let help = format!(
                    "{} accepts it; it is found in {} too, which does not",
                    joined(&some, "and"),
                    joined(without, "and")
                );
                judged.told.push(finding.problem.help(help));
            }
        }
    }
    for policy in policies {
        for accepted in policy.acceptances.iter().filter(|accepted| accepted.policy == policy.name) {
            let (kind, about, is_used) = (accepted.warning, &accepted.about, used.contains(&accepted.at));
            if !in_force(policy, accepted) {
                judged.told.push(over::acceptance(accepted, &policy.zone, is_used));
            } else if !is_used {
                let message = format!("there is no warning `{kind}` for `{about}` to accept");
                judged.told.push(
                    Diagnostic::warning("accepts-nothing", accepted.at, message)
                        .help("leave it out; a warning is accepted for the name under whose heading it is told"),
                );
            }
        }
    }
    judged.told.sort_by_key(|problem| problem.span);
    judged
}
