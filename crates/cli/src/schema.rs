//! `heedful schema`: the JSON Schema of a case, or how far back its history must reach.

use super::args::SchemaArgs;
use super::error::CliError;
use super::policy;
use super::terminal::Terminal;
use heedful::wire::case_schema;

pub(super) fn run(args: &SchemaArgs, terminal: &Terminal) -> Result<(), CliError> {
    let policies = policy::load_whole(&args.policy, terminal)?.policies;
    let name = policy::name(&args.policy)?;
    if args.history {
        let policy = policy::choose(policies, name.as_deref())?;
        let lines = policy.horizon().in_words(policy.vocabulary());
        return terminal.print(&lines.iter().map(|line| format!("{line}\n")).collect::<String>());
    }
    let schema = match policies.split_first() {
        // Forces that share a vocabulary share its schema, so there is nothing to choose.
        Some((first, others))
            if name.is_none() && others.iter().all(|other| other.vocabulary() == first.vocabulary()) =>
        {
            case_schema(first.vocabulary())
        }
        _ => case_schema(policy::choose(policies, name.as_deref())?.vocabulary()),
    };
    terminal.print(&format!("{schema:#}\n"))
}
