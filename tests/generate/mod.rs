//! Policies and cases made at random over one small vocabulary, structured so that a failure shrinks to a few lines.

pub mod apart;
pub mod case;
pub mod partial;
pub mod conditions;
pub mod moments;
pub mod policy;
pub mod sent;
pub mod shrink;
pub mod tests;
pub mod words;
