//! `PolicyDocument` -> blocks: what a chief officer reads and signs, before it is written as Markdown or as a web page.

mod block;
mod changes;
mod rules;
mod proofs;
mod invariants;
mod names;
mod accepted;
mod since;
mod compared;

pub(in crate::report) use block::{Block, Entry, Inline};

use crate::changes::Change;
use crate::engine::{Snapshot, VERSION, short_digest};
use crate::explain::{Floor, PolicyDocument, Setting};
use crate::proof::{Compared, PolicyProof};
use crate::time::Date;
use block::{heading, name, paragraph, strong, text};

/// A document to read and sign, before it is written as Markdown or as a web page.
pub struct SignedPage {
    pub(in crate::report) title: String,
    pub(in crate::report) blocks: Vec<Block>,
    /// What stands at the foot of each printed sheet.
    pub(in crate::report) foot: String,
}

impl SignedPage {
    /// The whole policy; `made` is the day on which this page of it is made, by whoever has a clock.
    pub fn whole(document: &PolicyDocument, made: Option<Date>) -> Self {
        Self::of(document, None, made)
    }

    /// The whole policy with what is proved of it, and what those that it is built on allow it.
    pub fn proved(document: &PolicyDocument, policy: &Snapshot, proof: &PolicyProof<'_>, made: Option<Date>) -> Self {
        Self::of(document, Some((policy, proof)), made)
    }

