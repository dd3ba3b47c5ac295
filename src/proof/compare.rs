//! Two policies -> for each part of the outcome whether one is ever lower than the other.

use super::certificate::Certificate;
use super::comparison::{CertifiedRule, Comparison, Difference, NotSettled, PartComparison, Together, Verdict};
use super::goal::{Goal, Part, falls_short};
use super::rules::{Demand, Side, Supply, stands_as_long};
use super::search::{Found, Judged, MOST_STEPS, Search};
use super::together::{Waiting, WaitingFor, Whatever};
use super::witness::{Sketch, shrink};
use crate::check::Effect;
use crate::compile::Ir;
use crate::engine::{Evaluator, Snapshot};
use crate::explain::reckons_alike;
use crate::model::{OutcomeId, Vocabulary};
use crate::semantics::{FigureSource, Narrowed};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A policy that is compared, and the words that it was written in where it is read under others that say more.
///
/// What its rules are enough for between them is what they were enough for in its own words: that a fact may be something more now takes
/// nothing away of what it gave.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'p> {
    /// The policy, as it is under the words of the other.
    pub policy: &'p Snapshot,
    /// The words that it was written in; none where it is as it was written.
    pub words: Option<&'p Vocabulary>,
    /// Whether its numbers say as much as in these while facts are not known: in other words points of a score may hang together that
    /// did not, or no longer do, and a fact may be less, or more, than it could be.
    pub numbers_are_kept: bool,
}

impl<'p> Reading<'p> {
    /// A policy as it was given, and as it is read.
    pub fn of(given: &'p Snapshot, read: &'p Snapshot) -> Self {
        let mut scores = given.policy().scores.iter().zip(&read.policy().scores);
        let are_reckoned_alike = given.policy().scores.len() == read.policy().scores.len()
            && scores.all(|(one, other)| reckons_alike((given.policy(), one), (read.policy(), other)));
        let figures = |policy: &'p Snapshot| {
            let policy = policy.policy();
            let effects = policy.rules.iter().flat_map(|rule| rule.effects.iter());
            effects.map(|effect| match effect {
                Effect::Figure { of, .. } => match policy.rests_on(*of) {
                    FigureSource::Fact(fact) => policy.vocabulary.call.get(fact.index())?.ty.ends(),
                    FigureSource::Score(_) | FigureSource::Table(_) => None,
                },
                Effect::Raise { .. } | Effect::RaiseTo { .. } | Effect::Deadline { .. } => None,
            })
        };
        Self {
            policy: read,
            words: (given.vocabulary() != read.vocabulary()).then(|| given.vocabulary()),
            numbers_are_kept: are_reckoned_alike && figures(given).eq(figures(read)),
        }
    }
}

impl<'p> From<&'p Snapshot> for Reading<'p> {
    fn from(policy: &'p Snapshot) -> Self {
        Self { policy, words: None, numbers_are_kept: true }
    }
}

/// Compares two policies over every call there can be. With `certify` what proves each answer is kept.
pub fn compare<'p>(old: impl Into<Reading<'p>>, new: &'p Snapshot, certify: bool) -> Comparison {
    compared(old.into(), new, certify, |_| true, [true, true])
}

/// Whether the second policy ever gives less; nothing is asked of what is higher.
pub(super) fn compare_lower(old: Reading<'_>, new: &Snapshot, certify: bool) -> Comparison {
    compared(old, new, certify, |_| true, [true, false])
}

/// Whether the second policy ever gives less than these rules of the first do, each by itself or any with others; nothing is asked of what
/// is higher.
pub fn compare_rules<'p>(
    old: impl Into<Reading<'p>>,
    new: &'p Snapshot,
    is_asked: impl Fn(&str) -> bool,
) -> Comparison {
    compared(old.into(), new, false, is_asked, [true, false])
}

