//! What a fact or a field may hold, as literals.

use crate::model::{IdentityKind, RecordId, Value};
use crate::proof::gates::Gates;
use crate::proof::solver::Lit;
use crate::time::Instant;

/// What a fact or a field may hold.
#[derive(Clone, Debug)]
pub(in crate::proof) struct ValueVar {
    pub unknown: Lit,
    /// Known not to exist.
    pub none: Lit,
    pub holds: Holds,
}

/// What it holds where it is known.
#[derive(Clone, Debug)]
pub(in crate::proof) enum Holds {
    /// One of these.
    One(Vec<(Value, Lit)>),
    /// One of these times, oldest first; and whether it is no earlier than each.
    Time { at: Vec<(Instant, Lit)>, from: Vec<Lit> },
    /// Flags, by their bits.
    Flags(Vec<(u32, Lit)>),
    /// Text that holds some of these phrases.
    Phrases(Vec<(String, Lit)>),
    /// Some of so many names of a kind.
    Names { kind: IdentityKind, names: Vec<Lit>, several: bool },
    /// The record at this place among those of a kind, or another.
    Record(RecordId, Vec<Lit>),
    /// Anything.
    Anything,
}

impl ValueVar {
    /// That it is known, and exists.
    pub(in crate::proof) fn exists(&self, gates: &mut Gates) -> Lit {
        gates.and(&[!self.unknown, !self.none])
    }
}
