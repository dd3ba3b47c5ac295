//! A call that shows something -> what is done with it: it is made smaller and plainer, until every part of it matters, and said.

mod sketch;
mod place;
mod plain;
mod named;
mod shrink;
mod words;

pub use place::SketchPlace;
pub use shrink::{Shrunk, shrink};
pub use sketch::{Rec, Sketch, Val, When, names, somebody};
