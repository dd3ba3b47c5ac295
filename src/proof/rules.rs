//! Rules of policies that share one representation -> what each asks for, and which of the other policy's give as much.

use crate::check::{Effect, Policy, Rule};
use crate::compile::{Ir, Pivot, PolicyTerms, RuleTerms, TermId};
use crate::model::{FactId, Level, OutcomeId, Type};
use crate::semantics::{FigureSource, Subject};
use crate::time::Length;

/// A policy, and where its conditions stand.
pub(super) struct Side<'p> {
    pub policy: &'p Policy,
    pub terms: PolicyTerms,
    /// The effects of each rule, with each calendar by where it stands for all policies.
    effects: Vec<Vec<Effect>>,
}

/// Part of what a rule gives when it applies.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Demand {
    pub outcome: OutcomeId,
    pub given: Given,
    /// What a fact must be for that.
    pub of: Option<FactHas>,
}

/// Something that a fact of the call may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FactHas {
    /// One of these values of a choice.
    OneOf(FactId, Vec<u16>),
    /// Known, and not known not to exist.
    Some(FactId),
}

/// What is given.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Given {
    Level(Level),
    /// What an effect comes to, whatever the call is.
    Effect(Effect),
}

/// What gives as much as is demanded, where it holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Supply {
    /// The rule that must apply; none where a fact alone is enough.
    pub rule: Option<usize>,
    pub of: Option<FactHas>,
}

impl FactHas {
    pub(super) fn fact(&self) -> FactId {
        let (Self::OneOf(fact, _) | Self::Some(fact)) = self;
        *fact
    }

    /// Whether it is about the fact on which rules wait.
    pub(super) fn is_about(&self, pivot: Pivot) -> bool {
        pivot == Pivot::Fact(self.fact())
    }
}

impl<'p> Side<'p> {
    pub(super) fn of(policy: &'p Policy, ir: &mut Ir) -> Self {
        let terms = ir.add(policy);
        let placed = |effect: &Effect| {
            let mut effect = effect.clone();
            if let Effect::Deadline { calendar: Some(place), .. } = &mut effect {
                *place = terms.calendars.get(*place).copied().unwrap_or(*place);
            }
            effect
        };
        let effects = policy.rules.iter().map(|rule| rule.effects.iter().map(placed).collect()).collect();
        Self { policy, terms, effects }
    }

