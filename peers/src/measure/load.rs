//! Loading a policy: how long, and how much memory it keeps.

use super::turns::Turns;
use crate::engines::Kind;
use crate::memory::kept;

pub struct Load {
    /// How long the policy is, in bytes of its own language.
    pub text: f64,
    pub nanoseconds: f64,
    /// What the loaded engine keeps.
    pub bytes: f64,
}

/// Loads a policy of so many variants with each engine, in turns; the error of one that refuses it.
pub fn loads(kinds: &[Kind], variants: usize, rounds: usize) -> Vec<Result<Load, String>> {
    let sources: Vec<Vec<String>> = kinds.iter().map(|kind| (kind.source)(variants)).collect();
    let kept: Vec<Result<i64, String>> = kinds.iter().zip(&sources).map(|(kind, source)| room(kind, source)).collect();
    let mut turns = Turns::new(kinds.len(), 1);
    for _ in 0..rounds {
        turns.round(|kind, _| drop((kinds[kind].load)(&sources[kind])));
    }
    let took = turns.medians().into_iter().map(|took| took.unwrap_or(f64::INFINITY));
    let loads = took.zip(kept).zip(&sources).map(|((nanoseconds, kept), source)| {
        let text = source.iter().map(String::len).sum::<usize>() as f64;
        kept.map(|bytes| Load { text, nanoseconds, bytes: bytes as f64 })
    });
    loads.collect()
}

/// The bytes that a loaded engine keeps.
fn room(kind: &Kind, source: &[String]) -> Result<i64, String> {
    let (engine, bytes) = kept(|| (kind.load)(source));
    engine.map(|_| bytes)
}
