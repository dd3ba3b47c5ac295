//! The boundary cases of every rule -> files in a folder, none of which is written over.

use super::args::Test;
use super::{Bench, find, options, with_bar};
use crate::cli::stop::Stop;
use crate::cli::terminal::Terminal;
use crate::testing::boundaries::{BoundaryFile, boundaries};
use std::path::{Path, PathBuf};

pub(super) fn write(args: &Test, bench: &Bench, folder: &Path, terminal: &Terminal) -> Result<(), Stop> {
    let files = with_bar("rules", |progress| boundaries(&bench.loads(), &bench.targets(), &options(args, progress)));
    let mut tests = 0;
    for file in &files {
        find::write(&free_path(folder, file), &file.text)?;
        tests += file.tests;
    }
    let folder = folder.display();
    terminal.print(&match files.len() {
        0 => "every edge of every rule is posed by a test already\n".to_owned(),
        count => format!("{tests} tests for {count} rules written to {folder}; read them before you keep them\n"),
    })
}

/// A path that no file has yet.
fn free_path(folder: &Path, file: &BoundaryFile) -> PathBuf {
    let named = |number: usize| {
        let number = if number == 1 { String::new() } else { format!("-{number}") };
        folder.join(format!("{}{number}.test.yaml", file.rule))
    };
    (1..).map(named).find(|path| !path.exists()).unwrap_or_else(|| named(1))
}
