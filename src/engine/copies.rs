//! Files that are copies of others -> one error for each, in place of all that is declared twice by them.

use crate::syntax::tree::{CallLine, File, Item, PolicyLine};
use crate::text::{Diagnostic, SourceId, Sources, Span};
use std::collections::{BTreeMap, BTreeSet};

/// A file that declares what another declares.
struct Copied {
    source: SourceId,
    of: SourceId,
}

/// One error for each file, or folder of files, that was copied beside its original; and which files these are.
pub(super) fn copies(files: &[File], sources: &Sources) -> (Vec<Diagnostic>, BTreeSet<SourceId>) {
    let mut groups: BTreeMap<(String, String), Vec<Copied>> = BTreeMap::new();
    for copied in copied(files, sources) {
        let (own, original) = folders_apart(name(sources, copied.source), name(sources, copied.of));
        groups.entry((own, original)).or_default().push(copied);
    }
    let mut problems = Vec::new();
    let mut all = BTreeSet::new();
    for ((own, original), group) in groups {
        all.extend(group.iter().map(|copied| copied.source));
        match group.as_slice() {
            [] => {}
            [only] => problems.push(of_a_file(only, sources)),
            [first, ..] => problems.push(of_a_folder((&own, &original), group.len(), first)),
        }
    }
    (problems, all)
}

fn of_a_file(copied: &Copied, sources: &Sources) -> Diagnostic {
    let (own, original) = (name(sources, copied.source), name(sources, copied.of));
    let message = format!("this looks like a copy of {original}: it declares the same things");
    Diagnostic::error("copied-file", first_byte(copied.source), message)
        .also(first_byte(copied.of), "the other")
        .help(format!("delete one of them, or move {own} out of this folder; each thing is declared once"))
}

fn of_a_folder((own, original): (&str, &str), count: usize, first: &Copied) -> Diagnostic {
    let message =
        format!("{own} looks like a copy of {original}: {count} of its files declare the same things as files there");
    Diagnostic::error("copied-file", first_byte(first.source), message)
        .also(first_byte(first.of), "the first of the others")
        .help(format!("delete one of them, or move {own} elsewhere; a folder whose name begins with a dot is not read"))
}

fn first_byte(source: SourceId) -> Span {
    Span { source, start: 0, end: 0 }
}

fn name(sources: &Sources, source: SourceId) -> &str {
    sources.get(source).map_or("", |source| &source.name)
}

/// Each file that declares mostly what another does. Of two, that is the copy which is called like one, else the one that
/// lies deeper, else the later by name.
fn copied(files: &[File], sources: &Sources) -> Vec<Copied> {
    let mut all: Vec<(SourceId, BTreeSet<String>)> =
        files.iter().filter_map(|file| Some((source_of(file)?, declared(file)))).collect();
    all.sort_by_key(|(source, _)| {
        let name = name(sources, *source);
        (is_called_a_copy(name), name.matches(['/', '\\']).count(), name)
    });
    let mut originals: Vec<(SourceId, BTreeSet<String>)> = Vec::new();
    let mut copied = Vec::new();
    for (source, names) in all {
        let is_its = |(original, theirs): &&(SourceId, BTreeSet<String>)| {
            let shared = names.intersection(theirs).count();
            let text = |source| sources.get(source).map(|source| source.text.trim());
            // A single name that two files declare is more likely a slip than a copy.
            (shared >= 2 && shared * 3 >= names.len() * 2) || (shared > 0 && text(source) == text(*original))
        };
        let most_alike = originals.iter().filter(is_its).max_by_key(|(_, theirs)| names.intersection(theirs).count());
        match most_alike {
            Some((of, _)) => copied.push(Copied { source, of: *of }),
            None => originals.push((source, names)),
        }
    }
    copied
}

fn is_called_a_copy(name: &str) -> bool {
    let name = name.to_lowercase();
    let mut words = name.split(|letter: char| !letter.is_alphanumeric());
    words.any(|word| ["copy", "backup", "backups", "bak", "old", "orig", "original", "saved"].contains(&word))
        || name.contains(" (")
}

fn source_of(file: &File) -> Option<SourceId> {
    file.items.first().map(|item| item.at.0.source)
}

/// What a file declares: each thing by its kind, its name, and the policy or vocabulary that it belongs to.
fn declared(file: &File) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut owner = String::new();
    for item in &file.items {
        let mut add = |kind: &str, name: &str| {
            names.insert(format!("{kind} {name:?} of {owner:?}"));
        };
        match &item.node {
            Item::Policy(header) => {
                add("policy", &header.name.value);
                owner.clone_from(&header.name.value);
                for line in &header.lines {
                    if let PolicyLine::Set { setting, .. } = &line.node {
                        names.insert(format!("set {:?} of {owner:?}", setting.text));
                    }
                }
            }
            Item::Vocabulary(header) => {
                add("vocabulary", &header.name.value);
                owner.clone_from(&header.name.value);
            }
            Item::PartOfPolicy(name) | Item::PartOfVocabulary(name) => owner.clone_from(&name.value),
            Item::Call(call) => call.lines.iter().for_each(|line| {
                if let CallLine::Fact(fact) = &line.node {
                    add("fact", &fact.name.text);
                }
            }),
            Item::Questions(questions) => add("questions", &questions.name.text),
            Item::Record(record) => add("record", &record.name.text),
            Item::Outcome(outcome) => add("outcome", &outcome.name.text),
            Item::Calendar(calendar) => add("calendar", &calendar.name.text),
            Item::Setting(setting) => add("setting", &setting.name.text),
            Item::Definition(definition) => add("definition", &definition.name.text),
            Item::Score(score) => add("score", &score.name.text),
            Item::Table(table) => add("table", &table.name.text),
            Item::Rule(rule) => add("rule", &rule.name.text),
            Item::Invariant(invariant) => add("invariant", &invariant.name.text),
            Item::Addition(addition) => add("addition", &addition.rule.text),
            Item::Suspension(suspension) => add("suspension", &suspension.rule.text),
            Item::Acceptance(item) => add("acceptance", &item.accepted()),
        }
    }
    names
}

/// Two paths without what they end alike in: `rules/backup` and `rules` for the same file under both.
fn folders_apart(one: &str, other: &str) -> (String, String) {
    let (mut one, mut other): (Vec<&str>, Vec<&str>) = (one.split('/').collect(), other.split('/').collect());
    while one.len() > 1 && other.len() > 1 && one.last() == other.last() {
        one.pop();
        other.pop();
    }
    (one.join("/"), other.join("/"))
}
