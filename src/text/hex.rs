//! Bytes -> the digits that digests, keys and names are written with; and back.

/// Bytes in hex: two digits each, in small letters.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The 32 bytes of a digest that is written in hex, in letters of either case; none where it is not one.
pub fn digest_in_hex(text: &str) -> Option<[u8; 32]> {
    let halves = text.chars().map(|digit| u8::try_from(digit.to_digit(16)?).ok());
    let halves: Vec<u8> = halves.collect::<Option<_>>()?;
    let (pairs, rest) = halves.as_chunks::<2>();
    let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high * 16 + low).collect();
    bytes.try_into().ok().filter(|_| rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{digest_in_hex, hex};

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let bytes: [u8; 32] = std::array::from_fn(|at| u8::try_from(at * 8).expect("a byte"));
        let text = hex(&bytes);
        assert!(text.starts_with("00081018") && text.len() == 64, "{text}");
        assert_eq!(digest_in_hex(&text), Some(bytes));
        assert_eq!(digest_in_hex(&text.to_uppercase()), Some(bytes));
        for wrong in [
            text.trim_start_matches('0'),
            &text.replacen("00", "", 1),
            &format!("{text}0"),
            &format!("{text}00"),
            &text.replacen('0', "+", 1),
        ] {
            assert_eq!(digest_in_hex(wrong), None, "{wrong}");
        }
    }
}
