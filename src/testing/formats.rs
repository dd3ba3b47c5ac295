//! Report -> the forms that people and build servers read.

use super::difference::{Line, Tone};
use super::run::{Outcome, Report, Result};
use crate::report::escaped;
use crate::text::harmless;
use crate::wire::{Verdict, VerdictNote, Verdicts};
use anstyle::{AnsiColor, Style};
use std::fmt::Write;

/// For a person on a terminal: what did not pass, and how many did.
pub fn human(report: &Report, styled: bool) -> String {
    let mut out = String::new();
    let bold = |colour: AnsiColor| if styled { colour.on_default().bold() } else { Style::new() };
    let mut file = "";
    for result in report.results.iter().filter(|result| result.outcome != Outcome::Passed) {
        if result.file != file {
            let _ = writeln!(out, "{}", result.file);
            file = &result.file;
        }
        let (word, style) = match result.outcome {
            Outcome::Failed => ("FAILED", bold(AnsiColor::Red)),
            Outcome::Broken | Outcome::Passed => ("BROKEN", bold(AnsiColor::Magenta)),
        };
        let name = if result.name.is_empty() { "this file" } else { &result.name };
        let _ = writeln!(out, "  {style}{word}{style:#} {}", harmless(name));
        for note in &result.notes {
            let _ = writeln!(out, "    line {}: {}", note.line, line(&note.said, styled));
        }
    }
    if !out.is_empty() {
        out.push('\n');
    }
    for (file, snapshot) in &report.orphans {
        let _ = writeln!(out, "{file}: no test has the snapshot {snapshot}.snap any more; delete it");
    }
    let style = bold(if report.is_good() { AnsiColor::Green } else { AnsiColor::Red });
    let _ = writeln!(out, "{style}{}{style:#}", sum(report));
    out
}

/// One line with its colour.
pub fn line(line: &Line, styled: bool) -> String {
    let style = match (styled, line.tone) {
        (true, Tone::Less) => AnsiColor::Red.on_default(),
        (true, Tone::More) => AnsiColor::Green.on_default(),
        _ => Style::new(),
    };
    format!("{style}{}{style:#}", harmless(&line.words))
}

/// The numbers of a run in one sentence.
fn sum(report: &Report) -> String {
    let mut parts = vec![format!("{} passed", counted(report.passed(), "test"))];
    for (outcome, word) in [(Outcome::Failed, "failed"), (Outcome::Broken, "could not be used")] {
        match report.count(outcome) {
            0 => {}
            number => parts.push(format!("{number} {word}")),
        }
    }
    if report.left_out > 0 {
        parts.push(format!("{} left out by the filter", report.left_out));
    }
    parts.join(", ")
}

fn counted(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}

/// The form that other programs are promised.
pub fn verdicts(report: &Report) -> Verdicts {
    let note =
        |note: &super::run::Note| VerdictNote { line: note.line, column: note.column, said: note.said.words.clone() };
    let verdict = |result: &Result| Verdict {
        file: result.file.clone(),
        line: Some(result.line).filter(|line| *line > 0),
        name: result.name.clone(),
        policy: result.policy.clone(),
        verdict: match result.outcome {
            Outcome::Passed => "passed",
            Outcome::Failed => "failed",
            Outcome::Broken => "broken",
        },
        notes: result.notes.iter().map(note).collect(),
    };
    Verdicts {
        passed: report.passed(),
        failed: report.count(Outcome::Failed),
        broken: report.count(Outcome::Broken),
        left_out: report.left_out,
        tests: report.results.iter().map(verdict).collect(),
        coverage: Vec::new(),
        orphans: report.orphans.iter().map(|(file, snapshot)| format!("{file}: {snapshot}")).collect(),
    }
}

/// The Test Anything Protocol, version 13.
pub fn tap(report: &Report) -> String {
    let mut out = format!("TAP version 13\n1..{}\n", report.results.len());
    for (number, result) in (1..).zip(&report.results) {
        let ok = if result.outcome == Outcome::Passed { "ok" } else { "not ok" };
        let name = harmless(&format!("{}: {}", result.file, result.name)).replace('#', "\\#");
        let _ = writeln!(out, "{ok} {number} - {name}");
        for note in &result.notes {
            let _ = writeln!(out, "# {}:{}: {}", result.file, note.line, harmless(&note.said.words));
        }
    }
    out
}

/// Lines that GitHub shows beside the lines of the test files.
pub fn github(report: &Report) -> String {
    let seen = |text: &str| text.split('\n').map(harmless).collect::<Vec<_>>().join("\n");
    let data = |text: &str| seen(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let mut out = String::new();
    for result in report.results.iter().filter(|result| result.outcome != Outcome::Passed) {
        for note in &result.notes {
            let title = if result.name.is_empty() { "test file" } else { &result.name };
            let _ = writeln!(
                out,
                "::error file={},line={},col={},title={}::{}",
                property(&result.file),
                note.line,
                note.column,
                property(title),
                data(&note.said.words)
            );
        }
    }
    out
}

/// The XML of `JUnit`, a suite for each file.
pub fn junit(report: &Report) -> String {
    let mut suites: Vec<(&str, Vec<&Result>)> = Vec::new();
    for result in &report.results {
        match suites.last_mut() {
            Some((file, results)) if *file == result.file => results.push(result),
            _ => suites.push((&result.file, vec![result])),
        }
    }
    let numbers = |results: &[&Result]| {
        let count = |outcome| results.iter().filter(|result| result.outcome == outcome).count();
        let (failed, broken) = (count(Outcome::Failed), count(Outcome::Broken));
        format!("tests=\"{}\" failures=\"{failed}\" errors=\"{broken}\"", results.len())
    };
    let all: Vec<&Result> = report.results.iter().collect();
    let mut out =
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"heedful\" {}>\n", numbers(&all));
    for (file, results) in suites {
        let _ = writeln!(out, "  <testsuite name=\"{}\" {}>", escaped(file), numbers(&results));
        results.iter().for_each(|result| test_case(&mut out, result));
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn test_case(out: &mut String, result: &Result) {
    let name = if result.name.is_empty() { "the file" } else { &result.name };
    let class = super::snap::stem(&result.file);
    let _ = write!(out, "    <testcase classname=\"{}\" name=\"{}\"", escaped(class), escaped(name));
    let _ = write!(out, " file=\"{}\" line=\"{}\"", escaped(&result.file), result.line.max(1));
    let (Some(first), kind) = (result.notes.first(), result.outcome) else {
        out.push_str("/>\n");
        return;
    };
    let element = if kind == Outcome::Broken { "error" } else { "failure" };
    let _ = writeln!(out, ">\n      <{element} message=\"{}\">", escaped(&first.said.words));
    for note in &result.notes {
        let _ = writeln!(out, "{}:{}: {}", escaped(&result.file), note.line, escaped(&note.said.words));
    }
    let _ = writeln!(out, "      </{element}>\n    </testcase>");
}
