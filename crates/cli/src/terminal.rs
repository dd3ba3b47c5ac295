//! Where output goes, and in which form and colour.

use super::args::{Color, Format, Output};
use super::error::CliError;
use anstream::{AutoStream, ColorChoice};
use std::io::{BufWriter, IsTerminal, Stderr, Stdout, Write, stderr, stdout};

/// How output was asked for, and what reads it.
pub(super) struct Terminal {
    format: Option<Format>,
    pub(super) out_styled: bool,
    pub(super) err_styled: bool,
}

impl Terminal {
    pub(super) fn new(output: Output) -> Self {
        let forced = match output.color {
            Color::Auto => None,
            Color::Always => Some(true),
            Color::Never => Some(false),
        };
        Self {
            format: output.format,
            out_styled: forced.unwrap_or_else(|| AutoStream::<Stdout>::choice(&stdout()) != ColorChoice::Never),
            err_styled: forced.unwrap_or_else(|| AutoStream::<Stderr>::choice(&stderr()) != ColorChoice::Never),
        }
    }

    /// The form for a command that writes for people unless told otherwise.
    pub(super) fn format(&self) -> Format {
        self.format.unwrap_or(Format::Human)
    }

    /// The form for a command whose output is mostly read by programs.
    pub(super) fn format_by_reader(&self) -> Format {
        self.format.unwrap_or(if stdout().is_terminal() { Format::Human } else { Format::Json })
    }

    /// Whether a program was said to read what is written.
    pub(super) fn json_was_asked_for(&self) -> bool {
        self.format == Some(Format::Json)
    }

    /// Writes a line to standard error. When that is closed there is nowhere left to say so.
    pub(super) fn say(&self, line: &str) {
        let _ = writeln!(stderr(), "{line}");
    }

    /// Writes to standard output as it is.
    pub(super) fn print(&self, text: &str) -> Result<(), CliError> {
        let mut out = stdout();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| CliError::writing(&error))
    }

    /// Standard output, for writing much; it must be flushed.
    pub(super) fn out(&self) -> BufWriter<Stdout> {
        BufWriter::new(stdout())
    }
}
