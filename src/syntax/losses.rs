//! What is lost with a line that cannot be read, so that nobody is told that it is missing.

use super::conditions::LineReader;
use super::grammar::Rule;
use super::layout::RawLine;
use super::tree::At;
use crate::text::{plural, same_or_near};

impl LineReader<'_> {
    /// Notes the names that a heading and the lines under it would have declared.
    pub(super) fn lose_heading(&mut self, raw: &RawLine) {
        let said = self.said(raw);
        self.lose_words(said);
        // Which of its words is the name cannot be told where the word before it is missing or misspelt.
        self.unread.names.extend(words_outside_texts(said).map(plural));
        for child in &raw.children {
            self.lose_words(self.said(child));
        }
    }

    /// Notes every word that a lost line may have declared, and its text.
    fn lose_words(&mut self, said: &str) {
        self.unread.names.extend(words_outside_texts(said).map(str::to_owned));
        let text = said.split('"').nth(1).map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
        self.unread.names.extend(text);
    }

    /// Notes what a line under a heading began with, and the name that it would have declared. Lines that it
    /// took to itself by a wrong margin are lost with it.
    pub(super) fn lose_line(&mut self, heading: &RawLine, raw: &RawLine) {
        let at = At(self.place(heading));
        let said = self.said(raw);
        let begins = said.lines().map(|line| match line.trim_start() {
            text if text.starts_with('"') => "\"",
            line => words_of(line).next().unwrap_or("\""),
        });
        // A line may have swallowed what should begin the next.
        let swallowed = words_outside_texts(said)
            .filter(|word| matches!(*word, "when" | "whenever" | "then" | "because" | "source"));
        self.unread.lines.extend(begins.chain(swallowed).map(|word| (at, word.to_ascii_lowercase())));
        let heading = words_of(self.said(heading)).next().unwrap_or("");
        if same_or_near(heading, &["rule", "add", "suspend", "accept", "invariant"]).is_none() {
            self.lose_words(said);
        }
        // What is wrong in a list is reported too, where the line above it tells how to read it.
        let first = words_of(said).next().unwrap_or("");
        let rule = match same_or_near(first, &["when", "whenever", "then", "never", "points", "bands", "gives", "if"]) {
            Some("then" | "never") => Rule::effect_line,
            Some("points") => Rule::points_line,
            Some("bands") => Rule::band_line,
            Some("gives") => Rule::row_line,
            Some(_) => Rule::condition_line,
            None => return,
        };
        for child in &raw.children {
            self.parse(rule, child);
        }
    }
}

/// The words of a line, without the marks between them.
fn words_of(said: &str) -> impl Iterator<Item = &str> {
    said.split(|character: char| !character.is_alphanumeric() && character != '-' && character != '_')
        .filter(|word| !word.is_empty() && *word != "-")
}

/// The words of a line, those of its texts left out.
fn words_outside_texts(said: &str) -> impl Iterator<Item = &str> {
    said.split('"').step_by(2).flat_map(words_of)
}
