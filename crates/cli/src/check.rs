//! `heedful check`: every error and warning in every file.

use super::args::{CheckArgs, DenyArg, Format};
use super::error::CliError;
use super::policy;
use super::terminal::Terminal;
use heedful::engine::{Input, Load};
use heedful::explain::PolicyDocument;
use heedful::report;
use heedful::time::Date;
use heedful::wire::{self, Summary};
use heedful_live::files::{survey, unread};
use heedful_live::store::now;
use std::io::Write;

pub(super) fn run(args: &CheckArgs, terminal: &Terminal) -> Result<(), CliError> {
    let found = survey(&args.policies);
    if !found.problems.is_empty() {
        return Err(CliError::Cannot(found.problems.join("\n")));
    }
    let unread = unread(&found.others);
    let inputs: Vec<Input> = found.files.into_iter().map(|file| file.input).collect();
    let on = args.on.as_deref().map(day).transpose()?;
    let mut load = heedful_live::load(&inputs);
    load.warn_as_of(|zone| on.unwrap_or_else(|| zone.date(now())));
    let mut summary = Summary::of(&load, args.bound);
    summary.warnings += unread.len();
    let effective = effective(args, &load)?;
    let mut out = terminal.out();
    let written = match terminal.format() {
        Format::Json => {
            let effective = args.effective.then_some(effective.as_slice());
            let written = wire::write_check(&mut out, &load, &unread, &summary, effective);
            written.and_then(|()| writeln!(out))
        }
        Format::Human => {
            let shown = |diagnostic| report::diagnostic(diagnostic, &load.sources, terminal.out_styled);
            let mut pages = load.diagnostics.iter().map(shown);
            let pages = pages.try_for_each(|page| writeln!(out, "{page}\n"));
            let shown = |warning| report::file_warning(warning, terminal.out_styled);
            let mut unread = unread.iter().map(shown);
            let pages = pages.and_then(|()| unread.try_for_each(|page| writeln!(out, "{page}\n")));
            let shown = |document| report::effective(document, &load.sources, terminal.out_styled);
            let mut effective = effective.iter().map(shown);
            let pages = pages.and_then(|()| effective.try_for_each(|page| writeln!(out, "{page}")));
            pages.and_then(|()| writeln!(out, "{}", report::summary(&summary)))
        }
    };
    written.and_then(|()| out.flush()).map_err(|error| CliError::writing(&error))?;
    let denied = match args.deny {
        Some(DenyArg::Warnings) => summary.warnings,
        None => 0,
    };
    if summary.errors + denied > 0 { Err(CliError::FellShort) } else { Ok(()) }
}

fn day(written: &str) -> Result<Date, CliError> {
    Date::parse(written).ok_or_else(|| CliError::Cannot(format!("`{written}` is no day; write it as 2026-03-01")))
}

/// The policies in words, as many as were asked for; none of a set with errors.
fn effective(args: &CheckArgs, load: &Load) -> Result<Vec<PolicyDocument>, CliError> {
    if !args.effective || load.policies.is_empty() {
        return Ok(Vec::new());
    }
    match &args.force {
        Some(force) => Ok(vec![load.explain(policy::pick(&load.policies, Some(force))?)]),
        None => Ok(load.policies.iter().map(|policy| load.explain(policy)).collect()),
    }
}
