//! Files -> vocabularies and policies: what was written in which file no longer matters after this.

use super::symbols::{Namespace, Symbol, SymbolKind, Symbols};
use crate::syntax;
use crate::syntax::tree::{File, Item, Line, PolicyHeader, PolicyLine, Text, VocabularyHeader, VocabularyLine};
use crate::text::{Diagnostic, Span, nearest, same_or_near};
use std::collections::{BTreeMap, BTreeSet};

/// All that was written of one vocabulary.
#[derive(Debug, Default)]
pub(super) struct VocabularyParts<'a> {
    pub header: Option<(&'a VocabularyHeader, Span)>,
    pub items: Vec<&'a Line<Item>>,
}

/// All that was written of one policy.
#[derive(Debug, Default)]
pub(super) struct PolicyParts<'a> {
    pub header: Option<(&'a PolicyHeader, Span)>,
    pub items: Vec<&'a Line<Item>>,
}

#[derive(Debug, Default)]
pub(super) struct Library<'a> {
    pub vocabularies: BTreeMap<&'a str, VocabularyParts<'a>>,
    pub policies: BTreeMap<&'a str, PolicyParts<'a>>,
    pub lost: Unreadable<'a>,
}

/// What could not be read in any file. It was reported there, and is not reported again as missing.
#[derive(Debug, Default)]
pub(super) struct Unreadable<'a> {
    names: BTreeSet<&'a str>,
    lines: BTreeMap<Span, BTreeSet<&'a str>>,
    /// A file does not say what it belongs to.
    header: bool,
    /// The vocabularies with anything that could not be read, and those that may be meant by a file which does not say so.
    vocabularies: BTreeSet<&'a str>,
    any_vocabulary: bool,
}

/// The most lost names that one which is missing is compared with; a file with more is broken altogether.
const MOST_NEAR: usize = 500;

/// The words that lines under a heading begin with, where one of them is needed.
const NEEDED: [&str; 9] = ["when", "whenever", "never", "then", "because", "source", "vocabulary", "time", "tailors"];

impl<'a> Unreadable<'a> {
    /// Whether a line that could not be read declares this name: it may hold the name misspelt, or the beginning of it.
    pub(super) fn name(&self, name: &str) -> bool {
        const TELLING: usize = 4;
        let begins = |lost: &&str| lost.len() >= TELLING && name.starts_with(lost);
        self.names.contains(name) || (self.names.len() <= MOST_NEAR && self.may_be(name, begins))
    }

    fn may_be(&self, name: &str, begins: impl Fn(&&str) -> bool) -> bool {
        const TELLING: usize = 4;
        self.names.iter().any(begins)
            || nearest(name, self.names.iter().copied().filter(|lost| lost.len() >= TELLING)).is_some()
    }

    /// Whether a file may be the one that is missing, because it does not say what it belongs to.
    pub(super) fn header(&self) -> bool {
        self.header
    }

    /// Whether anything could not be read of what was written of this vocabulary. What is said in its words may then be
    /// right, whatever it seems to be.
    pub(super) fn of_vocabulary(&self, name: &str) -> bool {
        self.any_vocabulary || self.vocabularies.contains(name)
    }

    /// Whether something could not be read under the heading that declares the name at this place.
    pub(super) fn anything_under(&self, name: Span) -> bool {
        self.under(name).is_some()
    }

    /// Whether a line under that heading could not be read that was probably meant to begin with this word, or of which
    /// nobody can tell what it was meant to be.
    pub(super) fn line_under(&self, name: Span, word: &str) -> bool {
        let meant = |lost: &&str| match *lost {
            "" => false,
            "if" => matches!(word, "when" | "whenever"),
            "when" => matches!(word, "when" | "whenever"),
            lost => same_or_near(lost, &NEEDED).is_none_or(|meant| meant == word),
        };
        self.under(name).is_some_and(|words| words.iter().any(meant))
    }

