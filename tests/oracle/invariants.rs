//! Invariants (reference, section 4): where they bear, and what of them a decision does not keep.

use super::{Answer, Oracle};
use heedful::check::{Invariant, Modality, Rule};
use heedful::model::{Level, Truth};

impl Oracle<'_> {
    /// The invariants that the decision of the case breaks, each with the outcome in which it does, in their order.
    pub fn broken(&self, answer: &Answer) -> Vec<(String, usize)> {
        let invariants = self.policy.invariants.iter();
        let bearing = invariants.filter(|invariant| self.truth(&invariant.condition) == Truth::Yes);
        bearing.flat_map(|invariant| self.broken_by(invariant, answer)).collect()
    }

    fn broken_by(&self, invariant: &Invariant, answer: &Answer) -> Vec<(String, usize)> {
        let like = self.policy.rules.first().expect("a rule");
        let mut broken = Vec::new();
        for demand in &invariant.demands {
            let alone = Rule { effects: [demand.clone()].into(), ..like.clone() };
            for (at, level) in self.adds(&alone).known {
                let (given, possible) = (answer.outcome.0[at], answer.possible.0[at]);
                let kept = match invariant.modality {
                    Modality::Always => given_at_least(given, level),
                    Modality::Never => !holds(given, level) && !holds(possible, level),
                };
                broken.extend((!kept).then(|| (invariant.name.clone(), at)));
            }
        }
        broken
    }
}

fn given_at_least(given: Level, demanded: Level) -> bool {
    match (given, demanded) {
        (Level::Highest(given), Level::Highest(demanded)) => given >= demanded,
        (Level::AllThatApply(given), Level::AllThatApply(demanded)) => given & demanded == demanded,
        (Level::Earliest(given), Level::Earliest(Some(demanded))) => given.is_some_and(|given| given <= demanded),
        (Level::Either(given), Level::Either(demanded)) => given == demanded,
        (Level::HighestNumber(given), Level::HighestNumber(Some(demanded))) => {
            given.is_some_and(|given| given >= demanded)
        }
        (Level::LowestNumber(given), Level::LowestNumber(Some(demanded))) => {
            given.is_some_and(|given| given <= demanded)
        }
        other => panic!("{other:?} cannot be compared"),
    }
}

fn holds(given: Level, barred: Level) -> bool {
    match (given, barred) {
        (Level::AllThatApply(given), Level::AllThatApply(barred)) => given & barred != 0,
        (given, barred) => given_at_least(given, barred),
    }
}
