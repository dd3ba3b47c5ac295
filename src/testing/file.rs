//! The text of a test file -> its tests, each with what is shared, and tables laid out one row a test.

use super::fault::{TestFault, wrong};
use super::table;
use super::test_file::{Extent, NamedPolicy, TestCase, TestFile, WrittenCase};
use super::unused::unused;
use crate::text::{Position, nearest, seen};
use crate::wire::{Node, Plain, read_tree};
use std::collections::BTreeSet;

const NAMELESS: &str = "a test without a name";

const TOP: [&str; 5] = ["policy", "about", "background", "snapshots", "tests"];
const BACKGROUND: [&str; 3] = ["about", "call", "history"];
const TEST: [&str; 7] = ["name", "about", "call", "history", "expect", "table", "snapshot"];

/// Reads a test file. What is wrong with it is in the faults of the file and of its tests.
pub(super) fn read(text: &str) -> TestFile {
    let mut file = TestFile::default();
    if let Some(fault) = hidden(text) {
        file.faults.push(fault);
        return file;
    }
    let top = match read_tree(text) {
        Ok(top) => top,
        Err(problem) => {
            let at = Position { line: problem.line, column: problem.column };
            file.faults.push(TestFault::new(at, problem.message));
            return file;
        }
    };
    let Some(entries) = entries(&top, "a test file", &TOP, &mut file.faults) else { return file };
    refuse_twice(&top, false, &mut file.faults);
    file.policy = NamedPolicy::Nothing;
    let mut snapshots = None;
    let mut tests = None;
    for (key, value) in entries {
        match key.as_str() {
            "policy" => match value.text() {
                Some(name) => file.policy = NamedPolicy::Policy(name, value.at),
                None => {
                    file.policy = NamedPolicy::Unread;
                    file.faults.push(wrong(value, "`policy` must be the name of a policy"));
                }
            },
            "background" => file.background = background(value, &mut file.faults),
            "snapshots" => snapshots = extent(value, "snapshots", &mut file.faults),
            "tests" => tests = Some(value),
            _ => {}
        }
    }
    match tests.map(|tests| (&tests.value, tests)) {
        Some((Plain::List(items), node)) if items.is_empty() => {
            file.faults.push(TestFault::new(node.at, "there is no test in this file"));
        }
        Some((Plain::List(items), _)) => {
            file.tests = items.iter().flat_map(|item| test(item, snapshots, &mut file.faults)).collect();
        }
        Some((_, node)) => file.faults.push(wrong(node, "`tests` must be a list, each item beginning with `- name:`")),
        None => file.faults.push(TestFault::new(top.at, "there is no test in this file: it has no `tests`")),
    }
    refuse_twins(&mut file.tests);
    let idle = unused(&file.background, &file.tests);
    file.faults.extend(idle);
    file
}

/// The first character that nobody sees, or that stands for one that was lost. With it a name is another name, and a test
/// is about somebody else than it seems to be.
fn hidden(text: &str) -> Option<TestFault> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let is_hidden = |letter: char| !matches!(letter, '\t' | '\r') && seen(letter) == char::REPLACEMENT_CHARACTER;
    (1..).zip(text.split('\n')).find_map(|(line, words)| {
        let (column, letter) = (1..).zip(words.chars()).find(|(_, letter)| is_hidden(*letter))?;
        let message = match letter {
            char::REPLACEMENT_CHARACTER => {
                "this is not plain UTF-8 text; save the file as plain text with the encoding UTF-8"
            }
            _ => "there is a character here that cannot be seen; delete it",
        };
        Some(TestFault::new(Position { line, column }, message))
    })
}

/// The keys and values of a group. A key that it may not have is a fault with a suggestion.
pub(super) fn entries<'n>(
    node: &'n Node,
    what: &str,
    known: &[&str],
    faults: &mut Vec<TestFault>,
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
        if known.contains(&word.as_str()) {
            seen.push((word, value));
        } else {
            let near = nearest(&word, known.iter().copied());
            let help =
                near.map_or_else(|| format!("it has {}", listed(known)), |near| format!("did you mean `{near}`?"));
            faults.push(TestFault::new(key.at, format!("{what} has no `{word}`; {help}")));
        }
    }
    Some(seen)
}

fn listed(words: &[&str]) -> String {
    crate::text::joined(words, "and")
}

