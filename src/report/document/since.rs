//! What changed since a policy that was signed: the page to read and sign in the place of the whole.

use super::block::{Block, Entry, heading, name, paragraph, strong, text};
use super::{made_by, signature};
use crate::changes::{Change, ChangedPart};
use crate::explain::PolicyDocument;
use crate::report::changes::{shown, with_rules};
use crate::time::Date;

pub(super) fn blocks(document: &PolicyDocument, before: &str, changes: &[&Change], made: Option<Date>) -> Vec<Block> {
    let mut rows = vec![
        vec![vec![strong("Policy")], vec![text(&document.name)]],
        vec![vec![strong("Signed before")], vec![name(before)]],
        vec![vec![strong("Now")], vec![name(&document.digest)]],
    ];
    rows.extend(made_by(made));
    let mut blocks = vec![Block::Table { head: Vec::new(), rows }, heading(2, "What changed")];
    match changes.is_empty() {
        true if before == document.digest => blocks.push(paragraph("Nothing: this is the policy that was signed.")),
        true => blocks.push(paragraph(
            "Nothing that this policy says. Its digest is another since a name or a word that it is written with changed.",
        )),
        false => {
            blocks.push(paragraph(
                "Everything that differs, each with what was written and what is written now. What is not listed here is as it was.",
            ));
            blocks.push(Block::List(changes.iter().map(|change| entry(change)).collect()));
        }
    }
    signature(&document.name, &document.digest, &mut blocks);
    blocks
}

fn entry(change: &Change) -> Entry {
    Entry { said: vec![text(with_rules(change))], under: shown(change).flat_map(texts).collect() }
}

/// What was written, and what is written now.
fn texts(part: &ChangedPart) -> [Entry; 2] {
    [("was", &part.before), ("now", &part.after)].map(|(lead, written)| {
        let written = written.as_deref().map_or_else(|| format!("no {}", part.name), said_in_one);
        Entry::plain(vec![strong(lead), text(format!(": {written}"))])
    })
}

/// Lines that stand under one another, as one.
fn said_in_one(written: &str) -> String {
    written.split_whitespace().collect::<Vec<_>>().join(" ")
}
