//! Generation -> files that outlive the process: every policy that was live, by what it holds, with when it was.
//!
//! A folder of kept policies holds
//!
//! ```text
//! generations/<digest of the bytes>/   the policy files as they were, and manifest.json
//! journal.jsonl                        one line for each time that a generation went live, and for each act besides
//! head.json                            how long the journal is, and the digest of its last line
//! restored.json                        only while a kept generation is in force whatever the files say
//! held.json                            only while a change waits until what it takes away is accepted
//! tests.json                           the tests that passed under what is in force, with what they claim
//! lock                                 held by the one program that keeps policies here
//! ```
//!
//! Whatever moment the process is killed at, a generation is there whole or not at all: it is written under another
//! name, brought to the disk, and renamed. What was altered since is noticed by its digest, and never used.

mod durable;
mod generations;
mod journal;
mod writer;
mod in_force;
mod held;

pub use held::UNKNOWN;
pub use in_force::{KeptInForce, StoreStamp};
pub use journal::Journal;
pub use writer::StoreWriter;

use crate::files::reason;
use heedful::time::Instant;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A folder of kept policies, for reading and for saying which is in force.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The folder that is used for a policy unless another is named: `.heedful/NAME` beside the policy file or folder of
    /// that name. Beside and not inside, so that it stays when the policy's folder is replaced whole.
    ///
    /// # Errors
    /// The current folder is not known.
    pub fn beside(policy: &Path) -> io::Result<PathBuf> {
        // `rules/..` and `.` have no name of their own until they are looked up; a path that does not exist yet may.
        let named = policy.file_name().is_some().then(|| std::path::absolute(policy));
        let whole = named.unwrap_or_else(|| policy.canonicalize())?;
        let name = whole.file_name().unwrap_or_else(|| "policies".as_ref()).to_owned();
        Ok(whole.parent().unwrap_or(&whole).join(".heedful").join(name))
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether a file in the folder is one of the store's own, by its name.
    pub(crate) fn has_file(path: &Path) -> bool {
        path.extension().is_some_and(|form| form == "json" || form == "jsonl")
    }

    /// Where the files of a kept generation lie, plain and readable.
    pub fn folder_of(&self, bytes: &str) -> PathBuf {
        self.generations().join(bytes.strip_prefix("sha256:").unwrap_or(bytes))
    }

    fn generations(&self) -> PathBuf {
        self.folder.join("generations")
    }
}

/// The time now, to the second.
pub fn now() -> Instant {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Instant(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// What could not be done with a path, and why.
fn failed(path: &Path, error: &io::Error) -> String {
    format!("{}: {}", path.display(), reason(error))
}
