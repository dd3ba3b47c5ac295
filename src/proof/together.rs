//! What rules are enough for between them, while something is not known: each way in which it may turn out lets one of them apply.
//!
//! While a code is not known, one rule for some codes and another for all others are enough for what both ask. A value more
//! that no rule speaks of takes that away, though every rule stays as it is.

use super::encode::{Encoder, Way};
use super::literals::{has, has_effect};
use super::rules::{Demand, FactHas, Given, Side, Supply, stands_as_long};
use super::solver::Lit;
use crate::check::{Effect, Rule};
use crate::compile::{FlatSelection, Ir, MAX_READINGS, MOST_STEPS, Pivot, Term, TermId};
use crate::model::{FactId, Level, OutcomeId, Type, Vocabulary};
use crate::semantics::{Narrowed, Predicate, answers_of_flags, values_telling};
use std::collections::BTreeSet;
use std::rc::Rc;

/// Everything on which rules of a policy may wait together.
pub(super) struct Waiting<'p> {
    pub side: &'p Side<'p>,
    pub pivots: Vec<WaitingFor>,
    /// Whether there may be so much to go through that a decision gives up. What is then given together nobody can rely on.
    pub may_be_given_up: bool,
}

/// One thing on which they wait.
pub(super) struct WaitingFor {
    pub pivot: Pivot,
    /// The conditions that read it.
    pub readers: Rc<[TermId]>,
    /// What it may turn out to be.
    pub narrowed: Narrowed,
    /// The rules that rest on these.
    pub rules: BTreeSet<usize>,
}

/// Rules that are enough for something between them, whatever a thing turns out to be.
pub(super) struct Whatever<'p> {
    pub side: &'p Side<'p>,
    pivot: Pivot,
    readers: Rc<[TermId]>,
    narrowed: Narrowed,
    /// What gives as much as is demanded, in some way.
    supplies: Vec<Supply>,
    /// The rules that may apply in none of the ways: those that say the other of two sides.
    barred: Vec<usize>,
}

/// A rule that applies in some way in which a thing may turn out, where another policy has nothing that gives as much.
pub(super) struct InSomeWay<'p> {
    pub side: &'p Side<'p>,
    rule: usize,
    of: Option<FactHas>,
    pivot: Pivot,
    /// The conditions of both policies that read it.
    readers: Vec<TermId>,
    narrowed: Narrowed,
    pub other: &'p Side<'p>,
    supplies: Vec<Supply>,
}

impl<'p> Waiting<'p> {
    /// `earlier` are the words that the policy was written in, where it is read under others.
    pub(super) fn of(ir: &Ir, side: &'p Side<'p>, earlier: Option<&Vocabulary>) -> Self {
        let pivots = ir.pivots(side.policy, &side.terms, earlier);
        let resting = |readers: &[TermId]| -> BTreeSet<usize> {
            let readers: BTreeSet<&TermId> = readers.iter().collect();
            let rests = |when: TermId| ir.uses([when]).terms.iter().any(|term| readers.contains(term));
            (0..side.policy.rules.len()).filter(|at| side.when(*at).is_some_and(rests)).collect()
        };
        let pivots = pivots.into_iter().map(|(pivot, readers, narrowed)| {
            let rules = resting(&readers);
            WaitingFor { pivot, readers: readers.into(), narrowed, rules }
        });
        let pivots: Vec<WaitingFor> = pivots.collect();
        let may_be_given_up = steps(ir, side, &pivots) > MOST_STEPS;
        Self { side, pivots, may_be_given_up }
    }

