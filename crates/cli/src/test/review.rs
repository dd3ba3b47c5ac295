//! Pending snapshots -> accepted, rejected or left as they are, and a report that knows which.

use super::args::TestArgs;
use super::find::{self, FoundTestFile};
use crate::error::CliError;
use crate::terminal::Terminal;
use heedful::testing::{self, Report, SnapshotChange, SnapshotResult, TestResult};
use heedful::text::harmless;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufRead, IsTerminal};
use std::path::{Path, PathBuf};

/// Writes what is accepted, and the rest as `.snap.new`. Whatever is accepted is so in the report as well.
pub(super) fn settle(
    args: &TestArgs,
    found: &[FoundTestFile],
    report: &mut Report,
    terminal: &Terminal,
) -> Result<(), CliError> {
    let mut quit = false;
    for result in &mut report.results {
        let Some((path, kept)) = snapshot_path(found, result).zip(result.snapshot.as_ref()) else { continue };
        let new = path.with_extension("snap.new");
        if !kept.is_pending() {
            remove(&new)?;
            continue;
        }
        let answer = match (args.snapshots.accept, args.snapshots.review && !quit) {
            (true, _) => Answer::Accept,
            (false, true) => ask(result, kept, terminal)?,
            (false, false) => Answer::Skip,
        };
        match answer {
            Answer::Accept => {
                find::write(&path, &kept.text)?;
                remove(&new)?;
                result.accept();
            }
            Answer::Reject => remove(&new)?,
            Answer::Skip | Answer::Quit => {
                quit |= matches!(answer, Answer::Quit);
                find::write(&new, &kept.text)?;
            }
        }
    }
    Ok(())
}

/// What waits to be accepted and is of no test any more.
pub(super) fn forgotten(found: &[FoundTestFile], report: &Report) -> Vec<String> {
    let kept: BTreeSet<PathBuf> = report.results.iter().filter_map(|result| snapshot_path(found, result)).collect();
    let waits = found.iter().flat_map(|found| &found.waiting);
    let lost = waits.filter(|path| !kept.contains(&path.with_extension("")));
    lost.map(|path| path.display().to_string()).collect()
}

enum Answer {
    Accept,
    Reject,
    Skip,
    Quit,
}

fn snapshot_path(found: &[FoundTestFile], result: &TestResult) -> Option<PathBuf> {
    let file = found.iter().find(|found| found.input.name == result.file)?;
    let kept = result.snapshot.as_ref()?;
    Some(find::snapshot_folder(&file.path).join(format!("{}.snap", kept.name)))
}

fn remove(path: &Path) -> Result<(), CliError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(CliError::file(&path.display().to_string(), &error)),
    }
}

/// Shows what differs and waits for a letter. Where nobody can answer, everything is skipped.
fn ask(result: &TestResult, kept: &SnapshotResult, terminal: &Terminal) -> Result<Answer, CliError> {
    let mut page = format!("\n{}:{}: {}\n", result.file, result.line, harmless(&result.name));
    for note in &result.wrong() {
        page.push_str(&format!("  {}\n", testing::line(&note.said, terminal.out_styled)));
    }
    if kept.change == SnapshotChange::New {
        let lines = kept.text.lines().map(|line| format!("{}\n", harmless(line)));
        page.push_str(&format!("\n{}\n", lines.collect::<String>()));
    }
    terminal.print(&page)?;
    let mut input = io::stdin().lock();
    loop {
        terminal.print("(a)ccept, (r)eject, (s)kip, (q)uit? ")?;
        let mut line = String::new();
        let read = input.read_line(&mut line).map_err(|error| CliError::file("standard input", &error))?;
        let answer = match line.trim() {
            "a" | "accept" => Answer::Accept,
            "r" | "reject" => Answer::Reject,
            "s" | "skip" => Answer::Skip,
            "q" | "quit" => Answer::Quit,
            _ if read == 0 => Answer::Quit,
            _ if io::stdin().is_terminal() => continue,
            _ => Answer::Skip,
        };
        return Ok(answer);
    }
}
