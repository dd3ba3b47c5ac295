//! Turns a file of published calls for service into cases, one line of JSON for each call: the call, and every
//! earlier call at its place as its history.
//!
//! Reads CSV with the columns `id,at,place,kind` on standard input, in any order of time, and writes the cases in
//! order of time. A call without a place has a history that is not available, for nobody knows where to look.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, BufWriter, Write};

/// One row of the file.
#[derive(Clone, Debug, serde::Deserialize)]
struct Row {
    id: String,
    at: String,
    place: String,
    kind: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut rows: Vec<(jiff::Timestamp, Row)> = Vec::new();
    for row in csv::Reader::from_reader(io::stdin()).deserialize() {
        let row: Row = row?;
        rows.push((row.at.parse()?, row));
    }
    rows.sort_by(|one, other| (one.0, &one.1.id).cmp(&(other.0, &other.1.id)));

    let mut out = BufWriter::new(io::stdout().lock());
    let mut earlier: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (_, row) in &rows {
        let call = record(row)?;
        let mut history = Map::new();
        if !row.place.is_empty() {
            let calls = earlier.entry(row.place.clone()).or_default();
            history.insert("calls".to_owned(), Value::Array(calls.clone()));
            calls.push(Value::Object(call.clone()));
        }
        serde_json::to_writer(&mut out, &json!({"call": call, "history": history}))?;
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}

/// A row as a call of the vocabulary; an empty place is left out, which makes it unknown.
fn record(row: &Row) -> Result<Map<String, Value>, String> {
    let kind = match row.kind.as_str() {
        "Disturbance Family" => "disturbance",
        "Disturbance Family Gun Involved" => "gun",
        "Disturbance Family Knife Involved" => "knife",
        "Violation of Protective Order" => "order-violation",
        other => return Err(format!("call {}: no kind is known as `{other}`", row.id)),
    };
    let mut call = Map::new();
    call.insert("id".to_owned(), json!(row.id));
    call.insert("at".to_owned(), json!(row.at));
    call.insert("kind".to_owned(), json!(kind));
    if !row.place.is_empty() {
        call.insert("place".to_owned(), json!(row.place));
    }
    Ok(call)
}
