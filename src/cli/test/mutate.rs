//! Small mistakes in the policies, and whether the tests notice them.

use super::args::Test;
use super::{Bench, options, with_bar};
use crate::cli::stop::Stop;
use crate::cli::terminal::Terminal;
use crate::testing::mutants::{Fate, hunt, report};

pub(super) fn run(args: &Test, bench: &Bench, terminal: &Terminal) -> Result<(), Stop> {
    let targets = bench.targets();
    let mut good = true;
    for load in bench.loads() {
        let hunt = with_bar("mistakes", |progress| hunt(load, &targets, &options(args, progress)));
        terminal.print(&report(&hunt, terminal.out_styled))?;
        good &= hunt.unfit.is_empty();
        good &= !hunt.mutants.iter().any(|mutant| matches!(mutant.fate, Fate::Survived { .. } | Fate::Undecided));
    }
    if good { Ok(()) } else { Err(Stop::FellShort) }
}
