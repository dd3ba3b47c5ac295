//! A setting that does not move what it was made for: `moves-nothing` and `loosens`.
//!
//! A setting that rules use, and with which every call is answered alike at either end of its range and in steps between, since other rules
//! give as much (`moves-nothing`); that is proved, and looked through is every call there can be. Of a range that holds more than 64 values, or lengths or
//! times of day, it is said how many were tried. And a setting that is `never lowered` or `never raised`, and that
//! set as strictly as it may be lets some call be answered with less (`loosens`); that call is shown. Settings of rules on trial or of such as
//! are told of themselves are left out.
//!
//! Who sets it believes that the response is another now. And what a policy keeps from being loosened should be tightened by what is left.
//!
//! ```heed
//! setting quiet-for is 7 days, from 1 day to 28 days, never lowered
//!   "How long nothing happened before a call is a new one"
//!
//! setting hurt-grade is scheduled, from scheduled to priority
//!   "The grade when somebody is hurt, at least"
//!
//! rule new-call "A new call"
//!   when injury is serious and no incidents about the same victim within quiet-for
//!   then refer to da-specialist
//!   because "There was nothing in the last {quiet-for}"
//!   source "Local policy"
//!
//! rule hurt "Hurt"
//!   when injury is at least minor
//!   then:
//!     - grade at least hurt-grade
//!     - refer to supervisor
//!   because "Somebody is hurt"
//!   source "Local policy"
//!
//! rule hurt-or-strangled "Hurt or strangled"
//!   when injury is at least minor or strangulation is yes
//!   then grade at least immediate
//!   because "Somebody is hurt"
//!   source "Local policy"
//! ```
//!
//! Let it be set where more follows from more, and give what nothing else gives:
//!
//! ```heed
//! setting quiet-for is 7 days, from 1 day to 28 days, never raised
//!   "How long nothing happened before a call is a new one"
//!
//! setting hurt-grade is scheduled, from scheduled to priority
//!   "The grade when somebody is hurt, at least"
//!
//! rule new-call "A new call"
//!   when injury is serious and no incidents about the same victim within quiet-for
//!   then refer to da-specialist
//!   because "There was nothing in the last {quiet-for}"
//!   source "Local policy"
//!
//! rule hurt "Hurt"
//!   when injury is at least minor
//!   then:
//!     - grade at least hurt-grade
//!     - refer to supervisor
//!   because "Somebody is hurt"
//!   source "Local policy"
//!
//! rule strangled "Strangled"
//!   when strangulation is yes
//!   then grade at least immediate
//!   because "Strangulation is reported"
//!   source "Local policy"
//! ```

use super::super::compare::{Kept, compare, is_kept};
use super::Told;
use super::inquiry::Inquiry;
use crate::check::{Setting, SettingRange, SettingValue};
use crate::engine::{Rewriting, Snapshot};
use crate::syntax::tree::Never;
use crate::text::Diagnostic;
use std::collections::BTreeSet;

/// At how many values of its range a setting is tried first, and at how many once all of these are alike.
const FEW_VALUES: usize = 8;
const MOST_VALUES: usize = 64;

/// What there is to tell of the settings that a policy declares itself. `out` are the rules that something else is told of.
pub(super) fn settings(
    policy: &Snapshot,
    rewriting: &Rewriting,
    asked: &Inquiry<'_>,
    told: &Told<'_>,
    out: &BTreeSet<usize>,
) -> Vec<(String, Diagnostic)> {
    let mut found = Vec::new();
    for setting in &asked.policy.settings {
        let name = &setting.name;
        let Some(declared) = setting.given.first().filter(|given| given.policy == asked.policy.name) else { continue };
        if told.any(name, &["not-used", "one-value"]) {
            continue;
        }
        let problem = if let Some(problem) = loosens(policy, rewriting, setting) {
            Diagnostic::warning("loosens", declared.at, problem.0).help(problem.1)
        } else if moves_nothing(policy, rewriting, setting) && asked.is_of_others(setting, out) {
            let message = match values(policy, setting, MOST_VALUES).len() {
                _ if all_are_tried(setting) => format!("every call is answered alike, whatever `{name}` is"),
                tried => {
                    format!("every call is answered alike with `{name}` at any of {} values of its range", tried + 1)
                }
            };
            Diagnostic::warning("moves-nothing", declared.at, message).help(
                "proved of every call and history there can be; other rules give as much: leave it out, or let it move something",
            )
        } else {
            continue;
        };
        found.push((name.clone(), problem));
    }
    found
}

fn values(policy: &Snapshot, setting: &Setting, most: usize) -> Vec<String> {
    let own = setting.value.to_string();
    policy.setting_values(&setting.name, most).unwrap_or_default().into_iter().filter(|value| *value != own).collect()
}

/// Whether rules use it, and all calls are answered alike with each of its values.
fn moves_nothing(policy: &Snapshot, rewriting: &Rewriting, setting: &Setting) -> bool {
    let mut is_used = false;
    let mut is_alike = |value: &String| {
        let Some(other) = rewriting.at_value(policy, &setting.name, value) else { return false };
        [(policy, &other), (&other, policy)].into_iter().all(|(one, other)| match is_kept(one, other) {
            Kept::AsWritten => true,
            Kept::Proved => {
                is_used = true;
                true
            }
            Kept::Open => false,
        })
    };
    let mut are_alike = |most: usize| values(policy, setting, most).iter().all(&mut is_alike);
    // Most that move something do so at one of a few.
    are_alike(FEW_VALUES) && are_alike(MOST_VALUES) && is_used
}

/// Whether the values at which a setting is tried are all that it may have.
fn all_are_tried(setting: &Setting) -> bool {
    match &setting.range {
        Some(SettingRange::FromTo(
            SettingValue::Number { number: from, .. },
            SettingValue::Number { number: to, .. },
        )) => usize::try_from(to.saturating_sub(*from)).is_ok_and(|steps| steps < MOST_VALUES),
        Some(SettingRange::FromTo(SettingValue::Word(_), _) | SettingRange::OneOf(_)) => true,
        Some(SettingRange::FromTo(..)) | None => false,
    }
}

/// That a call is answered with less at the strictest value: what is told, and the call.
fn loosens(policy: &Snapshot, rewriting: &Rewriting, setting: &Setting) -> Option<(String, String)> {
    let ends = policy.setting_values(&setting.name, 2)?;
    let (strictest, kept) = match setting.never? {
        Never::Lowered => (ends.last()?, "lowered"),
        Never::Raised => (ends.first()?, "raised"),
    };
    if *strictest == setting.value.to_string() {
        return None;
    }
    let other = rewriting.at_value(policy, &setting.name, strictest)?;
    if !matches!(is_kept(policy, &other), Kept::Open) {
        return None;
    }
    let compared = compare(policy, &other, false);
    let (part, less) = compared.parts.iter().find_map(|part| Some((part, part.lower.calls.first()?)))?;
    let outcome = policy.vocabulary().outcomes.get(part.outcome.index()).map_or("", |outcome| outcome.name.as_str());
    let (name, own) = (&setting.name, &setting.value);
    let message = format!("`{name}` is never {kept}, and at {strictest} some call is answered with less than at {own}");
    let call = less.call.on_one_line(policy);
    Some((message, format!("`{}` gives more to `{outcome}` at {own} in this call: {call}", less.rule)))
}
