//! The key `decisions` of a mapping -> how a decision of an earlier call becomes a record that later calls can look at.

use super::TableMapping;
use super::beside::answers_of;
use super::read::MappingReader;
use heedful::model::{FactId, Field, FieldId, OutcomeId, OutcomeKind, RecordId, RecordKind, Type};
use heedful::text::{joined, nearest, with_article};
use heedful::wire::{Node, Plain};

/// The record that each decision is for later calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionMapping {
    pub record: RecordId,
    /// The name of that kind of record.
    pub name: String,
    /// The line of the mapping file on which it begins.
    pub line: usize,
    pub values: Vec<DecisionValue>,
}

/// A field of the record, and what of the decision or its call it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionValue {
    pub field: FieldId,
    pub name: String,
    pub part: DecisionPart,
}

/// What of a decision, or of the call that it is about, a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecisionPart {
    /// What an outcome certainly came to.
    Outcome(OutcomeId),
    /// Which of these rules certainly applied.
    Rules(Vec<String>),
    /// A fact of the call.
    Fact(FactId),
    /// The id of the call.
    Call,
}

impl MappingReader<'_> {
    pub(super) fn decisions(&mut self, node: &Node, tables: &[TableMapping]) -> Option<DecisionMapping> {
        let keys = self.keys(node, &["record", "values"], "`decisions`")?;
        let (Some(record), Some(values)) = (keys.get("record"), keys.get("values")) else {
            self.problem(
                node,
                "`decisions` names the record that each decision is for later calls, and what its fields hold",
                "write `record: ` and a kind of record, and under `values:` for each field an outcome, a fact of the call, `rules` or `call`",
            );
            return None;
        };
        let kind_id = self.record(record, false)?.kind?;
        let kind = self.vocabulary.records.get(kind_id.index())?;
        if kind.is_call {
            self.problem(record, "a decision is no call", "declare a kind of record for decisions in the vocabulary");
            return None;
        }
        let Plain::Group(entries) = &values.value else {
            self.problem(values, "`values` is a group: a field of the record, and what it holds", "");
            return None;
        };
        let values = entries.iter().filter_map(|(name, part)| self.decision_value(name, part, kind, tables)).collect();
        Some(DecisionMapping { record: kind_id, name: kind.name.clone(), line: node.at.line, values })
    }

    fn decision_value(
        &mut self,
        key: &Node,
        node: &Node,
        kind: &RecordKind,
        tables: &[TableMapping],
    ) -> Option<DecisionValue> {
        let name = self.text(key, "a field")?;
        let Some((field, declared)) =
            kind.field(&name).and_then(|field| Some((field, kind.fields.get(field.index())?)))
        else {
            let near = nearest(&name, kind.fields.iter().map(|field| field.name.as_str()));
            let help = near.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
            self.problem(key, format!("{} has no `{name}` in the vocabulary", with_article(&kind.name)), &help);
            return None;
        };
        let part = self.decision_part(node, declared)?;
        match self.misfit(&part, declared, tables) {
            Some((message, help)) => {
                self.problem(node, message, &help);
                None
            }
            None => Some(DecisionValue { field, name, part }),
        }
    }

    /// A name, or a group that says of what it is the name.
    fn decision_part(&mut self, node: &Node, field: &Field) -> Option<DecisionPart> {
        let vocabulary = self.vocabulary;
        let rules = || DecisionPart::Rules(field.values().to_vec());
        if let Some(name) = node.text() {
            let outcome = vocabulary.outcome(&name).map(DecisionPart::Outcome);
            let fact = vocabulary.fact(&name).map(DecisionPart::Fact);
            let own = match name.as_str() {
                "rules" => Some(rules()),
                "call" => Some(DecisionPart::Call),
                _ => None,
            };
            let found: Vec<DecisionPart> = [outcome, fact, own].into_iter().flatten().collect();
            return match <[DecisionPart; 1]>::try_from(found) {
                Ok([only]) => Some(only),
                Err(several) if several.is_empty() => {
                    let outcomes = vocabulary.outcomes.iter().map(|outcome| outcome.name.as_str());
                    let facts = vocabulary.call.iter().map(|fact| fact.name.as_str());
                    let near = nearest(&name, outcomes.chain(facts).chain(["rules", "call"]));
                    let help = near.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
                    self.problem(node, format!("a decision and its call have no `{name}`"), &help);
                    None
                }
                Err(_) => {
                    let help = format!("write `{{outcome: {name}}}` or `{{fact: {name}}}`");
                    self.problem(node, format!("`{name}` may be several things"), &help);
                    None
                }
            };
        }
        let keys = self.keys(node, &["outcome", "fact"], "what a field holds")?;
        let (key, what) = keys.iter().next()?;
        let name = self.text(what, "a name")?;
        let found = match *key {
            "outcome" => vocabulary.outcome(&name).map(DecisionPart::Outcome),
            _ => vocabulary.fact(&name).map(DecisionPart::Fact),
        };
        if found.is_none() {
            self.problem(what, format!("the vocabulary has no {key} `{name}`"), "");
        }
        found
    }

    /// Why a field cannot hold a part of a decision, and what would mend it.
    fn misfit(&self, part: &DecisionPart, field: &Field, tables: &[TableMapping]) -> Option<(String, String)> {
        let vocabulary = self.vocabulary;
        let name = &field.name;
        match part {
            DecisionPart::Outcome(outcome) => {
                let outcome = vocabulary.outcomes.get(outcome.index())?;
                let answers = answers_of(&outcome.kind);
                let (fits, wanted) = match &outcome.kind {
                    OutcomeKind::Earliest => (field.ty == Type::Time { or_none: true }, "time or none".to_owned()),
                    OutcomeKind::HighestNumber { from, to } | OutcomeKind::LowestNumber { from, to } => (
                        matches!(&field.ty, Type::Number { range } if range.is_none_or(|(least, most)| least <= *from && *to <= most)),
                        format!("number from {from} to {to}"),
                    ),
                    OutcomeKind::AllThatApply { .. } => (
                        matches!(&field.ty, Type::Flags { values } if answers.iter().all(|answer| values.contains(answer))),
                        format!("any of {}", answers.join(", ")),
                    ),
                    _ => (
                        matches!(&field.ty, Type::Choice { values, .. } if answers.iter().all(|answer| values.contains(answer))),
                        format!("one of {}", answers.join(", ")),
                    ),
                };
                (!fits).then(|| {
                    (
                        format!("`{name}` cannot hold all that `{}` may come to", outcome.name),
                        format!("declare it as `field {name}: {wanted}`"),
                    )
                })
            }
            DecisionPart::Rules(_) => (!matches!(field.ty, Type::Flags { .. })).then(|| {
                (
                    format!("`{name}` cannot hold names of rules"),
                    format!("declare it as `field {name}: any of` and the rules that policies look for"),
                )
            }),
            DecisionPart::Fact(fact) => {
                let declared = vocabulary.call.get(fact.index())?;
                let fits = match (&declared.ty, &field.ty) {
                    (Type::Identity { kind, many: false }, Type::Identity { kind: own, many: true }) => kind == own,
                    (one, other) => one == other,
                };
                if !fits {
                    let message = format!("`{name}` is not declared as the fact `{}` is", declared.name);
                    return Some((message, "a field takes the fact as it is".to_owned()));
                }
                let calls = || tables.iter().filter(|table| table.record.is_call);
                let is_told = calls().flat_map(|table| &table.values).any(|value| value.fact == Some(*fact));
                let files: Vec<&str> = calls().map(|table| table.file.as_str()).collect();
                (!is_told && !files.is_empty()).then(|| {
                    (
                        format!("no table of calls says `{}`", declared.name),
                        format!("name its column under the `values` of {}", joined(&files, "or")),
                    )
                })
            }
            DecisionPart::Call => {
                let is_link = matches!(&field.ty, Type::Link { record }
                    if vocabulary.records.get(record.index()).is_some_and(|kind| kind.is_call));
                (!is_link).then(|| {
                    (format!("`{name}` cannot hold the call"), format!("declare it as `field {name}: link to call`"))
                })
            }
        }
    }
}
