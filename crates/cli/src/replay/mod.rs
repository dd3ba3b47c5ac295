//! Tables of events and policies -> a report: `heedful replay` decides past calls as they stood, and counts.

mod capsules;
mod sweep;

use crate::args::{Format, PolicyArgs, ReplayArgs};
use crate::error::CliError;
use crate::policy;
use crate::tables::{ReadTables, Refused, Tables, not_in_order};
use crate::terminal::Terminal;
use capsules::CapsuleFile;
use heedful::engine::Snapshot;
use heedful::model::FactId;
use heedful::text::nearest;
use heedful::time::{Date, Instant, Length, Unit};
use heedful_history::compared;
use heedful_replay::{
    BATCH, DecisionTable, ReadTables as Told, Replay as Asked, ReplayError, Written, page, replay, write_report,
};
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
    let read = tables.read(policy, true, terminal, refused.as_mut())?;
    // Another vocabulary says the same rows in other words.
    let other_read = match &against {
        Some(other) if other.vocabulary() != policy.vocabulary() => Some(tables.read(other, true, terminal, None)?),
        _ => None,
    };
    let policies: Vec<&Snapshot> = std::iter::once(policy).chain(&against).collect();
    tables.rules_are_known(&read.mapping, &policies)?;
    let threads = available_parallelism().map_or(1, usize::from);
    let points = match args.sweep.as_slice() {
        [] => Vec::new(),
        settings => sweep::points(&whole, policy, settings, terminal)?,
    };
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
    let ReadTables { mapping, events, intakes } = read;
    let (other_mapping, other_events) = match other_read {
        Some(other) => (Some(other.mapping), Some(other.events)),
        None => (None, None),
    };
    let mappings = [&mapping, other_mapping.as_ref().unwrap_or(&mapping)];
    let [own, others] = mappings.map(compared);
    let asked = Asked {
        policy,
        against: against.as_ref(),
        sweep: &points,
        beside: [&own, &others],
        from,
        groups: &groups,
        followed,
        hidden_below: args.hide_below,
        threads,
        batch: BATCH,
    };
    let with_points: Vec<&Snapshot> = policies.iter().copied().chain(points.iter().map(|(_, policy)| policy)).collect();
    let (own_horizon, read_by_any) = (policy.horizon(), capsules::horizon_of(&with_points));
    let mut cases = args.cases.as_deref().map(CasesFile::create).transpose()?;
    let mut capsules = CapsuleFile::create(args, &with_points, &read_by_any, terminal)?;
    let replayed = {
        let mut written = Written { cases: Vec::new(), decisions: decisions.as_ref().map(|(_, table)| table) };
        let mut files = Vec::new();
        let mut write_case;
        if let Some(cases) = &mut cases {
            write_case = |case: &str| writeln!(cases.out, "{case}");
            written.cases.push((&own_horizon, &mut write_case));
            files.extend(&args.cases);
        }
        let mut write_capsule;
        if let Some(capsules) = &mut capsules {
            write_capsule = |case: &str| capsules.add(case);
            written.cases.push((&read_by_any, &mut write_capsule));
            files.extend(&args.capsules);
        }
        replay(&asked, events, other_events, written).map_err(|error| match error {
            ReplayError::Events(error) => not_in_order(&error),
            ReplayError::Cases(which, error) => {
                let name = files.get(which).map(|file| file.display().to_string()).unwrap_or_default();
                CliError::file(&name, &error)
            }
        })?
    };
    cases.map_or(Ok(()), CasesFile::finish)?;
    capsules.map_or(Ok(()), CapsuleFile::finish)?;
    if let Some((file, table)) = decisions {
        table.finish().map_err(cannot(file))?;
    }
    let ids = replayed.ids();
    let given = |outcome| replayed.given(false, outcome);
    let (beside, beside_intakes) = tables.read_beside(&mapping, &ids, given, refused.as_mut())?;
    let other_beside = match &other_mapping {
        Some(mapping) => tables.read_beside(mapping, &ids, |outcome| replayed.given(true, outcome), None)?.0,
        None => beside.clone(),
    };
    refused.map_or(Ok(()), Refused::finish)?;
    let told = Told { intakes: &intakes, beside_intakes: &beside_intakes, beside: [&beside, &other_beside] };
    let report = replayed.into_report(&asked, &told);
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
    match intakes.iter().chain(&beside_intakes).any(|intake| intake.broken.is_some()) {
        true => Err(CliError::FellShort),
        false => Ok(()),
    }
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

/// The file of the cases that are decided, one line of JSON each, as `decide` takes them.
struct CasesFile {
    name: String,
    out: BufWriter<File>,
}

impl CasesFile {
    fn create(path: &Path) -> Result<Self, CliError> {
        let name = path.display().to_string();
        let file = File::create(path).map_err(|error| CliError::file(&name, &error))?;
        Ok(Self { name, out: BufWriter::new(file) })
    }

    fn finish(mut self) -> Result<(), CliError> {
        self.out.flush().map_err(|error| CliError::file(&self.name, &error))
    }
}
