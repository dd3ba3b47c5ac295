//! Diagnostic, Decision, Document -> words for people: on a terminal, on a page, on paper.

mod diagnostic;
mod problem;
mod decision;
mod why;
mod page;
mod document;
mod markdown;
mod html;
mod effective;

pub use decision::{View, decision};
pub use diagnostic::{diagnostic, summary};
pub use effective::effective;
pub use html::html;
pub use markdown::markdown;
pub use problem::problems;
