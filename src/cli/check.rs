//! `heedful check`: every error and warning in every file.

use super::args::{Check, Format};
use super::stop::Stop;
use super::terminal::Terminal;
use crate::engine;
use crate::files::read_policies;
use crate::report;
use crate::wire::{self, Summary};
use std::io::Write;

pub(super) fn run(args: &Check, terminal: &Terminal) -> Result<(), Stop> {
    let load = engine::load(&read_policies(&args.policies).map_err(Stop::Cannot)?);
    let summary = Summary::of(&load, args.bound);
    let mut out = terminal.out();
    let written = match terminal.format() {
        Format::Json => {
            wire::write_check(&mut out, &load.diagnostics, &load.sources, &summary).and_then(|()| writeln!(out))
        }
        Format::Human => {
            let shown = |diagnostic| report::diagnostic(diagnostic, &load.sources, terminal.out_styled);
            let mut pages = load.diagnostics.iter().map(shown);
            let pages = pages.try_for_each(|page| writeln!(out, "{page}\n"));
            pages.and_then(|()| writeln!(out, "{}", report::summary(&summary)))
        }
    };
    written.and_then(|()| out.flush()).map_err(|error| Stop::writing(&error))?;
    if summary.errors > 0 { Err(Stop::FellShort) } else { Ok(()) }
}
