//! What was written of a vocabulary -> the vocabulary that cases and rules are checked against.

use super::gather::{Library, Unreadable};
use super::once::{Once, no_effect};
use super::symbols::{Namespace, Symbol, SymbolKind, Symbols};
use crate::model::{Ask, Field, RecordId, RecordKind, Type, Vocabulary};
use crate::syntax;
use crate::syntax::tree::{self, CallItem, CallLine, FactLine, Item, RecordItem, RecordLine, VocabularyLine, Word};
use crate::text::{Diagnostic, Span, heard, joined, nearest, plural};
use std::collections::BTreeMap;

/// The most values of a choice or a set of flags: one bit each.
pub(super) const MOST_VALUES: usize = 64;

/// Builds the vocabulary called `name` with those that it extends, the extended first; and the table of its names, each with
/// the rank of the vocabulary that declares it.
pub(super) fn build(
    library: &Library<'_>,
    name: &str,
    rank: impl Fn(&str) -> usize,
    problems: &mut Vec<Diagnostic>,
) -> (Vocabulary, Symbols) {
    let chain = chain(library, name, problems);
    let mut builder = Builder {
        problems,
        lost: &library.lost,
        vocabulary: Vocabulary { name: name.to_owned(), ..Vocabulary::default() },
        symbols: Symbols::default(),
        rank: 0,
        call_lines: Once::under("the call"),
        record_lines: BTreeMap::new(),
    };
    let lost = |name: &&&str| {
        library
            .vocabularies
            .get(**name)
            .and_then(|parts| parts.header)
            .is_none_or(|(_, at)| library.lost.anything_under(at))
    };
    if chain.iter().any(|name| lost(&name)) {
        // Its identities, or all that it extends, may be lost.
        return builder.finish();
    }
    // Names first, so that a field can link to a record that another file declares.
    for name in &chain {
        builder.rank = rank(name);
        builder.declare(library, name);
    }
    for name in &chain {
        builder.rank = rank(name);
        builder.describe(library, name);
    }
    builder.report_never_overheard(library, &chain);
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
        if !library.vocabularies.contains_key(base.value.as_str()) {
            if library.lost.header() || library.lost.name(&base.value) {
                break;
            }
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
    pub(super) lost: &'p Unreadable<'p>,
    pub(super) vocabulary: Vocabulary,
    pub(super) symbols: Symbols,
    /// That of the vocabulary at hand.
    pub(super) rank: usize,
    /// What is said once of the call, and of each record, in whichever vocabulary.
    call_lines: Once,
    record_lines: BTreeMap<String, Once>,
}

impl Builder<'_> {
    fn declare(&mut self, library: &Library<'_>, name: &str) {
        let Some(parts) = library.vocabularies.get(name) else { return };
        if let Some((header, _)) = parts.header {
            let mut once = Once::under("this vocabulary");
            for line in &header.lines {
                match &line.node {
                    VocabularyLine::Identities(kinds) => {
                        once.line("identities", line.at.0, self.problems);
                        for kind in kinds {
                            self.take(Namespace::Identities, SymbolKind::Identity, kind);
                            // One that cannot have this name is not missing where a fact has it.
                            if !self.vocabulary.identities.contains(&kind.text) {
                                self.vocabulary.identities.push(kind.text.clone());
                            }
                        }
                    }
                    VocabularyLine::Extends(_) => drop(once.line("extends", line.at.0, self.problems)),
                    VocabularyLine::Help(_) => drop(once.line("\"…\"", line.at.0, self.problems)),
                }
            }
        }
        for item in &parts.items {
            if let Item::Record(record) = &item.node {
                self.declare_record(record);
            }
        }
    }

    /// Takes a name for the vocabulary at hand; says so when it is taken.
    pub(super) fn take(&mut self, namespace: Namespace, kind: SymbolKind, word: &Word) -> bool {
        self.take_at(namespace, kind, &word.text, word.at.0)
    }

    pub(super) fn take_at(&mut self, namespace: Namespace, kind: SymbolKind, name: &str, at: Span) -> bool {
        let symbol = Symbol { kind, name: name.to_owned(), at: Some(at), rank: self.rank };
        let problem = self.symbols.declare(namespace, symbol);
        let free = problem.is_none();
        self.problems.extend(problem);
        free
    }

    fn declare_record(&mut self, item: &RecordItem) {
        let plural_word = item.plural.as_ref();
        if let Some(known) =
            self.vocabulary.record(&item.name.text).and_then(|id| self.vocabulary.records.get(id.index()))
        {
            if let Some(other) = plural_word.filter(|word| word.text != known.plural) {
                let message = format!("the plural of `{}` is `{}` already", known.name, known.plural);
                let first = self.symbols.place(&Namespace::Names, &known.plural);
                let problem = Diagnostic::error("named-twice", other.at.0, message).help("leave the plural out here");
                self.problems
                    .push(first.into_iter().fold(problem, |problem, at| problem.also(at, "here it is given first")));
            }
            if item.lines.is_empty() && !self.lost.anything_under(item.name.at.0) {
                let message = format!("nothing more is said of `{}` here", known.name);
                self.problems.push(no_effect(item.name.at.0, message));
            }
            return;
        }
        let name = item.name.text.clone();
        let plural = plural_word.map_or_else(|| plural(&name), |plural| plural.text.clone());
        self.take(Namespace::Names, SymbolKind::Record, &item.name);
        let place = plural_word.map_or(item.name.at.0, |word| word.at.0);
        self.take_at(Namespace::Names, SymbolKind::Plural(name.clone()), &plural, place);
        self.vocabulary.records.push(RecordKind {
            is_call: name == "call",
            name,
            plural,
            help: String::new(),
            ask: None,
            kept_for: None,
            in_force: None,
            rules: None,
            fields: Vec::new(),
        });
    }

    fn describe(&mut self, library: &Library<'_>, name: &str) {
        let Some(parts) = library.vocabularies.get(name) else { return };
        for item in &parts.items {
            match &item.node {
                Item::Call(call) => self.call(call),
                Item::Questions(questions) => self.questions(questions),
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

    fn call(&mut self, call: &CallItem) {
        if let Some(help) = &call.help {
            self.call_lines.line("\"…\"", help.at.0, self.problems);
        }
        for line in &call.lines {
            let CallLine::Fact(fact) = &line.node else { continue };
            if matches!(fact.ty, tree::Type::Also(_)) {
                continue;
            }
            let owner = fact.name.text.clone();
            if let Some(field) = self.field(Namespace::Names, SymbolKind::Fact, owner, fact) {
                self.vocabulary.call.push(field);
            }
        }
    }

    fn record(&mut self, item: &RecordItem) {
        let name = &item.name.text;
        let Some(id) = self.vocabulary.record(name) else { return };
        let mut once = self.record_lines.remove(name).unwrap_or_else(|| Once::under(format!("`{name}`")));
        if let Some(help) = &item.help
            && once.line("\"…\"", help.at.0, self.problems)
        {
            self.edit(id, |record| record.help.clone_from(&help.value));
        }
        let (mut in_force, mut rules) = (None, None);
        for line in &item.lines {
            let at = line.at.0;
            match &line.node {
                RecordLine::Field(fact) if matches!(fact.ty, tree::Type::Also(_)) => {}
                RecordLine::Field(fact) => {
                    let (fields, owner) = (Namespace::Fields(name.clone()), format!("{name}'s {}", fact.name.text));
                    if let Some(field) = self.field(fields, SymbolKind::Field(name.clone()), owner, fact) {
                        self.edit(id, |record| record.fields.push(field));
                    }
                }
                RecordLine::Asked(ask) if once.line("asked as", at, self.problems) => {
                    self.edit(id, |record| record.ask = Some(asked(ask)));
                }
                RecordLine::KeptFor(length) if once.line("kept for", at, self.problems) => {
                    self.edit(id, |record| record.kept_for = Some(length.length));
                }
                RecordLine::InForce { from, until } if once.line("in force", at, self.problems) => {
                    in_force = Some((from, until));
                }
                RecordLine::NamesRules(field) if once.line("names in", at, self.problems) => rules = Some(field),
                RecordLine::Asked(_)
                | RecordLine::IsCalled(_)
                | RecordLine::NamesRules(_)
                | RecordLine::KeptFor(_)
                | RecordLine::InForce { .. } => {}
            }
        }
        self.record_lines.insert(name.clone(), once);
        if let Some((from, until)) = in_force {
            self.in_force(id, from, until);
        }
        if let Some(field) = rules {
            self.names_rules(id, field);
        }
    }

    pub(super) fn edit(&mut self, id: RecordId, change: impl FnOnce(&mut RecordKind)) {
        if let Some(record) = self.vocabulary.records.get_mut(id.index()) {
            change(record);
        }
    }

    pub(super) fn field(
        &mut self,
        namespace: Namespace,
        kind: SymbolKind,
        owner: String,
        line: &FactLine,
    ) -> Option<Field> {
        if line.name.text.eq_ignore_ascii_case("id") {
            let message = format!("`{}` is there already: every call and record has one", line.name.text);
            self.problems.push(Diagnostic::error("named-twice", line.name.at.0, message));
            return None;
        }
        if !self.take(namespace.clone(), kind, &line.name) {
            return None;
        }
        let ty = self.ty(&line.ty)?;
        match &ty {
            Type::Choice { values, .. } | Type::Flags { values } => self.take_values(&owner, values, line.name.at.0),
            // Of a record, different people are counted by their plural.
            Type::Identity { .. } if namespace != Namespace::Names => {
                for plural in plurals_of_field(&line.name.text) {
                    let plural_of = SymbolKind::Plural(line.name.text.clone());
                    self.take_at(namespace.clone(), plural_of, &plural, line.name.at.0);
                }
            }
            _ => {}
        }
        Some(Field {
            name: line.name.text.clone(),
            ty,
            help: line.help.as_ref().map(|help| help.value.clone()).unwrap_or_default(),
            ask: line.ask.as_ref().map(asked),
            words: BTreeMap::new(),
        })
    }

    /// Values that a level may be called by; a setting cannot have the name of one.
    pub(super) fn take_values(&mut self, owner: &str, values: &[String], at: Span) {
        for value in values {
            self.take_at(Namespace::Levels, SymbolKind::Value(owner.to_owned()), value, at);
        }
    }

    fn ty(&mut self, ty: &tree::Type) -> Option<Type> {
        Some(match ty {
            tree::Type::YesNo => Type::YesNo,
            tree::Type::OneOf { values, rising } => Type::Choice { values: self.values(values)?, rising: *rising },
            tree::Type::AnyOf(values) => Type::Flags { values: self.values(values)? },
            tree::Type::Number(None) => Type::Number { range: None },
            tree::Type::Number(Some((from, to))) => Type::Number { range: Some(self.rising(*from, *to)?) },
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
        if found.is_none() && !self.lost.name(&kind.text) {
            let problem = Diagnostic::error("unknown-name", kind.at.0, format!("there is no identity `{}`", kind.text));
            let near = nearest(&kind.text, self.vocabulary.identities.iter().map(String::as_str));
            let known = match self.vocabulary.identities.as_slice() {
                [] => {
                    format!("the vocabulary has no line of them yet: write `identities {}` below its name", kind.text)
                }
                known => format!("the vocabulary's `identities` are {}", joined(known, "and")),
            };
            self.problems.push(problem.suggest(near).help(known));
        }
        found
    }

    pub(super) fn values(&mut self, words: &[Word]) -> Option<Vec<String>> {
        if let Some(extra) = words.get(MOST_VALUES) {
            let message = format!("there are {} values; {MOST_VALUES} is the most", words.len());
            self.problems.push(Diagnostic::error("too-many-values", extra.at.0, message));
            return None;
        }
        let mut values: Vec<String> = Vec::new();
        let mut sounds: Vec<String> = Vec::new();
        for word in words {
            if matches!(word.text.as_str(), "unknown" | "none" | "yes" | "no") {
                let problem =
                    Diagnostic::error("reserved-value", word.at.0, format!("`{}` cannot be a value", word.text));
                let instead = syntax::instead_of(&word.text, "FACT", false);
                self.problems.push(instead.into_iter().fold(problem, Diagnostic::help));
            }
            if values.contains(&word.text) {
                let problem = Diagnostic::error("named-twice", word.at.0, format!("`{}` is listed twice", word.text));
                self.problems.push(problem.help("leave one of them out"));
            } else if let Some(at) = sounds.iter().position(|sound| *sound == heard(&word.text)) {
                let like = values.get(at).map_or("", String::as_str);
                self.problems.push(too_like(word, like));
            }
            sounds.push(heard(&word.text));
            values.push(word.text.clone());
        }
        Some(values)
    }

    pub(super) fn rising(&mut self, from: tree::Number, to: tree::Number) -> Option<(i64, i64)> {
        if from.value > to.value {
            let message = format!("the range from {} to {} is the wrong way round", from.value, to.value);
            let problem = Diagnostic::error("bad-range", from.at.0.to(to.at.0), message);
            self.problems.push(problem.help("name the lower number first"));
            return None;
        }
        Some((from.value, to.value))
    }

    fn finish(mut self) -> (Vocabulary, Symbols) {
        // Such a fact is a level too: a grade may be raised to the one that somebody gave.
        let scales: Vec<&[String]> =
            self.vocabulary.outcomes.iter().filter_map(|outcome| outcome.kind.scale()).collect();
        let levels = self
            .vocabulary
            .call
            .iter()
            .filter(|fact| matches!(&fact.ty, Type::Choice { values, .. } if scales.contains(&values.as_slice())));
        let places = levels.filter_map(|fact| {
            let at = self.symbols.place(&Namespace::Names, &fact.name)?;
            Some((fact.name.clone(), at))
        });
        for (name, at) in places.collect::<Vec<_>>() {
            self.take_at(Namespace::Levels, SymbolKind::Fact, &name, at);
        }
        (self.vocabulary.in_order(), self.symbols)
    }
}

fn asked(ask: &tree::Ask) -> Ask {
    Ask { of: ask.of, text: ask.text.value.clone(), safe_if_overheard: ask.safe_if_overheard }
}

/// What different people in a field may be called: `victims`, `witnesses`.
pub(super) fn plurals_of_field(name: &str) -> [String; 2] {
    [format!("{name}s"), format!("{name}es")]
}

/// Two values that nobody could tell apart who hears them.
pub(super) fn too_like(word: &Word, like: &str) -> Diagnostic {
    let message = format!("`{}` and `{like}` differ in capitals or joining marks alone", word.text);
    Diagnostic::error("named-twice", word.at.0, message).help("give one of them another name")
}
