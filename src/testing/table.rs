//! A test with a table -> one test a row: `<column>` in the test stands for the row's value, and a column that is not
//! used so is a fact of the call or an expectation.

use super::fault::{TestFault, wrong};
use super::test_file::{Column, TestCase, WrittenCase};
use crate::text::{Position, joined};
use crate::wire::{Node, Plain};
use std::collections::{BTreeMap, BTreeSet};

/// One test for each row; one that cannot be used where the test or its table is not as it should be.
pub(super) fn lay_out(test: &TestCase, rows: &Node) -> Vec<TestCase> {
    let mut faults = test.faults.clone();
    let rows = read(rows, &mut faults);
    if rows.is_empty() && faults.is_empty() {
        faults.push(TestFault::new(test.at, "the table has no row"));
    }
    if rows.is_empty() || !faults.is_empty() {
        return vec![TestCase { sketch: WrittenCase::default(), expect: None, faults, ..test.clone() }];
    }
    let mut seen = BTreeSet::new();
    let twins: Vec<bool> = rows.iter().map(|row| !seen.insert(row.in_words())).collect();
    let empty = empty_columns(&rows);
    let mut tests: Vec<TestCase> = rows.into_iter().map(|row| fill(test, row)).collect();
    let first = tests.first_mut().into_iter().flat_map(|test| &mut test.columns);
    first.for_each(|column| column.is_empty = column.name.text().is_some_and(|name| empty.contains(&name)));
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    tests.iter().for_each(|test| *names.entry(test.name.clone()).or_default() += 1);
    for ((number, test), twin) in (1..).zip(&mut tests).zip(twins) {
        if names.get(&test.name).is_some_and(|count| *count > 1) {
            test.name = format!("{}, row {number}", test.name);
        }
        if twin {
            test.faults.push(TestFault::new(test.at, "a row above says the same as this one; take one of them out"));
        }
    }
    tests
}

/// The columns in which no row has anything.
fn empty_columns(rows: &[TableRow]) -> BTreeSet<String> {
    let (mut all, mut filled) = (BTreeSet::new(), BTreeSet::new());
    for (column, value) in rows.iter().flat_map(|row| &row.cells) {
        let name = column.text().unwrap_or_default();
        if value.value != Plain::Nothing {
            filled.insert(name.clone());
        }
        all.insert(name);
    }
    all.difference(&filled).cloned().collect()
}

struct TableRow {
    at: Position,
    cells: Vec<(Node, Node)>,
}

/// Reads either a list of lists, the first of which names the columns, or a list of groups.
fn read(table: &Node, faults: &mut Vec<TestFault>) -> Vec<TableRow> {
    let Plain::List(rows) = &table.value else {
        faults.push(wrong(table, "a table must be a list of rows"));
        return Vec::new();
    };
    let Some((first, rest)) = rows.split_first() else { return Vec::new() };
    match &first.value {
        Plain::List(columns) => {
            if columns.is_empty() {
                faults.push(TestFault::new(first.at, "the first row names the columns, and there is none"));
            }
            let bad: Vec<TestFault> = columns
                .iter()
                .filter(|column| column.text().is_none())
                .map(|column| wrong(column, "the first row names the columns; a column's name must be a text"))
                .collect();
            faults.extend(bad);
            for (place, column) in columns.iter().enumerate() {
                let twin = columns.get(..place).is_some_and(|before| before.iter().any(|it| it.value == column.value));
                if let (true, Some(name)) = (twin, column.text()) {
                    let message = format!(
                        "two columns are called `{name}`; a fact goes by its name, and a rule of that name is `rule {name}`"
                    );
                    faults.push(TestFault::new(column.at, message));
                }
            }
            rest.iter().filter_map(|row| listed(columns, row, faults)).collect()
        }
        _ => rows.iter().filter_map(|row| grouped(row, faults)).collect(),
    }
}

fn listed(columns: &[Node], row: &Node, faults: &mut Vec<TestFault>) -> Option<TableRow> {
    let Plain::List(cells) = &row.value else {
        faults.push(wrong(row, "a row must be a list, as the first row is"));
        return None;
    };
    if cells.len() != columns.len() {
        let message = format!("the cells of this row are {}, and the columns {}", cells.len(), columns.len());
        faults.push(TestFault::new(row.at, message));
        return None;
    }
    Some(TableRow { at: row.at, cells: columns.iter().cloned().zip(cells.iter().cloned()).collect() })
}

