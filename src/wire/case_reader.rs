//! What a case is read into, and the problems and warnings met on the way; the same for JSON and for YAML.
//!
//! A case is read straight into the builder, with no tree in between, so that a history of a million records fits in
//! memory. Reading goes on after a problem. Only the readers of JSON and YAML know where they are in the text, and
//! they say so only when they stop: so when there are problems, the case is read again for each of the first few,
//! stopping at that one.

use super::keys::{Keys, Met};
use super::moment::Times;
use super::path::Path;
use super::problem::{Fault, MAX_PROBLEMS, Problem, Problems, Stop};
use crate::model::{Case, CaseBuilder, Value, Vocabulary, Warning};
use crate::time::{Instant, Zone};
use serde::de::Error;

/// What a case is read against.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'v> {
    /// The words that cases are in.
    pub vocabulary: &'v Vocabulary,
    /// The policy's zone, in which `3 days before` is reckoned.
    pub zone: &'v Zone,
    /// What becomes of a key that the vocabulary does not have.
    pub unknown_keys: UnknownKeys,
    /// What becomes of a value that cannot be used.
    pub unknown_values: UnknownValues,
}

impl<'v> Reading<'v> {
    /// With every key and every value that the vocabulary does not have refused.
    pub fn strict(vocabulary: &'v Vocabulary, zone: &'v Zone) -> Self {
        Self { vocabulary, zone, unknown_keys: UnknownKeys::Refuse, unknown_values: UnknownValues::Refuse }
    }
}

/// What becomes of a key that the vocabulary does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnknownKeys {
    /// The case is refused.
    #[default]
    Refuse,
    /// Leave it out and say so in the decision.
    Warn,
}

/// What becomes of a value that the vocabulary does not have, of one of another type, and of one that cannot be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnknownValues {
    /// The case is refused.
    #[default]
    Refuse,
    /// Take what it is the value of as not known, and say so in the decision. A record without an id and a time that can be used
    /// leaves open how many records its list has.
    Warn,
}

/// The most unknown keys that are warned of, when they pass.
const MAX_WARNINGS: usize = 100;

/// A case that is being read. It serves for one case after another.
#[derive(Debug)]
pub(super) struct CaseReader<'v> {
    pub(super) reading: Reading<'v>,
    pub(super) times: Times,
    pub(super) builder: CaseBuilder,
    id: Option<String>,
    pub(super) at: Option<Instant>,
    warnings: Vec<Warning>,
    unknown_keys: usize,
    problems: Vec<(Fault, String, String)>,
    more: usize,
    stop_at: Option<usize>,
    pub(super) room: Room,
}

/// Room for reading one record: which keys have been met, and the values.
#[derive(Debug, Default)]
pub(super) struct Room {
    pub(super) seen: Vec<Met>,
    pub(super) values: Vec<Value>,
    /// Which lists have been met.
    pub(super) lists: Vec<Met>,
}

impl<'v> CaseReader<'v> {
    pub(super) fn new(reading: Reading<'v>) -> Self {
        Self {
            reading,
            times: Times::Absolute,
            builder: CaseBuilder::new(reading.vocabulary),
            id: None,
            at: None,
            warnings: Vec::new(),
            unknown_keys: 0,
            problems: Vec::new(),
            more: 0,
            stop_at: None,
            room: Room::default(),
        }
    }

    /// Reads a case with `run`, which drives the reader over the text, once, and again for each problem.
    pub(super) fn read(
        &mut self,
        times: Times,
        case: &mut Case,
        run: impl Fn(&mut Self) -> Result<(), Stop>,
    ) -> Result<(), Problems> {
        self.begin(times, None);
        let stop = run(self).err();
        if let (None, true, Some(id), Some(at)) = (&stop, self.problems.is_empty(), &self.id, self.at) {
            self.builder.finish_into(case, self.reading.vocabulary, id, at);
            case.warnings.append(&mut self.warnings);
            case.warnings.sort();
            return Ok(());
        }
        let (problems, more, id) = (std::mem::take(&mut self.problems), self.more, self.id.take());
        let located = (0..).zip(problems).map(|(number, (fault, path, message))| {
            self.begin(times, Some(number));
            let (line, column) = run(self).err().map_or((1, 1), |stop| (stop.line, stop.column));
            Problem { fault, path, message, line, column }
        });
        let mut list: Vec<Problem> = located.collect();
        list.extend(stop.map(Stop::into_problem));
        Err(Problems { case: id, list, more })
    }

    fn begin(&mut self, times: Times, stop_at: Option<usize>) {
        self.times = times;
        self.builder.clear();
        self.id = None;
        self.at = None;
        self.warnings.clear();
        self.unknown_keys = 0;
        self.problems.clear();
        self.more = 0;
        self.stop_at = stop_at;
    }

    /// Notes a problem, or stops at it when this reading is to find its place.
    pub(super) fn problem<E: Error>(
        &mut self,
        path: &Path<'_>,
        fault: Fault,
        message: impl Into<String>,
    ) -> Result<(), E> {
        let number = self.problems.len();
        if self.stop_at == Some(number) {
            return Err(E::custom("stopped at a problem"));
        }
        if number < MAX_PROBLEMS {
            self.problems.push((fault, path.to_string(), message.into()));
        } else {
            self.more += 1;
        }
        Ok(())
    }

    /// Notes something in the place of a value, which is taken as not known where that is wanted.
    pub(super) fn bad_value<E: Error>(
        &mut self,
        path: &Path<'_>,
        fault: Fault,
        message: impl Into<String>,
    ) -> Result<(), E> {
        match self.reading.unknown_values {
            UnknownValues::Refuse => self.problem(path, fault, message),
            UnknownValues::Warn => {
                self.warn(Warning::ValueNotKnown { path: path.anywhere() });
                Ok(())
            }
        }
    }

    /// Notes that the call has this id.
    pub(super) fn is_called(&mut self, id: &str) {
        self.id = Some(id.to_owned());
    }

    pub(super) fn warn(&mut self, warning: Warning) -> bool {
        let is_new = !self.warnings.contains(&warning);
        if is_new {
            self.warnings.push(warning);
        }
        is_new
    }

    /// Notes a key that the vocabulary does not have.
    pub(super) fn unknown_key<E: Error>(&mut self, path: &Path<'_>, keys: Keys<'v>, key: &str) -> Result<(), E> {
        match self.reading.unknown_keys {
            UnknownKeys::Refuse => self.problem(&path.key(key), Fault::UnknownKey, keys.unknown(key)),
            UnknownKeys::Warn => {
                if self.unknown_keys < MAX_WARNINGS && self.warn(Warning::UnknownKey { path: path.key(key).anywhere() })
                {
                    self.unknown_keys += 1;
                }
                Ok(())
            }
        }
    }
}
