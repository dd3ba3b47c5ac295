//! Something wrong with a test file, at its place.

use crate::text::{Position, nearest};
use crate::wire::Node;

/// Something wrong with a test file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TestFault {
    pub at: Position,
    pub message: String,
}

impl TestFault {
    pub(super) fn new(at: Position, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }

    /// Something wrong with the file as a whole.
    pub(super) fn at_top(message: impl Into<String>) -> Self {
        Self::new(Position { line: 1, column: 1 }, message)
    }
}

/// What stands there is of another kind than what was wanted.
pub(super) fn wrong(node: &Node, said: &str) -> TestFault {
    TestFault::new(node.at, format!("{said}, not {}", node.what()))
}

/// The nearest of some names, as a half sentence to append to an error.
pub(super) fn did_you_mean<'n>(written: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    nearest(written, names).map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}
