//! What reading a case and writing a decision cost, beside what the JSON library takes to parse the same text into
//! structures made for it: medians a case, and ratios, of one run.
//!
//! ```sh
//! cargo bench --locked --bench wire
//! cargo bench --locked --bench wire -- read   # one of the steps alone, for a profiler
//! ```

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark prints its figures and stops at what it did not expect"
)]
#![expect(clippy::panic, clippy::cast_precision_loss, clippy::float_arithmetic, reason = "its figures are for people")]

use heedful::engine::{self, Input, Snapshot};
use heedful::wire::{Document, Reader, Reading, write_decision};
use serde::Deserialize;
use std::fmt::Write;
use std::hint::black_box;
use std::time::Instant;

const POLICY: &str = r#"vocabulary "desk"
  identities person and address

call
  fact caller: identity of person "Who is calling"
  fact location: identity of address "Where"
  fact victim: identity of person "Who was harmed"
  fact suspect: identities of person "By whom"
  fact strangulation: yes or no "The caller reports strangulation"
  fact injury: one of uninjured, minor and serious in rising order "How badly hurt"
  fact handler-grade: one of resolved, scheduled, priority and immediate in rising order "The grade given"

record call, plural calls
  field caller: identity of person "Who called"
  field location: identity of address "Where"

record incident
  field kind: one of domestic-abuse and other "What it was"
  field victim: identity of person "Who was harmed"

record order
  in force from starts until expires
  field kind: one of DAPN, DAPO and other "Which order"
  field respondent: identity of person "Whom it binds"
  field starts: time "When it took effect"
  field expires: time or none "When it ends"

outcome grade: highest of resolved, scheduled, priority and immediate "How soon"
  written as "grade at least"
  never below handler-grade
"#;

/// A call as a program would declare it that reads no other.
#[derive(Deserialize)]
#[expect(dead_code, reason = "parsing them is what is measured")]
struct Case {
    call: Call,
    history: History,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(dead_code, reason = "parsing them is what is measured")]
struct Call {
    id: String,
    at: String,
    caller: String,
    location: String,
    victim: String,
    suspect: Vec<String>,
    strangulation: bool,
    injury: String,
    handler_grade: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "parsing them is what is measured")]
struct History {
    calls: Vec<Record>,
    incidents: Vec<Record>,
    orders: Vec<Record>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "parsing them is what is measured")]
struct Record {
    id: String,
    at: String,
    caller: Option<String>,
    location: Option<String>,
    kind: Option<String>,
    victim: Option<String>,
    respondent: Option<String>,
    starts: Option<String>,
    expires: Option<String>,
}

fn main() {
    let policy = policy();
    let texts: Vec<String> = (0..200).map(text).collect();
    let reading = Reading::strict(policy.vocabulary(), policy.zone());
    let mut reader = Reader::new(reading);
    let mut whole = Reader::new(reading);
    let cases: Vec<_> = texts.iter().map(|text| reader.read(document(text)).expect("a case").clone()).collect();
    let decisions: Vec<_> = cases.iter().map(|case| policy.decide(case)).collect();
    let (mut out, mut line) = (Vec::new(), Vec::new());
    let bytes: usize = texts.iter().map(String::len).sum();
    write_decision(&mut out, decisions.first().expect("a decision"), &policy).expect("memory");
    println!("{} bytes a case on average; the first decision has {} bytes", bytes / texts.len(), out.len());
    let mut steps: Vec<Step<'_>> = vec![
        Step::new("parse", |at| drop(black_box(serde_json::from_str::<Case>(&texts[at]).expect("a case")))),
        Step::new("read", |at| {
            black_box(reader.read(document(&texts[at])).expect("a case"));
        }),
        Step::new("decide", |at| drop(black_box(policy.decide(&cases[at])))),
        Step::new("write", |at| {
            out.clear();
            write_decision(&mut out, &decisions[at], &policy).expect("memory");
        }),
    ];
    steps.push(Step::new("all of it", |at| {
        line.clear();
        let case = whole.read(document(&texts[at])).expect("a case");
        write_decision(&mut line, &policy.decide(case), &policy).expect("memory");
    }));
    let only = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    if let Some(name) = only {
        steps.retain(|step| step.name == name);
    }
    for _ in 0..31 {
        steps.iter_mut().for_each(|step| step.round(texts.len()));
    }
    let base = steps.first().map_or(1.0, Step::median);
    for step in &steps {
        println!("{:12} {:6.0} ns   {:4.2} of the first", step.name, step.median(), step.median() / base);
    }
}

