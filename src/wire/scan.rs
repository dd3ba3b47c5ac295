//! JSON text -> its marks, texts and numbers, one after another, as long as each is spelled the usual way.

use crate::text::seek;
use crate::time::Instant;

/// What is left of a text. Whatever is not spelled the usual way is `None`, after which nothing more is to be asked.
pub(super) struct Scan<'t> {
    rest: &'t str,
}

/// A word with its bytes as one number, so that looking whether it comes next takes one comparison.
#[derive(Debug)]
pub(super) struct Word {
    text: String,
    start: u128,
    /// The bits of its bytes; none where it has too many.
    mask: u128,
}

impl Word {
    pub(super) fn new(text: String) -> Self {
        let mut start = [0; 16];
        let fits = text.len() <= start.len();
        start.iter_mut().zip(text.bytes()).for_each(|(slot, byte)| *slot = byte);
        let mask = if fits { start.map(|byte| if byte == 0 { 0 } else { u8::MAX }) } else { [0; 16] };
        Self { text, start: u128::from_le_bytes(start), mask: u128::from_le_bytes(mask) }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }
}

impl<'t> Scan<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { rest: text }
    }

    /// The byte that comes next, after blanks; `None` at the end.
    #[inline]
    pub(super) fn next(&mut self) -> Option<u8> {
        loop {
            match self.rest.as_bytes().first() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.rest = self.rest.get(1..)?,
                other => return other.copied(),
            }
        }
    }

    /// Steps over blanks and this mark, if it is what comes next. Mostly there are no blanks.
    #[inline]
    pub(super) fn has(&mut self, mark: &str) -> bool {
        self.skip(mark).or_else(|| self.next().and_then(|_| self.skip(mark))).is_some()
    }

    /// Steps over this, if it is what comes next.
    #[inline]
    pub(super) fn skip(&mut self, word: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(word)?;
        Some(())
    }

    /// The same, for a word that is looked for again and again.
    #[inline]
    pub(super) fn skip_word(&mut self, word: &Word) -> Option<()> {
        let Word { text, start, mask } = word;
        match self.rest.as_bytes().first_chunk() {
            Some(ahead) if *mask != 0 => {
                if (u128::from_le_bytes(*ahead) ^ start) & mask != 0 {
                    return None;
                }
                self.rest = self.rest.get(text.len()..)?;
                Some(())
            }
            _ => self.skip(text),
        }
    }

    /// A text without escapes, and blanks before it.
    #[inline]
    pub(super) fn text(&mut self) -> Option<&'t str> {
        if !self.has("\"") {
            return None;
        }
        let (words, rest) =
            self.rest.split_at_checked(seek::quotation_mark_backslash_or_control(self.rest.as_bytes()))?;
        self.rest = rest.strip_prefix("\"")?;
        Some(words)
    }

    /// A time, and blanks before it.
    #[inline]
    pub(super) fn time(&mut self) -> Option<Instant> {
        let common = self.rest.strip_prefix("\"").and_then(Instant::parse_start);
        match common.and_then(|(at, rest)| Some((at, rest.strip_prefix("\"")?))) {
            Some((at, rest)) => {
                self.rest = rest;
                Some(at)
            }
            None => Instant::parse(self.text()?).ok(),
        }
    }

    /// A whole number of at most 18 digits, which fits whatever they are. A fraction after it is seen by whoever looks for
    /// a mark next.
    pub(super) fn number(&mut self) -> Option<i64> {
        let negative = self.skip("-").is_some();
        let length = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        let is_usual = length <= 18 && (!digits.starts_with('0') || (digits == "0" && !negative));
        let number: i64 = digits.parse().ok().filter(|_| is_usual)?;
        Some(if negative { -number } else { number })
    }
}
