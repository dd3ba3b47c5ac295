//! `heedful schema`: the JSON Schema of a case.

use super::args::Schema;
use super::policy;
use super::stop::Stop;
use super::terminal::Terminal;
use crate::wire::case_schema;

pub(super) fn run(args: &Schema, terminal: &Terminal) -> Result<(), Stop> {
    let policies = policy::load(&args.policy, terminal)?;
    let schema = match policies.split_first() {
        // Forces that share a vocabulary share its schema, so there is nothing to choose.
        Some((first, others))
            if args.policy.force.is_none() && others.iter().all(|other| other.vocabulary() == first.vocabulary()) =>
        {
            case_schema(first.vocabulary())
        }
        _ => case_schema(policy::choose(policies, args.policy.force.as_deref())?.vocabulary()),
    };
    terminal.print(&format!("{schema:#}\n"))
}
