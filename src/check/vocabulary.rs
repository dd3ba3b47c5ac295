//! What was written of a vocabulary -> the vocabulary that cases and rules are checked against.

use super::gather::{Library, Lost};
use crate::model::{Ask, Field, InForce, Outcome, OutcomeKind, RecordId, RecordKind, Type, Vocabulary};
use crate::syntax::tree::{
    self, CallItem, CallLine, FactLine, Item, OutcomeItem, OutcomeLine, RecordItem, RecordLine, VocabularyLine, Word,
};
use crate::text::{Diagnostic, Span, joined, nearest, plural, with_article};
use std::collections::BTreeMap;

/// The most values of a choice or a set of flags: one bit each.
pub(super) const MOST_VALUES: usize = 64;

/// Builds the vocabulary called `name` with those that it extends, the extended first.
pub(super) fn build(library: &Library<'_>, name: &str, problems: &mut Vec<Diagnostic>) -> Vocabulary {
    let mut builder = Builder {
        problems,
        lost: &library.lost,
        vocabulary: Vocabulary { name: name.to_owned(), ..Vocabulary::default() },
        places: BTreeMap::new(),
    };
    let chain = chain(library, name, builder.problems);
    // Names first, so that a field can link to a record that another file declares.
    for name in &chain {
        builder.declare(library, name);
    }
    for name in &chain {
        builder.describe(library, name);
    }
    builder.finish()
}

/// The vocabulary and those that it extends, the furthest first.
pub(super) fn chain<'a>(library: &Library<'a>, name: &'a str, problems: &mut Vec<Diagnostic>) -> Vec<&'a str> {
    let mut chain = vec![name];
    let mut at = name;
    while let Some(parts) = library.vocabularies.get(at) {
        let Some(base) = parts.extends() else { break };
        if chain.contains(&base.value.as_str()) {
            // Each vocabulary of the circle would say so: the first of them by name speaks for all.
            if base.value == name && chain.iter().all(|other| name <= *other) {
                let message = format!("`{at}` extends `{}`, which in turn is built on `{at}`", base.value);
                let problem = Diagnostic::error("goes-in-circles", base.at.0, message);
                problems.push(problem.help("a vocabulary cannot extend itself, not even through others"));
            }
            break;
        }
        if library.lost.name(&base.value) {
            break;
        }
        if !library.vocabularies.contains_key(base.value.as_str()) {
            let near = nearest(&base.value, library.vocabularies.keys().copied());
            let problem =
                Diagnostic::error("unknown-name", base.at.0, format!("there is no vocabulary `{}`", base.value));
            problems.push(match near {
                Some(near) => problem.help(format!("did you mean `{near}`?")).fix(base.at.0, format!("\"{near}\"")),
                None => problem.help("the vocabulary must be loaded together with the one that extends it: give the folder that holds both"),
            });
            break;
        }
        at = &base.value;
        chain.push(at);
    }
    chain.reverse();
    chain
}

pub(super) struct Builder<'p> {
    pub(super) problems: &'p mut Vec<Diagnostic>,
    pub(super) lost: &'p Lost<'p>,
    pub(super) vocabulary: Vocabulary,
    /// Where each name was first declared.
    pub(super) places: BTreeMap<String, Span>,
}

