//! The same tables as Parquet and in a SQLite file tell of the same events, whatever form they have.

use super::policy;
use heedful_history::{Intake, Loaded, PastEvent, load, read_mapping};
use heedful_tables::{SourceRow, TableForm, TableSource, each_row, headings};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

type Cells = Vec<Vec<Option<String>>>;

/// The headings of a table and its rows, without those of another length: no other form can have them.
fn cells(path: &Path) -> (Vec<String>, Cells) {
    let form = TableForm::of_name(&path.to_string_lossy(), b',');
    let names = headings(TableSource::file(path), &form).expect("headings");
    let asked: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut rows = Vec::new();
    let take = |row: &SourceRow| rows.extend(row.broken.is_none().then(|| row.cells.clone()));
    each_row(TableSource::file(path), &form, &asked, take).expect("a table");
    (names, rows)
}

fn as_parquet(path: &Path, (names, rows): &(Vec<String>, Cells)) {
    let columns: String = names.iter().map(|name| format!("optional binary {name} (STRING); ")).collect();
    let schema = Arc::new(parse_message_type(&format!("message rows {{ {columns} }}")).expect("a schema"));
    let properties = Arc::new(WriterProperties::builder().build());
    let mut file =
        SerializedFileWriter::new(fs::File::create(path).expect("a file"), schema, properties).expect("a file");
    // Several groups of rows, as long files have them.
    for rows in rows.chunks(3) {
        let mut group = file.next_row_group().expect("a group");
        for at in 0..names.len() {
            let cells: Vec<Option<&str>> = rows.iter().map(|row| row.get(at).and_then(Option::as_deref)).collect();
            let levels: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
            let values: Vec<ByteArray> = cells.into_iter().flatten().map(ByteArray::from).collect();
            let mut column = group.next_column().expect("a column").expect("a column");
            column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None).expect("room");
            column.close().expect("room");
        }
        group.close().expect("room");
    }
    file.close().expect("room");
}

fn as_sqlite(connection: &Connection, table: &str, (names, rows): &(Vec<String>, Cells)) {
    let columns: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    connection.execute(&format!("create table \"{table}\"({})", columns.join(", ")), []).expect("a table");
    let places = vec!["?"; names.len()].join(", ");
    for row in rows {
        let put = format!("insert into \"{table}\" values({places})");
        connection.execute(&put, rusqlite::params_from_iter(row)).expect("a row");
    }
}

fn events(loaded: Loaded) -> Vec<PastEvent> {
    let mut sorted = loaded.into_events().expect("events in memory");
    std::iter::from_fn(|| sorted.next_event().expect("events in memory")).collect()
}

/// What became of the rows, without where they stand.
fn told(loaded: Loaded) -> String {
    let counts = |rows: &BTreeMap<String, heedful_history::RowTally>| {
        let kept = rows.iter().filter(|(why, _)| !why.contains("cells where the headings"));
        kept.map(|(why, rows)| format!("{why}: {}\n", rows.count)).collect::<String>()
    };
    let intake = |intake: &Intake| {
        let Intake { used, left_out, refused, noted, unmapped, unknown, broken, .. } = intake;
        format!("{used} {left_out} {broken:?} {unmapped:?} {unknown:?}\n{}{}", counts(refused), counts(noted))
    };
    let said = loaded.intakes.iter().map(intake).collect::<String>() + &format!("{:?}\n", loaded.kinds);
    events(loaded).iter().fold(said, |said, event| format!("{said}{event:?}\n"))
}