/// Something that is done to each case, and how long a case took in each round.
struct Step<'r> {
    name: &'static str,
    run: Box<dyn FnMut(usize) + 'r>,
    rounds: Vec<f64>,
}

impl<'r> Step<'r> {
    fn new(name: &'static str, run: impl FnMut(usize) + 'r) -> Self {
        Self { name, run: Box::new(run), rounds: Vec::new() }
    }

    fn round(&mut self, cases: usize) {
        let start = Instant::now();
        (0..cases).for_each(&mut self.run);
        self.rounds.push(start.elapsed().as_nanos() as f64 / cases as f64);
    }

    fn median(&self) -> f64 {
        let mut rounds = self.rounds.clone();
        rounds.sort_by(f64::total_cmp);
        rounds.get(rounds.len() / 2).copied().unwrap_or(0.0)
    }
}

fn document(text: &str) -> Document<'_> {
    Document::json_line(text, 1)
}

fn policy() -> Snapshot {
    let mut text = "policy \"Desk\"\n  vocabulary \"desk\"\n  time zone Europe/London\n".to_owned();
    for rule in 0..30 {
        let when = match rule % 3 {
            0 => format!(
                "at least {} calls by the same caller within {} days, counting this one",
                rule % 4 + 2,
                rule + 1
            ),
            1 => format!("at least {} incidents about the same victim within {} days", rule % 4 + 1, rule * 10),
            _ => "any order in force where respondent is this call's suspect".to_owned(),
        };
        let _ = write!(
            text,
            "\nrule rule-{rule} \"Rule {rule}\"\n  when {when}\n  then grade at least priority\n  because \"{{count}}\"\n  source \"a benchmark\"\n"
        );
    }
    let files = [("vocabulary.heed", POLICY), ("policy.heed", &text)];
    let inputs = files.map(|(name, text)| Input { name: name.to_owned(), bytes: text.as_bytes().to_vec() });
    let mut load = engine::load(&inputs);
    load.policies.pop().unwrap_or_else(|| panic!("{:?}", load.diagnostics))
}

/// A call with a history that is mostly short and sometimes long.
fn text(number: usize) -> String {
    let calls = if number % 100 == 50 { 150 } else { number * 7 % 11 };
    let lists = [
        ("calls", list(calls, |at| record(number, at, "call", &format!("\"caller\":\"person-{}\"", at % 3)))),
        (
            "incidents",
            list(number % 7, |at| {
                record(number, at, "incident", &format!("\"kind\":\"domestic-abuse\",\"victim\":\"person-{}\"", at % 2))
            }),
        ),
        (
            "orders",
            list(number % 3, |at| {
                let rest = format!(
                    "\"kind\":\"DAPO\",\"respondent\":\"person-{}\",\"starts\":\"2026-01-01T00:00:00+00:00\",\"expires\":\"none\"",
                    at + 1
                );
                record(number, at, "order", &rest)
            }),
        ),
    ];
    let lists: Vec<String> = lists.into_iter().map(|(key, list)| format!("\"{key}\":[{list}]")).collect();
    format!(
        r#"{{"call":{{"id":"call-{number}","at":"2026-03-14T01:10:00+00:00","caller":"person-1","location":"place-1","victim":"person-1","suspect":["person-2"],"strangulation":false,"injury":"uninjured","handler-grade":"scheduled"}},"history":{{{}}}}}"#,
        lists.join(",")
    )
}

fn list(length: usize, item: impl Fn(usize) -> String) -> String {
    (0..length).map(item).collect::<Vec<_>>().join(",")
}

/// Oldest first, some 14 hours apart.
fn record(number: usize, at: usize, kind: &str, rest: &str) -> String {
    let hours = at * 14;
    let (month, day, hour) = (hours / 24 / 28 % 2 + 1, hours / 24 % 28 + 1, hours % 24);
    format!(r#"{{"id":"{kind}-{number}-{at}","at":"2026-{month:02}-{day:02}T{hour:02}:40:00+00:00",{rest}}}"#)
}
