//! A test file as it was read: its tests, each with what is shared, before any name of the policy is looked up.

use super::fault::TestFault;
use crate::text::Position;
use crate::wire::Node;

/// A test file as it was read.
#[derive(Clone, Debug, Default)]
pub(super) struct TestFile {
    pub policy: NamedPolicy,
    pub background: WrittenCase,
    pub tests: Vec<TestCase>,
    /// What is wrong with the file as a whole.
    pub faults: Vec<TestFault>,
}

/// What a test file says of its policy.
#[derive(Clone, Debug, Default)]
pub(super) enum NamedPolicy {
    /// Whatever it says could not be read, which is told already.
    #[default]
    Unread,
    Nothing,
    Policy(String, Position),
}

/// How much of a decision a snapshot keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Extent {
    #[default]
    Whole,
    /// Only what the rules together come to.
    Outcome,
}

/// The call and the history as written; `None` for what is not mentioned.
#[derive(Clone, Debug, Default)]
pub(super) struct WrittenCase {
    pub call: Option<Node>,
    pub history: Option<Node>,
}

/// One test: one call with what is expected of it.
#[derive(Clone, Debug)]
pub(super) struct TestCase {
    pub name: String,
    /// Where it begins.
    pub at: Position,
    pub sketch: WrittenCase,
    /// Columns of a table that are not filled into the test: facts of the call, or expectations.
    pub columns: Vec<Column>,
    pub expect: Option<Node>,
    pub snapshot: Option<Extent>,
    pub faults: Vec<TestFault>,
}

/// A cell of a table that no `<column>` of the test asks for.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub name: Node,
    pub value: Node,
    /// Whether the name of the test is filled from it.
    pub in_name: bool,
    /// Whether its cells are empty in every row; said once, in the first.
    pub is_empty: bool,
}
