//! Outcomes, and the paths of facts in a case, in the words of one policy.

use crate::engine::Snapshot;
use crate::model::{Decision, Effects, Level, Outcome, OutcomeId, Outcomes, Unassessed, Until};
use crate::text::aloud;

const UNKNOWN_TIME: &str = "a time that is not known yet";

/// The words of one policy for outcomes.
pub(super) struct PolicyWords<'p> {
    pub(super) policy: &'p Snapshot,
}

impl<'p> PolicyWords<'p> {
    /// Every outcome of the vocabulary with its level, in its order.
    pub(super) fn each(&self, outcomes: &Outcomes) -> impl Iterator<Item = (OutcomeId, &'p Outcome, Level)> {
        let declared = (0..).map(OutcomeId).zip(&self.policy.vocabulary().outcomes);
        declared.zip(outcomes.0.clone()).map(|((id, outcome), level)| (id, outcome, level))
    }

    fn outcome(&self, id: OutcomeId) -> Option<&'p Outcome> {
        self.policy.vocabulary().outcomes.get(id.index())
    }

    /// What an outcome holds; `None` for nothing.
    pub(super) fn value(&self, id: OutcomeId, level: Level) -> Option<String> {
        level.in_words(|value| self.policy.said(id, value), |at| self.policy.zone().spoken(at))
    }

    /// What an outcome could still become, by name: `could become immediate`, `could add the MARAC`; of what could be added,
    /// those values that are to be shown.
    pub(super) fn could_become(
        &self,
        decision: &Decision,
        id: OutcomeId,
        shows: impl Fn(u16) -> bool,
    ) -> Option<String> {
        let beyond = self.beyond(decision, id, shows)?;
        Some(format!("could {} {beyond}", if self.outcome(id)?.kind.takes_several() { "add" } else { "become" }))
    }

    /// What is possible of an outcome and not certain; of a list, the values that are to be shown.
    pub(super) fn beyond(&self, decision: &Decision, id: OutcomeId, shows: impl Fn(u16) -> bool) -> Option<String> {
        let most = decision.possible.level(id)?;
        if let Some(more) = most.besides(decision.outcome.level(id)?, shows) {
            return self.value(id, more);
        }
        let open = |(of, level): &(OutcomeId, Level)| *of == id && level.is_unknown_time();
        let open = decision.questions.iter().any(|question| question.raises.0.iter().any(open));
        open.then(|| UNKNOWN_TIME.to_owned())
    }

    pub(super) fn effects(&self, effects: &Effects) -> Vec<String> {
        effects.0.iter().filter_map(|(id, level)| self.effect(*id, *level)).collect()
    }

    /// What a rule adds, in the words of a rule: `grade at least priority`.
    fn effect(&self, id: OutcomeId, level: Level) -> Option<String> {
        let outcome = self.outcome(id)?;
        let value = if level.is_unknown_time() { Some(UNKNOWN_TIME.to_owned()) } else { self.value(id, level) };
        value.map(|value| format!("{} {value}", outcome.phrase))
    }

    /// The outcomes that are not as they are now.
    pub(super) fn changed(&self, then: &Until, now: &Outcomes) -> Vec<String> {
        let pairs = (0..).map(OutcomeId).zip(then.outcome.0.iter().zip(&now.0));
        let changed = pairs.filter(|(_, (then, now))| then != now);
        let unassessed = |id: OutcomeId| then.unassessed.iter().find(|it| it.outcome == id);
        changed.filter_map(|(id, (then, _))| self.level(id, *then, unassessed(id))).collect()
    }

    /// An outcome as it will be: `grade scheduled`, `refer to: nothing`, `risk: not assessed`.
    pub(super) fn level(&self, id: OutcomeId, level: Level, unassessed: Option<&Unassessed>) -> Option<String> {
        let outcome = self.outcome(id)?;
        let said = outcome.unassessed.as_ref().filter(|_| unassessed.is_some_and(|it| !it.open));
        if let Some(said) = said {
            let scale = outcome.kind.scale().is_some();
            let name = if scale { aloud(&outcome.name) } else { outcome.phrase.clone() };
            return Some(format!("{name}: {said}"));
        }
        Some(match self.value(id, level) {
            Some(value) if outcome.kind.scale().is_some() => format!("{} {value}", aloud(&outcome.name)),
            Some(value) => format!("{} {value}", outcome.phrase),
            None if outcome.kind.takes_time() => format!("{}: no time", outcome.phrase),
            None if outcome.kind.numbers().is_some() => format!("{}: no number", outcome.phrase),
            None => format!("{}: nothing", outcome.phrase),
        })
    }

    /// The part of `effects` that the outcomes do not have yet.
    pub(super) fn added(&self, effects: &Effects, now: &Outcomes) -> Effects {
        let fresh = |(id, level): &(OutcomeId, Level)| {
            let more = if level.is_unknown_time() { Some(*level) } else { level.besides(now.level(*id)?, |_| true) };
            more.map(|more| (*id, more))
        };
        Effects(effects.0.iter().filter_map(fresh).collect())
    }

    /// Where a fact stands, as it is said: `suspect present`, `expires of record 1 of orders`, `the list of orders`.
    pub(super) fn place(&self, path: &str) -> String {
        let Some(listed) = path.strip_prefix("history.") else {
            return aloud(path.strip_prefix("call.").unwrap_or(path));
        };
        let Some((list, rest)) = listed.split_once('[') else { return format!("the list of {}", aloud(listed)) };
        let (number, field) = rest.split_once("].").unwrap_or((rest, ""));
        let number = number.parse::<usize>().map_or(0, |number| number.saturating_add(1));
        format!("{} of record {number} of {}", aloud(field), aloud(list))
    }
}
