//! What became of each rule of a decision, in the form that tests ask for.

use crate::check::Policy;
use crate::eval::Observed;
use crate::model::{Decision, Effects, Outcomes, Truth};
use std::collections::{BTreeMap, BTreeSet};

/// The outcome, and the rules that apply or may apply. Those on trial stand here as if they were not.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RuleAnswers {
    pub outcome: Outcomes,
    pub possible: Outcomes,
    pub rules: BTreeMap<String, RuleAnswer>,
    /// Those of the rules that are on trial.
    pub trial: BTreeSet<String>,
}

/// What became of one rule; all false when it is known not to apply.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct RuleAnswer {
    pub fired: bool,
    /// Fired because nothing is known otherwise.
    pub presumed: bool,
    pub undecided: bool,
    pub adds: Effects,
}

impl RuleAnswers {
    pub(super) fn of(decision: &Decision) -> Self {
        let mut rules: BTreeMap<String, RuleAnswer> = BTreeMap::new();
        for fired in &decision.fired {
            let answer = rules.entry(fired.rule.clone()).or_default();
            answer.fired = true;
            answer.presumed = !fired.presumed.is_empty();
            answer.adds = fired.adds.clone();
        }
        for undecided in &decision.undecided {
            rules.entry(undecided.rule.clone()).or_default().undecided = true;
        }
        for trial in &decision.trial {
            let answer = rules.entry(trial.rule.clone()).or_default();
            answer.fired = trial.certain;
            answer.undecided = !trial.certain;
            answer.adds = trial.would.clone();
        }
        let trial = decision.trial.iter().map(|trial| trial.rule.clone()).collect();
        Self { outcome: decision.outcome.clone(), possible: decision.possible.clone(), rules, trial }
    }

    /// The answers of an evaluation that was only observed.
    pub(super) fn observed(policy: &Policy, observed: &Observed) -> Self {
        let mut rules: BTreeMap<String, RuleAnswer> = BTreeMap::new();
        let mut trial = BTreeSet::new();
        for (rule, seen) in policy.rules.iter().zip(&observed.rules) {
            let unknown = seen.truth == Truth::Unknown;
            let fired = seen.fires();
            if !fired && !unknown {
                continue;
            }
            let adds = match seen.trial {
                true => observed.outcome.raised_parts(&seen.sure),
                false => seen.sure.clone(),
            };
            if seen.trial {
                trial.insert(rule.name.clone());
            }
            let undecided = if fired { seen.in_doubt && !seen.trial } else { unknown };
            let presumed = fired && unknown && !seen.trial;
            rules.insert(rule.name.clone(), RuleAnswer { fired, presumed, undecided, adds });
        }
        Self { outcome: observed.outcome.clone(), possible: observed.possible.clone(), rules, trial }
    }

    pub(super) fn rule(&self, name: &str) -> RuleAnswer {
        self.rules.get(name).cloned().unwrap_or_default()
    }

    /// The rules that fire and are not on trial.
    pub(super) fn fired(&self) -> Vec<&str> {
        let fired = self.rules.iter().filter(|(name, answer)| answer.fired && !self.trial.contains(*name));
        fired.map(|(name, _)| name.as_str()).collect()
    }
}
