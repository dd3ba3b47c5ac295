//! Whether a policy still states certainly as much of every decision as it did, across two vocabularies by their names.

use super::effects::effects_lost;
use super::wider::Wider;
use crate::check::{Effect, Invariant, Modality, Policy};
use crate::model::{Content, Level, Outcome, OutcomeId};

/// In what an invariant states less, or may state less, than the one of its name in force.
pub(super) fn states_less(
    (own, policy): (&Invariant, &Policy),
    (invariant, in_force): (&Invariant, &Policy),
    wider: &Wider<'_>,
) -> Vec<&'static str> {
    let mut said = Vec::new();
    if !wider.covers(&own.condition, &invariant.condition) {
        said.push("may bear on fewer calls");
    }
    let sides = Sides { own: &own.demands, policy, in_force, modality: own.modality };
    let is_kept = |effect: &Effect| sides.keeps(effect, wider);
    if own.modality != invariant.modality || !invariant.demands.iter().all(is_kept) {
        said.push("may ask for less");
    }
    said
}

/// What is demanded, in the policy that demands it, beside the one in force.
struct Sides<'p> {
    own: &'p [Effect],
    policy: &'p Policy,
    in_force: &'p Policy,
    modality: Modality,
}

impl Sides<'_> {
    fn keeps(&self, demand: &Effect, wider: &Wider<'_>) -> bool {
        let Effect::Raise { outcome, level } = demand else {
            let before = std::slice::from_ref(demand);
            return !effects_lost((self.own, self.policy), (before, self.in_force), wider);
        };
        let Some(declared) = outcome_of(self.in_force, *outcome) else { return false };
        let own = self.own.iter().filter_map(|own| match own {
            Effect::Raise { outcome, level } => {
                let own = outcome_of(self.policy, *outcome).filter(|own| own.name == declared.name)?;
                Some((own, *level))
            }
            _ => None,
        });
        let own: Vec<(&Outcome, Level)> = own.collect();
        let kept = |wanted: &dyn Fn(&Outcome) -> Option<Level>| {
            let mut own = own.iter().filter_map(|(outcome, level)| Some((*level, wanted(outcome)?)));
            own.any(|(own, wanted)| match self.modality {
                Modality::Always => own.meets(wanted),
                // Whoever gave what was barred would give what is barred now.
                Modality::Never => wanted.holds(own),
            })
        };
        if let Content::Number(_) = level.content() {
            return kept(&|_| Some(*level));
        }
        level.values().all(|at| {
            let value = declared.kind.value(at);
            kept(&|outcome| Some(outcome.kind.least().at_value(outcome.kind.position(value?)?)))
        })
    }
}

fn outcome_of(policy: &Policy, outcome: OutcomeId) -> Option<&Outcome> {
    policy.vocabulary.outcomes.get(outcome.index())
}
