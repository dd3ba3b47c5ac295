//! Which kept generation is in force now, for programs other than the one that watches.

use super::{Journal, Store};
use heedful::engine::{Load, short_digest};
use heedful::text::Severity;
use std::path::Path;
use std::time::SystemTime;

/// A kept generation that is in force.
#[derive(Debug)]
pub struct KeptInForce {
    /// The digest of its files, by which it is kept.
    pub bytes: String,
    pub load: Load,
    /// What makes it doubtful that this is what was in force: what should have been and cannot be used, and what is wrong
    /// with the journal since; one sentence each, and what this is instead.
    pub passed_over: Vec<String>,
}

/// What a folder of kept policies looks like from outside. When another generation comes to be in force, so does another
/// of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreStamp([Option<FileStamp>; 2]);

#[derive(Clone, Debug, PartialEq, Eq)]
struct FileStamp {
    length: u64,
    date: Option<SystemTime>,
    identity: u64,
}

impl Store {
    /// What is in force: what somebody restored, else what went live last. If that was altered since, or cannot be used by
    /// this version, it is the one before, as it is when `heedful watch` starts.
    ///
    /// # Errors
    /// Nothing that can be used was ever live here.
    pub fn in_force(&self) -> Result<KeptInForce, String> {
        self.in_force_but("")?.ok_or_else(|| self.nothing(&[]))
    }

    /// What is in force, unless it is still the generation of these bytes.
    ///
    /// # Errors
    /// Nothing that can be used was ever live here.
    pub fn in_force_but(&self, known: &str) -> Result<Option<KeptInForce>, String> {
        let journal = self.journal()?;
        let mut passed_over = Vec::new();
        let restored = self.restored().unwrap_or_else(|problem| {
            passed_over.push(problem);
            None
        });
        if restored.is_none() {
            passed_over.extend(journal.doubts.iter().cloned());
        }
        let likeliest = self.likeliest(&journal);
        for bytes in restored.map(|restored| restored.bytes).into_iter().chain(likeliest) {
            if bytes == known {
                return Ok(None);
            }
            match self.load(&bytes) {
                Ok(load) => {
                    if !passed_over.is_empty() {
                        passed_over.push(instead(&journal, &bytes));
                    }
                    return Ok(Some(KeptInForce { bytes, load, passed_over }));
                }
                Err(problem) => passed_over.push(problem),
            }
        }
        Err(self.nothing(&passed_over))
    }

    /// What may be in force, by the digests of its files, the likeliest first. Where the journal is doubtful, what it does
    /// not tell of comes last, the newest first: a policy that somebody kept is better than none.
    pub fn likeliest(&self, journal: &Journal) -> Vec<String> {
        let mut likeliest: Vec<String> = journal.likeliest().map(|entry| entry.bytes.clone()).collect();
        if !journal.doubts.is_empty() {
            let mut others: Vec<String> = self.manifests().0.into_iter().map(|manifest| manifest.bytes).collect();
            others.retain(|bytes| !likeliest.contains(bytes));
            others.sort_by_key(|bytes| self.folder_of(bytes).metadata().and_then(|it| it.modified()).ok());
            likeliest.extend(others.into_iter().rev());
        }
        likeliest
    }

    /// A kept generation, whole and as it was.
    ///
    /// # Errors
    /// It is not what it was, or this version of the program cannot use it.
    pub fn load(&self, bytes: &str) -> Result<Load, String> {
        let load = crate::load(&self.read(bytes)?);
        let broken = load.diagnostics.iter().any(|problem| problem.severity == Severity::Error);
        if broken || load.policies.is_empty() {
            let digest = short_digest(bytes);
            return Err(format!("{digest}: this version of heedful cannot use this kept generation"));
        }
        Ok(load)
    }

    /// What the folder looks like now.
    pub fn stamp(&self) -> StoreStamp {
        StoreStamp([stamp(&self.journal_path()), stamp(&self.restored_path())])
    }

    fn nothing(&self, passed_over: &[String]) -> String {
        let none = format!("{}: nothing that is kept here is in force", self.folder.display());
        std::iter::once(none).chain(passed_over.iter().cloned()).collect::<Vec<_>>().join("; ")
    }
}

/// What is used where it is doubtful what was in force.
fn instead(journal: &Journal, bytes: &str) -> String {
    let entry = journal.entries.iter().rev().find(|entry| entry.bytes == bytes);
    let generation = entry.map_or_else(String::new, |entry| format!("generation {}, ", entry.generation));
    let since = entry.map_or_else(String::new, |entry| format!(", live since {}", entry.at));
    format!(
        "so it is not certain what was in force last; this goes by {generation}{}{since}, the last that can be used",
        short_digest(bytes)
    )
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
