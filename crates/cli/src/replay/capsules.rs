//! `heedful replay --capsules`: the cases that were decided, with what policies can read of them and under names that only a key gives.

use crate::args::ReplayArgs;
use crate::error::CliError;
use crate::terminal::Terminal;
use heedful::engine::Snapshot;
use heedful::horizon::{FieldRead, Horizon};
use heedful::model::Type;
use heedful::time::Instant;
use heedful_history::{Capsules, EventStore};
use heedful_replay::each_case;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Writes a capsule of each case, one line of JSON each, as `decide` and `replay` take them. They hold what any of the policies can read.
pub(super) fn write(
    args: &ReplayArgs,
    policies: &[&Snapshot],
    store: &EventStore,
    from: Option<Instant>,
    terminal: &Terminal,
) -> Result<(), CliError> {
    let (Some(path), Some(key)) = (&args.capsules, &args.key) else { return Ok(()) };
    let Some(first) = policies.first() else { return Ok(()) };
    let vocabulary = first.vocabulary();
    if policies.iter().any(|policy| policy.vocabulary() != vocabulary) {
        return Err(CliError::Cannot(
            "capsules are in the words of one vocabulary, and the policies have two; write those of each on its own"
                .to_owned(),
        ));
    }
    let key = key_of(key)?;
    let horizon = policies.iter().map(|policy| policy.horizon()).reduce(Horizon::or).unwrap_or_default();
    let of_records = vocabulary.records.iter().zip(&horizon.kinds).map(|(kind, asked)| (&kind.fields, &asked.fields));
    for (fields, read) in std::iter::once((&vocabulary.call, &horizon.facts)).chain(of_records) {
        let shown =
            fields.iter().zip(read).filter(|(field, read)| field.ty == Type::Text && **read == Some(FieldRead::Whole));
        for (field, _) in shown {
            terminal
                .say(&format!("warning: a reason shows `{}`, so capsules hold all that was said in it", field.name));
        }
    }
    let capsules = Capsules::new(vocabulary, &horizon, &key).map_err(CliError::Cannot)?;
    let capsules = capsules.keeping_call_ids(args.keep_call_ids);
    let name = path.display().to_string();
    let fell_short = |error: &io::Error| CliError::file(&name, error);
    let mut out = BufWriter::new(File::create(path).map_err(|error| fell_short(&error))?);
    let written = each_case(first, &horizon, store, from, |case| {
        let capsule =
            capsules.capsule(case).map_err(|why| io::Error::other(format!("a case has no capsule: {why}")))?;
        writeln!(out, "{capsule}").map(|()| true)
    });
    written.and_then(|()| out.flush()).map_err(|error| fell_short(&error))
}

/// The secret of the force. A file that others can read holds none.
fn key_of(path: &Path) -> Result<Vec<u8>, CliError> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| CliError::file(&name, &error))?;
    let metadata = file.metadata().map_err(|error| CliError::file(&name, &error))?;
    if is_open_to_others(&metadata) {
        return Err(CliError::Cannot(format!(
            "{name}: others can read this file, so it is no secret; take their rights away: chmod 600 {name}"
        )));
    }
    let key = std::fs::read(path).map_err(|error| CliError::file(&name, &error))?;
    if key.len() < heedful_history::LEAST_KEY {
        return Err(CliError::Cannot(format!(
            "{name}: a key has at least {} bytes, and this has {}; make one: openssl rand -hex 32 > {name}",
            heedful_history::LEAST_KEY,
            key.len()
        )));
    }
    Ok(key)
}

#[cfg(unix)]
fn is_open_to_others(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o077 != 0
}

/// Where rights are kept otherwise, whoever keeps the key sees to them.
#[cfg(not(unix))]
fn is_open_to_others(_: &std::fs::Metadata) -> bool {
    false
}
