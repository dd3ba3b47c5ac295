//! The text of a test file -> its tests, each with what is shared, and tables laid out one row a test.

use super::table;
use crate::text::nearest;
use crate::wire::{Node, Plain, read_tree};
use std::collections::BTreeMap;

/// A test file as it was read.
#[derive(Clone, Debug, Default)]
pub(super) struct TestFile {
    /// The policy that it names.
    pub policy: Option<(String, u32)>,
    pub background: Sketch,
    pub tests: Vec<Test>,
    /// What is wrong with the file as a whole.
    pub faults: Vec<Fault>,
}

/// The call and the history as written; `None` for what is not mentioned.
#[derive(Clone, Debug, Default)]
pub(super) struct Sketch {
    pub call: Option<Node>,
    pub history: Option<Node>,
}

/// One test: one call with what is expected of it.
#[derive(Clone, Debug)]
pub(super) struct Test {
    pub name: String,
    /// The node that it begins at.
    pub number: u32,
    pub sketch: Sketch,
    /// Columns of a table that are not filled into the test: facts of the call, or expectations.
    pub columns: Vec<(Node, Node)>,
    pub expect: Option<Node>,
    pub snapshot: bool,
    pub faults: Vec<Fault>,
}

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

const TOP: [&str; 5] = ["policy", "about", "background", "snapshots", "tests"];
const BACKGROUND: [&str; 3] = ["about", "call", "history"];
const TEST: [&str; 7] = ["name", "about", "call", "history", "expect", "table", "snapshot"];

/// Reads a test file. What is wrong with it is in the faults of the file and of its tests.
pub(super) fn read(text: &str) -> TestFile {
    let mut file = TestFile::default();
    let top = match read_tree(text) {
        Ok(top) => top,
        Err(problem) => {
            let at = (problem.line, problem.column);
            file.faults.push(Fault { number: None, at, message: problem.message });
            return file;
        }
    };
    let Some(entries) = entries(&top, "a test file", &TOP, &mut file.faults) else { return file };
    let mut snapshots = false;
    let mut tests = None;
    for (key, value) in entries {
        match key.as_str() {
            "policy" => match value.text() {
                Some(name) => file.policy = Some((name, value.number)),
                None => file.faults.push(wrong(value, "`policy` must be the name of a policy")),
            },
            "background" => file.background = background(value, &mut file.faults),
            "snapshots" => snapshots = yes_or_no(value, "snapshots", &mut file.faults),
            "tests" => tests = Some(value),
            _ => {}
        }
    }
    match tests.map(|tests| (&tests.value, tests)) {
        Some((Plain::List(items), node)) if items.is_empty() => {
            file.faults.push(Fault::new(node.number, "there is no test in this file"));
        }
        Some((Plain::List(items), _)) => {
            file.tests = items.iter().flat_map(|item| test(item, snapshots, &mut file.faults)).collect();
        }
        Some((_, node)) => file.faults.push(wrong(node, "`tests` must be a list, each item beginning with `- name:`")),
        None => file.faults.push(Fault::new(top.number, "there is no test in this file: it has no `tests`")),
    }
    refuse_twins(&mut file.tests);
    file
}

/// The keys and values of a group. A key that it may not have is a fault with a suggestion.
pub(super) fn entries<'n>(
    node: &'n Node,
    what: &str,
    known: &[&str],
    faults: &mut Vec<Fault>,
) -> Option<Vec<(String, &'n Node)>> {
    let Plain::Group(entries) = &node.value else {
        faults.push(wrong(node, &format!("{what} must be a group of keys")));
        return None;
    };
    let mut seen: Vec<(String, &Node)> = Vec::new();
    for (key, value) in entries {
        let Some(word) = key.text() else {
            faults.push(wrong(key, "a key must be a word"));
            continue;
        };
        if seen.iter().any(|(other, _)| *other == word) {
            faults.push(Fault::new(key.number, format!("`{word}` is given twice")));
        } else if known.contains(&word.as_str()) {
            seen.push((word, value));
        } else {
            let near = nearest(&word, known.iter().copied());
            let help =
                near.map_or_else(|| format!("it has {}", listed(known)), |near| format!("did you mean `{near}`?"));
            faults.push(Fault::new(key.number, format!("{what} has no `{word}`; {help}")));
        }
    }
    Some(seen)
}

fn listed(words: &[&str]) -> String {
    crate::text::joined(words, "and")
}

pub(super) fn wrong(node: &Node, said: &str) -> Fault {
    Fault::new(node.number, format!("{said}, not {}", node.what()))
}

fn yes_or_no(node: &Node, key: &str, faults: &mut Vec<Fault>) -> bool {
    match node.text().as_deref() {
        Some("yes") => true,
        Some("no") => false,
        _ => {
            faults.push(wrong(node, &format!("`{key}` must be yes or no")));
            false
        }
    }
}

fn background(node: &Node, faults: &mut Vec<Fault>) -> Sketch {
    let mut sketch = Sketch::default();
    for (key, value) in entries(node, "the background", &BACKGROUND, faults).unwrap_or_default() {
        match key.as_str() {
            "call" => sketch.call = Some(value.clone()),
            "history" => sketch.history = Some(value.clone()),
            _ => {}
        }
    }
    sketch
}

/// The tests that an item stands for: one, or one for each row of its table.
fn test(node: &Node, snapshots: bool, file_faults: &mut Vec<Fault>) -> Vec<Test> {
    let mut faults = Vec::new();
    let Some(entries) = entries(node, "a test", &TEST, &mut faults) else {
        file_faults.append(&mut faults);
        return Vec::new();
    };
    let mut test = Test {
        name: String::new(),
        number: node.number,
        sketch: Sketch::default(),
        columns: Vec::new(),
        expect: None,
        snapshot: snapshots,
        faults: Vec::new(),
    };
    let mut rows = None;
    for (key, value) in entries {
        match key.as_str() {
            "name" => match value.text() {
                Some(name) => test.name = name,
                None => faults.push(wrong(value, "a test's name must be a text")),
            },
            "call" => test.sketch.call = Some(value.clone()),
            "history" => test.sketch.history = Some(value.clone()),
            "expect" => test.expect = Some(value.clone()),
            "snapshot" => test.snapshot = yes_or_no(value, "snapshot", &mut faults),
            "table" => rows = Some(value),
            _ => {}
        }
    }
    if test.name.trim().is_empty() {
        faults.push(Fault::new(node.number, "this test has no name: begin it with `- name: …`"));
        test.name = "a test without a name".to_owned();
    }
    test.faults = faults;
    match rows {
        Some(rows) => table::lay_out(&test, rows),
        None => vec![test],
    }
}

fn refuse_twins(tests: &mut [Test]) {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for test in tests {
        if seen.insert(test.name.clone(), test.number).is_some() {
            let message = format!("another test of this file is called `{}` too; give each its own name", test.name);
            test.faults.push(Fault::new(test.number, message));
        }
    }
}
