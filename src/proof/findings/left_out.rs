//! What rules leave out between them: `left-out`.
//!
//! Rules that ask besides for the same, and of which each is for a range of one number, length, score, count or rising value, with a hole between
//! the ranges: *at most 3* in one, *at least 5* in the other, and nothing of the kind for 4. It is told where there is one value in the hole, or none in
//! whole minutes, hours or days; and where two other of the ranges meet without one. Below the lowest and above the highest range it is told where the outcome itself says whether anything
//! was found, as one that says `"not assessed" when no rule applies`, or of which some rules give the one side and some the other: then a form of which
//! nothing was answered yes has no result. Of other outcomes the lowest value is a result, and needs no rule. A call is shown to which nothing gives as much.
//!
//! The call with the value in between is answered as if nobody had looked. Most such holes are a number that was moved in one rule and not in the other.
//!
//! ```heed
//! rule few-children "Few children are there"
//!   when children-seen is from 1 to 3
//!   then review by 2 days after this call
//!   because "{children-seen} children are there"
//!   source "Local policy"
//!
//! rule many-children "Many children are there"
//!   when children-seen is more than 4
//!   then review by 2 hours after this call
//!   because "{children-seen} children are there"
//!   source "Local policy"
//! ```
//!
//! Let one range begin where the other ends:
//!
//! ```heed
//! rule few-children "Few children are there"
//!   when children-seen is from 1 to 3
//!   then review by 2 days after this call
//!   because "{children-seen} children are there"
//!   source "Local policy"
//!
//! rule many-children "Many children are there"
//!   when children-seen is more than 3
//!   then review by 2 hours after this call
//!   because "{children-seen} children are there"
//!   source "Local policy"
//! ```

use super::super::goal::{Goal, Part};
use super::super::rules::{Demand, Given, Side};
use super::super::witness::Sketch;
use super::inquiry::{Inquiry, applies};
use super::scales::{Scale, ScaleKey, Sized, Sizes, conjuncts, sized};
use crate::check::{Effect, Policy, Rule};
use crate::compile::{Ir, TermId};
use crate::eval::{Judgement, spoken_duration};
use crate::explain::Lift;
use crate::model::{Level, OutcomeId, Type};
use crate::semantics::Condition;
use crate::text::{Diagnostic, joined};
use crate::time::Instant;
use std::collections::{BTreeMap, BTreeSet};

/// Rules that ask for the same, and besides for a range of one scale each.
struct Ladder<'p> {
    scale: Scale<'p>,
    /// What all of them ask.
    besides: Vec<&'p Condition>,
    rungs: Vec<(usize, Sizes)>,
}

/// What ladders have in common whose ranges belong together: the scale, what is asked besides, and the days.
type LadderKey = (ScaleKey, BTreeSet<TermId>, Option<Instant>, Option<Instant>);

/// Sizes for which no rule of a ladder speaks, though others do for those beside them.
pub(super) struct Hole<'p> {
    scale: Scale<'p>,
    sizes: (i64, i64),
    outcome: OutcomeId,
    /// What each side gives at least; that is nothing where any word is one.
    demand: Option<Demand>,
    /// The rules on both sides of it, as many as there are.
    beside: BTreeSet<usize>,
    /// That a call is in it.
    pub is: Condition,
}

/// The holes that there may be, as far as the conditions tell.
pub(super) fn holes(policy: &Policy) -> Vec<Hole<'_>> {
    let mut ir = Ir::default();
    let side = Side::of(policy, &mut ir);
    let mut found = Vec::new();
    for ladder in ladders(policy, &mut ir) {
        for outcome in (0u16..).map(OutcomeId).take(policy.vocabulary.outcomes.len()) {
            ladder.holes(&side, outcome, &mut found);
        }
    }
    found
}

