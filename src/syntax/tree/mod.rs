//! File -> lines: the syntax tree, which says what a file says, line by line, before anybody asks what its words mean.

mod line;
mod label;
mod condition;
mod item;

pub use condition::*;
pub use item::*;
pub use label::*;
pub use line::*;
