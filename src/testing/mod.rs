//! Policies + test files -> verdicts: what testers keep beside a policy, and what it says of them.
//!
//! Test files are read whole, run against policies that are loaded already, and answered with a [`Report`]. Nothing here
//! touches a file: snapshots and texts come as arguments and go as values.

mod fault;
mod test_file;
mod unused;
mod table;
mod file;
mod bind;
mod expect;
mod wanted;
mod answers;
mod judge;
mod invariants;
mod claims;
mod idle;
mod meaning;
mod difference;
mod snap;
mod run;
mod formats;
mod tested;
mod wanting;
mod forms;
mod normal_form;
pub mod coverage;
pub mod boundaries;
pub mod mutants;

pub use difference::{DiffLine, Tone};
pub use formats::{github, human, junit, line, tap, verdicts};
pub use run::{
    Note, Progress, Report, Result as TestResult, SnapshotChange, SnapshotResult, Target, TestInput, TestOptions,
    TestOutcome, gate, run,
};
pub use snap::{is_of_a_test_file, snapshot_name, snapshot_owner, stem};
pub use wanting::{TestedRules, tested_rules};
