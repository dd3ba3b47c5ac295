//! `heedful fmt`: every file in the one canonical layout.

use super::args::{FmtArgs, Format};
use super::error::CliError;
use super::terminal::Terminal;
use heedful::engine::canonical;
use heedful::report;
use heedful::text::{Diagnostic, Sources};
use heedful::wire;
use heedful_live::files::{PolicyFile, find_policies};
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// What came of the files so far.
#[derive(Default)]
struct Formatted {
    sources: Sources,
    errors: Vec<Diagnostic>,
    files: usize,
    changed: Vec<String>,
}

pub(super) fn run(args: &FmtArgs, terminal: &Terminal) -> Result<(), CliError> {
    let files = find_policies(&args.policies).map_err(CliError::Cannot)?;
    let to_standard_output = !args.check && files.iter().any(|file| file.path.is_none());
    if to_standard_output && terminal.json_was_asked_for() {
        return Err(CliError::Cannot(
            "`-` writes the policy itself, so it does not go with `--format json`".to_owned(),
        ));
    }
    let mut formatted = Formatted::default();
    for file in &files {
        formatted.file(file, args.check, terminal)?;
    }
    match terminal.format() {
        Format::Json => formatted.write_json(terminal)?,
        Format::Human => formatted.say(args.check, to_standard_output, terminal)?,
    }
    let fell_short = !formatted.errors.is_empty() || (args.check && !formatted.changed.is_empty());
    if fell_short { Err(CliError::FellShort) } else { Ok(()) }
}

impl Formatted {
    fn file(&mut self, file: &PolicyFile, check: bool, terminal: &Terminal) -> Result<(), CliError> {
        let PolicyFile { path, input } = file;
        self.files += 1;
        let text = match canonical(&mut self.sources, input) {
            Ok(text) => text,
            Err(errors) => {
                self.errors.extend(errors);
                return Ok(());
            }
        };
        match path {
            None if !check => return terminal.print(&text),
            _ if text.as_bytes() == input.bytes => return Ok(()),
            Some(path) if !check => {
                replace(path, text.as_bytes()).map_err(|error| CliError::file(&input.name, &error))?;
            }
            _ => {}
        }
        self.changed.push(input.name.clone());
        Ok(())
    }

    fn write_json(&self, terminal: &Terminal) -> Result<(), CliError> {
        let mut out = terminal.out();
        let written = wire::write_formatted(&mut out, &self.changed, &self.errors, &self.sources);
        written.and_then(|()| writeln!(out)).and_then(|()| out.flush()).map_err(|error| CliError::writing(&error))
    }

    fn say(&self, check: bool, quiet: bool, terminal: &Terminal) -> Result<(), CliError> {
        for error in &self.errors {
            terminal.say(&format!("{}\n", report::diagnostic(error, &self.sources, terminal.err_styled)));
        }
        if check {
            terminal.print(&self.changed.iter().map(|name| format!("{name}\n")).collect::<String>())?;
        }
        if !quiet {
            let what = if check { "would change" } else { "changed" };
            terminal.say(&format!("{} of {} files {what}", self.changed.len(), self.files));
        }
        Ok(())
    }
}

/// Puts `bytes` in the place of a file in one step, so that nobody ever reads half of it. Links stay links.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let real = path.canonicalize()?;
    let permissions = fs::metadata(&real)?.permissions();
    if permissions.readonly() {
        return Err(ErrorKind::PermissionDenied.into());
    }
    let name = real.file_name().unwrap_or_default().to_string_lossy();
    let draft = real.with_file_name(format!(".{name}.{}.draft", std::process::id()));
    let written = write_draft(&draft, bytes, permissions).and_then(|()| fs::rename(&draft, &real));
    if written.is_err() {
        // The first failure is the one to tell; the draft may not even exist.
        let _ = fs::remove_file(&draft);
    }
    written
}

fn write_draft(draft: &Path, bytes: &[u8], permissions: fs::Permissions) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(draft)?;
    file.write_all(bytes)?;
    file.set_permissions(permissions)?;
    file.sync_all()
}
