//! Runs the tests again whenever a policy, a test or a snapshot changes.

use super::args::TestArgs;
use super::{Bench, once};
use crate::error::CliError;
use crate::terminal::Terminal;
use heedful::engine::Input;
use heedful::testing::TestInput;
use std::thread::sleep;
use std::time::Duration;

/// How often the files are looked at.
const PAUSE: Duration = Duration::from_millis(300);

/// What the files hold, to tell a change; an error is a state like any other.
#[derive(PartialEq)]
enum FilesState {
    Files(Vec<(String, String)>, Vec<(String, Vec<u8>)>),
    Error(String),
}

pub(super) fn run(args: &TestArgs, terminal: &Terminal) -> Result<(), CliError> {
    let mut known = None;
    loop {
        let now = state(args);
        if known.as_ref() != Some(&now) {
            terminal.say("──────── heedful test: watching; stop with Ctrl-C");
            match once(args, terminal) {
                Ok(()) | Err(CliError::FellShort | CliError::NotSettled) => {}
                Err(CliError::Cannot(why)) => terminal.say(&format!("error: {why}")),
                Err(CliError::Closed) => return Err(CliError::Closed),
            }
            // What the run itself wrote is not a change.
            known = Some(state(args));
        }
        sleep(PAUSE);
    }
}

fn state(args: &TestArgs) -> FilesState {
    match Bench::read(args) {
        Ok(bench) => {
            let test = |input: &TestInput| (input.name.clone(), format!("{}{:?}", input.text, input.snapshots));
            let policy = |input: &Input| (input.name.clone(), input.bytes.clone());
            let tests = bench.found.iter().map(|found| test(&found.input)).collect();
            FilesState::Files(tests, bench.homes.iter().flat_map(|home| &home.inputs).map(policy).collect())
        }
        Err(CliError::Cannot(why)) => FilesState::Error(why),
        Err(CliError::FellShort | CliError::NotSettled | CliError::Closed) => FilesState::Error(String::new()),
    }
}
