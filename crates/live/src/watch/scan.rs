//! Paths -> the whole set as it lies on the disk at one moment, and which folders to listen to.

use crate::files::{Survey, survey};
use heedful::engine::{Input, digest, digest_of_files};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf, absolute};
use std::time::SystemTime;

/// The set as it was read once.
#[derive(Debug)]
pub(super) struct Scan {
    pub(super) inputs: Vec<Input>,
    pub(super) problems: Vec<String>,
    pub(super) print: Print,
    /// The files that are no policies.
    pub(super) others: BTreeSet<PathBuf>,
    /// When the newest of the policy files was written.
    pub(super) newest: Option<SystemTime>,
    /// The policy files, where they really are.
    pub(super) files: BTreeSet<PathBuf>,
    /// Every folder that must be listened to, with what it is: a folder of the same name may be another one.
    pub(super) folders: BTreeMap<PathBuf, String>,
    /// Those of them in which policies lie, and so all that they are tested with.
    pub(super) homes: BTreeSet<PathBuf>,
}

/// What tells two readings apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Print {
    /// Of the policy files, and of what could not be read.
    pub(super) set: String,
    /// Of the sizes and dates of the files that lie among them, such as tests.
    pub(super) others: String,
    /// Of those that may be tests, or belong to tests.
    pub(super) tests: String,
}

pub(super) fn scan(paths: &[PathBuf]) -> Scan {
    let Survey { files, folders, others, problems } = survey(paths);
    let newest = files.iter().filter_map(|file| file.path.as_ref()?.metadata().ok()?.modified().ok()).max();
    let real: BTreeSet<PathBuf> = files.iter().filter_map(|file| file.path.as_ref()?.canonicalize().ok()).collect();
    let homes = real.iter().filter_map(|file| file.parent()).map(Path::to_owned);
    let homes: BTreeSet<PathBuf> = folders.into_iter().chain(homes).collect();
    let around = paths.iter().flat_map(|path| around(path));
    let folders: BTreeSet<PathBuf> = homes.iter().cloned().chain(around).collect();
    let folders = folders.into_iter().filter_map(|folder| Some((folder.clone(), identity(&folder)?))).collect();
    let inputs: Vec<Input> = files.into_iter().map(|file| file.input).collect();
    let tests = others.iter().filter(|path| may_be_tests(path));
    let print = Print {
        set: print_of(&inputs, &problems),
        others: print_of_others(others.iter()),
        tests: print_of_others(tests),
    };
    Scan { inputs, problems, print, others, newest, files: real, folders, homes }
}

/// The digest of the files by which a generation is known.
pub(super) fn bytes(scan: &Scan) -> String {
    digest_of_files(&scan.inputs)
}

fn print_of(inputs: &[Input], problems: &[String]) -> String {
    let names = inputs.iter().map(|input| (input.name.as_str(), digest([input.bytes.as_slice()])));
    let lines = names.map(|(name, digest)| format!("{name:?} {digest}\n"));
    let lines: Vec<String> = lines.chain(problems.iter().map(|problem| format!("{problem:?}\n"))).collect();
    digest(lines.iter().map(String::as_bytes))
}

/// Whether a file may hold tests. A log that is written among the policies must not have them tested over and over.
fn may_be_tests(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| ["yaml", "yml", "snap"].contains(&ending.as_str()))
}

fn print_of_others<'p>(others: impl Iterator<Item = &'p PathBuf>) -> String {
    let lines = others.map(|path| {
        let metadata = path.metadata().ok();
        let size = metadata.as_ref().map(std::fs::Metadata::len);
        let date = metadata.and_then(|metadata| metadata.modified().ok());
        format!("{path:?} {size:?} {date:?}\n")
    });
    let lines: Vec<String> = lines.collect();
    digest(lines.iter().map(String::as_bytes))
}

/// The folders above a path in which it may come, go, or be replaced: its own, those of the links on its way, and the
/// nearest one that exists.
fn around(path: &Path) -> Vec<PathBuf> {
    let Ok(whole) = absolute(path) else { return Vec::new() };
    let links = whole.ancestors().filter(|above| above.is_symlink() || *above == whole).filter_map(Path::parent);
    let nearest = whole.ancestors().skip(1).find(|above| above.is_dir());
    let real = whole.canonicalize().ok().and_then(|real| real.parent().map(Path::to_owned));
    links.chain(nearest).map(Path::to_owned).chain(real).collect()
}

/// What a folder is, whatever it is called.
#[cfg(unix)]
fn identity(folder: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let metadata = folder.metadata().ok().filter(std::fs::Metadata::is_dir)?;
    Some(format!("{}:{}", metadata.dev(), metadata.ino()))
}

/// What a folder is, as far as its path tells.
#[cfg(not(unix))]
fn identity(folder: &Path) -> Option<String> {
    let real = folder.canonicalize().ok().filter(|real| real.is_dir())?;
    Some(real.display().to_string())
}
