//! Files that somebody may have meant as policies, and that are not read because of what they are called.

use super::is_policy;
use heedful::wire::FileWarning;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// So much of a file is read to see how it begins.
const BEGINNING: u64 = 4096;

/// What a policy file can begin with, in any capitals.
const HEADINGS: [&str; 4] = ["policy \"", "part of policy \"", "vocabulary \"", "part of vocabulary \""];

/// Those of these files, met beside policies, that look like policies: by their names, or by how they begin. Hidden
/// files are not among them, and files that editors leave, `NAME~` and `#NAME#`, are passed over.
pub fn unread(others: &BTreeSet<PathBuf>) -> Vec<FileWarning> {
    let suspects =
        others.iter().filter(|path| !is_of_an_editor(&name_of(path)) && (by_name(path) || by_beginning(path)));
    suspects
        .map(|path| FileWarning {
            file: path.display().to_string(),
            message: "this looks like a policy file, and is not read: its name must end in `.heed`".to_owned(),
        })
        .collect()
}

/// Whether an editor leaves files of this name beside what it saves: `NAME~` and `#NAME#`.
pub fn is_of_an_editor(name: &str) -> bool {
    name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'))
}

/// `.heed` with something after it, or `heed` at the end without the dot.
fn by_name(path: &Path) -> bool {
    let name = name_of(path).to_lowercase();
    !is_policy(path) && (name.contains(".heed") || name.ends_with("heed"))
}

fn by_beginning(path: &Path) -> bool {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(BEGINNING).read_to_end(&mut bytes));
    if read.is_err() {
        return false;
    }
    let text = String::from_utf8_lossy(&bytes).to_lowercase();
    let mut lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
    first.is_some_and(|line| HEADINGS.iter().any(|heading| line.starts_with(heading)))
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
