//! Decision <-> the text of a snapshot: what a decision means, without what changes when nothing that matters does.
//!
//! No digest, no case id, no near misses; rules and questions by name. The text is YAML, so that a person can read it
//! in a review, and it is read back to tell one meaning from another.

use super::test_file::Extent;
use super::wanted::level_in_words;
use crate::engine::Snapshot;
use crate::model::{Decision, Effects, OutcomeId, Outcomes, Unassessed};
use crate::wire::{Node, Plain, read_tree};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What a decision means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DecisionMeaning {
    pub extent: Extent,
    pub outcome: BTreeMap<String, String>,
    /// Only what could still become more than it is.
    pub possible: BTreeMap<String, String>,
    pub fired: BTreeMap<String, Applied>,
    pub trial: BTreeMap<String, Applied>,
    /// Paths of the unknown facts.
    pub undecided: BTreeMap<String, Vec<String>>,
    /// By path: what the answer could make of the outcome.
    pub questions: BTreeMap<String, String>,
    /// By moment: the outcomes that are then otherwise than now.
    pub changes: BTreeMap<String, String>,
}

/// A rule that applies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Applied {
    pub because: String,
    pub evidence: Vec<String>,
    /// What it applies in spite of; for a rule on trial also whether it is certain.
    pub presumed: Vec<String>,
    /// What a rule on trial would add.
    pub would: String,
}

impl DecisionMeaning {
    pub(super) fn of(decision: &Decision, policy: &Snapshot, extent: Extent) -> Self {
        let words = MeaningWriter { policy };
        if extent == Extent::Outcome {
            return Self { extent, outcome: words.outcomes(decision), ..Self::default() };
        }
        let applied = |because: &str, evidence: &[String], presumed: &[String]| Applied {
            because: because.to_owned(),
            evidence: evidence.to_vec(),
            presumed: presumed.to_vec(),
            would: String::new(),
        };
        let fired = decision.fired.iter().map(|it| (it.rule.clone(), applied(&it.because, &it.evidence, &it.presumed)));
        let trial = decision.trial.iter().map(|it| {
            let doubt = if it.certain { Vec::new() } else { vec!["not certain".to_owned()] };
            let would = words.effects(&it.would);
            (it.rule.clone(), Applied { would, ..applied(&it.because, &it.evidence, &doubt) })
        });
        let changes = decision.until.iter().map(|until| {
            (policy.zone().format(until.at), words.listed(&words.different(&until.outcome, &decision.outcome)))
        });
        Self {
            extent,
            outcome: words.outcomes(decision),
            possible: words.different(&decision.possible, &decision.outcome),
            fired: fired.collect(),
            trial: trial.collect(),
            undecided: decision.undecided.iter().map(|it| (it.rule.clone(), it.unknown.clone())).collect(),
            questions: decision.questions.iter().map(|it| (it.about.clone(), words.effects(&it.raises))).collect(),
            changes: changes.collect(),
        }
    }

    /// The body of a snapshot.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        pairs(&mut out, 0, &self.outcome);
        section(&mut out, "could become", &self.possible, |out, map| pairs(out, 2, map));
        section(&mut out, "fired", &self.fired, rules);
        section(&mut out, "on trial", &self.trial, rules);
        section(&mut out, "undecided", &self.undecided, |out, map| {
            for (rule, paths) in map {
                let _ = writeln!(out, "  {}: {}", quoted(rule), quoted_list(paths));
            }
        });
        section(&mut out, "questions", &self.questions, |out, map| pairs(out, 2, map));
        section(&mut out, "changes", &self.changes, |out, map| pairs(out, 2, map));
        out
    }

    /// Reads the body of a snapshot; `None` when it is not one of ours.
    pub(super) fn read(text: &str, extent: Extent) -> Option<Self> {
        let tree = read_tree(text).ok()?;
        let Plain::Group(entries) = &tree.value else { return None };
        let mut meaning = Self { extent, ..Self::default() };
        for (key, value) in entries {
            match key.text()?.as_str() {
                "could become" => meaning.possible = read_pairs(value)?,
                "fired" => meaning.fired = read_rules(value)?,
                "on trial" => meaning.trial = read_rules(value)?,
                "undecided" => meaning.undecided = read_group(value, words_of)?,
                "questions" => meaning.questions = read_pairs(value)?,
                "changes" => meaning.changes = read_pairs(value)?,
                outcome => {
                    meaning.outcome.insert(outcome.to_owned(), value.text()?);
                }
            }
        }
        Some(meaning)
    }
}

