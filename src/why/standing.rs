//! What is certain of the outcome when only part of a case is taken as known, whatever the rest turns out to be.

use crate::check::Policy;
use crate::compile::{Program, RuleId, Term, TermId};
use crate::eval::{Evaluation, Scratch, certain, nothing_said, together};
use crate::model::{Case, Effects, OutcomeId, Outcomes, Truth};
use std::cell::Cell;
use std::collections::BTreeSet;

/// The outcome of a whole case, and what each rule does to it.
pub(super) struct WholeOutcome<'a> {
    whole: Evaluation<'a>,
    scope: Option<OutcomeId>,
    outcome: Outcomes,
    /// The rules in force that could say something within the scope.
    rules: Vec<RuleStanding>,
    /// What is used again for the next part of the case.
    memory: Cell<Option<Box<Scratch>>>,
}

struct RuleStanding {
    at: usize,
    truth: Truth,
    adds: Effects,
    /// The tests that hold until they are answered, and the points of its scores that count what is unanswered as yes, with their
    /// answers in the whole case.
    points: Vec<(TermId, Truth)>,
}

impl<'a> WholeOutcome<'a> {
    /// `scope` is the one outcome that is asked about; all of them for `None`.
    pub(super) fn new(policy: &'a Policy, program: &'a Program, case: &'a Case, scope: Option<OutcomeId>) -> Self {
        let run = Evaluation::new(policy, program, case, case.at);
        let outcome = certain(&run);
        let mut rules = Vec::new();
        for (at, rule) in program.rules.iter().enumerate() {
            if !rule.is_in_force(case.at) || rule.is_without_effect(case.at) {
                continue;
            }
            let effects = run.effects(rule);
            let truth = run.truth(rule.when);
            let speaks = |effects: &Effects| effects.0.iter().any(|(id, _)| scope.is_none_or(|scope| scope == *id));
            if speaks(&effects.possible) || !effects.unknown.is_empty() {
                let points = presumed_points(&run, rule.when);
                rules.push(RuleStanding { at, truth, adds: effects.sure, points });
            }
        }
        Self { whole: run, scope, outcome, rules, memory: Cell::default() }
    }

    /// Whether a case with only part of it known gives the same outcome, and would whatever of the rest were learnt.
    ///
    /// Learning more never takes back a yes or a no. What learning can silence is a rule that applies unless known
    /// otherwise, and one whose score counts what is unanswered as yes. Such a rule is counted on only if it applies in
    /// the whole case, with its scores as they are there; and it must be silent already where it would say more than the
    /// whole case does.
    pub(super) fn holds(&self, part: &Case) -> bool {
        let run = Evaluation::part_of(&self.whole, part, self.memory.take());
        let holds = self.holds_in(&run, part);
        self.memory.set(Some(run.into_memory()));
        holds
    }

    fn holds_in(&self, run: &Evaluation<'_>, part: &Case) -> bool {
        let mut least = nothing_said(self.whole.program, part);
        for known in &self.rules {
            let Some(rule) = self.whole.program.rules.get(known.at) else { continue };
            let truth = run.truth(rule.when);
            let settled = || known.points.iter().all(|(point, truth)| run.truth(*point) == *truth);
            let stands = truth == Truth::Yes || (rule.presumed && known.truth != Truth::No && settled());
            if stands {
                least.raise(&run.sure_effects(rule));
            } else if truth == Truth::Unknown
                && ((rule.presumed && known.truth == Truth::No) || !settled())
                && self.says_more(&known.adds)
            {
                return false;
            }
        }
        if self.within_scope(&least) == self.within_scope(&self.outcome) {
            return true;
        }
        // What open rules give together, they give whatever is learnt.
        let rules: Vec<RuleId> =
            self.rules.iter().map(|known| RuleId(u32::try_from(known.at).unwrap_or(u32::MAX))).collect();
        least.raise(&together(run, &rules, &least));
        self.within_scope(&least) == self.within_scope(&self.outcome)
    }

    fn says_more(&self, adds: &Effects) -> bool {
        let mut more = self.outcome.clone();
        more.raise(adds);
        self.within_scope(&more) != self.within_scope(&self.outcome)
    }

    fn within_scope<'o>(&self, outcomes: &'o Outcomes) -> &'o [crate::model::Level] {
        match self.scope {
            None => &outcomes.0,
            Some(scope) => outcomes.0.get(scope.index()..=scope.index()).unwrap_or(&[]),
        }
    }
}

/// The tests under a condition that hold until they are answered, and the points of every score that counts what is unanswered as yes.
fn presumed_points(run: &Evaluation<'_>, term: TermId) -> Vec<(TermId, Truth)> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut to_do = vec![term];
    while let Some(term) = to_do.pop() {
        if !run.program.plan.presumes(term) || !seen.insert(term) {
            continue;
        }
        if let Some(Term::Presumed(part)) = run.program.ir.term(term) {
            found.push((*part, run.truth(*part)));
        }
        if let Some(Term::Score { score, .. }) = run.program.ir.term(term)
            && let Some(score) = run.program.ir.scores.get(*score)
        {
            let points = || score.points.iter().map(|(_, point)| *point);
            if score.unanswered_as_yes {
                found.extend(points().map(|point| (point, run.truth(point))));
            }
            to_do.extend(points());
        }
        to_do.extend(run.program.ir.parts(term));
    }
    found
}
