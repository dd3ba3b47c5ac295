//! heedful: escalation rules for police control rooms, in a language that a policy lead can read aloud.

// The code that pest generates without `std` names it.
extern crate alloc;

pub mod text;
pub mod time;
pub mod syntax;
pub mod model;
pub mod check;
pub mod explain;
pub mod compile;
pub mod eval;
pub mod why;
pub mod engine;
pub mod changes;
pub mod live;
pub mod wire;
pub mod report;
pub mod testing;
