//! `Value`: one fact or field as the evaluator reads it, in a form that is quick to compare.

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
    /// Yes for `true`.
    YesNo(bool),
    /// The value at this place of its list.
    Choice(u16),
    /// Bit `n` is set when the flag at position `n` is.
    Flags(u64),
    /// A whole number.
    Number(i64),
    /// Seconds.
    Duration(i64),
    /// A moment, to the second.
    Time(Instant),
    /// Position in the texts of the case.
    Text(u32),
    /// Somebody or something, by a name of the case.
    Identity(Name),
    /// A run of the members of the case.
    Identities {
        /// Where the run begins.
        start: u32,
        /// How many members it has.
        len: u32,
    },
}
