//! A call that shows something -> what is done with it: it is made smaller, and said.

mod sketch;

pub use sketch::{Rec, Sketch, Val, When, names, somebody};
