//! The checker of one policy, and its scope: what each name in it stands for.

use super::gather::Unreadable;
use super::once::no_effect;
use super::policy::{Definition, NamedCalendar, Policy, RecordGroup, SettingValue};
use super::symbols::{Namespace, Ranks, Symbol, SymbolKind, Symbols};
use crate::model::{FactId, FieldId, Outcome, RecordId, Type, Vocabulary};
use crate::semantics::{Condition, DefinitionId, Parameter, ScoreId, Selection, SettingId, SurfaceForm, TableId};
use crate::syntax::tree::{
    AdditionItem, Amount, DefinitionItem, Item, LengthRef, Line, Meaning, RuleItem, ScoreItem, TableItem, Word,
};
use crate::syntax::{is_certain_unit, length_in_digits};
use crate::text::{Diagnostic, Span, joined, nearest, plural, spelt_number};
use crate::time::{Length, Zone};
use std::collections::BTreeMap;
use std::rc::Rc;

/// How deep definitions may use one another.
const MAX_DEPTH: usize = 32;

/// Turns one policy's trees into a typed policy, gathering what is wrong with them.
pub(super) struct Checker<'a, 'p> {
    pub policy: Policy,
    pub problems: &'p mut Vec<Diagnostic>,
    pub lost: &'p Unreadable<'a>,
    /// Every name that is taken in what the policy is built on.
    pub symbols: Symbols,
    pub ranks: Ranks<'a>,
    /// What to say where a base seems to be missing.
    pub forgotten_base: Option<String>,
    /// Where each name of the policy is declared.
    pub places: BTreeMap<&'a str, Span>,
    /// Where each setting stands among those of the policy.
    pub settings: BTreeMap<&'a str, usize>,
    /// The outcomes of the vocabulary, which can be looked at while problems are noted.
    pub outcomes: Rc<[Outcome]>,
    /// The policy that declares each definition, score and table.
    owners: BTreeMap<&'a str, String>,
    pub definitions: BTreeMap<&'a str, &'a DefinitionItem>,
    pub scores: BTreeMap<&'a str, &'a ScoreItem>,
    pub tables: BTreeMap<&'a str, &'a TableItem>,
    /// The plural of each group of records, and the name it is the plural of.
    plurals: BTreeMap<String, &'a str>,
    /// What was looked into, and how deep it builds on others.
    known: BTreeMap<&'a str, (Lookup, usize)>,
    /// How many are being looked into.
    depth: usize,
    /// How deep the deepest goes of those that the one being looked into has used so far.
    used_depth: usize,
}

/// What became of a definition, score or table that was looked into.
#[derive(Clone)]
pub(super) enum Lookup {
    /// Being looked into: to meet it again is to go in circles.
    Busy,
    Condition(DefinitionId),
    Group(Box<Selection>),
    Score(ScoreId),
    Table(TableId),
    /// Reported already.
    Broken,
}

