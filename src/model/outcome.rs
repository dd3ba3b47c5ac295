//! Outcomes and the name of one -> what it says, in the vocabulary's own words.

use super::decision::{Level, Outcomes};
use super::vocabulary::Vocabulary;
use crate::time::Instant;

/// What one outcome of a decision says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutcomeValue<'v> {
    /// The value of a scale, or the one of two that a rule says; `None` where no rule says either.
    One(Option<&'v str>),
    /// All values that apply, in the order of the vocabulary.
    All(Vec<&'v str>),
    /// The earliest time, if there is any.
    Time(Option<Instant>),
}

impl Vocabulary {
    /// What the outcome of this name says; `None` when the vocabulary has no such outcome.
    pub fn outcome_value(&self, outcomes: &Outcomes, name: &str) -> Option<OutcomeValue<'_>> {
        let id = self.outcome(name)?;
        let kind = &self.outcomes.get(id.index())?.kind;
        Some(match *outcomes.0.get(id.index())? {
            Level::Highest(at) => OutcomeValue::One(kind.value(at)),
            Level::Either(at) => OutcomeValue::One(at.and_then(|at| kind.value(at))),
            Level::Earliest(at) => OutcomeValue::Time(at),
            Level::AllThatApply(bits) => {
                let applying = (0..64).filter(|at| bits >> at & 1 == 1);
                OutcomeValue::All(applying.filter_map(|at| kind.value(at)).collect())
            }
        })
    }
}