    pub(super) fn rule(&self, at: usize) -> Option<&'p Rule> {
        self.policy.rules.get(at)
    }

    pub(super) fn when(&self, at: usize) -> Option<TermId> {
        self.terms.rules.get(at).map(|terms: &RuleTerms| terms.when)
    }

    /// The effects of a rule, with each calendar by where it stands for all policies.
    pub(super) fn effects(&self, at: usize) -> &[Effect] {
        self.effects.get(at).map(Vec::as_slice).unwrap_or_default()
    }

    /// Everything that a rule gives when it applies, each part by itself.
    pub(super) fn demands(&self, at: usize) -> Vec<Demand> {
        self.demands_of(self.rule(at).map(|rule| &*rule.effects).unwrap_or_default())
    }

    /// Everything that effects give, each part by itself.
    pub(super) fn demands_of(&self, effects: &[Effect]) -> Vec<Demand> {
        let mut demands = Vec::new();
        for effect in effects {
            let outcome = effect.outcome();
            let demand = |given: Given, of| Demand { outcome, given, of };
            match effect {
                Effect::Raise { level: Level::AllThatApply(bits), .. } => {
                    let each = (0..64).map(|bit| 1u64 << bit).filter(|bit| bits & bit != 0);
                    demands.extend(each.map(|bit| demand(Given::Level(Level::AllThatApply(bit)), None)));
                }
                Effect::Raise { level, .. } if *level == level.least() => {}
                Effect::Raise { level, .. } => demands.push(demand(Given::Level(*level), None)),
                Effect::RaiseTo { fact, .. } => {
                    let Some(least) = self.least(outcome) else { continue };
                    let values = 0..u16::try_from(self.values_of(*fact)).unwrap_or(0);
                    let levels = values.map(|at| (at, least.at_value(at))).filter(|(_, level)| *level != least);
                    demands.extend(
                        levels.map(|(at, level)| demand(Given::Level(level), Some(FactHas::OneOf(*fact, vec![at])))),
                    );
                }
                Effect::Figure { .. } => demands.push(demand(Given::Effect(effect.clone()), None)),
                Effect::Deadline { after, .. } => {
                    let from = match after {
                        Subject::Fact(fact) => Some(FactHas::Some(*fact)),
                        _ => None,
                    };
                    demands.push(demand(Given::Effect(effect.clone()), from));
                }
            }
        }
        demands
    }

    /// Everything here that gives as much as the other policy's rule demands.
    pub(super) fn supplies(&self, demand: &Demand, theirs: &Side<'_>) -> Vec<Supply> {
        let mut supplies = Vec::new();
        if let Given::Level(level) = &demand.given {
            let floor = self.floor_that_gives(demand.outcome, *level);
            supplies.extend(floor.map(|of| Supply { rule: None, of: Some(of) }));
        }
        for (at, rule) in self.policy.rules.iter().enumerate().filter(|(_, rule)| !rule.trial) {
            for effect in rule.effects.iter().filter(|effect| effect.outcome() == demand.outcome) {
                let of = match (&demand.given, effect) {
                    (Given::Level(wanted), Effect::Raise { level, .. }) => level.covers(*wanted).then_some(None),
                    (Given::Level(wanted), Effect::RaiseTo { fact, .. }) => {
                        self.values_that_give(demand.outcome, *wanted, *fact).map(Some)
                    }
                    (Given::Effect(wanted), own) => self.gives_as_much(own, wanted, theirs).then_some(None),
                    (Given::Level(_), Effect::Figure { .. } | Effect::Deadline { .. }) => None,
                };
                supplies.extend(of.map(|of| Supply { rule: Some(at), of }));
            }
        }
        supplies
    }

    fn least(&self, outcome: OutcomeId) -> Option<Level> {
        self.policy.vocabulary.outcomes.get(outcome.index()).map(|outcome| outcome.kind.least())
    }

    fn values_of(&self, fact: FactId) -> usize {
        match self.policy.vocabulary.call.get(fact.index()).map(|fact| &fact.ty) {
            Some(Type::Choice { values, .. }) => values.len(),
            _ => 0,
        }
    }

    /// The values of the fact that an outcome is never below that are as much as a level.
    pub(super) fn floor_that_gives(&self, outcome: OutcomeId, wanted: Level) -> Option<FactHas> {
        let floor = self.policy.vocabulary.outcomes.get(outcome.index())?.kind.floor()?;
        self.values_that_give(outcome, wanted, floor)
    }

    /// The values of a fact that are themselves as much as a level.
    fn values_that_give(&self, outcome: OutcomeId, wanted: Level, fact: FactId) -> Option<FactHas> {
        let least = self.least(outcome)?;
        let values = 0..u16::try_from(self.values_of(fact)).unwrap_or(0);
        let values: Vec<u16> = values.filter(|at| least.at_value(*at).covers(wanted)).collect();
        (!values.is_empty()).then_some(FactHas::OneOf(fact, values))
    }

    /// Whether an effect comes to as much as another, whatever the call is.
    pub(super) fn gives_as_much(&self, own: &Effect, wanted: &Effect, theirs: &Side<'_>) -> bool {
        match (own, wanted) {
            (Effect::Figure { of: own, .. }, Effect::Figure { of: wanted, .. }) => {
                self.is_same_figure(*own, *wanted, theirs)
            }
            (
                Effect::Deadline { outcome, length, after, calendar, end_of_day },
                Effect::Deadline { length: other, after: since, calendar: days, end_of_day: whole, .. },
            ) => {
                let kind = self.policy.vocabulary.outcomes.get(outcome.index()).map(|outcome| &outcome.kind);
                let zone = &self.policy.zone;
                let never_longer = |one: Length, other| one.never_longer_over(other, calendar.is_some(), zone);
                let passes_over_no_more = match (calendar, days) {
                    (None, None) => true,
                    (Some(own), Some(wanted)) => {
                        let calendars = self.policy.calendars.get(*own).zip(theirs.policy.calendars.get(*wanted));
                        calendars.is_some_and(|(own, wanted)| wanted.calendar.skips_all_of(&own.calendar))
                    }
                    _ => false,
                };
                (after, end_of_day) == (since, whole)
                    && passes_over_no_more
                    && kind.is_some_and(|kind| kind.asks_for_as_much(*length, *other, never_longer))
            }
            _ => false,
        }
    }

    fn is_same_figure(&self, own: FigureSource, wanted: FigureSource, theirs: &Side<'_>) -> bool {
        match (own, wanted) {
            (FigureSource::Fact(one), FigureSource::Fact(other)) => one == other,
            (FigureSource::Score(one), FigureSource::Score(other)) => {
                // Both stand in one representation, where what is equal stands once.
                let place = |side: &Side<'_>, score| {
                    let scores = side.terms.rules.iter().flat_map(|terms| terms.scores.iter());
                    scores.clone().find(|(known, _)| *known == score).map(|(_, place)| *place)
                };
                place(self, one).is_some_and(|own| place(theirs, other) == Some(own))
            }
            (FigureSource::Table(one), FigureSource::Table(other)) => {
                let tables = self.policy.table(one).zip(theirs.policy.table(other));
                tables
                    .is_some_and(|(one, other)| one.rows == other.rows && self.is_same_figure(one.by, other.by, theirs))
            }
            _ => false,
        }
    }
}

/// Whether a rule has its effect whenever another of the same condition has.
pub(super) fn stands_as_long(own: &Rule, other: &Rule) -> bool {
    let begins = own.from.is_none_or(|from| other.from.is_some_and(|theirs| from <= theirs));
    let ends = own.until.is_none_or(|until| other.until.is_some_and(|theirs| until >= theirs));
    let same_suspension = match (&own.suspension, &other.suspension) {
        (None, _) => true,
        (Some(own), Some(theirs)) => (own.from, own.until) == (theirs.from, theirs.until),
        (Some(_), None) => false,
    };
    !own.trial && begins && ends && same_suspension && (own.presumed || !other.presumed)
}
