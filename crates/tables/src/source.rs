//! A table as a file or a stream, and how it is written -> its rows, whichever form it has.

use crate::columnar::{parquet_headings, parquet_rows};
use crate::database::{sqlite_headings, sqlite_rows};
use crate::row::{SourceRow, TableError};
use crate::text_rows;
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// How a table is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableForm {
    /// One row a line, its cells between marks, those with marks or line breaks in double quotes; the first line has the headings.
    Csv { separator: u8 },
    /// One JSON object a line.
    JsonLines,
    /// One value a line, and nothing else: a table of one column without a heading, whatever name that is asked for by.
    Lines,
    /// Columns one after the other, each with its type.
    Parquet,
    /// Several tables in one file, which are asked in SQL.
    Sqlite(Selection),
}

/// What of a SQLite file is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// The one table that it has.
    Only,
    /// A table or view.
    Table(String),
    /// What a query gives.
    Query(String),
}

impl TableForm {
    /// The form that a file's name says, with or without `.gz` at its end.
    pub fn of_name(name: &str, separator: u8) -> Self {
        let name = name.strip_suffix(".gz").unwrap_or(name);
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        if ends(&[".jsonl", ".ndjson"]) {
            Self::JsonLines
        } else if ends(&[".parquet"]) {
            Self::Parquet
        } else if ends(&[".sqlite", ".sqlite3", ".db"]) {
            Self::Sqlite(Selection::Only)
        } else {
            Self::Csv { separator }
        }
    }
}

/// Where the text of a table comes from.
pub enum TableSource {
    /// A file; one that ends in `.gz` is unpacked.
    File(PathBuf),
    /// What comes in one piece after the other, such as standard input.
    Stream(Box<dyn Read>),
}

impl TableSource {
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::File(path.into())
    }

    /// The file's own name, where it is a file.
    pub fn name(&self) -> Option<String> {
        match self {
            Self::File(path) => path.file_name().map(|name| name.to_string_lossy().into_owned()),
            Self::Stream(_) => None,
        }
    }

    /// What the table holds from its beginning on, unpacked (gzip) where it is packed.
    fn read(self) -> io::Result<Box<dyn Read>> {
        match self {
            Self::File(path) => {
                let file = File::open(&path)?;
                if is_packed(&path) { Ok(Box::new(MultiGzDecoder::new(file))) } else { Ok(Box::new(file)) }
            }
            Self::Stream(input) => unpacked_if_packed(input),
        }
    }
}

fn is_packed(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "gz")
}

/// A stream has no name that says whether it is packed; its first two bytes do, since no text begins with them.
fn unpacked_if_packed(mut input: Box<dyn Read>) -> io::Result<Box<dyn Read>> {
    const GZIP: [u8; 2] = [0x1f, 0x8b];
    let mut head = Vec::new();
    input.by_ref().take(2).read_to_end(&mut head)?;
    let is_packed = head == GZIP;
    let whole = io::Cursor::new(head).chain(input);
    if is_packed { Ok(Box::new(MultiGzDecoder::new(whole))) } else { Ok(Box::new(whole)) }
}

/// Hands each row of a table to `take`, in the order in which they stand.
///
/// # Errors
/// When the table cannot be read to its end, or a column is missing. A row that cannot be read is no error: it is handed on as broken.
pub fn each_row(
    source: TableSource,
    form: &TableForm,
    columns: &[&str],
    take: impl FnMut(&SourceRow),
) -> Result<(), TableError> {
    match form {
        TableForm::Csv { separator } => text_rows::csv_rows(source.read()?, *separator, columns, take),
        TableForm::JsonLines => text_rows::json_rows(source.read()?, columns, take),
        TableForm::Lines => text_rows::line_rows(source.read()?, take),
        TableForm::Parquet => parquet_rows(source, columns, take),
        TableForm::Sqlite(selection) => sqlite_rows(source, selection, columns, take),
    }
}

/// The headings of a table: the first line of CSV, the keys of the first object of JSON Lines.
///
/// # Errors
/// When the table cannot be read.
pub fn headings(source: TableSource, form: &TableForm) -> Result<Vec<String>, TableError> {
    match form {
        TableForm::Csv { separator } => text_rows::csv_headings(source.read()?, *separator),
        TableForm::JsonLines => text_rows::json_headings(source.read()?),
        TableForm::Lines => Ok(Vec::new()),
        TableForm::Parquet => parquet_headings(source),
        TableForm::Sqlite(selection) => sqlite_headings(source, selection),
    }
}
