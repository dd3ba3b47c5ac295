//! Diagnostic, Decision, Changes, Event -> words for people: on a terminal, in colour or without.

mod diagnostic;
mod problem;
mod decision;
mod changes;
mod live;
mod page;

pub use changes::{change_lines, changes, thing};
pub use decision::{View, decision};
pub use diagnostic::{diagnostic, summary};
pub use live::event;
pub use problem::problems;