/// Compares as far as it is asked: of which rules, and whether for lower and for higher.
fn compared(
    Reading { policy: old, words, numbers_are_kept }: Reading<'_>,
    new: &Snapshot,
    certify: bool,
    is_asked: impl Fn(&str) -> bool,
    [lower, higher]: [bool; 2],
) -> Comparison {
    if !Ir::are_comparable(old.policy(), new.policy()) {
        let why = "they are written in different vocabularies or time zones".to_owned();
        return Comparison::not_compared(why);
    }
    if !numbers_are_kept {
        let why = "in the newer words other points of a score hang together, or a fact that gives a number has another range, than in those that the old policy was written in";
        return Comparison::not_compared(why.to_owned());
    }
    let mut ir = Ir::default();
    let (before, after) = (Side::of(old.policy(), &mut ir), Side::of(new.policy(), &mut ir));
    let asked = Search::asked(&ir, old.policy(), &[&before, &after], &[]);
    let search = &mut Search::new(&ir, old.policy(), asked, certify);
    let is_asked: &dyn Fn(&str) -> bool = &is_asked;
    let (waiting, own) = (Waiting::of(&ir, &before, words), Waiting::of(&ir, &after, None));
    let lower = lower.then(|| {
        Pair { ir: &ir, search, calls: BTreeMap::new(), own: (old, &waiting), other: (new, &own) }.verdicts(is_asked)
    });
    // What earlier words did not have is nothing that the old policy could rely on.
    let in_all_words = (higher && words.is_some()).then(|| Waiting::of(&ir, &before, None));
    let theirs = in_all_words.as_ref().unwrap_or(&waiting);
    let higher = higher.then(|| {
        Pair { ir: &ir, search, calls: BTreeMap::new(), own: (new, &own), other: (old, theirs) }.verdicts(is_asked)
    });
    let (mut lower, mut higher) = (lower.unwrap_or_default(), higher.unwrap_or_default());
    let outcomes = (0u16..).map(OutcomeId).take(old.vocabulary().outcomes.len());
    let parts = outcomes.map(|outcome| PartComparison {
        outcome,
        lower: lower.remove(&outcome).unwrap_or_default(),
        higher: higher.remove(&outcome).unwrap_or_default(),
    });
    Comparison { parts: parts.collect(), not_compared: None }
}

