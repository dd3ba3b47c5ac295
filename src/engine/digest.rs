//! Names for contents: SHA-256, written as `sha256:` and 64 hexadecimal digits.

use super::Input;
use crate::text::hex;
use sha2::{Digest, Sha256};

/// The digest of the parts, one after the other.
pub fn digest<'b>(parts: impl IntoIterator<Item = &'b [u8]>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    format!("sha256:{}", hex(&hash.finalize()))
}

/// The digest of what a set of files holds, byte for byte. What the files are called, and their order, take no part,
/// since they mean nothing.
pub fn digest_of_files(inputs: &[Input]) -> String {
    let mut each: Vec<String> = inputs.iter().map(|input| digest([input.bytes.as_slice()])).collect();
    each.sort();
    digest(each.iter().map(String::as_bytes))
}

/// As much of a digest as people read: its first 12 digits.
pub fn short_digest(digest: &str) -> &str {
    let digits = digest.strip_prefix("sha256:").unwrap_or(digest);
    digits.get(..12).unwrap_or(digits)
}