/// A key that stands twice in one group would be read once, and nobody could say which of the two. `deep` looks into
/// everything below as well.
fn refuse_twice(node: &Node, deep: bool, faults: &mut Vec<TestFault>) {
    match &node.value {
        Plain::Group(entries) => {
            let mut seen = BTreeSet::new();
            for (key, value) in entries {
                if let Some(word) = key.text().filter(|word| !seen.insert(word.clone())) {
                    faults.push(TestFault::new(
                        key.at,
                        format!("`{word}` is given twice in one group; keep one of them"),
                    ));
                }
                if deep {
                    refuse_twice(value, deep, faults);
                }
            }
        }
        Plain::List(items) if deep => items.iter().for_each(|item| refuse_twice(item, deep, faults)),
        _ => {}
    }
}

/// A group that holds nothing says nothing, and whoever wrote it meant something.
fn refuse_empty(node: &Node, key: &str, help: &str, faults: &mut Vec<TestFault>) {
    if matches!(&node.value, Plain::Group(entries) if entries.is_empty()) {
        faults.push(TestFault::new(node.at, format!("`{key}` is empty; {help}")));
    }
}

/// How much is kept, by `yes`, `no` or `outcome`.
fn extent(node: &Node, key: &str, faults: &mut Vec<TestFault>) -> Option<Extent> {
    match node.text().as_deref() {
        Some("yes") => Some(Extent::Whole),
        Some("outcome") => Some(Extent::Outcome),
        Some("no") => None,
        _ => {
            faults.push(wrong(node, &format!("`{key}` must be yes, no or outcome")));
            None
        }
    }
}

fn background(node: &Node, faults: &mut Vec<TestFault>) -> WrittenCase {
    let mut sketch = WrittenCase::default();
    refuse_twice(node, true, faults);
    for (key, value) in entries(node, "the background", &BACKGROUND, faults).unwrap_or_default() {
        match key.as_str() {
            "call" => sketch.call = Some(value.clone()),
            "history" => sketch.history = Some(value.clone()),
            _ => {}
        }
    }
    if sketch.call.is_none() && sketch.history.is_none() {
        let message = "the background shares nothing; give it a `call` or a `history`, or take it out";
        faults.push(TestFault::new(node.at, message));
    }
    posed(&sketch, faults);
    sketch
}

/// Refuses what says nothing about a call.
fn posed(sketch: &WrittenCase, faults: &mut Vec<TestFault>) {
    if let Some(call) = &sketch.call {
        refuse_empty(call, "call", "say what is known of the call, or take it out", faults);
    }
    if let Some(history) = &sketch.history {
        refuse_empty(history, "history", "write `history: none` where nothing is on record, or take it out", faults);
    }
}

/// The tests that an item stands for: one, or one for each row of its table.
fn test(node: &Node, snapshots: Option<Extent>, file_faults: &mut Vec<TestFault>) -> Vec<TestCase> {
    let mut faults = Vec::new();
    let Some(entries) = entries(node, "a test", &TEST, &mut faults) else {
        file_faults.append(&mut faults);
        return Vec::new();
    };
    refuse_twice(node, true, &mut faults);
    let mut test = TestCase {
        name: String::new(),
        at: node.at,
        sketch: WrittenCase::default(),
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
            "expect" => {
                expected(value, &mut faults);
                test.expect = Some(value.clone());
            }
            "snapshot" => test.snapshot = extent(value, "snapshot", &mut faults),
            "table" => rows = Some(value),
            _ => {}
        }
    }
    posed(&test.sketch, &mut faults);
    if test.name.trim().is_empty() {
        faults.push(TestFault::new(node.at, "this test has no name: begin it with `- name: …`"));
        test.name = NAMELESS.to_owned();
    }
    test.faults = faults;
    match rows {
        Some(rows) => table::lay_out(&test, rows),
        None => vec![test],
    }
}

/// Refuses what is to be expected and is not there; only a cell of a table may be empty.
fn expected(node: &Node, faults: &mut Vec<TestFault>) {
    refuse_empty(node, "expect", "say what is expected, such as `grade: immediate`, or take it out", faults);
    let Plain::Group(entries) = &node.value else { return };
    for (key, value) in entries.iter().filter(|(_, value)| value.value == Plain::Nothing) {
        let key = key.text().unwrap_or_default();
        let message = format!("nothing is expected of `{key}` here, so this cannot fail; say what is, or take it out");
        faults.push(TestFault::new(value.at, message));
    }
}

/// Names are the same when they read the same, however many blanks stand between their words.
fn refuse_twins(tests: &mut [TestCase]) {
    let mut seen = BTreeSet::new();
    for test in tests.iter_mut().filter(|test| test.name != NAMELESS) {
        let words = test.name.split_whitespace().collect::<Vec<_>>().join(" ");
        if !seen.insert(words) {
            let message = format!("another test of this file is called `{}` too; give each its own name", test.name);
            test.faults.push(TestFault::new(test.at, message));
        }
    }
}
