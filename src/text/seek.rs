//! Where the next byte of some kind stands in a text; eight bytes are looked at together.

const ONES: u64 = u64::MAX / 255;
const HIGHS: u64 = ONES << 7;

/// The first byte of a curly quotation mark, and of other characters.
pub(crate) const CURLY: u8 = 0xE2;

/// How many bytes come before the first quotation mark, or before the end of the text.
pub(crate) fn quotation_mark(text: &[u8]) -> usize {
    seek(text, |eight| equal(eight, b'"'))
}

/// How many bytes come before the first quotation mark or comment, or before the end of the text. Characters that begin
/// as curly quotation marks do are found too.
pub(crate) fn quotation_mark_or_comment(text: &[u8]) -> usize {
    // The two differ in their lowest bit.
    seek(text, |eight| equal(eight | ONES, b'#') | equal(eight, CURLY))
}

/// How many bytes come before the first quotation mark, backslash or control character, which a text in JSON cannot hold as they
/// are, or before the end of the text.
#[inline]
pub(crate) fn quotation_mark_backslash_or_control(text: &[u8]) -> usize {
    // A zero is a control character, but those that fill up the last eight come after the end of the text.
    seek(text, to_be_escaped)
}

/// Whether there is one at all. The text is looked at to its end, since that takes less time than looking for an early one.
#[inline]
pub(crate) fn has_quotation_mark_backslash_or_control(text: &[u8]) -> bool {
    match text.last_chunk() {
        Some(last) => {
            let found = |eight: &[u8; 8]| to_be_escaped(u64::from_le_bytes(*eight));
            text.as_chunks().0.iter().fold(found(last), |all, eight| all | found(eight)) != 0
        }
        None => text.iter().any(|byte| matches!(byte, b'"' | b'\\' | ..b' ')),
    }
}

/// Has the highest bit of the first byte that a text in JSON cannot hold as it is. The bits of those before it are zero; those
/// after it may be anything.
#[inline]
fn to_be_escaped(eight: u64) -> u64 {
    // With its second bit turned over, a quotation mark is 0x20 and a blank 0x22, and controls stay below 0x20.
    let mark_or_control = (eight ^ (ONES * 0x02)).wrapping_sub(ONES * 0x21);
    let backslash = (eight ^ (ONES * u64::from(b'\\'))).wrapping_sub(ONES);
    (mark_or_control | backslash) & !eight & HIGHS
}

/// Has the highest bit of the first byte that is this one; the bits of those before it are zero.
#[inline]
fn equal(eight: u64, byte: u8) -> u64 {
    let zero_where_equal = eight ^ (ONES * u64::from(byte));
    zero_where_equal.wrapping_sub(ONES) & !zero_where_equal & HIGHS
}

#[inline]
fn seek(text: &[u8], found: impl Fn(u64) -> u64) -> usize {
    let (eights, last) = text.as_chunks();
    let mut before = 0;
    for eight in eights {
        if let Some(at) = at(*eight, &found) {
            return before + at;
        }
        before += eight.len();
    }
    text.len() - last.len() + seek_among_last(last, found)
}

/// The same for fewer than eight bytes. In the midst of a text they are seldom reached.
#[cold]
fn seek_among_last(rest: &[u8], found: impl Fn(u64) -> u64) -> usize {
    // What fills up the last eight comes after all that is looked for.
    let mut last = [0; 8];
    last.iter_mut().zip(rest).for_each(|(last, byte)| *last = *byte);
    at(last, &found).unwrap_or(rest.len())
}

#[inline]
fn at(eight: [u8; 8], found: impl Fn(u64) -> u64) -> Option<usize> {
    match found(u64::from_le_bytes(eight)) {
        0 => None,
        found => Some((found.trailing_zeros() / 8) as usize),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        CURLY, has_quotation_mark_backslash_or_control, quotation_mark, quotation_mark_backslash_or_control,
        quotation_mark_or_comment,
    };

    #[test]
    fn what_must_be_escaped_is_found_beside_what_is_nearly_so() {
        let odd = |byte: &u8| matches!(byte, b'"' | b'\\' | ..b' ');
        for first in 0..=255 {
            for second in [0, 0x1F, b' ', b'!', b'"', b'#', b'[', b'\\', b']', 0x7F, 0x80, 0xA2, 0xDC, 0xFF] {
                for at in 0..12 {
                    let mut text = [b'a'; 13];
                    (text[at], text[at + 1]) = (first, second);
                    let expected = text.iter().position(odd);
                    assert_eq!(quotation_mark_backslash_or_control(&text), expected.unwrap_or(text.len()), "{text:?}");
                    assert_eq!(has_quotation_mark_backslash_or_control(&text), expected.is_some(), "{text:?}");
                }
            }
        }
    }

    #[test]
    fn eight_at_a_time_finds_what_one_at_a_time_finds() {
        for length in 0..20 {
            for at in 0..length {
                for byte in 0..=255 {
                    let mut text = vec![b' '; length];
                    text[at] = byte;
                    let first = |found: fn(u8) -> bool| text.iter().position(|byte| found(*byte)).unwrap_or(length);
                    assert_eq!(quotation_mark(&text), first(|byte| byte == b'"'));
                    assert_eq!(quotation_mark_or_comment(&text), first(|byte| matches!(byte, b'"' | b'#' | CURLY)));
                    let to_be_escaped = first(|byte| matches!(byte, b'"' | b'\\' | ..b' '));
                    assert_eq!(quotation_mark_backslash_or_control(&text), to_be_escaped);
                    assert_eq!(has_quotation_mark_backslash_or_control(&text), to_be_escaped < length);
                }
            }
        }
    }
}
