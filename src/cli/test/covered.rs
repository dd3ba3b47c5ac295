//! What the tests have seen of the policies, where that was asked for.

use super::args::Test;
use super::{Bench, find, options, with_bar};
use crate::cli::stop::Stop;
use crate::cli::terminal::Terminal;
use crate::testing::coverage::{self, Coverage};

/// Shows and writes the coverage. Says whether it is as much as was asked for.
pub(super) fn show(args: &Test, bench: &Bench, terminal: &Terminal) -> Result<bool, Stop> {
    let asked = &args.coverage;
    if !asked.coverage && asked.html.is_none() && asked.lcov.is_none() && asked.minimum.is_none() {
        return Ok(true);
    }
    let coverages: Vec<Coverage> =
        with_bar("tests", |progress| coverage::coverage(&bench.targets(), &options(args, progress)));
    if asked.coverage {
        for coverage in &coverages {
            terminal.print(&coverage::terminal(coverage, terminal.out_styled))?;
        }
    }
    if let Some(path) = &asked.html {
        find::write(path, &coverage::html(&coverages))?;
    }
    if let Some(path) = &asked.lcov {
        find::write(path, &coverage::lcov(&coverages))?;
    }
    let mut enough = true;
    for coverage in &coverages {
        let (percent, minimum) = (coverage.percent(), asked.minimum.map_or(0, usize::from));
        if percent < minimum {
            enough = false;
            terminal.say(&format!("coverage is {percent} %, and at least {minimum} % was asked for"));
        }
    }
    Ok(enough)
}
