//! `heedful case`: a policy -> a blank case in YAML, to be filled in.

use super::args::CaseArgs;
use super::error::CliError;
use super::policy;
use super::terminal::Terminal;
use heedful::report::blank_case;
use heedful::wire::read_call_time;
use heedful_live::store::now;

pub(super) fn run(args: &CaseArgs, terminal: &Terminal) -> Result<(), CliError> {
    let policy = policy::load(&args.policy, terminal)?;
    let said = args.at.as_deref().map(|words| read_call_time(words, policy.zone()));
    let at = said.transpose().map_err(|why| CliError::Cannot(format!("--at: {why}")))?;
    terminal.print(&blank_case(&policy, at.unwrap_or_else(now)))
}
