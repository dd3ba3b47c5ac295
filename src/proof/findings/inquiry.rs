//! One policy -> questions about its rules, each answered for every call there can be.

use super::super::base::given_by;
use super::super::cases::asking_only;
use super::super::goal::{Goal, Part};
use super::super::rules::{Side, Supply};
use super::super::search::{Found, Judged, MOST_STEPS, Search};
use super::super::witness::{Sketch, shrink};
use super::scales::conjuncts;
use crate::check::{Effect, Policy, Rule, Setting, SettingRange};
use crate::compile::{Ir, TermId, compile};
use crate::engine::{Rewriting, Snapshot};
use crate::eval::{Judgement, rules_seen};
use crate::model::{Case, Truth};
use crate::semantics::{Condition, SettingId};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// A policy, and a search through all calls to it.
pub(super) struct Inquiry<'p> {
    pub policy: &'p Policy,
    pub side: &'p Side<'p>,
    snapshot: &'p Snapshot,
    search: Search<'p>,
    /// What each rule needs, all of it, and where it stands.
    parts: Vec<Vec<(TermId, &'p Condition)>>,
    /// Where the conditions stand that are asked about besides those of the rules.
    posed: Vec<TermId>,
    /// The rules that ask how old their call is: what is so at the moment of the call says nothing of what they are written for.
    pub later: BTreeSet<usize>,
}

/// Whether a rule applies, by the evaluators.
pub(super) fn applies(judged: &Judgement, at: usize) -> bool {
    judged.fired.iter().any(|id| id.0 as usize == at)
}

