//! JSON text -> its marks, texts and numbers, one after another, as long as each is spelled the usual way.

use crate::text::seek;
use crate::time::Instant;

/// What is left of a text. Whatever is not spelled the usual way is `None`, after which nothing more is to be asked.
pub(super) struct Scan<'t> {
    rest: &'t str,
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
