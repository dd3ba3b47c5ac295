//! What no rule says while an answer is missing: `while-unknown`.
//!
//! Two things, each shown by a call. A rule gives the losing side of an `either` while another, that would give the winning side, still waits for an
//! answer: the decision says that video may be offered while nobody has asked whether the suspect is there. And rules of which one gives as much
//! whatever the answers are, and none while they are missing: one for a time that has passed, one for a time that is still to come, and both wait. What follows from every
//! value of one fact that is no time or text, of a score or of a count, each decision finds itself, and it is not told.
//!
//! What is missing is the rule for nobody having asked. An outcome that can be taken back by an answer is acted on before that.
//!
//! ```heed
//! rule few-children "Few children are there"
//!   when children-seen is at most 2
//!   then video response may-be-offered
//!   because "{children-seen} children are there"
//!   source "Local policy"
//!
//! rule suspect-there "The suspect is there"
//!   when suspect-present is yes
//!   then video response not-suitable
//!   because "The suspect is there"
//!   source "Local policy"
//! ```
//!
//! Let the rule that is on the safe side apply until the answer is known:
//!
//! ```heed
//! rule few-children "Few children are there"
//!   when children-seen is at most 2
//!   then video response may-be-offered
//!   because "{children-seen} children are there"
//!   source "Local policy"
//!
//! rule suspect-there "The suspect is there"
//!   when suspect-present is yes
//!   applies unless known otherwise
//!   then video response not-suitable
//!   because "The suspect is there, or nobody has asked"
//!   source "Local policy"
//! ```

use super::super::goal::{Goal, Part};
use super::super::rules::{Demand, Given, Supply};
use super::super::witness::Sketch;
use super::inquiry::{Inquiry, applies};
use crate::check::{Effect, Rule};
use crate::compile::TermId;
use crate::eval::Judgement;
use crate::explain::Lift;
use crate::model::{Level, OutcomeId};
use crate::semantics::Condition;
use crate::syntax;
use crate::text::{Diagnostic, joined};
use std::collections::{BTreeMap, BTreeSet};

/// What there is to tell of the policy's own rules.
pub(super) fn while_unknown(asked: &mut Inquiry<'_>) -> Vec<(String, Diagnostic)> {
    let mut found = sides_taken_back(asked);
    found.extend(given_whatever_is_answered(asked));
    found
}

/// The rules that give the side of an `either` which loses, while one that waits for an answer would give the other.
fn sides_taken_back(asked: &mut Inquiry<'_>) -> Vec<(String, Diagnostic)> {
    let mut found = Vec::new();
    let outcomes = &asked.policy.vocabulary.outcomes;
    for outcome in (0u16..).map(OutcomeId).take(outcomes.len()) {
        let (loser, winner) = (Level::Either(Some(0)), Level::Either(Some(1)));
        let gives = |level: Level| {
            let is = move |effect: &Effect| *effect == Effect::Raise { outcome, level };
            let rules = asked.policy.rules.iter().enumerate().filter(|(_, rule)| !rule.trial);
            rules.filter(move |(_, rule)| rule.effects.iter().any(is)).map(|(at, _)| at).collect::<Vec<usize>>()
        };
        let (losers, winners) = (gives(loser), gives(winner));
        for at in losers {
            let Some(told) = winners.iter().find_map(|other| taken_back(asked, outcome, (at, *other), &winners)) else {
                continue;
            };
            found.push(told);
        }
    }
    found
}

/// That one rule gives the losing side while another, of those that give the winning one, waits for an answer.
fn taken_back(
    asked: &mut Inquiry<'_>,
    outcome: OutcomeId,
    (at, other): (usize, usize),
    winners: &[usize],
) -> Option<(String, Diagnostic)> {
    let (side, policy) = (asked.side, asked.policy);
    let (rule, waiting) = (policy.rules.get(at)?, policy.rules.get(other)?);
    let is_own = |rule: &Rule| *rule.policy == *policy.name;
    if !is_own(rule) && !is_own(waiting) {
        return None;
    }
    let without = winners.iter().map(|winner| vec![Part::Applies(side, *winner)]).collect();
    let goal = Goal::of(vec![Part::Applies(side, at), Part::MayApply(side, other)], without);
    let is_so = |judged: &Judgement| {
        let (given, most) = (judged.outcome.level(outcome), judged.possible.level(outcome));
        applies(judged, at) && given == Some(Level::Either(Some(0))) && most == Some(Level::Either(Some(1)))
    };
    let call = asked.call(&goal, &[], &is_so)?;
    let declared = policy.vocabulary.outcomes.get(outcome.index())?;
    let (loser, winner) = (declared.kind.value(0)?, declared.kind.value(1)?);
    // A smaller call may be one by another rule.
    let (waits, open) = asked.undecided(&call, &winners.iter().copied().collect());
    let waiting = waits.first().copied().unwrap_or(waiting);
    let open = joined(&open.iter().collect::<Vec<_>>(), "or");
    let name = &rule.name;
    let message = format!("`{name}` gives `{loser}` while {open} is not known, and an answer would make it `{winner}`");
    let problem = Diagnostic::warning("while-unknown", rule.at, message)
        .also(waiting.at, "this waits for the answer")
        .help(format!("in this call: {}", asked.in_words(&call)))
        .help(format!(
            "let `{}` apply unless known otherwise, or ask in `{name}` that it is known to be safe",
            waiting.name
        ));
    Some((name.clone(), problem))
}

