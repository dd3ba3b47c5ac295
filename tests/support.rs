//! What the tests share: where the shipped policies are, and loading them.

use heedful::engine::{self, Input, Load, Snapshot};
use heedful::model::{Case, Decision};
use heedful::wire::{self, InputFormat, Reading};
use std::path::{Path, PathBuf};

/// A path inside the repository, from the tests of any of its crates.
pub fn root(path: &str) -> PathBuf {
    let mut folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    folders.find(|folder| folder.join("grammar").is_dir()).expect("inside the repository").join(path)
}

/// Every `.heed` file under a folder, in the order of their names.
pub fn policy_files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("a readable folder").into_path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "heed"))
        .collect();
    files.sort();
    files
}

/// Loads every `.heed` file under a folder, each named by its path from the repository's root.
pub fn load_folder(folder: &str) -> Load {
    let inputs: Vec<Input> = policy_files(&root(folder))
        .iter()
        .map(|path| {
            let name = path.strip_prefix(root("")).expect("inside the repository").display().to_string();
            Input { name, bytes: std::fs::read(path).expect("a readable file") }
        })
        .collect();
    engine::load(&inputs)
}

/// Loads policy texts given in the test itself.
pub fn load_texts(texts: &[&str]) -> Load {
    let inputs: Vec<Input> = (1..)
        .zip(texts)
        .map(|(number, text)| Input { name: format!("file{number}.heed"), bytes: text.as_bytes().to_vec() })
        .collect();
    engine::load(&inputs)
}

/// Decides a case given as JSON.
pub fn decide(policy: &Snapshot, json: &str) -> Decision {
    policy.decide(&read_case(policy, InputFormat::Json, json))
}

/// Reads the one case of a text.
pub fn read_case(policy: &Snapshot, form: InputFormat, text: &str) -> Case {
    let (documents, broken) = wire::documents(form, text);
    assert!(broken.is_none(), "{broken:?}");
    let [document] = documents[..] else { panic!("one case is expected, not {}", documents.len()) };
    document.read(reading(policy)).unwrap_or_else(|problems| panic!("{:?}", problems.list))
}

/// How the tests read cases: as the command does unless told otherwise.
pub fn reading(policy: &Snapshot) -> Reading<'_> {
    Reading::strict(policy.vocabulary(), policy.zone())
}

/// One of the policies of a folder, which must be free of errors.
pub fn shipped(folder: &str, name: &str) -> Snapshot {
    let load = load_folder(folder);
    assert!(load.diagnostics.is_empty(), "{:?}", load.diagnostics);
    load.policies.into_iter().find(|policy| policy.name() == name).unwrap_or_else(|| panic!("no policy `{name}`"))
}
