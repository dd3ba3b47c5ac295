//! A test and a policy -> the case it poses and what it expects, every name known.

use super::expect::{self, Expectation};
use super::fault::{TestFault, wrong};
use super::idle::idle;
use super::test_file::{Column, TestCase, TestFile, WrittenCase};
use crate::engine::Snapshot;
use crate::model::{Case, Field, Type, Vocabulary};
use crate::text::{Position, nearest};
use crate::wire::{Node, Plain, Reading, read_case};
use std::collections::BTreeSet;

/// A test that can be run.
#[derive(Debug)]
pub(super) struct BoundTest {
    pub case: Case,
    pub expectations: Vec<Expectation>,
}

/// What a call is called in a test that does not name it.
const THIS_CALL: &str = "this-call";

/// Says that all other lists of a history are empty, or not available.
const OTHERS: &str = "others";

/// Resolves a test against the policy that it is for.
///
/// # Errors
/// Everything that is wrong with the test.
pub(super) fn bind(file: &TestFile, test: &TestCase, policy: &Snapshot) -> Result<BoundTest, Vec<TestFault>> {
    let vocabulary = policy.vocabulary();
    if !test.faults.is_empty() {
        return Err(test.faults.clone());
    }
    let mut faults = Vec::new();
    let (facts, expected) = columns(test, policy, &mut faults);
    let call = call(&file.background, test, facts);
    let history = history(&file.background, test, vocabulary, &mut faults);
    let (call, history) = named(call, history, vocabulary);
    unnamed(&call, &vocabulary.call, &mut faults);
    if let Plain::Group(lists) = &history.value {
        for (key, list) in lists {
            let kind = vocabulary.records.iter().find(|kind| key.text().as_deref() == Some(&kind.plural));
            let records = if let Plain::List(records) = &list.value { records.as_slice() } else { &[] };
            records.iter().for_each(|record| unnamed(record, kind.map_or(&[], |kind| &kind.fields), &mut faults));
        }
    }
    let group = |key: &str, value: Node| (Node::words(key, value.at), value);
    let whole = Plain::Group(vec![group("call", call), group("history", history)]);
    let case = Node { at: test.at, value: whole };
    let reading = Reading::strict(vocabulary, policy.zone());
    let case = read_case(&case, reading);
    let at = case.as_ref().ok().map(|case| case.at);
    let mut wanted: Vec<(Node, Node)> = match test.expect.as_ref().map(|expect| (&expect.value, expect)) {
        Some((Plain::Group(entries), _)) => entries.clone(),
        Some((_, node)) => {
            faults.push(wrong(node, "`expect` must be a group of keys, such as `grade: immediate`"));
            Vec::new()
        }
        None => Vec::new(),
    };
    wanted.extend(expected);
    // A cell of a table that is empty expects nothing.
    wanted.retain(|(_, value)| value.value != Plain::Nothing);
    if wanted.is_empty() && test.snapshot.is_none() && faults.is_empty() {
        let message = "this test expects nothing, so it cannot fail; add `expect:`, or `snapshot: outcome`";
        faults.push(TestFault::new(test.at, message));
    }
    let expectations = expect::read(&wanted, policy, at, &mut faults);
    match case {
        Ok(case) => {
            faults.extend(idle(&expectations, &case, policy));
            if faults.is_empty() { Ok(BoundTest { case, expectations }) } else { Err(faults) }
        }
        Err(problems) => {
            faults.extend(problems.list.into_iter().map(|problem| {
                let at = Position { line: problem.line, column: problem.column };
                match problem.path.as_str() {
                    "" => TestFault::new(at, problem.message),
                    path => TestFault::new(at, format!("{path}: {}", problem.message)),
                }
            }));
            Err(faults)
        }
    }
}

type Entries = Vec<(Node, Node)>;

