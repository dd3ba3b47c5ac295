//! Diagnostic, Decision -> words for people: on a terminal, in colour or without.

mod diagnostic;
mod problem;
mod decision;
mod why;
mod page;

pub use decision::{View, decision};
pub use diagnostic::{diagnostic, summary};
pub use problem::problems;
