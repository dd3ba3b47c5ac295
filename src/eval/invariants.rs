//! Invariants held to one case: where they bear, and what they demand there.

use super::evaluation::Evaluation;
use crate::check::{Invariant, Modality, Policy};
use crate::compile::{CompiledRule, Program, compile_with_invariants};
use crate::model::{Case, Level, OutcomeId, Outcomes, Truth};

/// The invariants of a policy, ready to be held to cases.
#[derive(Debug)]
pub struct InvariantChecker<'p> {
    policy: &'p Policy,
    program: Program,
    /// In the order of the policy's invariants.
    compiled: Vec<CompiledRule>,
}

/// A demand of an invariant that a decision does not meet.
#[derive(Clone, Debug, PartialEq)]
pub struct Breach<'p> {
    pub invariant: &'p Invariant,
    /// Which of its demands.
    pub demand: usize,
    pub outcome: OutcomeId,
    /// What is given; of what is never to be given, what is possible, and of a list only the values that are barred.
    pub found: Level,
}

impl<'p> InvariantChecker<'p> {
    /// None where the policy states nothing.
    pub fn of(policy: &'p Policy) -> Option<Self> {
        if policy.invariants.is_empty() {
            return None;
        }
        let (program, compiled) = compile_with_invariants(policy);
        Some(Self { policy, program, compiled })
    }

    /// What the decision of a case does not meet, given what is certain and what is possible by it.
    pub fn breaches(&self, case: &Case, outcome: &Outcomes, possible: &Outcomes) -> Vec<Breach<'p>> {
        let run = Evaluation::new(self.policy, &self.program, case, case.at);
        let mut breaches = Vec::new();
        for (invariant, rule) in self.policy.invariants.iter().zip(&self.compiled) {
            if run.truth(rule.when) != Truth::Yes {
                continue;
            }
            for (demand, effect) in rule.effects.iter().enumerate() {
                // Of a time or a number that nobody knows nothing is demanded yet.
                let Some((id, level)) = run.sure_effect(rule, effect) else { continue };
                let (Some(given), Some(most)) = (outcome.level(id), possible.level(id)) else { continue };
                let found = match invariant.modality {
                    Modality::Always => (!given.meets(level)).then_some(given),
                    // What is possible may hide a side that is given for certain until the other is settled.
                    Modality::Never => {
                        [most, given].into_iter().find(|found| found.holds(level)).map(|found| match found {
                            Level::AllThatApply(_) => found.shared_with(level),
                            other => other,
                        })
                    }
                };
                breaches.extend(found.map(|found| Breach { invariant, demand, outcome: id, found }));
            }
        }
        breaches
    }
}