struct MeaningWriter<'p> {
    policy: &'p Snapshot,
}

impl MeaningWriter<'_> {
    fn name(&self, id: OutcomeId) -> String {
        self.policy.vocabulary().outcomes.get(id.index()).map_or_else(String::new, |outcome| outcome.name.clone())
    }

    fn outcomes(&self, decision: &Decision) -> BTreeMap<String, String> {
        let declared = (0..).map(OutcomeId).zip(&self.policy.vocabulary().outcomes).zip(&decision.outcome.0);
        let said = declared.map(|((id, outcome), level)| match (decision.unassessed(id), &outcome.unassessed) {
            (Some(Unassessed { open: false, .. }), Some(said)) => (outcome.name.clone(), said.clone()),
            _ => (outcome.name.clone(), level_in_words(id, *level, self.policy)),
        });
        said.collect()
    }

    fn different(&self, outcomes: &Outcomes, from: &Outcomes) -> BTreeMap<String, String> {
        let pairs = (0..).map(OutcomeId).zip(outcomes.0.iter().zip(&from.0)).filter(|(_, (one, other))| one != other);
        pairs.map(|(id, (level, _))| (self.name(id), level_in_words(id, *level, self.policy))).collect()
    }

    fn effects(&self, effects: &Effects) -> String {
        let named = effects.0.iter().map(|(id, level)| (self.name(*id), level_in_words(*id, *level, self.policy)));
        self.listed(&named.collect())
    }

    fn listed(&self, outcomes: &BTreeMap<String, String>) -> String {
        outcomes.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join("; ")
    }
}

fn section<T>(
    out: &mut String,
    name: &str,
    map: &BTreeMap<String, T>,
    write: impl Fn(&mut String, &BTreeMap<String, T>),
) {
    if !map.is_empty() {
        let _ = writeln!(out, "{name}:");
        write(out, map);
    }
}

fn pairs(out: &mut String, margin: usize, map: &BTreeMap<String, String>) {
    for (key, value) in map {
        let _ = writeln!(out, "{:margin$}{}: {}", "", quoted(key), quoted(value));
    }
}

fn rules(out: &mut String, map: &BTreeMap<String, Applied>) {
    for (rule, Applied { because, evidence, presumed, would }) in map {
        let _ = writeln!(out, "  {}:\n    because: {}", quoted(rule), quoted(because));
        for (key, list) in [("evidence", evidence), ("in spite of", presumed)] {
            if !list.is_empty() {
                let _ = writeln!(out, "    {key}: {}", quoted_list(list));
            }
        }
        if !would.is_empty() {
            let _ = writeln!(out, "    would add: {}", quoted(would));
        }
    }
}

fn quoted_list(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| in_quotes(word)).collect();
    format!("[{}]", words.join(", "))
}

/// A text as YAML, in quotes where it needs them.
pub(super) fn quoted(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-., ".contains(letter);
    let begins = text.starts_with(|letter: char| letter.is_ascii_alphabetic());
    let means_something = matches!(text, "true" | "false" | "null");
    if begins && text.chars().all(plain) && !text.ends_with(' ') && !means_something {
        text.to_owned()
    } else {
        in_quotes(text)
    }
}

fn in_quotes(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                out.push('\\');
                out.push(letter);
            }
            '\n' => out.push_str("\\n"),
            letter if letter.is_control() => {
                let _ = write!(out, "\\x{:02x}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

fn read_group<T>(node: &Node, read: impl Fn(&Node) -> Option<T>) -> Option<BTreeMap<String, T>> {
    let Plain::Group(entries) = &node.value else { return None };
    entries.iter().map(|(key, value)| Some((key.text()?, read(value)?))).collect()
}

fn read_pairs(node: &Node) -> Option<BTreeMap<String, String>> {
    read_group(node, Node::text)
}

fn read_rules(node: &Node) -> Option<BTreeMap<String, Applied>> {
    read_group(node, |rule| {
        let list = |key| rule.get(key).map_or(Some(Vec::new()), words_of);
        Some(Applied {
            because: rule.get("because")?.text()?,
            evidence: list("evidence")?,
            presumed: list("in spite of")?,
            would: rule.get("would add").map_or(Some(String::new()), Node::text)?,
        })
    })
}

fn words_of(node: &Node) -> Option<Vec<String>> {
    let Plain::List(items) = &node.value else { return None };
    items.iter().map(Node::text).collect()
}
