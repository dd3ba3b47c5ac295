//! A policy and one that it tailors -> where it gives less, and what of that the other allows.

use super::compare::{Reading, compare_lower};
use super::comparison::{Comparison, RuleVerdict};
use crate::check::{Effect, Policy, Rule, SettingRange, SettingValue};
use crate::engine::{Load, Snapshot};
use crate::model::Content;
use crate::semantics::SettingId;
use crate::text::joined;
use std::borrow::Cow;

/// What one of its bases allows a policy, and whether it gives less anywhere else.
#[derive(Clone, Debug)]
pub struct BaseProof {
    /// The base and the policy as if that had set and suspended nothing: what is lower here, nothing allows. `None` where the policy
    /// makes no sense so.
    pub untailored: Option<Comparison>,
    /// What the policy sets or suspends otherwise, and the base allows.
    pub allowed: Vec<AllowedBy>,
}

/// What of a base a policy that tailors it may do otherwise.
#[derive(Clone, Debug, PartialEq)]
pub enum AllowedBy {
    /// A setting has another value in the range that the base gives it.
    Setting {
        /// Its name.
        name: String,
        /// The values, the base's and the policy's, and the range, as a policy writes them.
        base: String,
        /// The value of the policy.
        own: String,
        /// The range that the base allows.
        range: String,
    },
    /// A rule is suspended.
    Suspension {
        /// The rule.
        rule: String,
        /// Why.
        reason: String,
    },
}

impl BaseProof {
    /// Whether a policy gives less than a rule of its base does and nothing allows it, or that is not settled.
    pub fn is_weaker(&self, rule: &str) -> bool {
        self.untailored.as_ref().is_none_or(|untailored| !matches!(untailored.of_rule(rule), RuleVerdict::Never))
    }

    /// Whether it is proved that the policy gives less nowhere but where the base allows it.
    pub fn is_never_weaker(&self) -> bool {
        self.untailored.as_ref().is_some_and(Comparison::is_never_lower)
    }

    /// What allows a policy to give less than a rule of its base does, which reads these settings.
    pub fn allows(&self, rule: &str, reads: impl Fn(&str) -> bool) -> Vec<&AllowedBy> {
        let bears = |allowed: &&AllowedBy| match allowed {
            AllowedBy::Setting { name, .. } => reads(name),
            AllowedBy::Suspension { rule: suspended, .. } => suspended == rule,
        };
        self.allowed.iter().filter(bears).collect()
    }
}

impl AllowedBy {
    /// The permission in words: `the range of recent, from 1 month to 12 months`.
    pub fn in_words(&self) -> String {
        match self {
            Self::Setting { name, base, own, range } => {
                format!("the range of {name}, {range} (it is {own} here, and {base} in the base)")
            }
            Self::Suspension { reason, .. } => {
                format!("the suspension of the rule, which the base lets be suspended: {reason}")
            }
        }
    }
}

/// A base as the words of a policy that tailors it have it, and what to say of that: where a policy says more than its base in words of its
/// own, the base is read under those.
pub fn under_words_of<'p>(load: &Load, base: &'p Snapshot, policy: &Snapshot) -> (Cow<'p, Snapshot>, Option<String>) {
    let read = (base.vocabulary() != policy.vocabulary()).then(|| load.under_words_of(base, policy)).flatten();
    match read {
        Some(read) => {
            let note =
                format!("{} says more in words of its own. {} was read under these.", policy.name(), base.name());
            (Cow::Owned(read), Some(note))
        }
        None => (Cow::Borrowed(base), None),
    }
}

/// Tells where a policy gives less than one that it tailors from what that one allows. With `certify` what proves each answer is kept.
pub fn prove_against_base<'p>(
    load: &Load,
    policy: &Snapshot,
    base: impl Into<Reading<'p>>,
    certify: bool,
) -> BaseProof {
    let reading = base.into();
    let base = reading.policy;
    let untailored = load.untailored(policy, base.name());
    let untailored = untailored.map(|untailored| compare_lower(reading, &untailored, certify));
    BaseProof { untailored, allowed: allowed(policy.policy(), base.policy()) }
}

fn allowed(policy: &Policy, base: &Policy) -> Vec<AllowedBy> {
    let settings = base.settings.iter().filter_map(|setting| {
        let own = policy.settings.iter().find(|own| own.name == setting.name)?;
        (own.value != setting.value).then(|| AllowedBy::Setting {
            name: setting.name.clone(),
            base: setting.value.to_string(),
            own: own.value.to_string(),
            range: setting.range.as_ref().map_or_else(String::new, in_words),
        })
    });
    let suspended = base.rules.iter().filter(|rule| rule.suspension.is_none()).filter_map(|rule| {
        let own = policy.rules.iter().find(|own| own.name == rule.name)?;
        let suspension = own.suspension.as_ref()?;
        Some(AllowedBy::Suspension { rule: rule.name.clone(), reason: suspension.reason.clone() })
    });
    settings.chain(suspended).collect()
}

/// The settings whose value is itself what a rule gives: a step of a scale, a number or a length that stands in its effects.
pub(super) fn given_by(rule: &Rule, base: &Policy) -> Vec<SettingId> {
    let stands = |value: &SettingValue| {
        rule.effects.iter().any(|effect| match (effect, value) {
            (Effect::Raise { outcome, level }, SettingValue::Word(word)) => {
                let kind = base.vocabulary.outcomes.get(outcome.index()).map(|outcome| &outcome.kind);
                kind.and_then(|kind| kind.position(word)).is_some_and(|at| level.least().at_value(at) == *level)
            }
            (Effect::Raise { level, .. }, SettingValue::Number { number, .. }) => {
                level.content() == Content::Number(Some(*number))
            }
            (Effect::Deadline { length, .. }, SettingValue::Length(own)) => length == own,
            _ => false,
        })
    };
    let ids = (0u32..).map(SettingId).zip(&base.settings);
    ids.filter(|(_, setting)| stands(&setting.value)).map(|(id, _)| id).collect()
}

fn in_words(range: &SettingRange) -> String {
    match range {
        SettingRange::FromTo(from, to) => format!("from {from} to {to}"),
        SettingRange::OneOf(names) => {
            format!("one of {}", joined(&names.iter().map(String::as_str).collect::<Vec<_>>(), "and"))
        }
    }
}
