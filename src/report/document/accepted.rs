//! The section of a document that says which warnings of `check` its policies let stand, and who answers for that.

use super::block::{Block, Entry, heading, name, paragraph, text};
use super::changes::ended;
use crate::explain::{Acceptance, PolicyDocument};

pub(super) fn write(document: &PolicyDocument, blocks: &mut Vec<Block>) {
    if document.acceptances.is_empty() {
        return;
    }
    blocks.push(heading(2, "Warnings accepted"));
    blocks.push(paragraph(
        "The program warns of what can be decided by, and was probably not meant. These warnings were looked at and are let stand. That \
         changes no decision. After the day named, each is told again.",
    ));
    blocks.push(Block::List(document.acceptances.iter().map(accepted).collect()));
}

fn accepted(accepted: &Acceptance) -> Entry {
    let Acceptance { policy, warning, about, says, until, reason, owner, .. } = accepted;
    Entry::plain(vec![
        name(about),
        text(format!(": {says} (")),
        name(warning),
        text(format!("). Accepted by {policy} until {until}. {} {owner} answers for it.", ended(reason))),
    ])
}
