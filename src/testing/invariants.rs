//! What a policy states, held to the case of each test: a test fails whose decision is otherwise.

use super::answers::RuleAnswers;
use super::wanted::level_in_words;
use crate::check::Modality;
use crate::engine::Snapshot;
use crate::eval::{Breach, InvariantChecker};
use crate::explain::Lift;
use crate::model::Case;
use crate::syntax;

/// The invariants of a policy that is tested; none where it has none.
pub(super) struct InvariantTests<'p> {
    policy: &'p Snapshot,
    checker: Option<InvariantChecker<'p>>,
}

impl<'p> InvariantTests<'p> {
    pub(super) fn of(policy: &'p Snapshot) -> Self {
        Self { policy, checker: InvariantChecker::of(policy.policy()) }
    }

    /// Those of several policies, each once.
    pub(super) fn of_all(policies: impl Iterator<Item = &'p Snapshot>) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for policy in policies {
            if !all.iter().any(|known| known.are_of(policy)) {
                all.push(Self::of(policy));
            }
        }
        all
    }

    pub(super) fn are_of(&self, policy: &Snapshot) -> bool {
        std::ptr::eq(self.policy, policy)
    }

    /// What the answers to a case break, each demand in words with whose word it is.
    pub(super) fn broken(&self, case: &Case, answers: &RuleAnswers) -> Vec<String> {
        let breaches = self.checker.iter().flat_map(|it| it.breaches(case, &answers.outcome, &answers.possible));
        breaches.map(|breach| self.said(&breach)).collect()
    }

    fn said(&self, breach: &Breach<'_>) -> String {
        let Breach { invariant, demand, outcome, found } = breach;
        let lift = Lift::exact(self.policy.policy());
        let demanded = invariant.demands.get(*demand).map(|effect| syntax::print_effect(&lift.effect(effect)));
        let demanded = demanded.unwrap_or_default();
        let declared = self.policy.vocabulary().outcomes.get(outcome.index());
        let name = declared.map_or("", |outcome| outcome.name.as_str());
        let found = level_in_words(*outcome, *found, self.policy);
        let (word, is) = match invariant.modality {
            Modality::Always => ("then", "is"),
            Modality::Never => ("never", "may be"),
        };
        let sources = invariant.sources.join("; ");
        format!("invariant `{}` says `{word} {demanded}`, and {name} {is} {found} here ({sources})", invariant.name)
    }
}
