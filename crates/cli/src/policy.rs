//! `--policy` and `--force` -> the one policy that is meant.

use super::args::PolicyArgs;
use super::error::CliError;
use super::terminal::Terminal;
use heedful::engine::{self, Input, Load, Snapshot};
use heedful::report;
use heedful::text::joined;
use heedful::wire::Summary;
use heedful_live::files::{read_policies, reason};
use heedful_live::store::Store;
use std::path::{Path, PathBuf};

/// Loads the policies, all of which must be free of errors, and picks the one that is meant.
pub(super) fn load(args: &PolicyArgs, terminal: &Terminal) -> Result<Snapshot, CliError> {
    choose(load_whole(args, terminal)?.policies, name(args)?.as_deref())
}

/// Loads the policies with their sources.
pub(super) fn load_whole(args: &PolicyArgs, terminal: &Terminal) -> Result<Load, CliError> {
    if args.live {
        let in_force = kept(args)?.in_force().map_err(CliError::Cannot)?;
        warn(&in_force.passed_over, terminal);
        return Ok(in_force.load);
    }
    let inputs = match &args.digest {
        Some(digest) => read_kept(&kept(args)?, digest),
        None => read_policies(&args.paths),
    };
    sound(inputs.map_err(CliError::Cannot)?, &args.paths, terminal)
}

/// Loads the policies of files and folders with their sources, all of which must be free of errors.
pub(super) fn load_sound(paths: &[PathBuf], terminal: &Terminal) -> Result<Load, CliError> {
    sound(read_policies(paths).map_err(CliError::Cannot)?, paths, terminal)
}

/// What files hold, if they are free of errors and there is a policy among them.
fn sound(inputs: Vec<Input>, paths: &[PathBuf], terminal: &Terminal) -> Result<Load, CliError> {
    let load = heedful_live::load(&inputs);
    let summary = Summary::of(&load, None);
    if summary.errors > 0 {
        for diagnostic in &load.diagnostics {
            terminal.say(&format!("{}\n", report::diagnostic(diagnostic, &load.sources, terminal.err_styled)));
        }
        terminal.say(&report::summary(&summary));
        return Err(CliError::FellShort);
    }
    if load.policies.is_empty() {
        let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        return Err(CliError::Cannot(format!("there is no policy in {}", joined(&paths, "or"))));
    }
    Ok(load)
}

/// Where the policies were kept.
pub(super) fn kept(args: &PolicyArgs) -> Result<Store, CliError> {
    match args.paths.as_slice() {
        [policy] => kept_at(args.keep.as_deref(), Some(policy)),
        _ => kept_at(args.keep.as_deref(), None),
    }
}

/// The folder that was named, or that beside the policy.
pub(super) fn kept_at(folder: Option<&Path>, policy: Option<&Path>) -> Result<Store, CliError> {
    let folder = match (folder, policy) {
        (Some(folder), _) => folder.to_owned(),
        (None, Some(policy)) => {
            Store::beside(policy).map_err(|error| CliError::file(&policy.display().to_string(), &error))?
        }
        (None, None) => {
            return Err(CliError::Cannot("say where policies were kept: with one --policy, or with --keep".to_owned()));
        }
    };
    match folder.metadata() {
        Ok(metadata) if metadata.is_dir() => Ok(Store::at(folder)),
        Ok(_) => Err(CliError::Cannot(format!("{}: this is not a folder", folder.display()))),
        Err(error) => Err(CliError::Cannot(format!(
            "{}: no policy is kept here: {}; `heedful watch` keeps what it puts in force, and --keep says where that is",
            folder.display(),
            reason(&error)
        ))),
    }
}

pub(super) fn warn(said: &[String], terminal: &Terminal) {
    said.iter().for_each(|said| terminal.say(&format!("warning: {said}")));
}

/// The files of the policy that was kept under this digest.
fn read_kept(keep: &Store, digest: &str) -> Result<Vec<Input>, String> {
    keep.read(&keep.find(digest)?.bytes)
}

/// The policy that is asked for by name: with `--force`, or by the digest that only its own decisions name.
pub(super) fn name(args: &PolicyArgs) -> Result<Option<String>, CliError> {
    match (&args.force, &args.digest) {
        (Some(force), _) => Ok(Some(force.clone())),
        (None, Some(digest)) => Ok(kept(args)?.find(digest).map_err(CliError::Cannot)?.policy_of(digest)),
        (None, None) => Ok(None),
    }
}

/// Picks the policy that `--force` names, or the only one.
pub(super) fn choose(mut policies: Vec<Snapshot>, force: Option<&str>) -> Result<Snapshot, CliError> {
    let at = place(&policies, force)?;
    Ok(policies.swap_remove(at))
}

/// The policy that `--force` names, or the only one, left among the others.
pub(super) fn pick<'p>(policies: &'p [Snapshot], force: Option<&str>) -> Result<&'p Snapshot, CliError> {
    let at = place(policies, force)?;
    policies.get(at).ok_or(CliError::FellShort)
}

fn place(policies: &[Snapshot], force: Option<&str>) -> Result<usize, CliError> {
    let names: Vec<&str> = policies.iter().map(Snapshot::name).collect();
    match force {
        Some(force) => engine::named(&names, force).map_err(CliError::Cannot),
        None if names.len() == 1 => Ok(0),
        None => {
            let names = joined(&names, "and");
            Err(CliError::Cannot(format!("there are several policies: {names}; say which with --force")))
        }
    }
}
