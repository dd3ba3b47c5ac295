//! What stands beside kept policies, as JSON: what each holds, when each was live, and which is put back in force.

use crate::live::{ClaimKind, Claims, KnownTest, TestClaim};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What one kept generation holds. The files themselves stand beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The digest of what its policies mean.
    pub meaning: String,
    /// The digest of its files, byte for byte, by which it is kept.
    pub bytes: String,
    /// The policies of the set.
    pub policies: Vec<KeptPolicy>,
    /// The version of the program that kept it; those before 0.2 do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
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
    /// The policy's name.
    pub name: String,
    /// The digest of what it means.
    pub digest: String,
}

/// Who answers for something, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribution {
    /// A name and a role.
    pub by: String,
    /// The reason that is given.
    pub because: String,
}

/// That a generation went live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// When, as an RFC 3339 time in UTC.
    pub at: String,
    /// Its number, counted up from the first that was kept.
    pub generation: u64,
    /// The digest of what its policies mean.
    pub meaning: String,
    /// The digest of its files.
    pub bytes: String,
    /// `files`, `last-good` or `restored`.
    pub origin: String,
    /// What changed from the one before, one sentence each.
    pub changes: Vec<String>,
    /// What the gates found and did not stop, where they were advisory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub against_advice: Vec<String>,
    /// What somebody accepted to be lost with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<Acceptance>,
    /// Who restored it, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub word: Option<Attribution>,
    /// How many tests passed, where there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tests: Option<usize>,
    /// The digest of the list of them, where they were run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tested: Option<String>,
    /// The version of the program that put it in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// The digest of the line before; lines that are older than the chain have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
}

/// That somebody accepted that one thing is lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// The name of what is lost.
    pub name: String,
    /// The digest of all that is lost under this name.
    pub id: String,
    /// Who accepted it.
    pub by: String,
    /// The reason that was given.
    pub because: String,
}

/// Something that was done to the kept policies, other than that one of them went live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActLine {
    /// When, as an RFC 3339 time in UTC.
    pub at: String,
    /// What was done.
    #[serde(flatten)]
    pub act: Act,
    /// The digest of the line before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
}

/// Something that is done to kept policies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Act {
    /// Somebody accepted that things are lost when the files of the digest `bytes` take the place of `in_force`.
    Accepted {
        /// The digest of the files that wait.
        bytes: String,
        /// The digest of those that are in force.
        in_force: String,
        /// What is accepted.
        accepted: Vec<Acceptance>,
    },
    /// Somebody put a kept generation in force, whatever the files say.
    Restored {
        /// The digest of what its policies mean.
        meaning: String,
        /// The digest of its files.
        bytes: String,
        /// Who restored it, and why.
        word: Attribution,
    },
    /// Somebody let the files rule again.
    Released {
        /// Who released it, and why; lines that are older than this do not say.
        word: Option<Attribution>,
    },
    /// The tests of the policies in force are others now, as many as this.
    Tests {
        /// How many.
        tests: usize,
        /// Of the list of them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        digest: Option<String>,
    },
    /// When the journal was opened, lines at its end were not as they had been written.
    FoundWrong {
        /// What was found, one sentence each.
        said: Vec<String>,
        /// The line after which those before this one are not believed, where lines were added.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<usize>,
    },
}

/// That a kept generation is in force whatever the files say, until it is released.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// When somebody said so, as an RFC 3339 time in UTC.
    pub at: String,
    /// The digest of what its policies mean.
    pub meaning: String,
    /// The digest of its files.
    pub bytes: String,
    /// Who restored it, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub word: Option<Attribution>,
}

/// How long the journal was and what its last line was when it was written last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// How many lines it had.
    pub lines: usize,
    /// The digest of the last.
    pub digest: String,
    /// The digest of the line that is about to be written, until it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// What can be said of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// How many lines it has.
    pub lines: usize,
    /// How many of them cannot be read.
    pub unreadable: usize,
    /// The first line that holds the digest of the one before, counted from 1.
    pub chained_from: Option<usize>,
    /// The digest of the last line.
    pub head: String,
    /// What was done to it, and to what is kept, by other hands, one sentence each.
    pub wrong: Vec<String>,
}

/// A change that waits until somebody accepts what it takes away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingChange {
    /// Since when, as an RFC 3339 time in UTC.
    pub at: String,
    /// The digest of the files that wait, byte for byte.
    pub bytes: String,
    /// Those of the files that are in force.
    pub in_force: String,
    /// What is lost and not accepted yet.
    pub lost: Vec<WaitingLoss>,
}

/// One thing that is lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingLoss {
    /// The name of what is lost.
    pub name: String,
    /// The digest of all that is lost under this name.
    pub id: String,
    /// What that is, one sentence each.
    pub said: Vec<String>,
}

/// A test that passed under the policies in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptTest {
    /// The policy that it was run against.
    pub policy: String,
    /// Its name.
    pub name: String,
    /// The path of its file.
    pub file: String,
    /// What it poses and expects; those that are older than this do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<KeptClaims>,
}

/// What a test poses and expects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptClaims {
    /// The digest of its case as it is written.
    pub case: String,
    pub list: Vec<KeptClaim>,
}

/// One thing that a test expects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptClaim {
    pub about: String,
    pub how: KeptHow,
    pub said: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub takes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeptHow {
    Exactly,
    AtLeast,
    Not,
}

impl From<KnownTest> for KeptTest {
    fn from(KnownTest { policy, name, file, claims }: KnownTest) -> Self {
        let how = |how: ClaimKind| match how {
            ClaimKind::Exactly => KeptHow::Exactly,
            ClaimKind::AtLeast => KeptHow::AtLeast,
            ClaimKind::Not => KeptHow::Not,
        };
        let claim = |TestClaim { about, how: own, said, takes, by }: TestClaim| KeptClaim {
            about,
            how: how(own),
            said,
            takes,
            by,
        };
        let claims =
            claims.map(|Claims { case, list }| KeptClaims { case, list: list.into_iter().map(claim).collect() });
        Self { policy, name, file, claims }
    }
}

impl From<KeptTest> for KnownTest {
    fn from(KeptTest { policy, name, file, claims }: KeptTest) -> Self {
        let how = |how: KeptHow| match how {
            KeptHow::Exactly => ClaimKind::Exactly,
            KeptHow::AtLeast => ClaimKind::AtLeast,
            KeptHow::Not => ClaimKind::Not,
        };
        let claim = |KeptClaim { about, how: own, said, takes, by }: KeptClaim| TestClaim {
            about,
            how: how(own),
            said,
            takes,
            by,
        };
        let claims =
            claims.map(|KeptClaims { case, list }| Claims { case, list: list.into_iter().map(claim).collect() });
        Self { policy, name, file, claims }
    }
}

/// What is written beside kept policies: one of the shapes above, or a list of them.
pub trait KeptShape: Serialize + DeserializeOwned {}

impl<T: Serialize + DeserializeOwned> KeptShape for T {}

/// One of the shapes above, read from JSON.
///
/// # Errors
/// What is wrong with it.
pub fn read_kept<T: KeptShape>(json: &str) -> Result<T, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

/// One of the shapes above on one line of JSON, with the line's end.
pub fn kept_line<T: KeptShape>(shape: &T) -> String {
    // None of the shapes holds anything that JSON cannot.
    serde_json::to_string(shape).unwrap_or_default() + "\n"
}
