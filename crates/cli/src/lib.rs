//! The command `heedful`: arguments -> exit code. The only crate that touches the terminal and the environment.

mod args;
mod error;
mod terminal;
mod policy;
mod follow;
mod cases;
mod worker;
mod pool;
mod check;
mod decide;
mod fmt;
mod test;
mod case;
mod new;
mod schema;
mod explain;
mod completions;
mod watch;
mod kept;
mod tables;
mod map;
mod replay;
mod compare;
mod service;

use args::{Cli, Command};
use clap::Parser;
use error::CliError;
use std::ffi::OsString;
use std::process::ExitCode;
use terminal::Terminal;

/// Runs the command that `args` asks for; the first of them is the program's name.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let Cli { command, output } = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help is an error to the parser; when nobody reads it any more there is nobody to tell.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(CliError::USAGE) } else { ExitCode::SUCCESS };
        }
    };
    let terminal = Terminal::new(output);
    let done = match command {
        Command::Check(args) => check::run(&args, &terminal),
        Command::Decide(args) => decide::run(&args, &terminal),
        Command::Fmt(args) => fmt::run(&args, &terminal),
        Command::Explain(args) => explain::run(&args, &terminal),
        Command::Test(args) => test::run(&args, &terminal),
        Command::New(args) => new::run(&args, &terminal),
        Command::Case(args) => case::run(&args, &terminal),
        Command::Schema(args) => schema::run(&args, &terminal),
        Command::Completions(args) => completions::run(&args, &terminal),
        Command::Watch(args) => watch::run(args, &terminal),
        Command::Kept(args) => kept::run(&args, &terminal),
        Command::Replay(args) => replay::run(&args, &terminal),
        Command::Compare(args) => compare::run(&args, &terminal),
        Command::Map(args) => map::run(&args, &terminal),
        Command::Serve(args) => service::serve::run(*args, &terminal),
        Command::Record(args) => service::record::run(&args, &terminal),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => stop.report(&terminal),
    }
}
