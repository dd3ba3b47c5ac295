//! A rule -> what it means, with the differences taken away that no case can show.

use super::forms::{FormId, Forms, Normal};
use crate::check::{Effect, Modality, Policy, ReasonPart, Rule};
use crate::model::{Effects, Level, OutcomeId};
use crate::time::Instant;
use std::sync::Arc;

/// What a rule means: two rules with equal cores over the same forms answer every case alike.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NormalForm {
    pub when: FormId,
    pub presumed: bool,
    dated: (Option<Instant>, Option<Instant>),
    suspended: Option<(Option<Instant>, Instant)>,
    trial: bool,
    effects: String,
}

/// What a policy says besides what its rules answer and give.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Besides {
    /// What it states of every decision.
    stated: Vec<(FormId, Modality, String)>,
    /// The reasons of its rules, but for what is counted.
    reasons: Vec<Vec<Option<Arc<str>>>>,
}

impl Besides {
    pub(super) fn of(policy: &Policy, forms: &mut Forms<'_>) -> Self {
        let mut normal = Normal::new(policy, forms);
        let stated = policy.invariants.iter().map(|invariant| {
            let condition = normal.condition(&invariant.condition);
            (condition, invariant.modality, effects(&invariant.demands, &mut normal))
        });
        let stated = stated.collect();
        let text = |part: &ReasonPart| match part {
            ReasonPart::Text(text) => Some(Arc::clone(text)),
            _ => None,
        };
        let reasons = policy.rules.iter().map(|rule| rule.because.iter().map(text).collect()).collect();
        Self { stated, reasons }
    }
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
            suspended: rule.suspension.as_ref().map(|suspension| (suspension.from, suspension.until)),
            trial: rule.trial,
            effects: effects(&rule.effects, normal),
        }
    }

    /// Whether two rules apply in the same cases, whatever they then add.
    pub(super) fn applies_like(&self, other: &Self) -> bool {
        (self.when, self.presumed, self.dated, self.suspended)
            == (other.when, other.presumed, other.dated, other.suspended)
    }

    /// Whether two rules differ in their condition alone.
    pub(super) fn differs_in_condition_alone(&self, other: &Self) -> bool {
        (self.dated, self.suspended, self.trial, &self.effects)
            == (other.dated, other.suspended, other.trial, &other.effects)
    }
}

/// What effects come to, whatever their order.
fn effects(all: &[Effect], normal: &mut Normal<'_, '_>) -> String {
    let mut raised = Effects::default();
    let mut others = Vec::new();
    for effect in all {
        match effect {
            Effect::Raise { outcome, level } => {
                // Of two sides a decision shows the one that lost too.
                let is_same =
                    |(known, of): &&mut (OutcomeId, Level)| known == outcome && (!level.is_side() || of == level);
                match raised.0.iter_mut().find(is_same) {
                    Some((_, known)) => *known = known.raised_by(*level),
                    None => raised.0.push((*outcome, *level)),
                }
            }
            Effect::Figure { outcome, of } => others.push(format!("{outcome:?} {}", normal.figure(*of))),
            other => others.push(format!("{other:?}")),
        }
    }
    // To raise to the lowest is to say nothing, but where something else is said while no rule speaks.
    let says_more = |outcome: OutcomeId| normal.outcome(outcome).is_some_and(|outcome| outcome.unassessed.is_some());
    raised.0.retain(|(outcome, level)| *level != level.least() || says_more(*outcome));
    raised.0.sort_by_key(|(outcome, level)| (*outcome, level.values().next()));
    others.sort();
    others.dedup();
    format!("{raised:?} {others:?}")
}
