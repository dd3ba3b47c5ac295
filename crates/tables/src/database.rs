//! SQLite file and a table or query -> rows. The file is only read, and nothing is left beside it.

use crate::row::{SourceRow, TableError, push_json};
use crate::source::{Selection, TableSource};
use heedful::text::{joined, nearest};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, ErrorCode, OpenFlags, Statement};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long another program that has the file locked is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

const BYTES: &str = "holds bytes (a BLOB), which are no text";
const NOT_UTF8: &str = "is not in UTF-8";

pub(crate) fn sqlite_headings(source: TableSource, selection: &Selection) -> Result<Vec<String>, TableError> {
    let connection = open(source)?;
    let query = prepared(&connection, selection)?;
    Ok(query.column_names().into_iter().map(str::to_owned).collect())
}

pub(crate) fn sqlite_rows(
    source: TableSource,
    selection: &Selection,
    asked: &[&str],
    mut take: impl FnMut(&SourceRow),
) -> Result<(), TableError> {
    let connection = open(source)?;
    let mut query = prepared(&connection, selection)?;
    let names: Vec<String> = query.column_names().into_iter().map(str::to_owned).collect();
    let places = TableError::places(asked, &names)?;
    if let Some(twice) = asked.iter().find(|name| names.iter().filter(|known| known == *name).count() > 1) {
        return Err(TableError::Unreadable(format!(
            "the query gives several columns `{twice}`: tell them apart with `as` in the query"
        )));
    }
    let mut rows = query.query([]).map_err(|error| in_words(&error))?;
    let mut row = SourceRow::default();
    while let Some(found) = rows.next().map_err(|error| in_words(&error))? {
        row.line += 1;
        row.broken = None;
        row.whole.clear();
        row.cells.clear();
        row.cells.resize(places.len(), None);
        for (number, name) in names.iter().enumerate() {
            let value = found.get_ref(number).map_err(|error| in_words(&error))?;
            let cell = text_of(value);
            let is_number = matches!(value, ValueRef::Integer(_) | ValueRef::Real(_));
            push_json(&mut row.whole, name, cell.as_ref().map(Option::as_deref), is_number, false);
            for (_, cell_of_row) in places.iter().zip(&mut row.cells).filter(|(place, _)| **place == number) {
                match &cell {
                    Ok(text) => cell_of_row.clone_from(text),
                    Err(why) => drop(row.broken.get_or_insert_with(|| format!("`{name}` {why}"))),
                }
            }
        }
        row.whole.push('}');
        take(&row);
    }
    Ok(())
}

