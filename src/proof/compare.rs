//! Two policies -> for each part of the outcome whether one is ever lower than the other: proved, or shown by a call.

use super::certificate::Certificate;
use super::rules::{Demand, Side, Supply};
use super::search::{Found, Goal, Judged, MOST_STEPS, Part, Search, falls_short};
use super::together::{presumes, together_lost, waiting};
use super::witness::{Sketch, shrink};
use crate::check::Rule;
use crate::compile::Ir;
use crate::engine::{Evaluator, Snapshot};
use crate::model::{Level, OutcomeId};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// What came of comparing two policies over every call there can be.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// For each part of the outcome, in the order of the vocabulary.
    pub parts: Vec<PartComparison>,
    /// Whether they could not be compared at all, and why.
    pub not_compared: Option<String>,
    /// What rules of the first made certain together while something was not known, and those of the second do not: a sentence each.
    /// Whether any call comes to less by that is not settled.
    pub together: Vec<String>,
    /// The same the other way round: whether any call comes to more by that is not settled.
    pub together_more: Vec<String>,
}

/// What came of one part of the outcome.
#[derive(Clone, Debug)]
pub struct PartComparison {
    /// Which part it is.
    pub outcome: OutcomeId,
    /// Whether the second policy ever gives less than the first.
    pub lower: Verdict,
    /// Whether it ever gives more.
    pub higher: Verdict,
}

/// Whether something ever is so.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// The calls in which it is, one for each rule that makes it so.
    pub calls: Vec<Difference>,
    /// What was not found out, and why: the rule, and a sentence.
    pub not_settled: Vec<(String, String)>,
    /// How many questions were proved.
    pub proved: usize,
    /// How many of these needed no solver, since the other policy has a rule of the same condition that gives as much.
    pub alike: usize,
    /// What proves the others, where that was asked for.
    pub certificates: Vec<CertifiedRule>,
}

/// What proves of a rule that nothing it gives is ever missing.
#[derive(Clone, Debug)]
pub struct CertifiedRule {
    /// The rule.
    pub rule: String,
    /// The proof.
    pub certificate: Certificate,
}

/// A call that two policies answer otherwise.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The rule that gives more.
    pub rule: String,
    /// The call.
    pub call: Sketch,
    /// What the policy of that rule gives, and what the other does.
    pub more: Level,
    /// What the other policy gives.
    pub less: Level,
}

/// What came of one rule of the first policy.
#[derive(Clone, Copy, Debug)]
pub enum RuleVerdict<'c> {
    /// Wherever it gives something, the second policy gives as much: proved.
    Never,
    /// Not in this call.
    Call(&'c Difference),
    /// Why that was not found out.
    NotSettled(&'c str),
}

impl Comparison {
    /// Two policies that cannot be compared at all, and why.
    pub fn not_compared(why: String) -> Self {
        Self { parts: Vec::new(), not_compared: Some(why), together: Vec::new(), together_more: Vec::new() }
    }

    /// Whether it is proved that the second policy never gives less.
    pub fn is_never_lower(&self) -> bool {
        self.not_compared.is_none() && self.together.is_empty() && self.parts.iter().all(|part| part.lower.is_never())
    }

    /// What came of a rule of the first policy.
    pub fn of_rule(&self, rule: &str) -> RuleVerdict<'_> {
        if let Some(why) = &self.not_compared {
            return RuleVerdict::NotSettled(why);
        }
        let lower = || self.parts.iter().map(|part| &part.lower);
        if let Some(call) = lower().flat_map(|lower| &lower.calls).find(|call| call.rule == rule) {
            return RuleVerdict::Call(call);
        }
        let open = lower().flat_map(|lower| &lower.not_settled).find(|(known, _)| known == rule);
        open.map_or(RuleVerdict::Never, |(_, why)| RuleVerdict::NotSettled(why))
    }
}

impl Verdict {
    /// Whether it is proved that it never is so.
    pub fn is_never(&self) -> bool {
        self.calls.is_empty() && self.not_settled.is_empty()
    }

    /// How many questions were asked.
    pub fn asked(&self) -> usize {
        self.proved + self.calls.len() + self.not_settled.len()
    }
}

