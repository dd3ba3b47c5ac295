//! `heedful new`: a name -> the files of a policy to begin with, commented, with its tests.

pub(crate) mod args;
mod force;
mod form;

use crate::error::CliError;
use crate::terminal::Terminal;
use args::{NewArgs, NewCommand};
use heedful::engine::{Input, canonical};
use heedful::report;
use heedful::text::{Sources, spoken};
use std::fs;
use std::io::Write;
use std::path::PathBuf;

/// A policy to begin with.
struct Starter {
    files: Vec<NewFile>,
    /// A command for each thing to do next.
    next: Vec<String>,
}

/// A file that is to be written.
struct NewFile {
    path: PathBuf,
    text: String,
}

pub(crate) fn run(args: &NewArgs, terminal: &Terminal) -> Result<(), CliError> {
    let mut starter = match &args.what {
        NewCommand::Force(args) => force::starter(args, terminal)?,
        NewCommand::Form(args) => form::starter(args),
    };
    if let Some(there) = starter.files.iter().find(|file| file.path.exists()) {
        return Err(CliError::Cannot(format!(
            "{}: this file is there already, and nothing was written; name another folder with --to",
            there.path.display()
        )));
    }
    for file in starter.files.iter_mut().filter(|file| file.path.extension().is_some_and(|ending| ending == "heed")) {
        file.text = laid_out(&file.text)?;
    }
    starter.files.iter().try_for_each(write)?;
    let written: Vec<String> = starter.files.iter().map(|file| file.path.display().to_string()).collect();
    let next: String = starter.next.iter().map(|line| format!("  {line}\n")).collect();
    terminal.print(&format!("Written: {}. Open them in a text editor, and then:\n{next}", spoken(&written, "and")))
}

/// In the one layout, as `heedful fmt` has it.
fn laid_out(policy: &str) -> Result<String, CliError> {
    let mut sources = Sources::default();
    canonical(&mut sources, &Input::new("the new policy", policy)).map_err(|problems| {
        let shown = problems.iter().map(|problem| report::diagnostic(problem, &sources, false));
        CliError::Cannot(shown.collect::<Vec<_>>().join("\n"))
    })
}

/// Writes a file that is not there yet.
fn write(NewFile { path, text }: &NewFile) -> Result<(), CliError> {
    let made = path.parent().map_or(Ok(()), fs::create_dir_all);
    made.map_err(|error| CliError::file(&path.display().to_string(), &error))?;
    let file = fs::OpenOptions::new().write(true).create_new(true).open(path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
    written.map_err(|error| CliError::file(&path.display().to_string(), &error))
}
