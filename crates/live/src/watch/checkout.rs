//! Whether git is at work on the files.

use std::fs;
use std::path::{Path, PathBuf};

/// Whether a checkout of the repository that holds this path is under way: git holds the lock of its index for as long.
pub(super) fn is_under_way(path: &Path) -> bool {
    let Ok(real) = path.canonicalize() else { return false };
    real.ancestors().find_map(git_folder).is_some_and(|git| git.join("index.lock").exists())
}

/// Where git keeps its index for a folder: in `.git`, or for another work tree where that file says.
fn git_folder(folder: &Path) -> Option<PathBuf> {
    let git = folder.join(".git");
    let metadata = git.metadata().ok()?;
    if metadata.is_dir() {
        return Some(git);
    }
    let said = fs::read_to_string(&git).ok()?;
    Some(folder.join(said.strip_prefix("gitdir: ")?.trim()))
}
