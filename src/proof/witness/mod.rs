//! A call that shows something -> what is done with it: it is made smaller and plainer, until every part of it matters.

mod sketch;
mod place;
mod plain;
mod named;
mod shrink;

pub use place::SketchPlace;
pub use shrink::{Shrunk, shrink};
pub use sketch::{Rec, Sketch, Val, When, names, somebody};
