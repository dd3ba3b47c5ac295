//! Report -> the forms that people and build servers read.

use super::difference::{DiffLine, Tone};
use super::run::{Report, Result, TestOutcome};
use crate::report::escaped;
use crate::text::{counted, harmless};
use crate::wire::{TestVerdict, VerdictNote, Verdicts};
use anstyle::{AnsiColor, Style};
use std::fmt::Write;

/// A text that somebody wrote in a test or a policy, on one line and without what steers a terminal. Every form that is
/// read line by line says names and findings through this.
fn shown(text: &str) -> String {
    harmless(&text.replace("\r\n", "\n").replace(['\n', '\r'], "\\n").replace('\t', "\\t")).into_owned()
}

/// For a person on a terminal: what did not pass, what was accepted, and how many passed.
pub fn human(report: &Report, styled: bool) -> String {
    let mut out = String::new();
    let bold = |colour: AnsiColor| if styled { colour.on_default().bold() } else { Style::new() };
    let mut file = "";
    let mut last: Option<&Result> = None;
    let mut alike = 0;
    for result in &report.results {
        if last.is_some_and(|last| is_another_row(last, result)) {
            alike += 1;
            continue;
        }
        more_rows(&mut out, &mut alike);
        last = Some(result);
        let accepted = result.snapshot.as_ref().filter(|kept| kept.accepted);
        if result.outcome == TestOutcome::Passed && accepted.is_none() {
            continue;
        }
        if result.file != file {
            let _ = writeln!(out, "{}", shown(&result.file));
            file = &result.file;
        }
        let name = if result.name.is_empty() { "this file".to_owned() } else { shown(&result.name) };
        let word = match result.outcome {
            TestOutcome::Passed => None,
            TestOutcome::Failed => Some(("FAILED", bold(AnsiColor::Red))),
            TestOutcome::Broken => Some(("BROKEN", bold(AnsiColor::Magenta))),
        };
        if let Some((word, style)) = word {
            let _ = writeln!(out, "  {style}{word}{style:#} {name}");
            for note in result.wrong() {
                let _ = writeln!(out, "    line {}: {}", note.line, line(&note.said, styled));
            }
        }
        if let Some(kept) = accepted {
            let style = bold(AnsiColor::Green);
            let _ = writeln!(out, "  {style}ACCEPTED{style:#} {name}: {}.snap", shown(&kept.name));
            for said in result.accepted() {
                let _ = writeln!(out, "    {}", line(&said, styled));
            }
        }
    }
    more_rows(&mut out, &mut alike);
    if !out.is_empty() {
        out.push('\n');
    }
    for path in &report.orphans {
        let _ = writeln!(out, "{}", orphan(path));
    }
    if let Some(unmatched) = unmatched(report) {
        let _ = writeln!(out, "{unmatched}");
    }
    let good = report.is_good() && report.orphans.is_empty();
    let style = bold(if good { AnsiColor::Green } else { AnsiColor::Red });
    let _ = writeln!(out, "{style}{}{style:#}", sum(report));
    out
}

/// Whether what is wrong with a test was said of the one before it: they are rows of one table, with a mistake above it.
fn is_another_row(last: &Result, result: &Result) -> bool {
    let broken = last.outcome == TestOutcome::Broken && result.outcome == TestOutcome::Broken;
    broken && last.file == result.file && last.notes == result.notes
}

fn more_rows(out: &mut String, alike: &mut usize) {
    match std::mem::take(alike) {
        0 => {}
        1 => out.push_str("    and so is 1 more row\n"),
        more => {
            let _ = writeln!(out, "    and so are {more} more rows");
        }
    }
}

fn orphan(path: &str) -> String {
    format!("{}: no test has this snapshot any more; delete it", shown(path))
}

/// What is said when the filter left nothing to run, which proves nothing.
fn unmatched(report: &Report) -> Option<String> {
    let filter = report.unmatched.as_ref()?;
    Some(format!("no test was run: no test has `{}` in its file or name", shown(filter)))
}

/// One line with its colour.
pub fn line(line: &DiffLine, styled: bool) -> String {
    let style = match (styled, line.tone) {
        (true, Tone::Less) => AnsiColor::Red.on_default(),
        (true, Tone::More) => AnsiColor::Green.on_default(),
        _ => Style::new(),
    };
    format!("{style}{}{style:#}", shown(&line.words))
}

/// The numbers of a run in one sentence.
fn sum(report: &Report) -> String {
    let mut parts = vec![format!("{} passed", counted(report.passed(), "test"))];
    for (outcome, word) in [(TestOutcome::Failed, "failed"), (TestOutcome::Broken, "could not be used")] {
        match report.count(outcome) {
            0 => {}
            number => parts.push(format!("{number} {word}")),
        }
    }
    if report.accepted() > 0 {
        parts.push(format!("{} accepted", counted(report.accepted(), "snapshot")));
    }
    if report.left_out > 0 {
        parts.push(format!("{} left out by the filter", report.left_out));
    }
    parts.join(", ")
}

