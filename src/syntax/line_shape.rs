//! Line -> shape: its words as the grammar tells them apart, without what any other name, number or text could stand for.
//!
//! `rule calls-hour "Calls within an hour"` and `rule dogs "Dogs"` have one shape. No production asks what a name is, unless
//! it begins with a word that the grammar spells out; nor what a number is, unless it is part of a day or a time of day; nor
//! what a text says. So lines of one shape are read alike, and their parts stand at the same words.

use super::grammar::is_spelt_out;
use std::ops::Range;

/// Builds shapes; its memory is used again.
#[derive(Default)]
pub(super) struct LineShape {
    said: String,
}

impl LineShape {
    /// The shape of a line, of which the production that is to read it is a part, and the places of its words. `None` for
    /// a line with a text that is never closed.
    pub(super) fn of(&mut self, production: u32, line: &str) -> Option<(&str, Vec<Range<usize>>)> {
        self.said.clear();
        self.said.extend(char::from_u32(production));
        let mut places = Vec::with_capacity(16);
        let mut at = 0;
        while let Some(first) = line.as_bytes().get(at) {
            let start = at;
            at = match first {
                b' ' | b'\n' | b'\r' => {
                    // The grammar does not tell one space from several.
                    self.said.push(' ');
                    at = run(line, start, |byte| matches!(byte, b' ' | b'\n' | b'\r'));
                    continue;
                }
                b'"' => {
                    self.said.push_str("\"t");
                    let text = line.as_bytes().get(start + 1..)?;
                    start + memchr::memchr(b'"', text)? + 2
                }
                byte if is_of_word(*byte) => {
                    let end = run(line, start, |byte| is_of_word(byte) || byte == b'-');
                    let around = [start.checked_sub(1), Some(end)].map(|at| line.as_bytes().get(at?));
                    push_word(&mut self.said, line.get(start..end)?, around.contains(&Some(&b':')));
                    end
                }
                _ => {
                    let other = line.get(start..)?.chars().next()?;
                    self.said.push(other);
                    start + other.len_utf8()
                }
            };
            places.push(start..at);
        }
        Some((&self.said, places))
    }
}

/// Adds the shape of a word. A quotation mark stands nowhere else in a shape, so what is written as it is cannot be taken
/// for something left out.
fn push_word(said: &mut String, word: &str, by_colon: bool) {
    let (first, rest) = word.split_at(run(word, 0, is_of_word));
    let number = first.bytes().all(|byte| byte.is_ascii_digit());
    let sound = rest.as_bytes().windows(2).all(|pair| pair != b"--") && !rest.ends_with('-');
    if !sound || (number && (by_colon || !rest.is_empty())) {
        said.push_str(word);
    } else if number {
        said.push_str("\"0");
    } else if !is_spelt_out(first) {
        said.push_str("\"n");
    } else {
        // Up to the hyphen it could be a word of the grammar, which may end there.
        said.push_str(first);
        said.push_str(if rest.is_empty() { "" } else { "-\"n" });
    }
}

/// What the grammar calls a letter.
fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Where a run of such bytes ends.
fn run(line: &str, start: usize, is_in: impl Fn(u8) -> bool) -> usize {
    let rest = line.as_bytes().get(start..).unwrap_or_default();
    rest.iter().position(|byte| !is_in(*byte)).map_or(line.len(), |length| start + length)
}