    /// The rules that are enough for something between them, whatever a thing turns out to be; none where none of them gives it.
    /// `supplies` is all that gives as much as is demanded. What the rules of a base are enough for nothing that is built on it takes
    /// away, so where a rule may take something away, those of each policy of the chain are looked at with those of its bases alone.
    pub(super) fn whatever(&self, on: &WaitingFor, demand: &Demand, supplies: &[Supply]) -> Vec<Whatever<'p>> {
        let barred = self.barred(demand);
        let mut layers: BTreeSet<usize> = barred.iter().map(|at| self.layer(*at)).collect();
        // Each as far as no more is taken away: up to before each that takes more, and all of them.
        layers = layers.into_iter().filter(|layer| *layer > 0).map(|layer| layer - 1).collect();
        layers.insert(usize::MAX);
        let up_to = |layer: usize| {
            let is_in = |at: &usize| self.layer(*at) <= layer;
            let supplies: Vec<Supply> =
                supplies.iter().filter(|supply| supply.rule.as_ref().is_none_or(is_in)).cloned().collect();
            self.whatever_of(on, supplies, barred.iter().copied().filter(is_in).collect())
        };
        layers.into_iter().filter_map(up_to).collect()
    }

    fn layer(&self, rule: usize) -> usize {
        self.side.rule(rule).map_or(0, |rule| self.side.policy.layer(rule))
    }

    fn whatever_of(&self, on: &WaitingFor, mut supplies: Vec<Supply>, barred: Vec<usize>) -> Option<Whatever<'p>> {
        // Only what rests on the thing can come of how it turns out, and a fact that is itself as much.
        supplies.retain(|supply| match (supply.rule, &supply.of) {
            (Some(at), Some(of)) => on.rules.contains(&at) || of.is_about(on.pivot),
            (Some(at), None) => on.rules.contains(&at),
            (None, of) => of.as_ref().is_some_and(|of| of.is_about(on.pivot)),
        });
        if !supplies.iter().any(|supply| supply.rule.is_some()) {
            return None;
        }
        let (side, pivot, readers) = (self.side, on.pivot, Rc::clone(&on.readers));
        let narrowed = on.narrowed.clone();
        supplies.retain(|supply| supply.rule.is_none_or(|at| !barred.contains(&at)));
        Some(Whatever { side, pivot, readers, narrowed, supplies, barred })
    }

    /// All of it by which as much is given as is demanded; nothing where nobody can rely on it.
    pub(super) fn supplies(&self, demand: &Demand, theirs: &Side<'_>) -> Vec<Rc<Whatever<'p>>> {
        if self.may_be_given_up {
            return Vec::new();
        }
        let mut demands = vec![demand.clone()];
        if let Given::Level(level @ Level::Either(Some(_))) = demand.given {
            // The side that wins is as much as the other.
            let winner = Level::Either(Some(1));
            demands.extend((level != winner).then(|| Demand { given: Given::Level(winner), ..demand.clone() }));
        }
        let given = |demand: &Demand| {
            let supplies = self.side.supplies(demand, theirs);
            let whatever = self.pivots.iter().flat_map(|on| self.whatever(on, demand, &supplies));
            whatever.map(Rc::new).collect::<Vec<_>>()
        };
        demands.iter().flat_map(given).collect()
    }

    /// The rules that say the side that wins over another: where one of them may come to apply, that other is not certain.
    fn barred(&self, demand: &Demand) -> Vec<usize> {
        let Given::Level(level @ Level::Either(Some(_))) = demand.given else { return Vec::new() };
        let wins = |effect: &Effect| match effect {
            Effect::Raise { outcome, level: other } => *outcome == demand.outcome && !level.covers(*other),
            _ => false,
        };
        let rules = self.side.policy.rules.iter().enumerate();
        rules.filter(|(_, rule)| !rule.trial && rule.effects.iter().any(wins)).map(|(at, _)| at).collect()
    }

    /// What may be given while a thing is not known, each once: what rules that wait for it give, and what it is itself as much as.
    pub(super) fn demands(&self, on: &WaitingFor) -> Vec<Demand> {
        let side = self.side;
        let raises = |effect: &Effect| matches!(effect, Effect::RaiseTo { fact, .. } if on.pivot == Pivot::Fact(*fact));
        let gives =
            |(at, rule): &(usize, &Rule)| !rule.trial && (on.rules.contains(at) || rule.effects.iter().any(raises));
        let rules = side.policy.rules.iter().enumerate().filter(gives);
        let floors = (0..).map(OutcomeId).zip(&side.policy.vocabulary.outcomes).filter_map(|(outcome, declared)| {
            let fact = declared.kind.floor().filter(|fact| on.pivot == Pivot::Fact(*fact))?;
            Some(side.demands_of(&[Effect::RaiseTo { outcome, fact }]))
        });
        let mut demands: Vec<Demand> = Vec::new();
        for demand in rules.flat_map(|(at, _)| side.demands(at)).chain(floors.flatten()) {
            let demand = Demand { of: None, ..demand };
            if !demands.contains(&demand) {
                demands.push(demand);
            }
        }
        demands
    }

    /// Rules that give an outcome anything between them, whatever a thing turns out to be.
    pub(super) fn anything(&self, on: &WaitingFor, outcome: OutcomeId) -> Whatever<'p> {
        let gives = |at: &usize| {
            let rule = self.side.rule(*at).filter(|rule| !rule.trial);
            rule.is_some_and(|rule| rule.effects.iter().any(|effect| effect.outcome() == outcome))
        };
        let supplies = on.rules.iter().copied().filter(gives).map(|at| Supply { rule: Some(at), of: None });
        Whatever {
            side: self.side,
            pivot: on.pivot,
            readers: Rc::clone(&on.readers),
            narrowed: on.narrowed.clone(),
            supplies: supplies.collect(),
            barred: Vec::new(),
        }
    }

    /// Each rule that waits for a thing and gives an outcome something in some way, while another policy that waits for the same gives
    /// less in that way; `None` where the other does not wait for it.
    pub(super) fn in_some_way(
        &self,
        on: &WaitingFor,
        outcome: OutcomeId,
        other: &Waiting<'p>,
    ) -> Option<Vec<InSomeWay<'p>>> {
        let waits = |theirs: &&WaitingFor| (theirs.pivot, &theirs.narrowed) == (on.pivot, &on.narrowed);
        let theirs = other.pivots.iter().find(waits).filter(|_| !other.may_be_given_up)?;
        let mut readers: BTreeSet<TermId> = on.readers.iter().copied().collect();
        readers.extend(theirs.readers.iter());
        let readers: Vec<TermId> = readers.into_iter().collect();
        let (side, other) = (self.side, other.side);
        let rules = on.rules.iter().copied().filter(|at| side.rule(*at).is_some_and(|rule| !rule.trial));
        let demands = rules.flat_map(|at| side.demands(at).into_iter().map(move |demand| (at, demand)));
        let demands = demands.filter(|(_, demand)| demand.outcome == outcome);
        let in_some_way = |(rule, demand): (usize, Demand)| InSomeWay {
            side,
            rule,
            of: demand.of.clone(),
            pivot: on.pivot,
            readers: readers.clone(),
            narrowed: on.narrowed.clone(),
            other,
            supplies: other.supplies(&demand, side),
        };
        Some(demands.map(in_some_way).collect())
    }

    /// Whether rules that wait for a thing give an outcome in ways of which none is as much as the other, so that what they share is
    /// none of them.
    pub(super) fn shares_less(&self, on: &WaitingFor, demand: &Demand) -> bool {
        let Given::Effect(own) = &demand.given else { return false };
        let rules = on.rules.iter().filter_map(|at| self.side.rule(*at)).filter(|rule| !rule.trial);
        let mut others = rules.flat_map(|rule| rule.effects.iter()).filter(|effect| effect.outcome() == demand.outcome);
        others.any(|other| {
            other != own
                && !self.side.gives_as_much(own, other, self.side)
                && !self.side.gives_as_much(other, own, self.side)
        })
    }

    /// The name of the thing, and what it is in words.
    pub(super) fn named(&self, ir: &Ir, on: &WaitingFor) -> (String, String) {
        let vocabulary = &self.side.policy.vocabulary;
        let named = match on.pivot {
            Pivot::Fact(fact) => vocabulary.call.get(fact.index()).map(|fact| ("the fact", &fact.name)),
            Pivot::Score(at) => ir.scores.get(at).map(|score| ("the score", &score.name)),
            Pivot::Measure(id) => {
                let record = ir.measure(id).and_then(|measure| vocabulary.records.get(measure.record.index()));
                record.map(|record| ("the number of", &record.plural))
            }
            Pivot::Term(_) => None,
        };
        match named {
            Some((what, name)) => (name.clone(), format!("{what} `{name}`")),
            None => {
                ("condition".to_owned(), "the answer to what one asks as it is and another turned round".to_owned())
            }
        }
    }
}

