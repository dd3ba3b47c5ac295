//! The shipped policies and invented calls, which are part of the program -> a folder to serve them from.

use crate::error::CliError;
use heedful_service::Sample;
use std::fs;
use std::path::{Path, PathBuf};

macro_rules! shipped {
    ($folder:literal: $($path:literal)*) => {
        &[$(($path, include_str!(concat!("../../../../", $folder, "/", $path)))),*]
    };
}

const RULES: &[(&str, &str)] = shipped!("rules":
    "forces/riverside.heed"
    "forces/saltmarsh.heed"
    "national/baseline.heed"
    "national/contact.heed"
    "national/delay.heed"
    "national/harm.heed"
    "national/orders.heed"
    "national/people.heed"
    "national/repeat.heed"
    "national/risk.heed"
    "vocabulary/calendars.heed"
    "vocabulary/control-room.heed"
    "vocabulary/history.heed"
);

const CALLS: &[(&str, &str)] = shipped!("examples":
    "repeat-calls-in-one-night.json"
    "dapo-breach-unknown-expiry.json"
    "history-in-part.json"
    "police-suspect.json"
    "silent-call-marked-number.json"
    "transferred-and-late.json"
);

/// A folder with the shipped policies, which is gone when this is dropped.
pub(super) struct Demo {
    folder: PathBuf,
}

impl Demo {
    /// The force whose policy decides.
    pub(super) const FORCE: &'static str = "Riverside";

    pub(super) fn new() -> Result<Self, CliError> {
        let folder = std::env::temp_dir().join(format!("heedful-demo-{}", std::process::id()));
        let demo = Self { folder };
        for (path, text) in RULES {
            let path = demo.rules().join(path);
            let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text));
            written.map_err(|error| CliError::file(&path.display().to_string(), &error))?;
        }
        Ok(demo)
    }

    pub(super) fn rules(&self) -> PathBuf {
        self.folder.join("rules")
    }

    /// The invented calls, by the names of their files.
    pub(super) fn samples() -> Vec<Sample> {
        let name = |path: &str| Path::new(path).file_stem().unwrap_or_default().to_string_lossy().replace('-', " ");
        CALLS.iter().map(|(path, case)| (name(path), (*case).to_owned())).collect()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // What cannot be taken away is left to the system.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[cfg(test)]
mod tests {
    use super::{CALLS, RULES};
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    /// The policy files of a folder and the folders in it, by their paths from the first.
    fn policies(folder: &Path, under: &str) -> BTreeSet<String> {
        let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
        let found = entries.flat_map(|entry| {
            let name = format!("{under}{}", entry.file_name().to_string_lossy());
            match entry.path().is_dir() {
                true => policies(&entry.path(), &format!("{name}/")),
                false => BTreeSet::from([name]),
            }
        });
        found.filter(|name| name.ends_with(".heed")).collect()
    }

    #[test]
    fn every_shipped_policy_is_part_of_the_program() {
        let shipped = policies(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules"), "");
        let held: BTreeSet<String> = RULES.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(held, shipped);
        assert!(CALLS.iter().all(|(_, case)| case.contains("\"call\"")));
    }
}
