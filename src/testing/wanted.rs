//! A value that a test expects of an outcome, and how it compares with what was decided.

use super::fault::{Fault, did_you_mean, wrong};
use crate::engine::Snapshot;
use crate::model::{Level, Outcome, OutcomeId, OutcomeKind};
use crate::text::joined;
use crate::time::Instant;
use crate::wire::{Node, Plain, read_moment};

/// What is expected of one outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Exactly(Level),
    /// This much or more: a time, this or earlier.
    AtLeast(Level),
    /// None of this.
    Not(Level),
}

/// Reads what is expected of an outcome.
pub(super) fn read(id: OutcomeId, node: &Node, policy: &Snapshot, at: Option<Instant>) -> Result<Wanted, Fault> {
    let Some(outcome) = policy.vocabulary().outcomes.get(id.index()) else {
        return Err(Fault::new(node.number, "there is no such outcome"));
    };
    if let (OutcomeKind::AllThatApply { .. }, Plain::List(items)) = (&outcome.kind, &node.value) {
        let words: Option<Vec<String>> = items.iter().map(Node::text).collect();
        let words = words.ok_or_else(|| wrong(node, &format!("`{}` must be a list of values", outcome.name)))?;
        return level(id, outcome, &words, node, policy, at).map(Wanted::Exactly);
    }
    let said = node.text().ok_or_else(|| wrong(node, &format!("`{}` must be a value", outcome.name)))?;
    let said = said.trim();
    let (kind, rest): (fn(Level) -> Wanted, &str) = if let Some(rest) = said.strip_prefix("at least ") {
        (Wanted::AtLeast, rest)
    } else if let Some(rest) = said.strip_prefix("by ") {
        (Wanted::AtLeast, rest)
    } else if let Some(rest) = said.strip_prefix("not ") {
        (Wanted::Not, rest)
    } else {
        (Wanted::Exactly, said)
    };
    let words: Vec<String> = match outcome.kind {
        OutcomeKind::AllThatApply { .. } => words_of_list(rest),
        _ => vec![rest.to_owned()],
    };
    level(id, outcome, &words, node, policy, at).map(kind)
}

/// `a, b and c` as its words.
fn words_of_list(text: &str) -> Vec<String> {
    text.split(',').flat_map(|part| part.split(" and ")).map(|word| word.trim().to_owned()).collect()
}

fn level(
    id: OutcomeId,
    outcome: &Outcome,
    words: &[String],
    node: &Node,
    policy: &Snapshot,
    at: Option<Instant>,
) -> Result<Level, Fault> {
    let none = matches!(words, [word] if word == "none") || words.is_empty();
    let position = |word: &String| position(id, outcome, word, node, policy);
    let first = words.first();
    match (&outcome.kind, first) {
        (OutcomeKind::AllThatApply { .. }, _) if none => Ok(Level::AllThatApply(0)),
        (OutcomeKind::Earliest, _) if none => Ok(Level::Earliest(None)),
        (OutcomeKind::Either { .. }, _) if none => Ok(Level::Either(None)),
        (OutcomeKind::AllThatApply { .. }, _) => {
            let positions: Result<Vec<u16>, Fault> = words.iter().map(position).collect();
            Ok(Level::AllThatApply(positions?.into_iter().fold(0, |bits, at| bits | 1 << at)))
        }
        (OutcomeKind::Highest { .. }, Some(word)) => position(word).map(Level::Highest),
        (OutcomeKind::Either { .. }, Some(word)) => position(word).map(|at| Level::Either(Some(at))),
        (OutcomeKind::Earliest, Some(words)) => {
            let at = at.unwrap_or(Instant(0));
            let read = read_moment(words, at, policy.zone());
            let time = read.map_err(|why| Fault::new(node.number, format!("{}: {why}", outcome.name)))?;
            Ok(Level::Earliest(Some(time)))
        }
        (OutcomeKind::Highest { .. } | OutcomeKind::Either { .. } | OutcomeKind::Earliest, None) => {
            Err(wrong(node, &format!("`{}` must be a value", outcome.name)))
        }
    }
}

