//! What one evaluation saw of every condition and rule, for those who test a policy rather than decide by it.

use super::run::Run;
use super::{Answer, Verdict, answer, nothing_said, verdict};
use crate::check::Policy;
use crate::compile::{Program, Rule};
use crate::model::{Case, Effects, Outcomes, Truth};

/// Which of the three answers were seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    pub yes: bool,
    pub no: bool,
    pub unknown: bool,
}

impl Seen {
    pub fn add(&mut self, truth: Truth) {
        match truth {
            Truth::Yes => self.yes = true,
            Truth::No => self.no = true,
            Truth::Unknown => self.unknown = true,
        }
    }

    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self { yes: self.yes || other.yes, no: self.no || other.no, unknown: self.unknown || other.unknown }
    }
}

/// One evaluation of a case at the call's own time.
#[derive(Clone, Debug)]
pub struct Observed {
    pub outcome: Outcomes,
    pub possible: Outcomes,
    /// In the order of the program's rules.
    pub rules: Vec<RuleSeen>,
    /// Of each rule, whether the outcome would be lower without it; of a rule on trial, whether it would be higher with it.
    pub decides: Vec<bool>,
    /// In the order of the program's terms.
    pub terms: Vec<Seen>,
    /// In the order of the program's selections: how many records were or may have been meant.
    pub members: Vec<usize>,
}

/// What became of one rule.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleSeen {
    /// The answer of its condition; `No` also when the rule is not in force.
    pub truth: Truth,
    pub presumed: bool,
    pub trial: bool,
    /// What it adds when it applies, and what it might add besides.
    pub sure: Effects,
    pub possible: Effects,
    /// Whether what it adds depends on a fact that is not known.
    pub in_doubt: bool,
}

impl RuleSeen {
    /// Whether it applies, or would apply if it were not on trial.
    pub fn fires(&self) -> bool {
        self.truth == Truth::Yes || (self.truth == Truth::Unknown && self.presumed)
    }
}

/// Evaluates a case and tells what was seen on the way.
pub fn observe(policy: &Policy, program: &Program, case: &Case) -> Observed {
    let run = Run::new(policy, program, case, case.at).watched();
    let Answer { outcome, possible, .. } = answer(&run);
    let rules: Vec<RuleSeen> = program.rules.iter().map(|rule| rule_seen(&run, rule)).collect();
    let floor = nothing_said(&policy.vocabulary, case);
    let decides = (0..rules.len()).map(|at| decides(at, &rules, &floor, &outcome)).collect();
    let matched = run.matched.take();
    let members = matched
        .iter()
        .map(|matched| matched.as_ref().filter(|matched| matched.whole).map_or(0, |matched| matched.members.all.len()));
    let members = members.collect();
    Observed { outcome, possible, rules, decides, terms: run.take_seen(), members }
}

/// What became of some rules only, by their places; cheaper than [`observe`], and nothing is said of what decides.
pub fn rules_seen(policy: &Policy, program: &Program, case: &Case, rules: &[usize]) -> Vec<RuleSeen> {
    let run = Run::new(policy, program, case, case.at);
    rules.iter().filter_map(|at| program.rules.get(*at)).map(|rule| rule_seen(&run, rule)).collect()
}

fn rule_seen(run: &Run<'_>, rule: &Rule) -> RuleSeen {
    let truth = match verdict(run, rule) {
        Verdict::Asleep | Verdict::No => Truth::No,
        _ => run.truth(rule.when),
    };
    let effects = run.effects(rule);
    RuleSeen {
        truth,
        presumed: rule.presumed,
        trial: rule.is_without_effect(run.case.at),
        in_doubt: !effects.unknown.is_empty(),
        sure: effects.sure,
        possible: effects.possible,
    }
}

fn decides(at: usize, rules: &[RuleSeen], floor: &Outcomes, outcome: &Outcomes) -> bool {
    let Some(rule) = rules.get(at).filter(|rule| rule.fires()) else { return false };
    if rule.trial {
        return !outcome.raised_parts(&rule.sure).0.is_empty();
    }
    let mut without = floor.clone();
    let others = rules.iter().enumerate().filter(|(other, rule)| *other != at && rule.fires() && !rule.trial);
    others.for_each(|(_, other)| without.raise(&other.sure));
    without != *outcome
}
