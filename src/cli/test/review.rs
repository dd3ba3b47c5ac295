//! Pending snapshots -> accepted, rejected or left as they are.

use super::args::Test;
use super::find::{self, Found};
use crate::cli::stop::Stop;
use crate::cli::terminal::Terminal;
use crate::testing::{self, Outcome, Report, TestResult};
use std::fs;
use std::io::{self, BufRead, IsTerminal};
use std::path::PathBuf;

/// Writes what was accepted, and the rest as `.snap.new`. Says whether all is well after that.
pub(super) fn settle(args: &Test, found: &[Found], report: &Report, terminal: &Terminal) -> Result<bool, Stop> {
    let mut good = !report.results.is_empty() && report.orphans.is_empty();
    let mut quit = false;
    for result in &report.results {
        let passed = result.outcome == Outcome::Passed;
        let Some((path, kept)) = snapshot_path(found, result).zip(result.snapshot.as_ref()) else {
            good &= passed;
            continue;
        };
        let new = path.with_extension("snap.new");
        if !kept.pending {
            remove(&new)?;
            good &= passed;
            continue;
        }
        let answer = match (args.snapshots.accept, args.snapshots.review && !quit) {
            (true, _) => Answer::Accept,
            (false, true) => ask(result, terminal)?,
            (false, false) => Answer::Skip,
        };
        match answer {
            Answer::Accept => {
                find::write(&path, &kept.text)?;
                remove(&new)?;
                // What is otherwise than its expectations say is not mended by accepting.
                good &= kept.alone;
            }
            Answer::Reject => {
                remove(&new)?;
                good = false;
            }
            Answer::Skip | Answer::Quit => {
                quit |= matches!(answer, Answer::Quit);
                good = false;
                find::write(&new, &kept.text)?;
            }
        }
    }
    Ok(good)
}

enum Answer {
    Accept,
    Reject,
    Skip,
    Quit,
}

fn snapshot_path(found: &[Found], result: &TestResult) -> Option<PathBuf> {
    let file = found.iter().find(|found| found.input.name == result.file)?;
    let kept = result.snapshot.as_ref()?;
    Some(find::snapshot_folder(&file.path).join(format!("{}.snap", kept.name)))
}

fn remove(path: &PathBuf) -> Result<(), Stop> {
    match fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Stop::file(&path.display().to_string(), &error)),
    }
}

/// Shows what differs and waits for a letter. Where nobody can answer, everything is skipped.
fn ask(result: &TestResult, terminal: &Terminal) -> Result<Answer, Stop> {
    let mut page = format!("\n{}:{}: {}\n", result.file, result.line, result.name);
    for note in &result.notes {
        page.push_str(&format!("  {}\n", testing::line(&note.said, terminal.out_styled)));
    }
    if let Some(kept) = result.snapshot.as_ref().filter(|_| result.notes.len() == 1) {
        page.push_str(&format!("\n{}\n", kept.text));
    }
    terminal.print(&page)?;
    let mut input = io::stdin().lock();
    loop {
        terminal.print("(a)ccept, (r)eject, (s)kip, (q)uit? ")?;
        let mut line = String::new();
        let read = input.read_line(&mut line).map_err(|error| Stop::file("standard input", &error))?;
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
