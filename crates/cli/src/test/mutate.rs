//! `heedful test --mutate`: small mistakes in the policies, and whether the tests notice them.

use super::args::TestArgs;
use super::{Bench, with_bar};
use crate::args::Format;
use crate::error::CliError;
use crate::terminal::Terminal;
use heedful::testing::mutants::{MutantStatus, hunt, report, verdicts};
use heedful::wire::write_mutants;

pub(super) fn run(args: &TestArgs, bench: &Bench, terminal: &Terminal) -> Result<(), CliError> {
    let targets = bench.targets();
    let mut good = true;
    for load in bench.loads() {
        let hunt = with_bar("mistakes", args, |options| hunt(load, &targets, options));
        terminal.print(&match terminal.format() {
            Format::Human => report(&hunt, terminal.out_styled),
            Format::Json => {
                let mut bytes = Vec::new();
                write_mutants(&mut bytes, &verdicts(&hunt)).map_err(|error| CliError::writing(&error))?;
                format!("{}\n", String::from_utf8_lossy(&bytes))
            }
        })?;
        good &= hunt.unfit.is_empty() && hunt.unmade.is_empty() && hunt.unmatched.is_none();
        good &= !hunt
            .mutants
            .iter()
            .any(|mutant| matches!(mutant.fate, MutantStatus::Survived { .. } | MutantStatus::Undecided(_)));
    }
    if good { Ok(()) } else { Err(CliError::FellShort) }
}
