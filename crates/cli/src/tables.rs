//! A mapping file and its tables -> the events they tell of.

use super::error::CliError;
use super::terminal::Terminal;
use heedful::engine::Snapshot;
use heedful::model::OutcomeId;
use heedful::text::nearest;
use heedful_history::{
    AnswerColumn, Compared, DecisionPart, Intake, Mapping, Timeline, given_with_calls, load, load_beside, load_cases,
    read_mapping,
};
use heedful_tables::{SourceRow, TableSource};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// The mapping, and where its tables are; or the file of whole cases.
pub(super) struct Tables {
    map: PathBuf,
    text: String,
    place: TablePlace,
}

/// What the tables hold, in the vocabulary of a policy.
pub(super) struct ReadTables {
    pub(super) mapping: Mapping,
    pub(super) events: Timeline,
    pub(super) intakes: Vec<Intake>,
}

enum TablePlace {
    Folder(PathBuf),
    /// The one table that the mapping names.
    File(PathBuf),
    /// Whole cases, one a line, which need no mapping.
    Cases(PathBuf),
}

impl Tables {
    /// The tables of a mapping file: in a folder, or the one that is meant; else beside the mapping. Without a mapping, a file of whole cases.
    pub(super) fn of(map: Option<&Path>, events: Option<&Path>) -> Result<Self, CliError> {
        let Some(map) = map else { return Self::of_cases(events) };
        let text = std::fs::read_to_string(map).map_err(|error| CliError::file(&map.display().to_string(), &error))?;
        let place = match events {
            None => TablePlace::Folder(map.parent().unwrap_or(Path::new("")).to_owned()),
            Some(events) if events.is_dir() => TablePlace::Folder(events.to_owned()),
            Some(events) => TablePlace::File(events.to_owned()),
        };
        Ok(Self { map: map.to_owned(), text, place })
    }

    fn of_cases(cases: Option<&Path>) -> Result<Self, CliError> {
        let name = cases.map(|cases| cases.display().to_string()).unwrap_or_default();
        let holds_cases = ["-", ".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz"].iter().any(|end| name.ends_with(end));
        match cases {
            Some(cases) if holds_cases => {
                Ok(Self { map: PathBuf::new(), text: String::new(), place: TablePlace::Cases(cases.to_owned()) })
            }
            _ => Err(CliError::Cannot(format!(
                "{name}: without `--map` this must be a file of whole cases, one a line, that ends in .jsonl; tables need a mapping"
            ))),
        }
    }

