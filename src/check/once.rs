//! Refuses a line that is written twice where a heading takes one, and warns of lines that have no effect.

use crate::syntax::tree::Text;
use crate::text::{Diagnostic, Span, folded};
use std::collections::BTreeMap;

/// The lines under one heading, or under all the headings that say something of the same thing.
#[derive(Debug)]
pub(super) struct Once {
    heading: String,
    seen: BTreeMap<String, Span>,
}

impl Once {
    /// `this rule`, or the name of what the lines are about.
    pub(super) fn under(heading: impl Into<String>) -> Self {
        Self { heading: heading.into(), seen: BTreeMap::new() }
    }

    /// Notes a line; says so when there is one like it already.
    pub(super) fn line(&mut self, said: &str, at: Span, problems: &mut Vec<Diagnostic>) -> bool {
        let Some(first) = self.seen.get(said) else {
            self.seen.insert(said.to_owned(), at);
            return true;
        };
        let message = format!("{} has two lines `{said}`", self.heading);
        let problem = Diagnostic::error("line-twice", at, message).also(*first, "the first one");
        problems.push(problem.help("make them one line, or leave one out"));
        false
    }

    /// The same for a line with a text, of which there may be several: letters and marks alone make no other text.
    pub(super) fn text(&mut self, line: &str, text: &Text, at: Span, problems: &mut Vec<Diagnostic>) -> bool {
        let key = format!("{line} {}", folded(&text.value));
        let Some(first) = self.seen.get(&key) else {
            self.seen.insert(key, at);
            return true;
        };
        let message = format!("{} has two lines `{line} \"{}\"`", self.heading, text.value);
        let problem = Diagnostic::error("line-twice", at, message).also(*first, "the first one");
        problems.push(problem.help("make them one line, or leave one out"));
        false
    }

    pub(super) fn has(&self, said: &str) -> bool {
        self.seen.contains_key(said)
    }
}

/// A line, or a part of one, that changes nothing.
pub(super) fn no_effect(at: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error("no-effect", at, message).help("leave it out")
}
