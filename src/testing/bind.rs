//! A test and a policy -> the case it poses and what it expects, every name known.

use super::expect::{self, Expectation};
use super::file::{Fault, Sketch, Test, TestFile, wrong};
use crate::engine::Snapshot;
use crate::model::{Case, Field, Type, Vocabulary};
use crate::text::nearest;
use crate::wire::{Node, Plain, Reading, read_case};

/// A test that can be run.
#[derive(Debug)]
pub(super) struct Bound {
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
pub(super) fn bind(file: &TestFile, test: &Test, policy: &Snapshot) -> Result<Bound, Vec<Fault>> {
    let vocabulary = policy.vocabulary();
    let mut faults = test.faults.clone();
    let (facts, expected): (Vec<_>, Vec<_>) = test.columns.iter().cloned().partition(|(column, _)| {
        column.text().is_some_and(|column| vocabulary.fact(&column).is_some() || column == "at")
    });
    let call = call(&file.background, test, facts);
    let history = history(&file.background, test, vocabulary, &mut faults);
    unnamed(&call, &vocabulary.call, &mut faults);
    if let Plain::Group(lists) = &history.value {
        for (key, list) in lists {
            let kind = vocabulary.records.iter().find(|kind| key.text().as_deref() == Some(&kind.plural));
            let records = if let Plain::List(records) = &list.value { records.as_slice() } else { &[] };
            records.iter().for_each(|record| unnamed(record, kind.map_or(&[], |kind| &kind.fields), &mut faults));
        }
    }
    let group = |key: &str, value: Node| (Node::words(key, value.number), value);
    let whole = Plain::Group(vec![group("call", call), group("history", history)]);
    let case = Node { number: test.number, value: whole };
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
    if wanted.is_empty() && !test.snapshot && faults.is_empty() {
        let message = "this test expects nothing, so it cannot fail; add `expect:`, or `snapshot: yes`";
        faults.push(Fault::new(test.number, message));
    }
    let expectations = expect::read(&wanted, policy, at, &mut faults);
    match case {
        Ok(case) if faults.is_empty() => Ok(Bound { case, expectations }),
        Ok(_) => Err(faults),
        Err(problems) => {
            faults.extend(problems.list.into_iter().map(|problem| {
                let number = u32::try_from(problem.line).unwrap_or(test.number);
                match problem.path.as_str() {
                    "" => Fault::new(number, problem.message),
                    path => Fault::new(number, format!("{path}: {}", problem.message)),
                }
            }));
            Err(faults)
        }
    }
}

/// Refuses the word `unknown` for a person, who would then be somebody of that name.
fn unnamed(group: &Node, fields: &[Field], faults: &mut Vec<Fault>) {
    let people = fields.iter().filter(|field| matches!(field.ty, Type::Identity { .. }));
    for value in people.filter_map(|field| group.get(&field.name)) {
        if value.text().as_deref() == Some("unknown") {
            let message = "this would be somebody called `unknown`; for nobody knows who, write `~`, or leave it out";
            faults.push(Fault::new(value.number, message));
        }
    }
}

/// The facts of the background, with those of the test and of the table's row in their place.
fn call(background: &Sketch, test: &Test, columns: Vec<(Node, Node)>) -> Node {
    let mut entries: Vec<(Node, Node)> = Vec::new();
    let mut number = test.number;
    for node in [&background.call, &test.sketch.call].into_iter().flatten() {
        let Plain::Group(own) = &node.value else { return node.clone() };
        number = node.number;
        own.iter().for_each(|entry| put(&mut entries, entry.clone()));
    }
    columns.into_iter().for_each(|entry| put(&mut entries, entry));
    if !entries.iter().any(|(key, _)| key.text().as_deref() == Some("id")) {
        entries.push((Node::words("id", number), Node::words(THIS_CALL, number)));
    }
    Node { number, value: Plain::Group(entries) }
}

fn put(entries: &mut Vec<(Node, Node)>, (key, value): (Node, Node)) {
    match entries.iter_mut().find(|(known, _)| known.value == key.value) {
        Some(entry) => *entry = (key, value),
        None => entries.push((key, value)),
    }
}

/// What a history says of a list.
enum List {
    Empty,
    NotAvailable,
    Records(Vec<Node>),
}

/// The lists of the background, to which those of the test add their records.
fn history(background: &Sketch, test: &Test, vocabulary: &Vocabulary, faults: &mut Vec<Fault>) -> Node {
    let mut lists: Vec<(Node, List)> = Vec::new();
    let mut others = List::NotAvailable;
    let mut number = test.number;
    for node in [&background.history, &test.sketch.history].into_iter().flatten() {
        number = node.number;
        let Plain::Group(entries) = &node.value else {
            lists.clear();
            others = word(node).unwrap_or_else(|| {
                faults.push(wrong(node, "a history must be a group of lists, `none` or `not available`"));
                List::NotAvailable
            });
            continue;
        };
        for (key, value) in entries {
            let list = match &value.value {
                Plain::List(records) => List::Records(records.clone()),
                _ => word(value).unwrap_or_else(|| {
                    faults.push(wrong(value, "here must be a list of records, `none` or `not available`"));
                    List::Empty
                }),
            };
            if key.text().as_deref() == Some(OTHERS) {
                others = list;
            } else {
                add(&mut lists, key.clone(), list);
            }
        }
    }
    let rest: Vec<(Node, List)> = vocabulary
        .records
        .iter()
        .filter(|kind| !lists.iter().any(|(key, _)| key.text().as_deref() == Some(&kind.plural)))
        .filter(|_| !matches!(others, List::NotAvailable))
        .map(|kind| (Node::words(&kind.plural, number), List::Empty))
        .collect();
    lists.extend(rest);
    let entry = |(key, list): (Node, List)| {
        let value = match list {
            List::Empty => Plain::List(Vec::new()),
            List::NotAvailable => Plain::Nothing,
            List::Records(records) => Plain::List(with_ids(&key, records, vocabulary)),
        };
        let number = key.number;
        (key, Node { number, value })
    };
    Node { number, value: Plain::Group(lists.into_iter().map(entry).collect()) }
}

/// `none`, `not available` or nothing in the place of a list.
fn word(node: &Node) -> Option<List> {
    match node.text().as_deref() {
        Some("none") => Some(List::Empty),
        Some("not available" | "unknown") => Some(List::NotAvailable),
        Some(_) => None,
        None => (node.value == Plain::Nothing).then_some(List::NotAvailable),
    }
}

fn add(lists: &mut Vec<(Node, List)>, key: Node, list: List) {
    match (lists.iter_mut().find(|(known, _)| known.value == key.value), list) {
        (Some((_, List::Records(records))), List::Records(more)) => records.extend(more),
        (Some((_, known)), list) => *known = list,
        (None, list) => lists.push((key, list)),
    }
}

/// The records, those without an `id` named by their kind and place: `incident-1`.
fn with_ids(key: &Node, records: Vec<Node>, vocabulary: &Vocabulary) -> Vec<Node> {
    let kind = key.text().and_then(|plural| vocabulary.records.iter().find(|kind| kind.plural == plural));
    let Some(kind) = kind else { return records };
    let mut records = records;
    for (place, record) in (1..).zip(&mut records) {
        let number = record.number;
        if let Plain::Group(entries) = &mut record.value
            && !entries.iter().any(|(known, _)| known.text().as_deref() == Some("id"))
        {
            let id = Node::words(format!("{}-{place}", kind.name), number);
            entries.insert(0, (Node::words("id", number), id));
        }
    }
    records
}

/// The nearest of some names, as a half sentence to append to an error.
pub(super) fn did_you_mean<'n>(written: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    nearest(written, names).map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}
