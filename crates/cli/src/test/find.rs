//! Paths -> test files with their snapshots, and the policies that lie above them.

use super::super::error::CliError;
use heedful::engine::{Input, Load};
use heedful::testing::{TestInput, is_of_a_test_file, snapshot_owner, stem};
use heedful::text::Severity;
use heedful_live::files::{files_under, is_of_an_editor, is_policy, read_policies, reason};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A test file with where it lies.
pub(crate) struct FoundTestFile {
    pub path: PathBuf,
    pub input: TestInput,
    /// Snapshots of the file that nobody has accepted yet.
    pub waiting: Vec<PathBuf>,
}

/// What paths hold that is for testing.
#[derive(Default)]
pub(crate) struct FoundFiles {
    /// Every test file, by name.
    pub found: Vec<FoundTestFile>,
    /// What looks like one but is not called so, with advice.
    pub odd: Vec<String>,
    /// Snapshots of test files that are not there.
    pub stray: Vec<String>,
}

/// Looks for test files, and for what is left of those that are gone.
pub(crate) fn find(paths: &[PathBuf]) -> Result<FoundFiles, CliError> {
    let mut files: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
    let mut search = FoundFiles::default();
    let mut snapshots = BTreeSet::new();
    for path in paths {
        let name = path.display().to_string();
        let metadata = path.metadata().map_err(|error| CliError::file(&name, &error))?;
        if metadata.is_dir() {
            walk(path, &mut files, &mut snapshots, &mut search.odd)?;
        } else {
            keep(path.clone(), &mut files);
        }
    }
    let found: Result<Vec<FoundTestFile>, CliError> = files.into_values().map(read).collect();
    search.found = found?;
    search.found.sort_by(|one, other| one.input.name.cmp(&other.input.name));
    search.stray = snapshots.iter().filter(|path| is_stray(path)).map(|path| path.display().to_string()).collect();
    Ok(search)
}

/// Whether a snapshot says that it is of a test file, and that file is not there.
fn is_stray(path: &Path) -> bool {
    let Some((tests, name)) = snapshot_of(path) else { return false };
    let Some(owner) = snapshot_owner(&name) else { return false };
    let is_there = [".test.yaml", ".test.yml"].iter().any(|ending| tests.join(format!("{owner}{ending}")).exists());
    !is_there && fs::read_to_string(path).is_ok_and(|text| is_of_a_test_file(&text))
}

/// The folder of the test file that a snapshot is of, and the snapshot's name, where a file lies and is called as one does.
fn snapshot_of(path: &Path) -> Option<(PathBuf, String)> {
    let folder = path.parent().filter(|folder| folder.file_name().is_some_and(|name| name == "snapshots"))?;
    let name = path.file_name()?.to_string_lossy().into_owned();
    let name = name.strip_suffix(WAITING).or_else(|| name.strip_suffix(ACCEPTED))?;
    Some((folder.parent()?.to_owned(), name.to_owned()))
}

const ACCEPTED: &str = ".snap";
const WAITING: &str = ".snap.new";

fn keep(path: PathBuf, files: &mut BTreeMap<PathBuf, PathBuf>) {
    let real = path.canonicalize().unwrap_or_else(|_| path.clone());
    files.entry(real).or_insert(path);
}

fn walk(
    folder: &Path,
    files: &mut BTreeMap<PathBuf, PathBuf>,
    snapshots: &mut BTreeSet<PathBuf>,
    odd: &mut Vec<String>,
) -> Result<(), CliError> {
    for path in files_under(folder) {
        let path = path.map_err(CliError::Cannot)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if is_test(&name) {
            keep(path, files);
        } else if snapshot_of(&path).is_some() {
            snapshots.insert(path);
        } else if !is_of_an_editor(&name) && (is_nearly_test(&name) || is_yaml(&name) && looks_like_tests(&path)) {
            let path = path.display();
            odd.push(format!("{path}: this looks like a test file, and is not run: its name must end in .test.yaml"));
        }
    }
    Ok(())
}

/// In any capitals, as some systems write them.
fn is_test(name: &str) -> bool {
    let name = name.to_lowercase();
    name.ends_with(".test.yaml") || name.ends_with(".test.yml")
}

/// The ending of a test file with something after it, such as the `.txt` of a plain editor.
fn is_nearly_test(name: &str) -> bool {
    let name = name.to_lowercase();
    name.contains(".test.yaml") || name.contains(".test.yml")
}

fn is_yaml(name: &str) -> bool {
    let name = name.to_lowercase();
    name.ends_with(".yaml") || name.ends_with(".yml")
}

fn looks_like_tests(path: &Path) -> bool {
    fs::read_to_string(path).is_ok_and(|text| text.lines().any(|line| line.trim_end() == "tests:"))
}

