//! `--policy` and `--force` -> the one policy that is meant.

use super::args::PolicyArgs;
use super::stop::Stop;
use super::terminal::Terminal;
use crate::engine::{self, Input, Load, Snapshot};
use crate::files::{read_policies, reason};
use crate::keep::Keep;
use crate::report;
use crate::text::{joined, nearest};
use crate::wire::Summary;

/// Loads the policies, all of which must be free of errors.
pub(super) fn load(args: &PolicyArgs, terminal: &Terminal) -> Result<Vec<Snapshot>, Stop> {
    let inputs = match &args.digest {
        Some(digest) => read_kept(args, digest),
        None => read_policies(&args.paths),
    };
    let load = engine::load(&inputs.map_err(Stop::Cannot)?);
    let summary = Summary::of(&load, None);
    let Load { sources, diagnostics, policies } = load;
    if summary.errors > 0 {
        for diagnostic in &diagnostics {
            terminal.say(&format!("{}\n", report::diagnostic(diagnostic, &sources, terminal.err_styled)));
        }
        terminal.say(&report::summary(&summary));
        return Err(Stop::FellShort);
    }
    if policies.is_empty() {
        let paths: Vec<String> = args.paths.iter().map(|path| path.display().to_string()).collect();
        return Err(Stop::Cannot(format!("there is no policy in {}", joined(&paths, "or"))));
    }
    Ok(policies)
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
    let at = {
        let names: Vec<&str> = policies.iter().map(Snapshot::name).collect();
        match force {
            Some(force) => named(&names, force)?,
            None if names.len() == 1 => 0,
            None => {
                let names = joined(&names, "and");
                return Err(Stop::Cannot(format!("there are several policies: {names}; say which with --force")));
            }
        }
    };
    Ok(policies.swap_remove(at))
}

/// The place of the policy called `force`: in any capitals, with `-` for spaces, or by the start of its name alone.
fn named(names: &[&str], force: &str) -> Result<usize, Stop> {
    let wanted = slug(force);
    let slugs: Vec<String> = names.iter().map(|name| slug(name)).collect();
    let exact = names.iter().position(|name| *name == force).or_else(|| slugs.iter().position(|slug| *slug == wanted));
    if let Some(at) = exact {
        return Ok(at);
    }
    let starts: Vec<usize> =
        (0..).zip(&slugs).filter(|(_, slug)| slug.starts_with(&wanted)).map(|(at, _)| at).collect();
    match *starts {
        [at] if !wanted.is_empty() => Ok(at),
        [_, _, ..] if !wanted.is_empty() => {
            let meant: Vec<&str> = starts.iter().filter_map(|at| names.get(*at).copied()).collect();
            Err(Stop::Cannot(format!("`{force}` could be {}", joined(&meant, "or"))))
        }
        _ => Err(unknown(names, &slugs, force)),
    }
}

fn unknown(names: &[&str], slugs: &[String], force: &str) -> Stop {
    let first_words = slugs.iter().map(|slug| slug.split('-').next().unwrap_or_default());
    let near = nearest(&slug(force), slugs.iter().map(String::as_str).chain(first_words));
    let near = near.and_then(|near| slugs.iter().position(|slug| slug.starts_with(near))).and_then(|at| names.get(at));
    let meant = match near {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("there is {}", joined(names, "and")),
    };
    Stop::Cannot(format!("no policy is called `{force}`; {meant}"))
}

fn slug(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}
