//! What the names in the rules stand for: definitions, scores, tables, calendars, and the words of the vocabulary.

use super::block::{Block, Entry, Inline, heading, inline, name, paragraph, strong, text};
use super::changes::ended;
use crate::explain::{Calendar, Defined, Glossary, Points, PolicyDocument, Score, Table, Word};

pub(super) fn write(document: &PolicyDocument, blocks: &mut Vec<Block>) {
    if !document.definitions.is_empty() {
        blocks.push(heading(2, "Definitions"));
        blocks.extend(document.definitions.iter().map(defined));
    }
    if !document.scores.is_empty() {
        blocks.push(heading(2, "Scores"));
        blocks.extend(document.scores.iter().map(score));
    }
    if !document.tables.is_empty() {
        blocks.push(heading(2, "Tables"));
        blocks.extend(document.tables.iter().map(table));
    }
    if !document.calendars.is_empty() {
        blocks.push(heading(2, "Calendars"));
        blocks.extend(document.calendars.iter().map(calendar));
    }
    if !document.words.is_empty() {
        blocks.push(heading(2, "Words"));
        blocks.push(paragraph("What the words mean that these rules take from the control room's calls and records."));
        for glossary in &document.words {
            words(glossary, blocks);
        }
    }
}

fn defined(defined: &Defined) -> Block {
    let (plural, verb) = match &defined.plural {
        Some(plural) => (format!("several are {plural}; "), "is"),
        None => (String::new(), "means"),
    };
    let mut said = vec![strong(&defined.name), text(format!(" ({plural}by {}) {verb} ", defined.policy))];
    said.extend(inline(&defined.means.said));
    let mut card = vec![Block::Paragraph(said)];
    if !defined.means.under.is_empty() {
        card.push(Block::List(Entry::list(&defined.means.under)));
    }
    Block::Card(card, Some(defined.name.clone()))
}

fn score(score: &Score) -> Block {
    let mut card = vec![
        heading(3, &score.title),
        Block::Paragraph(vec![name(&score.name), text(format!(" (by {}) adds up these points:", score.policy))]),
    ];
    let points = score.points.iter().map(|Points { points, each, of }| {
        let mut entry = Entry::of(of);
        let unit = if *points == 1 { "point" } else { "points" };
        entry.said.insert(0, text(format!("{points} {unit} {} ", if *each { "for each of" } else { "when" })));
        entry.said.extend(each.then(|| text(" that is yes")));
        entry
    });
    card.push(Block::List(points.collect()));
    card.push(Block::Paragraph(vec![strong("Bands:"), text(format!(" {}.", score.bands.join("; ")))]));
    if score.unanswered_as_yes {
        card.push(paragraph("What is not known counts as yes."));
    }
    let sources: Vec<String> = score.sources.iter().map(|source| ended(source)).collect();
    if !sources.is_empty() {
        card.push(Block::Paragraph(vec![strong("Source"), text(format!(" {}", sources.join(" ")))]));
    }
    Block::Card(card, Some(score.name.clone()))
}

fn table(table: &Table) -> Block {
    let said = format!(" (by {}) gives a number for each ", table.policy);
    let mut card = vec![
        heading(3, &table.title),
        Block::Paragraph(vec![name(&table.name), text(said), name(&table.by), text(":".to_owned())]),
    ];
    let rows = table.rows.iter().map(|(when, gives)| Entry::plain(vec![text(format!("{when}: {gives}"))]));
    card.push(Block::List(rows.collect()));
    let sources: Vec<String> = table.sources.iter().map(|source| ended(source)).collect();
    if !sources.is_empty() {
        card.push(Block::Paragraph(vec![strong("Source"), text(format!(" {}", sources.join(" ")))]));
    }
    Block::Card(card, Some(table.name.clone()))
}

fn calendar(calendar: &Calendar) -> Block {
    let help = if calendar.help.is_empty() { String::new() } else { format!(" {}.", calendar.help) };
    let said = vec![strong(&calendar.name), text(format!(" leaves out these days.{help}"))];
    let mut card = vec![Block::Paragraph(said)];
    card.push(Block::List(calendar.skips.iter().map(|days| Entry::plain(vec![text(days)])).collect()));
    if let Some(complete) = &calendar.complete {
        card.push(paragraph(format!("Its single days are known from {complete}.")));
    }
    Block::Card(card, Some(calendar.name.clone()))
}

fn words(glossary: &Glossary, blocks: &mut Vec<Block>) {
    blocks.push(heading(3, &glossary.heading));
    if !glossary.help.is_empty() {
        blocks.push(paragraph(ended(&glossary.help)));
    }
    if glossary.words.is_empty() {
        return;
    }
    let row = |word: &Word| -> Vec<Vec<Inline>> {
        vec![vec![name(&word.name)], vec![text(&word.help)], vec![text(&word.may_say)]]
    };
    blocks.push(Block::Table {
        head: vec!["Word", "What it means", "What it may say"],
        rows: glossary.words.iter().map(row).collect(),
    });
}
