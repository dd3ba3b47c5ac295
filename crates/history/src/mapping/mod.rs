//! Mapping file -> `Mapping`: which column of which table says what, in the words of a vocabulary.

mod beside;
mod decisions;
mod problem;
mod read;

pub use beside::{BesideTable, Compared, GivenMapping, answers_of};
pub use decisions::{DecisionMapping, DecisionPart, DecisionValue};
pub use problem::MappingProblem;
pub use read::read;

use heedful::model::{FactId, FieldId, RecordId, Type};
use heedful::time::{Length, Unit, Zone};
use heedful_tables::{Selection, TableForm, TableSource};
use std::collections::{BTreeMap, BTreeSet};

/// What tables say, in the words of a vocabulary.
#[derive(Clone, Debug)]
pub struct Mapping {
    pub tables: Vec<TableMapping>,
    /// What others say of the same calls, to set beside what a policy says.
    pub beside: Vec<BesideTable>,
    /// The record that each decision is for later calls, where they can look at it.
    pub decisions: Option<DecisionMapping>,
}

/// What one table says: each of its rows is a record of one kind, or a call to decide.
#[derive(Clone, Debug)]
pub struct TableMapping {
    /// The file, from the folder of the mapping on; `-` is standard input.
    pub file: String,
    /// The line of the mapping file on which it begins.
    pub line: usize,
    /// The mark between the cells of a line.
    pub separator: u8,
    /// Which table of a SQLite file it is, or what query gives it, where the mapping says so.
    pub selection: Option<Selection>,
    pub record: RecordSource,
    pub id: String,
    pub at: TimeSource,
    /// When what the row says came to be known, where that is not its own time.
    pub known: Option<TimeSource>,
    /// Another column of the time, and how far the two may be apart.
    pub checked: Option<(TimeSource, Length)>,
    /// Rows that are left out: where the column holds one of the values.
    pub left_out: Vec<(String, BTreeSet<String>)>,
    pub values: Vec<ValueMapping>,
    /// What the control room gave each call at the time.
    pub given: Vec<GivenMapping>,
}

/// What the rows of a table are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordSource {
    /// The kind of record that a row is for later calls; none where the vocabulary keeps no earlier calls.
    pub kind: Option<RecordId>,
    /// Whether each row is a call to decide.
    pub is_call: bool,
}

/// Where a fact or field of a row comes from.
#[derive(Clone, Debug)]
pub struct ValueMapping {
    pub name: String,
    pub ty: Type,
    /// The fact of the call that it is, in rows that are calls.
    pub fact: Option<FactId>,
    /// The field of the record that it is.
    pub field: Option<FieldId>,
    pub source: ValueSource,
}

/// Where a value comes from, and how it is read.
#[derive(Clone, Debug)]
pub struct ValueSource {
    pub from: From,
    /// What the table's codes stand for; none for what is not known.
    pub codes: BTreeMap<String, Option<String>>,
    pub others: Others,
    /// What stands between several values in one cell.
    pub split: Option<String>,
    /// Cells that hold nothing, in the spellings of the table.
    pub missing: BTreeSet<String>,
    /// Cells that say that there is none.
    pub none: BTreeSet<String>,
    /// Whether an identity is taken as it is written, and not in small letters with single blanks.
    pub exactly: bool,
    /// What a number in a cell counts, for a duration.
    pub unit: Option<Unit>,
    pub time: TimeFormat,
}

/// What a value is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    Column(String),
    /// Several columns, which make one identity together, or each name somebody.
    Columns(Vec<String>),
    /// The same for every row.
    Always(String),
}

/// What becomes of a value that the vocabulary does not have and no code explains.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Others {
    /// It is not known. It is counted and listed.
    #[default]
    Unknown,
    /// The row is not used.
    Refuse,
}

/// A column of times.
#[derive(Clone, Debug)]
pub struct TimeSource {
    pub column: String,
    pub format: TimeFormat,
}

/// How a time is written.
#[derive(Clone, Debug)]
pub struct TimeFormat {
    /// As in `strptime`; none for RFC 3339 with an offset.
    pub pattern: Option<String>,
    /// The zone of times without an offset.
    pub zone: Zone,
    pub repeated: RepeatedHour,
}

/// Which of two is meant by a time that the clocks showed twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RepeatedHour {
    /// The first. How often that was taken is counted.
    #[default]
    First,
    Second,
    /// Nobody knows, so the row is not used.
    Refuse,
}

fn form(file: &str, separator: u8, selection: Option<&Selection>, source: &TableSource) -> TableForm {
    match selection {
        Some(selection) => TableForm::Sqlite(selection.clone()),
        None => TableForm::of_name(source.name().as_deref().unwrap_or(file), separator),
    }
}

impl TableMapping {
    /// How a table is written that was given for this one: as its own name says, or that in the mapping where it has none.
    pub fn form(&self, source: &TableSource) -> TableForm {
        form(&self.file, self.separator, self.selection.as_ref(), source)
    }
}

impl Mapping {
    /// Every column that a table is asked for.
    pub fn columns(table: &TableMapping) -> BTreeSet<&str> {
        let mut columns: BTreeSet<&str> = BTreeSet::from([table.id.as_str(), table.at.column.as_str()]);
        columns.extend(table.known.iter().map(|known| known.column.as_str()));
        columns.extend(table.checked.iter().map(|(time, _)| time.column.as_str()));
        columns.extend(table.left_out.iter().map(|(column, _)| column.as_str()));
        columns.extend(table.given.iter().map(|given| given.column.as_str()));
        for value in &table.values {
            match &value.source.from {
                From::Column(column) => drop(columns.insert(column)),
                From::Columns(several) => columns.extend(several.iter().map(String::as_str)),
                From::Always(_) => {}
            }
        }
        columns
    }
}
