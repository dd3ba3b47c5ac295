//! Load -> the things that its files declare, each with its parts as canonical text.

use super::What;
use crate::engine::Load;
use crate::syntax::tree::{
    CallItem, CallLine, File, InvariantItem, InvariantLine, Item, Line, PolicyHeader, PolicyLine, RecordItem,
    RecordLine, RuleItem, RuleLine, SettingItem, VocabularyHeader, VocabularyLine, Word,
};
use crate::syntax::unplaced::line;
use crate::syntax::{parse, print_meaning};
use std::collections::{BTreeMap, BTreeSet};

/// All that a set of files declares.
pub(super) struct Written {
    /// By kind, name, and the policy or vocabulary that declares it.
    pub(super) things: BTreeMap<(What, String, String), Thing>,
    /// The vocabulary that each vocabulary builds on.
    extends: BTreeMap<String, String>,
    /// The plural of each group of records that is given one.
    plurals: BTreeMap<String, String>,
}

#[derive(Debug, Default)]
pub(super) struct Thing {
    /// Each part by its name, in the order in which it was written.
    pub(super) parts: Vec<(&'static str, String)>,
    /// Every word of it that could be a name; of quoted texts only those in braces.
    words: BTreeSet<String>,
}

impl Written {
    pub(super) fn of(load: &Load) -> Self {
        let mut written = Self { things: BTreeMap::new(), extends: BTreeMap::new(), plurals: BTreeMap::new() };
        for source in load.sources.iter() {
            let (file, _) = parse(source);
            let mut owner = String::new();
            for item in &file.items {
                written.item(&mut owner, item);
            }
        }
        written
    }

    /// Whether what this policy or vocabulary declares takes effect under a vocabulary of this name.
    pub(super) fn is_under(&self, vocabulary: &str, owner: &str) -> bool {
        let mut at = vocabulary;
        // Vocabularies that go in circles are refused, but this must end whatever it is given.
        for _ in 0..=self.extends.len() {
            if at == owner {
                return true;
            }
            match self.extends.get(at) {
                Some(base) => at = base,
                None => return false,
            }
        }
        false
    }

    /// The rules among these owners that use a name, themselves or by way of definitions, scores and tables.
    pub(super) fn users(&self, name: &str, owners: &BTreeSet<&str>) -> BTreeSet<String> {
        let mut names: BTreeSet<&str> = BTreeSet::from([name]);
        let mut fresh = vec![name];
        let mut rules = BTreeSet::new();
        while let Some(name) = fresh.pop() {
            let plural = self.plurals.get(name).cloned().unwrap_or_else(|| crate::text::plural(name));
            for ((what, user, owner), thing) in &self.things {
                let uses = thing.words.contains(name) || thing.words.contains(&plural);
                if !uses || !owners.contains(owner.as_str()) {
                    continue;
                }
                match what {
                    What::Rule | What::Addition | What::Suspension => drop(rules.insert(user.clone())),
                    What::Definition | What::Score | What::Table if names.insert(user) => fresh.push(user),
                    _ => {}
                }
            }
        }
        rules
    }

