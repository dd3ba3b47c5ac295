//! One fact of a case.

use super::Name;
use crate::time::Instant;

/// The value of a fact or field. Lists of choices are held as positions in the list that the vocabulary declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value {
    /// Missing: nobody has said.
    Unknown,
    /// Known not to exist, such as the expiry of an order without an end date.
    None,
    YesNo(bool),
    Choice(u16),
    /// Bit `n` is set when the flag at position `n` is.
    Flags(u64),
    Number(i64),
    /// Seconds.
    Duration(i64),
    Time(Instant),
    /// Position in the texts of the case.
    Text(u32),
    Identity(Name),
    /// A run of the members of the case.
    Identities {
        start: u32,
        len: u32,
    },
}
