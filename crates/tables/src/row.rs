//! What a table gives -> `SourceRow`, or `TableError` where it cannot be read to its end.

use std::fmt;
use std::io;

/// What stands between the values of one cell, where a table holds several in it.
pub const LIST_MARK: char = '\u{1f}';

/// One row of a table.
#[derive(Debug, Default)]
pub struct SourceRow {
    /// The line on which it begins, counted from 1; in a table that has no lines, the number of the row.
    pub line: u64,
    /// The cells of the columns that were asked for, in that order; none where the row has none.
    pub cells: Vec<Option<String>>,
    /// Which of the cells hold a time as such, and no text that has to be read as one: written as in RFC 3339, without an offset where the
    /// table keeps clock times, and without a clock where it keeps days. Empty where a table has only texts.
    pub times: Vec<bool>,
    /// The whole row as one line, for whoever has to mend it.
    pub whole: String,
    /// Why the row cannot be read, if it cannot.
    pub broken: Option<String>,
}

/// Adds a cell to a row that is written as a JSON object, whose last bracket is left to whoever is done.
pub(crate) fn push_json(
    whole: &mut String,
    name: &str,
    cell: Result<Option<&str>, &&str>,
    is_number: bool,
    is_list: bool,
) {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let plain = |text: &str| if is_number { text.to_owned() } else { quoted(text) };
    whole.push_str(if whole.is_empty() { "{" } else { ", " });
    whole.push_str(&quoted(name));
    whole.push_str(": ");
    whole.push_str(&match cell {
        Ok(None) => "null".to_owned(),
        Ok(Some("")) if is_list => "[]".to_owned(),
        Ok(Some(text)) if is_list => {
            format!("[{}]", text.split(LIST_MARK).map(plain).collect::<Vec<_>>().join(", "))
        }
        Ok(Some(text)) => plain(text),
        Err(why) => quoted(why),
    });
}

/// Why a table cannot be read to its end, or written.
#[derive(Debug)]
pub enum TableError {
    /// It could not be opened or read.
    Io(io::Error),
    /// It has no such columns; the second list is of those that it has.
    NoColumn(Vec<String>, Vec<String>),
    /// It is not what it is said to be, or cannot be asked what it was asked; says why.
    Unreadable(String),
    /// It cannot be written; says why.
    Unwritable(String),
}

impl TableError {
    /// Where each column that is asked for stands among those that are there.
    pub(crate) fn places(columns: &[&str], there: &[String]) -> Result<Vec<usize>, Self> {
        let place = |column: &&str| there.iter().position(|heading| heading == column);
        let missing: Vec<String> =
            columns.iter().filter(|column| place(column).is_none()).map(|column| (*column).to_owned()).collect();
        if !missing.is_empty() {
            return Err(Self::NoColumn(missing, there.to_vec()));
        }
        Ok(columns.iter().filter_map(place).collect())
    }
}

impl TableError {
    /// Why, with nothing that stands in the table: where it has no headings, they are its first row.
    pub fn in_short(&self) -> String {
        match self {
            Self::NoColumn(wanted, _) => format!("the table has no column `{}`", wanted.join("`, `")),
            other => other.to_string(),
        }
    }
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "{error}"),
            Self::NoColumn(wanted, there) => {
                write!(f, "the table has no column `{}`; it has `{}`", wanted.join("`, `"), there.join("`, `"))
            }
            Self::Unreadable(why) | Self::Unwritable(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for TableError {}

impl From<io::Error> for TableError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
