//! `heedful replay --capsules`: the cases that were decided, with what policies can read of them and under names that only a key gives.

use crate::args::ReplayArgs;
use crate::error::CliError;
use crate::terminal::Terminal;
use heedful::engine::Snapshot;
use heedful::horizon::{FieldRead, Horizon};
use heedful::model::Type;
use heedful_history::Capsules;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// The file of capsules, one line of JSON each, as `decide` and `replay` take them. They hold what any of the policies can read.
pub(super) struct CapsuleFile<'a> {
    name: String,
    capsules: Capsules<'a>,
    out: BufWriter<File>,
}

/// What any of the policies can read.
pub(super) fn horizon_of(policies: &[&Snapshot]) -> Horizon {
    policies.iter().map(|policy| policy.horizon()).reduce(Horizon::or).unwrap_or_default()
}

impl<'a> CapsuleFile<'a> {
    /// Begins the file, where one is wanted.
    pub(super) fn create(
        args: &ReplayArgs,
        policies: &[&'a Snapshot],
        horizon: &'a Horizon,
        terminal: &Terminal,
    ) -> Result<Option<Self>, CliError> {
        let (Some(path), Some(key)) = (&args.capsules, &args.key) else { return Ok(None) };
        let Some(first) = policies.first() else { return Ok(None) };
        let vocabulary = first.vocabulary();
        if policies.iter().any(|policy| policy.vocabulary() != vocabulary) {
            return Err(CliError::Cannot(
                "capsules are in the words of one vocabulary, and the policies have two; write those of each on its own"
                    .to_owned(),
            ));
        }
        let key = key_of(key)?;
        let of_records =
            vocabulary.records.iter().zip(&horizon.kinds).map(|(kind, asked)| (&kind.fields, &asked.fields));
        for (fields, read) in std::iter::once((&vocabulary.call, &horizon.facts)).chain(of_records) {
            let shown = fields
                .iter()
                .zip(read)
                .filter(|(field, read)| field.ty == Type::Text && **read == Some(FieldRead::Whole));
            for (field, _) in shown {
                terminal.say(&format!(
                    "warning: a reason shows `{}`, so capsules hold all that was said in it",
                    field.name
                ));
            }
        }
        let capsules = Capsules::new(vocabulary, horizon, &key).map_err(CliError::Cannot)?;
        let name = path.display().to_string();
        let file = File::create(path).map_err(|error| CliError::file(&name, &error))?;
        Ok(Some(Self { name, capsules: capsules.keeping_call_ids(args.keep_call_ids), out: BufWriter::new(file) }))
    }

    /// Adds the capsule of a case.
    pub(super) fn add(&mut self, case: &str) -> io::Result<()> {
        let capsule =
            self.capsules.capsule(case).map_err(|why| io::Error::other(format!("a case has no capsule: {why}")))?;
        writeln!(self.out, "{capsule}")
    }

    pub(super) fn finish(mut self) -> Result<(), CliError> {
        self.out.flush().map_err(|error| CliError::file(&self.name, &error))
    }
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
