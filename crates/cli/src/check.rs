//! `heedful check`: every error and warning in every file.

use super::args::{CheckArgs, DenyArg, Format};
use super::error::CliError;
use super::fmt::replace;
use super::policy;
use super::terminal::Terminal;
use super::test::find::find;
use heedful::engine::{self, Input, Load, Mending};
use heedful::explain::PolicyDocument;
use heedful::report;
use heedful::testing::{Target, TestInput, TestOptions, tested_rules};
use heedful::time::Date;
use heedful::wire::{self, Summary};
use heedful_live::Threads;
use heedful_live::files::{PolicyFile, survey, unread};
use heedful_live::store::now;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

pub(super) fn run(args: &CheckArgs, terminal: &Terminal) -> Result<(), CliError> {
    let found = survey(&args.policies);
    if !found.problems.is_empty() {
        return Err(CliError::Cannot(found.problems.join("\n")));
    }
    let unread = unread(&found.others);
    let tests = tests(&args.policies)?;
    let on = args.on.as_deref().map(day).transpose()?;
    let as_of_today = |load: &mut Load| load.warn_as_of(|zone| on.unwrap_or_else(|| zone.date(now())));
    let check = |inputs: &[Input]| {
        let mut load = heedful_live::load(inputs);
        warn_of_untested(&mut load, &tests);
        as_of_today(&mut load);
        load
    };
    let inputs: Vec<Input> = found.files.iter().map(|file| file.input.clone()).collect();
    let (mut load, mended) = if args.fix {
        let Mending { inputs, mended, load } = engine::mend(&inputs, check);
        write_mended(&found.files, &inputs)?;
        (load, Some(mended))
    } else {
        (check(&inputs), None)
    };
    // What only a proof tells is found once, of what there is after mending.
    load.warn_of_proved();
    as_of_today(&mut load);
    let mut summary = Summary::of(&load, args.bound);
    summary.warnings += unread.len();
    let effective = effective(args, &load)?;
    let mut out = terminal.out();
    let written = match terminal.format() {
        Format::Json => {
            let effective = args.effective.then_some(effective.as_slice());
            let written = wire::write_check(&mut out, &load, &unread, mended.as_deref(), &summary, effective);
            written.and_then(|()| writeln!(out))
        }
        Format::Human => {
            let shown = |diagnostic| report::diagnostic(diagnostic, &load.sources, terminal.out_styled);
            let of_mended = mended.as_deref().map_or_else(String::new, report::mended);
            let pages = write!(out, "{of_mended}");
            let mut told = load.diagnostics.iter().map(shown);
            let pages = pages.and_then(|()| told.try_for_each(|page| writeln!(out, "{page}\n")));
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

/// The test files in the folders that are checked.
fn tests(paths: &[PathBuf]) -> Result<Vec<TestInput>, CliError> {
    let folders: Vec<PathBuf> = paths.iter().filter(|path| path.is_dir()).cloned().collect();
    Ok(find(&folders)?.found.into_iter().map(|found| found.input).collect())
}

/// Where there are tests, a rule that none of them is about is worth a word. Where there are none yet, so is no single rule.
fn warn_of_untested(load: &mut Load, tests: &[TestInput]) {
    if tests.is_empty() {
        return;
    }
    let targets: Vec<Target<'_>> = tests.iter().map(|input| Target { input, load }).collect();
    let options = TestOptions { filter: None, force: None, workers: &Threads::default(), progress: &|_| {} };
    let tested = tested_rules(load, &targets, &options);
    load.warn_of_untested(|rule| tested.rules.contains(&rule), tested.unusable);
}

/// Puts what was mended in the place of the files, each in one step. A file that is another than was read stays as it is.
fn write_mended(files: &[PolicyFile], inputs: &[Input]) -> Result<(), CliError> {
    for (file, mended) in files.iter().zip(inputs).filter(|(file, mended)| file.input.bytes != mended.bytes) {
        let name = &file.input.name;
        let Some(path) = &file.path else {
            return Err(CliError::Cannot("`--fix` writes files, so it does not go with `-`".to_owned()));
        };
        let now = fs::read(path).map_err(|error| CliError::file(name, &error))?;
        if now != file.input.bytes {
            return Err(CliError::Cannot(format!("{name}: it was changed while it was being mended; try again")));
        }
        replace(path, &mended.bytes).map_err(|error| CliError::file(name, &error))?;
    }
    Ok(())
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
