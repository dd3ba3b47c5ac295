//! What stands beside kept policies, as JSON: what each holds, when each was live, and which is put back in force.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What one kept generation holds. The files themselves stand beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The digest of what its policies mean.
    pub meaning: String,
    /// The digest of its files, byte for byte, by which it is kept.
    pub bytes: String,
    pub policies: Vec<KeptPolicy>,
}

impl Manifest {
    /// The one policy that a digest, or the first digits of one, names by its own decisions; none where it names the set.
    pub fn policy_of(&self, digest: &str) -> Option<String> {
        let digits = |digest: &str| digest.strip_prefix("sha256:").unwrap_or(digest).to_lowercase();
        let wanted = digits(digest);
        let mut named = self.policies.iter().filter(|policy| digits(&policy.digest).starts_with(&wanted));
        named.next().filter(|_| named.next().is_none()).map(|policy| policy.name.clone())
    }
}

/// The name and the digest by which a decision names its policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPolicy {
    pub name: String,
    pub digest: String,
}

/// That a generation went live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When, as an RFC 3339 time in UTC.
    pub at: String,
    pub generation: u64,
    pub meaning: String,
    pub bytes: String,
    /// `files`, `last-good` or `restored`.
    pub origin: String,
    /// What changed from the one before, one sentence each.
    pub changes: Vec<String>,
    /// What the gates found and did not stop, where they were advisory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub against_advice: Vec<String>,
}

/// That a kept generation is in force whatever the files say, until it is released.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// When somebody said so, as an RFC 3339 time in UTC.
    pub at: String,
    pub meaning: String,
    pub bytes: String,
}

/// One of the shapes above, read from JSON.
///
/// # Errors
/// What is wrong with it.
pub fn read_kept<T: DeserializeOwned>(json: &str) -> Result<T, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

/// One of the shapes above on one line of JSON, with the line's end.
pub fn kept_line<T: Serialize>(shape: &T) -> String {
    // None of the shapes holds anything that JSON cannot.
    serde_json::to_string(shape).unwrap_or_default() + "\n"
}