fn read(path: PathBuf) -> Result<FoundTestFile, CliError> {
    let name = path.display().to_string();
    let bytes = fs::read(&path).map_err(|error| CliError::file(&name, &error))?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut found =
        FoundTestFile { path, input: TestInput { name, text, ..TestInput::default() }, waiting: Vec::new() };
    let Ok(entries) = fs::read_dir(snapshot_folder(&found.path)) else { return Ok(found) };
    let own = stem(&found.input.name).to_owned();
    for path in entries.flatten().map(|entry| entry.path()) {
        let Some((_, name)) = snapshot_of(&path).filter(|(_, name)| snapshot_owner(name) == Some(&own)) else {
            continue;
        };
        if path.extension().is_some_and(|ending| ending == "new") {
            found.waiting.push(path);
        } else if let Ok(text) = fs::read_to_string(&path) {
            found.input.snapshots.insert(name, text);
        }
    }
    found.waiting.sort();
    Ok(found)
}

/// Where the snapshots of a test file lie.
pub(super) fn snapshot_folder(path: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new("")).join("snapshots")
}

/// The policies above test files, each folder loaded once.
#[derive(Default)]
pub(super) struct Homes {
    loads: Vec<(PathBuf, Home)>,
}

/// A folder's policies, and the bytes they were loaded from.
pub(super) struct Home {
    pub load: Load,
    pub inputs: Vec<Input>,
}

/// How many folders above a test file are looked into.
const MOST_ABOVE: usize = 6;

impl Homes {
    /// The loads, in the order in which they were needed.
    pub(super) fn into_loads(self) -> Vec<Home> {
        self.loads.into_iter().map(|(_, home)| home).collect()
    }

    /// Which of the loads is for a test file: that of the policies that were named, or of the nearest folder above
    /// that holds a policy with all that it builds on; if none does, of the highest that holds any.
    pub(super) fn of(&mut self, path: &Path, named: &[PathBuf]) -> Result<usize, CliError> {
        if !named.is_empty() {
            let key = PathBuf::from("--policy");
            if let Some(at) = self.known(&key) {
                return Ok(at);
            }
            let inputs = read_policies(named).map_err(CliError::Cannot)?;
            return Ok(self.add(key, inputs));
        }
        let mut last = None;
        for folder in folders_above(path) {
            let at = match self.known(&folder) {
                Some(at) => at,
                None if !holds_policies(&folder) => continue,
                None => {
                    let inputs = read_policies(&[shown(&folder)]).map_err(CliError::Cannot)?;
                    self.add(folder, inputs)
                }
            };
            last = Some(at);
            if self.loads.get(at).is_some_and(|(_, home)| is_whole(&home.load)) {
                break;
            }
        }
        last.ok_or_else(|| {
            let path = path.display();
            CliError::Cannot(format!(
                "{path}: there is no .heed file in its folder or above it; name the policy with --policy"
            ))
        })
    }

    fn known(&self, folder: &Path) -> Option<usize> {
        self.loads.iter().position(|(known, _)| known == folder)
    }

    fn add(&mut self, folder: PathBuf, inputs: Vec<Input>) -> usize {
        let load = heedful_live::load(&inputs);
        self.loads.push((folder, Home { load, inputs }));
        self.loads.len() - 1
    }
}

/// Whether a load has no error and holds a policy.
pub(super) fn is_sound(load: &Load) -> bool {
    !load.diagnostics.iter().any(|problem| problem.severity == Severity::Error) && !load.policies.is_empty()
}

/// Whether a folder holds what its policies build on, whatever else may be wrong with them.
fn is_whole(load: &Load) -> bool {
    let lacks =
        |message: &str| ["there is no vocabulary `", "there is no policy `"].iter().any(|it| message.starts_with(it));
    !load.diagnostics.iter().any(|problem| problem.code == "unknown-name" && lacks(&problem.message))
}

/// The folder of a file and those above it, not above the present folder when the file is inside it.
fn folders_above(path: &Path) -> Vec<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let here = Path::new(".").canonicalize().unwrap_or_default();
    let above = real.ancestors().take(MOST_ABOVE).map(Path::to_owned);
    if real.starts_with(&here) {
        above.take_while(|folder| folder.starts_with(&here)).collect()
    } else {
        above.collect()
    }
}

/// A folder as people know it: from the present one on.
fn shown(folder: &Path) -> PathBuf {
    let here = Path::new(".").canonicalize().unwrap_or_default();
    match folder.strip_prefix(&here) {
        Ok(inside) if inside.as_os_str().is_empty() => PathBuf::from("."),
        Ok(inside) => inside.to_owned(),
        Err(_) => folder.to_owned(),
    }
}

fn holds_policies(folder: &Path) -> bool {
    files_under(folder).flatten().any(|file| is_policy(&file))
}

/// Writes one file, with its folders.
pub(super) fn write(path: &Path, text: &str) -> Result<(), CliError> {
    let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
    let written = folder.and_then(|()| fs::write(path, text));
    written.map_err(|error| CliError::Cannot(format!("{}: {}", path.display(), reason(&error))))
}
