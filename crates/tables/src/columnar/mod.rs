//! Parquet file -> rows, and back. Some hundreds are read at a time: each column of them, and then they are handed on one after the other.

mod column;
mod guard;
mod kind;
mod write;

pub(crate) use write::ParquetTable;

use crate::row::{SourceRow, TableError, push_json};
use crate::source::TableSource;
use column::{Cell, Column};
use guard::guarded;
use parquet::column::reader::ColumnReader;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use std::fs::File;

/// How many rows are held at once.
const AT_ONCE: usize = 512;

pub(crate) fn parquet_headings(source: TableSource) -> Result<Vec<String>, TableError> {
    let file = open(source)?;
    Ok(columns_of(&file).into_iter().map(|column| column.name).collect())
}

pub(crate) fn parquet_rows(
    source: TableSource,
    asked: &[&str],
    mut take: impl FnMut(&SourceRow),
) -> Result<(), TableError> {
    let file = open(source)?;
    let columns = columns_of(&file);
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let places = TableError::places(asked, &names)?;
    let is_time = |place: &usize| columns.get(*place).is_some_and(Column::is_time);
    let mut row = SourceRow { times: places.iter().map(is_time).collect(), ..SourceRow::default() };
    for number in 0..file.num_row_groups() {
        let group = guarded(|| file.get_row_group(number)).map_err(not_whole)?;
        let mut left = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        let readers = || columns.iter().map(|column| group.get_column_reader(column.number)).collect();
        let mut readers: Vec<ColumnReader> = guarded(readers).map_err(not_whole)?;
        while left > 0 {
            let rows = left.min(AT_ONCE);
            let read = || columns.iter().zip(&mut readers).map(|(column, reader)| column.read(reader, rows)).collect();
            let cells: Vec<Vec<Cell>> = guarded(read).map_err(not_whole)?;
            if cells.iter().any(|cells| cells.len() != rows) {
                return Err(not_whole(ParquetError::EOF("a column has fewer rows than the file says".to_owned())));
            }
            for at in 0..rows {
                fill(&mut row, &columns, &cells, &places, at);
                take(&row);
            }
            left -= rows;
        }
        for (column, reader) in columns.iter().zip(&mut readers) {
            if !guarded(|| column.read(reader, 1)).map_err(not_whole)?.is_empty() {
                return Err(not_whole(ParquetError::General("a column has more rows than the file says".to_owned())));
            }
        }
    }
    if i64::try_from(row.line).ok() != Some(file.metadata().file_metadata().num_rows()) {
        return Err(not_whole(ParquetError::General("it has not as many rows as it says".to_owned())));
    }
    Ok(())
}

fn open(source: TableSource) -> Result<SerializedFileReader<File>, TableError> {
    match source {
        TableSource::File(path) => {
            let file = File::open(path)?;
            guarded(|| SerializedFileReader::new(file)).map_err(not_whole)
        }
        TableSource::Stream(_) => Err(TableError::Unreadable(
            "Parquet is read from a file, since what is in it stands at its end: give the file's name".to_owned(),
        )),
    }
}

fn columns_of(file: &SerializedFileReader<File>) -> Vec<Column> {
    let schema = file.metadata().file_metadata().schema_descr();
    schema.columns().iter().enumerate().map(|(number, one)| Column::new(number, one, schema.root_schema())).collect()
}

fn fill(row: &mut SourceRow, columns: &[Column], cells: &[Vec<Cell>], places: &[usize], at: usize) {
    let cell = |place: usize| cells.get(place).and_then(|cells| cells.get(at));
    row.line += 1;
    row.broken = None;
    row.cells.clear();
    for place in places {
        match (cell(*place), columns.get(*place)) {
            (Some(Err(why)), Some(column)) => {
                row.broken.get_or_insert_with(|| format!("`{}` {why}", column.name));
                row.cells.push(None);
            }
            (cell, _) => row.cells.push(cell.and_then(|cell| cell.as_ref().ok().cloned().flatten())),
        }
    }
    row.whole.clear();
    for (place, column) in columns.iter().enumerate() {
        let cell = cell(place).map_or(Ok(None), |cell| cell.as_ref().map(Option::as_deref));
        push_json(&mut row.whole, &column.name, cell, column.is_number(), column.is_list);
    }
    row.whole.push('}');
}

fn not_whole(error: ParquetError) -> TableError {
    let said = error.to_string();
    if let Some((_, packed)) = said.split_once("Disabled feature at compile time: ") {
        return TableError::Unreadable(format!(
            "it is packed with {packed}, which is not read: write it with snappy, zstd, gzip or lz4"
        ));
    }
    let said = said.split_once(": ").map_or(said.as_str(), |(_, said)| said);
    TableError::Unreadable(format!("it is no whole Parquet file: {said}"))
}