    fn item(&mut self, owner: &mut String, item: &Line<Item>) {
        match &item.node {
            Item::Policy(header) => {
                owner.clone_from(&header.name.value);
                self.policy(header);
            }
            Item::Vocabulary(header) => {
                owner.clone_from(&header.name.value);
                self.vocabulary(header);
            }
            Item::PartOfPolicy(name) | Item::PartOfVocabulary(name) => owner.clone_from(&name.value),
            Item::Rule(rule) => self.rule(rule, owner),
            Item::Addition(addition) => {
                self.thing(What::Addition, &addition.rule.text, owner).rule_lines(&addition.rule, &addition.lines);
            }
            Item::Setting(setting) => self.setting(setting, owner),
            Item::Definition(definition) => {
                if let Some(plural) = &definition.plural {
                    self.plurals.insert(definition.name.text.clone(), plural.text.clone());
                }
                self.whole(What::Definition, &definition.name.text, owner, &item.node);
            }
            Item::Score(score) => self.whole(What::Score, &score.name.text, owner, &item.node),
            Item::Table(table) => self.whole(What::Table, &table.name.text, owner, &item.node),
            Item::Calendar(calendar) => self.whole(What::Calendar, &calendar.name.text, owner, &item.node),
            Item::Outcome(outcome) => self.whole(What::Outcome, &outcome.name.text, owner, &item.node),
            Item::Questions(questions) => self.whole(What::Questions, &questions.name.text, owner, &item.node),
            Item::Call(call) => {
                for line in &call.lines {
                    let (name, part) = match &line.node {
                        CallLine::Fact(fact) => (&fact.name.text, "meaning"),
                        CallLine::IsCalled(called) => (&called.of.text, "words"),
                        CallLine::MayBeOverheard { fact, .. } => (&fact.text, "overhearing"),
                    };
                    let alone = Item::Call(CallItem { help: None, lines: vec![line.clone()] });
                    self.thing(What::Fact, name, owner).add(part, under(alone));
                }
            }
            Item::Record(record) => self.record(record, owner),
            Item::Suspension(suspension) => {
                let text = under(item.node.clone());
                let from = suspension.from.map_or_else(String::new, |from| format!("from {from} "));
                let thing = self.thing(What::Suspension, &suspension.rule.text, owner);
                thing.add("dates", format!("{from}until {}", suspension.until));
                thing.add("meaning", text);
            }
            Item::Invariant(invariant) => self.invariant(invariant, owner),
            Item::Acceptance(accepted) => {
                let text = under(item.node.clone());
                let thing = self.thing(What::Acceptance, &accepted.accepted(), owner);
                thing.add("dates", format!("until {}", accepted.until));
                thing.add("meaning", text);
            }
        }
    }

    fn rule(&mut self, rule: &RuleItem, owner: &str) {
        let thing = self.thing(What::Rule, &rule.name.text, owner);
        thing.add("title", rule.title.as_ref().map(|title| title.value.clone()).unwrap_or_default());
        thing.rule_lines(&rule.name, &rule.lines);
    }

    fn invariant(&mut self, invariant: &InvariantItem, owner: &str) {
        let thing = self.thing(What::Invariant, &invariant.name.text, owner);
        thing.add("title", invariant.title.as_ref().map(|title| title.value.clone()).unwrap_or_default());
        for line in &invariant.lines {
            let part = match &line.node {
                InvariantLine::Whenever(_) => "condition",
                InvariantLine::Then(_) | InvariantLine::Never(_) => "demands",
                InvariantLine::Source(_) => "source",
                InvariantLine::Help(_) => "help",
            };
            let alone = InvariantItem { title: None, lines: vec![line.clone()], name: invariant.name.clone() };
            thing.add(part, under(Item::Invariant(alone)));
        }
    }

    fn policy(&mut self, header: &PolicyHeader) {
        let name = &header.name.value;
        self.thing(What::Policy, name, name);
        for line in &header.lines {
            match &line.node {
                // What is set is told by the value that it gives.
                PolicyLine::Set { .. } => {}
                PolicyLine::IsCalled { outcome, value, label } => {
                    let called = format!("{} {}", outcome.text, value.text);
                    self.thing(What::Called, &called, name).add("word", label.value.clone());
                }
                _ => {
                    let alone = PolicyHeader { name: header.name.clone(), lines: vec![line.clone()] };
                    self.thing(What::Policy, name, name).add("heading", under(Item::Policy(alone)));
                }
            }
        }
    }

    fn vocabulary(&mut self, header: &VocabularyHeader) {
        let name = &header.name.value;
        self.thing(What::Vocabulary, name, name);
        for line in &header.lines {
            if let VocabularyLine::Extends(base) = &line.node {
                self.extends.insert(name.clone(), base.value.clone());
            }
            let alone = VocabularyHeader { name: header.name.clone(), lines: vec![line.clone()] };
            self.thing(What::Vocabulary, name, name).add("heading", under(Item::Vocabulary(alone)));
        }
    }

