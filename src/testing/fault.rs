//! Something wrong with a test file, at its place.

use crate::text::nearest;
use crate::wire::Node;

/// Something wrong with a test file, at a node of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// `None` when the place is known already.
    pub number: Option<u32>,
    /// Line and column, where there is no node.
    pub at: (usize, usize),
    pub message: String,
}

impl Fault {
    pub(super) fn new(number: u32, message: impl Into<String>) -> Self {
        Self { number: Some(number), at: (1, 1), message: message.into() }
    }
}

/// What stands there is of another kind than what was wanted.
pub(super) fn wrong(node: &Node, said: &str) -> Fault {
    Fault::new(node.number, format!("{said}, not {}", node.what()))
}

/// The nearest of some names, as a half sentence to append to an error.
pub(super) fn did_you_mean<'n>(written: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    nearest(written, names).map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}
