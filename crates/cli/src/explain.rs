//! `heedful explain`: the effective policy as a document.

use super::args::{ExplainArgs, Format};
use super::error::CliError;
use super::kept::changes_line;
use super::policy;
use super::terminal::Terminal;
use heedful::changes::{Change, Changes, between};
use heedful::engine::Load;
use heedful::explain::PolicyDocument;
use heedful::proof::prove_policy;
use heedful::report::SignedPage;
use heedful::time::Date;
use heedful::wire;
use heedful_live::Threads;
use heedful_live::store::now;
use std::io::Write;

pub(super) fn run(args: &ExplainArgs, terminal: &Terminal) -> Result<(), CliError> {
    if args.html && terminal.json_was_asked_for() {
        return Err(CliError::Cannot(
            "`--html` is for people and `--format json` for programs: ask for one".to_owned(),
        ));
    }
    let load = policy::load_whole(&args.policy, terminal)?;
    let policy = policy::pick(&load.policies, policy::name(&args.policy)?.as_deref())?;
    let document = load.explain(policy);
    let made = Some(policy.zone().date(now()));
    if let Some(digest) = &args.since {
        return since(args, digest, &load, &document, made, terminal);
    }
    match terminal.format() {
        Format::Json => {
            let mut out = terminal.out();
            let written = wire::write_policy(&mut out, &document, &load.sources);
            written.and_then(|()| writeln!(out)).and_then(|()| out.flush()).map_err(|error| CliError::writing(&error))
        }
        Format::Human => {
            let proof = prove_policy(&load, policy, false, &Threads::default());
            print(&SignedPage::proved(&document, policy, &proof, made), args, terminal)
        }
    }
}

fn print(page: &SignedPage, args: &ExplainArgs, terminal: &Terminal) -> Result<(), CliError> {
    terminal.print(&if args.html { page.html() } else { page.markdown() })
}

/// What changed since a policy that was kept, and that somebody has signed.
fn since(
    args: &ExplainArgs,
    digest: &str,
    load: &Load,
    document: &PolicyDocument,
    made: Option<Date>,
    terminal: &Terminal,
) -> Result<(), CliError> {
    let kept = policy::kept(&args.policy)?;
    let manifest = kept.find(digest).map_err(CliError::Cannot)?;
    let old = kept.load(&manifest.bytes).map_err(CliError::Cannot)?;
    let before =
        old.policies.iter().find(|old| old.name() == document.name).ok_or_else(|| {
            CliError::Cannot(format!("the policy that was kept as {digest} has no `{}`", document.name))
        })?;
    let changes = between(&old, load);
    let own: Vec<&Change> = changes.list.iter().filter(|change| change.policies.contains(&document.name)).collect();
    if let Format::Json = terminal.format() {
        let own = Changes { list: own.into_iter().cloned().collect() };
        return terminal.print(&changes_line(&own));
    }
    print(&SignedPage::since(document, before.digest(), &own, made), args, terminal)
}
