//! JSON text -> its marks, texts and numbers, one after another, as long as each is spelled the usual way.

use crate::text::seek;
use crate::time::{Instant, Stamp};

/// What is left of a text. Whatever is not spelled the usual way is `None`, after which nothing more is to be asked.
pub(super) struct Scan<'t> {
    rest: &'t str,
}

/// A word with its bytes as numbers, eight in each, so that looking whether it comes next takes three comparisons at most.
#[derive(Debug)]
pub(super) struct Word {
    text: String,
    start: [u64; EIGHTS],
    /// The bits of its bytes.
    mask: [u64; EIGHTS],
}

/// How many bytes a word may have for that, in eights.
const EIGHTS: usize = 3;
const BYTES: usize = EIGHTS * 8;

impl Word {
    pub(super) fn new(text: String) -> Self {
        let (mut start, mut mask) = ([0; EIGHTS], [0; EIGHTS]);
        for ((start, mask), bytes) in start.iter_mut().zip(&mut mask).zip(text.as_bytes().chunks(8)) {
            for (place, byte) in (0..).zip(bytes) {
                *start |= u64::from(*byte) << (8 * place);
                *mask |= 0xFF << (8 * place);
            }
        }
        Self { text, start, mask }
    }

    #[inline]
    fn begins(&self, text: &[u8]) -> bool {
        match text.first_chunk::<BYTES>() {
            Some(start) if self.text.len() <= BYTES => {
                let (eights, _) = start.as_chunks::<8>();
                let mut asked = eights.iter().zip(self.start.iter().zip(&self.mask));
                asked.all(|(eight, (start, mask))| (u64::from_le_bytes(*eight) ^ start) & mask == 0)
            }
            _ => text.starts_with(self.text.as_bytes()),
        }
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
        if !word.begins(self.rest.as_bytes()) {
            return None;
        }
        self.rest = self.rest.get(word.text.len()..)?;
        Some(())
    }

    /// A text without escapes, and blanks before it.
    #[inline]
    pub(super) fn text(&mut self) -> Option<&'t str> {
        if self.has("\"") { self.rest_of_text() } else { None }
    }

    /// What comes after the quotation mark with which a text begins.
    #[inline]
    pub(super) fn rest_of_text(&mut self) -> Option<&'t str> {
        let (words, rest) =
            self.rest.split_at_checked(seek::quotation_mark_backslash_or_control(self.rest.as_bytes()))?;
        self.rest = rest.strip_prefix('"')?;
        Some(words)
    }

    /// A time, and blanks before it.
    #[inline]
    pub(super) fn time(&mut self) -> Option<Stamp> {
        if self.has("\"") { self.rest_of_time() } else { None }
    }

    /// What comes after the quotation mark with which a time begins.
    #[inline]
    pub(super) fn rest_of_time(&mut self) -> Option<Stamp> {
        let common = self.rest_of_common_time().map(Stamp::from);
        common.or_else(|| Stamp::parse(self.rest_of_text()?).ok())
    }

    /// The same, where it is spelled as nearly all times are. Otherwise nothing is stepped over.
    #[inline]
    pub(super) fn rest_of_common_time(&mut self) -> Option<Instant> {
        let (at, rest) = Instant::parse_start(self.rest)?;
        self.rest = rest.strip_prefix('"')?;
        Some(at)
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
