//! Rules, each on a card: when, then, why, whence and by whom.

use super::block::{Block, Entry, Inline, after, heading, inline, name, strong, text};
use super::changes::ended;
use crate::explain::{Addition, PolicyDocument, Rule, Statement};

pub(super) fn write(document: &PolicyDocument, blocks: &mut Vec<Block>) {
    for section in &document.sections {
        blocks.push(heading(2, format!("Rules of {}", section.policy)));
        for group in &section.groups {
            blocks.push(heading(3, &group.heading));
            blocks.extend(group.rules.iter().map(card));
        }
    }
}

fn card(rule: &Rule) -> Block {
    let mut card = vec![heading(4, &rule.title)];
    if let Some(suspension) = &rule.suspension {
        let from = suspension.from.as_ref().map(|from| format!("from {from} ")).unwrap_or_default();
        card.push(Block::Notice(vec![
            strong("Suspended"),
            text(format!(" by {} {from}until {}: {}", suspension.policy, suspension.until, ended(&suspension.reason))),
            text(format!(
                " {} answers for it. Until then it is worked out and shown, without effect.",
                suspension.owner
            )),
        ]));
    }
    if rule.trial {
        card.push(Block::Notice(vec![
            strong("On trial"),
            text(": it is worked out and shown, and has no effect on what is decided."),
        ]));
    }
    if let Some(dates) = dates(rule) {
        card.push(Block::Notice(
            vec![strong("In force"), text(format!(" {dates}, by "))].into_iter().chain(by(rule)).collect(),
        ));
    }
    card.extend(when("When", &rule.when));
    for addition in &rule.additions {
        let lead = format!("{} adds: also when", addition.policy);
        card.extend(addition.also_when.iter().flat_map(|way| when(&lead, way)));
    }
    if rule.presumed {
        card.push(Block::Paragraph(vec![text("It applies also when this is not known, until it is known otherwise.")]));
    }
    if let Some(quiet) = &rule.not_again {
        let known = text(". Where it is not known whether it has spoken, it speaks.");
        let said = std::iter::once(text("Once it has spoken, ")).chain(inline(quiet)).chain([known]);
        card.push(Block::Paragraph(said.collect()));
    }
    card.extend(demanded("Then", &rule.then));
    for addition in &rule.additions {
        card.extend(demanded(&format!("{} adds", addition.policy), &addition.then));
    }
    card.push(after("Because", &rule.because));
    let reasons = rule.additions.iter().filter(|addition| !addition.because.is_empty());
    card.extend(reasons.map(|addition| {
        let lead = match &addition.also_when {
            Some(_) => format!("Because, where it applies by what {} adds:", addition.policy),
            None => format!("{} adds the reason", addition.policy),
        };
        after(&lead, &addition.because)
    }));
    card.push(whence(rule));
    card.extend(rule.additions.iter().filter_map(added_sources));
    Block::Card(card, Some(format!("rule-{}", rule.name)))
}

/// The condition after a lead word, with its list.
pub(super) fn when(lead: &str, statement: &Statement) -> Vec<Block> {
    let mut said = vec![strong(lead), text(" ")];
    said.extend(inline(&statement.said));
    let list = (!statement.under.is_empty()).then(|| Block::List(Entry::list(&statement.under)));
    std::iter::once(Block::Paragraph(said)).chain(list).collect()
}

/// One effect stands on the line, several in a list.
pub(super) fn demanded(lead: &str, effects: &[crate::explain::Sentence]) -> Vec<Block> {
    match effects {
        [] => Vec::new(),
        [only] => vec![after(lead, only)],
        several => {
            let list = several.iter().map(|effect| Entry::plain(inline(effect))).collect();
            vec![Block::Paragraph(vec![strong(format!("{lead}:"))]), Block::List(list)]
        }
    }
}

fn whence(rule: &Rule) -> Block {
    let mut said: Vec<Inline> = vec![strong("Source"), text(" ")];
    said.push(text(rule.sources.iter().map(|source| ended(source)).collect::<Vec<_>>().join(" ")));
    said.push(text(" Rule "));
    said.push(name(&rule.name));
    said.push(text(format!(", written by {}", rule.policy)));
    said.push(text(match (rule.may_be_suspended, rule.may_be_widened) {
        (false, false) => ".",
        (true, false) => "; a force may suspend it.",
        (false, true) => "; a force may add to when it applies.",
        (true, true) => "; a force may suspend it, and may add to when it applies.",
    }));
    Block::Paragraph(said)
}

fn added_sources(addition: &Addition) -> Option<Block> {
    let sources: Vec<String> = addition.sources.iter().map(|source| ended(source)).collect();
    let lead = strong(format!("{} adds the source", addition.policy));
    (!sources.is_empty()).then(|| Block::Paragraph(vec![lead, text(format!(" {}", sources.join(" ")))]))
}

fn by(rule: &Rule) -> Vec<Inline> {
    match &rule.dated_by {
        None => vec![text("the date of the call.")],
        Some(fact) => vec![name(fact), text(": while that is not known, neither is whether it applies.")],
    }
}

fn dates(rule: &Rule) -> Option<String> {
    match (&rule.from, &rule.until) {
        (None, None) => None,
        (Some(from), None) => Some(format!("from {from}")),
        (None, Some(until)) => Some(format!("until {until}")),
        (Some(from), Some(until)) => Some(format!("from {from} until {until}")),
    }
}
