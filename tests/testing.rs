//! What testers are told, and that the shipped policies keep their own tests.

use crate::support::{load_folder, root};
use heedful::testing::{self, TestInput};
use std::path::PathBuf;

/// Every test file under a folder, with its snapshots, named by its path from the repository's root.
pub fn test_files(folder: &str) -> Vec<TestInput> {
    let mut files: Vec<PathBuf> = walkdir::WalkDir::new(root(folder))
        .into_iter()
        .map(|entry| entry.expect("a readable folder").into_path())
        .filter(|path| path.to_string_lossy().ends_with(".test.yaml"))
        .collect();
    files.sort();
    let input = |path: &PathBuf| {
        let name = path.strip_prefix(root("")).expect("inside the repository").display().to_string();
        let folder = path.parent().expect("a folder").join("snapshots");
        let snapshots = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("a file").path());
        let snapshots = snapshots.filter(|path| path.extension().is_some_and(|ending| ending == "snap"));
        let named = snapshots.map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("a readable file"))
        });
        let own = format!("{}__", testing::stem(&name));
        let snapshots = named.filter(|(name, _)| name.starts_with(&own)).collect();
        TestInput { name, text: std::fs::read_to_string(path).expect("a readable file"), snapshots }
    };
    files.iter().map(input).collect()
}

#[test]
fn the_shipped_tests_pass() {
    let load = load_folder("rules");
    let report = testing::gate(&load, &test_files("rules"));
    assert!(report.is_good() && report.orphans.is_empty(), "\n{}\n", report.failures().join("\n"));
}