    fn of(document: &PolicyDocument, proof: Option<(&Snapshot, &PolicyProof<'_>)>, made: Option<Date>) -> Self {
        Self {
            title: format!("{}: the policy in force", document.name),
            blocks: blocks(document, proof, made),
            foot: foot(&document.name, &document.digest, made),
        }
    }

    /// What is proved of two policies, to be signed by whoever answers for the second.
    pub fn compared(compared: &Compared<'_>, made: Option<Date>) -> Self {
        let (old, new) = (&*compared.old, compared.new);
        Self {
            title: format!("{} beside {}: what is proved", new.name(), old.name()),
            blocks: compared::blocks(compared, made),
            foot: foot(new.name(), new.digest(), made),
        }
    }

    /// What changed since the policy of an earlier digest, which somebody has signed.
    pub fn since(document: &PolicyDocument, before: &str, changes: &[&Change], made: Option<Date>) -> Self {
        Self {
            title: format!("{}: what changed since {}", document.name, short_digest(before)),
            blocks: since::blocks(document, before, changes, made),
            foot: foot(&document.name, &document.digest, made),
        }
    }
}

/// Which policy a sheet of paper is of, and of which day.
fn foot(name: &str, digest: &str, made: Option<Date>) -> String {
    let made = made.map(|made| format!(", made on {}", made.spoken())).unwrap_or_default();
    format!("{name}, digest {digest}{made}")
}

/// Everything under the title.
fn blocks(document: &PolicyDocument, proof: Option<(&Snapshot, &PolicyProof<'_>)>, made: Option<Date>) -> Vec<Block> {
    let mut blocks = vec![about(document, made)];
    blocks.extend(how_to_read(document));
    changes::write(document, &mut blocks);
    proof.iter().flat_map(|(_, proof)| &proof.bases).for_each(|base| proofs::beside(base, &mut blocks));
    floors(document, &mut blocks);
    let invariants = proof.map(|(policy, proof)| (policy, proof.invariants.as_slice()));
    invariants::write(document, invariants, &mut blocks);
    settings(document, &mut blocks);
    rules::write(document, &mut blocks);
    names::write(document, &mut blocks);
    accepted::write(document, &mut blocks);
    signature(&document.name, &document.digest, &mut blocks);
    blocks
}

fn about(document: &PolicyDocument, made: Option<Date>) -> Block {
    let bases: Vec<&str> = document.chain.iter().rev().skip(1).map(String::as_str).collect();
    let mut rows = vec![vec![vec![strong("Policy")], vec![text(&document.name)]]];
    if !bases.is_empty() {
        rows.push(vec![vec![strong("Built on")], vec![text(bases.join(", which is built on "))]]);
    }
    rows.push(vec![vec![strong("Vocabulary")], vec![name(&document.vocabulary)]]);
    rows.push(vec![vec![strong("Time zone")], vec![text(&document.zone)]]);
    let rules: usize =
        document.sections.iter().flat_map(|section| &section.groups).map(|group| group.rules.len()).sum();
    rows.push(vec![vec![strong("Rules")], vec![text(rules.to_string())]]);
    rows.push(vec![vec![strong("Digest")], vec![name(&document.digest)]]);
    rows.extend(made_by(made));
    Block::Table { head: Vec::new(), rows }
}

/// By which program a page is made, and on which day.
fn made_by(made: Option<Date>) -> impl Iterator<Item = Vec<Vec<Inline>>> {
    let made = made.map(|made| vec![vec![strong("Made on")], vec![text(made.spoken())]]);
    std::iter::once(vec![vec![strong("Engine")], vec![text(format!("heedful {VERSION}"))]]).chain(made)
}

fn how_to_read(document: &PolicyDocument) -> Vec<Block> {
    let points = [
        "Every rule below is put into words from what the program executes. The digest changes whenever what the policy \
         says changes; a decision names the digest it was made under.",
        "Rules only raise a response. Where several rules apply, the highest grade, everything that any of them asks for \
         and the earliest time count. A person makes every decision.",
        "What is not known is never taken as no. A rule applies when what it asks for is known to be so; a few rules say \
         that they apply unless it is known otherwise.",
        "“Any” means at least one, and “no” means none. “Within 24 hours” looks back from the call, both ends included. “The \
         same victim” is the victim of this call.",
    ];
    let marks = vec![
        text("Words with hyphens are those of the control room's calls and records, and are listed under Words. "),
        Inline::Blank("number".to_owned()),
        text(" in a reason is filled in for each call."),
    ];
    let names = document.definitions.first().map(|first| {
        let example = Inline::Link { said: first.name.clone(), to: first.name.clone() };
        vec![
            text("A name that looks like "),
            example,
            text(" stands for something that is written out under Definitions."),
        ]
    });
    let points = points.into_iter().map(|point| vec![text(point)]);
    let entries = points.chain(names).chain([marks]).map(Entry::plain).collect();
    vec![heading(2, "How to read this"), Block::List(entries)]
}

/// What the outcome is never below, whatever the rules say.
fn floors(document: &PolicyDocument, blocks: &mut Vec<Block>) {
    if document.floors.is_empty() {
        return;
    }
    blocks.push(heading(2, "Never below"));
    let floor = |Floor { outcome, fact, help }: &Floor| {
        let meaning = if help.is_empty() { String::new() } else { format!(" ({})", help.trim_end_matches('.')) };
        Entry::plain(vec![
            text("The "),
            name(outcome),
            text(" is never below "),
            name(fact),
            text(format!("{meaning}, where that is known for the call.")),
        ])
    };
    blocks.push(Block::List(document.floors.iter().map(floor).collect()));
}

fn settings(document: &PolicyDocument, blocks: &mut Vec<Block>) {
    if document.settings.is_empty() {
        return;
    }
    blocks.push(heading(2, "Settings"));
    blocks.push(paragraph(
        "What rules use that may be set: numbers, lengths of time, times of day, values and calendars. The rules below show the values in force.",
    ));
    let head = vec!["Setting", "In force", "What it is for", "May be", "Set by"];
    blocks.push(Block::Table { head, rows: document.settings.iter().map(row).collect() });
}

fn row(setting: &Setting) -> Vec<Vec<Inline>> {
    let may_be = match (&setting.range, setting.never) {
        (None, None) => String::new(),
        (Some(range), None) => range.clone(),
        (None, Some(never)) => never.to_owned(),
        (Some(range), Some(never)) => format!("{range}, {never}"),
    };
    let mut set_by = Vec::new();
    for (at, given) in setting.given.iter().rev().enumerate() {
        set_by.push(text(if at == 0 {
            given.policy.clone()
        } else {
            format!("; {} in {}", given.value, given.policy)
        }));
    }
    let moved = setting.given.len() > 1;
    let value = if moved { strong(&setting.value) } else { text(&setting.value) };
    vec![vec![name(&setting.name)], vec![value], vec![text(&setting.help)], vec![text(may_be)], set_by]
}

fn signature(policy: &str, digest: &str, blocks: &mut Vec<Block>) {
    let said = vec![
        text(format!("I have read the policy of {policy} in this document, as it is identified by the digest ")),
        name(digest),
        text(format!(" and as heedful {VERSION} reads it, and approve it for use.")),
    ];
    to_sign(said, blocks);
}

/// The lines that are filled in by whoever signs something.
fn to_sign(said: Vec<Inline>, blocks: &mut Vec<Block>) {
    let lines = ["Name", "Rank or post", "Signature", "Date"].map(Block::ToFillIn);
    let mut card = vec![heading(2, "Approval"), Block::Paragraph(said)];
    card.extend(lines);
    blocks.push(Block::Card(card, None));
}
