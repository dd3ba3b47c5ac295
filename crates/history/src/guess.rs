//! A table and a vocabulary -> the text of a first mapping, commented, for a person to correct.

use heedful::model::{Field, Type, Vocabulary};
use heedful::text::{heard, nearest};
use heedful::time::{Instant, Zone};
use heedful_tables::{Selection, SourceRow, TableError, TableForm, TableSource, each_row, headings as headings_of};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

/// How many rows are looked at.
const ROWS: usize = 1_000;
/// A column of no more different values than this holds codes.
const MOST_CODES: usize = 30;

/// How times are written in tables, likeliest first.
const FORMATS: [&str; 10] = [
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%d %b %Y %H:%M",
    "%d/%m/%Y",
    "%Y-%m-%d",
];

/// What a column holds, as far as its first rows tell.
struct GuessedColumn {
    name: String,
    filled: usize,
    values: BTreeMap<String, usize>,
    /// The formats that fit nearly every value; the first is the likeliest, and empty is RFC 3339.
    formats: Vec<&'static str>,
    /// Whether its cells hold times as such, which need no format.
    is_time: bool,
}

/// What is looked at, and what its rows are.
#[derive(Clone, Copy, Debug)]
pub struct Guessed<'a> {
    /// The file of the table.
    pub path: &'a Path,
    /// Which table of a SQLite file.
    pub table: Option<&'a str>,
    /// The kind of record of its rows.
    pub record: &'a str,
}

/// Writes a first mapping of a table.
///
/// # Errors
/// When the table cannot be read; where a SQLite file has several and none is named, says which.
pub fn guess(asked: &Guessed<'_>, vocabulary: &Vocabulary, zone: &Zone) -> Result<String, TableError> {
    let path = asked.path;
    let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let form = match asked.table {
        Some(table) => TableForm::Sqlite(Selection::Table(table.to_owned())),
        None => TableForm::of_name(&file, b','),
    };
    let names = headings_of(TableSource::file(path), &form)?;
    let headings: Vec<&str> = names.iter().map(String::as_str).collect();
    // Where cells have types, one that cannot be read says nothing of those beside it.
    let has_types = matches!(form, TableForm::Parquet | TableForm::Sqlite(_));
    let mut columns: Vec<GuessedColumn> = names
        .iter()
        .map(|name| GuessedColumn {
            name: name.clone(),
            filled: 0,
            values: BTreeMap::new(),
            formats: Vec::new(),
            is_time: false,
        })
        .collect();
    let mut rows = 0;
    each_row(TableSource::file(path), &form, &headings, |row: &SourceRow| {
        if rows < ROWS && (has_types || row.broken.is_none()) {
            rows += 1;
            for (column, is_time) in columns.iter_mut().zip(&row.times) {
                column.is_time = *is_time;
            }
            for (column, cell) in columns.iter_mut().zip(&row.cells) {
                if let Some(cell) = cell.as_deref().map(str::trim).filter(|cell| !cell.is_empty()) {
                    column.filled += 1;
                    *column.values.entry(cell.to_owned()).or_default() += 1;
                }
            }
        }
    })?;
    columns.iter_mut().for_each(|column| column.formats = formats_of(column, zone));
    Ok(written(&file, asked, rows, &columns, vocabulary, zone))
}

fn formats_of(column: &GuessedColumn, zone: &Zone) -> Vec<&'static str> {
    let values = || column.values.keys();
    if column.values.is_empty() {
        return Vec::new();
    }
    if column.is_time {
        return vec![""];
    }
    // A few cells hold something else in every table.
    let fit =
        |is_time: &dyn Fn(&str) -> bool| values().filter(|value| is_time(value)).count() * 5 >= column.values.len() * 4;
    let rfc3339 = fit(&|value| Instant::parse(value).is_ok()).then_some("");
    let fitting = FORMATS.into_iter().filter(|format| fit(&|value| zone.read_local(value, format).is_ok()));
    rfc3339.into_iter().chain(fitting).collect()
}

