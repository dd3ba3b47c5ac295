//! The words of the vocabulary that a policy's rules name, with what they mean.

use super::document::{Glossary, Word};
use super::lift::Lift;
use crate::check::Effect;
use crate::model::{FactId, Field, FieldId, Outcome, OutcomeKind, RecordId, RecordKind, Type};
use crate::semantics::{Condition, FigureSource, Selection, Subject, Use};
use crate::text::{aloud, spoken, with_article, with_words};
use std::collections::BTreeSet;

/// What was met on the way through the typed policy.
#[derive(Default)]
struct Used {
    facts: BTreeSet<FactId>,
    records: BTreeSet<RecordId>,
    fields: BTreeSet<(RecordId, FieldId)>,
}

impl Lift<'_> {
    /// What rules ask for, the facts of the call, then each kind of record.
    pub(super) fn glossary(&self) -> Vec<Glossary> {
        let mut used = Used::default();
        let rules = self.policy.rules.iter();
        let points = self.policy.scores.iter().flat_map(|score| &score.points).map(|(_, when)| when);
        let definitions = self.policy.definitions.iter().map(|definition| &definition.condition);
        for condition in rules.clone().map(|rule| &rule.when).chain(points).chain(definitions) {
            used.condition(condition, None);
        }
        for effect in rules.flat_map(|rule| rule.effects.iter()) {
            used.effect(effect);
        }
        used.facts.extend(self.policy.vocabulary.outcomes.iter().filter_map(|outcome| outcome.kind.floor()));
        for group in &self.policy.groups {
            used.selection(&group.of);
        }
        let vocabulary = &self.policy.vocabulary;
        let on_no_form = |fact: &&FactId| vocabulary.asked_on(**fact).is_none();
        let facts = used.facts.iter().filter(on_no_form).filter_map(|fact| vocabulary.call.get(fact.index()));
        let call = Glossary {
            heading: "What is known of the call".to_owned(),
            help: String::new(),
            words: facts.map(|fact| self.word(fact)).collect(),
        };
        let record = |(kind, id): (&RecordKind, u16)| {
            let id = RecordId(id);
            let fields = used.fields.iter().filter(|(record, _)| *record == id);
            let fields = fields.filter_map(|(_, field)| kind.fields.get(field.index()));
            used.records.contains(&id).then(|| Glossary {
                heading: format!("Records: {}", kind.name),
                help: kind.help.clone(),
                words: fields.map(|field| self.word(field)).collect(),
            })
        };
        let records = vocabulary.records.iter().zip(0u16..).filter_map(record);
        let outcomes = vocabulary.outcomes.iter().map(|outcome| Word {
            name: outcome.phrase.clone(),
            help: self.said_of_outcome(outcome),
            may_say: joined_by(outcome),
        });
        let outcomes =
            Glossary { heading: "What rules ask for".to_owned(), help: String::new(), words: outcomes.collect() };
        let of_call = [outcomes, call].into_iter().chain(self.forms(|fact| used.facts.contains(&fact)));
        of_call.filter(|glossary| !glossary.words.is_empty()).chain(records).collect()
    }
}

impl Lift<'_> {
    /// What an outcome is, under which fact it never goes, and what it warns of.
    fn said_of_outcome(&self, outcome: &Outcome) -> String {
        let floor = outcome.kind.floor();
        let floor = floor.map(|fact| format!("Never below {} of the call, where that is known", self.fact(fact)));
        let warnings = outcome.warnings.iter();
        let warnings = warnings.map(|(at, warning)| format!("With {} the page begins: {warning}", outcome.said(*at)));
        let help = Some(outcome.help.clone()).filter(|help| !help.is_empty());
        let said: Vec<String> = help.into_iter().chain(floor).chain(warnings).collect();
        said.join(". ")
    }
}

