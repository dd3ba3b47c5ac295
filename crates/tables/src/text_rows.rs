//! CSV, JSON Lines, or a list of values -> rows.

use crate::row::{LIST_MARK, SourceRow, TableError};
use std::io::{self, BufRead, BufReader, Read};

pub(crate) fn csv_headings(input: impl Read, separator: u8) -> Result<Vec<String>, TableError> {
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(input);
    let found = reader.byte_headers().map_err(io::Error::from)?;
    Ok(found.iter().enumerate().map(|(at, cell)| heading(at, cell)).collect())
}

pub(crate) fn json_headings(input: impl Read) -> Result<Vec<String>, TableError> {
    let mut line = String::new();
    BufReader::new(input).read_line(&mut line)?;
    let object: Option<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(&line).ok();
    Ok(object.map(|object| object.keys().cloned().collect()).unwrap_or_default())
}

/// A heading without the mark that some programs put at the head of a file, and without blanks around it.
fn heading(at: usize, cell: &[u8]) -> String {
    let text = String::from_utf8_lossy(cell);
    let text = if at == 0 { text.trim_start_matches('\u{feff}') } else { &text };
    text.trim().to_owned()
}

pub(crate) fn csv_rows(
    input: impl Read,
    separator: u8,
    columns: &[&str],
    mut take: impl FnMut(&SourceRow),
) -> Result<(), TableError> {
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(input);
    let found = reader.byte_headers().map_err(io::Error::from)?;
    let headings: Vec<String> = found.iter().enumerate().map(|(at, cell)| heading(at, cell)).collect();
    let places = TableError::places(columns, &headings)?;
    let mut record = csv::ByteRecord::new();
    let mut row = SourceRow::default();
    while reader.read_byte_record(&mut record).map_err(io::Error::from)? {
        row.line = record.position().map_or(0, csv::Position::line);
        row.broken = (record.len() != headings.len())
            .then(|| format!("it has {} cells where the headings are {}", record.len(), headings.len()));
        row.cells.clear();
        for place in &places {
            let cell = record.get(*place);
            row.cells.push(cell.map(|cell| match std::str::from_utf8(cell) {
                Ok(text) => text.to_owned(),
                Err(_) => {
                    row.broken.get_or_insert_with(|| "it is not in UTF-8".to_owned());
                    String::new()
                }
            }));
        }
        row.whole.clear();
        for (at, cell) in record.iter().enumerate() {
            if at > 0 {
                row.whole.push(char::from(separator));
            }
            push_cell(&mut row.whole, &String::from_utf8_lossy(cell), separator);
        }
        take(&row);
    }
    Ok(())
}

/// A cell as CSV writes it.
fn push_cell(line: &mut String, cell: &str, separator: u8) {
    let needs_quotes = cell.contains([char::from(separator), '"', '\n', '\r']);
    if needs_quotes {
        line.push('"');
        line.push_str(&cell.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(cell);
    }
}

pub(crate) fn json_rows(
    input: impl Read,
    columns: &[&str],
    mut take: impl FnMut(&SourceRow),
) -> Result<(), TableError> {
    let mut reader = BufReader::new(input);
    let mut row = SourceRow::default();
    let mut line = Vec::new();
    let mut number = 0;
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        number += 1;
        row.line = number;
        row.whole = String::from_utf8_lossy(&line).trim_end().to_owned();
        if row.whole.trim().is_empty() {
            continue;
        }
        let object: Result<serde_json::Map<String, serde_json::Value>, _> = serde_json::from_slice(&line);
        match object {
            Ok(object) => {
                row.broken = None;
                row.cells = columns.iter().map(|column| object.get(*column).and_then(cell_of)).collect();
            }
            Err(_) => {
                row.broken = Some("it is not one JSON object".to_owned());
                row.cells = vec![None; columns.len()];
            }
        }
        take(&row);
    }
}

/// Each line that is not blank.
pub(crate) fn line_rows(input: impl Read, mut take: impl FnMut(&SourceRow)) -> Result<(), TableError> {
    let mut reader = BufReader::new(input);
    let mut row = SourceRow::default();
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        row.line += 1;
        row.broken = std::str::from_utf8(&line).is_err().then(|| "it is not in UTF-8".to_owned());
        row.whole = String::from_utf8_lossy(&line).trim_matches(['\u{feff}', '\r', '\n', ' ', '\t']).to_owned();
        line.clear();
        if !row.whole.is_empty() {
            row.cells = vec![Some(row.whole.clone())];
            take(&row);
        }
    }
    Ok(())
}

fn cell_of(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Array(items) => {
            let items: Vec<String> = items.iter().filter_map(cell_of).collect();
            Some(items.join(LIST_MARK.encode_utf8(&mut [0; 4])))
        }
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use crate::row::SourceRow;
    use crate::source::{TableForm, TableSource, each_row};

    fn source(text: &'static str) -> TableSource {
        TableSource::Stream(Box::new(text.as_bytes()))
    }

    fn rows(text: &'static str, form: &TableForm, columns: &[&str]) -> Vec<(u64, Vec<Option<String>>, Option<String>)> {
        let mut rows = Vec::new();
        let take = |row: &SourceRow| rows.push((row.line, row.cells.clone(), row.broken.clone()));
        each_row(source(text), form, columns, take).expect("a table");
        rows
    }

    #[test]
    fn line_breaks_in_quotes_and_rows_of_another_length() {
        let text = "\u{feff}id,what\n1,\"two\nlines\"\n2\n3,three\n";
        let read = rows(text, &TableForm::Csv { separator: b',' }, &["what", "id"]);
        assert_eq!(read.iter().map(|(line, ..)| *line).collect::<Vec<_>>(), [2, 4, 5]);
        assert_eq!(read[0].1, [Some("two\nlines".to_owned()), Some("1".to_owned())]);
        assert!(read[1].2.as_deref().is_some_and(|why| why.contains("1 cells where the headings are 2")));
    }

    #[test]
    fn a_missing_column_is_named_with_those_that_are_there() {
        let error = each_row(source("id,what\n"), &TableForm::Csv { separator: b',' }, &["place"], |_| {});
        assert_eq!(error.expect_err("no column").to_string(), "the table has no column `place`; it has `id`, `what`");
    }

    #[test]
    fn lists_of_json_are_one_cell() {
        let read = rows("{\"id\": 1, \"what\": [\"a\", \"b\"]}\n\nno\n", &TableForm::JsonLines, &["what", "id"]);
        assert_eq!(read[0].1, [Some("a\u{1f}b".to_owned()), Some("1".to_owned())]);
        assert_eq!((read[1].0, read[1].2.is_some()), (3, true));
    }
}
