//! The section of a document that says what must be so of every decision, whatever the rules come to.

use super::block::{Block, Inline, heading, name, paragraph, strong, text};
use super::changes::ended;
use super::proofs::of_invariant;
use super::rules::{demanded, when};
use crate::engine::Snapshot;
use crate::explain::{Invariant, PolicyDocument};
use crate::proof::InvariantProof;

/// What is known of the invariants, where they were proved: the policy, and what came of each.
pub(super) type Proofs<'p> = (&'p Snapshot, &'p [InvariantProof]);

pub(super) fn write(document: &PolicyDocument, proofs: Option<Proofs<'_>>, blocks: &mut Vec<Block>) {
    if document.invariants.is_empty() {
        return;
    }
    blocks.push(heading(2, "What must always or never be"));
    blocks.push(paragraph(
        "No rule follows from these statements, and none of them changes a decision. Each says what every decision must come to, by whatever \
         rules. Every test of the policy is held to them, and so is each change before it goes live.",
    ));
    blocks.extend(document.invariants.iter().map(|invariant| card(invariant, proofs)));
}

fn card(invariant: &Invariant, proofs: Option<Proofs<'_>>) -> Block {
    let mut card = vec![heading(3, &invariant.title)];
    card.extend(when("Whenever", &invariant.whenever));
    card.extend(demanded(if invariant.never { "Never" } else { "Then" }, &invariant.demands));
    let known = proofs.and_then(|(policy, proofs)| Some((policy, proofs.iter().find(|it| it.name == invariant.name)?)));
    card.extend(known.map(|(policy, proof)| {
        of_invariant(proof, || proof.broken.as_ref().map_or_else(String::new, |call| call.on_one_line(policy)))
    }));
    let sources: Vec<String> = invariant.sources.iter().map(|source| ended(source)).collect();
    let mut whence: Vec<Inline> = vec![strong("Source"), text(format!(" {} Invariant ", sources.join(" ")))];
    whence.extend([name(&invariant.name), text(format!(", written by {}.", invariant.policy))]);
    card.push(Block::Paragraph(whence));
    Block::Card(card, Some(format!("invariant-{}", invariant.name)))
}
