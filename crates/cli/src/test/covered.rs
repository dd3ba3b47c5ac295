//! `heedful test --coverage`: what the tests have seen of the policies.

use super::args::TestArgs;
use super::{Bench, find, with_bar};
use crate::args::Format;
use crate::error::CliError;
use crate::terminal::Terminal;
use heedful::testing::coverage::{self, Coverage};

/// The coverage of each set of policies; none where nothing of it was asked for.
pub(super) fn measure(args: &TestArgs, bench: &Bench) -> Vec<Coverage> {
    let asked = &args.coverage;
    if !asked.coverage && asked.html.is_none() && asked.lcov.is_none() && asked.minimum.is_none() {
        return Vec::new();
    }
    with_bar("tests", args, |options| coverage::coverage(&bench.targets(), options))
}

/// Shows and writes the coverage. Says whether it is as much as was asked for.
pub(super) fn show(args: &TestArgs, coverages: &[Coverage], terminal: &Terminal) -> Result<bool, CliError> {
    let asked = &args.coverage;
    // For programs it is among the verdicts.
    if asked.coverage && args.reports.report.is_none() && terminal.format() == Format::Human {
        for coverage in coverages {
            terminal.print(&coverage::terminal(coverage, terminal.out_styled))?;
        }
    }
    if let Some(path) = &asked.html {
        find::write(path, &coverage::html(coverages))?;
    }
    if let Some(path) = &asked.lcov {
        find::write(path, &coverage::lcov(coverages))?;
    }
    let mut enough = true;
    for coverage in coverages {
        let (percent, minimum) = (coverage.percent(), asked.minimum.map_or(0, usize::from));
        if percent < minimum {
            enough = false;
            terminal.say(&format!("coverage is {percent} %, and at least {minimum} % was asked for"));
        }
    }
    Ok(enough)
}