    fn setting(&mut self, setting: &SettingItem, owner: &str) {
        let range = (setting.range.is_some() || setting.never.is_some()).then(|| {
            let printed = one_line(&print(Item::Setting(Box::new(SettingItem { help: None, ..setting.clone() }))));
            printed.split_once(", ").map_or(String::new(), |(_, range)| range.to_owned())
        });
        let thing = self.thing(What::Setting, &setting.name.text, owner);
        thing.add("range", range.unwrap_or_default());
        thing.add("purpose", setting.help.as_ref().map(|help| help.value.clone()).unwrap_or_default());
    }

    fn record(&mut self, record: &RecordItem, owner: &str) {
        self.thing(What::Record, &record.name.text, owner);
        for line in &record.lines {
            let alone = RecordItem { lines: vec![line.clone()], help: None, plural: None, name: record.name.clone() };
            let text = under(Item::Record(alone.into()));
            match &line.node {
                RecordLine::Field(field) => {
                    let name = format!("{}'s {}", record.name.text, field.name.text);
                    self.thing(What::Field, &name, owner).add("meaning", text);
                }
                RecordLine::IsCalled(called) => {
                    let name = format!("{}'s {}", record.name.text, called.of.text);
                    self.thing(What::Field, &name, owner).add("words", text);
                }
                _ => self.thing(What::Record, &record.name.text, owner).add("heading", text),
            }
        }
    }

    fn whole(&mut self, what: What, name: &str, owner: &str, item: &Item) {
        self.thing(what, name, owner).add("meaning", print(item.clone()));
    }

    fn thing(&mut self, what: What, name: &str, owner: &str) -> &mut Thing {
        self.things.entry((what, name.to_owned(), owner.to_owned())).or_default()
    }
}

impl Thing {
    fn rule_lines(&mut self, name: &Word, lines: &[Line<RuleLine>]) {
        for line in lines {
            let part = match &line.node {
                RuleLine::When(_) | RuleLine::AlsoWhen(_) => "condition",
                RuleLine::Then(_) => "effects",
                RuleLine::Because(_) => "reason",
                RuleLine::Source(_) => "source",
                RuleLine::OnTrial => "trial",
                RuleLine::MayBeSuspended => "suspension",
                RuleLine::MayBeWidened => "widening",
                RuleLine::InForce { .. } => "dates",
                RuleLine::AppliesUnlessKnownOtherwise => "presumption",
                RuleLine::NotAgain(_) => "quiet period",
                RuleLine::Help(_) => "help",
            };
            let alone = RuleItem { name: name.clone(), title: None, lines: vec![line.clone()] };
            self.add(part, under(Item::Rule(alone)));
        }
    }

    /// Adds to the part of that name; an empty text adds nothing.
    fn add(&mut self, name: &'static str, text: String) {
        if text.is_empty() {
            return;
        }
        self.words.extend(names_in(&text));
        match self.parts.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => {
                known.push('\n');
                known.push_str(&text);
            }
            None => self.parts.push((name, text)),
        }
    }
}

fn print(item: Item) -> String {
    let file = File { items: vec![line(item)], ..File::default() };
    print_meaning(&file).trim_end().to_owned()
}

/// The lines under a heading, at the margin.
fn under(item: Item) -> String {
    let printed = print(item);
    let lines = printed.lines().skip(1).map(|line| line.strip_prefix("  ").unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

/// A text that was broken over several lines, on one.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a canonical text that could be names. In quotes only what stands in braces can be.
fn names_in(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, piece) in text.split('"').enumerate() {
        if at % 2 == 0 {
            words.extend(words_of(piece));
        } else {
            let braced = piece.split('{').skip(1).filter_map(|rest| rest.split('}').next());
            words.extend(braced.flat_map(words_of));
        }
    }
    words
}

fn words_of(text: &str) -> impl Iterator<Item = String> + '_ {
    let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '-');
    words.filter(|word| !word.is_empty()).map(str::to_owned)
}
