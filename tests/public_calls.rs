//! The mapping of published calls, on a few invented rows.

use crate::support::{reading, root, shipped};
use flate2::Compression;
use flate2::write::GzEncoder;
use heedful::engine::Snapshot;
use heedful::wire::Document;
use heedful_history::{Gatherer, Timeline, load, read_mapping};
use heedful_tables::{SourceRow, TableSource};
use std::fs;
use std::io::{Cursor, Write};

const ROWS: &str = "\
id,at,place,kind
row-4,2025-11-02T01:30:00-06:00,100 EXAMPLE ST,Disturbance Family
row-1,2025-11-01T23:00:00-05:00,100 EXAMPLE ST,Disturbance Family
row-3,2025-11-02T01:15:00-06:00,,Disturbance Family
row-2,2025-11-02T01:10:00-06:00,100 EXAMPLE ST,Disturbance Family Knife Involved
row-5,2025-11-09T01:30:00-06:00,100 EXAMPLE ST,Violation of Protective Order
row-6,2025-11-09T02:00:00-06:00,100 EXAMPLE ST,Violation of Protective Order
";

fn cases(policy: &Snapshot) -> Vec<String> {
    let map = fs::read_to_string(root("examples/public-calls/map.yaml")).expect("a mapping");
    let mapping = read_mapping(&map, policy.vocabulary(), policy.zone()).expect("a sound mapping");
    let open = |_: &str| {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(ROWS.as_bytes()).expect("room");
        TableSource::Stream(Box::new(Cursor::new(packed.finish().expect("room"))))
    };
    let refused = |_: &str, row: &SourceRow, why: &str| panic!("{}: {why}", row.whole);
    let loaded = load(&mapping, open, refused);
    assert!(loaded.intakes.iter().all(heedful_history::Intake::is_clean), "{:?}", loaded.intakes);
    let store = loaded.into_timeline(policy.vocabulary()).and_then(Timeline::into_store).expect("events in memory");
    let horizon = policy.horizon();
    let mut gatherer = Gatherer::new(&horizon, policy.vocabulary(), policy.zone());
    let case = |call| {
        let mut text = String::new();
        gatherer.case_text(call, &mut text);
        text
    };
    store.calls().map(case).collect()
}

#[test]
fn each_call_is_decided_with_the_earlier_calls_at_its_place() {
    let policy = shipped("examples/public-calls", "Public calls");
    let mut found = Vec::new();
    for line in cases(&policy) {
        let case = Document::json_line(&line, 1)
            .read(reading(&policy))
            .unwrap_or_else(|problems| panic!("{:?}", problems.list));
        let decision = policy.decide(&case);
        let fired: Vec<&str> = decision.fired.iter().map(|fired| fired.rule.as_str()).collect();
        let undecided: Vec<&str> = decision.undecided.iter().map(|undecided| undecided.rule.as_str()).collect();
        found.push(format!("{}: {}; perhaps {}", decision.case, fired.join(", "), undecided.join(", ")));
    }
    assert_eq!(
        found,
        [
            "row-1: ; perhaps ",
            "row-2: weapon; perhaps ",
            // Without a place nothing can be counted: it is undecided, and counts for no other call.
            "row-3: ; perhaps repeat-place",
            "row-4: repeat-place; perhaps ",
            // A week back from 01:30 is the first of the two 01:30s of that night, from 02:00 it is after both.
            "row-5: breach-after-disturbance; perhaps ",
            "row-6: ; perhaps ",
        ]
    );
}
