//! Background and tests -> the lines of the background that no test is about, since every test says otherwise.

use super::fault::TestFault;
use super::test_file::{TestCase, WrittenCase};
use crate::wire::{Node, Plain};

/// What of a background is never used.
pub(super) fn unused(background: &WrittenCase, tests: &[TestCase]) -> Vec<TestFault> {
    if tests.is_empty() {
        return Vec::new();
    }
    let fault = |key: &Node| {
        let word = key.text().unwrap_or_default();
        let message =
            format!("every test of this file says something else of `{word}`, so this is never used; take it out");
        TestFault::new(key.at, message)
    };
    let facts = entries(background.call.as_ref()).iter();
    let facts = facts.filter(|(key, _)| tests.iter().all(|test| gives(test, key))).map(|(key, _)| fault(key));
    let mut faults: Vec<TestFault> = facts.collect();
    let whole = |test: &TestCase| test.sketch.history.as_ref().is_some_and(|history| !is_group(history));
    match &background.history {
        Some(history) if tests.iter().all(whole) => {
            let message = "every test of this file has a whole history of its own, so this is never used; take it out";
            faults.push(TestFault::new(history.at, message));
        }
        history => {
            let lists = entries(history.as_ref()).iter();
            let lists = lists.filter(|(key, _)| tests.iter().all(|test| whole(test) || replaces(test, key)));
            faults.extend(lists.map(|(key, _)| fault(key)));
        }
    }
    faults
}

fn entries(node: Option<&Node>) -> &[(Node, Node)] {
    match node.map(|node| &node.value) {
        Some(Plain::Group(entries)) => entries,
        _ => &[],
    }
}

fn is_group(node: &Node) -> bool {
    matches!(node.value, Plain::Group(_))
}

/// Whether a test gives a fact of its own.
fn gives(test: &TestCase, key: &Node) -> bool {
    let own = entries(test.sketch.call.as_ref()).iter().any(|(known, _)| known.value == key.value);
    own || test.columns.iter().any(|column| column.name.value == key.value)
}

/// Whether a test puts something in the place of a list; records of its own are added to it.
fn replaces(test: &TestCase, key: &Node) -> bool {
    let own = entries(test.sketch.history.as_ref()).iter().find(|(known, _)| known.value == key.value);
    own.is_some_and(|(_, list)| !matches!(list.value, Plain::List(_)))
}
