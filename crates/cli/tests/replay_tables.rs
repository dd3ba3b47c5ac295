//! `heedful replay` with tables in other forms than text, and with its decisions as a table: each tells what the others tell.

use crate::replay::{folder, run};
use crate::support::root;
use rusqlite::Connection;
use std::fs;
use tempfile::TempDir;

fn read(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).expect("a file")
}

fn map_with(folder: &TempDir, name: &str, file: &str, more: &str) {
    let map = read(folder, "map.yaml").replace("file: calls.csv", &format!("file: {file}"));
    fs::write(folder.path().join(name), map + more).expect("a file");
}

/// The rows of the table, in a SQLite file.
fn as_sqlite(folder: &TempDir) {
    let connection = Connection::open(folder.path().join("cad.sqlite")).expect("a file");
    let text = read(folder, "calls.csv");
    let mut lines = text.lines();
    connection.execute(&format!("create table calls({})", lines.next().expect("headings")), []).expect("a table");
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        connection
            .execute("insert into calls values(?, ?, ?, ?, ?)", rusqlite::params_from_iter(cells))
            .expect("a row");
    }
    connection.execute("create table people(name text)", []).expect("a table");
}

#[test]
fn a_table_of_sqlite_tells_what_its_text_tells() {
    let folder = folder();
    as_sqlite(&folder);
    let text = run(&folder, &["replay", "--policy", "rules", "--map", "map.yaml", "--decisions", "text.jsonl"]);
    map_with(&folder, "table.yaml", "cad.sqlite\n    table: calls", "");
    map_with(&folder, "query.yaml", "cad.sqlite\n    query: select * from calls where id <> 'row-9'", "");
    for name in ["table", "query"] {
        let args = ["replay", "--policy", "rules", "--map", &format!("{name}.yaml"), "--decisions", "other.jsonl"];
        let other = run(&folder, &args);
        // A row has its number where a text has its line.
        let without_lines = |report: &str| -> Vec<String> {
            let lines = report.replace("cad.sqlite", "calls.csv");
            lines.lines().skip(1).map(|line| line.split(" (line ").next().expect("a part").to_owned()).collect()
        };
        assert_eq!(without_lines(&other), without_lines(&text), "{name}");
        assert_eq!(read(&folder, "other.jsonl"), read(&folder, "text.jsonl"), "{name}");
    }
    let guessed = [
        run(&folder, &["map", "--policy", "rules", "--guess", "cad.sqlite"]),
        run(&folder, &["map", "--policy", "rules", "--guess", "cad.sqlite", "--table", "call"]),
        run(&folder, &["map", "--policy", "rules", "--guess", "cad.sqlite", "--table", "calls"]),
    ];
    fs::write(folder.path().join("cad.sqlite"), "no such thing").expect("a file");
    let broken = run(&folder, &["map", "--policy", "rules", "--check", "query.yaml"]);
    map_with(&folder, "query.yaml", "calls.csv\n    query: select 1", "");
    let misplaced = run(&folder, &["map", "--policy", "rules", "--check", "query.yaml"]);
    insta::assert_snapshot!("sqlite", [guessed.join("\n"), broken, misplaced].join("\n"));
}

#[test]
fn decisions_are_written_in_each_form() {
    let folder = folder();
    let args = ["replay", "--policy", "rules", "--against", "draft", "--map", "map.yaml", "--decisions"];
    let written = |name: &str| {
        run(&folder, &[&args[..], &[name]].concat());
        fs::read(folder.path().join(name)).expect("a file")
    };
    for name in ["first.parquet", "first.csv", "first.csv.gz", "first.jsonl.gz"] {
        assert_eq!(written(name), written(&name.replace("first", "second")), "{name}");
    }
    let text = |name: &str| String::from_utf8(written(name)).expect("text");
    let refused = run(&folder, &[&args[..], &["decisions.xlsx"]].concat());
    insta::assert_snapshot!("decisions", [text("first.csv"), text("first.jsonl"), refused].join("\n"));
}

/// The table of decisions is one that the next replay can be set beside.
#[test]
fn decisions_can_be_read_again() {
    let folder = folder();
    for name in ["decisions.parquet", "decisions.csv.gz", "decisions.jsonl"] {
        run(&folder, &["replay", "--policy", "rules", "--map", "map.yaml", "--decisions", name]);
        let beside = format!(
            "beside:\n  - file: {name}\n    id: call_id\n    given: {{grade: grade, referrals: {{column: referrals, split: \";\", none: [\"\"]}}}}\n"
        );
        map_with(&folder, "again.yaml", "calls.csv", &beside);
        let report = run(&folder, &["replay", "--policy", "rules", "--map", "again.yaml", "--format", "json"]);
        let json: String = report.lines().skip(1).take_while(|line| !line.starts_with("exit")).collect();
        let report: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        let told = report["beside"].as_array().expect("what was read beside");
        assert_eq!((&told[0]["rows"], &told[0]["used"]), (&6.into(), &6.into()), "{name}: {told:?}");
        let compared = report["policies"][0]["beside"].as_array().expect("what is set beside");
        let own: Vec<_> = compared.iter().filter(|one| one["file"] == name).collect();
        let abouts: Vec<_> = own.iter().map(|one| &one["about"]).collect();
        assert_eq!(abouts, ["grade", "referrals"], "{name}");
        for set in own.iter().flat_map(|one| one["sets"].as_array().expect("values")) {
            assert_eq!(set["equal"], true, "{name}: {set}");
        }
        assert_eq!(own[1]["sets"][0]["both"], 2, "{name}");
    }
}

/// The example of published incidents, on invented rows: time and place from several columns, and an hour that the clocks skipped.
#[test]
fn published_incidents_from_a_query() {
    let folder = tempfile::tempdir().expect("a folder");
    let connection = Connection::open(folder.path().join("incidents.sqlite")).expect("a file");
    connection
        .execute_batch(
            "create table incidents(occurrencedate, occurrencehour, premises_type, MCI, Lat, Long);
             insert into incidents values
               ('2020/03/20 04:00:00+00', '9', 'House', 'Assault', '43.1', '-79.1'),
               ('2020/03/01 05:00:00+00', '23', 'Apartment', 'Assault', '43.1', '-79.1'),
               ('2020/03/08 05:00:00+00', '2', 'House', 'Assault', '43.1', '-79.1'),
               ('2020/03/02 05:00:00+00', '0', 'House', 'Assault', '43.1', '-79.1'),
               ('2020/03/02 05:00:00+00', '1', 'House', 'Assault', '43.1', '-79.2'),
               ('2020/03/02 05:00:00+00', '1', 'House', 'Break and Enter', '43.1', '-79.1'),
               ('2020/03/16 04:00:00+00', '1', 'House', 'Break and Enter', '43.1', '-79.1');",
        )
        .expect("rows");
    let example = root("examples/public-incidents");
    let (policy, map) = (example.display().to_string(), example.join("map.yaml").display().to_string());
    let args = [
        "replay",
        "--policy",
        &policy,
        "--map",
        &map,
        "incidents.sqlite",
        "--decisions",
        "d.csv",
        "--refused",
        "r.txt",
    ];
    run(&folder, &args);
    insta::assert_snapshot!("incidents", format!("{}\n{}", read(&folder, "d.csv"), read(&folder, "r.txt")));
}
