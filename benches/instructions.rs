//! What the main paths cost in instructions, which noise does not hide: `.ci/instructions` runs this under callgrind and
//! compares the counts with `benches/instructions.txt`.
//!
//! Each scenario prints its name and calls [`measured`] once; the n-th name belongs to the n-th count.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark prints what it does and stops at what it did not expect"
)]

use heedful::engine::{self, Input, Snapshot};
use heedful::model::Case;
use heedful::wire::{Document, InputFormat, Reader, Reading, documents, write_decision};
use heedful_live::files::read_policies;
use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;

/// How often a scenario of one case is done, so that what differs from one time to the next evens out.
const TIMES: usize = 10;

fn main() {
    let inputs = shipped();
    let load = engine::load(&inputs);
    let policy = load.policies.iter().find(|policy| policy.name() == "National baseline").expect("the baseline");
    let (typical, long) = (case_of(12, |_| "none".to_owned()), case_of(200, |_| "none".to_owned()));
    let longer = case_of(2_000, |at| format!("2026-{:02}-{:02}T12:00:00Z", 4 + at / 4 % 2, 1 + at / 8 % 28));
    let (typical_case, long_case, longer_case) = (read(policy, &typical), read(policy, &long), read(policy, &longer));
    let decision = policy.decide(&typical_case);
    let (mut reader, mut evaluator) = (Reader::new(reading(policy)), policy.evaluator());
    let mut out = Vec::new();

    scenario("load the shipped policies", || {
        black_box(engine::load(black_box(&inputs)));
    });
    scenario("read a case of 12 records from JSON", || {
        times(|| {
            black_box(reader.read(document(black_box(&typical))).expect("a sound case"));
        });
    });
    scenario("read a case of 200 records from JSON", || {
        times(|| {
            black_box(reader.read(document(black_box(&long))).expect("a sound case"));
        });
    });
    scenario("judge a case of 12 records", || {
        times(|| {
            black_box(evaluator.judge(black_box(&typical_case)));
        });
    });
    scenario("judge a case of 200 records", || {
        times(|| {
            black_box(evaluator.judge(black_box(&long_case)));
        });
    });
    scenario("decide a case of 12 records", || times(|| evaluator.decide(black_box(&typical_case))));
    scenario("decide a case of 200 records", || times(|| evaluator.decide(black_box(&long_case))));
    scenario("decide a case of 2,000 records, with orders that expire at 56 moments to come", || {
        black_box(evaluator.decide(black_box(&longer_case)));
    });
    scenario("write a decision as JSON", || {
        times(|| {
            out.clear();
            write_decision(&mut out, black_box(&decision), policy).expect("memory takes it");
        });
    });
    scenario("from the JSON of a case of 12 records to that of its decision", || {
        times(|| {
            out.clear();
            let case = reader.read(document(black_box(&typical))).expect("a sound case");
            write_decision(&mut out, &evaluator.decide(case), policy).expect("memory takes it");
        });
    });
    scenario("decide a case of 12 records and explain it", || {
        black_box(policy.decide_and_explain(black_box(&typical_case)));
    });
}

/// Does the work once to warm up what is made on first use, and once to be measured.
fn scenario(name: &str, mut work: impl FnMut()) {
    println!("{name}");
    work();
    measured(&mut work);
}

/// The only function whose instructions count, with those of all that it calls.
#[inline(never)]
fn measured(work: &mut dyn FnMut()) {
    work();
}

fn times<T>(mut work: impl FnMut() -> T) {
    for _ in 0..TIMES {
        black_box(work());
    }
}

fn shipped() -> Vec<Input> {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules");
    read_policies(&["forces", "national", "vocabulary"].map(|folder| rules.join(folder))).expect("the shipped policies")
}

fn read(policy: &Snapshot, text: &str) -> Case {
    document(text).read(reading(policy)).expect("a sound case")
}

fn reading(policy: &Snapshot) -> Reading<'_> {
    Reading::strict(policy.vocabulary(), policy.zone())
}

fn document(text: &str) -> Document<'_> {
    *documents(InputFormat::Json, text).0.first().expect("a case")
}

/// A call by somebody who is at risk, with so many records of four kinds, newest first, some about somebody else. `expires` says
/// when the order at a place does.
fn case_of(records: usize, expires: impl Fn(usize) -> String) -> String {
    const CALL: &str = r#""id":"call-0","at":"2026-03-14T22:30:00Z","received-by":"999","contact-kind":"spoken",
"flags":["domestic"],"caller":"person-1","caller-role":"victim","phone":"phone-1","location":"place-1","location-kind":"home",
"area":"urban","victim":"person-1","suspect":["person-2"],"relationship":"ex-partner","suspect-present":true,"injury":"minor",
"weapons":[],"strangulation":false,"threat-to-kill":true,"children-present":true,"frightened":"very","handler-grade":"scheduled",
"words-heard":"He is outside again and says he will kill me""#;
    let list = |name: &str, offset: usize, record: &dyn Fn(usize, &str, usize) -> String| {
        let lines: Vec<String> = (0..records)
            .filter(|at| at % 4 == offset)
            .map(|at| {
                let hours = at * 37 + 5;
                let when = format!(
                    "{:04}-{:02}-{:02}T{:02}:00:00Z",
                    2025 - hours / 8_064,
                    12 - hours / 672 % 12,
                    28 - hours / 24 % 28,
                    hours % 24
                );
                record(at, &when, if at % 7 == 3 { 9 } else { 1 })
            })
            .collect();
        format!("\"{name}\":[{}]", lines.join(",\n"))
    };
    let mut text = format!("{{\"call\":{{{CALL}}},\n\"history\":{{");
    let lists = [
        list("calls", 0, &|at, when, who| {
            format!(
                r#"{{"id":"call-{}","at":"{when}","caller":"person-{who}","phone":"phone-{who}","location":"place-1","contact-kind":"spoken","handler-grade":"scheduled","attended-at":"none"}}"#,
                at + 1
            )
        }),
        list("incidents", 1, &|at, when, who| {
            format!(
                r#"{{"id":"incident-{at}","at":"{when}","kind":"domestic-abuse","victim":"person-{who}","suspect":["person-2"],"location":"place-1","crime-recorded":true,"result":"open"}}"#
            )
        }),
        list("orders", 2, &|at, when, who| {
            format!(
                r#"{{"id":"order-{at}","at":"{when}","kind":"non-molestation","respondent":"person-2","protected":["person-{who}"],"made-at":"{when}","served-at":"{when}","starts":"{when}","expires":"{}","discharged-at":"none","conditions":["no-contact"]}}"#,
                expires(at)
            )
        }),
        list("breaches", 3, &|at, when, _| {
            format!(
                r#"{{"id":"breach-{at}","at":"{when}","order":"order-{}","kind":"contact","dealt-with":"open"}}"#,
                at - 1
            )
        }),
    ];
    let _ = write!(text, "{}}}}}", lists.join(",\n"));
    text
}
