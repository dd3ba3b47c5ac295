//! Loading a policy: how long, and how much memory it keeps.

use crate::clock::{median, nanoseconds};
use crate::engines::Kind;
use crate::memory::kept;

pub struct Load {
    /// How long the policy is, in bytes of its own language.
    pub text: f64,
    pub nanoseconds: f64,
    /// What the loaded engine keeps.
    pub bytes: f64,
}

/// Loads a policy of so many variants with each engine; the error of one that refuses it.
pub fn loads(kinds: &[Kind], variants: usize, rounds: usize) -> Vec<Result<Load, String>> {
    kinds.iter().map(|kind| load(kind, variants, rounds)).collect()
}

fn load(kind: &Kind, variants: usize, rounds: usize) -> Result<Load, String> {
    let source = (kind.source)(variants);
    let text = source.iter().map(String::len).sum::<usize>() as f64;
    let (engine, bytes) = kept(|| (kind.load)(&source));
    drop(engine?);
    let times = (0..rounds).map(|_| nanoseconds(|| drop((kind.load)(&source))));
    Ok(Load { text, nanoseconds: median(times.collect()), bytes: bytes as f64 })
}