/// A policy whose rules give something, and another that may not.
struct Pair<'s, 'w, 'p> {
    ir: &'p Ir,
    search: &'s mut Search<'p>,
    /// The calls that were found by a rule: what else it gives may be less in one of them too.
    calls: BTreeMap<usize, Vec<Sketch>>,
    own: (&'p Snapshot, &'w Waiting<'p>),
    other: (&'p Snapshot, &'w Waiting<'p>),
}

/// By what something is given.
#[derive(Clone, Copy)]
enum By<'w> {
    Rule(usize),
    Together(&'w WaitingFor),
}

impl<'w, 'p> Pair<'_, 'w, 'p> {
    /// For each part of the outcome whether the other policy ever gives less.
    fn verdicts(mut self, is_asked: &dyn Fn(&str) -> bool) -> BTreeMap<OutcomeId, Verdict> {
        let ((_, own), (_, other)) = (self.own, self.other);
        let mut verdicts: BTreeMap<OutcomeId, Verdict> = BTreeMap::new();
        let asked = (0..).zip(&own.side.policy.rules).filter(|(_, rule)| !rule.trial && is_asked(&rule.name));
        let demands = asked.flat_map(|(at, _)| own.side.demands(at).into_iter().map(move |demand| (at, demand)));
        for (at, demand) in demands {
            let goal = beyond((own.side, at), &demand, other);
            self.ask(By::Rule(at), goal, &demand, verdicts.entry(demand.outcome).or_default());
        }
        for on in &own.pivots {
            for demand in own.demands(on) {
                let verdict = verdicts.entry(demand.outcome).or_default();
                for beyond in beyond_together((own, on), &demand, other) {
                    match beyond {
                        BeyondTogether::AsWritten => self.ask(By::Together(on), None, &demand, verdict),
                        BeyondTogether::Goal(goal) => self.ask(By::Together(on), Some(goal), &demand, verdict),
                        BeyondTogether::Shared(anything, ways) => {
                            self.ask_shared(on, &anything, ways.as_deref(), verdict);
                        }
                    }
                }
            }
        }
        verdicts
    }

    /// Whether the other policy gives as much where rules give things between them of which none is always as much as another.
    fn ask_shared(
        &mut self,
        on: &'w WaitingFor,
        anything: &Goal<'p>,
        ways: Option<&[Goal<'p>]>,
        verdict: &mut Verdict,
    ) {
        let why = "it turns on the least of several numbers, or the latest of several times, of which none is always as much as another";
        let open = self.not_settled(By::Together(on), why.to_owned());
        // Whichever of what is given there is asked about first, it is asked of all of it.
        if verdict.not_settled.contains(&open) {
            return;
        }
        let mut certificates = Vec::new();
        match is_shared(self.search, anything, ways, &mut certificates) {
            Some(asked) => {
                verdict.proved += asked;
                let certified = |certificate| CertifiedRule { rule: open.rule.clone(), certificate };
                verdict.certificates.extend(certificates.into_iter().map(certified));
            }
            None => verdict.not_settled.push(open),
        }
    }

    fn not_settled(&self, by: By<'w>, why: String) -> NotSettled {
        let (rule, together) = self.names(by);
        NotSettled { rule, why, together }
    }

    /// The rule that something is asked of, the first of several, and what it gives together with the others.
    fn names(&self, by: By<'w>) -> (String, Option<Together>) {
        let own = self.own.1;
        let names = |rules: &mut dyn Iterator<Item = usize>| -> Vec<String> {
            rules.filter_map(|at| own.side.rule(at)).filter(|rule| !rule.trial).map(|rule| rule.name.clone()).collect()
        };
        match by {
            By::Rule(at) => (names(&mut [at].into_iter()).pop().unwrap_or_default(), None),
            By::Together(on) => {
                let mut rules = names(&mut on.rules.iter().copied());
                let with = rules.split_off(rules.len().min(1));
                (rules.pop().unwrap_or_default(), Some(self.together(on, with)))
            }
        }
    }

    fn together(&self, on: &WaitingFor, with: Vec<String>) -> Together {
        let (name, what) = self.own.1.named(self.ir, on);
        Together { name, what, with }
    }

    /// Whether something is ever given that nothing of the other policy gives; no goal where the other says the same.
    fn ask(&mut self, by: By<'w>, goal: Option<Goal<'p>>, demand: &Demand, verdict: &mut Verdict) {
        let Some(goal) = goal else {
            verdict.proved += 1;
            verdict.alike += 1;
            return;
        };
        let (own, other) = (self.own.0, self.other.1.side);
        let (vocabulary, zone) = (own.vocabulary(), own.zone());
        let evaluators = [own, self.other.0].map(|snapshot| RefCell::new(snapshot.evaluator()));
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
        let known = match by {
            By::Rule(at) => self
                .calls
                .get(&at)
                .into_iter()
                .flatten()
                .find(|call| is_so(call) && self.wanting(call, &evaluators).contains(&at)),
            By::Together(_) => None,
        };
        if let Some((call, (more, less))) = known.and_then(|call| Some((call.clone(), levels(call)?))) {
            let (rule, together) = self.given_by(by, &call, demand.outcome);
            verdict.calls.push(Difference { rule, call, more, less, together });
            return;
        }
        match self.search.find(&goal, &judge) {
            Found::Never(certificate) => {
                verdict.proved += 1;
                let certified = |certificate| CertifiedRule { rule: self.names(by).0, certificate };
                verdict.certificates.extend(certificate.map(certified));
            }
            Found::Call(call) => {
                let call = match by {
                    By::Rule(at) => {
                        // A smaller call may be one by another rule, and would say nothing of this one.
                        let wanting = |sketch: &Sketch| self.wanting(sketch, &evaluators);
                        let first = wanting(&call);
                        let stands = |sketch: &Sketch| {
                            let found = wanting(sketch);
                            found.len() <= first.len() && (found.contains(&at) || !first.contains(&at))
                        };
                        let is_by_rule = |sketch: &Sketch| is_so(sketch) && stands(sketch);
                        shrink(&call, vocabulary, zone, MOST_STEPS, &is_by_rule).sketch
                    }
                    By::Together(_) => {
                        // While no rule that applies gives it, several give it between them.
                        let own = self.own.1.side;
                        let alone = own.supplies(demand, own).into_iter().filter_map(|supply| supply.rule);
                        let alone: BTreeSet<usize> = alone.collect();
                        let is_by_several = |sketch: &Sketch| {
                            let case = sketch.case(vocabulary, zone);
                            let [evaluator, _] = &evaluators;
                            is_so(sketch)
                                && !evaluator
                                    .borrow_mut()
                                    .judge(&case)
                                    .fired
                                    .iter()
                                    .any(|rule| alone.contains(&(rule.0 as usize)))
                        };
                        shrink(&call, vocabulary, zone, MOST_STEPS, &is_by_several).sketch
                    }
                };
                let (rule, together) = self.given_by(by, &call, demand.outcome);
                if let By::Rule(at) = by {
                    self.calls.entry(at).or_default().push(call.clone());
                }
                if let Some((more, less)) = levels(&call) {
                    verdict.calls.push(Difference { rule, call, more, less, together });
                }
            }
            Found::NotSettled(why) => {
                let why = match by {
                    By::Together(on) if on.narrowed != Narrowed::default() => {
                        "it may be something more now than in the words that the old policy was written in, and it is not known that \
                         anything gives as much then"
                            .to_owned()
                    }
                    _ => why.words(),
                };
                verdict.not_settled.push(self.not_settled(by, why));
            }
        }
    }

    /// The rules that are enough for something in a call between them.
    fn several(&self, sketch: &Sketch, outcome: OutcomeId) -> Vec<String> {
        let own = self.own.0;
        let decision = own.decide(&sketch.case(own.vocabulary(), own.zone()));
        let adds = decision.together.into_iter().filter(|it| it.adds.0.iter().any(|(added, _)| *added == outcome));
        adds.flat_map(|it| it.rules).collect()
    }

    /// The rule by which something is given in a call, and with what; of several the first that the other policy has not.
    fn given_by(&self, by: By<'w>, call: &Sketch, outcome: OutcomeId) -> (String, Option<Together>) {
        let own = self.own.1;
        let on = match by {
            By::Rule(at) => return (own.side.rule(at).map(|rule| rule.name.clone()).unwrap_or_default(), None),
            By::Together(on) => on,
        };
        let mut rules = self.several(call, outcome);
        let is_there = |name: &String| {
            let place = |side: &Side<'_>| side.policy.rules.iter().position(|rule| rule.name == *name);
            place(own.side).zip(place(self.other.1.side)).is_some_and(|(at, theirs)| {
                own.side.when(at) == self.other.1.side.when(theirs)
                    && own.side.effects(at) == self.other.1.side.effects(theirs)
            })
        };
        let first = rules.iter().position(|name| !is_there(name)).unwrap_or(0);
        if rules.is_empty() {
            return (self.names(by).0, None);
        }
        let rule = rules.remove(first);
        (rule, Some(self.together(on, rules)))
    }

    /// The rules that apply and have the effect that those of their names have not, or not as much, in the other policy.
    fn wanting(&self, sketch: &Sketch, evaluators: &[RefCell<Evaluator<'_>>; 2]) -> Vec<usize> {
        let (own, other) = (self.own.1.side, self.other.1.side);
        let case = sketch.case(self.own.0.vocabulary(), self.own.0.zone());
        let [mut applied, theirs] = evaluators.each_ref().map(|evaluator| {
            let mut evaluator = evaluator.borrow_mut();
            evaluator.judge(&case).fired.iter().map(|id| id.0 as usize).collect::<Vec<usize>>()
        });
        let has = |at: &usize| {
            let named =
                |theirs: &&usize| other.rule(**theirs).map(|rule| &rule.name) == own.rule(*at).map(|rule| &rule.name);
            theirs.iter().find(named).is_some_and(|theirs| other.effects(*theirs) == own.effects(*at))
        };
        applied.retain(|at| !has(at));
        applied
    }
}

/// What would have to be so for a rule to give what nothing of the other policy does; `None` where the other says the same.
fn beyond<'p>((own, at): (&'p Side<'p>, usize), demand: &Demand, other: &Waiting<'p>) -> Option<Goal<'p>> {
    let supplies = other.side.supplies(demand, own);
    // The same condition, at least as long in force, gives as much.
    let is_enough = |supply: &Supply| {
        let theirs = supply.rule.and_then(|at| Some((other.side.rule(at)?, other.side.when(at)?)));
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
        without: supplies.iter().map(|supply| Part::of_supply(other.side, supply)).collect(),
        nor: other.supplies(demand, own),
    })
}

