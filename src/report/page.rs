//! A plain-text page: headings and wrapped lines, 80 columns wide.

use crate::text::harmless;
use anstyle::{AnsiColor, Style};

const WIDTH: usize = 80;

/// For whom a page is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// The person on the call: what to do and to ask, and the weightiest reasons.
    Handler,
    /// The specialist who looks at calls afterwards: everything, with records, near misses and rules on trial.
    Specialist,
}

/// A page that grows by lines.
pub(super) struct Page {
    text: String,
    styled: bool,
}

/// How much a line stands out. It never says anything that the words do not.
#[derive(Clone, Copy)]
pub(super) enum Weight {
    Plain,
    Strong,
    Urgent,
}

impl Page {
    pub(super) fn new(styled: bool) -> Self {
        Self { text: String::new(), styled }
    }

    /// A heading of its own, with a blank line before it.
    pub(super) fn heading(&mut self, words: &str) {
        self.text.push('\n');
        self.line(words, Weight::Strong);
    }

    /// A line at the margin.
    pub(super) fn line(&mut self, words: &str, weight: Weight) {
        self.wrapped(words, "", "  ", weight);
    }

    /// One of a list below a heading.
    pub(super) fn item(&mut self, words: &str) {
        self.weighty_item(words, Weight::Plain);
    }

    /// One of a list that may have to be noticed.
    pub(super) fn weighty_item(&mut self, words: &str, weight: Weight) {
        self.wrapped(words, "  - ", "    ", weight);
    }

    /// Lines that were laid out before.
    pub(super) fn text(&mut self, lines: &str) {
        self.text.push_str(lines);
    }

    /// A line that belongs to the item above it.
    pub(super) fn detail(&mut self, words: &str) {
        self.wrapped(words, "    ", "    ", Weight::Plain);
    }

    /// A comment of YAML, with so much before each of its lines.
    pub(super) fn comment(&mut self, words: &str, before: &str) {
        let mark = format!("{before}# ");
        self.wrapped(words.trim(), &mark, &mark, Weight::Plain);
    }

    fn wrapped(&mut self, words: &str, first: &str, others: &str, weight: Weight) {
        let style = match (self.styled, weight) {
            (false, _) | (true, Weight::Plain) => Style::new(),
            (true, Weight::Strong) => Style::new().bold(),
            (true, Weight::Urgent) => Style::new().bold().fg_color(Some(AnsiColor::Red.into())),
        };
        // Names hold hyphens and paths strokes, and a name over two lines is two names.
        let options = textwrap::Options::new(WIDTH)
            .initial_indent(first)
            .subsequent_indent(others)
            .word_separator(textwrap::WordSeparator::AsciiSpace)
            .word_splitter(textwrap::WordSplitter::NoHyphenation)
            .break_words(false);
        for line in textwrap::wrap(&harmless(words), options) {
            self.text.push_str(&format!("{style}{line}{style:#}\n"));
        }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

/// How many are left out, and where they are.
pub(super) fn elsewhere(more: usize) -> String {
    format!("and {more} more, shown with --view specialist")
}