fn grouped(row: &Node, faults: &mut Vec<TestFault>) -> Option<TableRow> {
    match &row.value {
        Plain::Group(cells) if cells.is_empty() => {
            faults.push(TestFault::new(row.at, "this row says nothing; fill it, or take it out"));
            None
        }
        Plain::Group(cells) => Some(TableRow { at: row.at, cells: cells.clone() }),
        _ => {
            faults.push(wrong(row, "a row must be a list or a group"));
            None
        }
    }
}

fn fill(test: &TestCase, row: TableRow) -> TestCase {
    let mut filler = Filler { row: &row, used: vec![false; row.cells.len()], faults: Vec::new() };
    let mut filled = test.clone();
    filled.at = row.at;
    let own_name = filler.text(&test.name, test.at);
    filled.name = match own_name {
        Some(name) if name != test.name => name,
        _ => format!("{}: {}", test.name, row.in_words()),
    };
    let in_name = std::mem::replace(&mut filler.used, vec![false; row.cells.len()]);
    for node in [&mut filled.sketch.call, &mut filled.sketch.history, &mut filled.expect].into_iter().flatten() {
        filler.node(node);
    }
    filled.faults.append(&mut filler.faults);
    let unused = row.cells.iter().zip(&filler.used).zip(in_name).filter(|((_, used), _)| !**used);
    let column = |(((name, value), _), in_name): ((&(Node, Node), &bool), bool)| Column {
        name: name.clone(),
        value: value.clone(),
        in_name,
        is_empty: false,
    };
    filled.columns = unused.map(column).collect();
    filled
}

impl TableRow {
    fn in_words(&self) -> String {
        let cell = |(column, value): &(Node, Node)| format!("{} {}", said(column), said(value));
        self.cells.iter().map(cell).collect::<Vec<_>>().join(", ")
    }
}

/// A value in one line of words.
fn said(node: &Node) -> String {
    match &node.value {
        Plain::Nothing => "not known".to_owned(),
        Plain::List(items) if items.is_empty() => "none".to_owned(),
        Plain::List(items) => items.iter().map(said).collect::<Vec<_>>().join(" and "),
        Plain::Group(entries) => {
            entries.iter().map(|(key, value)| format!("{} {}", said(key), said(value))).collect::<Vec<_>>().join(" ")
        }
        _ => node.text().unwrap_or_else(|| node.what().to_owned()),
    }
}

struct Filler<'r> {
    row: &'r TableRow,
    used: Vec<bool>,
    faults: Vec<TestFault>,
}

impl Filler<'_> {
    fn node(&mut self, node: &mut Node) {
        match &mut node.value {
            Plain::Words(words) => {
                let words = words.clone();
                if let Some(value) = self.whole(&words) {
                    node.value = value;
                } else if let Some(text) = self.text(&words, node.at) {
                    node.value = Plain::Words(text);
                }
            }
            Plain::List(items) => items.iter_mut().for_each(|item| self.node(item)),
            Plain::Group(entries) => {
                for (key, value) in entries {
                    self.node(key);
                    self.node(value);
                }
            }
            _ => {}
        }
    }

    fn column(&mut self, name: &str) -> Option<&Node> {
        let at = self.row.cells.iter().position(|(column, _)| column.text().as_deref() == Some(name))?;
        if let Some(used) = self.used.get_mut(at) {
            *used = true;
        }
        self.row.cells.get(at).map(|(_, value)| value)
    }

    /// The value of the column, where a text is `<column>` and nothing else.
    fn whole(&mut self, words: &str) -> Option<Plain> {
        let name = words.strip_prefix('<')?.strip_suffix('>')?;
        self.column(name).map(|value| value.value.clone())
    }

    /// The text with each `<column>` filled in; `None` where one has no column, which is a fault.
    fn text(&mut self, words: &str, at: Position) -> Option<String> {
        let mut out = String::new();
        let mut rest = words;
        while let Some((before, after)) = rest.split_once('<') {
            let Some((name, left)) = after.split_once('>') else { break };
            out.push_str(before);
            match self.column(name).map(said) {
                Some(value) => out.push_str(&value),
                None => {
                    self.unknown(name, at);
                    return None;
                }
            }
            rest = left;
        }
        out.push_str(rest);
        Some(out)
    }

    fn unknown(&mut self, name: &str, at: Position) {
        let columns: Vec<String> = self.row.cells.iter().filter_map(|(column, _)| column.text()).collect();
        let near = crate::text::nearest(name, columns.iter().map(String::as_str));
        let help = near.map_or_else(
            || format!("its columns are {}", joined(&columns, "and")),
            |near| format!("did you mean `<{near}>`?"),
        );
        let fault = TestFault::new(at, format!("the table has no column `{name}`; {help}"));
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }
}
