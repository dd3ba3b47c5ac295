//! A mapping file and its tables -> the events they tell of.

use super::error::CliError;
use super::terminal::Terminal;
use heedful::engine::Snapshot;
use heedful_history::{EventStore, Intake, Mapping, SourceRow, load, read_mapping};
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// The mapping, and where its tables are.
pub(super) struct Tables {
    map: PathBuf,
    text: String,
    place: TablePlace,
}

enum TablePlace {
    Folder(PathBuf),
    /// The one table that the mapping names.
    File(PathBuf),
}

impl Tables {
    /// The tables of a mapping file: in a folder, or the one that is meant; else beside the mapping.
    pub(super) fn of(map: &Path, events: Option<&Path>) -> Result<Self, CliError> {
        let text = std::fs::read_to_string(map).map_err(|error| CliError::file(&map.display().to_string(), &error))?;
        let place = match events {
            None => TablePlace::Folder(map.parent().unwrap_or(Path::new("")).to_owned()),
            Some(events) if events.is_dir() => TablePlace::Folder(events.to_owned()),
            Some(events) => TablePlace::File(events.to_owned()),
        };
        Ok(Self { map: map.to_owned(), text, place })
    }

    /// The events in the vocabulary of a policy, and what became of the rows.
    pub(super) fn read(
        &self,
        policy: &Snapshot,
        terminal: &Terminal,
        mut refused: Option<&mut Refused>,
    ) -> Result<(EventStore, Vec<Intake>), CliError> {
        let mapping: Mapping = read_mapping(&self.text, policy.vocabulary(), policy.zone()).map_err(|problems| {
            problems.iter().for_each(|problem| terminal.say(&format!("error: {}:{problem}", self.map.display())));
            CliError::FellShort
        })?;
        if let (TablePlace::File(file), [_, _, ..]) = (&self.place, mapping.tables.as_slice()) {
            let count = mapping.tables.len();
            return Err(CliError::Cannot(format!(
                "{}: the mapping names {count} tables; give the folder that holds them",
                file.display()
            )));
        }
        let mut broken = None;
        let loaded = load(
            &mapping,
            |file| self.open(file),
            |table, row, why| {
                if let Some(refused) = &mut refused {
                    refused.add(table, row, why).unwrap_or_else(|error| broken = Some(error));
                }
            },
        );
        if let Some(error) = broken {
            return Err(error);
        }
        Ok((EventStore::new(loaded.events, &loaded.kinds, policy.vocabulary()), loaded.intakes))
    }

    fn open(&self, file: &str) -> io::Result<Box<dyn Read>> {
        let path = match &self.place {
            TablePlace::Folder(folder) => folder.join(file),
            TablePlace::File(file) => file.clone(),
        };
        if path.as_os_str() == "-" || (file == "-" && matches!(self.place, TablePlace::Folder(_))) {
            return Ok(Box::new(io::stdin().lock()));
        }
        Ok(Box::new(File::open(path)?))
    }
}

/// The file of rows that could not be used.
pub(super) struct Refused {
    name: String,
    out: BufWriter<File>,
}

impl Refused {
    pub(super) fn create(path: &Path) -> Result<Self, CliError> {
        let name = path.display().to_string();
        let file = File::create(path).map_err(|error| CliError::file(&name, &error))?;
        Ok(Self { name, out: BufWriter::new(file) })
    }

    /// `calls.csv:17: why`, and the row as it stands below.
    fn add(&mut self, table: &str, row: &SourceRow, why: &str) -> Result<(), CliError> {
        writeln!(self.out, "{table}:{}: {why}\n{}", row.line, row.whole)
            .map_err(|error| CliError::file(&self.name, &error))
    }

    pub(super) fn finish(mut self) -> Result<(), CliError> {
        self.out.flush().map_err(|error| CliError::file(&self.name, &error))
    }
}