/// The columns of a table that are facts of the call, and those that say what is expected. One that is neither has its use
/// in the test's name.
fn columns(test: &TestCase, policy: &Snapshot, faults: &mut Vec<TestFault>) -> (Entries, Entries) {
    let vocabulary = policy.vocabulary();
    let (mut facts, mut expected) = (Vec::new(), Vec::new());
    for Column { name, value, in_name, is_empty } in &test.columns {
        let Some(word) = name.text() else { continue };
        let entry = (name.clone(), value.clone());
        if vocabulary.fact(&word).is_some() || word == "at" {
            facts.push(entry);
            continue;
        }
        let is_expected = expect::is_known(&word, policy);
        if is_expected && *is_empty {
            let message = format!("the column `{word}` is empty in every row, so it expects nothing; take it out");
            faults.push(TestFault::new(name.at, message));
        } else if is_expected {
            expected.push(entry);
        } else {
            let known = vocabulary.call.iter().map(|fact| fact.name.as_str()).chain(expect::names(policy));
            let message = match (nearest(&word, known), in_name) {
                (None, true) => continue,
                (Some(near), true) => format!(
                    "only the test's name uses the column `{word}`; did you mean `{near}`? If not, call it something else"
                ),
                (Some(near), false) => format!("the column `{word}` is never used; did you mean `{near}`?"),
                (None, false) => format!(
                    "the column `{word}` is never used: it is no fact of the call, no outcome and no rule, and no \
                     `<{word}>` stands in the test"
                ),
            };
            faults.push(TestFault::new(name.at, message));
        }
    }
    (facts, expected)
}

/// Refuses the word `unknown` for a person, who would then be somebody of that name.
fn unnamed(group: &Node, fields: &[Field], faults: &mut Vec<TestFault>) {
    let people = fields.iter().filter(|field| matches!(field.ty, Type::Identity { .. }));
    for value in people.filter_map(|field| group.get(&field.name)) {
        if value.text().as_deref() == Some("unknown") {
            let message = "this would be somebody called `unknown`; for nobody knows who, write `~`, or leave it out";
            faults.push(TestFault::new(value.at, message));
        }
    }
}

/// The facts of the background, with those of the test and of the table's row in their place.
fn call(background: &WrittenCase, test: &TestCase, columns: Vec<(Node, Node)>) -> Node {
    let mut entries: Vec<(Node, Node)> = Vec::new();
    let mut at = test.at;
    for node in [&background.call, &test.sketch.call].into_iter().flatten() {
        let Plain::Group(own) = &node.value else { return node.clone() };
        at = node.at;
        own.iter().for_each(|entry| put(&mut entries, entry.clone()));
    }
    columns.into_iter().for_each(|entry| put(&mut entries, entry));
    Node { at, value: Plain::Group(entries) }
}

fn put(entries: &mut Vec<(Node, Node)>, (key, value): (Node, Node)) {
    match entries.iter_mut().find(|(known, _)| known.value == key.value) {
        Some(entry) => *entry = (key, value),
        None => entries.push((key, value)),
    }
}

/// What a history says of a list.
enum HistoryList {
    Empty,
    NotAvailable,
    Records(Vec<Node>),
}