fn ladders<'p>(policy: &'p Policy, ir: &mut Ir) -> Vec<Ladder<'p>> {
    let mut ladders: BTreeMap<LadderKey, Ladder<'p>> = BTreeMap::new();
    for (at, rule) in policy.rules.iter().enumerate() {
        if rule.trial || rule.suspension.is_some() || rule.quiet.is_some() {
            continue;
        }
        for way in rule.ways() {
            let parts = conjuncts(policy, way);
            let asked: Vec<Option<Sized<'p>>> = parts.iter().map(|part| sized(policy, part)).collect();
            let keys: Vec<Option<ScaleKey>> =
                asked.iter().map(|asked| asked.as_ref().map(|asked| asked.scale.key(policy, ir))).collect();
            for key in keys.iter().flatten().collect::<BTreeSet<_>>() {
                let is_own = |place: &usize| keys.get(*place) == Some(&Some(*key));
                let (own, besides): (Vec<usize>, Vec<usize>) = (0..parts.len()).partition(is_own);
                let own: Vec<&Sized<'p>> = own.into_iter().filter_map(|place| asked.get(place)?.as_ref()).collect();
                let Some(scale) = own.first().map(|sized| sized.scale) else { continue };
                let besides: Vec<&Condition> =
                    besides.into_iter().filter_map(|place| parts.get(place).copied()).collect();
                let terms = besides.iter().map(|part| ir.add_condition(policy, part)).collect();
                let ladder = ladders.entry((*key, terms, rule.from, rule.until));
                let ladder = ladder.or_insert(Ladder { scale, besides, rungs: Vec::new() });
                ladder.rungs.push((at, Sizes::all(own.iter().map(|sized| &sized.sizes))));
            }
        }
    }
    ladders.into_values().filter(|ladder| ladder.rungs.len() > 1).collect()
}

fn speaks_of(rule: Option<&Rule>, outcome: OutcomeId) -> bool {
    rule.is_some_and(|rule| rule.effects.iter().any(|effect| effect.outcome() == outcome))
}

impl<'p> Ladder<'p> {
    fn holes(&self, side: &Side<'p>, outcome: OutcomeId, found: &mut Vec<Hole<'p>>) {
        let policy = side.policy;
        let mut rungs: BTreeMap<usize, Vec<&Sizes>> = BTreeMap::new();
        for (at, sizes) in self.rungs.iter().filter(|(at, _)| speaks_of(policy.rules.get(*at), outcome)) {
            rungs.entry(*at).or_default().push(sizes);
        }
        if rungs.len() < 2 {
            return;
        }
        let rungs: Vec<(usize, Sizes)> = rungs.into_iter().map(|(at, all)| (at, Sizes::any(all))).collect();
        let all = Sizes::any(rungs.iter().map(|(_, sizes)| sizes));
        let ends = |size: i64| move |run: &&(i64, i64)| run.1 == size;
        let begins = |size: i64| move |run: &&(i64, i64)| run.0 == size;
        let with = |is: &dyn Fn(&&(i64, i64)) -> bool| -> BTreeSet<usize> {
            let has = |(_, sizes): &&(usize, Sizes)| sizes.runs().iter().any(|run| is(&run));
            rungs.iter().filter(has).map(|(at, _)| *at).collect()
        };
        let meets = |(at, sizes): &(usize, Sizes)| {
            sizes.runs().iter().any(|run| {
                let next = with(&begins(run.1.saturating_add(1)));
                next.iter().any(|other| other != at)
            })
        };
        let is_split = rungs.iter().any(meets);
        let is_told_apart = is_told_apart(policy, outcome, rungs.iter().map(|(at, _)| *at));
        for (below, above) in all.runs().iter().zip(all.runs().iter().skip(1)) {
            let sizes = (below.1.saturating_add(1), above.0.saturating_sub(1));
            let (under, over) = (with(&ends(below.1)), with(&begins(above.0)));
            // A rule that is for what is below and for what is above passes over the hole by itself.
            let passes = |(_, own): &(usize, Sizes)| {
                own.runs().first().is_some_and(|run| run.0 <= below.1)
                    && own.runs().last().is_some_and(|run| run.1 >= above.0)
            };
            let is_slip = sizes.0 == sizes.1 || self.scale.is_next(policy, (below.1, above.0));
            if !(is_slip || is_split) || rungs.iter().any(passes) {
                continue;
            }
            if is_told_apart {
                self.add((sizes, outcome), None, [under, over], found);
                continue;
            }
            let demands = under.iter().chain(&over).flat_map(|at| side.demands(*at));
            let shared = demands.filter(|demand| demand.outcome == outcome && demand.of.is_none()).find(|demand| {
                let supplies = side.supplies(demand, side);
                let gives = |at: &usize| supplies.iter().any(|it| it.rule == Some(*at) && it.of.is_none());
                under.iter().any(gives) && over.iter().any(gives)
            });
            if let Some(demand) = shared {
                self.add((sizes, outcome), Some(demand), [under, over], found);
            }
        }
        // How many records there are somebody counted, and none is none.
        if !is_told_apart || !is_split || matches!(self.scale, Scale::Count(_)) {
            return;
        }
        let (least, most) = self.scale.reach(policy);
        if let Some(first) = all.runs().first().map(|run| run.0).filter(|first| *first > least && least != i64::MIN) {
            self.add(((least, first - 1), outcome), None, [with(&begins(first)), BTreeSet::new()], found);
        }
        if let Some(last) = all.runs().last().map(|run| run.1).filter(|last| *last < most && most != i64::MAX) {
            self.add(((last + 1, most), outcome), None, [with(&ends(last)), BTreeSet::new()], found);
        }
    }