/// The place of a value, by the vocabulary's word or the force's own.
fn position(id: OutcomeId, outcome: &Outcome, word: &str, node: &Node, policy: &Snapshot) -> Result<u16, Fault> {
    let values = outcome.kind.values();
    let own = |at: &u16| policy.called(id, *at).is_some_and(|own| own == word);
    let found = values.iter().position(|value| *value == word).and_then(|at| u16::try_from(at).ok());
    let count = u16::try_from(values.len()).unwrap_or(u16::MAX);
    found.or_else(|| (0..count).find(own)).ok_or_else(|| {
        let near = did_you_mean(word, values.iter().copied());
        let message = format!("`{}` has no value `{word}`{near}", outcome.name);
        let listed =
            if near.is_empty() { format!("; its values are {}", joined(&values, "and")) } else { String::new() };
        Fault::new(node.number, format!("{message}{listed}"))
    })
}

impl Wanted {
    pub(super) fn holds(self, actual: Level) -> bool {
        match (self, actual) {
            (Self::Exactly(wanted), actual) => wanted == actual,
            (Self::AtLeast(Level::Highest(wanted)), Level::Highest(actual)) => actual >= wanted,
            (Self::AtLeast(Level::AllThatApply(wanted)), Level::AllThatApply(actual)) => actual & wanted == wanted,
            (Self::AtLeast(Level::Earliest(Some(wanted))), Level::Earliest(Some(actual))) => actual <= wanted,
            (Self::AtLeast(Level::Earliest(None)), Level::Earliest(_)) => true,
            (Self::AtLeast(Level::Either(wanted)), Level::Either(actual)) => actual >= wanted,
            (Self::Not(Level::AllThatApply(0)), Level::AllThatApply(actual)) => actual != 0,
            (Self::Not(Level::AllThatApply(barred)), Level::AllThatApply(actual)) => actual & barred == 0,
            (Self::Not(barred), actual) => barred != actual,
            (Self::AtLeast(_), _) => false,
        }
    }

    /// Whether it holds whatever is added to what is there before any rule has spoken, so that it cannot fail.
    pub(super) fn always_holds(self, least: Level, outcome: OutcomeId, policy: &Snapshot) -> bool {
        let kind = policy.vocabulary().outcomes.get(outcome.index()).map(|outcome| &outcome.kind);
        let highest = match kind {
            Some(OutcomeKind::Highest { values, .. }) => {
                u16::try_from(values.len()).ok().and_then(|it| it.checked_sub(1))
            }
            _ => None,
        };
        match (self, least) {
            (Self::AtLeast(_), _) => self.holds(least),
            (Self::Exactly(Level::Highest(wanted)), Level::Highest(least)) => wanted == least && Some(least) == highest,
            (Self::Not(Level::Highest(barred)), Level::Highest(least)) => barred < least,
            _ => false,
        }
    }

    pub(super) fn in_words(self, outcome: OutcomeId, policy: &Snapshot) -> String {
        match self {
            Self::Exactly(level) => level_in_words(outcome, level, policy),
            Self::AtLeast(level @ Level::Earliest(_)) => format!("by {}", level_in_words(outcome, level, policy)),
            Self::AtLeast(level) => format!("at least {}", level_in_words(outcome, level, policy)),
            Self::Not(level) => format!("not {}", level_in_words(outcome, level, policy)),
        }
    }
}

/// A level as a test writes it.
pub(super) fn level_in_words(outcome: OutcomeId, level: Level, policy: &Snapshot) -> String {
    let values = policy.vocabulary().outcomes.get(outcome.index()).map(|outcome| outcome.kind.values());
    let values = values.unwrap_or_default();
    let word = |at: u16| values.get(usize::from(at)).copied().unwrap_or_default().to_owned();
    match level {
        Level::Highest(at) | Level::Either(Some(at)) => word(at),
        Level::AllThatApply(0) | Level::Earliest(None) | Level::Either(None) => "none".to_owned(),
        Level::AllThatApply(bits) => (0..64).filter(|at| bits >> at & 1 == 1).map(word).collect::<Vec<_>>().join(", "),
        Level::Earliest(Some(at)) => policy.zone().format(at),
    }
}
