//! A rule as it is evaluated: when it applies, what it adds, and what it says of why.

use super::evidence_source::EvidenceSource;
use super::ids::TermId;
use super::lower::{FlatReason, RuleTerms};
use crate::check::{Effect, Invariant, Policy, Rule};
use crate::semantics::{ScoreId, Subject};
use crate::time::Instant;
use std::sync::Arc;

/// A rule, its condition by its place.
#[derive(Clone, Debug)]
pub struct CompiledRule {
    pub name: String,
    /// How many policies the one that wrote it is built on.
    pub layer: usize,
    pub when: TermId,
    pub presumed: bool,
    pub from: Option<Instant>,
    pub until: Option<Instant>,
    pub trial: bool,
    /// The first and last second of the calls for which it is suspended.
    pub suspended: Option<(Instant, Instant)>,
    pub effects: Arc<[Effect]>,
    /// Whether it may add more than is certain, because an effect rests on something that may not be known.
    pub adds_more: bool,
    /// The scores by which it gives a number, and where they stand.
    pub scores: Box<[(ScoreId, usize)]>,
    pub later: Later,
    pub because: Box<[FlatReason]>,
    /// What those of the conditions count that must all hold, in the words of the rule.
    pub counted: Box<[(TermId, Arc<str>)]>,
    pub evidence_source: EvidenceSource,
    pub standing: Standing,
}

/// What a rule adds later, if nothing else is learnt and it still applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Later {
    Same,
    /// Time alone may change it.
    Otherwise,
}

/// When a rule applies as it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Always,
    /// Its dates, its trial or its suspension have to be looked at.
    Limited,
}

impl CompiledRule {
    /// A rule of a policy, its conditions where they were laid out.
    pub(super) fn of(policy: &Policy, rule: &Rule, terms: RuleTerms, evidence_source: EvidenceSource) -> Self {
        let suspended = rule.suspension.as_ref();
        let suspended = suspended.map(|suspension| (suspension.from.unwrap_or(Instant::MIN), suspension.until));
        let is_limited = rule.trial || rule.from.is_some() || rule.until.is_some() || suspended.is_some();
        Self {
            name: rule.name.clone(),
            layer: policy.layer(rule),
            when: terms.when,
            presumed: rule.presumed,
            from: rule.from,
            until: rule.until,
            trial: rule.trial,
            suspended,
            effects: rule.effects.clone(),
            adds_more: rule.effects.iter().any(rests_on_a_fact),
            scores: terms.scores,
            later: Later::Same,
            because: terms.because,
            counted: terms.counted,
            evidence_source,
            standing: if is_limited { Standing::Limited } else { Standing::Always },
        }
    }

    /// An invariant as a rule that has no say: where it bears, and what it demands there.
    pub(super) fn of_invariant(invariant: &Invariant, terms: RuleTerms) -> Self {
        Self {
            name: invariant.name.clone(),
            layer: 0,
            when: terms.when,
            presumed: false,
            from: None,
            until: None,
            trial: true,
            suspended: None,
            effects: invariant.demands.as_slice().into(),
            adds_more: invariant.demands.iter().any(rests_on_a_fact),
            scores: terms.scores,
            later: Later::Same,
            because: terms.because,
            counted: terms.counted,
            evidence_source: EvidenceSource::Several,
            standing: Standing::Limited,
        }
    }

    /// Whether a call at this time comes within its dates.
    pub fn is_in_force(&self, at: Instant) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at <= until)
    }

    /// The last second of its suspension, where a call at this time comes within it.
    pub fn suspended_until(&self, at: Instant) -> Option<Instant> {
        self.suspended.filter(|(from, until)| *from <= at && at <= *until).map(|(_, until)| until)
    }

    /// Whether it is evaluated and reported for a call at this time, and changes nothing.
    pub fn is_without_effect(&self, at: Instant) -> bool {
        self.trial || self.suspended_until(at).is_some()
    }
}

/// Whether what an effect adds depends on a fact of the call, or on the answers that a score is made of.
fn rests_on_a_fact(effect: &Effect) -> bool {
    matches!(effect, Effect::RaiseTo { .. } | Effect::Figure { .. } | Effect::Deadline { after: Subject::Fact(_), .. })
}
