//! Each folder of `tables` holds a mapping and its tables; the snapshot beside it shows what became of the rows, and the cases.

#![expect(clippy::expect_used, clippy::panic, reason = "tests say what they expect by failing")]

mod other_forms;

use heedful::engine::{Input, Snapshot, load as load_policy};
use heedful_history::{Gatherer, Timeline, load, read_mapping};
use heedful_tables::{SourceRow, TableSource};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

fn policy() -> Snapshot {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tables/policy.heed");
    let text = fs::read_to_string(path).expect("a policy");
    let (vocabulary, rules) = text.split_once("policy \"Tables\"").expect("a vocabulary and a policy");
    let inputs =
        [Input::new("vocabulary.heed", vocabulary), Input::new("policy.heed", format!("policy \"Tables\"{rules}"))];
    load_policy(&inputs).policy("Tables").unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn tables() {
    let policy = policy();
    insta::glob!("tables/*/map.yaml", |map| {
        let text = fs::read_to_string(map).expect("a mapping");
        let folder = map.parent().expect("a folder");
        let mut out = String::new();
        match read_mapping(&text, policy.vocabulary(), policy.zone()) {
            Err(problems) => out = problems.iter().map(|problem| format!("map.yaml:{problem}\n")).collect(),
            Ok(mapping) => {
                let open = |file: &str| TableSource::file(folder.join(file));
                let mut refused = String::new();
                let loaded = load(&mapping, open, |table: &str, row: &SourceRow, why: &str| {
                    let _ = writeln!(refused, "{table}:{}: {why}\n  {}", row.line, row.whole);
                });
                out.extend(loaded.intakes.iter().map(|intake| format!("{:#}\n", serde_json::json!(intake))));
                out.push_str(&refused);
                let store =
                    loaded.into_timeline(policy.vocabulary()).and_then(Timeline::into_store).expect("events in memory");
                let _ = writeln!(out, "{} told twice", store.told_twice);
                let horizon = policy.horizon();
                out.extend(horizon.in_words(policy.vocabulary()).into_iter().map(|line| {
                    line + "
"
                }));
                let mut gatherer = Gatherer::new(&horizon, policy.vocabulary(), policy.zone());
                for call in store.calls() {
                    let mut case = String::new();
                    gatherer.case_text(call, &mut case);
                    let _ = writeln!(out, "{case}");
                }
            }
        }
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        insta::with_settings!({ snapshot_path => folder, prepend_module_to_snapshot => false, snapshot_suffix => "", omit_expression => true }, {
            insta::assert_snapshot!(name, out);
        });
    });
}
