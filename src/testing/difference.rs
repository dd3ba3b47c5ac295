//! Two meanings -> what differs between them, in words and with its weight.

use super::meaning::{Applied, Meaning};
use crate::engine::Snapshot;
use crate::model::OutcomeKind;
use std::collections::{BTreeMap, BTreeSet};

/// One line for a person. The tone colours it and never says what the words do not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub words: String,
    pub tone: Tone,
}

/// Whether a difference asks for less of a response, for more, or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Less,
    More,
    Plain,
}

impl Line {
    pub(super) fn plain(words: impl Into<String>) -> Self {
        Self { words: words.into(), tone: Tone::Plain }
    }
}

/// What `now` means that `before` did not.
pub(super) fn differences(before: &Meaning, now: &Meaning, policy: &Snapshot) -> Vec<Line> {
    let mut lines = Vec::new();
    outcomes(&before.outcome, &now.outcome, policy, "", &mut lines);
    outcomes(&before.possible, &now.possible, policy, "could become ", &mut lines);
    applied(&before.fired, &now.fired, "rule", &mut lines);
    applied(&before.trial, &now.trial, "rule on trial", &mut lines);
    for rule in keys(&before.undecided, &now.undecided) {
        let words = match (before.undecided.get(rule), now.undecided.get(rule)) {
            (None, Some(paths)) => format!("rule {rule} is undecided now: it waits for {}", paths.join(", ")),
            (Some(_), None) => format!("rule {rule} is no longer undecided"),
            (Some(one), Some(other)) if one != other => {
                format!("rule {rule} waits for {} -> {}", one.join(", "), other.join(", "))
            }
            _ => continue,
        };
        lines.push(Line::plain(words));
    }
    for about in keys(&before.questions, &now.questions) {
        let line = match (before.questions.get(about), now.questions.get(about)) {
            (None, Some(_)) => Line { words: format!("{about} is asked about now"), tone: Tone::More },
            (Some(_), None) => Line { words: format!("{about} is no longer asked about"), tone: Tone::Less },
            (Some(one), Some(other)) if one != other => {
                Line::plain(format!("the answer about {about} could give: {one} -> {other}"))
            }
            _ => continue,
        };
        lines.push(line);
    }
    for at in keys(&before.changes, &now.changes) {
        let words = match (before.changes.get(at), now.changes.get(at)) {
            (None, Some(change)) => format!("from {at} it would now change: {change}"),
            (Some(_), None) => format!("from {at} it no longer changes"),
            (Some(one), Some(other)) if one != other => format!("from {at}: {one} -> {other}"),
            _ => continue,
        };
        lines.push(Line::plain(words));
    }
    lines
}

fn keys<'m, T>(one: &'m BTreeMap<String, T>, other: &'m BTreeMap<String, T>) -> BTreeSet<&'m str> {
    one.keys().chain(other.keys()).map(String::as_str).collect()
}

fn outcomes(
    before: &BTreeMap<String, String>,
    now: &BTreeMap<String, String>,
    policy: &Snapshot,
    lead: &str,
    lines: &mut Vec<Line>,
) {
    for name in keys(before, now) {
        let none = "none".to_owned();
        let (one, other) = (before.get(name).unwrap_or(&none), now.get(name).unwrap_or(&none));
        if one != other {
            let tone = tone(policy, name, one, other);
            lines.push(Line { words: format!("{lead}{name}: {one} -> {other}"), tone });
        }
    }
}

/// Whether one value of an outcome is less of a response than another.
fn tone(policy: &Snapshot, name: &str, one: &str, other: &str) -> Tone {
    let outcome = policy.vocabulary().outcomes.iter().find(|outcome| outcome.name == name);
    let Some(outcome) = outcome else { return Tone::Plain };
    let by_size = |one: usize, other: usize| match one.cmp(&other) {
        std::cmp::Ordering::Less => Tone::More,
        std::cmp::Ordering::Greater => Tone::Less,
        std::cmp::Ordering::Equal => Tone::Plain,
    };
    match &outcome.kind {
        OutcomeKind::Highest { values, .. } => {
            let place = |value: &str| values.iter().position(|known| known == value).unwrap_or(0);
            by_size(place(one), place(other))
        }
        OutcomeKind::AllThatApply { .. } => {
            let set = |value: &str| value.split(", ").filter(|word| *word != "none").map(str::to_owned).collect();
            let (one, other): (BTreeSet<String>, BTreeSet<String>) = (set(one), set(other));
            match (one.is_subset(&other), other.is_subset(&one)) {
                (true, _) => Tone::More,
                (_, true) => Tone::Less,
                _ => Tone::Plain,
            }
        }
        OutcomeKind::Earliest | OutcomeKind::Either { .. } => {
            by_size(usize::from(one != "none"), usize::from(other != "none"))
        }
    }
}

fn applied(before: &BTreeMap<String, Applied>, now: &BTreeMap<String, Applied>, what: &str, lines: &mut Vec<Line>) {
    for rule in keys(before, now) {
        match (before.get(rule), now.get(rule)) {
            (None, Some(_)) => lines.push(Line { words: format!("{what} {rule} fires now"), tone: Tone::More }),
            (Some(_), None) => lines.push(Line { words: format!("{what} {rule} no longer fires"), tone: Tone::Less }),
            (Some(one), Some(other)) => {
                if one.because != other.because {
                    let words = format!("{what} {rule}: its reason \"{}\" -> \"{}\"", one.because, other.because);
                    lines.push(Line::plain(words));
                }
                if one.evidence != other.evidence {
                    let list = |ids: &[String]| if ids.is_empty() { "none".to_owned() } else { ids.join(", ") };
                    let words = format!("{what} {rule}: records {} -> {}", list(&one.evidence), list(&other.evidence));
                    lines.push(Line::plain(words));
                }
                if one.would != other.would {
                    let none = |said: &str| if said.is_empty() { "nothing".to_owned() } else { said.to_owned() };
                    let words = format!("{what} {rule} would add {} -> {}", none(&one.would), none(&other.would));
                    lines.push(Line::plain(words));
                }
                if one.presumed != other.presumed {
                    lines.push(Line::plain(format!("{what} {rule}: what it takes to be so without knowing differs")));
                }
            }
            (None, None) => {}
        }
    }
}
