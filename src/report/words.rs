//! Outcomes, and the places of facts, in the words of one policy.

use crate::engine::Snapshot;
use crate::model::{Decision, Effects, Level, Outcome, OutcomeId, OutcomeKind, Outcomes};
use crate::text::aloud;

/// The words of one policy for outcomes.
pub(super) struct Words<'p> {
    pub(super) policy: &'p Snapshot,
}

impl<'p> Words<'p> {
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
        match level {
            Level::Highest(position) => Some(self.policy.said(id, position)),
            Level::Either(position) => position.map(|position| self.policy.said(id, position)),
            Level::Earliest(at) => at.map(|at| self.policy.zone().spoken(at)),
            Level::AllThatApply(0) => None,
            Level::AllThatApply(bits) => {
                let set = (0..64).filter(|position| bits >> position & 1 == 1);
                Some(set.map(|position| self.policy.said(id, position)).collect::<Vec<_>>().join(", "))
            }
        }
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
        let all_apply = matches!(self.outcome(id)?.kind, OutcomeKind::AllThatApply { .. });
        Some(format!("could {} {beyond}", if all_apply { "add" } else { "become" }))
    }

    /// What is possible of an outcome and not certain; of a list, the values that are to be shown.
    pub(super) fn beyond(&self, decision: &Decision, id: OutcomeId, shows: impl Fn(u16) -> bool) -> Option<String> {
        let now = *decision.outcome.0.get(id.index())?;
        let most = *decision.possible.0.get(id.index())?;
        match (now, most) {
            (Level::AllThatApply(now), Level::AllThatApply(most)) => {
                let shown = (0..64).filter(|at| shows(*at)).fold(0, |bits, at| bits | 1 << at);
                self.value(id, Level::AllThatApply(most & !now & shown))
            }
            (now, most) if now != most => self.value(id, most),
            (Level::Earliest(_), _) => {
                let open = |(of, level): &(OutcomeId, Level)| *of == id && *level == Level::Earliest(None);
                let open = decision.questions.iter().any(|question| question.raises.0.iter().any(open));
                open.then(|| "a time that is not known yet".to_owned())
            }
            _ => None,
        }
    }

    pub(super) fn effects(&self, effects: &Effects) -> Vec<String> {
        effects.0.iter().filter_map(|(id, level)| self.effect(*id, *level)).collect()
    }

    /// What a rule adds, in the words of a rule: `grade at least priority`.
    fn effect(&self, id: OutcomeId, level: Level) -> Option<String> {
        let outcome = self.outcome(id)?;
        let value = match level {
            Level::Earliest(None) => Some("a time that is not known yet".to_owned()),
            level => self.value(id, level),
        };
        value.map(|value| format!("{} {value}", outcome.phrase))
    }

    /// The outcomes that are not as they are now.
    pub(super) fn changed(&self, then: &Outcomes, now: &Outcomes) -> Vec<String> {
        let pairs = (0..).map(OutcomeId).zip(then.0.iter().zip(&now.0));
        pairs.filter(|(_, (then, now))| then != now).filter_map(|(id, (then, _))| self.level(id, *then)).collect()
    }

    /// An outcome as it will be: `grade scheduled`, `refer to: nothing`.
    fn level(&self, id: OutcomeId, level: Level) -> Option<String> {
        let outcome = self.outcome(id)?;
        Some(match (&outcome.kind, self.value(id, level)) {
            (OutcomeKind::Highest { .. }, Some(value)) => format!("{} {value}", aloud(&outcome.name)),
            (_, Some(value)) => format!("{} {value}", outcome.phrase),
            (OutcomeKind::Earliest, None) => format!("{}: no time", outcome.phrase),
            (_, None) => format!("{}: nothing", outcome.phrase),
        })
    }

    /// The part of `effects` that the outcomes do not have yet.
    pub(super) fn added(&self, effects: &Effects, now: &Outcomes) -> Effects {
        let fresh = |(id, level): &(OutcomeId, Level)| match (*level, now.0.get(id.index())) {
            (Level::AllThatApply(bits), Some(Level::AllThatApply(already))) if bits & !already != 0 => {
                Some((*id, Level::AllThatApply(bits & !already)))
            }
            (Level::AllThatApply(_), _) => None,
            (Level::Earliest(None), _) => Some((*id, *level)),
            (level, already) => (Some(&level) != already).then_some((*id, level)),
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
