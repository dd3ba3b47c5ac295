//! A document as headings, lists and inline text: what Markdown and HTML are both written from.

use crate::explain::{Piece, Sentence, Statement};

pub(in crate::report) enum Block {
    Heading {
        level: usize,
        said: String,
    },
    Paragraph(Vec<Inline>),
    List(Vec<Entry>),
    Table {
        head: Vec<&'static str>,
        rows: Vec<Vec<Vec<Inline>>>,
    },
    /// Blocks that stay together on a page. The second is where links to the name lead.
    Card(Vec<Block>, Option<String>),
    /// Something that must not be overlooked.
    Notice(Vec<Inline>),
    /// A line to write on, with what belongs there.
    ToFillIn(&'static str),
}

#[derive(Clone)]
pub(in crate::report) enum Inline {
    Text(String),
    Strong(String),
    /// A name, as the policy writes it.
    Name(String),
    /// A name that the document explains under `to`.
    Link {
        said: String,
        to: String,
    },
    /// What is filled in for each call.
    Blank(String),
}

/// An item of a list, with the list under it.
pub(in crate::report) struct Entry {
    pub said: Vec<Inline>,
    pub under: Vec<Entry>,
}

impl Entry {
    pub(super) fn of(statement: &Statement) -> Self {
        Self { said: inline(&statement.said), under: Self::list(&statement.under) }
    }

    pub(super) fn list(statements: &[Statement]) -> Vec<Self> {
        statements.iter().map(Self::of).collect()
    }

    pub(super) fn plain(said: Vec<Inline>) -> Self {
        Self { said, under: Vec::new() }
    }
}

pub(super) fn inline(sentence: &Sentence) -> Vec<Inline> {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => Inline::Text(text.clone()),
        Piece::Name { said, of } => Inline::Link { said: said.clone(), to: of.clone() },
        Piece::Blank(what) => Inline::Blank(what.clone()),
    };
    sentence.iter().map(piece).collect()
}

pub(super) fn text(said: impl Into<String>) -> Inline {
    Inline::Text(said.into())
}

pub(super) fn strong(said: impl Into<String>) -> Inline {
    Inline::Strong(said.into())
}

pub(super) fn name(said: &str) -> Inline {
    Inline::Name(said.to_owned())
}

pub(super) fn heading(level: usize, said: impl Into<String>) -> Block {
    Block::Heading { level, said: said.into() }
}

pub(super) fn paragraph(said: impl Into<String>) -> Block {
    Block::Paragraph(vec![text(said)])
}

/// Sentences after one another in one line, each with its end.
pub(super) fn after(lead: &str, said: &Sentence) -> Block {
    let mut whole = vec![strong(lead), text(" ")];
    whole.extend(inline(said));
    Block::Paragraph(whole)
}
