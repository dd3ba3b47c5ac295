//! Rows -> a table, in the form that the ending of its file says.

use crate::columnar::ParquetTable;
use crate::row::TableError;
use flate2::Compression;
use flate2::write::GzEncoder;
use heedful::time::{Instant, Zone};
use serde_json::{Map, Value};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// A column that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenColumn {
    pub name: String,
    pub kind: WrittenKind,
}

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrittenKind {
    /// A text, or nothing.
    Text,
    /// A moment, or nothing.
    Time,
    /// Any number of texts.
    Texts,
}

/// A cell of a row, of the kind of its column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WrittenCell {
    Text(Option<String>),
    Time(Option<Instant>),
    Texts(Vec<String>),
}

/// A table that is being written. The same rows give the same bytes.
pub struct TableWriter {
    columns: Vec<WrittenColumn>,
    form: WrittenForm,
}

enum WrittenForm {
    Csv(Box<csv::Writer<Output>>),
    JsonLines(Output),
    Parquet(Box<ParquetTable>),
}

/// A text, packed or not.
enum Output {
    Plain(BufWriter<File>),
    Packed(GzEncoder<BufWriter<File>>),
}

impl TableWriter {
    /// Begins a table in the form that the ending of its file says: `.parquet`, `.csv`, `.jsonl`, the last two also with `.gz`. `about` is
    /// what is said once of all rows; Parquet keeps it, and the others have no place for it.
    ///
    /// # Errors
    /// When the ending says no form, or the file cannot be written.
    pub fn create(path: &Path, columns: Vec<WrittenColumn>, about: &[(String, String)]) -> Result<Self, TableError> {
        let name = path.to_string_lossy();
        let (plain, is_packed) = name.strip_suffix(".gz").map_or((&*name, false), |plain| (plain, true));
        let is_parquet = plain.ends_with(".parquet") && !is_packed;
        let is_csv = plain.ends_with(".csv");
        if !is_parquet && !is_csv && ![".jsonl", ".ndjson"].iter().any(|ending| plain.ends_with(ending)) {
            return Err(TableError::Unwritable(
                "its ending says how it is written: .parquet, .csv or .jsonl, the last two also with .gz".to_owned(),
            ));
        }
        let file = File::create(path)?;
        if is_parquet {
            let table = ParquetTable::create(file, &columns, about)?;
            return Ok(Self { columns, form: WrittenForm::Parquet(Box::new(table)) });
        }
        let out = BufWriter::new(file);
        let out =
            if is_packed { Output::Packed(GzEncoder::new(out, Compression::default())) } else { Output::Plain(out) };
        let form = if is_csv {
            let mut csv = csv::Writer::from_writer(out);
            csv.write_record(columns.iter().map(|column| &column.name)).map_err(io::Error::from)?;
            WrittenForm::Csv(Box::new(csv))
        } else {
            WrittenForm::JsonLines(out)
        };
        Ok(Self { columns, form })
    }

    /// Writes a row, with a cell for each column.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add(&mut self, row: &[WrittenCell]) -> Result<(), TableError> {
        match &mut self.form {
            WrittenForm::Csv(csv) => csv.write_record(row.iter().map(in_one_cell)).map_err(io::Error::from)?,
            WrittenForm::JsonLines(out) => {
                let members = self.columns.iter().zip(row).map(|(column, cell)| (column.name.clone(), as_json(cell)));
                writeln!(out, "{}", Value::Object(members.collect::<Map<String, Value>>()))?;
            }
            WrittenForm::Parquet(table) => table.add(row)?,
        }
        Ok(())
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(self) -> Result<(), TableError> {
        match self.form {
            WrittenForm::Csv(csv) => csv.into_inner().map_err(|error| TableError::Io(error.into_error()))?.finish()?,
            WrittenForm::JsonLines(out) => out.finish()?,
            WrittenForm::Parquet(table) => table.finish()?,
        }
        Ok(())
    }
}

impl Output {
    fn finish(self) -> io::Result<()> {
        match self {
            Self::Plain(mut out) => out.flush(),
            Self::Packed(out) => out.finish()?.flush(),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(out) => out.write(bytes),
            Self::Packed(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(out) => out.flush(),
            Self::Packed(out) => out.flush(),
        }
    }
}

/// Several texts with `;` between them, as a mapping takes them apart with `split`.
fn in_one_cell(cell: &WrittenCell) -> String {
    match cell {
        WrittenCell::Text(text) => text.clone().unwrap_or_default(),
        WrittenCell::Time(time) => time.map(|time| Zone::utc().format(time)).unwrap_or_default(),
        WrittenCell::Texts(texts) => texts.join(";"),
    }
}

fn as_json(cell: &WrittenCell) -> Value {
    match cell {
        WrittenCell::Text(text) => text.clone().into(),
        WrittenCell::Time(time) => time.map(|time| Zone::utc().format(time)).into(),
        WrittenCell::Texts(texts) => texts.clone().into(),
    }
}