impl Builder<'_> {
    fn declare(&mut self, library: &Library<'_>, name: &str) {
        let Some(parts) = library.vocabularies.get(name) else { return };
        if let Some((header, _)) = parts.header {
            for line in &header.lines {
                if let VocabularyLine::Identities(kinds) = &line.node {
                    let new = kinds.iter().map(|kind| kind.text.clone());
                    self.vocabulary.identities.extend(new);
                }
            }
        }
        for item in &parts.items {
            if let Item::Record(record) = &item.node {
                self.declare_record(record);
            }
        }
    }

    fn declare_record(&mut self, item: &RecordItem) {
        if self.vocabulary.record(&item.name.text).is_some() {
            return;
        }
        let name = item.name.text.clone();
        let plural = item.plural.as_ref().map_or_else(|| plural(&name), |plural| plural.text.clone());
        self.vocabulary.records.push(RecordKind {
            is_call: name == "call",
            name,
            plural,
            help: item.help.as_ref().map_or_else(String::new, |help| help.value.clone()),
            ask: None,
            kept_for: None,
            in_force: None,
            fields: Vec::new(),
        });
    }

    fn describe(&mut self, library: &Library<'_>, name: &str) {
        let Some(parts) = library.vocabularies.get(name) else { return };
        for item in &parts.items {
            match &item.node {
                Item::Call(call) => self.call(call),
                Item::Record(record) => self.record(record),
                _ => {}
            }
        }
        // An outcome may name a fact as its floor, wherever that fact is declared.
        for item in &parts.items {
            if let Item::Outcome(outcome) = &item.node {
                self.outcome(outcome);
            }
        }
        self.extend_lists(&parts.items);
        self.name_values(&parts.items);
    }

    /// Says so when a name is declared twice.
    fn first(&mut self, scope: &str, word: &Word) -> bool {
        match self.places.get(&format!("{scope}{}", word.text)) {
            Some(first) => {
                let problem = Diagnostic::error("named-twice", word.at.0, format!("`{}` is declared twice", word.text));
                self.problems.push(problem.also(*first, "here it is declared first"));
                false
            }
            None => {
                self.places.insert(format!("{scope}{}", word.text), word.at.0);
                true
            }
        }
    }

    fn call(&mut self, call: &CallItem) {
        for line in &call.lines {
            let CallLine::Fact(fact) = &line.node else { continue };
            if matches!(fact.ty, tree::Type::Also(_)) {
                continue;
            }
            if let Some(field) = self.field("fact ", fact) {
                self.vocabulary.call.push(field);
            }
        }
    }

    fn record(&mut self, item: &RecordItem) {
        let Some(id) = self.vocabulary.record(&item.name.text) else { return };
        let scope = format!("{}'s ", item.name.text);
        let mut in_force = None;
        for line in &item.lines {
            match &line.node {
                RecordLine::Field(fact) if matches!(fact.ty, tree::Type::Also(_)) => {}
                RecordLine::Field(fact) => {
                    if let Some(field) = self.field(&scope, fact) {
                        self.edit(id, |record| record.fields.push(field));
                    }
                }
                RecordLine::Asked(ask) => self.edit(id, |record| record.ask = Some(asked(ask))),
                RecordLine::IsCalled(_) => {}
                RecordLine::KeptFor(length) => self.edit(id, |record| record.kept_for = Some(length.length)),
                RecordLine::InForce { from, until } => in_force = Some((from, until)),
            }
        }
        if let Some((from, until)) = in_force {
            let from = self.time_field(id, from);
            let until: Vec<_> = until.iter().map(|field| self.time_field(id, field)).collect();
            if let (Some(from), Some(until)) = (from, until.into_iter().collect::<Option<Vec<_>>>()) {
                self.edit(id, |record| record.in_force = Some(InForce { from, until }));
            }
        }
    }

    fn edit(&mut self, id: RecordId, change: impl FnOnce(&mut RecordKind)) {
        if let Some(record) = self.vocabulary.records.get_mut(id.index()) {
            change(record);
        }
    }

    fn time_field(&mut self, id: RecordId, word: &Word) -> Option<crate::model::FieldId> {
        let record = self.vocabulary.records.get(id.index())?;
        let found = record.field(&word.text);
        let is_time = found
            .and_then(|field| record.fields.get(field.index()))
            .is_some_and(|field| matches!(field.ty, Type::Time { .. }));
        if is_time {
            return found;
        }
        let times =
            record.fields.iter().filter(|field| matches!(field.ty, Type::Time { .. })).map(|field| field.name.as_str());
        let near = nearest(&word.text, times);
        if self.lost.name(&word.text) {
            return None;
        }
        let message = format!("`{}` is not a time of {}", word.text, with_article(&record.name));
        let problem = Diagnostic::error("not-a-time", word.at.0, message).suggest(near);
        self.problems.push(problem.help("name a field of this record that is a `time` or a `time or none`"));
        None
    }

    fn field(&mut self, scope: &str, line: &FactLine) -> Option<Field> {
        if line.name.text == "id" {
            let message = format!("`{}` is there already: every call and record has one", line.name.text);
            self.problems.push(Diagnostic::error("named-twice", line.name.at.0, message));
            return None;
        }
        if !self.first(scope, &line.name) {
            return None;
        }
        let ty = self.ty(&line.ty)?;
        Some(Field {
            name: line.name.text.clone(),
            ty,
            help: line.help.as_ref().map(|help| help.value.clone()).unwrap_or_default(),
            ask: line.ask.as_ref().map(asked),
            words: BTreeMap::new(),
        })
    }

    fn ty(&mut self, ty: &tree::Type) -> Option<Type> {
        Some(match ty {
            tree::Type::YesNo => Type::YesNo,
            tree::Type::OneOf { values, rising } => Type::Choice { values: self.values(values)?, rising: *rising },
            tree::Type::AnyOf(values) => Type::Flags { values: self.values(values)? },
            tree::Type::Number(range) => {
                if let Some((from, to)) = range
                    && from.value > to.value
                {
                    let message = format!("the range from {} to {} is the wrong way round", from.value, to.value);
                    self.problems.push(
                        Diagnostic::error("bad-range", from.at.0.to(to.at.0), message)
                            .help("name the lower number first"),
                    );
                    return None;
                }
                Type::Number { range: range.map(|(from, to)| (from.value, to.value)) }
            }
            tree::Type::Duration => Type::Duration,
            tree::Type::Time { or_none } => Type::Time { or_none: *or_none },
            tree::Type::Text => Type::Text,
            tree::Type::Identity(kind) => Type::Identity { kind: self.identity(kind)?, many: false },
            tree::Type::Identities(kind) => Type::Identity { kind: self.identity(kind)?, many: true },
            tree::Type::Link(record) => match self.vocabulary.record(&record.text) {
                Some(record) => Type::Link { record },
                None if self.lost.name(&record.text) => return None,
                None => {
                    let near = nearest(&record.text, self.vocabulary.records.iter().map(|record| record.name.as_str()));
                    let problem =
                        Diagnostic::error("unknown-name", record.at.0, format!("there is no record `{}`", record.text));
                    self.problems.push(problem.suggest(near));
                    return None;
                }
            },
            // Added by `extend`, once every list is declared.
            tree::Type::Also(_) => return None,
        })
    }

    fn identity(&mut self, kind: &Word) -> Option<crate::model::IdentityKind> {
        let found = self.vocabulary.identity(&kind.text);
        if found.is_none() {
            let problem = Diagnostic::error("unknown-name", kind.at.0, format!("there is no identity `{}`", kind.text));
            let near = nearest(&kind.text, self.vocabulary.identities.iter().map(String::as_str));
            let known = format!("the vocabulary's `identities` are {}", joined(&self.vocabulary.identities, "and"));
            self.problems.push(problem.suggest(near).help(known));
        }
        found
    }

    pub(super) fn values(&mut self, words: &[Word]) -> Option<Vec<String>> {
        let mut values: Vec<String> = Vec::new();
        for word in words {
            if matches!(word.text.as_str(), "unknown" | "none" | "yes" | "no") {
                let problem =
                    Diagnostic::error("reserved-value", word.at.0, format!("`{}` cannot be a value", word.text));
                self.problems
                    .push(problem.help(
                        "a fact that is not known is left out of the case; give the value a name that says more",
                    ));
            }
            if values.contains(&word.text) {
                let problem = Diagnostic::error("named-twice", word.at.0, format!("`{}` is listed twice", word.text));
                self.problems.push(problem.help("leave one of them out"));
            }
            values.push(word.text.clone());
        }
        match words.get(MOST_VALUES) {
            Some(extra) => {
                let message = format!("there are {} values; {MOST_VALUES} is the most", values.len());
                self.problems.push(Diagnostic::error("too-many-values", extra.at.0, message));
                None
            }
            None => Some(values),
        }
    }

    fn outcome(&mut self, item: &OutcomeItem) {
        if matches!(item.kind, tree::OutcomeKind::AlsoOf(_)) || !self.first("outcome ", &item.name) {
            return;
        }
        let kind = match &item.kind {
            tree::OutcomeKind::HighestOf(values) => {
                self.values(values).map(|values| OutcomeKind::Highest { floor: None, values })
            }
            tree::OutcomeKind::AllThatApplyOf(values) => {
                self.values(values).map(|values| OutcomeKind::AllThatApply { values })
            }
            tree::OutcomeKind::EarliestTime => Some(OutcomeKind::Earliest),
            tree::OutcomeKind::Either { one, other, winner } => self.either(one, other, winner),
            tree::OutcomeKind::AlsoOf(_) => None,
        };
        let Some(mut kind) = kind else { return };
        let mut phrase = item.name.text.clone();
        let mut help = item.help.as_ref().map_or_else(String::new, |help| help.value.clone());
        let mut party = None;
        for line in &item.lines {
            match &line.node {
                OutcomeLine::Help(text) => help.clone_from(&text.value),
                OutcomeLine::WrittenAs(text) => phrase.clone_from(&text.value),
                OutcomeLine::NeverBelow(fact) => self.floor(&mut kind, fact),
                OutcomeLine::For(whom) => {
                    party = Some(*whom);
                    if !matches!(kind, OutcomeKind::AllThatApply { .. }) {
                        let message = "only an outcome of `all that apply of` its values says whom they are for";
                        let problem = Diagnostic::error("wrong-kind", line.at.0, message);
                        self.problems.push(problem.help("leave this line out"));
                    }
                }
                // Words come once every list is whole.
                OutcomeLine::IsCalled { .. } | OutcomeLine::Warns { .. } => {}
            }
        }
        let (words, warnings) = (BTreeMap::new(), BTreeMap::new());
        let name = item.name.text.clone();
        self.vocabulary.outcomes.push(Outcome { name, phrase, help, kind, party, words, warnings });
    }

    fn either(&mut self, one: &Word, other: &Word, winner: &Word) -> Option<OutcomeKind> {
        let loser = match winner.text.as_str() {
            name if name == one.text => other,
            name if name == other.text => one,
            _ => {
                let message = format!("`{}` is neither `{}` nor `{}`", winner.text, one.text, other.text);
                let near = nearest(&winner.text, [one.text.as_str(), other.text.as_str()]);
                let problem = Diagnostic::error("unknown-name", winner.at.0, message).suggest(near);
                self.problems.push(problem.help("name the one that holds when any rule says it"));
                return None;
            }
        };
        Some(OutcomeKind::Either { loser: loser.text.clone(), winner: winner.text.clone() })
    }

    /// The floor must be a fact of the call whose values, in rising order, are those of the outcome.
    fn floor(&mut self, kind: &mut OutcomeKind, word: &Word) {
        let OutcomeKind::Highest { values, floor } = kind else {
            let message = "only an outcome that is the `highest of` its values has a floor";
            self.problems.push(Diagnostic::error("bad-floor", word.at.0, message).help("leave this line out"));
            return;
        };
        let fact = self.vocabulary.fact(&word.text);
        let ty = fact.and_then(|fact| self.vocabulary.call.get(fact.index())).map(|fact| &fact.ty);
        match ty {
            Some(Type::Choice { values: own, .. }) if own == values => *floor = fact,
            Some(_) => {
                let message = format!("`{}` is not a choice of the same values in the same order", word.text);
                let problem = Diagnostic::error("bad-floor", word.at.0, message);
                self.problems
                    .push(problem.help(format!("declare it as: one of {} in rising order", values.join(", "))));
            }
            None if self.lost.name(&word.text) => {}
            None => {
                let near = nearest(&word.text, self.vocabulary.call.iter().map(|fact| fact.name.as_str()));
                let problem = Diagnostic::error("unknown-name", word.at.0, format!("there is no fact `{}`", word.text));
                self.problems.push(problem.suggest(near));
            }
        }
    }

    fn finish(self) -> Vocabulary {
        self.vocabulary
    }
}

fn asked(ask: &tree::Ask) -> Ask {
    Ask { of: ask.of, text: ask.text.value.clone(), safe_if_overheard: ask.safe_if_overheard }
}