#[test]
fn every_table_in_every_form() {
    let policy = policy();
    let mut forms = 0;
    insta::glob!("tables/*/map.yaml", |map| {
        let text = fs::read_to_string(map).expect("a mapping");
        let from = map.parent().expect("a folder");
        let loaded_from = |text: &str, folder: &Path| {
            let mapping =
                read_mapping(text, policy.vocabulary(), policy.zone()).unwrap_or_else(|why| panic!("{why:?}"));
            told(load(&mapping, |file| TableSource::file(folder.join(file)), |_: &str, _: &SourceRow, _: &str| {}))
        };
        let Ok(mapping) = read_mapping(&text, policy.vocabulary(), policy.zone()) else { return };
        let folder = tempfile::tempdir().expect("a folder");
        let connection = Connection::open(folder.path().join("all.sqlite")).expect("a file");
        let (mut parquet, mut tables, mut queries) = (text.clone(), text.clone(), text.clone());
        for table in &mapping.tables {
            let (name, _) = table.file.split_once('.').expect("an ending");
            let rows = cells(&from.join(&table.file));
            as_parquet(&folder.path().join(format!("{name}.parquet")), &rows);
            as_sqlite(&connection, name, &rows);
            let named = format!("file: {}", table.file);
            parquet = parquet.replace(&named, &format!("file: {name}.parquet"));
            tables = tables.replace(&named, &format!("file: all.sqlite\n    table: {name}"));
            queries = queries.replace(&named, &format!("file: all.sqlite\n    query: select * from {name}"));
        }
        let wanted = loaded_from(&text, from);
        for text in [parquet, tables, queries] {
            similar(&loaded_from(&text, folder.path()), &wanted, &text);
            forms += 1;
        }
    });
    assert!(forms >= 12, "{forms}");
}

fn similar(found: &str, wanted: &str, text: &str) {
    let differs = found.lines().zip(wanted.lines()).find(|(found, wanted)| found != wanted);
    assert!(found == wanted, "{text}\n{differs:?}");
}

/// Times that a table keeps as such need no format, and one that the mapping gives is for texts; clock times are of the mapping's zone.
#[test]
fn times_as_such() {
    let folder = tempfile::tempdir().expect("a folder");
    let schema = "message calls { required binary id (STRING); required int64 utc (TIMESTAMP(MILLIS, true));
                  required int64 local (TIMESTAMP(MICROS, false)); required int32 day (DATE); }";
    let schema = Arc::new(parse_message_type(schema).expect("a schema"));
    let path = folder.path().join("calls.parquet");
    let file = fs::File::create(&path).expect("a file");
    let mut file = SerializedFileWriter::new(file, schema, Arc::default()).expect("a file");
    let mut group = file.next_row_group().expect("a group");
    let mut column = group.next_column().expect("a column").expect("a column");
    let ids: Vec<ByteArray> = ["summer", "twice", "skipped"].map(ByteArray::from).to_vec();
    column.typed::<ByteArrayType>().write_batch(&ids, None, None).expect("room");
    column.close().expect("room");
    // 1 July 2026 12:00:00.25, 25 October 2026 01:30, 29 March 2026 01:30.
    let clocks = [1_782_907_200_250, 1_792_891_800_000, 1_774_747_800_000];
    for values in [clocks.to_vec(), clocks.map(|millis| millis * 1000).to_vec()] {
        let mut column = group.next_column().expect("a column").expect("a column");
        column.typed::<Int64Type>().write_batch(&values, None, None).expect("room");
        column.close().expect("room");
    }
    let mut column = group.next_column().expect("a column").expect("a column");
    column.typed::<parquet::data_type::Int32Type>().write_batch(&[20_635, 20_636, 20_637], None, None).expect("room");
    column.close().expect("room");
    group.close().expect("room");
    file.close().expect("room");
    let policy = policy();
    let mut said = String::new();
    for at in ["utc", "{column: utc, format: '%d/%m/%Y'}", "local", "{column: local, zone: America/Chicago}", "day"] {
        let text = format!("tables: [{{file: calls.parquet, record: call, decide: yes, id: id, at: {at}}}]");
        let mapping = read_mapping(&text, policy.vocabulary(), policy.zone()).expect("a sound mapping");
        let loaded = load(&mapping, |_| TableSource::file(&path), |_: &str, _: &SourceRow, _: &str| {});
        said.push_str(&format!("at: {at}\n"));
        for (why, rows) in loaded.intakes.iter().flat_map(|intake| intake.refused.iter().chain(&intake.noted)) {
            said.push_str(&format!("  {why}: {:?}\n", rows.lines));
        }
        for event in events(loaded) {
            let at = policy.zone().format(event.at.at);
            said.push_str(&format!("  {} at {at}, fraction {:?}\n", event.id, event.at.fraction));
        }
    }
    insta::assert_snapshot!("times", said);
}