    /// The words that the lost lines began with under the heading that holds this place.
    fn under(&self, name: Span) -> Option<&BTreeSet<&'a str>> {
        let (heading, words) = self.lines.range(..=Span { end: u32::MAX, ..name }).next_back()?;
        (heading.source == name.source && name.end <= heading.end).then_some(words)
    }

    fn add_file(&mut self, file: &'a File) {
        self.names.extend(file.unread.names.iter().map(String::as_str));
        for (heading, word) in &file.unread.lines {
            self.lines.entry(heading.0).or_default().insert(word);
        }
        let items = || file.items.iter().map(|item| &item.node);
        if file.unread.header {
            self.add_headless(file);
        } else if !file.unread.lines.is_empty() || !file.unread.names.is_empty() {
            let named = items().filter_map(|item| match opened(item) {
                Some(FileOwner::Vocabulary(name)) => Some(name),
                _ => None,
            });
            self.vocabularies.extend(named);
        }
    }

    /// A file that does not say what it belongs to, so that nothing in it can be used.
    fn add_headless(&mut self, file: &'a File) {
        self.header = true;
        self.add_names(file);
    }

    /// What a file declares, where nobody knows for whom.
    fn add_names(&mut self, file: &'a File) {
        let items = || file.items.iter().map(|item| &item.node);
        self.names.extend(items().flat_map(declared));
        self.any_vocabulary |= items().any(is_of_vocabulary);
    }
}

fn is_of_vocabulary(item: &Item) -> bool {
    matches!(item, Item::Call(_) | Item::Questions(_) | Item::Record(_) | Item::Outcome(_))
}

/// The names that a heading declares.
fn declared(item: &Item) -> Vec<&str> {
    let plural = match item {
        Item::Record(record) => record.plural.as_ref(),
        Item::Definition(definition) => definition.plural.as_ref(),
        _ => None,
    };
    declared_name(item).into_iter().chain(plural.map(|plural| plural.text.as_str())).collect()
}

fn declared_name(item: &Item) -> Option<&str> {
    Some(match item {
        Item::Vocabulary(header) => &header.name.value,
        Item::Policy(header) => &header.name.value,
        Item::Questions(questions) => &questions.name.text,
        Item::Record(record) => &record.name.text,
        Item::Outcome(outcome) => &outcome.name.text,
        Item::Calendar(calendar) => &calendar.name.text,
        Item::Setting(setting) => &setting.name.text,
        Item::Definition(definition) => &definition.name.text,
        Item::Score(score) => &score.name.text,
        Item::Table(table) => &table.name.text,
        Item::Rule(rule) => &rule.name.text,
        Item::Invariant(invariant) => &invariant.name.text,
        Item::PartOfVocabulary(_)
        | Item::PartOfPolicy(_)
        | Item::Call(_)
        | Item::Addition(_)
        | Item::Suspension(_)
        | Item::Acceptance(_) => {
            return None;
        }
    })
}

/// A file that says that it is part of something, and of what.
struct PartOf<'a> {
    name: &'a Text,
    of_policy: bool,
    file: &'a File,
}

/// What the items of a file belong to.
#[derive(Clone, Copy)]
enum FileOwner<'a> {
    Vocabulary(&'a str),
    Policy(&'a str),
}

pub(super) fn gather<'a>(files: &'a [File], problems: &mut Vec<Diagnostic>) -> Library<'a> {
    let mut library = Library::default();
    let mut parts: Vec<PartOf<'a>> = Vec::new();
    for file in files {
        library.lost.add_file(file);
        let mut owner: Option<(FileOwner<'a>, Span)> = None;
        for item in &file.items {
            match opened(&item.node) {
                Some(new) => {
                    if let Some((_, first)) = owner {
                        // The first speaks for the file; the other may be a line of it that stands at the margin.
                        library.lost.lines.entry(first).or_default().insert("\"");
                        library.lost.names.extend(declared(&item.node));
                        problems.push(
                            Diagnostic::error(
                                "two-in-one-file",
                                item.at.0,
                                "this file already belongs to something else",
                            )
                            .also(first, "it begins with this")
                            .help("keep each policy and each vocabulary in files of its own"),
                        );
                        continue;
                    }
                    owner = Some((new, item.at.0));
                    library.open(file, item, &mut parts, problems);
                }
                None => match owner {
                    Some((owner, _)) => library.add(owner, item, problems),
                    None if file.unread.header => break,
                    None => {
                        library.lost.add_headless(file);
                        problems.push(
                            Diagnostic::error("no-header", item.at.0, "this file does not say what it belongs to")
                                .help("start it with `policy \"…\"`, `part of policy \"…\"`, `vocabulary \"…\"` or `part of vocabulary \"…\"`"),
                        );
                        break;
                    }
                },
            }
        }
    }
    library.report_parts_of_nothing(&parts, problems);
    library.report_names_alike(problems);
    library.put_in_order();
    library
}

