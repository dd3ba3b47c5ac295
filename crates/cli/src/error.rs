//! `CliError`: why a command ended early or without success, and its exit code.

use super::terminal::Terminal;
use anstyle::{AnsiColor, Style};
use heedful_live::files::reason;
use std::io;
use std::process::ExitCode;

#[derive(Debug)]
pub(super) enum CliError {
    /// The policy, a case or a check fell short. What was wrong has been said.
    FellShort,
    /// What was asked is neither proved nor disproved. What stood in the way has been said.
    NotSettled,
    /// The command was asked for something that it cannot do, or a file could not be read or written.
    Cannot(String),
    /// Nobody reads the output any more.
    Closed,
}

impl CliError {
    pub(super) const USAGE: u8 = 2;
    const NOT_SETTLED: u8 = 3;

    pub(super) fn report(self, terminal: &Terminal) -> ExitCode {
        match self {
            Self::FellShort => ExitCode::FAILURE,
            Self::NotSettled => ExitCode::from(Self::NOT_SETTLED),
            Self::Cannot(why) => {
                let style = if terminal.err_styled { AnsiColor::Red.on_default().bold() } else { Style::new() };
                for line in why.lines() {
                    terminal.say(&format!("{style}error{style:#}: {line}"));
                }
                ExitCode::from(Self::USAGE)
            }
            Self::Closed => ExitCode::SUCCESS,
        }
    }

    /// What came of writing to standard output.
    pub(super) fn writing(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Cannot(format!("standard output could not be written: {}", reason(error))),
        }
    }

    /// What came of reading or writing the file called `name`.
    pub(super) fn file(name: &str, error: &io::Error) -> Self {
        Self::Cannot(format!("{name}: {}", reason(error)))
    }
}
