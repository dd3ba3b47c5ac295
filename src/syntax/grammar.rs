//! The generated parser, and a cursor over what it returns.

use crate::text::{Source, Span};
use pest::Parser;
use pest::error::Error;
use pest::iterators::Pair;
use std::collections::HashMap;
use std::sync::LazyLock;

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/heedful.pest"]
struct Grammar;

/// Parses lines, each wording once: rules that differ in a number have most of their lines in common.
#[derive(Default)]
pub(super) struct Lines<'a> {
    /// Only looked up in, never walked. A line with a text is seldom said twice, and takes little to parse.
    parsed: HashMap<(Rule, &'a str), Pair<'a, Rule>>,
}

impl<'a> Lines<'a> {
    pub(super) fn parse(&mut self, rule: Rule, said: &'a str) -> Result<Option<Pair<'a, Rule>>, Box<Error<Rule>>> {
        if said.contains('"') {
            return Ok(Grammar::parse(rule, said)?.next());
        }
        if let Some(pair) = self.parsed.get(&(rule, said)) {
            return Ok(Some(pair.clone()));
        }
        let pair = Grammar::parse(rule, said)?.next();
        if let Some(pair) = &pair {
            self.parsed.insert((rule, said), pair.clone());
        }
        Ok(pair)
    }
}

/// The words of each rule of the grammar that is a keyword, by its number; none for the others.
static KEYWORDS: LazyLock<Vec<Option<String>>> = LazyLock::new(|| {
    let mut table = vec![None; Rule::all_rules().len() + 1];
    for rule in Rule::all_rules() {
        if let Some(slot) = table.get_mut(*rule as usize) {
            *slot = format!("{rule:?}").strip_prefix("k_").map(|name| name.replace('_', " "));
        }
    }
    table
});

pub(super) fn is_keyword(rule: Rule) -> bool {
    KEYWORDS.get(rule as usize).is_some_and(Option::is_some)
}

/// A keyword's words, from its name in the grammar.
pub(super) fn keyword_words(rule: Rule) -> &'static str {
    KEYWORDS.get(rule as usize).and_then(Option::as_deref).unwrap_or("")
}

/// One node of what the parser returned, with its place in the file.
#[derive(Clone)]
pub(super) struct Node<'a> {
    pair: Pair<'a, Rule>,
    source: &'a Source,
    /// Where the parsed line begins in the file.
    base: usize,
}

impl<'a> Node<'a> {
    pub(super) fn new(pair: Pair<'a, Rule>, source: &'a Source, base: usize) -> Self {
        Self { pair, source, base }
    }

    pub(super) fn rule(&self) -> Rule {
        self.pair.as_rule()
    }

    pub(super) fn text(&self) -> &'a str {
        self.pair.as_str()
    }

    pub(super) fn span(&self) -> Span {
        let span = self.pair.as_span();
        let text = span.as_str();
        let end = span.start() + text.trim_end().len();
        self.source.span(self.base + span.start(), self.base + end)
    }

    /// The parts, without the keywords between them.
    pub(super) fn parts(&self) -> Vec<Node<'a>> {
        self.pair
            .clone()
            .into_inner()
            .filter(|pair| !is_keyword(pair.as_rule()) && pair.as_rule() != Rule::EOI)
            .map(|pair| Node { pair, source: self.source, base: self.base })
            .collect()
    }

    /// The keywords among the parts.
    pub(super) fn has_keyword(&self, keyword: Rule) -> bool {
        self.pair.clone().into_inner().any(|pair| pair.as_rule() == keyword)
    }
}
