//! Rows of numbers, bytes and texts -> statements that SQLite and PostgreSQL both take.

use crate::store::RecordError;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, Arguments, Row};

/// One value of a row.
#[derive(Clone, Debug)]
pub(crate) enum Cell {
    Number(u64),
    /// A number that may be below zero: a time.
    Signed(i64),
    OptionalSigned(Option<i64>),
    Bytes(Vec<u8>),
    Text(String),
    OptionalText(Option<String>),
}

/// How many values one statement may have: the least that either allows is 32,766.
const MOST_VALUES: usize = 30_000;

/// The statements that insert rows, as few as may be: `insert into TABLE (COLUMNS) values ($1, …), …`.
pub(crate) fn inserts(table: &str, columns: &[&str], rows: Vec<Vec<Cell>>) -> Vec<(String, Vec<Cell>)> {
    let most = (MOST_VALUES / columns.len().max(1)).max(1);
    let begin = format!("INSERT INTO {table} ({}) VALUES ", columns.join(", "));
    let mut statements = Vec::new();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let (mut text, mut values) = (begin.clone(), Vec::new());
        for (number, row) in rows.by_ref().take(most).enumerate() {
            text.push_str(if number == 0 { "(" } else { ", (" });
            text.push_str(&places(values.len(), row.len()));
            text.push(')');
            values.extend(row);
        }
        statements.push((text, values));
    }
    statements
}

/// `$4, $5, $6`: the places of so many values, after others.
pub(crate) fn places(before: usize, count: usize) -> String {
    let places: Vec<String> = (before + 1..=before + count).map(|place| format!("${place}")).collect();
    places.join(", ")
}

/// A statement with its values in their places.
pub(crate) fn query<'q>(text: &'q str, values: &[Cell]) -> Result<Query<'q, Any, AnyArguments>, RecordError> {
    let mut arguments = AnyArguments::default();
    for value in values {
        let added = match value {
            Cell::Number(number) => arguments.add(i64::try_from(*number).map_err(|_| RecordError::Damaged)?),
            Cell::Signed(number) => arguments.add(*number),
            Cell::OptionalSigned(number) => arguments.add(*number),
            Cell::Bytes(bytes) => arguments.add(bytes.clone()),
            Cell::Text(text) => arguments.add(text.clone()),
            Cell::OptionalText(text) => arguments.add(text.clone()),
        };
        added.map_err(|error| RecordError::Store(sqlx::Error::Encode(error)))?;
    }
    Ok(sqlx::query_with(sqlx::AssertSqlSafe(text), arguments))
}

/// The number in a column.
pub(crate) fn number(row: &AnyRow, column: &str) -> Result<u64, RecordError> {
    let number: i64 = row.try_get(column)?;
    u64::try_from(number).map_err(|_| RecordError::Damaged)
}
