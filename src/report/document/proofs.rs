//! The section of a document that says what is proved of a policy: what it states of every decision, and where it may give less
//! than those that it is built on.

use super::block::{Block, Entry, Inline, heading, name, paragraph, strong, text};
use super::changes::ended;
use crate::proof::{Compared, Finding, InvariantProof, Shown};
use crate::report::comparison::{allowed_by, shown_call};

/// A policy beside one that it is built on.
pub(super) fn beside(compared: &Compared<'_>, blocks: &mut Vec<Block>) {
    let (base, own) = (compared.old.name(), compared.new.name());
    blocks.push(heading(2, format!("Beside {base}")));
    let lead = "For every call there can be, whatever is known of it and however long its history";
    match compared.finding() {
        Finding::NeverLower if compared.lower.is_empty() => blocks.push(paragraph(format!(
            "Proved: {own} gives at least what {base} gives. {lead}, no part of the outcome is lower."
        ))),
        Finding::NeverLower => blocks.push(paragraph(format!(
            "Proved: {own} gives at least what {base} gives, but for what {base} allows. {lead}, no part of the outcome is lower by anything \
             else. What is allowed can lower the calls below; whoever signs this page answers for them."
        ))),
        Finding::Lower => blocks.push(Block::Notice(vec![text(format!(
            "{own} gives less than {base} where nothing allows it, as the calls below show."
        ))])),
        Finding::NotSettled => blocks.push(Block::Notice(vec![text(format!(
            "It is not settled whether {own} ever gives less than {base} where nothing allows it: it is not proved, and no such call was found."
        ))])),
    }
    if !compared.lower.is_empty() {
        blocks.push(Block::List(compared.lower.iter().map(|shown| lower(compared, shown)).collect()));
    }
}

/// A call for which less is given, in words, and what allows it.
fn lower(compared: &Compared<'_>, shown: &Shown) -> Entry {
    let title = shown.title.as_deref().unwrap_or(&shown.rule);
    let said =
        vec![strong(title), text(" ("), name(&shown.rule), text(format!("). {}", shown_call(compared, shown, true)))];
    let mut under = call_in_lines(compared, shown);
    under.push(Entry::plain(match allowed_by(compared, shown) {
        Some(by) => vec![strong("Allowed"), text(format!(" by {}", ended(&by)))],
        None => vec![strong("Nothing allows it.")],
    }));
    Entry { said, under }
}

/// A call that is shown, a line for each sentence.
pub(super) fn call_in_lines(compared: &Compared<'_>, shown: &Shown) -> Vec<Entry> {
    shown.call.in_words(&compared.old).lines().map(|line| Entry::plain(vec![text(line)])).collect()
}

/// What came of one invariant.
pub(super) fn of_invariant(proof: &InvariantProof, call: impl Fn() -> String) -> Block {
    let said: Vec<Inline> = match (&proof.broken, proof.not_settled.first()) {
        (Some(_), _) => return Block::Notice(vec![text(format!("This call breaks it: {}", call()))]),
        (None, Some(why)) => {
            return Block::Notice(vec![text(format!("It is not settled whether a call breaks it: {}", ended(why)))]);
        }
        (None, None) => vec![strong("Proved"), text(": no call there can be breaks it.")],
    };
    Block::Paragraph(said)
}
