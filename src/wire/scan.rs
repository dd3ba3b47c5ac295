//! JSON text -> its marks, texts and numbers, one after another, as long as each is spelled the usual way.

/// A key as it is usually spelled, with quotation marks and colon. Its first bytes are a number as well: nearly every key
/// is the one that is expected, and one comparison sees it.
#[derive(Debug)]
pub(super) struct Key {
    spelled: String,
    head: u128,
    /// Which bits of the head are those of the key.
    mask: u128,
}

/// How many bytes a head has.
const HEAD: usize = 16;

impl Key {
    pub(super) fn new(key: &str) -> Self {
        let spelled = format!("{}:", serde_json::Value::from(key));
        let number = |byte: fn(u8) -> u8| {
            let bytes = spelled.bytes().take(HEAD).rev();
            bytes.fold(0, |number, of| number << 8 | u128::from(byte(of)))
        };
        let (head, mask) = (number(|byte| byte), number(|_| u8::MAX));
        Self { spelled, head, mask }
    }

    /// Without the colon.
    pub(super) fn quoted(&self) -> &str {
        self.spelled.strip_suffix(':').unwrap_or_default()
    }
}

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

    /// Steps over blanks and this mark, if it is what comes next.
    #[inline]
    pub(super) fn has(&mut self, mark: &str) -> bool {
        self.next();
        self.skip(mark).is_some()
    }

    /// Steps over this, if it is what comes next.
    #[inline]
    pub(super) fn skip(&mut self, word: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(word)?;
        Some(())
    }

    /// Steps over a key with its quotation marks and colon, if it is what comes next.
    #[inline]
    pub(super) fn skip_key(&mut self, key: &Key) -> Option<()> {
        match self.rest.as_bytes().first_chunk() {
            Some(head) if u128::from_le_bytes(*head) & key.mask != key.head => None,
            Some(_) if key.spelled.len() <= HEAD => {
                self.rest = self.rest.get(key.spelled.len()..)?;
                Some(())
            }
            _ => self.skip(&key.spelled),
        }
    }

    /// A text without escapes.
    #[inline]
    pub(super) fn text(&mut self) -> Option<&'t str> {
        let body = self.rest.strip_prefix('"')?;
        let (words, rest) = body.split_at_checked(plain(body.as_bytes()))?;
        self.rest = rest.strip_prefix('"')?;
        Some(words)
    }

    /// A whole number of at most 18 digits, which fits whatever they are. A fraction after it is seen by whoever looks for
    /// a mark next.
    pub(super) fn number(&mut self) -> Option<i64> {
        let (negative, digits) = self.rest.strip_prefix('-').map_or((false, self.rest), |digits| (true, digits));
        let length = digits.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = digits.split_at_checked(length)?;
        let usual = length <= 18 && (!digits.starts_with('0') || (digits == "0" && !negative));
        self.rest = rest;
        let number: i64 = digits.parse().ok().filter(|_| usual)?;
        Some(if negative { -number } else { number })
    }
}

/// How many bytes come before the first that a text cannot hold as it is: a quotation mark, a backslash or a control
/// character. Eight bytes are looked at together.
#[inline]
pub(super) fn plain(text: &[u8]) -> usize {
    let mut rest = text;
    while let Some((eight, after)) = rest.split_first_chunk() {
        let odd = odd(u64::from_le_bytes(*eight));
        if odd != 0 {
            return text.len() - rest.len() + (odd.trailing_zeros() / 8) as usize;
        }
        rest = after;
    }
    let left = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..b' ')).unwrap_or(rest.len());
    text.len() - rest.len() + left
}

/// Has the highest bit set of the first byte of eight that a text cannot hold as it is; those before it are zero.
#[inline]
fn odd(eight: u64) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    let zero = |bytes: u64| bytes.wrapping_sub(ONES) & !bytes;
    let quote = zero(eight ^ (ONES * b'"' as u64));
    let slash = zero(eight ^ (ONES * b'\\' as u64));
    let control = eight.wrapping_sub(ONES * b' ' as u64) & !eight;
    (quote | slash | control) & HIGHS
}
