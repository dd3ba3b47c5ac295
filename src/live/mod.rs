//! Load, what is in force -> Generation, or what is lost: whether a changed set may go live.

mod generation;
mod event;
mod gate;
mod base;
mod sides;
mod predicates;
mod wider;
mod effects;
mod vocabulary;
mod reread;
mod claims;
mod invariants;
mod lost;

pub use base::{BaseComparison, compare_with_base};
pub use claims::{ClaimKind, Claims, TestClaim};
pub use event::{Event, HoldReason, Loss, Origin, Refusal, WentLive};
pub use gate::{Candidate, Checked, Gate, GateVerdict, Gates, Ruling, TestGate, TestGateResult, judge};
pub use generation::Generation;
pub use lost::{KnownTest, Lost, PolicyInForce, lost};
pub use reread::{OtherWords, Reread};
