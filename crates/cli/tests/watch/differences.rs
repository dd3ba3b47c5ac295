//! What a change is said to be: each folder of `tests/changes` holds a set before and after.

use crate::support::{load_folder, root};
use heedful::changes::between;
use heedful::engine::Snapshot;
use heedful::report;
use std::fs;

#[test]
fn changes_are_told_in_the_policys_own_terms() {
    let mut seen = 0;
    let mut folders: Vec<_> = fs::read_dir(root("tests/changes")).expect("a folder").flatten().collect();
    folders.sort_by_key(fs::DirEntry::file_name);
    for folder in folders.iter().filter(|entry| entry.path().is_dir()) {
        let name = folder.file_name().to_string_lossy().into_owned();
        let load = |side: &str| {
            let load = load_folder(&format!("tests/changes/{name}/{side}"));
            assert!(!load.policies.is_empty(), "{name} {side}: {:?}", load.diagnostics);
            load
        };
        let (before, after) = (load("before"), load("after"));
        let policies: Vec<&str> = after.policies.iter().map(Snapshot::name).collect();
        let told = report::changes(&between(&before, &after), &policies, false);
        insta::with_settings!({ snapshot_path => root("tests/changes"), prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name.as_str(), told);
        });
        seen += 1;
    }
    assert!(seen >= 2);
}
