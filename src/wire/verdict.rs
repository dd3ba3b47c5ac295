//! The verdicts of a test run -> JSON.

use serde::Serialize;
use std::io;

/// What a test run promises to other programs.
#[derive(Clone, Debug, Serialize)]
pub struct Verdicts {
    /// How many tests passed.
    pub passed: usize,
    /// How many failed.
    pub failed: usize,
    /// How many could not be used.
    pub broken: usize,
    /// How many new and changed snapshots were accepted.
    pub accepted: usize,
    /// How many tests the filter left out.
    pub left_out: usize,
    /// Every test, in the order of files and places.
    pub tests: Vec<TestVerdict>,
    /// Paths of snapshots that no test has.
    pub orphans: Vec<String>,
    /// What the tests have seen of each set of policies, where that was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub coverage: Vec<CoverageVerdict>,
}

/// How much of what is to be seen the tests have seen, and what is missing.
#[derive(Clone, Debug, Serialize)]
pub struct CoverageVerdict {
    /// What was seen by a test that expects something of it.
    pub expected: usize,
    /// What was seen by any test.
    pub seen: usize,
    /// What there is to be seen.
    pub all: usize,
    /// Hundredths of all that are expected.
    pub percent: usize,
    /// What no test has seen.
    pub missing: Vec<Missing>,
}

/// Something that no test has seen.
#[derive(Clone, Debug, Serialize)]
pub struct Missing {
    /// The policy's file.
    pub file: String,
    /// The line in it, from 1.
    pub line: usize,
    /// What was not seen, in words.
    pub said: String,
}

/// One small mistake in a policy, and what became of it.
#[derive(Clone, Debug, Serialize)]
pub struct MutantVerdict {
    /// The policy's file.
    pub file: String,
    /// The line in it, from 1.
    pub line: usize,
    /// The rule or other part that it is in.
    pub name: String,
    /// The mistake, in words.
    pub mistake: String,
    /// `killed`, `equivalent`, `refused`, `survived`, `left out` or `not decided`.
    pub fate: &'static str,
    /// The test that noticed it, or the one that is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<String>,
}

/// Writes what became of every small mistake, as one JSON list.
///
/// # Errors
/// Whatever `out` could not do.
pub fn write_mutants<W: io::Write>(out: W, mutants: &[MutantVerdict]) -> io::Result<()> {
    serde_json::to_writer(out, mutants).map_err(io::Error::from)
}

/// One test, or a file as a whole when `name` is empty.
#[derive(Clone, Debug, Serialize)]
pub struct TestVerdict {
    /// The test file.
    pub file: String,
    /// The line in it, from 1.
    pub line: usize,
    /// The test's name.
    pub name: String,
    /// The policy that it was run against; empty when that could not be said.
    pub policy: String,
    /// `passed`, `failed`, or `broken` when the test itself cannot be used.
    pub verdict: &'static str,
    /// What is otherwise than expected.
    pub notes: Vec<VerdictNote>,
    /// What was accepted of its snapshot.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<String>,
}

/// One thing that is otherwise than expected.
#[derive(Clone, Debug, Serialize)]
pub struct VerdictNote {
    /// The line in the test file, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// What is otherwise, in words.
    pub said: String,
}

/// Writes the verdicts as one JSON object.
///
/// # Errors
/// Whatever `out` could not do.
pub fn write_verdicts<W: io::Write>(out: W, verdicts: &Verdicts) -> io::Result<()> {
    serde_json::to_writer(out, verdicts).map_err(io::Error::from)
}