/// What rules give whatever the answers are, and none of them gives while the answers are missing.
fn given_whatever_is_answered(asked: &mut Inquiry<'_>) -> Vec<(String, Diagnostic)> {
    let mut found: Vec<(String, Diagnostic)> = Vec::new();
    for (demand, level) in demands(asked) {
        let supplies = asked.side.supplies(&demand, asked.side);
        let is_whole = |supply: &&Supply| supply.of.is_none();
        let rules: BTreeSet<usize> = supplies.iter().filter(is_whole).filter_map(|supply| supply.rule).collect();
        for (terms, besides) in shared(asked, &rules) {
            let all: Vec<Part<'_>> = terms.iter().map(|term| Part::Holds(*term)).collect();
            let Some(cover) = cover(asked, &all, &rules) else { continue };
            // One of them may apply, whatever the call; here is a call in which none does.
            let may = cover.iter().map(|at| Part::MayApply(asked.side, *at));
            let all = all.iter().cloned().chain(may).collect();
            let without = supplies.iter().map(|supply| Part::of_supply(asked.side, supply)).collect();
            let is_so = |judged: &Judgement| {
                let outcomes = [&judged.outcome, &judged.possible].map(|it| it.level(demand.outcome));
                let [Some(given), Some(most)] = outcomes else { return false };
                !given.meets(level) && most.covers(level)
            };
            let Some(call) = asked.call(&Goal::of(all, without), &besides, &is_so) else { continue };
            let told = waiting(asked, (demand.outcome, level), &cover, &call);
            found.extend(told.filter(|(name, _)| found.iter().all(|(known, _)| known != name)));
        }
    }
    found
}

/// As few of some rules as are needed for one of them to be possible in every call in which something is so; none where that is not
/// proved, or one alone is.
fn cover<'p>(asked: &mut Inquiry<'p>, all: &[Part<'p>], rules: &BTreeSet<usize>) -> Option<BTreeSet<usize>> {
    let side = asked.side;
    let mut is_cover = |rules: &BTreeSet<usize>| {
        let without = rules.iter().map(|at| vec![Part::MayApply(side, *at)]).collect();
        asked.is_impossible(&Goal::of(all.to_vec(), without))
    };
    if !is_cover(rules) {
        return None;
    }
    let mut needed = rules.clone();
    for at in rules {
        let fewer = needed.iter().copied().filter(|other| other != at).collect();
        if is_cover(&fewer) {
            needed = fewer;
        }
    }
    (needed.len() > 1).then_some(needed)
}

/// What is demanded of a part of the outcome by some rule, each once.
fn demands(asked: &Inquiry<'_>) -> Vec<(Demand, Level)> {
    let mut demands: Vec<(Demand, Level)> = Vec::new();
    for demand in (0..asked.policy.rules.len()).flat_map(|at| asked.side.demands(at)) {
        let Given::Level(level) = demand.given else { continue };
        if demand.of.is_none() && demands.iter().all(|(known, _)| *known != demand) {
            demands.push((demand, level));
        }
    }
    demands
}

/// What some of these rules ask besides what tells them apart: of each two, what both ask, and where it stands.
fn shared(asked: &Inquiry<'_>, rules: &BTreeSet<usize>) -> Vec<(BTreeSet<TermId>, Vec<Condition>)> {
    let is_own = |at: usize| asked.policy.rules.get(at).is_some_and(|rule| *rule.policy == *asked.policy.name);
    let terms = |at: usize| asked.parts(at).iter().map(|(term, _)| *term).collect::<BTreeSet<TermId>>();
    let parts: Vec<(usize, BTreeSet<TermId>)> = rules.iter().map(|at| (*at, terms(*at))).collect();
    let mut shared: BTreeMap<BTreeSet<TermId>, usize> = BTreeMap::new();
    for (place, (at, one)) in parts.iter().enumerate() {
        for (_, other) in parts.iter().skip(place + 1).filter(|(other, _)| is_own(*at) || is_own(*other)) {
            shared.entry(one.intersection(other).copied().collect()).or_insert(*at);
        }
    }
    // Where a rule asks no more than that, it applies.
    shared.retain(|both, _| !parts.iter().any(|(_, known)| known.is_subset(both)));
    let of_rule = |(both, at): (BTreeSet<TermId>, usize)| {
        let parts = asked.parts(at).iter().filter(|(term, _)| both.contains(term));
        let conditions = parts.map(|(_, condition)| (*condition).clone()).collect();
        (both, conditions)
    };
    shared.into_iter().map(of_rule).collect()
}

/// That these rules wait for answers of which each makes one of them apply.
fn waiting(
    asked: &Inquiry<'_>,
    (outcome, level): (OutcomeId, Level),
    cover: &BTreeSet<usize>,
    call: &Sketch,
) -> Option<(String, Diagnostic)> {
    let policy = asked.policy;
    let (mut waiting, open) = asked.undecided(call, cover);
    // It is told at the policy's own rule, and of several at the latest one.
    waiting.sort_by_key(|rule| (*rule.policy == *policy.name, rule.at));
    let (last, others) = waiting.split_last()?;
    let names: Vec<&str> = waiting.iter().map(|rule| rule.name.as_str()).collect();
    let effect = Lift::exact(policy).effect(&Effect::Raise { outcome, level });
    let message = format!(
        "whatever {} is, {} would give `{}`, and while it is not known none of them does",
        joined(&open.iter().collect::<Vec<_>>(), "or"),
        joined(&names, "or"),
        syntax::print_effect(&effect)
    );
    let problem = Diagnostic::warning("while-unknown", last.at, message)
        .help(format!("in this call: {}", asked.in_words(call)))
        .help("let one of them apply unless known otherwise, or write a rule for when nobody has answered");
    let problem = others.iter().fold(problem, |problem, other| problem.also(other.at, "this waits too"));
    Some((last.name.clone(), problem))
}