impl WaitingFor {
    /// Whether another policy waits for the same, and the same rules of it give what these do: then whatever turns out, they are enough there.
    pub(super) fn is_kept_as_written(&self, whatever: &Whatever<'_>, other: &Waiting<'_>, demand: &Demand) -> bool {
        let theirs = other.pivots.iter().find(|on| (on.pivot, &on.narrowed) == (self.pivot, &self.narrowed));
        let Some(theirs) = theirs.filter(|_| !other.may_be_given_up) else { return false };
        let supplies = other.side.supplies(demand, whatever.side);
        let kept = |theirs: &Whatever<'_>| {
            // Each that gives it gives it there as long, and nothing takes it away there that does not here as long.
            let is_given = |own: &Supply| {
                theirs.supplies.iter().any(|supply| {
                    let is_same = match (own.rule, supply.rule) {
                        (Some(own), Some(at)) => stands_in((theirs.side, at), (whatever.side, own)),
                        (None, None) => true,
                        _ => false,
                    };
                    is_same && supply.of == own.of
                })
            };
            let is_taken =
                |at: &usize| whatever.barred.iter().any(|own| stands_in((whatever.side, *own), (theirs.side, *at)));
            whatever.supplies.iter().all(is_given) && theirs.barred.iter().all(is_taken)
        };
        other.whatever(theirs, demand, &supplies).iter().any(kept)
    }
}

