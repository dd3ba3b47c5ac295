//! Text of a case -> `Case`, or everything that is wrong with it; the same for JSON and for YAML.
//!
//! A case is read straight into the builder, with no tree in between, so that a history of a million records fits in
//! memory. Reading goes on after a problem. Only the readers of JSON and YAML know where they are in the text, and
//! they say so only when they stop: so when there are problems, the case is read again for each of the first few,
//! stopping at that one.

use super::found::{Found, skip_group, skip_list, takes_single_values};
use super::group::Group;
use super::judge::KeyOf;
use super::keys::{self, Keys, Met};
use super::path::Path;
use super::problem::{Fault, MAX_PROBLEMS, Problem, Problems, Stop};
use crate::model::{Case, CaseBuilder, RecordId, RecordKind, Value, Vocabulary, Warning};
use crate::time::{Instant, Zone};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// What a case is read against.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'v> {
    pub vocabulary: &'v Vocabulary,
    /// The policy's zone, in which `3 days before` is reckoned.
    pub zone: &'v Zone,
    pub unknown_keys: UnknownKeys,
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
    #[default]
    Refuse,
    /// Leave it out and say so in the decision.
    Warn,
}

/// What becomes of a value that the vocabulary does not have, of one of another type, and of one that cannot be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnknownValues {
    #[default]
    Refuse,
    /// Take what it is the value of as not known, and say so in the decision. A record without an id and a time that can be used
    /// leaves open how many records its list has.
    Warn,
}

/// Whether times may be written relative to the call, and to which time.
#[derive(Clone, Copy, Debug)]
pub(super) enum Times {
    Absolute,
    /// `None` when the call's own time could not be read, which is a problem of its own.
    Relative(Option<Instant>),
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
    at: Option<Instant>,
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

    fn warn(&mut self, warning: Warning) -> bool {
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

/// Reads a whole case.
pub(super) struct WholeCase<'r, 'v> {
    pub(super) reader: &'r mut CaseReader<'v>,
}

impl<'de> DeserializeSeed<'de> for WholeCase<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for WholeCase<'_, '_> {
    type Value = ();

    takes_single_values!();

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        skip_list(list)?;
        self.take(Found::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut group: A) -> Result<(), A::Error> {
        let Self { reader } = self;
        let path = Path::Root;
        let mut seen = [Met::Never; 2];
        let keys = Keys::Case;
        let mut next = 0;
        while let Some(key) =
            group.next_key_seed(KeyOf { reader, path: &path, keys, seen: &mut seen, next: &mut next })?
        {
            match key {
                Some(keys::CALL) => group.next_value_seed(Call { reader })?,
                Some(keys::HISTORY) => group.next_value_seed(History { reader })?,
                _ => drop(group.next_value::<IgnoredAny>()?),
            }
        }
        if seen.get(keys::HISTORY) == Some(&Met::Twice) {
            reader.builder.leave_all_open();
        }
        match seen {
            [Met::Never, _] => reader.problem(&path, Fault::Missing, "the case has no `call`"),
            _ => Ok(()),
        }
    }
}

impl WholeCase<'_, '_> {
    fn take<E: Error>(self, found: Found<'_>) -> Result<(), E> {
        let message = format!("a case must be a group with the keys `call` and `history`, not {}", found.what());
        self.reader.problem(&Path::Root, Fault::BadValue, message)
    }
}

struct Call<'r, 'v> {
    reader: &'r mut CaseReader<'v>,
}

impl<'de> DeserializeSeed<'de> for Call<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        let Self { reader } = self;
        let keys = Keys::Call(&reader.reading.vocabulary.call);
        let mut room = std::mem::take(&mut reader.room);
        let path = Path::Root;
        let path = path.key("call");
        let group = Group { reader, path, keys, room: &mut room };
        if let Some((id, at)) = group.deserialize(input)? {
            reader.is_called(&id);
            reader.at = Some(at.at);
        }
        reader.builder.swap_call(&mut room.values);
        reader.room = room;
        Ok(())
    }
}

struct History<'r, 'v> {
    reader: &'r mut CaseReader<'v>,
}

impl<'de> DeserializeSeed<'de> for History<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for History<'_, '_> {
    type Value = ();

    takes_single_values!();

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        skip_list(list)?;
        self.take(Found::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut group: A) -> Result<(), A::Error> {
        let Self { reader } = self;
        let path = Path::Root;
        let path = path.key("history");
        let vocabulary = reader.reading.vocabulary;
        let keys = Keys::History(vocabulary);
        let mut seen = std::mem::take(&mut reader.room.lists);
        seen.clear();
        seen.resize(keys.count(), Met::Never);
        let mut next = 0;
        while let Some(key) =
            group.next_key_seed(KeyOf { reader, path: &path, keys, seen: &mut seen, next: &mut next })?
        {
            let list = key.and_then(|key| Some((RecordId(u16::try_from(key).ok()?), vocabulary.records.get(key)?)));
            match list {
                Some((id, kind)) => group.next_value_seed(List { reader, id, kind, path: path.key(&kind.plural) })?,
                None => drop(group.next_value::<IgnoredAny>()?),
            }
        }
        let twice = (0u16..).zip(&seen).filter(|(_, met)| **met == Met::Twice);
        twice.for_each(|(kind, _)| reader.builder.leave_open(RecordId(kind)));
        reader.room.lists = seen;
        Ok(())
    }
}

impl History<'_, '_> {
    fn take<E: Error>(self, found: Found<'_>) -> Result<(), E> {
        if matches!(found, Found::Nothing) {
            return Ok(());
        }
        let message =
            format!("the history must be a group of lists, one for each kind of record, not {}", found.what());
        self.reader.bad_value(&Path::Root.key("history"), Fault::BadValue, message)
    }
}

struct List<'r, 'v> {
    reader: &'r mut CaseReader<'v>,
    id: RecordId,
    kind: &'v RecordKind,
    path: Path<'r>,
}

impl<'de> DeserializeSeed<'de> for List<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for List<'_, '_> {
    type Value = ();

    takes_single_values!();

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self { reader, id: kind_id, kind, path } = self;
        reader.builder.supply(kind_id);
        let keys = Keys::Record(kind);
        let mut room = std::mem::take(&mut reader.room);
        for position in 0.. {
            let record = Group { reader, path: path.at(position), keys, room: &mut room };
            let Some(record) = list.next_element_seed(record)? else { break };
            match record {
                Some((id, at)) => {
                    let id = reader.builder.name(&id);
                    reader.builder.push(kind_id, id, at, &room.values);
                }
                None => {
                    reader.warn(Warning::RecordLeftOut { list: kind.plural.clone() });
                    reader.builder.leave_open(kind_id);
                }
            }
        }
        reader.room = room;
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, group: A) -> Result<(), A::Error> {
        skip_group(group)?;
        self.take(Found::Group)
    }
}

impl List<'_, '_> {
    /// Nothing in the place of a list: the list could not be had.
    fn take<E: Error>(self, found: Found<'_>) -> Result<(), E> {
        if matches!(found, Found::Nothing) {
            return Ok(());
        }
        let message = format!("`{}` must be a list of records, not {}", self.kind.plural, found.what());
        self.reader.bad_value(&self.path, Fault::BadValue, message)
    }
}