    fn add(
        &self,
        (sizes, outcome): ((i64, i64), OutcomeId),
        demand: Option<Demand>,
        beside: [BTreeSet<usize>; 2],
        found: &mut Vec<Hole<'p>>,
    ) {
        let parts = self.besides.iter().map(|part| (*part).clone()).chain([self.scale.is(sizes)]);
        let is = Condition::All(parts.collect());
        let beside = beside.into_iter().flatten().collect();
        found.push(Hole { scale: self.scale, sizes, outcome, demand, beside, is });
    }
}

/// Whether an outcome tells nothing from its lowest value: it says so in words, or these rules give both of its sides.
fn is_told_apart(policy: &Policy, outcome: OutcomeId, rules: impl Iterator<Item = usize>) -> bool {
    let Some(declared) = policy.vocabulary.outcomes.get(outcome.index()) else { return false };
    let effects = rules.filter_map(|at| policy.rules.get(at)).flat_map(|rule| rule.effects.iter());
    let sides: BTreeSet<Option<u16>> = effects
        .filter(|effect| effect.outcome() == outcome)
        .filter_map(|effect| match effect {
            Effect::Raise { level: Level::Either(side), .. } => Some(*side),
            _ => None,
        })
        .collect();
    // A floor gives something to every call.
    declared.kind.floor().is_none() && (declared.unassessed.is_some() || sides.len() > 1)
}

/// What there is to tell of the holes. `posed` is where the first of them stands among what is asked about.
pub(super) fn left_out(asked: &mut Inquiry<'_>, holes: &[Hole<'_>], posed: usize) -> Vec<(String, Diagnostic)> {
    let mut found = Vec::new();
    for (hole, posed) in holes.iter().zip(posed..) {
        if !asked.is_of_policy(&hole.beside) {
            continue;
        }
        let Some(call) = call_in(asked, hole, posed) else { continue };
        let rules = &asked.policy.rules;
        let mut beside: Vec<&Rule> = hole.beside.iter().filter_map(|at| rules.get(*at)).collect();
        // It is told at the policy's own rule, and of two at the later one.
        beside.sort_by_key(|rule| (*rule.policy == *asked.policy.name, rule.at));
        let Some((last, others)) = beside.split_last() else { continue };
        let names: Vec<&str> = beside.iter().map(|rule| rule.name.as_str()).collect();
        let outcome = asked.policy.vocabulary.outcomes.get(hole.outcome.index()).map_or("", |outcome| &outcome.name);
        let (leave, given) = match (others.is_empty(), &hole.demand) {
            (true, _) => ("leaves", "anything"),
            (false, None) => ("leave", "anything"),
            (false, Some(_)) => ("leave", "as much as either"),
        };
        let message = format!(
            "{} {leave} a hole where {}: nothing there gives `{outcome}` {given}",
            joined(&names, "and"),
            hole.in_words(asked.policy)
        );
        let problem = Diagnostic::warning("left-out", last.at, message)
            .help(format!("in this call: {}", asked.in_words(&call)))
            .help("let one range begin where the other ends, or write a rule for what is left out");
        let problem = others.iter().fold(problem, |problem, other| problem.also(other.at, "here is the other one"));
        found.push((last.name.clone(), problem));
    }
    found
}

