//! Which kept generation is in force now, for programs other than the one that watches.

use super::Keep;
use crate::engine::{self, Load, short_digest};
use crate::text::Severity;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::SystemTime;

/// A kept generation that is in force.
#[derive(Debug)]
pub struct InForce {
    /// The digest of its files, by which it is kept.
    pub bytes: String,
    pub load: Load,
    /// What should have been in force and cannot be used, one sentence each.
    pub passed_over: Vec<String>,
}

/// What a folder of kept policies looks like from outside. When another generation comes to be in force, so does another
/// of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp([Option<FileStamp>; 2]);

#[derive(Clone, Debug, PartialEq, Eq)]
struct FileStamp {
    length: u64,
    date: Option<SystemTime>,
    identity: u64,
}

impl Keep {
    /// What is in force: what somebody restored, else what went live last. If that was altered since, or cannot be used by
    /// this version, it is the one before, as it is when `heedful watch` starts.
    ///
    /// # Errors
    /// Nothing that can be used was ever live here.
    pub fn in_force(&self) -> Result<InForce, String> {
        self.in_force_but("")?.ok_or_else(|| self.nothing(&[]))
    }

    /// What is in force, unless it is still the generation of these bytes.
    ///
    /// # Errors
    /// Nothing that can be used was ever live here.
    pub fn in_force_but(&self, known: &str) -> Result<Option<InForce>, String> {
        let journal = self.journal()?;
        let mut passed_over = Vec::new();
        let restored = self.restored().unwrap_or_else(|problem| {
            passed_over.push(problem);
            None
        });
        let live = journal.entries.into_iter().rev().map(|entry| entry.bytes);
        let mut tried = BTreeSet::new();
        for bytes in restored.map(|restored| restored.bytes).into_iter().chain(live) {
            if bytes == known {
                return Ok(None);
            }
            if !tried.insert(bytes.clone()) {
                continue;
            }
            match self.load(&bytes) {
                Ok(load) => return Ok(Some(InForce { bytes, load, passed_over })),
                Err(problem) => passed_over.push(problem),
            }
        }
        Err(self.nothing(&passed_over))
    }

    /// A kept generation, whole and as it was.
    ///
    /// # Errors
    /// It is not what it was, or this version of the program cannot use it.
    pub fn load(&self, bytes: &str) -> Result<Load, String> {
        let load = engine::load(&self.read(bytes)?);
        let broken = load.diagnostics.iter().any(|problem| problem.severity == Severity::Error);
        if broken || load.policies.is_empty() {
            let digest = short_digest(bytes);
            return Err(format!("{digest}: this version of heedful cannot use this kept generation"));
        }
        Ok(load)
    }

    /// What the folder looks like now.
    pub fn stamp(&self) -> Stamp {
        Stamp([stamp(&self.journal_path()), stamp(&self.restored_path())])
    }

    fn nothing(&self, passed_over: &[String]) -> String {
        let none = format!("{}: nothing that is kept here is in force", self.folder.display());
        std::iter::once(none).chain(passed_over.iter().cloned()).collect::<Vec<_>>().join("; ")
    }
}

fn stamp(path: &Path) -> Option<FileStamp> {
    let metadata = path.metadata().ok()?;
    Some(FileStamp { length: metadata.len(), date: metadata.modified().ok(), identity: identity(&metadata) })
}

#[cfg(unix)]
fn identity(metadata: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn identity(_: &std::fs::Metadata) -> u64 {
    0
}
