//! What is over: `over`.
//!
//! A rule whose `in force … until` lies before today, and a suspension or an acceptance of a warning that has ended. Today is the day on which
//! `heedful check` is run, in the time zone of the policy; `--on 2026-06-01` asks for another day.
//!
//! The rule does not speak any more, or the suspended rule speaks again, and nobody may have noticed. What was accepted is told again.
//!
//! ```heed
//! rule strangled "Strangulation"
//!   in force from 2024-06-01 until 2025-05-31
//!   when strangulation is yes
//!   then grade at least immediate
//!   because "Strangulation is reported"
//!   source "Local policy"
//! ```
//!
//! Leave it out, or say until when it holds from now on:
//!
//! ```heed
//! rule strangled "Strangulation"
//!   in force from 2024-06-01
//!   when strangulation is yes
//!   then grade at least immediate
//!   because "Strangulation is reported"
//!   source "Local policy"
//! ```

use super::super::policy::{Acceptance, Policy};
use crate::text::{Diagnostic, Span};
use crate::time::{Date, Instant, Zone};

/// What ended before a day, of a policy's own rules and suspensions; each with the name of the rule.
pub(super) fn over(policy: &Policy, today: Date) -> Vec<(String, Diagnostic)> {
    let zone = &policy.zone;
    let begun = zone.day_start(today);
    let mut found = Vec::new();
    for rule in &policy.rules {
        if let Some(until) = rule.until.filter(|until| *until < begun && *rule.policy == *policy.name) {
            let what = format!("the time for which `{}` is in force", rule.name);
            let help = "it says nothing of any call since then; leave it out, or name a later day";
            found.push((rule.name.clone(), ended(rule.at, until, zone, &what).help(help)));
        }
        if let Some(suspension) = rule.suspension.as_deref()
            && suspension.until < begun
            && suspension.policy == policy.name
        {
            let what = format!("the suspension of `{}`", rule.name);
            let help = "the rule applies again; leave the suspension out, or name a later day";
            found.push((rule.name.clone(), ended(suspension.at, suspension.until, zone, &what).help(help)));
        }
    }
    found
}

/// An acceptance that ended, of a warning that there still is or not.
pub(super) fn acceptance(accepted: &Acceptance, zone: &Zone, is_found: bool) -> Diagnostic {
    let Acceptance { warning, about, at, until, .. } = accepted;
    let problem = ended(*at, *until, zone, &format!("the acceptance of `{warning}` for `{about}`"));
    problem.help(match is_found {
        true => "the warning is told again; mend what it is about, or name a later day",
        false => "there is nothing left to accept; leave it out",
    })
}

fn ended(at: Span, ended: Instant, zone: &Zone, what: &str) -> Diagnostic {
    Diagnostic::warning("over", at, format!("{what} ended on {}", zone.date(ended).spoken()))
}
