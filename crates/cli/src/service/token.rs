//! `heedful serve token`: a caller and its roles -> a token, and the line for the file of tokens.

use super::safety::TokenArgs;
use crate::args::Format;
use crate::error::CliError;
use crate::terminal::Terminal;
use heedful_service::{Callers, NewToken};
use serde_json::json;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

pub(super) fn run(args: &TokenArgs, terminal: &Terminal) -> Result<(), CliError> {
    let NewToken { token, line } = NewToken::make(&args.name, &args.roles).map_err(CliError::Cannot)?;
    if let Some(path) = &args.tokens {
        add(path, &line)?;
    }
    let told = match (terminal.format(), &args.tokens) {
        (Format::Json, _) => format!("{}\n", json!({"name": args.name, "token": token, "line": line})),
        (Format::Human, Some(path)) => format!(
            "{token}\n\nThis is the token of `{}`. It is shown this once. What it hashes to is in {}; a service that\nruns takes it within seconds.\n",
            args.name,
            path.display()
        ),
        (Format::Human, None) => format!(
            "{token}\n\nThis is the token of `{}`. It is shown this once. The line for the file of tokens:\n{line}\n",
            args.name
        ),
    };
    terminal.print(&told)
}

/// Writes the line to the end of a file, where the file can be used at all.
fn add(path: &Path, line: &str) -> Result<(), CliError> {
    let named = path.display().to_string();
    let cannot = |error: &io::Error| CliError::file(&named, error);
    let before = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(cannot(&error)),
    };
    let gap = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
    let added = format!("{gap}{line}\n");
    Callers::parse(&format!("{before}{added}")).map_err(|error| CliError::Cannot(format!("{named}: {error}")))?;
    let mut options = fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written =
        options.open(path).and_then(|mut file| file.write_all(added.as_bytes()).and_then(|()| file.sync_all()));
    written.map_err(|error| cannot(&error))
}
