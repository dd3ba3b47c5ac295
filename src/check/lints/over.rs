//! What is over: `over`.
//!
//! A rule whose `in force … until` lies before today, and a suspension that has ended. Today is the day on which
//! `heedful check` is run, in the time zone of the policy; `--on 2026-06-01` asks for another day.
//!
//! The rule does not speak any more, or the suspended rule speaks again, and nobody may have noticed.
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

use super::super::policy::Policy;
use crate::text::{Diagnostic, Span};
use crate::time::{Date, Instant};

/// What ended before a day: a policy's own rules and suspensions.
pub(super) fn over(policy: &Policy, today: Date, found: &mut Vec<Diagnostic>) {
    let zone = &policy.zone;
    let begun = zone.day_start(today);
    let mut report = |at: Span, ended: Instant, what: &str, help: &str| {
        let message = format!("{what} ended on {}", zone.date(ended).spoken());
        found.push(Diagnostic::warning("over", at, message).help(help));
    };
    for rule in &policy.rules {
        if let Some(until) = rule.until.filter(|until| *until < begun && *rule.policy == *policy.name) {
            let what = format!("the time for which `{}` is in force", rule.name);
            report(rule.at, until, &what, "it says nothing of any call since then; leave it out, or name a later day");
        }
        if let Some(suspension) = rule.suspension.as_deref()
            && suspension.until < begun
            && suspension.policy == policy.name
        {
            let what = format!("the suspension of `{}`", rule.name);
            let help = "the rule applies again; leave the suspension out, or name a later day";
            report(suspension.at, suspension.until, &what, help);
        }
    }
}
