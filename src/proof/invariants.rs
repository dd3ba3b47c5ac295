//! What a policy states of itself -> proved, or refuted by a call.

use super::certificate::Certificate;
use super::goal::{Goal, Part};
use super::rules::{Demand, Given, Side};
use super::search::{Found, Judged, MOST_STEPS, Search};
use super::together::Waiting;
use super::witness::{Sketch, shrink};
use crate::check::{Effect, Invariant, Modality};
use crate::compile::{Ir, TermId};
use crate::engine::Snapshot;
use crate::eval::InvariantChecker;
use crate::model::Level;
use std::rc::Rc;

/// What came of one invariant.
#[derive(Clone, Debug)]
pub struct InvariantProof {
    /// Its name.
    pub name: String,
    /// A call in which it is broken.
    pub broken: Option<Sketch>,
    /// What was not found out, and why.
    pub not_settled: Vec<String>,
    /// What proves it, where that was asked for.
    pub certificates: Vec<Certificate>,
}

impl InvariantProof {
    /// Whether no call can break it.
    pub fn is_proved(&self) -> bool {
        self.broken.is_none() && self.not_settled.is_empty()
    }
}

/// Holds every invariant of a policy to every call there can be. With `certify` what proves each is kept.
pub fn prove_invariants(policy: &Snapshot, certify: bool) -> Vec<InvariantProof> {
    let invariants = &policy.policy().invariants;
    if invariants.is_empty() {
        return Vec::new();
    }
    let mut ir = Ir::default();
    let side = Side::of(policy.policy(), &mut ir);
    let conditions: Vec<TermId> =
        invariants.iter().map(|invariant| ir.add_condition(policy.policy(), &invariant.condition)).collect();
    let asked = Search::asked(&ir, policy.policy(), &[&side], &conditions);
    let checker = InvariantChecker::of(policy.policy());
    let waiting = Waiting::of(&ir, &side, None);
    let mut prover =
        Prover { policy, side: &side, waiting, checker, search: Search::new(&ir, policy.policy(), asked, certify) };
    invariants.iter().zip(&conditions).map(|(invariant, condition)| prover.prove(invariant, *condition)).collect()
}

struct Prover<'p> {
    policy: &'p Snapshot,
    side: &'p Side<'p>,
    waiting: Waiting<'p>,
    checker: Option<InvariantChecker<'p>>,
    search: Search<'p>,
}

impl<'p> Prover<'p> {
    fn prove(&mut self, invariant: &Invariant, condition: TermId) -> InvariantProof {
        let (broken, not_settled, certificates) = Default::default();
        let mut proof = InvariantProof { name: invariant.name.clone(), broken, not_settled, certificates };
        let goals = match invariant.modality {
            Modality::Always => self.ways_to_lack(&invariant.demands, condition),
            Modality::Never => self.ways_to_give(&invariant.demands, condition),
        };
        let (policy, checker) = (self.policy, &self.checker);
        let is_so = |sketch: &Sketch| breaks(policy, checker.as_ref(), invariant, sketch);
        let judge = |sketch: &Sketch| Judged::of(is_so(sketch));
        for goal in goals {
            match self.search.find(&goal, &judge) {
                Found::Never(certificate) => proof.certificates.extend(certificate),
                Found::Call(call) => {
                    let (vocabulary, zone) = (policy.vocabulary(), policy.zone());
                    proof.broken = Some(shrink(&call, vocabulary, zone, MOST_STEPS, &is_so).sketch);
                    break;
                }
                Found::NotSettled(why) => proof.not_settled.push(why.words()),
            }
        }
        proof
    }

    /// In which ways something that is demanded may be lacking where a condition holds.
    fn ways_to_lack(&self, demands: &[Effect], condition: TermId) -> Vec<Goal<'p>> {
        let mut goals = Vec::new();
        for demand in self.side.demands_of(demands) {
            let bears = [Part::Holds(condition)].into_iter().chain(demand.of.clone().map(Part::Has));
            let all: Vec<Part<'p>> = bears.collect();
            let supplies = self.side.supplies(&demand, self.side);
            if let Given::Level(Level::Either(Some(side))) = demand.given {
                // Of two sides the other may hold although this one is given.
                let others =
                    self.rules_that(&demand, |level| matches!(level, Level::Either(Some(other)) if other > side));
                let winner = Demand { given: Given::Level(Level::Either(Some(1))), ..demand.clone() };
                let gives_winner = self.side.supplies(&winner, self.side);
                let together = self.waiting.pivots.iter().filter(|_| winner != demand);
                let together = together.flat_map(|on| self.waiting.whatever(on, &winner, &gives_winner));
                goals.extend(together.map(|whatever| {
                    let with = all.iter().cloned().chain([Part::Whatever(Rc::new(whatever))]);
                    Goal::of(with.collect(), Vec::new())
                }));
                goals.extend(others.map(|at| {
                    let with = all.iter().cloned().chain([Part::Applies(self.side, at)]).collect();
                    Goal::of(with, Vec::new())
                }));
            }
            let without = supplies.iter().map(|supply| Part::of_supply(self.side, supply)).collect();
            goals.push(Goal { all, without, nor: self.waiting.supplies(&demand, self.side) });
        }
        goals
    }

    /// In which ways something that is barred may be possible where a condition holds.
    fn ways_to_give(&self, demands: &[Effect], condition: TermId) -> Vec<Goal<'p>> {
        let mut goals = Vec::new();
        for barred in demands {
            let Effect::Raise { outcome, level } = barred else { continue };
            let demand = Demand { outcome: *outcome, given: Given::Level(*level), of: None };
            for at in self.rules_that(&demand, |given| given.holds(*level)) {
                let all = vec![Part::Holds(condition), Part::MayApply(self.side, at)];
                goals.push(Goal::of(all, Vec::new()));
            }
            // It is never below what a fact says, and that may be anything while it is not known.
            goals.extend(
                self.side
                    .floor_that_gives(*outcome, *level)
                    .map(|of| Goal::of(vec![Part::Holds(condition), Part::MayHave(of)], Vec::new())),
            );
        }
        goals
    }

    /// The rules that give an outcome some level, or one that depends on the call.
    fn rules_that<'r>(
        &'r self,
        demand: &'r Demand,
        gives: impl Fn(Level) -> bool + 'r,
    ) -> impl Iterator<Item = usize> + 'r {
        let rules = self.side.policy.rules.iter().enumerate().filter(|(_, rule)| !rule.trial);
        let rules = rules.filter(move |(_, rule)| {
            rule.effects.iter().filter(|effect| effect.outcome() == demand.outcome).any(|effect| match effect {
                Effect::Raise { level, .. } => gives(*level),
                Effect::RaiseTo { .. } | Effect::Figure { .. } | Effect::Deadline { .. } => true,
            })
        });
        rules.map(|(at, _)| at)
    }
}

fn breaks(policy: &Snapshot, checker: Option<&InvariantChecker<'_>>, invariant: &Invariant, sketch: &Sketch) -> bool {
    let case = sketch.case(policy.vocabulary(), policy.zone());
    let mut evaluator = policy.evaluator();
    let judged = evaluator.judge(&case);
    let mut breaches = checker.into_iter().flat_map(|it| it.breaches(&case, &judged.outcome, &judged.possible));
    breaches.any(|breach| breach.invariant.name == invariant.name)
}
