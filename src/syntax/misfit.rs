//! Where a line stops fitting the grammar: the word there, those around it, and what the grammar would have taken.

use super::grammar::{Rule, is_keyword, keyword_words};
use crate::text::{Diagnostic, Source, Span};
use pest::error::{Error, ErrorVariant, InputLocation};

/// A line, the place where it stops making sense, and what would have made sense there.
pub(super) struct Misfit<'s> {
    source: &'s Source,
    /// Where the line begins in its file.
    base: usize,
    pub said: &'s str,
    /// Where in the line the misfit begins.
    pub at: usize,
    /// The word or sign there; empty at the end of the line.
    pub found: &'s str,
    pub expected: Vec<Rule>,
}

impl<'s> Misfit<'s> {
    pub(super) fn new(source: &'s Source, base: usize, said: &'s str, error: &Error<Rule>) -> Self {
        let at = match error.location {
            InputLocation::Pos(at) | InputLocation::Span((at, _)) => at.min(said.len()),
        };
        let rest = said.get(at..).unwrap_or("");
        let at = word_start(said, at + (rest.len() - rest.trim_start().len()));
        let expected = match &error.variant {
            ErrorVariant::ParsingError { positives, .. } => positives.clone(),
            ErrorVariant::CustomError { .. } => Vec::new(),
        };
        Self { source, base, said, at, found: word_at(said, at), expected }
    }

    /// The place in the file of a stretch of the line.
    pub(super) fn span_of(&self, start: usize, end: usize) -> Span {
        self.source.span(self.base + start, self.base + end)
    }

    pub(super) fn span(&self) -> Span {
        self.span_of(self.at, self.at + self.found.len())
    }

    pub(super) fn before(&self) -> &'s str {
        self.said.get(..self.at).unwrap_or("")
    }

    pub(super) fn word_before(&self) -> &'s str {
        let before = self.before().trim_end();
        let start = before.rfind(|character: char| !is_wordy(character));
        start.map_or(before, |at| before.get(at + 1..).unwrap_or(""))
    }

    pub(super) fn at_beginning(&self) -> bool {
        self.before().trim().is_empty()
    }

    pub(super) fn expects(&self, rule: Rule) -> bool {
        self.expected.contains(&rule)
    }

    /// The expected things in plain words, without repeats, the end of the line last.
    pub(super) fn expected_words(&self) -> Vec<&'static str> {
        let mut words: Vec<&str> = Vec::new();
        for rule in &self.expected {
            let word = if is_keyword(*rule) { keyword(*rule) } else { plain(*rule) };
            if !word.is_empty() && !words.contains(&word) {
                words.push(word);
            }
        }
        words
    }

    /// The line from the misfit on.
    pub(super) fn rest(&self) -> &'s str {
        self.said.get(self.at..).unwrap_or("")
    }

    /// Where the last word before the misfit begins.
    pub(super) fn start_of_word_before(&self) -> usize {
        self.before().trim_end().len() - self.word_before().len()
    }

    /// A complaint of a stretch of the line that has no name of its own.
    pub(super) fn cannot_read(&self, start: usize, end: usize) -> Diagnostic {
        let said = self.said.get(start..end).unwrap_or("");
        let message = format!("`{}` does not fit here", shown(said));
        Diagnostic::error("cannot-read", self.span_of(start, end), message)
    }
}

/// A keyword as it is written.
fn keyword(rule: Rule) -> &'static str {
    match rule {
        Rule::k_this_calls => "this call's",
        Rule::k_possessive => "'s",
        Rule::k_includes => "include",
        Rule::k_mentions => "mention",
        Rule::k_none_value => "none",
        Rule::k_vocabulary_part => "vocabulary",
        Rule::k_policy_part => "policy",
        _ => keyword_words(rule),
    }
}

/// A production's name as a policy lead would say it; empty for those that say nothing.
fn plain(rule: Rule) -> &'static str {
    match rule {
        Rule::name
        | Rule::word
        | Rule::own
        | Rule::bare
        | Rule::subject
        | Rule::names_and
        | Rule::names_or
        | Rule::names_all => "a name",
        Rule::number | Rule::amount => "a number",
        Rule::span | Rule::length => "a length of time such as `24 hours`",
        Rule::unit => "`hours`, `days` or another unit of time",
        Rule::quantity => "a number with its unit, such as `3 calls`",
        Rule::text => "a text in double quotation marks",
        Rule::date => "a day such as `2026-04-03`",
        Rule::clock | Rule::time_of_day => "a time of day such as `22:00`",
        Rule::weekday => "a day of the week",
        Rule::month => "a month",
        Rule::zone => "a time zone such as `Europe/London`",
        Rule::EOI => "the end of the line",
        Rule::conditions | Rule::chain | Rule::test => "a condition",
        Rule::test_chain => "a test such as `kind is assault`",
        Rule::effect => "an effect such as `grade at least priority`",
        Rule::moment => "a time such as `this call`",
        Rule::preposition => "a link such as `by the same caller`",
        _ => "",
    }
}

fn is_wordy(character: char) -> bool {
    character.is_alphanumeric() || character == '-' || character == '_'
}

/// Where the word begins that a place is inside of, when the place is inside one that has a strange letter.
fn word_start(said: &str, at: usize) -> usize {
    let strange = said
        .get(at..)
        .and_then(|rest| rest.chars().next())
        .is_some_and(|next| next.is_alphabetic() && !next.is_ascii());
    let before = said.get(..at).unwrap_or("");
    if strange { before.trim_end_matches(is_wordy).len() } else { at }
}

/// The word at a place: letters, digits and hyphens, a quoted text, or one run of signs.
pub(super) fn word_at(said: &str, at: usize) -> &str {
    let rest = said.get(at..).unwrap_or("");
    let mut characters = rest.char_indices();
    let Some((_, first)) = characters.next() else { return "" };
    let end = if first == '"' {
        characters.find(|(_, character)| *character == '"').map(|(end, _)| end + 1)
    } else if first.is_alphanumeric() {
        characters.find(|(_, character)| !is_wordy(*character)).map(|(end, _)| end)
    } else {
        characters
            .find(|(_, character)| is_wordy(*character) || character.is_whitespace() || *character == '"')
            .map(|(end, _)| end)
    };
    rest.get(..end.unwrap_or(rest.len())).unwrap_or("")
}

pub(super) fn has_word_around(said: &str, start: usize, end: usize) -> bool {
    let wordy = |character: char| character.is_alphanumeric() || character == '-';
    let is_word = said.get(start..).is_some_and(|rest| rest.starts_with(char::is_alphanumeric));
    let before = said.get(..start).and_then(|before| before.chars().next_back()).is_some_and(wordy);
    let after = said.get(end..).and_then(|after| after.chars().next()).is_some_and(wordy);
    is_word && (before || after)
}

/// Whether a word is a number in digits.
pub(super) fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// At most the beginning of a word, so that a message stays a message.
pub(super) fn shown(word: &str) -> String {
    const MOST: usize = 40;
    match word.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", word.get(..at).unwrap_or("")),
        None => word.to_owned(),
    }
}