/// A value with all its digits.
fn text_of(value: ValueRef<'_>) -> Result<Option<String>, &'static str> {
    match value {
        ValueRef::Null => Ok(None),
        ValueRef::Integer(number) => Ok(Some(number.to_string())),
        ValueRef::Real(number) => Ok(Some(number.to_string())),
        ValueRef::Text(text) => std::str::from_utf8(text).map(|text| Some(text.to_owned())).map_err(|_| NOT_UTF8),
        ValueRef::Blob(_) => Err(BYTES),
    }
}

fn open(source: TableSource) -> Result<Connection, TableError> {
    let TableSource::File(path) = source else {
        return Err(TableError::Unreadable("SQLite is read from a file: give the file's name".to_owned()));
    };
    let mut head = Vec::new();
    // SQLite would say of a file that is not there only that it cannot open it.
    File::open(&path)?.take(100).read_to_end(&mut head)?;
    if !head.starts_with(b"SQLite format 3\0") {
        return Err(TableError::Unreadable("it is no SQLite file".to_owned()));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = if keeps_a_log(&head) && !beside(&path, "-wal").exists() {
        // Nobody has it open, and to read it as if somebody had would leave two files beside it.
        Connection::open_with_flags(address(&path), flags | OpenFlags::SQLITE_OPEN_URI)
    } else {
        Connection::open_with_flags(&path, flags)
    };
    let connection = opened.map_err(|error| in_words(&error))?;
    connection.busy_timeout(PATIENCE).map_err(|error| in_words(&error))?;
    Ok(connection)
}

/// Whether changes are written to a log beside the file first (write-ahead logging), by the head of the file.
fn keeps_a_log(head: &[u8]) -> bool {
    head.get(18..20) == Some(&[2, 2])
}

/// `cad.sqlite-wal` of `cad.sqlite`.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// A file that nobody changes while it is read, as SQLite takes it.
fn address(path: &Path) -> String {
    let path = path.to_string_lossy().replace('\\', "/");
    let path = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let root = if path.get(1..2) == Some(":") { "/" } else { "" };
    format!("file:{root}{path}?immutable=1")
}

/// The statement that gives the rows.
fn prepared<'c>(connection: &'c Connection, selection: &Selection) -> Result<Statement<'c>, TableError> {
    let query = match selection {
        Selection::Query(query) if query.trim().is_empty() => {
            return Err(TableError::Unreadable("the query is empty: write one that begins with `select`".to_owned()));
        }
        Selection::Query(query) => {
            let query = connection.prepare(query).map_err(|error| in_words(&error))?;
            let wrong = match (query.readonly(), query.column_count()) {
                (false, _) => {
                    "the query changes the file, and heedful only reads it: write one that begins with `select`"
                }
                (true, 0) => "the query gives no rows: write one that begins with `select`",
                _ => return Ok(query),
            };
            return Err(TableError::Unreadable(wrong.to_owned()));
        }
        Selection::Table(name) => table(connection, Some(name))?,
        Selection::Only => table(connection, None)?,
    };
    let every = format!("select * from \"{}\"", query.replace('"', "\"\""));
    // By its own number, a row stands where it stood whatever indexes there are; a view, and some tables, have no such number.
    let by_number = connection.prepare(&format!("{every} order by rowid"));
    by_number.or_else(|_| connection.prepare(&every)).map_err(|error| in_words(&error))
}

/// The table of this name, or the only one.
fn table(connection: &Connection, name: Option<&str>) -> Result<String, TableError> {
    const TABLES: &str = "select name from sqlite_schema where type in ('table', 'view') and name not like 'sqlite\\_%' \
                          escape '\\' order by name";
    let found = connection.prepare(TABLES).and_then(|mut query| {
        let names = query.query_map([], |row| row.get::<_, String>(0))?;
        names.collect::<Result<Vec<String>, Error>>()
    });
    let tables = found.map_err(|error| in_words(&error))?;
    match (name, tables.as_slice()) {
        (Some(name), _) if tables.iter().any(|table| table == name) => Ok(name.to_owned()),
        (_, []) => Err(TableError::Unreadable("the file has no tables".to_owned())),
        (Some(name), _) => {
            let near = nearest(name, tables.iter().map(String::as_str));
            let help = near
                .map_or_else(|| format!("it has {}", joined(&tables, "and")), |near| format!("did you mean `{near}`?"));
            Err(TableError::Unreadable(format!("the file has no table `{name}`; {help}")))
        }
        (None, [only]) => Ok(only.clone()),
        (None, _) => Err(TableError::Unreadable(format!(
            "the file has several tables, {}: say which is meant, as `table`",
            joined(&tables, "and")
        ))),
    }
}

fn in_words(error: &Error) -> TableError {
    let said = match error {
        Error::SqliteFailure(failure, said) => {
            let said = said.clone().unwrap_or_else(|| failure.to_string());
            match failure.code {
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
                    "another program has it locked: try again once that has finished".to_owned()
                }
                ErrorCode::NotADatabase => "it is no SQLite file".to_owned(),
                ErrorCode::DatabaseCorrupt => format!("the file is damaged: {said}"),
                ErrorCode::ReadOnly | ErrorCode::CannotOpen => format!(
                    "it cannot be read as it is: {said}. A program may have stopped while it wrote; open it once with that program, or copy it with what lies beside it"
                ),
                _ => said,
            }
        }
        Error::SqlInputError { msg, .. } => format!("the query cannot be run: {msg}"),
        Error::MultipleStatement => "the query is more than one statement: write one".to_owned(),
        other => other.to_string(),
    };
    TableError::Unreadable(said)
}
