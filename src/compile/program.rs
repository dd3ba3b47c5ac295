//! A compiled policy: its conditions, how they are evaluated, and its rules.

use super::ids::{RuleId, TermId};
use super::ir::{FlatSelection, Ir};
use super::lower::PolicyTerms;
use super::pivots::{Pivot, PivotFinder, most_steps, narrowed};
use super::plan::Plan;
use super::rule::CompiledRule;
use crate::check::Policy;
use crate::model::{FactId, OutcomeId, Outcomes, Vocabulary};
use crate::semantics::Narrowed;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A policy, ready to decide.
#[derive(Clone, Debug, Default)]
pub struct Program {
    pub ir: Ir,
    pub plan: Plan,
    /// In the order of the policy's rules.
    pub rules: Vec<CompiledRule>,
    /// What each condition that counts counts, for people.
    pub counted: BTreeMap<TermId, Arc<str>>,
    /// The outcomes before any rule has spoken, and those that the control room's own grading never lets below a fact.
    pub lowest: Outcomes,
    pub floors: Vec<(OutcomeId, FactId)>,
    /// The outcomes that say what they are called where no rule applies, and the rules that may add to each.
    pub worded: Vec<(OutcomeId, Vec<RuleId>)>,
}

impl Program {
    /// The same program in which selections mean records of any age.
    #[must_use]
    pub fn without_spans(&self) -> Self {
        let mut wide = self.clone();
        wide.ir.windows.iter_mut().for_each(|window| window.lengths = Box::default());
        wide.plan.windows.fill(Box::default());
        wide.plan.records.iter_mut().for_each(|plan| plan.window_masks.clear());
        wide
    }

    /// The most comparisons that one evaluation takes when each list of the history holds `records` records.
    pub fn bound(&self, records: u64) -> u64 {
        let Self { ir, plan, rules, .. } = self;
        let tests = |selection: &FlatSelection| {
            selection.tests.iter().map(|test| self.size(*test)).sum::<u64>() + ir.spans(selection).len() as u64 + 1
        };
        let rows = |selection| records.saturating_add(1).saturating_mul(tests(selection));
        let logarithm = u64::from(64 - records.leading_zeros()) + 1;
        let follows = ir.measures.iter().filter(|measure| measure.follow.is_some()).count() as u64;
        let follows = follows.saturating_mul(records.saturating_add(1)).saturating_mul(logarithm);
        let pivots = most_steps(&plan.pivots, rules, ir.terms.len());
        let answers = follows.saturating_add(ir.terms.len() as u64).saturating_add(pivots);
        ir.selections.iter().map(rows).fold(0, u64::saturating_add).saturating_add(answers)
    }

    fn size(&self, term: TermId) -> u64 {
        self.ir.parts(term).iter().map(|part| self.size(*part)).fold(1, u64::saturating_add)
    }

    /// The outcomes before any rule has spoken, and the facts that some are never below.
    pub(super) fn lowest(vocabulary: &Vocabulary) -> (Outcomes, Vec<(OutcomeId, FactId)>) {
        let lowest = Outcomes(vocabulary.outcomes.iter().map(|outcome| outcome.kind.least()).collect());
        let numbered = (0u16..).map(OutcomeId).zip(&vocabulary.outcomes);
        (lowest, numbered.filter_map(|(id, outcome)| Some((id, outcome.kind.floor()?))).collect())
    }

    /// The outcomes that say what they are called where no rule applies, and the rules that may add to each.
    pub(super) fn worded(vocabulary: &Vocabulary, rules: &[CompiledRule]) -> Vec<(OutcomeId, Vec<RuleId>)> {
        let worded = (0u16..).map(OutcomeId).zip(&vocabulary.outcomes);
        let worded = worded.filter(|(_, outcome)| outcome.unassessed.is_some()).map(|(id, _)| id);
        let adding = |outcome: OutcomeId| {
            let adds = |rule: &CompiledRule| rule.effects.iter().any(|effect| effect.outcome() == outcome);
            (0u32..).map(RuleId).zip(rules).filter(|(_, rule)| adds(rule)).map(|(id, _)| id).collect()
        };
        worded.map(|outcome| (outcome, adding(outcome))).collect()
    }
}

impl Ir {
    /// What the rules of a policy that stands here may make certain together, as the policy's own program has it, and what each thing may
    /// turn out to be. `earlier` are the words that it was written in, where it is read under others.
    pub fn pivots(
        &self,
        policy: &Policy,
        terms: &PolicyTerms,
        earlier: Option<&Vocabulary>,
    ) -> Vec<(Pivot, Vec<TermId>, Narrowed)> {
        let rules = terms.rules.iter().zip(&policy.rules).map(|(terms, rule)| (terms.when, &*rule.effects));
        let (_, floors) = Program::lowest(&policy.vocabulary);
        let finder = PivotFinder { ir: self, rules: &rules.collect::<Vec<_>>(), floors: &floors };
        let pivots = finder.pivots(&policy.vocabulary, earlier).into_iter().map(|(pivot, readers)| {
            let narrowed = match pivot {
                Pivot::Fact(fact) => narrowed(&policy.vocabulary, earlier, fact),
                _ => Narrowed::default(),
            };
            (pivot, readers, narrowed)
        });
        pivots.collect()
    }
}
