//! Parses lines, and remembers each by its shape: lines that differ only in names, numbers and texts are parsed once.

use super::grammar::{self, Rule, is_keyword};
use super::line_shape::LineShape;
use crate::text::{Source, Span};
use hashbrown::HashMap;
use pest::error::Error;
use pest::iterators::Pair;
use std::ops::Range;
use std::rc::Rc;

/// Reads lines, each shape of line once: rules that differ in names, numbers and texts have most of their lines in common.
#[derive(Default)]
pub(super) struct ParseCache {
    /// Only looked up in, never walked.
    known: HashMap<Box<str>, Rc<Wording>>,
    shape: LineShape,
}

/// The parts of a line, of one shape with others.
struct Wording {
    /// The whole line first. The parts of a part stand together, after it.
    parts: Vec<WordingPart>,
}

struct WordingPart {
    rule: Rule,
    /// The places of its words among those of the line.
    words: Range<usize>,
    /// The places of its parts, without the keywords between them.
    parts: Range<usize>,
    keywords: Range<usize>,
}

/// A line that was read.
pub(super) struct Read<'a> {
    wording: Rc<Wording>,
    /// Where each word stands in the line.
    words: Vec<Range<usize>>,
    said: &'a str,
    source: &'a Source,
    /// Where the line begins in the file.
    base: usize,
}

impl ParseCache {
    /// Reads the line that begins there in a file, by its production.
    pub(super) fn read<'a>(
        &mut self,
        rule: Rule,
        said: &'a str,
        source: &'a Source,
        base: usize,
    ) -> Result<Option<Read<'a>>, Box<Error<Rule>>> {
        let (shape, words) = self.shape.of(rule as u32, said).unzip();
        let words = words.unwrap_or_default();
        if let Some(wording) = shape.and_then(|shape| self.known.get(shape)) {
            let wording = Rc::clone(wording);
            return Ok(Some(Read { wording, words, said, source, base }));
        }
        let Some(pair) = grammar::parse(rule, said)? else { return Ok(None) };
        let mut parts = parts_of(pair);
        let read = |parts, words| Read { wording: Rc::new(Wording { parts }), words, said, source, base };
        if !count_in_words(&mut parts, &words) {
            // A part that begins or ends inside a word: no other line is read like it.
            let places = parts.iter().map(|part| part.words.clone()).collect();
            (0..).zip(&mut parts).for_each(|(at, part)| part.words = at..at + 1);
            return Ok(Some(read(parts, places)));
        }
        let read = read(parts, words);
        self.known.extend(shape.map(|shape| (shape.into(), Rc::clone(&read.wording))));
        Ok(Some(read))
    }
}

/// What the parser returned, with the bytes of each part for its words.
fn parts_of(whole: Pair<'_, Rule>) -> Vec<WordingPart> {
    let mut pairs = vec![whole];
    let mut parts = Vec::new();
    while let Some(pair) = pairs.get(parts.len()).cloned() {
        let (rule, start) = (pair.as_rule(), pair.as_span().start());
        let words = start..start + pair.as_str().trim_end().len();
        let inner = pair.into_inner().filter(|inner| inner.as_rule() != Rule::EOI);
        let (keywords, inner): (Vec<_>, Vec<_>) = inner.partition(|inner| is_keyword(inner.as_rule()));
        let first = pairs.len();
        pairs.extend(inner);
        let between = pairs.len();
        pairs.extend(keywords);
        parts.push(WordingPart { rule, words, parts: first..between, keywords: between..pairs.len() });
    }
    parts
}

/// Puts words in the place of bytes, if every part begins where one begins and ends where one ends.
fn count_in_words(parts: &mut [WordingPart], words: &[Range<usize>]) -> bool {
    let counted: Option<Vec<Range<usize>>> = parts
        .iter()
        .map(|part| {
            let first = words.binary_search_by_key(&part.words.start, |word| word.start).ok()?;
            let last = words.binary_search_by_key(&part.words.end, |word| word.end).ok()?;
            Some(first..last + 1)
        })
        .collect();
    let Some(counted) = counted else { return false };
    parts.iter_mut().zip(counted).for_each(|(part, words)| part.words = words);
    true
}

impl Read<'_> {
    /// The whole line, as its production has it.
    pub(super) fn whole(&self) -> Option<ParseNode<'_>> {
        self.wording.parts.first().map(|part| ParseNode { part, line: self })
    }

    fn place(&self, part: &WordingPart) -> Range<usize> {
        let words = self.words.get(part.words.clone()).unwrap_or_default();
        words.first().zip(words.last()).map_or(0..0, |(first, last)| first.start..last.end)
    }
}

/// One part of a line, with its place in the file.
#[derive(Clone, Copy)]
pub(super) struct ParseNode<'r> {
    part: &'r WordingPart,
    line: &'r Read<'r>,
}

impl<'r> ParseNode<'r> {
    pub(super) fn rule(self) -> Rule {
        self.part.rule
    }

    pub(super) fn text(self) -> &'r str {
        self.line.said.get(self.line.place(self.part)).unwrap_or("")
    }

    pub(super) fn span(self) -> Span {
        let Range { start, end } = self.line.place(self.part);
        self.line.source.span(self.line.base + start, self.line.base + end)
    }

    /// The parts, without the keywords between them.
    pub(super) fn parts(self) -> Parts<'r> {
        let parts = self.line.wording.parts.get(self.part.parts.clone()).unwrap_or_default();
        Parts { parts, line: self.line }
    }

    /// Whether the keyword is among the parts.
    pub(super) fn has_keyword(self, keyword: Rule) -> bool {
        let keywords = self.line.wording.parts.get(self.part.keywords.clone()).unwrap_or_default();
        keywords.iter().any(|part| part.rule == keyword)
    }
}

/// The parts of a part, in the order in which they were written.
#[derive(Clone, Copy)]
pub(super) struct Parts<'r> {
    parts: &'r [WordingPart],
    line: &'r Read<'r>,
}

impl<'r> Parts<'r> {
    pub(super) fn iter(self) -> impl DoubleEndedIterator<Item = ParseNode<'r>> {
        self.parts.iter().map(move |part| ParseNode { part, line: self.line })
    }

    pub(super) fn len(self) -> usize {
        self.parts.len()
    }

    pub(super) fn first(self) -> Option<ParseNode<'r>> {
        self.get(0)
    }

    pub(super) fn last(self) -> Option<ParseNode<'r>> {
        self.iter().next_back()
    }

    pub(super) fn get(self, at: usize) -> Option<ParseNode<'r>> {
        self.parts.get(at).map(|part| ParseNode { part, line: self.line })
    }

    /// The first part of this kind.
    pub(super) fn find(self, rule: Rule) -> Option<ParseNode<'r>> {
        self.of(rule).next()
    }

    /// Every part of this kind.
    pub(super) fn of(self, rule: Rule) -> impl Iterator<Item = ParseNode<'r>> {
        self.iter().filter(move |part| part.rule() == rule)
    }
}
