//! `heedful test --write-boundaries`: boundary cases of every rule -> test files in a folder, none of which is written over.

use super::args::TestArgs;
use super::{Bench, find, with_bar};
use crate::error::CliError;
use crate::terminal::Terminal;
use heedful::testing::boundaries::{Boundaries, BoundaryFile, boundaries};
use heedful::text::counted;
use std::fmt::Write;
use std::path::{Path, PathBuf};

pub(super) fn write(args: &TestArgs, bench: &Bench, folder: &Path, terminal: &Terminal) -> Result<(), CliError> {
    let found = with_bar("rules", args, |options| boundaries(&bench.loads(), &bench.targets(), options));
    let mut there = There::default();
    for file in &found.files {
        match place(folder, file) {
            EdgePlace::AsItWould => there.unread += 1,
            EdgePlace::Free { path, beside } => {
                find::write(&path, &file.text)?;
                there.beside.extend(beside.map(|taken| (taken, path)));
            }
        }
    }
    terminal.print(&told(&found, folder, &there))?;
    if found.unposed.is_empty() && found.unmatched.is_none() { Ok(()) } else { Err(CliError::FellShort) }
}

/// What was written, and what could not be; the counts of the last lines add up to the rules there are.
fn told(found: &Boundaries, folder: &Path, there: &There) -> String {
    let mut out = String::new();
    if let Some(filter) = &found.unmatched {
        let _ = writeln!(out, "no test holds `{filter}` in its file and name");
    }
    for rule in &found.unposed {
        let what = if rule.in_part { "not every edge could be posed" } else { "no edge could be posed" };
        let _ = writeln!(out, "rule {} under {}: {what}: {}", rule.rule, rule.policy, rule.why);
    }
    let tests: usize = found.files.iter().map(|file| file.tests).sum();
    let files = found.files.len();
    let unwritten = found
        .unposed
        .iter()
        .filter(|it| !found.files.iter().any(|file| file.rule == it.rule && file.policy == it.policy));
    let unwritten = unwritten.count();
    if files > 0 {
        let (tests, rules) = (counted(tests, "test"), counted(files, "rule"));
        let folder = folder.display();
        let written = match there.unread {
            0 => format!("{tests} for {rules} written to {folder}; read them before you keep them"),
            unread if unread == files => format!(
                "{tests} for {rules} were written to {folder} before, and stand there unchanged; read them before you keep them"
            ),
            unread => format!(
                "{tests} for {rules}: {} written to {folder}, {} written there before; read them before you keep them",
                counted(files - unread, "file"),
                counted(unread, "file")
            ),
        };
        let _ = writeln!(out, "{written}");
    }
    for (taken, path) in &there.beside {
        let _ = writeln!(
            out,
            "{} was there already, so {} was written beside it: tests that stand in both run twice",
            taken.display(),
            path.display()
        );
    }
    match (found.posed, files + unwritten + found.left_out) {
        (0, _) => {}
        (_, 0) => out.push_str("every edge of every rule is posed by a test already\n"),
        (posed, _) => {
            let _ = writeln!(out, "every edge of {} is posed by a test already", counted(posed, "other rule"));
        }
    }
    if unwritten > 0 {
        let _ = writeln!(out, "no test was written for {}, for the reasons above", counted(unwritten, "rule"));
    }
    if found.left_out > 0 {
        let rules = counted(found.left_out, "rule");
        let _ = writeln!(out, "{rules} left out, of which no test of the filter expects anything");
    }
    out
}

/// What the folder held before.
#[derive(Default)]
struct There {
    /// How many files are there as they would be written.
    unread: usize,
    /// Files that had the name of one to be written, with where it was written.
    beside: Vec<(PathBuf, PathBuf)>,
}

enum EdgePlace {
    /// A file with this text is there already: written once more, each of its tests would run twice.
    AsItWould,
    /// A path that no file has yet, and the file that has its first choice of a name.
    Free { path: PathBuf, beside: Option<PathBuf> },
}

fn place(folder: &Path, file: &BoundaryFile) -> EdgePlace {
    let named = |number: usize| {
        let number = if number == 1 { String::new() } else { format!("-{number}") };
        folder.join(format!("{}{number}.test.yaml", file.name))
    };
    let (mut taken, mut number) = (None, 1);
    loop {
        let path = named(number);
        if !path.exists() {
            return EdgePlace::Free { path, beside: taken };
        }
        if std::fs::read_to_string(&path).is_ok_and(|text| text == file.text) {
            return EdgePlace::AsItWould;
        }
        taken.get_or_insert(path);
        number += 1;
    }
}