/// Whether a rule has the condition of another, and has its effect whenever that has.
fn stands_in((side, at): (&Side<'_>, usize), (other, theirs): (&Side<'_>, usize)) -> bool {
    let rules = side.rule(at).zip(other.rule(theirs));
    side.when(at) == other.when(theirs) && rules.is_some_and(|(own, theirs)| stands_as_long(own, theirs))
}

impl InSomeWay<'_> {
    /// The rules of the other policy that give as much.
    pub(super) fn others(&self) -> impl Iterator<Item = usize> {
        self.supplies.iter().filter_map(|supply| supply.rule)
    }

    /// The rule that gives something.
    pub(super) fn rule(&self) -> usize {
        self.rule
    }

    pub(super) fn lit(&self, encoder: &mut Encoder<'_>) -> Lit {
        let Some(ways) = encoder.ways(self.pivot, &self.readers, &self.narrowed) else {
            encoder.left_open = true;
            return encoder.gates.solver.fresh();
        };
        let any = ways.ways.iter().map(|way| {
            let mut lits = vec![ways.is_open, way.is_possible, applies_in(self.side, encoder, way, self.rule)];
            lits.extend(self.of.as_ref().map(|of| has_in(encoder, way, of)));
            for supply in &self.supplies {
                lits.push(!supplied_in(self.other, encoder, way, supply));
            }
            encoder.gates.and(&lits)
        });
        let any: Vec<Lit> = any.collect();
        encoder.gates.or(&any)
    }
}

impl Whatever<'_> {
    pub(super) fn rules(&self) -> impl Iterator<Item = usize> {
        self.supplies.iter().filter_map(|supply| supply.rule).chain(self.barred.iter().copied())
    }

    /// Whether nobody knows what it is, and in each way in which it may turn out one of the rules applies.
    pub(super) fn lit(&self, encoder: &mut Encoder<'_>) -> Lit {
        let Some(ways) = encoder.ways(self.pivot, &self.readers, &self.narrowed) else {
            // There are too many to go through: it may be so, or not.
            encoder.left_open = true;
            return encoder.gates.solver.fresh();
        };
        let mut all = vec![ways.is_open];
        let possible: Vec<Lit> = ways.ways.iter().map(|way| way.is_possible).collect();
        all.push(encoder.gates.or(&possible));
        for way in &ways.ways {
            let mut given = Vec::new();
            for supply in &self.supplies {
                given.push(supplied_in(self.side, encoder, way, supply));
            }
            let mut lits = vec![encoder.gates.or(&given)];
            for at in &self.barred {
                lits.push(!applies_in(self.side, encoder, way, *at));
            }
            let is_given = encoder.gates.and(&lits);
            all.push(encoder.gates.or(&[!way.is_possible, is_given]));
        }
        encoder.gates.and(&all)
    }
}