/// A call that is in a hole, and to which nothing gives as much as is given beside it.
fn call_in(asked: &mut Inquiry<'_>, hole: &Hole<'_>, posed: usize) -> Option<Sketch> {
    let (side, outcome) = (asked.side, hole.outcome);
    let without: Vec<Vec<Part<'_>>> = match &hole.demand {
        Some(demand) => side.supplies(demand, side).iter().map(|supply| Part::of_supply(side, supply)).collect(),
        None => {
            let rules = side.policy.rules.iter().enumerate();
            let speak = rules.filter(|(_, rule)| !rule.trial && speaks_of(Some(rule), outcome));
            speak.map(|(at, _)| vec![Part::Applies(side, at)]).collect()
        }
    };
    let supplies = hole.demand.as_ref().map(|demand| side.supplies(demand, side)).unwrap_or_default();
    let goal = Goal::of(vec![asked.posed(posed)?], without);
    let is_so = |judged: &Judgement| match hole.demand.as_ref().map(|demand| &demand.given) {
        Some(Given::Level(level)) => judged.outcome.level(outcome).is_some_and(|given| !given.meets(*level)),
        Some(Given::Effect(_)) => !supplies.iter().filter_map(|it| it.rule).any(|at| applies(judged, at)),
        None => is_nothing(side.policy, judged, outcome),
    };
    asked.call(&goal, std::slice::from_ref(&hole.is), &is_so)
}

/// Whether nothing is given to an outcome, and nothing may be.
fn is_nothing(policy: &Policy, judged: &Judgement, outcome: OutcomeId) -> bool {
    let says = policy.vocabulary.outcomes.get(outcome.index()).is_some_and(|outcome| outcome.unassessed.is_some());
    if says {
        return judged.unassessed.iter().any(|it| it.outcome == outcome && !it.open);
    }
    let (given, most) = (judged.outcome.level(outcome), judged.possible.level(outcome));
    given == Some(Level::Either(None)) && most == given
}

impl Hole<'_> {
    /// `` `children-seen` is 4``, `` `danger` is from 1 to 2``, `there are 3 incidents within 12 months`.
    fn in_words(&self, policy: &Policy) -> String {
        let (from, to) = self.sizes;
        let of = |name: &str, size: &dyn Fn(i64) -> String| match to {
            _ if from == to => format!("`{name}` is {}", size(from)),
            i64::MAX => format!("`{name}` is at least {}", size(from)),
            _ => format!("`{name}` is from {} to {}", size(from), size(to)),
        };
        let many = match to {
            _ if from == to => from.to_string(),
            i64::MAX => format!("{from} or more"),
            _ => format!("{from} to {to}"),
        };
        match self.scale {
            Scale::Fact(fact) => {
                let Some(fact) = policy.vocabulary.call.get(fact.index()) else { return String::new() };
                let size = |size: i64| match &fact.ty {
                    Type::Duration => spoken_duration(size),
                    Type::Choice { values, .. } => {
                        let value = usize::try_from(size).ok().and_then(|at| values.get(at));
                        value.map_or_else(String::new, |value| format!("`{value}`"))
                    }
                    _ => size.to_string(),
                };
                of(&fact.name, &size)
            }
            Scale::Score(score) => {
                policy.score(score).map_or_else(String::new, |score| of(&score.name, &|size| size.to_string()))
            }
            Scale::Count(count) => format!("there are {many} {}", Lift::counted(policy, count)),
            Scale::Answers(_) => format!("{many} of these conditions are so"),
        }
    }
}