/// The form that other programs are promised.
pub fn verdicts(report: &Report) -> Verdicts {
    let note = |note: super::run::Note| VerdictNote { line: note.line, column: note.column, said: note.said.words };
    let verdict = |result: &Result| TestVerdict {
        file: result.file.clone(),
        line: result.line,
        name: result.name.clone(),
        policy: result.policy.clone(),
        verdict: match result.outcome {
            TestOutcome::Passed => "passed",
            TestOutcome::Failed => "failed",
            TestOutcome::Broken => "broken",
        },
        notes: result.wrong().into_iter().map(note).collect(),
        accepted: result.accepted().into_iter().map(|line| line.words).collect(),
    };
    Verdicts {
        passed: report.passed(),
        failed: report.count(TestOutcome::Failed),
        broken: report.count(TestOutcome::Broken),
        accepted: report.accepted(),
        left_out: report.left_out,
        tests: report.results.iter().map(verdict).collect(),
        coverage: Vec::new(),
        orphans: report.orphans.clone(),
    }
}

/// The Test Anything Protocol, version 13.
pub fn tap(report: &Report) -> String {
    let mut out = format!("TAP version 13\n1..{}\n", report.results.len());
    for (number, result) in (1..).zip(&report.results) {
        let ok = if result.outcome == TestOutcome::Passed { "ok" } else { "not ok" };
        let name = shown(&format!("{}: {}", result.file, result.name)).replace('\\', "\\\\").replace('#', "\\#");
        let _ = writeln!(out, "{ok} {number} - {name}");
        for note in result.wrong() {
            let _ = writeln!(out, "# {}:{}: {}", shown(&result.file), note.line, shown(&note.said.words));
        }
        for said in result.accepted() {
            let _ = writeln!(out, "# accepted: {}", shown(&said.words));
        }
    }
    report.orphans.iter().for_each(|path| {
        let _ = writeln!(out, "# {}", orphan(path));
    });
    // A plan of no test is read as good.
    if let Some(unmatched) = unmatched(report) {
        let _ = writeln!(out, "Bail out! {unmatched}");
    }
    out
}

/// Lines that GitHub shows beside the lines of the test files.
pub fn github(report: &Report) -> String {
    let data = |text: &str| shown(text).replace('%', "%25");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let mut out = String::new();
    for result in report.results.iter().filter(|result| result.outcome != TestOutcome::Passed) {
        for note in result.wrong() {
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
    for said in report.orphans.iter().map(|path| orphan(path)).chain(unmatched(report)) {
        let _ = writeln!(out, "::error::{}", data(&said));
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
        let (failed, broken) = (count(TestOutcome::Failed), count(TestOutcome::Broken));
        format!("tests=\"{}\" failures=\"{failed}\" errors=\"{broken}\"", results.len())
    };
    let all: Vec<&Result> = report.results.iter().collect();
    let mut out =
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"heedful\" {}>\n", numbers(&all));
    if let Some(unmatched) = unmatched(report) {
        let _ = writeln!(out, "  <testsuite name=\"heedful\" tests=\"1\" failures=\"0\" errors=\"1\">");
        let _ =
            writeln!(out, "    <testcase name=\"the filter\"><error message=\"{}\"/></testcase>", escaped(&unmatched));
        out.push_str("  </testsuite>\n");
    }
    for (file, results) in suites {
        let _ = writeln!(out, "  <testsuite name=\"{}\" {}>", escaped(&shown(file)), numbers(&results));
        results.iter().for_each(|result| test_case(&mut out, result));
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn test_case(out: &mut String, result: &Result) {
    let text = |text: &str| escaped(&shown(text));
    let name = if result.name.is_empty() { "the file" } else { &result.name };
    let class = super::snap::stem(&result.file);
    let _ = write!(out, "    <testcase classname=\"{}\" name=\"{}\"", text(class), text(name));
    let _ = write!(out, " file=\"{}\" line=\"{}\"", text(&result.file), result.line.max(1));
    let wrong = result.wrong();
    let (Some(first), kind) = (wrong.first(), result.outcome) else {
        out.push_str("/>\n");
        return;
    };
    let element = if kind == TestOutcome::Broken { "error" } else { "failure" };
    let _ = writeln!(out, ">\n      <{element} message=\"{}\">", text(&first.said.words));
    for note in &wrong {
        let _ = writeln!(out, "{}:{}: {}", text(&result.file), note.line, text(&note.said.words));
    }
    let _ = writeln!(out, "      </{element}>\n    </testcase>");
}