fn opened(item: &Item) -> Option<FileOwner<'_>> {
    match item {
        Item::Vocabulary(header) => Some(FileOwner::Vocabulary(&header.name.value)),
        Item::Policy(header) => Some(FileOwner::Policy(&header.name.value)),
        Item::PartOfVocabulary(name) => Some(FileOwner::Vocabulary(&name.value)),
        Item::PartOfPolicy(name) => Some(FileOwner::Policy(&name.value)),
        _ => None,
    }
}

impl<'a> Library<'a> {
    fn open(
        &mut self,
        file: &'a File,
        item: &'a Line<Item>,
        parts: &mut Vec<PartOf<'a>>,
        problems: &mut Vec<Diagnostic>,
    ) {
        let (span, first, kind) = match &item.node {
            Item::Vocabulary(header) => {
                let entry = self.vocabularies.entry(&header.name.value).or_default();
                (header.name.at.0, entry.header.replace((header, header.name.at.0)).map(|(_, at)| at), "vocabulary")
            }
            Item::Policy(header) => {
                let entry = self.policies.entry(&header.name.value).or_default();
                (header.name.at.0, entry.header.replace((header, header.name.at.0)).map(|(_, at)| at), "policy")
            }
            Item::PartOfVocabulary(name) => {
                self.vocabularies.entry(&name.value).or_default();
                return parts.push(PartOf { name, of_policy: false, file });
            }
            Item::PartOfPolicy(name) => {
                self.policies.entry(&name.value).or_default();
                return parts.push(PartOf { name, of_policy: true, file });
            }
            _ => return,
        };
        if let Some(first) = first {
            problems.push(
                Diagnostic::error("named-twice", span, format!("two files begin the same {kind}"))
                    .also(first, "the other one")
                    .help(format!("in every file but one, begin with `part of {kind}`")),
            );
        }
    }

    fn add(&mut self, owner: FileOwner<'a>, item: &'a Line<Item>, problems: &mut Vec<Diagnostic>) {
        let of_vocabulary = is_of_vocabulary(&item.node);
        let shared = matches!(item.node, Item::Calendar(_));
        match owner {
            FileOwner::Vocabulary(name) if of_vocabulary || shared => {
                self.vocabularies.entry(name).or_default().items.push(item);
            }
            FileOwner::Policy(name) if !of_vocabulary => self.policies.entry(name).or_default().items.push(item),
            FileOwner::Vocabulary(_) => problems.push(
                Diagnostic::error("wrong-file", item.at.0, "this belongs in a policy, not in a vocabulary")
                    .help("a vocabulary holds `call`, `questions`, `record`, `outcome` and `calendar`; rules and settings belong in a policy"),
            ),
            FileOwner::Policy(_) => problems.push(
                Diagnostic::error("wrong-file", item.at.0, "this belongs in a vocabulary, not in a policy")
                    .help("put `call`, `questions`, `record` and `outcome` in a file that starts with `vocabulary` or `part of vocabulary`"),
            ),
        }
    }

