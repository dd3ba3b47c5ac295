//! `--policy` and `--force` -> the one policy that is meant.

use super::args::PolicyArgs;
use super::stop::Stop;
use super::terminal::Terminal;
use crate::engine::{self, Input, Load, Snapshot};
use crate::files::{read_policies, reason};
use crate::keep::Keep;
use crate::report;
use crate::text::joined;
use crate::wire::Summary;

/// Loads the policies, all of which must be free of errors.
pub(super) fn load(args: &PolicyArgs, terminal: &Terminal) -> Result<Vec<Snapshot>, Stop> {
    load_whole(args, terminal).map(|load| load.policies)
}

/// Loads the policies with their sources.
pub(super) fn load_whole(args: &PolicyArgs, terminal: &Terminal) -> Result<Load, Stop> {
    let inputs = match &args.digest {
        Some(digest) => read_kept(args, digest),
        None => read_policies(&args.paths),
    };
    let load = engine::load(&inputs.map_err(Stop::Cannot)?);
    let summary = Summary::of(&load, None);
    if summary.errors > 0 {
        for diagnostic in &load.diagnostics {
            terminal.say(&format!("{}\n", report::diagnostic(diagnostic, &load.sources, terminal.err_styled)));
        }
        terminal.say(&report::summary(&summary));
        return Err(Stop::FellShort);
    }
    if load.policies.is_empty() {
        let paths: Vec<String> = args.paths.iter().map(|path| path.display().to_string()).collect();
        return Err(Stop::Cannot(format!("there is no policy in {}", joined(&paths, "or"))));
    }
    Ok(load)
}

/// The files of the policy that was kept under this digest.
fn read_kept(args: &PolicyArgs, digest: &str) -> Result<Vec<Input>, String> {
    let folder = match (&args.keep, args.paths.as_slice()) {
        (Some(folder), _) => folder.clone(),
        (None, [policy]) => {
            Keep::beside(policy).map_err(|error| format!("{}: {}", policy.display(), reason(&error)))?
        }
        _ => return Err("say where the policy was kept: with --policy, or with --keep".to_owned()),
    };
    let keep = Keep::at(folder);
    keep.read(&keep.find(digest)?.bytes)
}

/// Picks the policy that `--force` names, or the only one.
pub(super) fn choose(mut policies: Vec<Snapshot>, force: Option<&str>) -> Result<Snapshot, Stop> {
    let at = place(&policies, force)?;
    Ok(policies.swap_remove(at))
}

/// The policy that `--force` names, or the only one, left among the others.
pub(super) fn pick<'p>(policies: &'p [Snapshot], force: Option<&str>) -> Result<&'p Snapshot, Stop> {
    let at = place(policies, force)?;
    policies.get(at).ok_or(Stop::FellShort)
}

fn place(policies: &[Snapshot], force: Option<&str>) -> Result<usize, Stop> {
    let names: Vec<&str> = policies.iter().map(Snapshot::name).collect();
    match force {
        Some(force) => engine::named(&names, force).map_err(Stop::Cannot),
        None if names.len() == 1 => Ok(0),
        None => {
            let names = joined(&names, "and");
            Err(Stop::Cannot(format!("there are several policies: {names}; say which with --force")))
        }
    }
}
