//! What must be so of a call, and what must not -> literals.

use super::asked::{Asked, Place};
use super::encode::{Encoder, Row};
use super::literals::{applies, has, may_have};
use super::rules::{FactHas, Given, Side, Supply};
use super::solver::Lit;
use super::together::{InSomeWay, Whatever};
use crate::check::Policy;
use crate::compile::{Ir, TermId};
use crate::model::Level;
use std::rc::Rc;

/// Something that may be so of a call.
#[derive(Clone)]
pub(super) enum Part<'p> {
    /// A rule applies and has its effect.
    Applies(&'p Side<'p>, usize),
    /// A rule that has its effect may apply, as far as is known.
    MayApply(&'p Side<'p>, usize),
    /// A condition certainly holds.
    Holds(TermId),
    /// A condition certainly holds, and nothing is presumed for that.
    HoldsOpenly(TermId),
    /// A condition holds, or may as far as is known.
    MayHold(TermId),
    /// A fact is something.
    Has(FactHas),
    /// A fact is something, or may be as far as is known.
    MayHave(FactHas),
    /// Rules are enough between them, whatever a thing turns out to be.
    Whatever(Rc<Whatever<'p>>),
    /// In some way in which a thing may turn out a rule gives what another policy does not.
    InSomeWay(Rc<InSomeWay<'p>>),
}

/// What is to be so: all of these, and of each of the others not every part.
#[derive(Clone, Default)]
pub(super) struct Goal<'p> {
    pub all: Vec<Part<'p>>,
    pub without: Vec<Vec<Part<'p>>>,
    /// What must not be so either, and is looked at only where the rest can be so: there may be many ways in which rules are enough
    /// between them, and few questions turn on them.
    pub nor: Vec<Rc<Whatever<'p>>>,
}

impl PartialEq for Part<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Applies(side, rule), Self::Applies(other, theirs))
            | (Self::MayApply(side, rule), Self::MayApply(other, theirs)) => {
                std::ptr::eq(*side, *other) && rule == theirs
            }
            (Self::Holds(one), Self::Holds(other))
            | (Self::HoldsOpenly(one), Self::HoldsOpenly(other))
            | (Self::MayHold(one), Self::MayHold(other)) => one == other,
            (Self::Has(one), Self::Has(other)) | (Self::MayHave(one), Self::MayHave(other)) => one == other,
            (Self::Whatever(one), Self::Whatever(other)) => Rc::ptr_eq(one, other),
            (Self::InSomeWay(one), Self::InSomeWay(other)) => Rc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl<'p> Part<'p> {
    /// All that must be so for a policy to supply something.
    pub(super) fn of_supply(side: &'p Side<'p>, supply: &Supply) -> Vec<Self> {
        let rule = supply.rule.map(|at| Self::Applies(side, at));
        rule.into_iter().chain(supply.of.clone().map(Self::Has)).collect()
    }

    /// The rules that it is about, and the policy that they stand in.
    pub(super) fn rules(&self) -> Vec<(&'p Side<'p>, usize)> {
        match self {
            Self::Applies(side, rule) | Self::MayApply(side, rule) => vec![(*side, *rule)],
            Self::Whatever(whatever) => whatever.rules().map(|rule| (whatever.side, rule)).collect(),
            Self::InSomeWay(way) => {
                let others = way.others().map(|rule| (way.other, rule));
                [(way.side, way.rule())].into_iter().chain(others).collect()
            }
            Self::Holds(_) | Self::HoldsOpenly(_) | Self::MayHold(_) | Self::Has(_) | Self::MayHave(_) => Vec::new(),
        }
    }

    pub(super) fn lit(&self, encoder: &mut Encoder<'_>) -> Lit {
        match self {
            Self::Applies(side, rule) => applies(encoder, side, *rule, false),
            Self::MayApply(side, rule) => applies(encoder, side, *rule, true),
            Self::Holds(term) => encoder.truth(*term, Row::Call).yes,
            Self::HoldsOpenly(term) => encoder.open_truth(*term).yes,
            Self::MayHold(term) => encoder.truth(*term, Row::Call).may,
            Self::Has(what) => has(encoder, what),
            Self::MayHave(what) => may_have(encoder, what),
            Self::Whatever(whatever) => whatever.lit(encoder),
            Self::InSomeWay(way) => way.lit(encoder),
        }
    }
}

impl<'p> Goal<'p> {
    pub(super) fn of(all: Vec<Part<'p>>, without: Vec<Vec<Part<'p>>>) -> Self {
        Self { all, without, nor: Vec::new() }
    }

    pub(super) fn parts(&self) -> impl Iterator<Item = Part<'p>> {
        let nor = self.nor.iter().cloned().map(Part::Whatever);
        self.all.iter().chain(self.without.iter().flatten()).cloned().chain(nor)
    }

    /// What it asks.
    pub(super) fn asked(&self, ir: &Ir, policy: &Policy) -> Asked {
        let mut roots = Vec::new();
        for part in self.parts() {
            match part {
                Part::Holds(term) | Part::HoldsOpenly(term) | Part::MayHold(term) => roots.push(term),
                part => roots.extend(part.rules().into_iter().filter_map(|(side, rule)| side.when(rule))),
            }
        }
        let mut asked = Asked::of(ir, policy, roots);
        for part in self.parts() {
            if let Part::Has(what) | Part::MayHave(what) = &part {
                asked.values.entry(Place::Fact(what.fact())).or_default();
            }
            for (side, rule) in part.rules() {
                add_effects(&mut asked, side.policy, [rule]);
            }
        }
        asked
    }

    /// All but what is looked at last.
    pub(super) fn lits(&self, encoder: &mut Encoder<'_>) -> Vec<Lit> {
        let mut lits: Vec<Lit> = self.all.iter().map(|part| part.lit(encoder)).collect();
        for parts in &self.without {
            let parts: Vec<Lit> = parts.iter().map(|part| part.lit(encoder)).collect();
            lits.push(!encoder.gates.and(&parts));
        }
        lits
    }

    /// What is looked at last.
    pub(super) fn lits_of_nor(&self, encoder: &mut Encoder<'_>) -> Vec<Lit> {
        self.nor.iter().map(|whatever| !whatever.lit(encoder)).collect()
    }
}

pub(super) fn add_effects(asked: &mut Asked, policy: &Policy, rules: impl IntoIterator<Item = usize>) {
    rules.into_iter().filter_map(|at| policy.rules.get(at)).for_each(|rule| asked.add_effects(policy, rule));
}

/// Whether one outcome of a call is less than what is demanded.
pub(super) fn falls_short(given: &Given, was: Level, is: Level) -> bool {
    match given {
        Given::Level(level) => was.covers(*level) && !is.covers(*level),
        Given::Effect(_) => !is.covers(was),
    }
}
