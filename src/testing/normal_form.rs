//! A rule -> what it means, with the differences taken away that no case can show.

use super::forms::{FormId, Forms, Normal};
use crate::check::{Effect, Policy, Rule};
use crate::model::{Effects, OutcomeId};
use crate::time::Instant;

/// What a rule means: two rules with equal cores over the same forms answer every case alike.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NormalForm {
    pub when: FormId,
    pub presumed: bool,
    dated: (Option<Instant>, Option<Instant>),
    trial: bool,
    effects: String,
}

/// The cores of all rules of a policy.
pub(super) fn cores(policy: &Policy, forms: &mut Forms<'_>) -> Vec<NormalForm> {
    let mut normal = Normal::new(policy, forms);
    policy.rules.iter().map(|rule| NormalForm::of(rule, &mut normal)).collect()
}

impl NormalForm {
    fn of(rule: &Rule, normal: &mut Normal<'_, '_>) -> Self {
        Self {
            when: normal.condition(&rule.when),
            presumed: rule.presumed,
            dated: (rule.from, rule.until),
            trial: rule.trial,
            effects: effects(rule, normal),
        }
    }

    /// Whether two rules apply in the same cases, whatever they then add.
    pub(super) fn applies_like(&self, other: &Self) -> bool {
        (self.when, self.presumed, self.dated) == (other.when, other.presumed, other.dated)
    }

    /// Whether two rules differ in their condition alone.
    pub(super) fn differs_in_condition_alone(&self, other: &Self) -> bool {
        (self.dated, self.trial, &self.effects) == (other.dated, other.trial, &other.effects)
    }
}

/// What the effects of a rule come to, whatever their order.
fn effects(rule: &Rule, normal: &mut Normal<'_, '_>) -> String {
    let mut raised = Effects::default();
    let mut others = Vec::new();
    for effect in rule.effects.iter() {
        match effect {
            Effect::Raise { outcome, level } => {
                match raised.0.iter_mut().find(|(known, _): &&mut (OutcomeId, _)| known == outcome) {
                    Some((_, known)) => *known = known.raised_by(*level),
                    None => raised.0.push((*outcome, *level)),
                }
            }
            Effect::Figure { outcome, of } => others.push(format!("{outcome:?} {}", normal.figure(*of))),
            other => others.push(format!("{other:?}")),
        }
    }
    // To raise to the lowest is to say nothing.
    raised.0.retain(|(_, level)| *level != level.least());
    raised.0.sort_by_key(|(outcome, _)| *outcome);
    others.sort();
    others.dedup();
    format!("{raised:?} {others:?}")
}
