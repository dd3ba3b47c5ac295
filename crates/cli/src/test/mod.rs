//! `heedful test`: test files and policies -> verdicts, on the terminal and in files.

pub(super) mod args;
pub(super) mod find;
mod review;
mod covered;
mod edges;
mod mutate;
mod watch;

use super::args::Format;
use super::error::CliError;
use super::terminal::Terminal;
use args::{ReportForm, TestArgs};
use find::{FoundFiles, FoundTestFile, Home, Homes};
use heedful::engine::Load;
use heedful::report;
use heedful::testing::coverage::{self, Coverage};
use heedful::testing::{self, Progress, Report, Target, TestOptions};
use heedful::wire::{self, Summary};
use heedful_live::Threads;
use indicatif::{ProgressBar, ProgressStyle};
use std::num::NonZero;
use std::path::PathBuf;

pub(super) fn run(args: &TestArgs, terminal: &Terminal) -> Result<(), CliError> {
    if args.watch { watch::run(args, terminal) } else { once(args, terminal) }
}

/// Everything that a run needs, read from disk.
struct Bench {
    found: Vec<FoundTestFile>,
    homes: Vec<Home>,
    /// For each file, the home it belongs to.
    home_of: Vec<usize>,
    /// Files that look like tests and are not called so.
    odd: Vec<String>,
    /// Snapshots of test files that are gone.
    stray: Vec<String>,
}

fn once(args: &TestArgs, terminal: &Terminal) -> Result<(), CliError> {
    let bench = Bench::read(args)?;
    bench.refuse_errors(terminal)?;
    if let Some(folder) = &args.write_boundaries {
        return edges::write(args, &bench, folder, terminal);
    }
    if args.mutate {
        return mutate::run(args, &bench, terminal);
    }
    let mut report = bench.verdicts(args);
    let coverages = covered::measure(args, &bench);
    review::settle(args, &bench.found, &mut report, terminal)?;
    if args.filter.is_none() {
        report.orphans.extend(review::forgotten(&bench.found, &report));
        report.orphans.extend(bench.stray.iter().cloned());
        report.orphans.sort();
    }
    write_reports(args, &report, &coverages, terminal)?;
    let seen = covered::show(args, &coverages, terminal)?;
    for odd in &bench.odd {
        terminal.say(odd);
    }
    let good = report.is_good() && report.orphans.is_empty();
    if good && seen && bench.odd.is_empty() { Ok(()) } else { Err(CliError::FellShort) }
}

fn paths(args: &TestArgs) -> Vec<PathBuf> {
    if args.paths.is_empty() { vec![PathBuf::from(".")] } else { args.paths.clone() }
}

impl Bench {
    fn read(args: &TestArgs) -> Result<Self, CliError> {
        let FoundFiles { found, odd, stray } = find::find(&paths(args))?;
        if found.is_empty() && odd.is_empty() && stray.is_empty() && args.write_boundaries.is_none() {
            let paths: Vec<String> = paths(args).iter().map(|path| path.display().to_string()).collect();
            let paths = paths.join(", ");
            return Err(CliError::Cannot(format!(
                "there is no test file in {paths}; the name of one ends in .test.yaml"
            )));
        }
        let mut homes = Homes::default();
        let home_of: Result<Vec<usize>, CliError> =
            found.iter().map(|found| homes.of(&found.path, &args.policies)).collect();
        let home_of = home_of?;
        if found.is_empty() {
            for path in paths(args) {
                homes.of(&path.join("any"), &args.policies)?;
            }
        }
        Ok(Self { found, home_of, homes: homes.into_loads(), odd, stray })
    }

    /// Nothing is tested under a policy with an error.
    fn refuse_errors(&self, terminal: &Terminal) -> Result<(), CliError> {
        let mut sound = true;
        for at in &self.home_of {
            let Some(home) = self.homes.get(*at).filter(|home| !find::is_sound(&home.load)) else { continue };
            if std::mem::take(&mut sound) {
                for diagnostic in &home.load.diagnostics {
                    let page = report::diagnostic(diagnostic, &home.load.sources, terminal.err_styled);
                    terminal.say(&format!("{page}\n"));
                }
                terminal.say(&report::summary(&Summary::of(&home.load, None)));
            }
        }
        if sound { Ok(()) } else { Err(CliError::FellShort) }
    }

    fn loads(&self) -> Vec<&Load> {
        self.homes.iter().map(|home| &home.load).filter(|load| find::is_sound(load)).collect()
    }

    fn targets(&self) -> Vec<Target<'_>> {
        let with_home = self.found.iter().zip(&self.home_of);
        with_home
            .filter_map(|(found, at)| Some(Target { input: &found.input, load: &self.homes.get(*at)?.load }))
            .collect()
    }

    fn verdicts(&self, args: &TestArgs) -> Report {
        with_bar("tests", args, |options| testing::run(&self.targets(), options))
    }
}

/// Does something that tells how far it has come, with a bar on a terminal.
fn with_bar<T>(what: &str, args: &TestArgs, work: impl FnOnce(&TestOptions<'_>) -> T) -> T {
    let bar = ProgressBar::new(0);
    let template = format!("{{wide_bar}} {{pos}} of {{len}} {what}, {{eta}} left");
    let style = ProgressStyle::with_template(&template);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let progress = |progress| match progress {
        Progress::Of(number) => bar.set_length(number as u64),
        Progress::OneMore => bar.inc(1),
        _ => {}
    };
    let jobs = args.jobs.map(|jobs| NonZero::new(jobs).unwrap_or(NonZero::<usize>::MIN));
    let (filter, force) = (args.filter.as_deref(), args.force.as_deref());
    let workers = &jobs.map_or_else(Threads::default, Threads);
    let done = work(&TestOptions { filter, force, workers, progress: &progress });
    bar.finish_and_clear();
    done
}

fn write_reports(
    args: &TestArgs,
    report: &Report,
    coverages: &[Coverage],
    terminal: &Terminal,
) -> Result<(), CliError> {
    if let Some(path) = &args.reports.junit {
        find::write(path, &testing::junit(report))?;
    }
    match (args.reports.report, terminal.format()) {
        (Some(ReportForm::Tap), _) => terminal.print(&testing::tap(report)),
        (Some(ReportForm::Github), _) => terminal.print(&testing::github(report)),
        (None, Format::Json) => {
            let mut bytes = Vec::new();
            let mut verdicts = testing::verdicts(report);
            verdicts.coverage = coverages.iter().map(coverage::verdict).collect();
            let written = wire::write_verdicts(&mut bytes, &verdicts);
            written.map_err(|error| CliError::writing(&error))?;
            bytes.push(b'\n');
            terminal.print(&String::from_utf8_lossy(&bytes))
        }
        (None, Format::Human) => terminal.print(&testing::human(report, terminal.out_styled)),
    }
}
