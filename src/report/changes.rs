//! Changes -> words: what differs between two sets of policies.

use super::page::{Page, Weight};
use crate::changes::{Change, ChangeKind, ChangedPart, Changes, What};
use crate::text::joined;
use std::collections::BTreeSet;

/// Everything that changed, under the policies in which it takes effect. `every` are the names of all policies.
pub fn changes(changes: &Changes, every: &[&str], styled: bool) -> String {
    let mut page = Page::new(styled);
    if changes.list.is_empty() {
        page.line("Nothing changed but comments, layout or the names of files.", Weight::Plain);
    }
    let groups: BTreeSet<&[String]> = changes.list.iter().map(|change| change.policies.as_slice()).collect();
    for group in groups {
        let whole = group.len() == every.len() && every.len() > 1;
        let title = match group {
            [] => "In no policy yet:".to_owned(),
            _ if whole => "In every policy:".to_owned(),
            _ => format!("In {}:", plain_list(group)),
        };
        page.line(&title, Weight::Strong);
        for change in changes.list.iter().filter(|change| change.policies == group) {
            let weight = if change.how == ChangeKind::Removed { Weight::Urgent } else { Weight::Plain };
            page.weighty_item(&with_rules(change), weight);
            for part in shown(change) {
                texts(&mut page, part);
            }
        }
    }
    page.into_text()
}

/// Some changes one after the other, each with what was written and what is now.
pub(super) fn of_changes(changes: &[Change], styled: bool) -> String {
    let mut page = Page::new(styled);
    for change in changes {
        page.item(&sentence(change));
        let shown = change.parts.iter().filter(|part| !["value", "word"].contains(&part.name));
        shown.for_each(|part| texts(&mut page, part));
    }
    page.into_text()
}

/// Everything that changed, a sentence each, with the policies in which it takes effect.
pub fn change_lines(changes: &Changes) -> Vec<String> {
    let line = |change: &Change| match change.policies.as_slice() {
        [] => sentence(change),
        policies => format!("{} (in {})", sentence(change), plain_list(policies)),
    };
    changes.list.iter().map(line).collect()
}

/// Some changes, a sentence each.
pub fn lines_of_changes(changes: &[Change]) -> Vec<String> {
    changes.iter().map(with_rules).collect()
}

/// What a change is of: `rule repeat-calls`.
pub fn thing(change: &Change) -> String {
    let Change { name, what, .. } = change;
    match what {
        What::Policy => format!("policy {name}"),
        What::Rule => format!("rule {name}"),
        What::Addition => format!("addition to rule {name}"),
        What::Suspension => format!("suspension of rule {name}"),
        What::Acceptance => format!("acceptance of warning {name}"),
        What::Invariant => format!("invariant {name}"),
        What::Setting => format!("setting {name}"),
        What::Definition => format!("definition {name}"),
        What::Score => format!("score {name}"),
        What::Table => format!("table {name}"),
        What::Calendar => format!("calendar {name}"),
        What::Called => format!("the force's word for {name}"),
        What::Vocabulary => format!("vocabulary {name}"),
        What::Questions => format!("questions {name}"),
        What::Fact => format!("fact {name}"),
        What::Record => format!("record {name}"),
        What::Field => format!("field {name}"),
        What::Outcome => format!("outcome {name}"),
    }
}

fn sentence(change: &Change) -> String {
    let name = &change.name;
    let value = change.part("value").or_else(|| change.part("word"));
    match (change.how, value) {
        (ChangeKind::Changed, Some(ChangedPart { before: Some(before), after: Some(after), .. })) => {
            format!("{name}: {before} -> {after}")
        }
        (ChangeKind::Added, Some(ChangedPart { after: Some(after), .. })) => {
            format!("{} added: {after}", thing(change))
        }
        (ChangeKind::Added, _) => format!("{} added{}", thing(change), added(change)),
        (ChangeKind::Removed, _) => format!("{} REMOVED", thing(change)),
        (ChangeKind::Changed, _) => format!("{}: {}", thing(change), changed(change)),
    }
}

fn added(change: &Change) -> String {
    let title = change.part("title").and_then(|part| part.after.as_deref());
    let trial = if change.part("trial").is_some() { ", on trial" } else { "" };
    title.map_or_else(|| trial.to_owned(), |title| format!("{trial}: {title}"))
}

fn changed(change: &Change) -> String {
    let mut said = Vec::new();
    let mut parts = Vec::new();
    for part in &change.parts {
        match (part.name, &part.after) {
            ("trial", Some(_)) => said.push("now on trial, so it changes no decision"),
            ("trial", None) => said.push("no longer on trial, so it changes decisions"),
            ("presumption", Some(_)) => said.push("now applies unless known otherwise"),
            ("presumption", None) => said.push("no longer applies while its condition is not known"),
            (name, _) => parts.push(name),
        }
    }
    let parts = match parts.split_last() {
        None => None,
        Some((only, [])) => Some(format!("{only} changed")),
        Some((last, rest)) => Some(format!("{} and {last} changed", rest.join(", "))),
    };
    said.iter().map(|said| (*said).to_owned()).chain(parts).collect::<Vec<_>>().join("; ")
}

pub(super) fn with_rules(change: &Change) -> String {
    match change.touches.as_slice() {
        [] => sentence(change),
        [rule] => format!("{}, which changes rule {rule}", sentence(change)),
        rules => format!("{}, which changes rules {}", sentence(change), plain_list(rules)),
    }
}

/// The parts whose texts are worth seeing side by side. A value is in the sentence already.
pub(super) fn shown(change: &Change) -> impl Iterator<Item = &ChangedPart> {
    let whole = change.how == ChangeKind::Changed;
    let said = ["value", "word", "trial", "presumption"];
    change.parts.iter().filter(move |part| whole && !said.contains(&part.name))
}

fn texts(page: &mut Page, part: &ChangedPart) {
    for (lead, text) in [("was", &part.before), ("now", &part.after)] {
        let Some(text) = text else {
            page.detail(&format!("{lead}: no {}", part.name));
            continue;
        };
        for (at, line) in text.lines().enumerate() {
            let lead = if at == 0 { format!("{lead}: ") } else { " ".repeat(lead.len() + 2) };
            page.detail(&format!("{lead}{line}"));
        }
    }
}

/// `A, B and C`, without marks.
fn plain_list(names: &[String]) -> String {
    joined(names, "and").replace('`', "")
}
