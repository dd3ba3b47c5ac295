//! What one evaluation saw of every condition and rule, for those who test a policy rather than decide by it.

use super::Row;
use super::evaluation::Evaluation;
use super::rule_scan::{Reach, RuleScan, Verdict, nothing_said, verdict};
use crate::check::Policy;
use crate::compile::{CompiledRule, FlatSince, Program, SelectionId, Term, TermId};
use crate::model::{Case, Effects, Outcomes, Truth};
use crate::time::Instant;

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
    /// What the outcome is when no rule applies.
    pub floor: Outcomes,
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
    let run = Evaluation::new(policy, program, case, case.at);
    let rules: Vec<RuleSeen> = program.rules.iter().map(|rule| rule_seen(&run, rule)).collect();
    let mut survey = RuleScan::default();
    survey.take(&run, Reach::Applies);
    let RuleScan { outcome, possible, together, .. } = survey;
    let mut floor = nothing_said(program, case);
    together.iter().for_each(|together| floor.raise(&together.adds));
    let decides = (0..rules.len()).map(|at| decides(at, &rules, &floor, &outcome)).collect();
    let Looked { terms, members } = look(&run, |_| true);
    Observed { outcome, possible, floor, rules, decides, terms, members }
}

/// What was seen on the way to the answers of some rules only.
#[derive(Clone, Debug)]
pub struct Looked {
    /// In the order of the program's terms.
    pub terms: Vec<Seen>,
    /// In the order of the program's selections: how many records were or may have been meant.
    pub members: Vec<usize>,
}

/// Evaluates a case and tells what the conditions of some rules saw of it, by the places of the rules.
pub fn looked(policy: &Policy, program: &Program, case: &Case, rules: impl Fn(usize) -> bool) -> Looked {
    look(&Evaluation::new(policy, program, case, case.at), rules)
}

fn look(run: &Evaluation<'_>, rules: impl Fn(usize) -> bool) -> Looked {
    let program = run.program;
    let mut look = Look {
        run,
        terms: vec![Seen::default(); program.ir.terms.len()],
        members: vec![None; program.ir.selections.len()],
        met: vec![false; program.ir.terms.len()],
    };
    let looked_at = program.rules.iter().enumerate().filter(|(at, rule)| rules(*at) && rule.is_in_force(run.case.at));
    looked_at.for_each(|(_, rule)| look.term(rule.when, Row::Call));
    Looked { terms: look.terms, members: look.members.into_iter().map(Option::unwrap_or_default).collect() }
}

/// Looks at every part of conditions, also where another part has settled the answer.
struct Look<'r, 'a> {
    run: &'r Evaluation<'a>,
    terms: Vec<Seen>,
    /// How many records each selection means, once it was looked at.
    members: Vec<Option<usize>>,
    /// The conditions about the call that were looked at.
    met: Vec<bool>,
}

impl Look<'_, '_> {
    fn term(&mut self, id: TermId, row: Row) {
        let at = id.0 as usize;
        if row == Row::Call && self.met.get_mut(at).is_none_or(|met| std::mem::replace(met, true)) {
            return;
        }
        let truth = self.run.truth_of(id, row);
        self.terms.iter_mut().skip(at).take(1).for_each(|seen| seen.add(truth));
        let program = self.run.program;
        match program.ir.terms.get(at) {
            Some(Term::Count { measure, .. }) => {
                let Some(measure) = program.ir.measure(*measure) else { return };
                self.selection(measure.of);
                measure.follow.iter().for_each(|follow| self.selection(follow.by));
            }
            Some(Term::Latest { first, of, test }) => {
                self.selection(*of);
                let cuts = self.run.cuts(*of);
                let members = self.run.members(*of);
                if !self.run.is_whole(*of) {
                    return;
                }
                for cut in cuts.as_deref().unwrap_or(&[Some(Instant::MIN)]).iter().flatten() {
                    let members = members.from(*cut);
                    members.candidates(*first).rows.for_each(|member| self.term(*test, members.row(member)));
                }
            }
            Some(Term::Trend { of, .. }) => self.selection(*of),
            Some(Term::Score { score, .. }) => {
                let written = program.ir.scores.get(*score).map(|score| score.written.as_slice());
                written.unwrap_or_default().iter().for_each(|part| self.term(*part, row));
            }
            _ => program.ir.parts(id).iter().for_each(|part| self.term(*part, row)),
        }
    }

    fn selection(&mut self, id: SelectionId) {
        let at = id.0 as usize;
        let Some(selection) = self.run.program.ir.selections.get(at) else { return };
        if self.members.get(at).is_none_or(Option::is_some) {
            return;
        }
        let members = self.run.members(id);
        let meant = if self.run.is_whole(id) { members.all().count() } else { 0 };
        self.members.iter_mut().skip(at).take(1).for_each(|known| *known = Some(meant));
        for since in &selection.since {
            if let FlatSince::Record { of, .. } = since {
                self.selection(*of);
            }
        }
        for row in self.run.rows_in_span(id).filter(|row| selection.this_call || *row != Row::ThisCall) {
            selection.tests.iter().for_each(|test| self.term(*test, row));
        }
    }
}

/// What became of some rules only, by their places; cheaper than [`observe`], and nothing is said of what decides.
pub fn rules_seen(policy: &Policy, program: &Program, case: &Case, rules: &[usize]) -> Vec<RuleSeen> {
    let run = Evaluation::new(policy, program, case, case.at);
    rules.iter().filter_map(|at| program.rules.get(*at)).map(|rule| rule_seen(&run, rule)).collect()
}

fn rule_seen(run: &Evaluation<'_>, rule: &CompiledRule) -> RuleSeen {
    let verdict = verdict(run, rule);
    let truth = match verdict {
        Verdict::Asleep | Verdict::No => Truth::No,
        _ => run.open_truth(rule.when),
    };
    let effects = run.effects(rule);
    RuleSeen {
        truth,
        presumed: matches!(verdict, Verdict::Yes { presumed: true })
            || (truth == Truth::Unknown && verdict == Verdict::Trial { certain: true }),
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