/// Whether rules are enough between them for what nothing of another policy gives.
enum BeyondTogether<'p> {
    /// The other policy has the same rules, which wait for the same.
    AsWritten,
    /// What would have to be so.
    Goal(Goal<'p>),
    /// What they give in different ways does not compare. It is kept where either of these cannot be so at all: that they give anything between
    /// them, or any of the others, in some way less.
    Shared(Goal<'p>, Option<Vec<Goal<'p>>>),
}

/// What would have to be so for rules to be enough between them for what nothing of the other policy gives; nothing where no rules are.
fn beyond_together<'p>(
    (own, on): (&Waiting<'p>, &WaitingFor),
    demand: &Demand,
    other: &Waiting<'p>,
) -> Vec<BeyondTogether<'p>> {
    let whatever = own.whatever(on, demand, &own.side.supplies(demand, own.side));
    whatever.into_iter().map(|whatever| beyond_whatever((own, on), whatever, demand, other)).collect()
}

fn beyond_whatever<'p>(
    (own, on): (&Waiting<'p>, &WaitingFor),
    whatever: Whatever<'p>,
    demand: &Demand,
    other: &Waiting<'p>,
) -> BeyondTogether<'p> {
    if on.is_kept_as_written(&whatever, other, demand) {
        return BeyondTogether::AsWritten;
    }
    if own.shares_less(on, demand) {
        let anything = Part::Whatever(Rc::new(own.anything(on, demand.outcome)));
        let goal = |part| Goal::of(vec![part], Vec::new());
        let ways = own.in_some_way(on, demand.outcome, other);
        let ways = ways.map(|ways| ways.into_iter().map(|way| goal(Part::InSomeWay(Rc::new(way)))).collect());
        return BeyondTogether::Shared(goal(anything), ways);
    }
    let supplies = other.side.supplies(demand, own.side);
    BeyondTogether::Goal(Goal {
        all: vec![Part::Whatever(Rc::new(whatever))],
        without: supplies.iter().map(|supply| Part::of_supply(other.side, supply)).collect(),
        nor: other.supplies(demand, own.side),
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

/// Whether it is proved that the second policy gives as much as the first, on every call there can be.
pub fn gives_as_much(old: &Snapshot, new: &Snapshot) -> bool {
    is_kept(old, new) != Kept::Open
}

/// Whether the second policy gives as much as the first, without looking for a call in which it does not.
pub(super) fn is_kept(old: &Snapshot, new: &Snapshot) -> Kept {
    if !Ir::are_comparable(old.policy(), new.policy()) {
        return Kept::Open;
    }
    let mut ir = Ir::default();
    let (before, after) = (Side::of(old.policy(), &mut ir), Side::of(new.policy(), &mut ir));
    let asked = Search::asked(&ir, old.policy(), &[&before, &after], &[]);
    let (before, after) = (Waiting::of(&ir, &before, None), Waiting::of(&ir, &after, None));
    let rules = before.side.policy.rules.iter().enumerate().filter(|(_, rule)| !rule.trial);
    let mut goals: Vec<Goal<'_>> = rules
        .flat_map(|(at, _)| before.side.demands(at).into_iter().map(move |demand| (at, demand)))
        .filter_map(|(at, demand)| beyond((before.side, at), &demand, &after))
        .collect();
    let mut shared = Vec::new();
    for on in &before.pivots {
        for demand in before.demands(on) {
            for beyond in beyond_together((&before, on), &demand, &after) {
                match beyond {
                    BeyondTogether::AsWritten => {}
                    BeyondTogether::Goal(goal) => goals.push(goal),
                    BeyondTogether::Shared(anything, ways) => shared.push((anything, ways)),
                }
            }
        }
    }
    if goals.is_empty() && shared.is_empty() {
        return Kept::AsWritten;
    }
    let mut search = Search::new(&ir, old.policy(), asked, false);
    let is_kept = goals.iter().all(|goal| search.is_impossible(goal))
        && shared
            .iter()
            .all(|(anything, ways)| is_shared(&mut search, anything, ways.as_deref(), &mut Vec::new()).is_some());
    if is_kept { Kept::Proved } else { Kept::Open }
}

/// Whether rules give nothing between them, or another policy as much in each way: how many questions were asked for that; `None` where
/// neither is proved.
fn is_shared<'p>(
    search: &mut Search<'p>,
    anything: &Goal<'p>,
    ways: Option<&[Goal<'p>]>,
    certificates: &mut Vec<Certificate>,
) -> Option<usize> {
    if search.proves_impossible(anything, certificates) {
        return Some(1);
    }
    ways?.iter().all(|way| search.proves_impossible(way, certificates)).then(|| ways.map_or(0, <[_]>::len))
}
