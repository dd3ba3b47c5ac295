//! `heedful replay` and `heedful map` as an analyst runs them, on a few invented rows.

use crate::support::root;
use crate::watch::command::heedful;
use std::fs;
use std::process::Output;
use tempfile::TempDir;

const CALLS: &str = "\
id,at,place,kind,given
row-4,2025-11-02T01:30:00-06:00,100 EXAMPLE ST,Disturbance Family,P2
row-1,2025-11-01T23:00:00-05:00,100 EXAMPLE ST,Disturbance Family,P3
row-3,2025-11-02T01:15:00-06:00,,Disturbance Family,P3
row-2,2025-11-02T01:10:00-06:00,100 example st ,Disturbance Family Knife Involved,P2
row-5,2025-11-09T01:30:00-06:00,100 EXAMPLE ST,Violation of Protective Order,P1
row-6,yesterday,100 EXAMPLE ST,Violation of Protective Order,P1
row-7,2025-11-12T02:00:00-06:00,200 EXAMPLE ST,Something Else,P9
";

/// What the control room gave them.
const GIVEN: &str = "    given: {grade: {column: given, codes: {P1: immediate, P2: priority, P3: scheduled}}}\n";

/// A folder with the policy of the published calls, another draft of it, its mapping, and a table.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["rules", "draft"] {
        fs::create_dir(folder.path().join(name)).expect("a folder");
        for file in ["policy.heed", "vocabulary.heed"] {
            let text = fs::read_to_string(root("examples/public-calls").join(file)).expect("a file");
            let text = match name {
                "draft" => text.replace("repeat-calls is 3 calls", "repeat-calls is 2 calls"),
                _ => text,
            };
            fs::write(folder.path().join(name).join(file), text).expect("a file");
        }
    }
    let map = fs::read_to_string(root("examples/public-calls/map.yaml")).expect("a mapping");
    fs::write(folder.path().join("map.yaml"), map.replace("calls.csv.gz", "calls.csv") + GIVEN).expect("a file");
    fs::write(folder.path().join("calls.csv"), CALLS).expect("a file");
    folder
}

fn run(folder: &TempDir, args: &[&str]) -> String {
    let Output { status, stdout, stderr } = heedful(folder.path(), args).output().expect("the program runs");
    let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    format!("$ heedful {}\n{stdout}{stderr}exit {}\n", args.join(" "), status.code().expect("a code"))
}

#[test]
fn what_a_report_says() {
    let folder = folder();
    let report = run(
        &folder,
        &[
            "replay",
            "--policy",
            "rules",
            "--against",
            "draft",
            "--map",
            "map.yaml",
            "--by",
            "kind",
            "--hide-below",
            "2",
            "--followed",
            "place within 2 days",
            "--sweep",
            "repeat-calls",
            "--refused",
            "refused.txt",
            "--report",
            "report.html",
        ],
    );
    let refused = fs::read_to_string(folder.path().join("refused.txt")).expect("the refused rows");
    insta::assert_snapshot!("replay", format!("{report}\nrefused.txt\n{refused}"));
    let page = fs::read_to_string(folder.path().join("report.html")).expect("a page");
    assert!(page.contains("<svg") && page.contains("The numbers") && !page.contains("http-equiv"));
    // It needs nothing from anywhere else.
    let links = page.matches("src=").count() + page.matches("href=").count();
    assert_eq!(links, 0);
}

#[test]
fn the_cases_that_it_writes_are_decided_alike() {
    let folder = folder();
    run(&folder, &["replay", "--policy", "rules", "--map", "map.yaml", "--cases", "cases.jsonl"]);
    let decided = run(&folder, &["decide", "--policy", "rules", "--format", "json", "cases.jsonl"]);
    let json = run(&folder, &["replay", "--policy", "rules", "--map", "map.yaml", "--format", "json"]);
    let json = json.lines().skip(1).take_while(|line| !line.starts_with("exit")).collect::<Vec<_>>().join("\n");
    let report: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    for rule in report["policies"][0]["rules"].as_array().expect("rules") {
        let name = rule["rule"].as_str().expect("a name");
        let fired = decided.matches(&format!("{{\"rule\":\"{name}\",\"because\"")).count() as u64;
        assert_eq!(rule["fired"], fired, "{name}");
    }
}

#[test]
fn a_mapping_is_drafted_and_checked() {
    let folder = folder();
    let guessed = run(&folder, &["map", "--policy", "rules", "--guess", "calls.csv"]);
    let checked = run(&folder, &["map", "--policy", "rules", "--check", "map.yaml", "--show", "1"]);
    let text = fs::read_to_string(folder.path().join("map.yaml")).expect("a mapping");
    fs::write(folder.path().join("map.yaml"), text.replace("disturbance\n", "disturbanse\n")).expect("a file");
    let wrong = run(&folder, &["map", "--policy", "rules", "--check", "map.yaml"]);
    let history = run(&folder, &["schema", "--policy", "rules", "--history"]);
    insta::assert_snapshot!("map", [guessed, checked, wrong, history].join("\n"));
}

#[test]
fn a_table_that_cannot_be_read_makes_its_records_unavailable() {
    let folder = folder();
    fs::remove_file(folder.path().join("calls.csv")).expect("a file");
    let report = run(&folder, &["replay", "--policy", "rules", "--map", "map.yaml"]);
    assert!(report.contains("could not be read") && report.ends_with("exit 1\n"), "{report}");
}
