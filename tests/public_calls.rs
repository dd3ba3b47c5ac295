//! The example that turns published calls into cases, on a few invented rows.

use crate::support::{reading, root, shipped};
use heedful::wire::Document;
use std::io::Write;
use std::process::{Command, Stdio};

const ROWS: &str = "\
id,at,place,kind
row-4,2025-11-02T01:30:00-06:00,100 EXAMPLE ST,Disturbance Family
row-1,2025-11-01T23:00:00-05:00,100 EXAMPLE ST,Disturbance Family
row-3,2025-11-02T01:15:00-06:00,,Disturbance Family
row-2,2025-11-02T01:10:00-06:00,100 EXAMPLE ST,Disturbance Family Knife Involved
row-5,2025-11-09T01:30:00-06:00,100 EXAMPLE ST,Violation of Protective Order
row-6,2025-11-09T02:00:00-06:00,100 EXAMPLE ST,Violation of Protective Order
";

fn cases() -> String {
    let mut child = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--locked", "--example", "public-calls"])
        .current_dir(root(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("cargo runs");
    child.stdin.take().expect("a pipe").write_all(ROWS.as_bytes()).expect("rows are written");
    let output = child.wait_with_output().expect("the example ends");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn each_call_is_decided_with_the_earlier_calls_at_its_place() {
    let policy = shipped("examples/public-calls", "Public calls");
    let mut found = Vec::new();
    for line in cases().lines() {
        let case = Document::json_line(line, 1)
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