fn written(
    file: &str,
    asked: &Guessed<'_>,
    rows: usize,
    columns: &[GuessedColumn],
    vocabulary: &Vocabulary,
    zone: &Zone,
) -> String {
    let record = asked.record;
    let kind = vocabulary.record(record).and_then(|kind| vocabulary.records.get(kind.index()));
    let is_call = kind.is_none_or(|kind| kind.is_call);
    let facts = vocabulary.call.iter().filter(|_| is_call);
    let mut fields: Vec<&Field> = facts.chain(kind.iter().flat_map(|kind| &kind.fields)).collect();
    let mut seen = BTreeSet::new();
    fields.retain(|field| seen.insert(field.name.as_str()));
    let mut out = String::new();
    let _ = writeln!(
        out,
        "# A first mapping of {file}, guessed from its columns and its first {rows} rows. Look at every line."
    );
    let _ = writeln!(out, "# heedful map --check says what it makes of the table.");
    let _ = writeln!(out, "zone: {}   # of times without an offset", zone.name());
    let _ = writeln!(out, "missing: [\"\", N/A, NULL]   # cells that say nothing");
    let _ = writeln!(out, "tables:");
    let _ = writeln!(out, "  - file: {}", quoted(file));
    if let Some(table) = asked.table {
        let _ = writeln!(out, "    table: {}", quoted(table));
    }
    let _ = writeln!(out, "    record: {record}");
    if is_call {
        let _ = writeln!(out, "    decide: yes   # each row is a call that a replay decides");
    }
    let id = columns
        .iter()
        .filter(|column| column.formats.is_empty() && column.filled > 0 && column.values.len() == column.filled)
        .max_by_key(|column| sounds_like_an_id(&column.name));
    let at = columns.iter().find(|column| !column.formats.is_empty() && column.filled == rows);
    let _ = match id {
        Some(id) => writeln!(out, "    id: {}   # no two rows have the same", quoted(&id.name)),
        None => writeln!(out, "    id: \"\"   # no column has another value in every row: which one tells them apart?"),
    };
    let _ = match at {
        Some(at) => writeln!(out, "    at: {}", time(at)),
        None => writeln!(out, "    at: \"\"   # no column holds a time in every row: when did it happen?"),
    };
    let taken: BTreeSet<&str> = id.iter().chain(&at).map(|column| column.name.as_str()).collect();
    let mut left: Vec<&GuessedColumn> = columns.iter().filter(|column| !taken.contains(column.name.as_str())).collect();
    let _ = writeln!(out, "    values:");
    let mut any = false;
    for field in fields {
        let own = heard(&field.name);
        let exact = left.iter().position(|column| heard(&column.name) == own);
        let near = || {
            let names: Vec<String> = left.iter().map(|column| heard(&column.name)).collect();
            let near = nearest(&own, names.iter().map(String::as_str))?;
            names.iter().position(|name| name == near)
        };
        if let Some(place) = exact.or_else(near) {
            value(&mut out, field, left.remove(place));
            any = true;
        }
    }
    if !any {
        let _ = writeln!(out, "      # no column has the name of something in the vocabulary");
    }
    if !left.is_empty() {
        let _ = writeln!(out, "    # Columns that nothing is taken from yet:");
        for column in left {
            let _ = writeln!(
                out,
                "    #   {}: filled in {} rows, {} different values",
                column.name,
                column.filled,
                column.values.len()
            );
        }
    }
    out
}

fn sounds_like_an_id(name: &str) -> usize {
    let name = heard(name);
    ["id", "ref", "number", "no", "urn"]
        .into_iter()
        .filter(|word| name.split(['-', ' ']).any(|part| part.contains(word)))
        .count()
}

fn time(column: &GuessedColumn) -> String {
    match column.formats.as_slice() {
        [] | ["", ..] => quoted(&column.name),
        [format] => format!("{{column: {}, format: \"{format}\"}}", quoted(&column.name)),
        [format, others @ ..] => {
            format!(
                "{{column: {}, format: \"{format}\"}}   # {} fits too: which is it?",
                quoted(&column.name),
                others.join(" and ")
            )
        }
    }
}

fn value(out: &mut String, field: &Field, column: &GuessedColumn) {
    let name = &field.name;
    match &field.ty {
        Type::Choice { .. } | Type::Flags { .. } | Type::YesNo if column.values.len() <= MOST_CODES => {
            let yes_or_no = ["yes".to_owned(), "no".to_owned()];
            let values = if field.ty == Type::YesNo { &yes_or_no[..] } else { field.values() };
            let _ = writeln!(out, "      {name}:\n        column: {}", quoted(&column.name));
            let _ = writeln!(out, "        codes:   # each stands for one of {}, or for unknown", values.join(", "));
            for (code, rows) in &column.values {
                let own = heard(code);
                let meant = values.iter().find(|value| heard(value) == own);
                let meant = meant.map(String::as_str).or_else(|| nearest(code, values.iter().map(String::as_str)));
                let _ = writeln!(out, "          {}: {}   # {rows} rows", quoted(code), meant.unwrap_or("unknown"));
            }
        }
        Type::Time { .. } if !column.formats.is_empty() => {
            let _ = writeln!(out, "      {name}: {}", time(column));
        }
        _ => {
            let _ =
                writeln!(out, "      {name}: {}   # {} different values", quoted(&column.name), column.values.len());
        }
    }
}

/// A text as YAML takes it without taking it for something else.
fn quoted(text: &str) -> String {
    let is_plain = text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.' | '/' | ' '))
        && !text.ends_with(' ')
        && !["yes", "no", "true", "false", "null", "y", "n", "on", "off"].contains(&text.to_lowercase().as_str());
    if is_plain { text.to_owned() } else { format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")) }
}