    /// The events in the vocabulary of a policy, and what became of the rows. Where it `needs_calls`, some table must have calls to decide.
    pub(super) fn read(
        &self,
        policy: &Snapshot,
        needs_calls: bool,
        terminal: &Terminal,
        mut refused: Option<&mut Refused>,
    ) -> Result<ReadTables, CliError> {
        if let TablePlace::Cases(file) = &self.place {
            return read_cases(file, self.open("-"), policy, refused);
        }
        let mapping: Mapping = read_mapping(&self.text, policy.vocabulary(), policy.zone()).map_err(|problems| {
            problems.iter().for_each(|problem| terminal.say(&format!("error: {}:{problem}", self.map.display())));
            CliError::FellShort
        })?;
        if needs_calls && !mapping.tables.iter().any(|table| table.record.is_call) {
            return Err(CliError::Cannot(format!(
                "{}: no table holds the calls to decide; write `decide: yes` under the table of the calls",
                self.map.display()
            )));
        }
        let count = mapping.tables.len() + mapping.beside.len();
        if let (TablePlace::File(file), true) = (&self.place, count > 1) {
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
        let intakes = loaded.intakes.clone();
        let events = loaded.into_timeline(policy.vocabulary()).map_err(|error| not_in_order(&error))?;
        Ok(ReadTables { mapping, events, intakes })
    }

    /// What others say of the calls with these ids, and what became of their rows. `given` says what the tables of calls say that they were
    /// given for an outcome.
    pub(super) fn read_beside(
        &self,
        mapping: &Mapping,
        ids: &[&str],
        given: impl Fn(OutcomeId) -> Vec<Option<u64>>,
        mut refused: Option<&mut Refused>,
    ) -> Result<(Vec<AnswerColumn>, Vec<Intake>), CliError> {
        let mut broken = None;
        let mut all = given_with_calls(mapping, given);
        let (columns, intakes) = load_beside(
            mapping,
            ids,
            |file| self.open(file),
            |table, row, why| {
                if let Some(refused) = &mut refused {
                    refused.add(table, row, why).unwrap_or_else(|error| broken = Some(error));
                }
            },
        );
        all.extend(columns);
        broken.map_or(Ok((all, intakes)), Err)
    }

    /// Refuses rules that the mapping names and none of the policies has.
    pub(super) fn rules_are_known(&self, mapping: &Mapping, policies: &[&Snapshot]) -> Result<(), CliError> {
        let held = mapping.beside.iter().flat_map(|table| table.holds.iter().map(move |held| (table, held)));
        let beside = held.filter_map(|(table, held)| match held {
            Compared::Rule(rule) => Some((table.line, rule, format!("{} is set beside the rule", table.file))),
            _ => None,
        });
        let decisions = mapping.decisions.iter().flat_map(|decisions| {
            let rules = decisions.values.iter().filter_map(|value| match &value.part {
                DecisionPart::Rules(rules) => Some((rules, &value.name)),
                _ => None,
            });
            rules.flat_map(move |(rules, field)| {
                rules
                    .iter()
                    .map(move |rule| (decisions.line, rule, format!("`{field}` of the vocabulary names the rule")))
            })
        });
        for (line, rule, said) in beside.chain(decisions) {
            let names = || policies.iter().flat_map(|policy| policy.rule_names());
            if !names().any(|name| name == rule) {
                let help = nearest(rule, names()).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                let policy = policies.first().map_or("the policy", |policy| policy.name());
                return Err(CliError::Cannot(format!(
                    "{}:{line}: {said} `{rule}`, which {policy} does not have{help}",
                    self.map.display(),
                )));
            }
        }
        Ok(())
    }

    fn open(&self, file: &str) -> TableSource {
        let path = match &self.place {
            TablePlace::Folder(folder) => folder.join(file),
            TablePlace::File(file) | TablePlace::Cases(file) => file.clone(),
        };
        if path.as_os_str() == "-" || (file == "-" && matches!(self.place, TablePlace::Folder(_))) {
            return TableSource::Stream(Box::new(io::stdin().lock()));
        }
        TableSource::File(path)
    }
}

fn read_cases(
    file: &Path,
    source: TableSource,
    policy: &Snapshot,
    mut refused: Option<&mut Refused>,
) -> Result<ReadTables, CliError> {
    let mut broken = None;
    let name = file.display().to_string();
    let words = (policy.vocabulary(), policy.zone());
    let read = load_cases(&name, source, words, |file, row, why| {
        if let Some(refused) = &mut refused {
            refused.add(file, row, why).unwrap_or_else(|error| broken = Some(error));
        }
    });
    if let Some(error) = broken {
        return Err(error);
    }
    let (events, intake) = read.map_err(|error| not_in_order(&error))?;
    let mapping = Mapping { tables: Vec::new(), beside: Vec::new(), decisions: None };
    Ok(ReadTables { mapping, events, intakes: vec![intake] })
}

/// Why events cannot be replayed, of which there are too many to be put in order in memory.
pub(super) fn not_in_order(error: &io::Error) -> CliError {
    let folder = std::env::temp_dir();
    CliError::Cannot(format!(
        "the events could not be put in the order of their times: {error}; there are many, so that takes room in {}, or in the folder that the \
         environment variable TMPDIR names",
        folder.display()
    ))
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
