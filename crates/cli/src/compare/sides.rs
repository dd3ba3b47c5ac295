//! Arguments -> the policies that are compared, each with the set that it was loaded with.

use super::args::CompareArgs;
use crate::error::CliError;
use crate::policy::{kept_at, load_sound, pick};
use crate::terminal::Terminal;
use heedful::engine::{Load, Snapshot};
use std::path::{Path, PathBuf};

/// A policy, and the set that it stands in.
#[derive(Clone, Copy)]
pub(super) struct Side<'l> {
    pub load: &'l Load,
    pub policy: &'l Snapshot,
}

/// Two policies, of which the second must not give less.
pub(super) struct Pair<'l> {
    pub old: Side<'l>,
    pub new: Side<'l>,
}

/// A set, and the one policy of it that the digest it was asked for by names.
struct Loaded {
    load: Load,
    named: Option<String>,
}

/// Everything that was loaded.
pub(super) struct Sides {
    old: Loaded,
    /// None where a policy is compared with its bases, which stand beside it.
    new: Option<Loaded>,
}

impl Sides {
    pub(super) fn load(args: &CompareArgs, terminal: &Terminal) -> Result<Self, CliError> {
        let one = |said: &str, other: Option<&str>| loaded(args, said, other, terminal);
        let old = one(&args.old, args.new.as_deref())?;
        let new = args.new.as_deref().map(|new| one(new, Some(&args.old))).transpose()?;
        Ok(Self { old, new })
    }

    /// What is compared with what.
    pub(super) fn pairs(&self, args: &CompareArgs) -> Result<Vec<Pair<'_>>, CliError> {
        let side = |of: &'_ Loaded, force: Option<&str>| -> Result<usize, CliError> {
            let picked = pick(&of.load.policies, force.or(of.named.as_deref()))?;
            of.load.policies.iter().position(|policy| std::ptr::eq(policy, picked)).ok_or(CliError::FellShort)
        };
        let at = |of: &'_ Loaded, force| side(of, force);
        let Some(new) = &self.new else {
            let place = at(&self.old, args.force.as_deref())?;
            return with_bases(&self.old.load, place);
        };
        let old_force = args.old_force.as_deref().or(args.force.as_deref());
        let (was, is) = (at(&self.old, old_force)?, at(new, args.force.as_deref())?);
        let of = |load, at| nth(load, at);
        Ok(vec![Pair { old: of(&self.old.load, was)?, new: of(&new.load, is)? }])
    }
}

fn nth(load: &Load, at: usize) -> Result<Side<'_>, CliError> {
    load.policies.get(at).map(|policy| Side { load, policy }).ok_or(CliError::FellShort)
}

/// A policy beside each of those that it tailors.
fn with_bases(load: &Load, at: usize) -> Result<Vec<Pair<'_>>, CliError> {
    let new = nth(load, at)?;
    let bases = load.policies.iter().filter(|policy| new.policy.bases().any(|base| base == policy.name()));
    let pairs: Vec<Pair<'_>> = bases.map(|policy| Pair { old: Side { load, policy }, new }).collect();
    if pairs.is_empty() {
        return Err(CliError::Cannot(format!("{} tailors no other policy, so it has no base", new.policy.name())));
    }
    Ok(pairs)
}

/// The policies of files or a folder; or, where there are none of that name, those that were kept under a digest.
fn loaded(args: &CompareArgs, said: &str, other: Option<&str>, terminal: &Terminal) -> Result<Loaded, CliError> {
    let path = PathBuf::from(said);
    if path.exists() || !is_digest(said) {
        return Ok(Loaded { load: load_sound(&[path], terminal)?, named: None });
    }
    let beside = other.map(Path::new).filter(|path| path.exists());
    if args.keep.is_none() && beside.is_none() {
        return Err(CliError::Cannot(format!(
            "`{said}` is no file or folder; if it is the digest of a policy that was kept, say where with --keep"
        )));
    }
    let keep = kept_at(args.keep.as_deref(), beside)?;
    let manifest = keep.find(said).map_err(CliError::Cannot)?;
    let load = keep.load(&manifest.bytes).map_err(CliError::Cannot)?;
    Ok(Loaded { load, named: manifest.policy_of(said) })
}

/// Whether this can only be meant as a digest or its first digits, where there is no file of that name.
fn is_digest(said: &str) -> bool {
    let digits = said.strip_prefix("sha256:").unwrap_or(said);
    digits.len() >= 4 && digits.chars().all(|digit| digit.is_ascii_hexdigit())
}
