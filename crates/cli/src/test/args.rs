//! What `heedful test` can be asked for.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Run the test files that lie beside policies
#[derive(Args)]
#[command(after_help = "\
A test file ends in .test.yaml and says which policy it is for. Its policy is
looked for in its own folder and the folders above it. docs/testing.md says how
tests are written.

Examples:
  heedful test rules
  heedful test rules/tests/national --filter repeat
  heedful test --review rules                  # look at changed snapshots one by one
  heedful test --coverage --minimum 80 rules
  heedful test --mutate rules                  # would the tests notice a wrong rule?
  heedful test --write-boundaries drafts rules
  heedful test --watch rules")]
pub(crate) struct TestArgs {
    /// Test files, or folders of them; the present folder when none is given
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// The policy file or folder, where it does not lie above the test files
    #[arg(long = "policy", value_name = "POLICY")]
    pub(super) policies: Vec<PathBuf>,
    /// The policy of test files that name none: its name, or the start of it
    #[arg(long, value_name = "NAME")]
    pub(super) force: Option<String>,
    /// Run only tests whose file and name together hold this text
    #[arg(long, value_name = "TEXT")]
    pub(super) filter: Option<String>,
    /// How many tests run at a time; as many as the machine has cores when not given
    #[arg(long, value_name = "NUMBER")]
    pub(super) jobs: Option<usize>,
    /// Make small mistakes in the policies, one at a time, and see whether the tests notice
    #[arg(long)]
    pub(super) mutate: bool,
    /// Write the cases on the edges of every rule that no test poses yet, as test files to read and keep
    #[arg(long, value_name = "FOLDER")]
    pub(super) write_boundaries: Option<PathBuf>,
    /// Run again whenever a policy or a test changes, until stopped
    #[arg(long)]
    pub(super) watch: bool,
    #[command(flatten)]
    pub(super) snapshots: Snapshots,
    #[command(flatten)]
    pub(super) reports: Reports,
    #[command(flatten)]
    pub(super) coverage: CoverageArgs,
}

#[derive(Args)]
#[command(next_help_heading = "Snapshots")]
pub(super) struct Snapshots {
    /// Accept every new and changed snapshot
    #[arg(long)]
    pub(super) accept: bool,
    /// Look at new and changed snapshots one by one
    #[arg(long, conflicts_with = "accept")]
    pub(super) review: bool,
}

#[derive(Args)]
#[command(next_help_heading = "Reports")]
pub(super) struct Reports {
    /// Write the verdicts as XML, in the form that `JUnit` made common
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
    /// Write the verdicts to standard output in another form
    #[arg(long, value_name = "FORM")]
    pub(super) report: Option<ReportForm>,
}

#[derive(Args)]
#[command(next_help_heading = "Coverage")]
pub(super) struct CoverageArgs {
    /// Show what the tests have not seen: conditions true, false and unknown, settings on both sides, rules deciding
    #[arg(long)]
    pub(super) coverage: bool,
    /// Write the coverage as a page for a browser
    #[arg(long, value_name = "FILE")]
    pub(super) html: Option<PathBuf>,
    /// Write the coverage as a tracefile of lcov
    #[arg(long, value_name = "FILE")]
    pub(super) lcov: Option<PathBuf>,
    /// Fail when less than this part of a hundred was seen
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(super) minimum: Option<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportForm {
    /// The Test Anything Protocol
    Tap,
    /// Lines that `GitHub` shows beside the lines of the test files
    Github,
}
