//! What is proved of two policies: the page to read and sign by whoever answers for the second.

use super::block::{Block, Entry, heading, name, paragraph, strong, text};
use super::{made_by, proofs, to_sign};
use crate::engine::VERSION;
use crate::proof::{Compared, Finding, Shown};
use crate::report::comparison::{shown_call, verdict};
use crate::text::counted;
use crate::time::Date;

pub(super) fn blocks(compared: &Compared<'_>, made: Option<Date>) -> Vec<Block> {
    let (old, new) = (&*compared.old, compared.new);
    let policy = |what: &str, called: &str, digest: &str| {
        vec![vec![strong(what)], vec![text(format!("{called}, digest ")), name(digest)]]
    };
    let mut rows = vec![policy("Policy", new.name(), new.digest()), policy("Beside", old.name(), &compared.old_digest)];
    rows.push(vec![vec![strong("Answer")], vec![text(verdict(compared))]]);
    rows.extend(made_by(made));
    let mut blocks = vec![Block::Table { head: Vec::new(), rows }];
    what_it_says(compared, &mut blocks);
    match compared.base {
        Some(_) => proofs::beside(compared, &mut blocks),
        None => lower(compared, &mut blocks),
    }
    certificates(compared, &mut blocks);
    approval(compared, &mut blocks);
    blocks
}

/// What "proved" means, for whoever has to answer for it.
fn what_it_says(compared: &Compared<'_>, blocks: &mut Vec<Block>) {
    let new = compared.new.name();
    let points = [
        "“Proved” means that every call there can be was ruled out: whatever is known or not known of it, however long its history, at whatever \
         moment. It does not rest on calls of the past, nor on samples."
            .to_owned(),
        "Each call that is shown was decided by both policies, and is what it is shown for. None of them is of a real person.".to_owned(),
        format!(
            "What is compared is what the policies say of a call when it comes. Nothing is said of whether either of them is right, and a person \
             makes every decision. What {new} says in full is in its own document, of the same digest."
        ),
    ];
    blocks.push(heading(2, "What this page says"));
    blocks.push(Block::List(points.into_iter().map(|point| Entry::plain(vec![text(point)])).collect()));
}

/// The calls for which a later version of a policy gives less, where nothing can allow it.
fn lower(compared: &Compared<'_>, blocks: &mut Vec<Block>) {
    if compared.lower.is_empty() {
        return;
    }
    blocks.push(heading(2, "Where it gives less"));
    let entry = |shown: &Shown| {
        let title = shown.title.as_deref().unwrap_or(&shown.rule);
        let said = vec![strong(title), text(format!(". {}", shown_call(compared, shown, true)))];
        Entry { said, under: proofs::call_in_lines(compared, shown) }
    };
    blocks.push(Block::List(compared.lower.iter().map(entry).collect()));
}

/// By what the answers can be checked again.
fn certificates(compared: &Compared<'_>, blocks: &mut Vec<Block>) {
    blocks.push(heading(2, "How it can be checked again"));
    let Some(found) = &compared.certified else {
        blocks.push(paragraph(
            "No certificates were asked for. With --certify each answer that is proved is checked by a program that shares no code with the \
             one that found it.",
        ));
        return;
    };
    for flaw in &found.flaws {
        blocks.push(Block::Notice(vec![text(format!("A certificate does not hold: {flaw}"))]));
    }
    blocks.push(paragraph(format!(
        "Of {}, {} came out as proved: {} since both policies have the same rule, {} by a certificate that was checked by a program that shares \
         no code with the one that found it.",
        counted(found.asked, "question"),
        found.proved,
        found.alike,
        found.certified,
    )));
    if let Some(digest) = compared.certificates_digest() {
        blocks.push(Block::Paragraph(vec![
            text("The certificates, one after another, have the digest "),
            name(&digest),
            text(format!(
                ". The same question to heedful {VERSION} gives the same ones; --certificates writes them down for checkers of others (DIMACS and DRAT)."
            )),
        ]));
    }
}

fn approval(compared: &Compared<'_>, blocks: &mut Vec<Block>) {
    let (old, new) = (&*compared.old, compared.new);
    let lowered = match compared.finding() {
        Finding::NeverLower if compared.lower.is_empty() => "",
        _ => ", and answer for the calls on this page that it gives less",
    };
    to_sign(
        vec![
            text(format!("I have read what heedful {VERSION} found of the policy of {} with the digest ", new.name())),
            name(new.digest()),
            text(format!(" beside {} with the digest ", old.name())),
            name(&compared.old_digest),
            text(format!("{lowered}.")),
        ],
        blocks,
    );
}
