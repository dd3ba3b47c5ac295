//! Tables of events and policies -> a report: `heedful replay` decides past calls as they stood, and counts.

mod capsules;
mod sweep;

use crate::args::{Format, PolicyArgs, ReplayArgs};
use crate::error::CliError;
use crate::policy;
use crate::tables::{ReadTables, Refused, Tables};
use crate::terminal::Terminal;
use heedful::engine::Snapshot;
use heedful::model::FactId;
use heedful::text::nearest;
use heedful::time::{Date, Instant, Length, Unit};
use heedful_history::EventStore;
use heedful_replay::{DecisionTable, Replay as Asked, Side, each_case, page, replay, write_report};
use heedful_tables::TableError;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::thread::available_parallelism;

pub(super) fn run(args: &ReplayArgs, terminal: &Terminal) -> Result<(), CliError> {
    let whole = policy::load_whole(&args.policy, terminal)?;
    let policy = policy::pick(&whole.policies, policy::name(&args.policy)?.as_deref())?;
    let against = against(args, terminal)?;
    let groups = args.by.iter().map(|name| fact(policy, name)).collect::<Result<Vec<FactId>, CliError>>()?;
    let followed = args.followed.as_deref().map(|said| followed(policy, said)).transpose()?;
    let from = args.from.as_deref().map(|day| day_start(policy, day)).transpose()?;
    let tables = Tables::of(args.map.as_deref(), args.events.as_deref())?;
    let mut refused = args.refused.as_deref().map(Refused::create).transpose()?;
    let read = tables.read(policy, terminal, refused.as_mut())?;
    if let Some(refused) = refused {
        refused.finish()?;
    }
    // Another vocabulary says the same rows in other words.
    let other_read = match &against {
        Some(other) if other.vocabulary() != policy.vocabulary() => Some(tables.read(other, terminal, None)?),
        _ => None,
    };
    let policies: Vec<&Snapshot> = std::iter::once(policy).chain(&against).collect();
    tables.rules_are_known(&read, &policies)?;
    if let Some(file) = &args.cases {
        write_cases(file, policy, &read.store, from)?;
    }
    let threads = available_parallelism().map_or(1, usize::from);
    let points = match args.sweep.as_slice() {
        [] => Vec::new(),
        settings => sweep::points(&whole, policy, settings, terminal)?,
    };
    let with_points: Vec<&Snapshot> = policies.iter().copied().chain(points.iter().map(|(_, policy)| policy)).collect();
    capsules::write(args, &with_points, &read.store, from, terminal)?;
    let cannot = |file: &Path| {
        let name = file.display().to_string();
        move |error: TableError| match error {
            TableError::Io(error) => CliError::file(&name, &error),
            other => CliError::Cannot(format!("{name}: {other}")),
        }
    };
    let decisions = args.decisions.as_deref().map(|file| {
        let table = DecisionTable::create(file, &policies).map_err(cannot(file))?;
        Ok((file, table))
    });
    let decisions = decisions.transpose()?;
    let asked = Asked {
        first: side(policy, &read),
        second: against.as_ref().map(|other| side(other, other_read.as_ref().unwrap_or(&read))),
        sweep: &points,
        intakes: &read.intakes,
        beside: &read.beside_intakes,
        from,
        groups: &groups,
        followed,
        hidden_below: args.hide_below,
        decisions: decisions.as_ref().map(|(_, table)| table),
        threads,
    };
    let report = replay(&asked).map_err(CliError::Cannot)?;
    if let Some((file, table)) = decisions {
        table.finish().map_err(cannot(file))?;
    }
    if let Some(file) = &args.report {
        std::fs::write(file, page(&report)).map_err(|error| CliError::file(&file.display().to_string(), &error))?;
    }
    let mut out = terminal.out();
    let written = match terminal.format() {
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &report).map_err(io::Error::from).and_then(|()| writeln!(out))
        }
        Format::Human => write_report(&mut out, &report),
    };
    written.and_then(|()| out.flush()).map_err(|error| CliError::writing(&error))?;
    match read.intakes.iter().chain(&read.beside_intakes).any(|intake| intake.broken.is_some()) {
        true => Err(CliError::FellShort),
        false => Ok(()),
    }
}

fn side<'a>(policy: &'a Snapshot, read: &'a ReadTables) -> Side<'a> {
    Side { policy, store: &read.store, beside: &read.beside }
}

/// The policy to compare with.
fn against(args: &ReplayArgs, terminal: &Terminal) -> Result<Option<Snapshot>, CliError> {
    if args.against.is_empty() {
        return Ok(None);
    }
    let force = args.against_force.clone().or_else(|| args.policy.force.clone());
    let other = PolicyArgs { paths: args.against.clone(), live: false, digest: None, keep: None, force };
    policy::load(&other, terminal).map(Some)
}

fn fact(policy: &Snapshot, name: &str) -> Result<FactId, CliError> {
    let vocabulary = policy.vocabulary();
    vocabulary.fact(name).ok_or_else(|| {
        let near = nearest(name, vocabulary.call.iter().map(|fact| fact.name.as_str()));
        let help = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        CliError::Cannot(format!("the call has no fact `{name}` in the vocabulary{help}"))
    })
}

/// `caller within 30 days`
fn followed(policy: &Snapshot, said: &str) -> Result<(FactId, Length), CliError> {
    let wrong = || CliError::Cannot(format!("`{said}` is no fact and span; write it as `caller within 30 days`"));
    let (name, span) = said.split_once(" within ").ok_or_else(wrong)?;
    let (amount, unit) = span.trim().split_once(' ').ok_or_else(wrong)?;
    let length = Length::new(amount.parse().map_err(|_| wrong())?, Unit::parse(unit).ok_or_else(wrong)?);
    if !length.is_reasonable() {
        return Err(wrong());
    }
    Ok((fact(policy, name.trim())?, length))
}

fn day_start(policy: &Snapshot, day: &str) -> Result<Instant, CliError> {
    let date =
        Date::parse(day).ok_or_else(|| CliError::Cannot(format!("`{day}` is no day; write it as 2026-03-01")))?;
    Ok(policy.zone().day_start(date))
}

/// Writes each case that is decided, one line of JSON each, as `decide` takes them.
fn write_cases(path: &Path, policy: &Snapshot, store: &EventStore, from: Option<Instant>) -> Result<(), CliError> {
    let fell_short = |error: &io::Error| CliError::file(&path.display().to_string(), error);
    let mut out = BufWriter::new(File::create(path).map_err(|error| fell_short(&error))?);
    let written = each_case(policy, &policy.horizon(), store, from, |case| writeln!(out, "{case}").map(|()| true));
    written.map_err(|error| fell_short(&error))?;
    out.flush().map_err(|error| fell_short(&error))
}
