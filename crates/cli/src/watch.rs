//! `heedful watch`: what goes live and what is refused, as it happens.

use super::args::{Format, WatchArgs as Args, WatchHow};
use super::error::CliError;
use super::terminal::Terminal;
use super::test::find::find;
use heedful::live::{Candidate, Checked, Event, Gate, Gates, KnownTest, TestGateResult};
use heedful::report;
use heedful::testing::{self, TestInput, TestResult};
use heedful::time::{Instant, Zone};
use heedful::wire;
use heedful_live::files::reason;
use heedful_live::store::{Store, StoreWriter, now};
use heedful_live::watch::{Options, Timing, Watch, by_events, by_looking};
use heedful_live::{Live, Subscription};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

pub(super) fn run(args: Args, terminal: &Terminal) -> Result<(), CliError> {
    let live = Arc::new(Live::default());
    let events = live.subscribe();
    let strict = args.how.strict_start;
    let options = options(args.policies, args.how, &live)?;
    if let (Some(keeper), Format::Human) = (&options.keep, terminal.format()) {
        let paths: Vec<String> = options.paths.iter().map(|path| path.display().to_string()).collect();
        let folder = keeper.keep().folder().display();
        let line = format!("Watching {}. Every policy that goes live is kept in {folder}.\n\n", paths.join(", "));
        terminal.print(&line)?;
    }
    let watch = match Watch::start(&live, options) {
        Ok(watch) => watch,
        Err(why) => {
            while let Ok(event) = events.next_within(Duration::ZERO) {
                show(&event, &live, terminal)?;
            }
            terminal.say(&why);
            return Err(if strict { CliError::FellShort } else { CliError::Cannot(why) });
        }
    };
    follow(&events, &watch, &live, terminal)
}

/// What is watched and how, with every gate, and where it is kept.
pub(super) fn options(policies: Vec<PathBuf>, how: WatchHow, live: &Live) -> Result<Options, CliError> {
    if policies.iter().any(|path| heedful_live::files::is_standard_input(path)) {
        return Err(CliError::Cannot("standard input cannot be watched; name a file or a folder".to_owned()));
    }
    let mut options = Options::new(policies);
    options.keep = keeper(how.keep, &options, live)?;
    options.strict_start = how.strict_start;
    options.timing = Timing {
        every: Duration::from_secs(how.look_every),
        missing: Duration::from_secs(how.hold),
        ..Timing::default()
    };
    options.listen = if how.no_events { by_looking() } else { by_events() };
    options.gates = Gates { tests: Box::new(own_tests), advisory: how.advisory_gates };
    if how.advisory_gates {
        live.tell(Event::Trouble(
            "THE GATES ARE ADVISORY: a change goes live even if its tests fail, it is weaker than its base, or it takes \
             away what is in force"
                .to_owned(),
        ));
    }
    Ok(options)
}

/// Runs the test files that lie beside the policies.
fn own_tests(candidate: Candidate<'_>) -> TestGateResult {
    let found = match find(candidate.paths) {
        Ok(search) if search.odd.is_empty() => search.found,
        Ok(search) => return TestGateResult::failed(search.odd),
        Err(CliError::Cannot(why)) => return TestGateResult::failed(vec![why]),
        Err(CliError::FellShort | CliError::NotSettled | CliError::Closed) => Vec::new(),
    };
    if found.is_empty() {
        return TestGateResult::none();
    }
    let inputs: Vec<TestInput> = found.into_iter().map(|found| found.input).collect();
    let report = testing::gate(candidate.load, &inputs);
    let known = |result: &TestResult| KnownTest {
        policy: result.policy.clone(),
        name: result.name.clone(),
        file: result.file.clone(),
        claims: result.claims.clone(),
    };
    let tests: Vec<KnownTest> = report.results.iter().filter(|result| !result.name.is_empty()).map(known).collect();
    let all = report.results.len();
    if report.is_good() {
        let noun = if all == 1 { "test" } else { "tests" };
        return TestGateResult { checked: Checked::passed(Gate::Tests, format!("{all} {noun} passed")), tests };
    }
    let lead = format!("{} of {all} tests did not pass:", all - report.passed());
    let mut failures = report.failures();
    failures.dedup();
    TestGateResult { checked: Checked::failed(Gate::Tests, std::iter::once(lead).chain(failures).collect()), tests }
}

/// Where to keep what goes live. A folder that was asked for must be there; the usual one is done without, loudly, where
/// it cannot be made, as in a container whose disk cannot be written.
fn keeper(asked: Option<PathBuf>, options: &Options, live: &Live) -> Result<Option<StoreWriter>, CliError> {
    let usual = || options.paths.first().map_or_else(|| Ok(".heedful".into()), |path| Store::beside(path));
    let opened = match &asked {
        Some(folder) => Ok(folder.clone()),
        None => usual().map_err(|error| reason(&error)),
    };
    let opened = opened.and_then(|folder| StoreWriter::open(Store::at(folder)));
    match opened {
        Ok(keeper) => Ok(Some(keeper)),
        Err(why) if asked.is_none() => {
            live.tell(Event::Trouble(format!(
                "what goes live is not kept, so decisions cannot be replayed: {why}. Name a folder with --keep"
            )));
            Ok(None)
        }
        Err(why) => Err(CliError::Cannot(why)),
    }
}

/// Shows every event until nobody reads them any more.
fn follow(events: &Subscription, watch: &Watch, live: &Live, terminal: &Terminal) -> Result<(), CliError> {
    loop {
        match events.next_within(Duration::from_secs(1)) {
            Ok(event) => show(&event, live, terminal)?,
            Err(RecvTimeoutError::Timeout) if watch.is_alive() => {}
            Err(_) => return Err(CliError::Cannot("the watching has ended, which is a mistake in heedful".to_owned())),
        }
    }
}

fn show(event: &Event, live: &Live, terminal: &Terminal) -> Result<(), CliError> {
    let now = now();
    match terminal.format() {
        Format::Human => {
            let page = report::event(event, &time_of_day(now, live), terminal.out_styled);
            terminal.print(&format!("{page}\n"))
        }
        Format::Json => {
            let mut line = Vec::new();
            // Writing to memory cannot fail.
            let _ = wire::write_event(&mut line, &Zone::utc().format(now), event);
            terminal.print(&format!("{}\n", String::from_utf8_lossy(&line)))
        }
    }
}

/// By the clock of the first policy that is live.
fn time_of_day(now: Instant, live: &Live) -> String {
    let generation = live.current();
    let policy = generation.as_ref().and_then(|generation| generation.policies().first());
    let seconds = policy.map_or_else(|| Zone::utc().clock(now), |policy| policy.zone().clock(now)).0;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
