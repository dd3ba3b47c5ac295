//! Checks the lines of a vocabulary about wording and safety: labels of values, what must not be done, when a call may be overheard.

use super::gather::Library;
use super::once::no_effect;
use super::symbols::{Namespace, Symbol, SymbolKind};
use super::vocabulary::Builder;
use crate::model::{FactId, Field, Level, OutcomeId, Type, Value};
use crate::syntax::tree::{Ask, CallLine, CalledLine, Item, Line, OutcomeItem, OutcomeLine, RecordLine, Text, Word};
use crate::text::{Diagnostic, Span, aloud, nearest};
use std::collections::BTreeMap;

/// Whose values are named.
#[derive(Clone, Copy)]
enum ValueOwner<'t> {
    Call,
    Record(&'t Word),
}

impl Builder<'_> {
    /// Reads what values are called. In which file and in which order the lines stand does not matter: each value is
    /// called something once.
    pub(super) fn name_values(&mut self, items: &[&Line<Item>]) {
        for item in items {
            match &item.node {
                Item::Call(call) => {
                    for line in &call.lines {
                        match &line.node {
                            CallLine::IsCalled(called) => self.value_of_field(ValueOwner::Call, called),
                            CallLine::MayBeOverheard { fact, values } => self.overheard(fact, values),
                            CallLine::Fact(_) => {}
                        }
                    }
                }
                Item::Record(record) => {
                    for line in &record.lines {
                        if let RecordLine::IsCalled(called) = &line.node {
                            self.value_of_field(ValueOwner::Record(&record.name), called);
                        }
                    }
                }
                Item::Outcome(outcome) => self.values_of_outcome(outcome),
                _ => {}
            }
        }
    }

    fn value_of_field(&mut self, owner: ValueOwner<'_>, called: &CalledLine) {
        let known = |fields: &[Field]| fields.iter().position(|field| field.name == called.of.text);
        let scope = match owner {
            ValueOwner::Call => "called ".to_owned(),
            ValueOwner::Record(record) => format!("called {}'s ", record.text),
        };
        let fields = match owner {
            ValueOwner::Call => Some(&self.vocabulary.call),
            ValueOwner::Record(record) => {
                let record = self.vocabulary.record(&record.text);
                record.and_then(|id| self.vocabulary.records.get(id.index())).map(|kind| &kind.fields)
            }
        };
        let Some(fields) = fields else { return };
        let Some((at, field)) = known(fields).and_then(|at| Some((at, fields.get(at)?))) else {
            let names: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
            return self.no_such("fact or field", &called.of, &names);
        };
        let values = field.values().to_vec();
        if values.is_empty() {
            let message = format!("`{}` has no values of its own that could be called something", called.of.text);
            let problem = Diagnostic::error("wrong-kind", called.of.at.0, message);
            return self
                .problems
                .push(problem.help("the values of a `one of` and of an `any of` are called something"));
        }
        let scope = format!("{scope}{} ", called.of.text);
        let words = field.words.clone();
        let Some((place, said)) = self.named(&scope, &values, &words, &called.value, &called.words) else { return };
        let fields = match owner {
            ValueOwner::Call => Some(&mut self.vocabulary.call),
            ValueOwner::Record(record) => {
                let record = self.vocabulary.record(&record.text);
                record.and_then(|id| self.vocabulary.records.get_mut(id.index())).map(|kind| &mut kind.fields)
            }
        };
        if let Some(field) = fields.and_then(|fields| fields.get_mut(at)) {
            field.words.insert(place, said);
        }
    }

    fn values_of_outcome(&mut self, item: &OutcomeItem) {
        let Some(id) = self.vocabulary.outcome(&item.name.text) else { return };
        for line in &item.lines {
            match &line.node {
                OutcomeLine::IsCalled { value, words } => self.value_of_outcome(id, "called", value, words),
                OutcomeLine::Warns { value, words } => self.value_of_outcome(id, "warns", value, words),
                OutcomeLine::Help(_)
                | OutcomeLine::WrittenAs(_)
                | OutcomeLine::NeverBelow(_)
                | OutcomeLine::Says(_)
                | OutcomeLine::MayBeQuiet
                | OutcomeLine::For(_) => {}
            }
        }
        // Once it is known what every value is called.
        for line in &item.lines {
            if let OutcomeLine::Says(text) = &line.node {
                self.said_without_rules(id, text);
            }
        }
    }

    /// What is said where no rule applies: nothing that a value of the outcome is called, in any policy.
    fn said_without_rules(&mut self, id: OutcomeId, text: &Text) {
        let Some(outcome) = self.vocabulary.outcomes.get(id.index()) else { return };
        let said = text.value.trim();
        let is_said = |other: &str| other.eq_ignore_ascii_case(said);
        let values = outcome.kind.values();
        let alike = values.iter().zip(0u16..).find(|(value, at)| {
            is_said(value) || is_said(&aloud(value)) || outcome.words.get(at).is_some_and(|words| is_said(words))
        });
        if is_said(Level::NOTHING) || alike.is_some() {
            let value = alike.map_or(Level::NOTHING, |(value, _)| value);
            let message = format!("`{value}` is called this too, so nobody could tell whether a rule said it");
            let problem = Diagnostic::error("named-twice", text.at.0, message);
            return self
                .problems
                .push(problem.help("say something else where no rule applies, such as \"not assessed\""));
        }
        let (kind, at) = (SymbolKind::Label("no rule".to_owned()), Some(text.at.0));
        let symbol = Symbol { kind, name: said.to_owned(), at, rank: self.rank };
        self.problems.extend(self.symbols.declare(Namespace::Labels(outcome.name.clone()), symbol));
    }

    fn value_of_outcome(&mut self, id: OutcomeId, what: &str, value: &Word, words: &Text) {
        let Some(outcome) = self.vocabulary.outcomes.get(id.index()) else { return };
        let values: Vec<String> = outcome.kind.values().into_iter().map(str::to_owned).collect();
        if values.is_empty() {
            let message = format!("`{}` has no values with names", outcome.name);
            let problem = Diagnostic::error("unknown-value", value.at.0, message).help("leave this line out");
            self.problems.push(problem);
            return;
        }
        let taken = if what == "warns" { outcome.warnings.clone() } else { outcome.words.clone() };
        let scope = format!("{what} outcome {} ", outcome.name);
        let name = outcome.name.clone();
        let quiet = outcome.may_be_quiet;
        let Some((place, said)) = self.named(&scope, &values, &taken, value, words) else { return };
        if what == "warns" && quiet {
            return self.report_quiet_warning(&name, value);
        }
        if what == "called" {
            // No policy calls another value so.
            let (kind, at) = (SymbolKind::Label(value.text.clone()), Some(words.at.0));
            let symbol = Symbol { kind, name: said.clone(), at, rank: self.rank };
            self.problems.extend(self.symbols.declare(Namespace::Labels(name), symbol));
        }
        if let Some(outcome) = self.vocabulary.outcomes.get_mut(id.index()) {
            let of = if what == "warns" { &mut outcome.warnings } else { &mut outcome.words };
            of.insert(place, said);
        }
    }

    /// The place of a value and the words for it, which no other value of the list may have.
    fn named(
        &mut self,
        scope: &str,
        values: &[String],
        taken: &BTreeMap<u16, String>,
        value: &Word,
        words: &Text,
    ) -> Option<(u16, String)> {
        let place = values.iter().position(|known| *known == value.text).and_then(|at| u16::try_from(at).ok());
        let Some(place) = place else {
            self.no_such("value", value, values);
            return None;
        };
        let said = words.value.trim();
        // Reported where it was read.
        if said.is_empty() {
            return None;
        }
        if !self.once(scope, value, "is called something already") {
            return None;
        }
        if scope.starts_with("called") && said == aloud(&value.text) {
            let message = format!("`{}` is called so without this line", value.text);
            self.problems.push(no_effect(words.at.0, message));
            return None;
        }
        let same = |other: &str| other.eq_ignore_ascii_case(said);
        let by_words = taken.iter().find(|(_, other)| same(other)).and_then(|(at, _)| values.get(usize::from(*at)));
        let by_name = values.iter().find(|other| **other != value.text && same(other));
        if let Some(other) = by_words.or(by_name) {
            let message = format!("`{other}` is called this too, so nobody could tell the two apart");
            let problem = Diagnostic::error("named-twice", words.at.0, message);
            self.problems.push(problem.help(format!("call `{}` something else", value.text)));
            return None;
        }
        Some((place, said.to_owned()))
    }

    fn overheard(&mut self, fact: &Word, words: &[Word]) {
        let Some(id) = self.vocabulary.fact(&fact.text) else {
            let names: Vec<String> = self.vocabulary.call.iter().map(|fact| fact.name.clone()).collect();
            return self.no_such("fact of the call", fact, &names);
        };
        if !self.once("overheard ", fact, "says already when a call may be overheard") {
            return;
        }
        let Some(ty) = self.vocabulary.call.get(id.index()).map(|fact| fact.ty.clone()) else { return };
        let values = match ty {
            Type::YesNo => vec!["no".to_owned(), "yes".to_owned()],
            Type::Choice { values, .. } => values,
            _ => {
                let message = format!("`{}` is neither a yes or no nor a choice", fact.text);
                let problem = Diagnostic::error("wrong-kind", fact.at.0, message);
                return self.problems.push(problem.help("say it with a fact that is `yes or no` or `one of …`"));
            }
        };
        let mut chosen = Vec::new();
        for word in words {
            match values.iter().position(|value| *value == word.text).and_then(|at| u16::try_from(at).ok()) {
                Some(at) if matches!(self.of(id), Some(Type::YesNo)) => chosen.push(Value::YesNo(at == 1)),
                Some(at) => chosen.push(Value::Choice(at)),
                None => self.no_such("value", word, &values),
            }
        }
        self.vocabulary.overheard.push((id, chosen));
    }

    /// A question that may be put while others hear the caller, where no vocabulary says of any call that others do. One that
    /// extends this one may say it.
    pub(super) fn report_never_overheard(&mut self, library: &Library<'_>, chain: &[&str]) {
        let lines = |item: &Item| matches!(item, Item::Call(call) if call.lines.iter().any(|line| matches!(line.node, CallLine::MayBeOverheard { .. })));
        let said = library.vocabularies.values().flat_map(|parts| &parts.items).any(|item| lines(&item.node));
        if said || self.lost.name("overheard") {
            return;
        }
        let mut items = chain.iter().filter_map(|name| library.vocabularies.get(name)).flat_map(|parts| &parts.items);
        let Some(at) = items.find_map(|item| safe_if_overheard(&item.node)) else { return };
        let message = "no call may be overheard here, so `safe if overheard` says nothing";
        let problem = Diagnostic::error("no-effect", at, message);
        self.problems.push(
            problem.help("leave it out, or say under `call` when a call may be overheard: `may be overheard when …`"),
        );
    }

    /// Says so when it was said before, and where.
    fn once(&mut self, scope: &str, word: &Word, what: &str) -> bool {
        let said = Namespace::Labelled(scope.to_owned(), String::new());
        let first = self.symbols.place(&said, &word.text);
        let (kind, at) = (SymbolKind::Value(scope.to_owned()), Some(word.at.0));
        let symbol = Symbol { kind, name: word.text.clone(), at, rank: self.rank };
        let Some(first) = self.symbols.declare(said, symbol).and(first) else { return true };
        let problem = Diagnostic::error("named-twice", word.at.0, format!("`{}` {what}", word.text));
        self.problems.push(problem.also(first, "here").help("leave one of the two lines out"));
        false
    }

    fn of(&self, id: FactId) -> Option<&Type> {
        self.vocabulary.call.get(id.index()).map(|fact| &fact.ty)
    }

    fn no_such(&mut self, what: &str, word: &Word, known: &[String]) {
        if self.lost.name(&word.text) {
            return;
        }
        let message = format!("there is no {what} `{}`", word.text);
        let near = nearest(&word.text, known.iter().map(String::as_str));
        self.problems.push(Diagnostic::error("unknown-name", word.at.0, message).suggest(near));
    }
}

/// Where a heading declares a question that may be put while others hear the caller.
fn safe_if_overheard(item: &Item) -> Option<Span> {
    let safe = |ask: &Ask| ask.safe_if_overheard.then_some(ask.text.at.0);
    match item {
        Item::Call(call) => call.lines.iter().find_map(|line| match &line.node {
            CallLine::Fact(fact) => fact.ask.as_ref().and_then(safe),
            CallLine::IsCalled(_) | CallLine::MayBeOverheard { .. } => None,
        }),
        Item::Questions(questions) => questions.questions().find_map(|question| {
            let own = question.safe_if_overheard.then_some(question.text.at.0);
            own.or_else(|| question.ask.as_ref().and_then(safe))
        }),
        Item::Record(record) => record.lines.iter().find_map(|line| match &line.node {
            RecordLine::Field(field) => field.ask.as_ref().and_then(safe),
            RecordLine::Asked(ask) => safe(ask),
            RecordLine::IsCalled(_)
            | RecordLine::KeptFor(_)
            | RecordLine::InForce { .. }
            | RecordLine::NamesRules(_) => None,
        }),
        _ => None,
    }
}
