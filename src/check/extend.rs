//! Adds to the lists of values of a vocabulary that is built on: `fact opening-code: also lift-alarm`.

use super::once::no_effect;
use super::symbols::Namespace;
use super::vocabulary::{Builder, MOST_VALUES, too_like};
use crate::model::Type;
use crate::syntax::tree::{self, CallLine, Item, Line, RecordLine, Word};
use crate::text::{Diagnostic, Span, heard, nearest, with_article};

/// One `also`, with whose list it adds to.
struct Also<'t> {
    owner: ListOwner<'t>,
    name: &'t Word,
    values: &'t [Word],
    /// What else is said beside the values.
    texts: Vec<Span>,
}

#[derive(Clone, Copy)]
enum ListOwner<'t> {
    Call,
    Record(&'t Word),
    Outcome,
}

impl Builder<'_> {
    /// Adds the values of every `also`, which may stand before the list that it adds to. In which file one stands does
    /// not matter, so they are taken in the order of their first values.
    pub(super) fn extend_lists(&mut self, items: &[&Line<Item>]) {
        let mut found: Vec<Also<'_>> = items.iter().flat_map(|item| also_in(&item.node)).collect();
        found.sort_by_key(|also| also.values.first().map(|word| word.text.as_str()));
        for also in found {
            self.extend_list(&also);
        }
    }

    fn extend_list(&mut self, also: &Also<'_>) {
        let Some(mut list) = self.list_of(also) else { return };
        let Some(values) = self.values(also.values) else { return };
        let at = also.name.at.0;
        for text in &also.texts {
            let message = format!("values are added to `{}` here, and nothing else is said of it", also.name.text);
            self.problems.push(no_effect(*text, message));
        }
        self.take_values(&owner_of_values(also), &values, at);
        for (word, value) in also.values.iter().zip(values) {
            if list.contains(&value) {
                let message = format!("`{}` has the value `{value}` already", also.name.text);
                self.problems.push(Diagnostic::error("named-twice", word.at.0, message).help("leave it out here"));
            } else if let Some(like) = list.iter().find(|known| heard(known) == heard(&value)) {
                self.problems.push(too_like(word, like));
            } else {
                list.push(value);
            }
        }
        if list.len() > MOST_VALUES {
            let message = format!("with these there are {} values; {MOST_VALUES} is the most", list.len());
            return self.problems.push(Diagnostic::error("too-many-values", at, message));
        }
        if let Some(slot) = self.list_mut(also) {
            *slot = list;
        }
    }

    /// The values so far; says why when there is no list that can be added to.
    fn list_of(&mut self, also: &Also<'_>) -> Option<Vec<String>> {
        if let Some(list) = self.list_mut(also) {
            return Some(list.clone());
        }
        if self.lost.name(&also.name.text) {
            return None;
        }
        let name = &also.name.text;
        let (known, what): (Vec<String>, String) = match also.owner {
            ListOwner::Call => {
                (self.vocabulary.call.iter().map(|fact| fact.name.clone()).collect(), "a fact".to_owned())
            }
            ListOwner::Outcome => {
                (self.vocabulary.outcomes.iter().map(|outcome| outcome.name.clone()).collect(), "an outcome".to_owned())
            }
            ListOwner::Record(record) => {
                let kind = self.vocabulary.record(&record.text).and_then(|id| self.vocabulary.records.get(id.index()));
                let fields = kind.map(|kind| kind.fields.iter().map(|field| field.name.clone()).collect());
                (fields.unwrap_or_default(), format!("a field of {}", with_article(&record.text)))
            }
        };
        let declared = self.symbols.place(&namespace(also.owner), name);
        self.problems.push(no_list(also.name, &known, &what, declared));
        None
    }

    /// The list of a choice in no order, of flags, or of an outcome that all apply of. A scale is not added to: where
    /// the new value would stand in it is for whoever keeps the scale.
    fn list_mut(&mut self, also: &Also<'_>) -> Option<&mut Vec<String>> {
        let name = &also.name.text;
        let field = match also.owner {
            ListOwner::Call => self.vocabulary.call.iter_mut().find(|fact| fact.name == *name),
            ListOwner::Record(record) => {
                let id = self.vocabulary.record(&record.text)?;
                let kind = self.vocabulary.records.get_mut(id.index())?;
                kind.fields.iter_mut().find(|field| field.name == *name)
            }
            ListOwner::Outcome => {
                return self.vocabulary.outcomes.iter_mut().find(|outcome| outcome.name == *name)?.kind.open_list();
            }
        };
        match &mut field?.ty {
            Type::Choice { values, rising: false } | Type::Flags { values } => Some(values),
            _ => None,
        }
    }
}

fn no_list(name: &Word, known: &[String], what: &str, declared: Option<Span>) -> Diagnostic {
    if known.contains(&name.text) {
        let message = format!("`{}` is not a list that values can be added to", name.text);
        let problem = Diagnostic::error("wrong-kind", name.at.0, message)
            .help("values can be added to a `one of` in no order, to an `any of`, and to an `all that apply of`");
        return match declared {
            Some(place) => problem.also(place, "here it is declared"),
            None => problem,
        };
    }
    let message = format!("`{}` is not {what} that is declared", name.text);
    let problem = Diagnostic::error("unknown-name", name.at.0, message);
    problem.suggest(nearest(&name.text, known.iter().map(String::as_str)))
}

fn namespace(owner: ListOwner<'_>) -> Namespace {
    match owner {
        ListOwner::Call => Namespace::Names,
        ListOwner::Record(record) => Namespace::Fields(record.text.clone()),
        ListOwner::Outcome => Namespace::Effects,
    }
}

fn owner_of_values(also: &Also<'_>) -> String {
    match also.owner {
        ListOwner::Record(record) => format!("{}'s {}", record.text, also.name.text),
        ListOwner::Call | ListOwner::Outcome => also.name.text.clone(),
    }
}

fn also_in(item: &Item) -> Vec<Also<'_>> {
    match item {
        Item::Call(call) => {
            let facts = call.lines.iter().filter_map(|line| match &line.node {
                CallLine::Fact(fact) => Some(fact),
                CallLine::IsCalled(_) | CallLine::MayBeOverheard { .. } => None,
            });
            facts.filter_map(|fact| more(ListOwner::Call, fact)).collect()
        }
        Item::Record(record) => {
            let fields = record.lines.iter().filter_map(|line| match &line.node {
                RecordLine::Field(field) => Some(field),
                RecordLine::Asked(_)
                | RecordLine::IsCalled(_)
                | RecordLine::KeptFor(_)
                | RecordLine::NamesRules(_)
                | RecordLine::InForce { .. } => None,
            });
            fields.filter_map(|field| more(ListOwner::Record(&record.name), field)).collect()
        }
        Item::Outcome(outcome) => match &outcome.kind {
            tree::OutcomeKind::AlsoOf(values) => {
                vec![Also { owner: ListOwner::Outcome, name: &outcome.name, values, texts: Vec::new() }]
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn more<'t>(owner: ListOwner<'t>, line: &'t tree::FactLine) -> Option<Also<'t>> {
    match &line.ty {
        tree::Type::Also(values) => {
            let texts = line.help.iter().chain(line.ask.iter().map(|ask| &ask.text)).map(|text| text.at.0).collect();
            Some(Also { owner, name: &line.name, values, texts })
        }
        _ => None,
    }
}