/// Compares two policies over every call there can be. With `certify` what proves each answer is kept.
pub fn compare(old: &Snapshot, new: &Snapshot, certify: bool) -> Comparison {
    compared(old, new, certify, |_| true, [true, true])
}

/// Whether the second policy ever gives less; nothing is asked of what is higher.
pub(super) fn compare_lower(old: &Snapshot, new: &Snapshot, certify: bool) -> Comparison {
    compared(old, new, certify, |_| true, [true, false])
}

/// Whether the second policy ever gives less than these rules of the first do; nothing is asked of what is higher.
pub fn compare_rules(old: &Snapshot, new: &Snapshot, is_asked: impl Fn(&str) -> bool) -> Comparison {
    compared(old, new, false, is_asked, [true, false])
}

/// Compares as far as it is asked: of which rules, and whether for lower and for higher.
fn compared(
    old: &Snapshot,
    new: &Snapshot,
    certify: bool,
    is_asked: impl Fn(&str) -> bool,
    [lower, higher]: [bool; 2],
) -> Comparison {
    if !Ir::are_comparable(old.policy(), new.policy()) {
        let why = "they are written in different vocabularies, time zones or calendars".to_owned();
        return Comparison::not_compared(why);
    }
    let mut ir = Ir::default();
    let (before, after) = (Side::of(old.policy(), &mut ir), Side::of(new.policy(), &mut ir));
    let asked = Search::asked(&ir, old.policy(), &[&before, &after], &[]);
    let search = &mut Search::new(&ir, old.policy(), asked, certify);
    let is_asked: &dyn Fn(&str) -> bool = &is_asked;
    let one = ((old, &before), (new, &after));
    let lower = lower.then(|| Pair::new(search, one.0, one.1).verdicts(is_asked));
    let higher = higher.then(|| Pair::new(search, one.1, one.0).verdicts(is_asked));
    let ((mut lower, lost), (mut higher, lost_more)) = (lower.unwrap_or_default(), higher.unwrap_or_default());
    let outcomes = (0u16..).map(OutcomeId).take(old.vocabulary().outcomes.len());
    let parts = outcomes.map(|outcome| PartComparison {
        outcome,
        lower: lower.remove(&outcome).unwrap_or_default(),
        higher: higher.remove(&outcome).unwrap_or_default(),
    });
    let said = |known: Vec<(String, String)>, lost: Vec<String>| known.into_iter().map(|it| it.1).chain(lost).collect();
    let (together, together_more) = (said(together_lost(old, new), lost), said(together_lost(new, old), lost_more));
    Comparison { parts: parts.collect(), not_compared: None, together, together_more }
}

