//! Line -> shape: its words as the grammar tells them apart, without what any other name, number or text could stand for.
//!
//! `rule calls-hour "Calls within an hour"` and `rule dogs "Dogs"` have one shape. No production asks what a name is, unless
//! it begins with a word that the grammar spells out; nor what a number is, unless it is part of a day or a time of day; nor
//! what a text says. So lines of one shape are read alike, and their parts stand at the same words.

use super::grammar::is_spelt_out;
use std::ops::Range;

/// Builds shapes; its memory is used again.
#[derive(Default)]
pub(super) struct Shape {
    said: String,
}

impl Shape {
    /// The shape of a line, of which the production that is to read it is a part, and the places of its words. `None` for
    /// a line with a text that is never closed.
    pub(super) fn of(&mut self, production: u32, line: &str) -> Option<(&str, Vec<Range<usize>>)> {
        self.said.clear();
        self.said.extend(char::from_u32(production));
        let mut places = Vec::with_capacity(12);
        let mut at = 0;
        while let Some(first) = line.get(at..)?.chars().next() {
            let start = at;
            at = match first {
                ' ' | '\n' | '\r' => {
                    // The grammar does not tell one space from several.
                    self.said.push(' ');
                    run(line, start, |byte| matches!(byte, b' ' | b'\n' | b'\r'))
                }
                '"' => {
                    self.said.push_str("\"t");
                    start + line.get(start + 1..)?.find('"')? + 2
                }
                first if is_of_word(first as u32) => {
                    let end = run(line, start, |byte| is_of_word(u32::from(byte)) || byte == b'-');
                    self.word(line.get(start..end)?, line.get(end..)?.starts_with(':') || before_is_colon(line, start));
                    end
                }
                other => {
                    self.said.push(other);
                    start + other.len_utf8()
                }
            };
            if !first.is_ascii_whitespace() {
                places.push(start..at);
            }
        }
        Some((&self.said, places))
    }

    /// A quotation mark stands nowhere else in a shape, so what is written as it is cannot be taken for something left out.
    fn word(&mut self, word: &str, by_colon: bool) {
        let first = word.split('-').next().unwrap_or("");
        let number = first.bytes().all(|byte| byte.is_ascii_digit());
        let plain = !word.ends_with('-') && !word.contains("--") && !is_spelt_out(first);
        match (number, plain) {
            (true, true) if first.len() == word.len() && !by_colon => self.said.push_str("\"0"),
            (false, true) => self.said.push_str("\"n"),
            _ => self.said.push_str(word),
        }
    }
}

fn before_is_colon(line: &str, at: usize) -> bool {
    line.get(..at).is_some_and(|before| before.ends_with(':'))
}

/// What the grammar calls a letter.
fn is_of_word(character: u32) -> bool {
    u8::try_from(character).is_ok_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Where a run of such bytes ends.
fn run(line: &str, start: usize, is_in: impl Fn(u8) -> bool) -> usize {
    let rest = line.bytes().skip(start);
    start + rest.take_while(|byte| is_in(*byte)).count()
}
