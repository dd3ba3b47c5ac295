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
pub(in crate::cli) struct Test {
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
    /// Run again whenever a policy or a test changes, until stopped
    #[arg(long)]
    pub(super) watch: bool,
    #[command(flatten)]
    pub(super) snapshots: Snapshots,
    #[command(flatten)]
    pub(super) reports: Reports,
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
    /// Write the verdicts as XML in the form of `JUnit`
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
    /// Write the verdicts to standard output in another form
    #[arg(long, value_name = "FORM")]
    pub(super) report: Option<Form>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// The Test Anything Protocol
    Tap,
    /// Annotations for actions of `GitHub`
    Github,
}
