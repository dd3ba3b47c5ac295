//! A place in policy files -> the name under whose heading it stands.

use crate::syntax::tree::{CallLine, File, Item, QuestionsLine, RecordLine, Word};
use crate::text::Span;
use std::collections::BTreeMap;

/// The headings of a set of files, and the lines under them that have names of their own, by where they begin.
pub(super) struct Headings {
    names: BTreeMap<Span, Option<String>>,
}

impl Headings {
    pub(super) fn of(files: &[File]) -> Self {
        let mut names = BTreeMap::new();
        for item in files.iter().flat_map(|file| &file.items) {
            names.insert(start(item.at.0), heading(&item.node));
            match &item.node {
                Item::Call(call) => names.extend(call.lines.iter().map(|line| match &line.node {
                    CallLine::Fact(fact) => (start(line.at.0), Some(fact.name.text.clone())),
                    CallLine::IsCalled(called) => (start(line.at.0), Some(called.of.text.clone())),
                    CallLine::MayBeOverheard { fact, .. } => (start(line.at.0), Some(fact.text.clone())),
                })),
                Item::Questions(questions) => names.extend(questions.lines.iter().map(|line| match &line.node {
                    QuestionsLine::Question(question) => (start(line.at.0), Some(question.name.text.clone())),
                    QuestionsLine::For(_) => (start(line.at.0), Some(questions.name.text.clone())),
                })),
                Item::Record(record) => {
                    let of = |field: &Word| format!("{}'s {}", record.name.text, field.text);
                    names.extend(record.lines.iter().map(|line| match &line.node {
                        RecordLine::Field(field) => (start(line.at.0), Some(of(&field.name))),
                        RecordLine::IsCalled(called) => (start(line.at.0), Some(of(&called.of))),
                        RecordLine::Asked(_)
                        | RecordLine::KeptFor(_)
                        | RecordLine::InForce { .. }
                        | RecordLine::NamesRules(_) => (start(line.at.0), Some(record.name.text.clone())),
                    }));
                }
                _ => {}
            }
        }
        Self { names }
    }

    /// None where the heading has no name, as that of a policy.
    pub(super) fn named(&self, place: Span) -> Option<String> {
        let (heading, name) = self.names.range(..=Span { end: u32::MAX, ..place }).next_back()?;
        if heading.source == place.source { name.clone() } else { None }
    }
}

fn start(at: Span) -> Span {
    Span { end: at.start, ..at }
}

fn heading(item: &Item) -> Option<String> {
    Some(match item {
        Item::Questions(questions) => questions.name.text.clone(),
        Item::Record(record) => record.name.text.clone(),
        Item::Outcome(outcome) => outcome.name.text.clone(),
        Item::Calendar(calendar) => calendar.name.text.clone(),
        Item::Setting(setting) => setting.name.text.clone(),
        Item::Definition(definition) => definition.name.text.clone(),
        Item::Score(score) => score.name.text.clone(),
        Item::Table(table) => table.name.text.clone(),
        Item::Rule(rule) => rule.name.text.clone(),
        Item::Invariant(invariant) => invariant.name.text.clone(),
        Item::Addition(addition) => addition.rule.text.clone(),
        Item::Suspension(suspension) => suspension.rule.text.clone(),
        Item::Vocabulary(_)
        | Item::Policy(_)
        | Item::PartOfVocabulary(_)
        | Item::PartOfPolicy(_)
        | Item::Call(_)
        | Item::Acceptance(_) => return None,
    })
}