    /// First what stands in the file that says what the policy or vocabulary is, as it stands there; then what other files hold,
    /// by what it declares and says. So neither the names of files nor their order mean anything.
    fn put_in_order(&mut self) {
        let headed = self.vocabularies.values_mut().map(|parts| (parts.header.map(|(_, at)| at), &mut parts.items));
        let policies = self.policies.values_mut().map(|parts| (parts.header.map(|(_, at)| at), &mut parts.items));
        for (header, items) in headed.chain(policies) {
            let at_home = |item: &Line<Item>| header.is_some_and(|header| header.source == item.at.0.source);
            items.sort_by_cached_key(|item| match (at_home(item), declared_name(&item.node)) {
                (true, _) => (0, "", String::new()),
                (false, Some(name)) if !matches!(item.node, Item::Record(_) | Item::Outcome(_)) => {
                    (1, name, String::new())
                }
                (false, name) => (1, name.unwrap_or_default(), syntax::print_item(item.node.clone())),
            });
        }
    }

    /// Nobody can tell names apart that differ in capitals and marks alone.
    fn report_names_alike(&self, problems: &mut Vec<Diagnostic>) {
        let mut symbols = Symbols::default();
        let policies = self.policies.iter().filter_map(|(name, parts)| Some((*name, parts.header?.1)));
        let policies = policies.map(|(name, at)| (Namespace::Policies, SymbolKind::Policy, name, at));
        let vocabularies = self.vocabularies.iter().filter_map(|(name, parts)| Some((*name, parts.header?.1)));
        let vocabularies = vocabularies.map(|(name, at)| (Namespace::Vocabularies, SymbolKind::Vocabulary, name, at));
        for (namespace, kind, name, at) in policies.chain(vocabularies) {
            let symbol = Symbol { kind, name: name.to_owned(), at: Some(at), rank: 0 };
            problems.extend(symbols.declare(namespace, symbol));
        }
    }

    fn report_parts_of_nothing(&mut self, parts: &[PartOf<'a>], problems: &mut Vec<Diagnostic>) {
        for PartOf { name, of_policy, file } in parts {
            let (known, kind): (Vec<&str>, &str) = if *of_policy {
                (
                    self.policies.iter().filter(|(_, parts)| parts.header.is_some()).map(|(name, _)| *name).collect(),
                    "policy",
                )
            } else {
                (
                    self.vocabularies
                        .iter()
                        .filter(|(_, parts)| parts.header.is_some())
                        .map(|(name, _)| *name)
                        .collect(),
                    "vocabulary",
                )
            };
            if known.contains(&name.value.as_str()) {
                continue;
            }
            let told = self.lost.header || self.lost.name(&name.value);
            self.lost.add_names(file);
            if !told {
                let near = nearest(&name.value, known.iter().copied());
                let problem =
                    Diagnostic::error("unknown-name", name.at.0, format!("there is no {kind} `{}`", name.value));
                problems.push(match near {
                    Some(near) => problem.help(format!("did you mean `{near}`?")).fix(name.at.0, format!("\"{near}\"")),
                    None => problem.help(format!("one file must start with `{kind} \"{}\"`", name.value)),
                });
            }
        }
        self.policies.retain(|_, parts| parts.header.is_some());
    }
}

impl<'a> VocabularyParts<'a> {
    pub(super) fn extends(&self) -> Option<&'a Text> {
        self.header?.0.lines.iter().find_map(|line| match &line.node {
            VocabularyLine::Extends(name) => Some(name),
            _ => None,
        })
    }
}

impl<'a> PolicyParts<'a> {
    pub(super) fn lines(&self) -> &'a [Line<PolicyLine>] {
        self.header.map_or(&[], |(header, _)| header.lines.as_slice())
    }

    pub(super) fn vocabulary(&self) -> Option<&'a Text> {
        self.lines().iter().find_map(|line| match &line.node {
            PolicyLine::Vocabulary(name) => Some(name),
            _ => None,
        })
    }

    pub(super) fn tailors(&self) -> Option<&'a Text> {
        self.lines().iter().find_map(|line| match &line.node {
            PolicyLine::Tailors(name) => Some(name),
            _ => None,
        })
    }
}
