//! A name that nothing uses: `not-used`.
//!
//! A setting, a definition, a group of records, a score or a table that is declared and not used by any rule, definition, score or
//! reason of all that was read; and a fact, a field or a kind of record that a vocabulary adds to another one, and that
//! nothing asks about. Of a policy on which others are built, definitions and groups are left out: they may be meant for
//! others still.
//!
//! Nothing is wrong with the response. But somebody will set the setting and expect that something changes, or read the
//! definition and take it for part of the rules; and often the rule that was to use it is the one that is missing.
//!
//! ```heed
//! setting quiet-hours is 6 hours, from 1 hour to 12 hours
//!   "How long a caller is quiet before a call is new"
//!
//! define hurt-badly as injury is serious
//!
//! rule strangled "Strangulation"
//!   when strangulation is yes
//!   then grade at least immediate
//!   because "Strangulation is reported"
//!   source "Local policy"
//! ```
//!
//! Leave it out, or use it where it was meant to be used:
//!
//! ```heed
//! setting quiet-hours is 6 hours, from 1 hour to 12 hours
//!   "How long a caller is quiet before a call is new"
//!
//! define hurt-badly as injury is serious
//!
//! rule hurt-and-called "Badly hurt, and a caller of today"
//!   when all of:
//!     - hurt-badly
//!     - any call by the same caller within quiet-hours, not counting this one
//!   then grade at least immediate
//!   because "Somebody is badly hurt, and the caller has called in the last {quiet-hours}"
//!   source "Local policy"
//! ```

use super::super::policy::Policy;
use super::mentions::Mentions;
use crate::syntax::tree::{CallLine, FactLine, File, Item, RecordLine, Type, VocabularyHeader, VocabularyLine, Word};
use crate::text::{Diagnostic, Span};
use std::collections::BTreeSet;

/// Looks through all policies of a set at once: what one of them declares may be used by another.
/// Each finding comes with the policies in which it is one.
pub(super) fn unused(policies: &[Policy], files: &[File]) -> Vec<(BTreeSet<String>, Diagnostic)> {
    let mentions = Mentions::of(files);
    let bases: BTreeSet<&str> = policies
        .iter()
        .flat_map(|policy| policy.chain.iter().map(String::as_str).filter(|name| *name != policy.name))
        .collect();
    let mut all = Vec::new();
    for policy in policies {
        let mut found = Vec::new();
        let own = |owner: &str| owner == policy.name;
        for setting in &policy.settings {
            let Some(declared) = setting.given.first().filter(|given| own(&given.policy)) else { continue };
            if !mentions.has(&setting.name) {
                let help = "as it stands, who sets it changes nothing; use it where it was meant, or leave it out";
                found.push(report(declared.at, "setting", &setting.name).help(help));
            }
        }
        for score in policy.scores.iter().filter(|score| own(&score.policy) && !mentions.has(&score.name)) {
            found.push(report(score.at, "score", &score.name).help("ask about it in a rule, or leave it out"));
        }
        for table in policy.tables.iter().filter(|table| own(&table.policy) && !mentions.has(&table.name)) {
            found.push(report(table.at, "table", &table.name).help("give its number in a rule, or leave it out"));
        }
        let is_base = bases.contains(policy.name.as_str());
        let definitions = policy.definitions.iter().filter(|it| !is_base && own(&it.policy) && !mentions.has(&it.name));
        found.extend(definitions.map(|it| {
            report(it.at, "definition", &it.name).help("name it in the condition that was meant, or leave it out")
        }));
        let is_named = |name: &str, plural: &str| mentions.has(name) || mentions.has(plural);
        let groups = policy.groups.iter().filter(|it| !is_base && own(&it.policy) && !is_named(&it.name, &it.plural));
        found.extend(groups.map(|it| {
            report(it.at, "group of records", &it.name)
                .help("count it in the condition that was meant, or leave it out")
        }));
        all.extend(found.into_iter().map(|problem| (BTreeSet::from([policy.name.clone()]), problem)));
    }
    all.extend(idle_words(policies, files, &mentions));
    all
}

fn report(at: Span, what: &str, name: &str) -> Diagnostic {
    Diagnostic::warning("not-used", at, format!("nothing uses the {what} `{name}`"))
}

/// The words that vocabularies in use add to another one, and that nothing asks about.
fn idle_words(policies: &[Policy], files: &[File], mentions: &Mentions<'_>) -> Vec<(BTreeSet<String>, Diagnostic)> {
    let mut found = Vec::new();
    let mut idle = |vocabulary: &str, what: &str, word: &Word| {
        let help = "no rule asks about it, whatever a case says; ask about it in a rule, or leave it out";
        let users = policies.iter().filter(|policy| policy.vocabulary.name == vocabulary);
        let users = users.map(|policy| policy.name.clone()).collect();
        found.push((users, report(word.at.0, what, &word.text).help(help)));
    };
    let items = || files.iter().flat_map(|file| &file.items).map(|item| &item.node);
    let is_added = |name: &str| {
        policies.iter().any(|policy| policy.vocabulary.name == name)
            && items().any(|item| match item {
                Item::Vocabulary(header) if header.name.value == name => {
                    header.lines.iter().any(|line| matches!(line.node, VocabularyLine::Extends(_)))
                }
                _ => false,
            })
    };
    let is_idle = |fact: &FactLine| !matches!(fact.ty, Type::Also(_)) && !mentions.has(&fact.name.text);
    for file in files {
        let mut owner = "";
        let mut counts = false;
        for item in &file.items {
            match &item.node {
                Item::Vocabulary(VocabularyHeader { name, .. }) | Item::PartOfVocabulary(name) => {
                    (owner, counts) = (&name.value, is_added(&name.value));
                }
                Item::Policy(_) | Item::PartOfPolicy(_) => counts = false,
                Item::Call(call) if counts => call.lines.iter().for_each(|line| match &line.node {
                    CallLine::Fact(fact) if is_idle(fact) => idle(owner, "fact", &fact.name),
                    _ => {}
                }),
                Item::Questions(questions) if counts && !mentions.has(&questions.name.text) => {
                    let questions = questions.questions().filter(|question| !mentions.has(&question.name.text));
                    questions.for_each(|question| idle(owner, "question", &question.name));
                }
                Item::Record(record) if counts => {
                    let name = &record.name.text;
                    let told = items().filter(|item| matches!(item, Item::Record(other) if other.name.text == *name));
                    let kinds = policies.iter().flat_map(|policy| &policy.vocabulary.records);
                    let plurals = kinds.filter(|kind| kind.name == *name).map(|kind| kind.plural.as_str());
                    if std::iter::once(name.as_str()).chain(plurals).any(|name| mentions.has(name)) || told.count() > 1
                    {
                        record.lines.iter().for_each(|line| match &line.node {
                            RecordLine::Field(field) if is_idle(field) => idle(owner, "field", &field.name),
                            _ => {}
                        });
                    } else {
                        idle(owner, "kind of record", &record.name);
                    }
                }
                _ => {}
            }
        }
    }
    found
}
