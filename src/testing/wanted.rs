//! A value that a test expects of an outcome, and how it compares with what was decided.

use super::fault::{TestFault, did_you_mean, wrong};
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
pub(super) fn read(id: OutcomeId, node: &Node, policy: &Snapshot, at: Option<Instant>) -> Result<Wanted, TestFault> {
    let Some(outcome) = policy.vocabulary().outcomes.get(id.index()) else {
        return Err(TestFault::new(node.at, "there is no such outcome"));
    };
    if let (true, Plain::List(items)) = (outcome.kind.takes_several(), &node.value) {
        let words: Option<Vec<String>> = items.iter().map(Node::text).collect();
        let words = words.ok_or_else(|| wrong(node, &format!("`{}` must be a list of values", outcome.name)))?;
        return level(id, outcome, &words, node, policy, at).map(Wanted::Exactly);
    }
    let said = node.text().ok_or_else(|| wrong(node, &format!("`{}` must be a value", outcome.name)))?;
    let said = said.trim();
    let is_lowest = matches!(outcome.kind, OutcomeKind::LowestNumber { .. });
    let (kind, rest): (fn(Level) -> Wanted, &str) =
        if let (false, Some(rest)) = (is_lowest, said.strip_prefix("at least ")) {
            (Wanted::AtLeast, rest)
        } else if let (true, Some(rest)) = (is_lowest, said.strip_prefix("at most ")) {
            (Wanted::AtLeast, rest)
        } else if let Some(rest) = said.strip_prefix("by ") {
            (Wanted::AtLeast, rest)
        } else if let Some(rest) = said.strip_prefix("not ") {
            (Wanted::Not, rest)
        } else {
            (Wanted::Exactly, said)
        };
    let words = if outcome.kind.takes_several() { words_of_list(rest) } else { vec![rest.to_owned()] };
    level(id, outcome, &words, node, policy, at).map(kind)
}

/// `a, b and c` as its words.
pub(super) fn words_of_list(text: &str) -> Vec<String> {
    text.split(',').flat_map(|part| part.split(" and ")).map(|word| word.trim().to_owned()).collect()
}

fn level(
    id: OutcomeId,
    outcome: &Outcome,
    words: &[String],
    node: &Node,
    policy: &Snapshot,
    at: Option<Instant>,
) -> Result<Level, TestFault> {
    let least = outcome.kind.least();
    if least.content().is_nothing() && (matches!(words, [word] if word == Level::NOTHING) || words.is_empty()) {
        return Ok(least);
    }
    if let ([words], true) = (words, outcome.kind.takes_time()) {
        let read = read_moment(words, at.unwrap_or(Instant(0)), policy.zone());
        let time = read.map_err(|why| TestFault::new(node.at, format!("{}: {why}", outcome.name)))?;
        return Ok(least.at_time(Some(time)));
    }
    if let ([words], Some((from, to))) = (words, outcome.kind.numbers()) {
        let number = words.parse::<i64>().ok().filter(|number| (from..=to).contains(number));
        return number.map(|number| least.at_number(number)).ok_or_else(|| {
            let how = least.or_more();
            let message = format!("`{}` is a number from {from} to {to}, `{how}` one of them, or `none`", outcome.name);
            TestFault::new(node.at, message)
        });
    }
    let positions: Result<Vec<u16>, TestFault> =
        words.iter().map(|word| position(id, outcome, word, node, policy)).collect();
    let level = outcome.kind.level_of(positions?.into_iter().fold(0, |bits, at| bits | 1 << at));
    level.ok_or_else(|| wrong(node, &format!("`{}` must be a value", outcome.name)))
}

/// The place of a value, by the vocabulary's word or the force's own.
fn position(id: OutcomeId, outcome: &Outcome, word: &str, node: &Node, policy: &Snapshot) -> Result<u16, TestFault> {
    let values = outcome.kind.values();
    let own = |at: &u16| policy.called(id, *at).is_some_and(|own| own == word);
    let found = values.iter().position(|value| *value == word).and_then(|at| u16::try_from(at).ok());
    let count = u16::try_from(values.len()).unwrap_or(u16::MAX);
    found.or_else(|| (0..count).find(own)).ok_or_else(|| {
        let near = did_you_mean(word, values.iter().copied());
        let message = format!("`{}` has no value `{word}`{near}", outcome.name);
        let listed =
            if near.is_empty() { format!("; its values are {}", joined(&values, "and")) } else { String::new() };
        TestFault::new(node.at, format!("{message}{listed}"))
    })
}

impl Wanted {
    pub(super) fn holds(self, actual: Level) -> bool {
        match self {
            Self::Exactly(wanted) => wanted == actual,
            Self::AtLeast(wanted) => actual.covers(wanted),
            Self::Not(barred) => actual.is_not(barred),
        }
    }

    /// Whether it holds whatever is added to what is there before any rule has spoken, so that it cannot fail.
    pub(super) fn always_holds(self, least: Level, outcome: OutcomeId, policy: &Snapshot) -> bool {
        match self {
            Self::AtLeast(wanted) => least.covers(wanted),
            Self::Exactly(wanted) => {
                let declared = policy.vocabulary().outcomes.get(outcome.index());
                wanted == least && declared.is_some_and(|declared| least == declared.kind.most())
            }
            Self::Not(barred) => barred != least && least.covers(barred),
        }
    }

    pub(super) fn in_words(self, outcome: OutcomeId, policy: &Snapshot) -> String {
        match self {
            Self::Exactly(level) => level_in_words(outcome, level, policy),
            Self::AtLeast(level) => format!("{} {}", level.or_more(), level_in_words(outcome, level, policy)),
            Self::Not(level) => format!("not {}", level_in_words(outcome, level, policy)),
        }
    }
}

/// A level as a test writes it.
pub(super) fn level_in_words(outcome: OutcomeId, level: Level, policy: &Snapshot) -> String {
    let values = policy.vocabulary().outcomes.get(outcome.index()).map(|outcome| outcome.kind.values());
    let values = values.unwrap_or_default();
    let word = |at: u16| values.get(usize::from(at)).copied().unwrap_or_default().to_owned();
    level.in_words(word, |at| policy.zone().format(at)).unwrap_or_else(|| Level::NOTHING.to_owned())
}
