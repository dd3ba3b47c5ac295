//! `heedful explain`: the effective policy as a document.

use super::args::{ExplainArgs, Format};
use super::error::CliError;
use super::policy;
use super::terminal::Terminal;
use heedful::report;
use heedful::wire;
use std::io::Write;

pub(super) fn run(args: &ExplainArgs, terminal: &Terminal) -> Result<(), CliError> {
    if args.html && terminal.json_was_asked_for() {
        return Err(CliError::Cannot(
            "`--html` is for people and `--format json` for programs: ask for one".to_owned(),
        ));
    }
    let load = policy::load_whole(&args.policy, terminal)?;
    let document = load.explain(policy::pick(&load.policies, policy::name(&args.policy)?.as_deref())?);
    match terminal.format() {
        Format::Json => {
            let mut out = terminal.out();
            let written = wire::write_policy(&mut out, &document, &load.sources);
            written.and_then(|()| writeln!(out)).and_then(|()| out.flush()).map_err(|error| CliError::writing(&error))
        }
        Format::Human if args.html => terminal.print(&report::html(&document)),
        Format::Human => terminal.print(&report::markdown(&document)),
    }
}