/// Asks something about a policy, and about some conditions besides those of its rules.
pub(super) fn inquire<T>(policy: &Snapshot, posed: &[Condition], ask: impl FnOnce(&mut Inquiry<'_>) -> T) -> T {
    let snapshot = policy;
    let policy = snapshot.policy();
    let mut ir = Ir::default();
    let side = Side::of(policy, &mut ir);
    let terms: Vec<TermId> = posed.iter().map(|condition| ir.add_condition(policy, condition)).collect();
    let mut part = |part: &'_ &Condition| ir.add_condition(policy, part);
    let parts =
        policy.rules.iter().map(|rule| conjuncts(policy, &rule.when).into_iter().map(|it| (part(&it), it)).collect());
    let parts = parts.collect();
    let rules = side.terms.rules.iter().enumerate();
    let later = rules.filter(|(_, rule)| ir.asks_how_old_its_call_is(rule.when)).map(|(at, _)| at).collect();
    let asked = Search::asked(&ir, policy, &[&side], &terms);
    let search = Search::new(&ir, policy, asked, false);
    ask(&mut Inquiry { policy, side: &side, snapshot, search, parts, posed: terms, later })
}

impl<'p> Inquiry<'p> {
    /// The rules that a policy wrote itself, each with its place.
    pub(super) fn own_rules(&self) -> impl DoubleEndedIterator<Item = (usize, &'p Rule)> + use<'p> {
        let policy = self.policy;
        policy.rules.iter().enumerate().filter(|(_, rule)| *rule.policy == *policy.name)
    }

    /// That the condition of a rule lets it apply, whatever the day.
    fn condition(&self, at: usize) -> Option<Part<'p>> {
        let (rule, when) = (self.side.rule(at)?, self.side.when(at)?);
        Some(if rule.presumed { Part::MayHold(when) } else { Part::Holds(when) })
    }

    /// That a condition which is asked about certainly holds.
    pub(super) fn posed(&self, posed: usize) -> Option<Part<'p>> {
        self.posed.get(posed).map(|term| Part::Holds(*term))
    }

    /// Whether no call makes something so.
    pub(super) fn is_impossible(&mut self, goal: &Goal<'p>) -> bool {
        self.search.is_impossible(goal)
    }

    /// A call in which something is so and these conditions hold, the least there is; `is_so` has the last word. None where none is found.
    pub(super) fn call(
        &mut self,
        goal: &Goal<'p>,
        held: &[Condition],
        is_so: &dyn Fn(&Judgement) -> bool,
    ) -> Option<Sketch> {
        let (vocabulary, zone) = (self.snapshot.vocabulary(), self.snapshot.zone());
        let evaluator = RefCell::new(self.snapshot.evaluator());
        // They are asked as a rule of a policy of its own, which is in force on any day.
        let asking = self.policy.rules.first().filter(|_| !held.is_empty()).map(|rule| {
            let asking = asking_only(rule, Condition::All(held.to_vec()));
            self.policy.with_rules(vec![Rule { from: None, until: None, ..asking }])
        });
        let asking = asking.as_ref().map(|asking| (asking, compile(asking)));
        let all_hold = |case: &Case| {
            let Some((asking, program)) = &asking else { return true };
            rules_seen(asking, program, case, &[0]).first().is_some_and(|seen| seen.truth == Truth::Yes)
        };
        let holds = |sketch: &Sketch| {
            let case = sketch.case(vocabulary, zone);
            all_hold(&case) && is_so(evaluator.borrow_mut().judge(&case))
        };
        let judge = |sketch: &Sketch| Judged::of(holds(sketch));
        let Found::Call(call) = self.search.find(goal, &judge) else { return None };
        Some(shrink(&call, vocabulary, zone, MOST_STEPS, &holds).sketch)
    }

    /// Those of some rules that are undecided in a call, and what they wait for, by its name.
    pub(super) fn undecided(&self, call: &Sketch, rules: &BTreeSet<usize>) -> (Vec<&'p Rule>, BTreeSet<String>) {
        let mut decision = self.snapshot.decide(&call.case(self.snapshot.vocabulary(), self.snapshot.zone()));
        let rules: Vec<&Rule> = rules.iter().filter_map(|at| self.policy.rules.get(*at)).collect();
        decision.undecided.retain(|undecided| rules.iter().any(|rule| rule.name == undecided.rule));
        let unknown = decision.undecided.iter().flat_map(|undecided| &undecided.unknown);
        let unknown = unknown.map(|path| path.strip_prefix("call.").unwrap_or(path).to_owned()).collect();
        let waits = |rule: &&Rule| decision.undecided.iter().any(|undecided| undecided.rule == rule.name);
        (rules.into_iter().filter(waits).collect(), unknown)
    }

    /// What a rule needs, all of it, and where it stands.
    pub(super) fn parts(&self, at: usize) -> &[(TermId, &'p Condition)] {
        self.parts.get(at).map(Vec::as_slice).unwrap_or_default()
    }

    /// A call in words, to stand in a sentence.
    pub(super) fn in_words(&self, call: &Sketch) -> String {
        call.on_one_line(self.snapshot)
    }

    /// Whether no call lets a rule apply.
    pub(super) fn never_applies(&mut self, at: usize) -> bool {
        let Some(condition) = self.condition(at) else { return false };
        self.search.is_impossible(&Goal::of(vec![condition], Vec::new()))
    }

    /// Whether every call lets a rule apply.
    pub(super) fn always_applies(&mut self, at: usize) -> bool {
        let Some(condition) = self.condition(at) else { return false };
        self.search.is_impossible(&Goal::of(Vec::new(), vec![vec![condition]]))
    }

    /// The rules of which some give as much wherever a rule applies, as few as are needed; `None` where that is not proved. `out` are
    /// those that do not count.
    pub(super) fn outdone_by(&mut self, at: usize, out: &BTreeSet<usize>) -> Option<BTreeSet<usize>> {
        let rule = self.side.rule(at)?;
        // That a rule adds the lowest value may be told too, and a rule may come to apply in more ways than one can see here.
        if rule.trial || rule.may_be_widened || rule.effects.iter().any(|effect| self.is_told_apart(effect)) {
            return None;
        }
        let counts = |place: usize| {
            let stays = |other: &Rule| !other.may_be_suspended && other.suspension.is_none();
            place != at && !out.contains(&place) && self.side.rule(place).is_some_and(stays)
        };
        let mut goals = Vec::new();
        for demand in self.side.demands(at) {
            let mut supplies = self.side.supplies(&demand, self.side);
            supplies.retain(|supply| supply.rule.is_none_or(counts));
            let applies = [Part::Applies(self.side, at)];
            goals.push((applies.into_iter().chain(demand.of.map(Part::Has)).collect::<Vec<_>>(), supplies));
        }
        let all: BTreeSet<usize> = goals.iter().flat_map(|(_, supplies)| supplies).filter_map(|it| it.rule).collect();
        if goals.is_empty() || !self.is_outdone(&goals, &all) {
            return None;
        }
        let mut needed = all;
        for place in needed.clone() {
            let fewer = needed.iter().copied().filter(|other| *other != place).collect();
            if self.is_outdone(&goals, &fewer) {
                needed = fewer;
            }
        }
        Some(needed)
    }

    fn is_told_apart(&self, effect: &Effect) -> bool {
        let outcome = self.policy.vocabulary.outcomes.get(effect.outcome().index());
        let says = outcome.is_none_or(|outcome| outcome.unassessed.is_some());
        says && match effect {
            Effect::Raise { level, .. } => *level == level.least(),
            Effect::RaiseTo { .. } | Effect::Figure { .. } | Effect::Deadline { .. } => true,
        }
    }

    fn is_outdone(&mut self, goals: &[(Vec<Part<'p>>, Vec<Supply>)], by: &BTreeSet<usize>) -> bool {
        goals.iter().all(|(all, supplies)| {
            let supplies = supplies.iter().filter(|supply| supply.rule.is_none_or(|place| by.contains(&place)));
            let without = supplies.map(|supply| Part::of_supply(self.side, supply)).collect();
            let goal = Goal::of(all.clone(), without);
            self.search.is_impossible(&goal)
        })
    }

    /// The pairs of rules of which each applies just when the other does, and at least one of which is the policy's own. What is
    /// written alike is not among them.
    pub(super) fn alike(&mut self, out: &BTreeSet<usize>) -> Vec<(usize, usize)> {
        let is_plain = |(_, rule): &(usize, &Rule)| {
            !rule.trial && !rule.may_be_suspended && !rule.may_be_widened && rule.suspension.is_none()
        };
        let plain = self.policy.rules.iter().enumerate().filter(is_plain).map(|(at, _)| at);
        let rules: Vec<(usize, Part<'p>)> =
            plain.filter(|at| !out.contains(at)).filter_map(|at| Some((at, self.condition(at)?))).collect();
        let parts: Vec<Part<'p>> = rules.iter().map(|(_, part)| part.clone()).collect();
        // One call in which one applies and the other does not is enough to leave a pair out.
        let mut beside: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (at, part) in &rules {
            let Some(found) = self.search.once(part, &parts) else { continue };
            let with = rules.iter().zip(found).filter(|(_, is)| *is).map(|((other, _), _)| *other);
            beside.insert(*at, with.collect());
        }
        let mut alike = Vec::new();
        for (place, (at, _)) in rules.iter().enumerate() {
            for (other, _) in rules.iter().skip(place + 1) {
                let meet = |one: &usize, other: &usize| beside.get(one).is_some_and(|with| with.contains(other));
                if meet(at, other) && meet(other, at) && self.is_alike(*at, *other) {
                    alike.push((*at, *other));
                }
            }
        }
        alike
    }

    /// Whether each of two rules applies just when the other does.
    pub(super) fn is_alike(&mut self, one: usize, other: usize) -> bool {
        let side = self.side;
        let (Some(first), Some(second)) = (side.rule(one), side.rule(other)) else { return false };
        let own = |rule: &Rule| *rule.policy == *self.policy.name;
        let stand_alike = (first.from, first.until, first.presumed) == (second.from, second.until, second.presumed);
        if !(own(first) || own(second)) || !stand_alike || side.when(one) == side.when(other) {
            return false;
        }
        let (Some(first), Some(second)) = (self.condition(one), self.condition(other)) else { return false };
        let mut comes_with = |one: &Part<'p>, other: &Part<'p>| {
            self.search.is_impossible(&Goal::of(vec![one.clone()], vec![vec![other.clone()]]))
        };
        comes_with(&first, &second) && comes_with(&second, &first)
    }

    /// Whether something that some rules come to is of this policy's making: one of them is its own, or it set what they go by.
    pub(super) fn is_of_policy(&self, rules: &BTreeSet<usize>) -> bool {
        let is_own = |at: &usize| self.policy.rules.get(*at).is_some_and(|rule| *rule.policy == *self.policy.name);
        let is_set = |setting: &Setting| setting.given.last().is_some_and(|given| given.policy == self.policy.name);
        rules.iter().any(is_own) || self.settings(rules).into_iter().any(is_set)
    }

    /// Whether a setting has a part in a rule that is not among some, and in none on trial or that asks how old its call is.
    pub(super) fn is_of_others(&self, setting: &Setting, out: &BTreeSet<usize>) -> bool {
        let uses = |at: &usize| self.settings(&BTreeSet::from([*at])).iter().any(|used| used.name == setting.name);
        let users: Vec<usize> = (0..self.policy.rules.len()).filter(uses).collect();
        let is_left_out =
            |at: &usize| self.policy.rules.get(*at).is_some_and(|rule| rule.trial) || self.later.contains(at);
        !users.iter().any(is_left_out) && users.iter().any(|at| !out.contains(at))
    }

    /// The settings that have a part in what some rules ask or give, and may have other values.
    pub(super) fn settings(&self, rules: &BTreeSet<usize>) -> Vec<&'p Setting> {
        let mut ir = Ir::telling_settings_apart();
        let terms = ir.add(self.policy);
        let roots = rules.iter().filter_map(|at| terms.rules.get(*at)).map(|terms| terms.when);
        let mut used: BTreeSet<SettingId> = ir.settings(roots);
        let given = rules.iter().filter_map(|at| self.policy.rules.get(*at));
        let mut looked_up = false;
        for rule in given {
            used.extend(given_by(rule, self.policy));
            looked_up |= rule.effects.iter().any(|effect| matches!(effect, Effect::Figure { .. }));
        }
        // Which calendar is taken, and what a score or a table comes to, names no setting once it is resolved: any may have a part in it.
        let may_have_a_part = |setting: &Setting| looked_up || matches!(setting.range, Some(SettingRange::OneOf(_)));
        let others = (0u32..).map(SettingId).zip(&self.policy.settings);
        used.extend(others.filter(|(_, setting)| may_have_a_part(setting)).map(|(id, _)| id));
        let used = used.into_iter().filter_map(|id| self.policy.settings.get(id.0 as usize));
        used.filter(|setting| setting.range.is_some()).collect()
    }
}

/// Whether something is so too with each of some settings at either end of its range, as others may set it.
pub(super) fn is_so_at_the_ends(
    policy: &Snapshot,
    rewriting: &Rewriting,
    settings: &[&Setting],
    is_so: impl Fn(&mut Inquiry<'_>) -> bool,
) -> bool {
    settings.iter().all(|setting| {
        let ends = policy.setting_values(&setting.name, 2).unwrap_or_default();
        let own = setting.value.to_string();
        ends.iter().filter(|value| **value != own).all(|value| {
            rewriting
                .at_value(policy, &setting.name, value)
                .is_some_and(|other| inquire(&other, &[], |asked| is_so(asked)))
        })
    })
}
