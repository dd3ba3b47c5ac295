//! The section of a document that comes first: what a force changes of the policy it is built on.

use super::block::{Block, Entry, heading, inline, name, paragraph, strong, text};
use crate::explain::{Added, BaseChanges, Called, Moved, PolicyDocument, Suspended};

pub(super) fn write(document: &PolicyDocument, blocks: &mut Vec<Block>) {
    for changes in &document.changes {
        blocks.push(heading(2, format!("What {} changes in {}", changes.policy, changes.base)));
        let before = blocks.len();
        list(blocks, "Settings moved", changes.moved.iter().map(moved));
        list(blocks, "Rules suspended", changes.suspended.iter().map(suspended));
        list(blocks, "Rules that apply more often", changes.additions.iter().filter_map(widened));
        let asks = |added: &&Added| added.addition.also_when.is_none() || !added.addition.then.is_empty();
        list(blocks, "Rules that ask for more", changes.additions.iter().filter(asks).map(added));
        list(blocks, "Rules added", changes.rules.iter().map(|(rule, title)| titled(rule, title)));
        let stated = changes.invariants.iter().map(|(invariant, title)| titled(invariant, title));
        list(blocks, "Stated of every decision besides", stated);
        list(blocks, "Names for grades and other values", changes.called.iter().map(called));
        list(blocks, "Words added to the vocabulary", changes.words.iter().map(|word| Entry::plain(vec![text(word)])));
        names(blocks, changes);
        if blocks.len() == before {
            blocks.push(paragraph("Nothing."));
        }
    }
}

fn list(blocks: &mut Vec<Block>, title: &str, entries: impl Iterator<Item = Entry>) {
    let entries: Vec<Entry> = entries.collect();
    if !entries.is_empty() {
        blocks.push(heading(3, title));
        blocks.push(Block::List(entries));
    }
}

fn moved(moved: &Moved) -> Entry {
    let mut said = vec![name(&moved.name), text(" from "), text(&moved.from), text(" to "), strong(&moved.to)];
    said.push(text(if moved.help.is_empty() { ".".to_owned() } else { format!(". {}.", moved.help) }));
    Entry::plain(said)
}

fn suspended(suspended: &Suspended) -> Entry {
    let mut said = vec![strong(&suspended.title), text(" ("), name(&suspended.rule), text("), ")];
    let suspension = &suspended.suspension;
    let from = suspension.from.as_ref().map(|from| format!("from {from} ")).unwrap_or_default();
    said.push(text(format!("{from}until {}. {}", suspension.until, ended(&suspension.reason))));
    said.push(text(format!(" {} answers for it.", suspension.owner)));
    Entry::plain(said)
}

fn widened(added: &Added) -> Option<Entry> {
    let way = added.addition.also_when.as_ref()?;
    let mut said = vec![strong(&added.title), text(" ("), name(&added.rule), text(") also when ")];
    said.extend(inline(&way.said));
    Some(Entry { said, under: Entry::list(&way.under) })
}

fn added(added: &Added) -> Entry {
    let under = added.addition.then.iter().map(|effect| Entry::plain(inline(effect))).collect();
    Entry { said: vec![strong(&added.title), text(" ("), name(&added.rule), text(") also:")], under }
}

fn titled(rule: &str, title: &str) -> Entry {
    Entry::plain(vec![strong(title), text(" ("), name(rule), text(")")])
}

fn called(called: &Called) -> Entry {
    Entry::plain(vec![
        text(format!("{} ", called.outcome)),
        name(&called.value),
        text(" is called "),
        strong(&called.label),
    ])
}

fn names(blocks: &mut Vec<Block>, changes: &BaseChanges) {
    let entry = |added: &String| {
        let (kind, added) = added.split_once(' ').unwrap_or(("", added));
        Entry::plain(vec![text(format!("{kind} ")), name(added)])
    };
    list(blocks, "Settings and definitions of its own", changes.names.iter().map(entry));
}

/// A text with its full stop.
pub(super) fn ended(said: &str) -> String {
    if said.ends_with(['.', '?', '!']) { said.to_owned() } else { format!("{said}.") }
}
