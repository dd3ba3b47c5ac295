//! Snapshot -> a blank case in YAML: every fact and list of the vocabulary with what it means and what it may say, ready to be filled in.

use super::page::Page;
use crate::engine::{Snapshot, short_digest};
use crate::horizon::Horizon;
use crate::model::{FactId, Field, RecordId, RecordKind, Type, Vocabulary};
use crate::text::{with_article, with_words};
use crate::time::Instant;

const HOW: &str = "Write behind the colon what is known, and leave the rest as it is: what is left empty is not known. Times are written \
                   22:10 on 14 March 2026, by the clocks of the policy's zone; those of everything but the call also 3 hours before or 40 minutes \
                   after, reckoned from the call. Ids are your own: the same id is the same person, place or thing.";

const LISTS: &str = "Take the # away from the lines of a record that there is, and repeat them for each further one. A list that is left empty \
                     could not be had; [] says that there is nothing on record.";

/// A blank case for a policy, with a call at a time. What the policy goes by comes first; it is decided as it is, as a call of which nothing is
/// known.
pub fn blank_case(policy: &Snapshot, at: Instant) -> String {
    let (vocabulary, horizon) = (policy.vocabulary(), policy.horizon());
    let mut page = Page::new(false);
    page.comment(&format!("A case for {} (digest {}).", policy.name(), short_digest(policy.digest())), "");
    page.text("#\n");
    page.comment(HOW, "");
    page.text("call:\n  id: call-1\n");
    page.text(&format!("  at: {}\n", policy.zone().spoken(at)));
    let is_read = |(_, read): &(_, &Option<_>)| read.is_some();
    let facts = (0u16..).map(FactId).zip(&vocabulary.call).zip(&horizon.facts);
    let (read, others): (Vec<_>, Vec<_>) = facts.partition(is_read);
    let mut above = None;
    for ((id, own), _) in &read {
        let form = vocabulary.asked_on(*id);
        let title = form.map(|(form, _)| form.title.as_str());
        if let Some(title) = title.filter(|_| above != title) {
            page.text("\n");
            page.comment(&format!("{title}:"), "  ");
        }
        above = title;
        let number = form.map(|(_, label)| format!("{label}. ")).unwrap_or_default();
        question(&mut page, vocabulary, (&number, own), "", "  ");
    }
    if !others.is_empty() {
        page.text("\n");
        page.comment("The policy goes by none of these.", "  ");
        others.iter().for_each(|((_, fact), _)| field(&mut page, vocabulary, fact, "# ", "  "));
    }
    lists(&mut page, vocabulary, &horizon);
    page.into_text()
}

fn lists(page: &mut Page, vocabulary: &Vocabulary, horizon: &Horizon) {
    if vocabulary.records.is_empty() {
        return;
    }
    page.text("\n");
    page.comment(LISTS, "");
    page.text("history:\n");
    let kinds = || (0u16..).map(RecordId).zip(&vocabulary.records).zip(&horizon.kinds);
    let is_asked_for = |of: RecordId| horizon.asks_for(of);
    for ((_, kind), asked) in kinds().filter(|((id, _), _)| is_asked_for(*id)) {
        let read: Vec<bool> = asked.fields.iter().map(Option::is_some).collect();
        page.text("\n");
        page.comment(&sentence(&kind.help), "  ");
        page.text(&format!("  {}:\n", kind.plural));
        record(page, vocabulary, kind, &read);
    }
    let others: Vec<&str> =
        kinds().filter(|((id, _), _)| !is_asked_for(*id)).map(|((_, kind), _)| kind.plural.as_str()).collect();
    if !others.is_empty() {
        page.text("\n");
        page.comment("The policy goes by none of these.", "  ");
        others.iter().for_each(|plural| page.text(&format!("  # {plural}:\n")));
    }
}

/// A record of a kind as a comment, with the fields that the policy reads.
fn record(page: &mut Page, vocabulary: &Vocabulary, kind: &RecordKind, read: &[bool]) {
    page.text(&format!("  # - id: {}-1\n  #   at: 3 hours before\n", kind.name));
    let fields = kind.fields.iter().zip(read).filter(|(_, is_read)| **is_read);
    fields.for_each(|(own, _)| field(page, vocabulary, own, "", "  #   "));
}

fn field(page: &mut Page, vocabulary: &Vocabulary, field: &Field, mark: &str, indent: &str) {
    question(page, vocabulary, ("", field), mark, indent);
}

/// A fact or field with its number on the form that it is a question of.
fn question(page: &mut Page, vocabulary: &Vocabulary, (number, field): (&str, &Field), mark: &str, indent: &str) {
    page.text(&format!("{}\n", indent.trim_end()));
    page.comment(&format!("{number}{}{}.", sentence(&field.help), answers(vocabulary, field)), indent);
    page.text(&format!("{indent}{mark}{}:\n", field.name));
}

/// What something means, to be followed by another sentence.
fn sentence(help: &str) -> String {
    match help.trim_end_matches('.') {
        "" => String::new(),
        help if help.ends_with(['?', '!']) => format!("{help} "),
        help => format!("{help}. "),
    }
}

/// What may stand behind the colon.
fn answers(vocabulary: &Vocabulary, field: &Field) -> String {
    let values = || {
        let said = field.values().iter().zip(0u16..).map(|(value, at)| with_words(value, field.words.get(&at)));
        said.collect::<Vec<_>>().join(", ")
    };
    match &field.ty {
        Type::YesNo => "Yes or no".to_owned(),
        Type::Choice { .. } => format!("One of: {}", values()),
        Type::Flags { .. } => format!("In brackets, as [a, b], any of: {}; [] where none is so", values()),
        Type::Number { range: None } => "A whole number".to_owned(),
        Type::Number { range: Some((least, most)) } => format!("A whole number from {least} to {most}"),
        Type::Duration => "A length of time, as 40 minutes or 1 hour and 30 minutes".to_owned(),
        Type::Time { or_none: false } => "A time".to_owned(),
        Type::Time { or_none: true } => "A time; none where it is known that there is no such time".to_owned(),
        Type::Text => "Any words, in \"double quotes\"".to_owned(),
        Type::Identity { kind, many } => {
            let kind = vocabulary.identities.get(kind.index()).map_or("person", String::as_str);
            match many {
                false => format!("The id of {}, as {kind}-1", with_article(kind)),
                true => format!("Ids, as [{kind}-1, {kind}-2]; [] where it is known that there is none"),
            }
        }
        Type::Link { record } => {
            let kind = vocabulary.records.get(record.index()).map_or("record", |kind| kind.name.as_str());
            format!("The id of {} below", with_article(kind))
        }
    }
}