/// What a policy declares under a name.
enum Declared<'a> {
    Definition(&'a DefinitionItem),
    Score(&'a ScoreItem),
    Table(&'a TableItem),
}

/// Whose fields a bare name means.
#[derive(Clone, Copy)]
pub(super) enum NameScope {
    Call,
    /// A record; `this_call` when the call itself may stand in its place.
    Record {
        record: RecordId,
        this_call: bool,
    },
}

impl<'a, 'p> Checker<'a, 'p> {
    pub(super) fn new(
        name: &str,
        vocabulary: Vocabulary,
        zone: Zone,
        calendars: Vec<NamedCalendar>,
        (symbols, ranks): (Symbols, Ranks<'a>),
        lost: &'p Unreadable<'a>,
        problems: &'p mut Vec<Diagnostic>,
    ) -> Self {
        let call_fields = call_fields(&vocabulary);
        let outcomes = vocabulary.outcomes.as_slice().into();
        let policy = Policy {
            name: name.to_owned(),
            chain: Vec::new(),
            vocabulary,
            zone,
            settings: Vec::new(),
            definitions: Vec::new(),
            groups: Vec::new(),
            scores: Vec::new(),
            tables: Vec::new(),
            calendars,
            rules: Vec::new(),
            invariants: Vec::new(),
            acceptances: Vec::new(),
            called: Vec::new(),
            call_fields,
        };
        Self {
            policy,
            problems,
            lost,
            symbols,
            ranks,
            forgotten_base: None,
            places: BTreeMap::new(),
            settings: BTreeMap::new(),
            outcomes,
            owners: BTreeMap::new(),
            definitions: BTreeMap::new(),
            scores: BTreeMap::new(),
            tables: BTreeMap::new(),
            plurals: BTreeMap::new(),
            known: BTreeMap::new(),
            depth: 0,
            used_depth: 0,
        }
    }

    /// Declares every name, so that use may come before declaration.
    pub(super) fn name_all(&mut self, items: &[(&str, &'a Line<Item>)]) {
        for (policy, item) in items {
            match &item.node {
                Item::Setting(setting) if self.declare(policy, SymbolKind::Setting, &setting.name) => {
                    self.take(policy, Namespace::Levels, SymbolKind::Setting, &setting.name);
                    self.declare_setting(policy, setting);
                }
                Item::Definition(definition) => self.declare_definition(policy, definition),
                Item::Score(score) if self.declare(policy, SymbolKind::Score, &score.name) => {
                    self.owners.insert(&score.name.text, (*policy).to_owned());
                    self.scores.insert(&score.name.text, score);
                }
                Item::Table(table) if self.declare(policy, SymbolKind::Table, &table.name) => {
                    self.owners.insert(&table.name.text, (*policy).to_owned());
                    self.tables.insert(&table.name.text, table);
                }
                _ => {}
            }
        }
    }

    fn declare_definition(&mut self, policy: &str, definition: &'a DefinitionItem) {
        let name = &definition.name;
        let is_group = matches!(definition.meaning, Meaning::Records(_));
        let kind = if is_group { SymbolKind::Group } else { SymbolKind::Definition };
        if !self.declare(policy, kind, name) {
            return;
        }
        self.owners.insert(&name.text, policy.to_owned());
        self.definitions.insert(&name.text, definition);
        match &definition.plural {
            Some(word) if !is_group => {
                let message = format!("`{}` is a condition, of which there is no plural", name.text);
                self.problems.push(no_effect(word.at.0, message));
            }
            None if !is_group => {}
            given => {
                let text = given.as_ref().map_or_else(|| plural(&name.text), |word| word.text.clone());
                let word = Word { text, at: given.as_ref().map_or(name.at, |word| word.at) };
                if self.take(policy, Namespace::Names, SymbolKind::Plural(name.text.clone()), &word) {
                    self.plurals.insert(word.text, &name.text);
                }
            }
        }
    }

    /// Takes a name for a policy; says so when it is taken.
    pub(super) fn take(&mut self, policy: &str, namespace: Namespace, kind: SymbolKind, word: &Word) -> bool {
        let rank = self.ranks.of_policy(policy);
        let symbol = Symbol { kind, name: word.text.clone(), at: Some(word.at.0), rank };
        let problem = self.symbols.declare(namespace, symbol);
        let free = problem.is_none();
        self.problems.extend(problem);
        free
    }

    /// Says so when the name is taken.
    fn declare(&mut self, policy: &str, kind: SymbolKind, word: &'a Word) -> bool {
        let free = self.take(policy, Namespace::Names, kind, word);
        if free {
            self.places.insert(&word.text, word.at.0);
        }
        free
    }

    /// Checks everything that was named, used or not.
    pub(super) fn check_all(&mut self, items: &[(&str, &'a Line<Item>)]) {
        let names = self.definitions.keys().chain(self.scores.keys()).chain(self.tables.keys());
        let names: Vec<&'a str> = names.copied().collect();
        for name in names {
            self.look_up(name, None);
        }
        let mut rules: Vec<(&str, &'a RuleItem)> = items
            .iter()
            .filter_map(|(policy, item)| match &item.node {
                Item::Rule(rule) => Some((*policy, rule)),
                _ => None,
            })
            .collect();
        // A policy has its rules by name, and while they are only pointed at they are quickly put in order.
        rules.sort_by(|(_, one), (_, other)| one.name.text.cmp(&other.name.text));
        self.check_rules(&rules);
        self.check_invariants(items);
        let additions: Vec<(&str, &'a AdditionItem)> = items
            .iter()
            .filter_map(|(policy, item)| match &item.node {
                Item::Addition(addition) => Some((*policy, addition)),
                _ => None,
            })
            .collect();
        let names = || rules.iter().map(|(_, rule)| rule.name.text.as_str()).collect();
        if items.iter().any(|(_, item)| matches!(item.node, Item::Acceptance(_))) {
            self.check_acceptances(items, &names());
        }
        let of_rules = |item: &Item| matches!(item, Item::Addition(_) | Item::Suspension(_));
        if !items.iter().any(|(_, item)| of_rules(&item.node)) {
            return;
        }
        let names = names();
        let written: BTreeMap<&str, &'a RuleItem> = items
            .iter()
            .filter_map(|(_, item)| match &item.node {
                Item::Rule(rule) => Some((rule.name.text.as_str(), rule)),
                _ => None,
            })
            .collect();
        self.check_additions(&additions, &written, &names);
        self.check_suspensions(items, &names);
    }

    /// What a name of a definition, score or table stands for; `None` when there is no such name.
    pub(super) fn look_up(&mut self, name: &str, used: Option<Span>) -> Option<Lookup> {
        let name = self.plurals.get(name).copied().filter(|_| !self.definitions.contains_key(name)).unwrap_or(name);
        let Some((key, found)) = self.declared(name) else {
            return self.lost.name(name).then_some(Lookup::Broken);
        };
        match self.known.get(key) {
            Some((Lookup::Busy, _)) => return self.report_circle(key, used),
            Some((known, depth)) => {
                self.used_depth = self.used_depth.max(*depth);
                return Some(known.clone());
            }
            None => {}
        }
        let place = used.or_else(|| self.places.get(key).copied())?;
        if self.depth >= MAX_DEPTH {
            return Some(self.report_too_deep(place));
        }
        self.known.insert(key, (Lookup::Busy, 0));
        self.depth += 1;
        let outer = std::mem::take(&mut self.used_depth);
        let known = match found {
            Declared::Definition(definition) => self.define(definition),
            Declared::Score(score) => self.check_score(score),
            Declared::Table(table) => self.check_table(table),
        };
        self.depth -= 1;
        let depth = self.used_depth + 1;
        self.used_depth = outer.max(depth);
        let known = match known {
            Some(_) if depth > MAX_DEPTH => self.report_too_deep(self.places.get(key).copied().unwrap_or(place)),
            known => known.unwrap_or(Lookup::Broken),
        };
        self.known.insert(key, (known.clone(), depth));
        Some(known)
    }

    fn declared(&self, name: &str) -> Option<(&'a str, Declared<'a>)> {
        let definition = self.definitions.get_key_value(name).map(|(key, it)| (*key, Declared::Definition(it)));
        let score = || self.scores.get_key_value(name).map(|(key, it)| (*key, Declared::Score(it)));
        let table = || self.tables.get_key_value(name).map(|(key, it)| (*key, Declared::Table(it)));
        definition.or_else(score).or_else(table)
    }

    fn report_circle(&mut self, key: &str, used: Option<Span>) -> Option<Lookup> {
        let declared = self.places.get(key).copied();
        let span = used.or(declared)?;
        let problem = Diagnostic::error("goes-in-circles", span, format!("`{key}` is defined by way of itself"));
        let problem = problem.help("a definition may use others, but never itself");
        self.problems.push(match declared.filter(|place| *place != span) {
            Some(place) => problem.also(place, "here it is defined"),
            None => problem,
        });
        Some(Lookup::Broken)
    }

    /// Of a long chain every part is too deep; the first that is found speaks for them all.
    fn report_too_deep(&mut self, place: Span) -> Lookup {
        if self.problems.iter().any(|problem| problem.code == "too-deep" && problem.message.starts_with("definitions"))
        {
            return Lookup::Broken;
        }
        let message = format!("definitions build on one another more than {MAX_DEPTH} deep here");
        self.problems.push(Diagnostic::error("too-deep", place, message).help("write some of the inner ones out"));
        Lookup::Broken
    }

    /// The record or group that a noun means, as a selection without further scopes.
    pub(super) fn noun(&mut self, word: &Word) -> Option<Selection> {
        let vocabulary = &self.policy.vocabulary;
        if let Some(record) = vocabulary.record(&word.text).or_else(|| vocabulary.record_by_plural(&word.text)) {
            return Some(Selection {
                record,
                windows: Vec::new(),
                since: Vec::new(),
                tests: Vec::new(),
                this_call: false,
                said: SurfaceForm::default(),
            });
        }
        match self.look_up(&word.text, Some(word.at.0)) {
            Some(Lookup::Group(selection)) => return Some(*selection),
            Some(Lookup::Broken) => return None,
            Some(_) => {
                let message = format!("`{}` is not a kind of record, so it cannot be counted", word.text);
                let help = format!("to test it, write `{}` alone, without `any` or `no`", word.text);
                self.problems.push(Diagnostic::error("not-a-record", word.at.0, message).help(help));
                return None;
            }
            None => {}
        }
        let records: Vec<String> = self.policy.vocabulary.records.iter().map(|record| record.plural.clone()).collect();
        let near =
            nearest(&word.text, records.iter().map(String::as_str).chain(self.plurals.keys().map(String::as_str)));
        let near = near.map(str::to_owned);
        let problem =
            Diagnostic::error("unknown-name", word.at.0, format!("there is no kind of record `{}`", word.text))
                .suggest(near.as_deref());
        let known = format!("the vocabulary has {}", joined(&records, "and"));
        self.report_unknown(word, problem.help(known));
        None
    }

    /// A number or the setting that holds it.
    pub(super) fn number(&mut self, amount: &Amount) -> Option<Parameter<i64>> {
        let word = match amount {
            Amount::Number(number) => return Some(number.value.into()),
            Amount::Name(word) => word,
        };
        match self.setting(word)? {
            (setting, SettingValue::Number { number, .. }) => Some(Parameter { value: number, setting: Some(setting) }),
            (_, other) => {
                let message = format!("`{}` is {other}; a number is needed here", word.text);
                self.problems.push(
                    Diagnostic::error("wrong-kind", word.at.0, message)
                        .help("write a number, or name a setting that is one"),
                );
                None
            }
        }
    }

    /// A length of time or the setting that holds it.
    pub(super) fn length(&mut self, length: &LengthRef) -> Option<Parameter<Length>> {
        let word = match length {
            LengthRef::Length(length) => return Some(length.length.into()),
            LengthRef::Name(word) => word,
        };
        match self.setting(word)? {
            (setting, SettingValue::Length(length)) => Some(Parameter { value: length, setting: Some(setting) }),
            (_, other) => {
                let message = format!("`{}` is {other}; a length of time is needed here", word.text);
                self.problems.push(
                    Diagnostic::error("wrong-kind", word.at.0, message)
                        .help("write such as `24 hours`, or name a setting that is one"),
                );
                None
            }
        }
    }

    pub(super) fn setting(&mut self, word: &Word) -> Option<(SettingId, SettingValue)> {
        if let Some(at) = self.settings.get(word.text.as_str())
            && let Some(setting) = self.policy.settings.get(*at)
        {
            return Some((SettingId(u32::try_from(*at).unwrap_or(u32::MAX)), setting.value.clone()));
        }
        let problem =
            number_in_words(word).or_else(|| number_without_unit(word)).unwrap_or_else(|| self.no_setting(word));
        self.report_unknown(word, problem);
        None
    }

    /// The value in force of the setting of this name.
    pub(super) fn setting_value(&self, name: &str) -> Option<&SettingValue> {
        let at = *self.settings.get(name)?;
        self.policy.settings.get(at).map(|setting| &setting.value)
    }

    pub(super) fn no_setting(&self, word: &Word) -> Diagnostic {
        let near = nearest(&word.text, self.policy.settings.iter().map(|setting| setting.name.as_str()));
        let problem = Diagnostic::error("unknown-name", word.at.0, format!("there is no setting `{}`", word.text));
        if near.is_some() {
            return problem.suggest(near);
        }
        let names: Vec<&str> = self.policy.settings.iter().map(|setting| setting.name.as_str()).collect();
        match (&self.forgotten_base, names.as_slice()) {
            (Some(help), _) => problem.help(help.clone()),
            (None, []) => problem.help("this policy has no settings"),
            (None, names) => problem.help(format!("the settings are {}", joined(names, "and"))),
        }
    }

    /// Reports that there is no such name, unless the line that declares it was reported already.
    pub(super) fn report_unknown(&mut self, word: &Word, problem: Diagnostic) {
        if !self.lost.name(&word.text) {
            self.problems.push(problem);
        }
    }

    /// The plural of a group of records.
    pub(super) fn plural_of(&self, name: &str) -> String {
        match self.definitions.get(name) {
            Some(DefinitionItem { plural: Some(word), .. }) => word.text.clone(),
            None if self.plurals.contains_key(name) => name.to_owned(),
            _ => plural(name),
        }
    }

    pub(super) fn add_definition(&mut self, word: &Word, condition: Condition) -> DefinitionId {
        let id = DefinitionId(u32::try_from(self.policy.definitions.len()).unwrap_or(u32::MAX));
        let (name, policy, at) = (word.text.clone(), self.owner(&word.text), word.at.0);
        self.policy.definitions.push(Definition { name, condition, policy, at });
        id
    }

    /// Adds a group of records, and gives what its name stands for where it is used.
    pub(super) fn add_group(&mut self, word: &Word, of: Selection) -> Selection {
        let used =
            Selection { said: SurfaceForm { group: Some(word.text.clone()), ..SurfaceForm::default() }, ..of.clone() };
        let (name, plural) = (word.text.clone(), self.plural_of(&word.text));
        let (policy, at) = (self.owner(&word.text), word.at.0);
        self.policy.groups.push(RecordGroup { name, plural, of, policy, at });
        used
    }

    /// The policy that declares a definition, a score or a table.
    pub(super) fn owner(&self, name: &str) -> String {
        self.owners.get(name).cloned().unwrap_or_default()
    }

    /// The fact of the call that stands for a field of the `call` record.
    pub(super) fn stands_for(&self, field: FieldId) -> Option<FactId> {
        self.policy.stands_for(field)
    }

    pub(super) fn finish(mut self) -> Policy {
        self.policy.called.sort();
        self.policy
    }
}

/// `two` for `2`.
fn number_in_words(word: &Word) -> Option<Diagnostic> {
    let number = spelt_number(&word.text)?.to_string();
    let problem = Diagnostic::error("unknown-name", word.at.0, format!("`{}` is not written as a number", word.text));
    Some(problem.help(format!("write `{number}`")).fix(word.at.0, number).certain(true))
}

/// `24`, `24h` or `24-hours` for `24 hours`, and `fortnight` for `14 days`.
fn number_without_unit(word: &Word) -> Option<Diagnostic> {
    let unit = word.text.trim_start_matches(|character: char| character.is_ascii_digit());
    let number = word.text.strip_suffix(unit)?;
    let (number, unit) = match (number, unit.trim_start_matches('-')) {
        ("", "fortnight" | "hour" | "day" | "week" | "month" | "year") => ("1", unit),
        ("", _) => return None,
        digits => digits,
    };
    if unit.is_empty() {
        let message = format!("`{number}` needs a unit such as `hours`");
        return Some(
            Diagnostic::error("unknown-unit", word.at.0, message)
                .help(format!("write such as `{number} hours` or `{number} days`")),
        );
    }
    let instead = length_in_digits(number.parse().ok()?, unit)?;
    // Before a unit alone a number may be missing.
    let certain =
        is_certain_unit(unit) && (unit == "fortnight" || word.text.starts_with(|first: char| first.is_ascii_digit()));
    let problem =
        Diagnostic::error("unknown-unit", word.at.0, format!("`{}` is not written as a length of time", word.text));
    Some(problem.help(format!("write `{instead}`")).fix(word.at.0, instead).certain(certain))
}

/// The fact of the same name and type for each field of the `call` record.
fn call_fields(vocabulary: &Vocabulary) -> Vec<Option<FactId>> {
    let Some(record) = vocabulary.records.iter().find(|record| record.is_call) else { return Vec::new() };
    let comparable = |one: &Type, other: &Type| match (one, other) {
        (Type::Identity { kind: one, .. }, Type::Identity { kind: other, .. }) => one == other,
        (one, other) => one == other,
    };
    record
        .fields
        .iter()
        .map(|field| {
            let fact = vocabulary.fact(&field.name)?;
            let ty = &vocabulary.call.get(fact.index())?.ty;
            comparable(ty, &field.ty).then_some(fact)
        })
        .collect()
}
