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
mod together;
mod claims;
mod lost;

pub use base::{Comparison, compare_with_base};
pub use claims::{Claim, Claims, How};
pub use event::{Event, Held, Loss, Origin, Refusal, WentLive};
pub use gate::{Candidate, Checked, Gate, Gates, Ruling, TestGate, Tested, Verdict, judge};
pub use generation::Generation;
pub use lost::{InForce, KnownTest, Lost, lost};