/// Whether a rule applies in a way, with nothing presumed.
fn applies_in(side: &Side<'_>, encoder: &mut Encoder<'_>, way: &Way, at: usize) -> Lit {
    let (Some(rule), Some(when)) = (side.rule(at), side.when(at)) else { return encoder.gates.solver.no() };
    let answer = encoder.answer_in(way, when);
    let has_effect = has_effect(encoder, rule);
    encoder.gates.and(&[answer.yes, has_effect])
}

/// Whether as much as is demanded is given in a way.
fn supplied_in(side: &Side<'_>, encoder: &mut Encoder<'_>, way: &Way, Supply { rule, of }: &Supply) -> Lit {
    let mut lits = Vec::new();
    if let Some(at) = rule {
        lits.push(applies_in(side, encoder, way, *at));
    }
    lits.extend(of.as_ref().map(|of| has_in(encoder, way, of)));
    encoder.gates.and(&lits)
}

/// Whether a fact is something in a way.
fn has_in(encoder: &mut Encoder<'_>, way: &Way, of: &FactHas) -> Lit {
    match (of, way.value) {
        (FactHas::OneOf(fact, values), Some((known, at))) if *fact == known => match values.contains(&at) {
            true => encoder.gates.solver.yes(),
            false => encoder.gates.solver.no(),
        },
        _ => has(encoder, of),
    }
}

/// The most steps that a decision takes to go through all of it, as `eval/split.rs` counts them.
fn steps(ir: &Ir, side: &Side<'_>, pivots: &[WaitingFor]) -> usize {
    let resting_on = |rules: &mut dyn Iterator<Item = usize>| -> BTreeSet<TermId> {
        rules.filter_map(|at| side.when(at)).flat_map(|when| ir.uses([when]).terms).collect()
    };
    let parts = |term: &TermId| ir.term(*term).map_or(0, |term| ir.parts_and_points(term).count());
    let walk: usize = resting_on(&mut (0..side.policy.rules.len())).iter().map(parts).sum();
    let each = pivots.iter().map(|on| {
        let readers = on.readers.iter().filter_map(|reader| ir.term(*reader));
        let (ways, spent) = match on.pivot {
            Pivot::Term(_) => (2, 0),
            Pivot::Score(score) => {
                let turns = readers.map(|reader| match reader {
                    Term::Score { is, .. } => is.turns(ir.bands(score)).len(),
                    _ => 0,
                });
                (3 * turns.sum::<usize>() + 2, 0)
            }
            Pivot::Measure(id) => {
                let selection = ir.measure(id).and_then(|measure| ir.selection(measure.of));
                let readings = if selection.is_some_and(FlatSelection::is_from_a_record) { MAX_READINGS } else { 1 };
                (readings * (3 * on.readers.len() + 2), 0)
            }
            Pivot::Fact(fact) => {
                let asked = readers.map(|reader| match reader {
                    Term::Test(test) => Some(&test.predicate),
                    _ => None,
                });
                ways_of_fact(side, (fact, &on.narrowed), &asked.collect::<Vec<_>>())
            }
        };
        let above = resting_on(&mut on.rules.iter().copied()).len();
        let steps = ways.saturating_mul(on.readers.len() + side.policy.rules.len() + above);
        steps.saturating_add(on.readers.len()).saturating_add(spent)
    });
    each.fold(walk, usize::saturating_add)
}

/// In how many ways an unknown fact may turn out, and how many steps it takes to find them.
fn ways_of_fact(
    side: &Side<'_>,
    (fact, narrowed): (FactId, &Narrowed),
    asked: &[Option<&Predicate>],
) -> (usize, usize) {
    let Some(ty) = side.policy.vocabulary.call.get(fact.index()).map(|fact| &fact.ty) else { return (0, 0) };
    if !matches!(ty, Type::Flags { .. }) {
        return (values_telling(ty, narrowed, asked.iter().flatten().copied()).map_or(0, |values| values.len()), 0);
    }
    let mut spent = 0usize;
    let ways = answers_of_flags(asked.iter().copied(), narrowed, |steps| {
        spent = spent.saturating_add(steps);
        (spent <= MOST_STEPS).then_some(())
    });
    (ways.map_or(usize::MAX, |ways| ways.len()), spent)
}
