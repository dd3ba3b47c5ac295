//! A whole set of policies as it is in force, with the names of what it holds.

use crate::engine::{Input, Load, Snapshot, digest, digest_of_files};
use crate::text::Severity;

/// Every policy of a set of files, with the files; it never changes.
#[derive(Debug)]
pub struct Generation {
    number: u64,
    load: Load,
    inputs: Vec<Input>,
    meaning: String,
    bytes: String,
}

impl Generation {
    /// `None` when the set has an error or holds no policy.
    pub fn new(number: u64, inputs: Vec<Input>, load: Load) -> Option<Self> {
        let broken = load.diagnostics.iter().any(|problem| problem.severity == Severity::Error);
        if broken || load.policies.is_empty() {
            return None;
        }
        let meaning = digest_of_meaning(&load.policies);
        let bytes = digest_of_files(&inputs);
        Some(Self { number, load, inputs, meaning, bytes })
    }

    /// Counts up each time that another set goes live.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// `sha256:` and the digest of what all policies of the set mean. Comments, layout and the names of files take no
    /// part in it.
    pub fn meaning(&self) -> &str {
        &self.meaning
    }

    /// `sha256:` and the digest of what the files hold, byte for byte.
    pub fn bytes(&self) -> &str {
        &self.bytes
    }

    /// By name.
    pub fn policies(&self) -> &[Snapshot] {
        &self.load.policies
    }

    /// The policy of this name, as its heading says.
    pub fn policy(&self, name: &str) -> Option<&Snapshot> {
        self.load.policies.iter().find(|policy| policy.name() == name)
    }

    /// The files as they were read, with the warnings that they gave.
    pub fn load(&self) -> &Load {
        &self.load
    }

    /// The files as they were read.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }
}

fn digest_of_meaning(policies: &[Snapshot]) -> String {
    let lines: Vec<String> = policies.iter().map(|policy| format!("{} {}\n", policy.digest(), policy.name())).collect();
    digest(lines.iter().map(String::as_bytes))
}
