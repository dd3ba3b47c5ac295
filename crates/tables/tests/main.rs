//! Tables that tests write with the libraries of their formats, and what is read of them.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "tests say what they expect by failing")]

mod parquet_files;
mod sqlite_files;
mod written;

use heedful_tables::{SourceRow, TableForm, TableSource, each_row};
use std::path::Path;

/// The cells of one row, its whole, and what is wrong with it.
type Read = (Vec<Option<String>>, String, Option<String>);

fn rows(path: &Path, form: &TableForm, columns: &[&str]) -> Result<Vec<Read>, String> {
    let mut rows = Vec::new();
    let mut line = 0;
    let take = |row: &SourceRow| {
        line += 1;
        assert_eq!(row.line, line);
        rows.push((row.cells.clone(), row.whole.clone(), row.broken.clone()));
    };
    each_row(TableSource::file(path), form, columns, take).map_err(|error| error.to_string())?;
    Ok(rows)
}
