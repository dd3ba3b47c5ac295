//! `heedful completions`: a script that completes commands in a shell.

use super::args::{Cli, CompletionsArgs};
use super::error::CliError;
use super::terminal::Terminal;
use clap::CommandFactory;

pub(super) fn run(args: &CompletionsArgs, terminal: &Terminal) -> Result<(), CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "heedful", &mut script);
    terminal.print(&String::from_utf8_lossy(&script))
}