impl Lift<'_> {
    pub(super) fn word(&self, field: &Field) -> Word {
        Word { name: field.name.clone(), help: field.help.clone(), may_say: self.may_say(field) }
    }

    /// What values a fact or field may have, in words.
    fn may_say(&self, field: &Field) -> String {
        let vocabulary = &self.policy.vocabulary;
        let values = || {
            let said = field.values().iter().zip(0u16..).map(|(value, at)| with_words(value, field.words.get(&at)));
            said.collect::<Vec<_>>()
        };
        match &field.ty {
            Type::YesNo => "yes or no".to_owned(),
            Type::Choice { rising: true, .. } => format!("{}, in rising order", spoken(&values(), "or")),
            Type::Choice { .. } => spoken(&values(), "or"),
            Type::Flags { .. } => format!("any of {}", spoken(&values(), "and")),
            Type::Number { range: None } => "a whole number".to_owned(),
            Type::Number { range: Some((least, most)) } => format!("a whole number from {least} to {most}"),
            Type::Duration => "a length of time".to_owned(),
            Type::Time { or_none: false } => "a time".to_owned(),
            Type::Time { or_none: true } => "a time, or that there is none".to_owned(),
            Type::Text => "words".to_owned(),
            Type::Identity { kind, many } => {
                let kind = vocabulary.identities.get(kind.index()).map_or("person", String::as_str);
                if *many { format!("any number of times {}", with_article(kind)) } else { with_article(kind) }
            }
            Type::Link { record } => {
                vocabulary.records.get(record.index()).map_or_else(String::new, |kind| with_article(&aloud(&kind.name)))
            }
        }
    }
}

/// What rules may say of an outcome, and what becomes of it where several do.
fn joined_by(outcome: &Outcome) -> String {
    let without = outcome.unassessed.as_ref().map(|said| format!("; where none applies it says “{said}”"));
    format!("{}{}", joined_by_kind(outcome), without.unwrap_or_default())
}

fn joined_by_kind(outcome: &Outcome) -> String {
    let values = || {
        let values = outcome.kind.values().into_iter().zip(0u16..);
        values.map(|(value, at)| with_words(value, outcome.words.get(&at))).collect::<Vec<_>>()
    };
    match &outcome.kind {
        OutcomeKind::Highest { .. } => {
            format!("{}, the least first; the highest that any rule says", spoken(&values(), "and"))
        }
        OutcomeKind::AllThatApply { .. } => format!("any of {}; all that any rule says", spoken(&values(), "and")),
        OutcomeKind::Earliest => "a time; the earliest that any rule says".to_owned(),
        OutcomeKind::HighestNumber { from, to } => {
            format!("a whole number from {from} to {to}; the highest that any rule gives")
        }
        OutcomeKind::LowestNumber { from, to } => {
            format!("a whole number from {from} to {to}; the lowest that any rule gives")
        }
        OutcomeKind::Either { winner, .. } => {
            format!("{}; {winner} wins where any rule says it", spoken(&values(), "or"))
        }
    }
}

impl Used {
    fn condition(&mut self, condition: &Condition, record: Option<RecordId>) {
        condition.uses().into_iter().for_each(|used| self.used(used, record));
    }

    fn selection(&mut self, selection: &Selection) {
        self.records.insert(selection.record);
        selection.uses().for_each(|used| self.used(used, Some(selection.record)));
    }

    fn used(&mut self, used: Use<'_>, record: Option<RecordId>) {
        match used {
            Use::Test(test) => {
                std::iter::once(test.subject).chain(test.predicate.reads()).for_each(|it| self.subject(it, record));
            }
            Use::Part(part, of) => self.condition(part, of.or(record)),
            Use::Selection(of) => self.selection(of),
            Use::Field(record, field) => drop(self.fields.insert((record, field))),
            Use::Definition(_) | Use::Score(_) => {}
        }
    }

    fn subject(&mut self, subject: Subject, record: Option<RecordId>) {
        match (subject, record) {
            (Subject::Fact(fact), _) => drop(self.facts.insert(fact)),
            (Subject::Field(field) | Subject::Linked { link: field, .. }, Some(record)) => {
                self.fields.insert((record, field));
            }
            (Subject::Through { link, record: far, field }, Some(record)) => {
                self.fields.extend([(record, link), (far, field)]);
                self.records.insert(far);
            }
            _ => {}
        }
    }

    fn effect(&mut self, effect: &Effect) {
        match effect {
            Effect::RaiseTo { fact, .. }
            | Effect::Figure { of: FigureSource::Fact(fact), .. }
            | Effect::Deadline { after: Subject::Fact(fact), .. } => {
                self.facts.insert(*fact);
            }
            _ => {}
        }
    }
}