/// A policy whose rules give something, and another that may not.
struct Pair<'s, 'p> {
    search: &'s mut Search<'p>,
    own: (&'p Snapshot, &'p Side<'p>),
    other: (&'p Snapshot, &'p Side<'p>),
    /// The rules that may be enough together with others while something is not known, and what of that may be lost.
    waiting: BTreeSet<usize>,
    lost: Vec<String>,
}

impl<'s, 'p> Pair<'s, 'p> {
    fn new(search: &'s mut Search<'p>, own: (&'p Snapshot, &'p Side<'p>), other: (&'p Snapshot, &'p Side<'p>)) -> Self {
        Self { search, own, other, waiting: waiting(own.0), lost: Vec::new() }
    }

    /// For each part of the outcome whether the other policy ever gives less; and what may be lost besides.
    fn verdicts(mut self, is_asked: &dyn Fn(&str) -> bool) -> (BTreeMap<OutcomeId, Verdict>, Vec<String>) {
        let own = self.own.1;
        let mut verdicts: BTreeMap<OutcomeId, Verdict> = BTreeMap::new();
        let asked = (0..).zip(&own.policy.rules).filter(|(_, rule)| is_asked(&rule.name));
        let demands = asked.flat_map(|(at, _)| own.demands(at).into_iter().map(move |demand| (at, demand)));
        for (at, demand) in demands {
            self.ask(at, &demand, verdicts.entry(demand.outcome).or_default());
        }
        (verdicts, self.lost)
    }

    /// Notes a rule that was enough together with others while something was not known, where what takes its place gives as much
    /// by what it presumes. A rule that is proved to be kept may be lost so: what is presumed counts for nothing together.
    fn keep_together(&mut self, at: usize, demand: &Demand) {
        let (own, (theirs, other)) = (self.own.1, self.other);
        let (Some(rule), Some(when)) = (own.rule(at), own.when(at)) else { return };
        if !self.waiting.contains(&at) {
            return;
        }
        let applies = if rule.presumed { Part::Holds(when) } else { Part::Applies(own, at) };
        let mut supplies = other.supplies(demand, own);
        supplies.retain(|supply| supply.rule.is_none_or(|at| other.when(at) == Some(when) || !presumes(theirs, at)));
        let goal = Goal {
            all: [applies].into_iter().chain(demand.of.clone().map(Part::Has)).collect(),
            without: supplies.iter().map(|supply| Part::of_supply(other, supply)).collect(),
        };
        let said = format!(
            "while what rule `{}` waits for is not known, it may have been enough together with other rules of `{}`; what gives as much \
             now does so by what it presumes, which counts for nothing together",
            rule.name,
            self.own.0.name()
        );
        if !self.lost.contains(&said) && !self.search.is_impossible(&goal) {
            self.lost.push(said);
        }
    }

    /// Whether a rule ever gives what nothing of the other policy does.
    fn ask(&mut self, at: usize, demand: &Demand, verdict: &mut Verdict) {
        let (own, other) = (self.own.1, self.other.1);
        let Some(rule) = own.rule(at).filter(|rule| !rule.trial) else { return };
        let Some(goal) = beyond((own, at), demand, other) else {
            verdict.proved += 1;
            verdict.alike += 1;
            return;
        };
        let (vocabulary, zone) = (self.own.0.vocabulary(), self.own.0.zone());
        let evaluators = [self.own.0, self.other.0].map(|snapshot| RefCell::new(snapshot.evaluator()));
        let levels = |sketch: &Sketch| {
            let case = sketch.case(vocabulary, zone);
            let [more, less] = evaluators
                .each_ref()
                .map(|evaluator| evaluator.borrow_mut().judge(&case).outcome.level(demand.outcome));
            Some((more?, less?))
        };
        let is_so = |sketch: &Sketch| levels(sketch).is_some_and(|(was, is)| falls_short(&demand.given, was, is));
        let judge = |sketch: &Sketch| {
            if is_so(sketch) {
                return Judged::So;
            }
            let case = sketch.case(vocabulary, zone);
            let [_, evaluator] = &evaluators;
            let mut evaluator = evaluator.borrow_mut();
            let applied = evaluator.judge(&case).fired.iter().map(|id| id.0 as usize);
            let adds = |at: &usize| {
                other.rule(*at).is_some_and(|rule| rule.effects.iter().any(|effect| effect.outcome() == demand.outcome))
            };
            Judged::Not(applied.filter(adds).map(|at| Part::Applies(other, at)).collect())
        };
        match self.search.find(&goal, &judge) {
            Found::Never(certificate) => {
                verdict.proved += 1;
                self.keep_together(at, demand);
                let certified = |certificate| CertifiedRule { rule: rule.name.clone(), certificate };
                verdict.certificates.extend(certificate.map(certified));
            }
            Found::Call(call) => {
                // A smaller call may be one by another rule, and would say nothing of this one.
                let wanting = |sketch: &Sketch| self.wanting(sketch, &evaluators);
                let first = wanting(&call);
                let stands = |sketch: &Sketch| {
                    let found = wanting(sketch);
                    found.len() <= first.len() && (found.contains(&at) || !first.contains(&at))
                };
                let is_by_rule = |sketch: &Sketch| is_so(sketch) && stands(sketch);
                let call = shrink(&call, vocabulary, zone, MOST_STEPS, &is_by_rule).sketch;
                if let Some((more, less)) = levels(&call) {
                    verdict.calls.push(Difference { rule: rule.name.clone(), call, more, less });
                }
            }
            Found::NotSettled(why) => verdict.not_settled.push((rule.name.clone(), why.words())),
        }
    }
}

impl Pair<'_, '_> {
    /// The rules that apply and have the effect that those of their names have not, or not as much, in the other policy.
    fn wanting(&self, sketch: &Sketch, evaluators: &[RefCell<Evaluator<'_>>; 2]) -> Vec<usize> {
        let (own, other) = (self.own.1, self.other.1);
        let case = sketch.case(self.own.0.vocabulary(), self.own.0.zone());
        let [mut applied, theirs] = evaluators.each_ref().map(|evaluator| {
            let mut evaluator = evaluator.borrow_mut();
            evaluator.judge(&case).fired.iter().map(|id| id.0 as usize).collect::<Vec<usize>>()
        });
        let has = |at: &usize| {
            let named =
                |theirs: &&usize| other.rule(**theirs).map(|rule| &rule.name) == own.rule(*at).map(|rule| &rule.name);
            let same = theirs.iter().find(named).and_then(|at| other.rule(*at));
            same.map(|rule| &rule.effects) == own.rule(*at).map(|rule| &rule.effects)
        };
        applied.retain(|at| !has(at));
        applied
    }
}

/// What would have to be so for a rule to give what nothing of the other policy does; `None` where the other says the same.
fn beyond<'p>((own, at): (&'p Side<'p>, usize), demand: &Demand, other: &'p Side<'p>) -> Option<Goal<'p>> {
    let supplies = other.supplies(demand, own);
    // The same condition, at least as long in force, gives as much.
    let is_enough = |supply: &Supply| {
        let theirs = supply.rule.and_then(|at| Some((other.rule(at)?, other.when(at)?)));
        supply.of.as_ref().is_none_or(|of| Some(of) == demand.of.as_ref())
            && theirs
                .zip(own.rule(at))
                .is_some_and(|((theirs, when), rule)| Some(when) == own.when(at) && stands_as_long(theirs, rule))
    };
    if supplies.iter().any(is_enough) {
        return None;
    }
    Some(Goal {
        all: [Part::Applies(own, at)].into_iter().chain(demand.of.clone().map(Part::Has)).collect(),
        without: supplies.iter().map(|supply| Part::of_supply(other, supply)).collect(),
    })
}

/// Whether one policy gives as much as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// Each rule of the other stands in it as it is.
    AsWritten,
    /// In every call there can be.
    Proved,
    /// There may be a call in which it gives less.
    Open,
}

/// Whether the second policy gives as much as the first, without looking for a call in which it does not.
pub(super) fn is_kept(old: &Snapshot, new: &Snapshot) -> Kept {
    if !Ir::are_comparable(old.policy(), new.policy()) {
        return Kept::Open;
    }
    let mut ir = Ir::default();
    let (before, after) = (Side::of(old.policy(), &mut ir), Side::of(new.policy(), &mut ir));
    let rules = before.policy.rules.iter().enumerate().filter(|(_, rule)| !rule.trial);
    let goals: Vec<Goal<'_>> = rules
        .flat_map(|(at, _)| before.demands(at).into_iter().map(move |demand| (at, demand)))
        .filter_map(|(at, demand)| beyond((&before, at), &demand, &after))
        .collect();
    if goals.is_empty() {
        return Kept::AsWritten;
    }
    let asked = Search::asked(&ir, old.policy(), &[&before, &after], &[]);
    let mut search = Search::new(&ir, old.policy(), asked, false);
    if goals.iter().all(|goal| search.is_impossible(goal)) { Kept::Proved } else { Kept::Open }
}

/// Whether a rule has its effect whenever another of the same condition has.
fn stands_as_long(own: &Rule, other: &Rule) -> bool {
    let begins = own.from.is_none_or(|from| other.from.is_some_and(|theirs| from <= theirs));
    let ends = own.until.is_none_or(|until| other.until.is_some_and(|theirs| until >= theirs));
    let same_suspension = match (&own.suspension, &other.suspension) {
        (None, _) => true,
        (Some(own), Some(theirs)) => (own.from, own.until) == (theirs.from, theirs.until),
        (Some(_), None) => false,
    };
    !own.trial && begins && ends && same_suspension && (own.presumed || !other.presumed)
}
