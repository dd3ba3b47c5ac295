//! Paths -> the policy files they name, sorted by name.

mod unread;

pub use unread::{is_of_an_editor, unread};

use heedful::engine::Input;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read, stdin};
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// What `-` is called in messages.
pub const STANDARD_INPUT: &str = "<standard input>";

/// One byte more than the largest file that is accepted, so that a larger one is recognised without being read whole.
const MAX_READ: u64 = 2 * 1024 * 1024 + 1;

/// A policy file as it was found; standard input has no path.
#[derive(Clone, Debug)]
pub struct PolicyFile {
    pub path: Option<PathBuf>,
    pub input: Input,
}

/// All that was found under some paths.
#[derive(Debug, Default)]
pub struct Survey {
    /// Every policy file that could be read.
    pub files: Vec<PolicyFile>,
    /// Every folder that was looked into, as it was reached.
    pub folders: BTreeSet<PathBuf>,
    /// Every file that is no policy; cases and other things that are kept beside policies.
    pub others: BTreeSet<PathBuf>,
    /// What could not be read, one line each. A set with any problem is not whole.
    pub problems: Vec<String>,
}

/// Reads every policy file that `paths` name.
///
/// # Errors
/// What could not be read, one line each.
pub fn read_policies(paths: &[PathBuf]) -> Result<Vec<Input>, String> {
    Ok(find_policies(paths)?.into_iter().map(|file| file.input).collect())
}

/// Reads every policy file that `paths` name. A file that is named twice is read once.
///
/// # Errors
/// What could not be read, one line each.
pub fn find_policies(paths: &[PathBuf]) -> Result<Vec<PolicyFile>, String> {
    let Survey { files, problems, .. } = survey(paths);
    if problems.is_empty() { Ok(files) } else { Err(problems.join("\n")) }
}

/// Reads every policy file that `paths` name, and says where it looked and what else it met.
pub fn survey(paths: &[PathBuf]) -> Survey {
    let mut found = FoundPolicies::default();
    for path in paths {
        found.look(path);
    }
    let FoundPolicies { files, standard_input, folders, others, mut problems } = found;
    let mut read = Vec::new();
    let mut keep = |name: String, path, bytes| match bytes {
        Ok(bytes) => read.push(PolicyFile { path, input: Input { name, bytes } }),
        Err(error) => problems.push(format!("{name}: {}", reason(&error))),
    };
    for (name, path) in files.into_values() {
        let bytes = File::open(&path).and_then(read_whole);
        keep(name, Some(path), bytes);
    }
    if standard_input {
        keep(STANDARD_INPUT.to_owned(), None, read_whole(stdin().lock()));
    }
    read.sort_by(|one, other| one.input.name.cmp(&other.input.name));
    Survey { files: read, folders, others, problems }
}

/// What the system says, without its numbers.
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "this is a folder, not a file".to_owned(),
        _ => {
            let said = error.to_string();
            said.split_once(" (os error").map_or(said.clone(), |(said, _)| said.to_lowercase())
        }
    }
}

fn read_whole(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MAX_READ).read_to_end(&mut bytes)?;
    Ok(bytes)
}

pub fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

#[derive(Default)]
struct FoundPolicies {
    /// By where they really are: the name they were found under, and the path.
    files: BTreeMap<PathBuf, (String, PathBuf)>,
    standard_input: bool,
    folders: BTreeSet<PathBuf>,
    others: BTreeSet<PathBuf>,
    problems: Vec<String>,
}

impl FoundPolicies {
    fn look(&mut self, path: &Path) {
        if is_standard_input(path) {
            self.standard_input = true;
            return;
        }
        match path.metadata() {
            Ok(metadata) if metadata.is_dir() => self.walk(path),
            Ok(_) => self.add(path),
            Err(error) => self.problems.push(format!("{}: {}", path.display(), reason(&error))),
        }
    }

    fn walk(&mut self, folder: &Path) {
        let (files, problems) = (self.files.len(), self.problems.len());
        let entries = WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter();
        for entry in entries.filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry)) {
            match entry {
                // A folder that has the name of a policy stands where a file should.
                Ok(entry) if entry.file_type().is_dir() && !(is_policy(entry.path()) && entry.depth() > 0) => {
                    self.folders.insert(entry.into_path());
                }
                Ok(entry) if !is_policy(entry.path()) => drop(self.others.insert(entry.into_path())),
                Ok(entry) => self.add(entry.path()),
                Err(error) => self.problems.push(walking(&error)),
            }
        }
        if files == self.files.len() && problems == self.problems.len() && !self.holds(folder) {
            self.problems.push(format!("{}: there is no .heed file in this folder", folder.display()));
            let inside = self.others.iter().filter(|path| path.starts_with(folder)).cloned().collect();
            let unread = unread(&inside).into_iter();
            self.problems.extend(unread.map(|warning| format!("{}: {}", warning.file, warning.message)));
        }
    }

    /// Whether files of this folder were found before, by another path.
    fn holds(&self, folder: &Path) -> bool {
        folder.canonicalize().is_ok_and(|folder| self.files.keys().any(|file| file.starts_with(&folder)))
    }

    fn add(&mut self, path: &Path) {
        let name = path.display().to_string();
        match path.canonicalize().and_then(|real| Ok((real.metadata()?.is_file(), real))) {
            Ok((true, real)) => drop(self.files.entry(real).or_insert((name, path.to_owned()))),
            // A pipe or a device would keep the reader waiting.
            Ok((false, real)) if real.is_dir() => {
                self.problems.push(format!("{name}: this is a folder, not a file"));
            }
            Ok((false, _)) => self.problems.push(format!("{name}: this is not an ordinary file")),
            Err(error) => self.problems.push(format!("{name}: {}", reason(&error))),
        }
    }
}

/// What is wrong with an entry of a folder. Nobody can say whether rules should have been behind a link that leads nowhere.
fn walking(error: &walkdir::Error) -> String {
    let path = error.path().map_or_else(String::new, |path| path.display().to_string());
    if let Some(ancestor) = error.loop_ancestor() {
        return format!("{path}: this link leads back to {}, so the folder has no end", ancestor.display());
    }
    match error.io_error() {
        Some(error) if error.kind() == io::ErrorKind::NotFound => {
            format!("{path}: this link leads to a file or folder that does not exist; mend it or delete it")
        }
        Some(error) => format!("{path}: {}", reason(error)),
        None => format!("{path}: this cannot be looked into"),
    }
}

/// Every ordinary file under a folder but hidden ones and those in hidden folders, by name; links are followed. Or
/// what could not be looked into, in words.
pub fn files_under(folder: &Path) -> impl Iterator<Item = Result<PathBuf, String>> {
    let entries = WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter();
    let entries = entries.filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry));
    let files = entries.filter(|entry| entry.as_ref().map_or(true, |entry| entry.file_type().is_file()));
    files.map(|entry| entry.map(DirEntry::into_path).map_err(|error| walking(&error)))
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

/// Whether a file is read as a policy: its name ends in `.heed`, in any capitals.
pub fn is_policy(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("heed"))
}