/// The lists of the background, to which those of the test add their records.
fn history(background: &WrittenCase, test: &TestCase, vocabulary: &Vocabulary, faults: &mut Vec<TestFault>) -> Node {
    let mut lists: Vec<(Node, HistoryList)> = Vec::new();
    let mut others = HistoryList::NotAvailable;
    let mut at = test.at;
    for node in [&background.history, &test.sketch.history].into_iter().flatten() {
        at = node.at;
        let Plain::Group(entries) = &node.value else {
            lists.clear();
            others = word(node).unwrap_or_else(|| {
                faults.push(wrong(node, "a history must be a group of lists, `none` or `not available`"));
                HistoryList::NotAvailable
            });
            continue;
        };
        for (key, value) in entries {
            let list = match &value.value {
                Plain::List(records) => HistoryList::Records(records.clone()),
                _ => word(value).unwrap_or_else(|| {
                    faults.push(wrong(value, "here must be a list of records, `none` or `not available`"));
                    HistoryList::Empty
                }),
            };
            if key.text().as_deref() == Some(OTHERS) {
                others = list;
            } else {
                add(&mut lists, key.clone(), list);
            }
        }
    }
    let rest: Vec<(Node, HistoryList)> = vocabulary
        .records
        .iter()
        .filter(|kind| !lists.iter().any(|(key, _)| key.text().as_deref() == Some(&kind.plural)))
        .filter(|_| !matches!(others, HistoryList::NotAvailable))
        .map(|kind| (Node::words(&kind.plural, at), HistoryList::Empty))
        .collect();
    lists.extend(rest);
    let entry = |(key, list): (Node, HistoryList)| {
        let value = match list {
            HistoryList::Empty => Plain::List(Vec::new()),
            HistoryList::NotAvailable => Plain::Nothing,
            HistoryList::Records(records) => Plain::List(records),
        };
        let at = key.at;
        (key, Node { at, value })
    };
    Node { at, value: Plain::Group(lists.into_iter().map(entry).collect()) }
}

/// `none`, `not available` or nothing in the place of a list.
fn word(node: &Node) -> Option<HistoryList> {
    match node.text().as_deref() {
        Some("none") => Some(HistoryList::Empty),
        Some("not available" | "unknown") => Some(HistoryList::NotAvailable),
        Some(_) => None,
        None => (node.value == Plain::Nothing).then_some(HistoryList::NotAvailable),
    }
}

fn add(lists: &mut Vec<(Node, HistoryList)>, key: Node, list: HistoryList) {
    match (lists.iter_mut().find(|(known, _)| known.value == key.value), list) {
        (Some((_, HistoryList::Records(records))), HistoryList::Records(more)) => records.extend(more),
        (Some((_, known)), list) => *known = list,
        (None, list) => lists.push((key, list)),
    }
}

/// A case in which the call and every record have an id: the call is `this-call`, and a record is called by its kind and
/// place, such as `incident-1`. Where something else is called so, a number is added, so that nothing is ever taken for
/// something else.
fn named(mut call: Node, mut history: Node, vocabulary: &Vocabulary) -> (Node, Node) {
    let mut names = TakenIds::default();
    names.given(&call);
    if let Plain::Group(lists) = &history.value {
        for (_, list) in lists {
            if let Plain::List(records) = &list.value {
                records.iter().for_each(|record| names.given(record));
            }
        }
    }
    names.put(&mut call, THIS_CALL);
    if let Plain::Group(lists) = &mut history.value {
        for (key, list) in lists {
            let kind = vocabulary.records.iter().find(|kind| key.text().as_deref() == Some(&kind.plural));
            let (Some(kind), Plain::List(records)) = (kind, &mut list.value) else { continue };
            for (place, record) in (1..).zip(records) {
                names.put(record, &format!("{}-{place}", kind.name));
            }
        }
    }
    (call, history)
}

/// The ids that are taken.
#[derive(Default)]
struct TakenIds(BTreeSet<String>);

impl TakenIds {
    fn given(&mut self, group: &Node) {
        self.0.extend(group.get("id").and_then(Node::text));
    }

    /// Gives a group without an id one that is free, and like the one that is wished for.
    fn put(&mut self, group: &mut Node, wish: &str) {
        let at = group.at;
        let Plain::Group(entries) = &mut group.value else { return };
        if entries.iter().any(|(known, _)| known.text().as_deref() == Some("id")) {
            return;
        }
        let mut name = wish.to_owned();
        let mut next = 2;
        while !self.0.insert(name.clone()) {
            name = format!("{wish}-{next}");
            next += 1;
        }
        entries.insert(0, (Node::words("id", at), Node::words(name, at)));
    }
}
