//! Serde visitor for the call or one record of the history: an id, a time, and the values that the vocabulary declares.

use super::case_reader::{CaseReader, Room};
use super::keys::{self, Keys, Met};
use super::moment;
use super::path::Path;
use super::problem::Fault;
use super::scalar::{Scalar, skip_list, takes_single_values};
use super::value::{Declared, is_blank};
use super::visitor::{KeyVisitor, ValueVisitor};
use crate::model::{Field, Value};
use crate::time::Stamp;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;

/// Reads the call or a record into `values`. The answer is its id and time, or `None` when it has not both.
pub(super) struct RecordVisitor<'r, 'v> {
    pub(super) reader: &'r mut CaseReader<'v>,
    pub(super) path: Path<'r>,
    pub(super) keys: Keys<'v>,
    /// Room that all records share.
    pub(super) room: &'r mut Room,
}

type IdAndTime<'de> = Option<(Cow<'de, str>, Stamp)>;

impl<'de> DeserializeSeed<'de> for RecordVisitor<'_, '_> {
    type Value = IdAndTime<'de>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Self::Value, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for RecordVisitor<'_, '_> {
    type Value = IdAndTime<'de>;

    takes_single_values!();

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        skip_list(list)?;
        self.take(Scalar::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut group: A) -> Result<Self::Value, A::Error> {
        let Self { reader, path, keys, room: Room { seen, values, .. } } = self;
        let fields = keys.fields();
        seen.clear();
        seen.resize(keys.count(), Met::Never);
        values.clear();
        values.resize(fields.len(), Value::Unknown);
        let (mut id, mut at) = (None, None);
        let vital = keys.is_vital(keys::ID);
        let mut next = 0;
        while let Some(key) = group.next_key_seed(KeyVisitor { reader, path: &path, keys, seen, next: &mut next })? {
            match key {
                Some(keys::ID) => {
                    let judge = |reader: &mut CaseReader<'_>, found| take_id(reader, keys, found);
                    id = group.next_value_seed(ValueVisitor { reader, path: path.key("id"), vital, judge })?;
                }
                Some(keys::AT) => {
                    let judge = |reader: &mut CaseReader<'_>, found| take_time(reader, keys, &found);
                    at = group.next_value_seed(ValueVisitor { reader, path: path.key("at"), vital, judge })?;
                }
                Some(key) => {
                    let slot = key.checked_sub(keys::FIRST_FIELD);
                    let slot = slot.and_then(|field| Some((fields.get(field)?, values.get_mut(field)?)));
                    match slot {
                        Some((field, value)) => *value = group.next_value_seed(declared(reader, &path, field))?,
                        None => drop(group.next_value::<IgnoredAny>()?),
                    }
                }
                None => drop(group.next_value::<IgnoredAny>()?),
            }
        }
        for (key, met) in ["id", "at"].into_iter().zip(seen.iter()) {
            match met {
                Met::Never => {
                    let message = format!("{} has no `{key}`", this(keys));
                    match vital {
                        true => reader.problem(&path, Fault::Missing, message)?,
                        false => reader.bad_value(&path, Fault::Missing, message)?,
                    }
                }
                Met::Once => {}
                // Nobody can say which of two values it is.
                Met::Twice => (id, at) = (None, None),
            }
        }
        let twice = seen.iter().skip(keys::FIRST_FIELD).zip(values).filter(|(met, _)| **met == Met::Twice);
        twice.for_each(|(_, value)| *value = Value::Unknown);
        Ok(id.zip(at))
    }
}

impl RecordVisitor<'_, '_> {
    fn take<'de, E: Error>(self, found: Scalar<'de>) -> Result<IdAndTime<'de>, E> {
        let message =
            format!("{} must be a group of keys with an `id` and an `at`, not {}", this(self.keys), found.what());
        let noted = match self.keys.is_vital(keys::ID) {
            true => self.reader.problem(&self.path, Fault::BadValue, message),
            false => self.reader.bad_value(&self.path, Fault::BadValue, message),
        };
        noted.map(|()| None)
    }
}

fn declared<'r, 'v>(reader: &'r mut CaseReader<'v>, path: &'r Path<'r>, field: &'v Field) -> Declared<'r, 'v> {
    Declared { reader, path: path.key(&field.name), field }
}

fn this(keys: Keys<'_>) -> &'static str {
    if matches!(keys, Keys::Call(_)) { "the call" } else { "this record" }
}

fn take_id<'de>(reader: &mut CaseReader<'_>, keys: Keys<'_>, found: Scalar<'de>) -> Result<Cow<'de, str>, String> {
    match found {
        Scalar::Words(id) if !is_blank(&id) => {
            if matches!(keys, Keys::Call(_)) {
                reader.is_called(&id);
            }
            Ok(id)
        }
        Scalar::Words(_) => Err("this id is empty".to_owned()),
        Scalar::Whole(_) | Scalar::TooLarge => Err("an id must be a text; put this number in quotes".to_owned()),
        other => Err(format!("an id must be a text, not {}", other.what())),
    }
}

fn take_time(reader: &CaseReader<'_>, keys: Keys<'_>, found: &Scalar<'_>) -> Result<Stamp, String> {
    match found {
        Scalar::Words(words) if matches!(keys, Keys::Call(_)) => {
            moment::of_the_call(words, reader.times, reader.reading.zone)
        }
        Scalar::Words(words) => moment::read(words, reader.times, reader.reading.zone),
        other => Err(format!("a time must be a text like 2025-03-01T22:10:00+00:00, not {}", other.what())),
    }
}
