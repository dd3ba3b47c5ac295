//! Serde visitors for one key and for one value, each checked where it stands, so that a problem is found at its own place.

use super::case_reader::CaseReader;
use super::keys::{Keys, Met};
use super::path::Path;
use super::problem::Fault;
use super::scalar::{Scalar, takes_any_value};
use serde::de::{DeserializeSeed, Deserializer, Error, Visitor};

/// Reads one value with `judge`, whose refusal is noted as a problem. The answer is `None` when it was refused.
pub(super) struct ValueVisitor<'r, 'v, F> {
    pub(super) reader: &'r mut CaseReader<'v>,
    pub(super) path: Path<'r>,
    /// Whether a case is nothing without it.
    pub(super) vital: bool,
    pub(super) judge: F,
}

impl<'de, 'v, T, F> DeserializeSeed<'de> for ValueVisitor<'_, 'v, F>
where
    F: FnOnce(&mut CaseReader<'v>, Scalar<'de>) -> Result<T, String>,
{
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Self::Value, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de, 'v, T, F> Visitor<'de> for ValueVisitor<'_, 'v, F>
where
    F: FnOnce(&mut CaseReader<'v>, Scalar<'de>) -> Result<T, String>,
{
    type Value = Option<T>;

    takes_any_value!();
}

impl<'v, F> ValueVisitor<'_, 'v, F> {
    fn take<'de, T, E: Error>(self, found: Scalar<'de>) -> Result<Option<T>, E>
    where
        F: FnOnce(&mut CaseReader<'v>, Scalar<'de>) -> Result<T, String>,
    {
        let Self { reader, path, vital, judge } = self;
        match judge(reader, found) {
            Ok(value) => Ok(Some(value)),
            Err(message) if vital => reader.problem(&path, Fault::BadValue, message).map(|()| None),
            Err(message) => reader.bad_value(&path, Fault::BadValue, message).map(|()| None),
        }
    }
}

/// Reads one key of a group: its number in `keys`, or `None` when its value is to be read past.
pub(super) struct KeyVisitor<'r, 'v> {
    pub(super) reader: &'r mut CaseReader<'v>,
    pub(super) path: &'r Path<'r>,
    pub(super) keys: Keys<'v>,
    /// Which keys have been met, by number.
    pub(super) seen: &'r mut [Met],
    /// The number of the key that mostly comes now: keys tend to be written in the order of the vocabulary.
    pub(super) next: &'r mut usize,
}

impl<'de> DeserializeSeed<'de> for KeyVisitor<'_, '_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Self::Value, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for KeyVisitor<'_, '_> {
    type Value = Option<usize>;

    takes_any_value!();
}

impl KeyVisitor<'_, '_> {
    fn take<E: Error>(self, found: Scalar<'_>) -> Result<Option<usize>, E> {
        match found {
            Scalar::Words(key) => self.key(&key),
            found => {
                let message = format!("a key must be a word, not {}", found.what());
                self.reader.problem(self.path, Fault::UnknownKey, message).map(|()| None)
            }
        }
    }

    fn key<E: Error>(self, key: &str) -> Result<Option<usize>, E> {
        let Self { reader, path, keys, seen, next } = self;
        let number = keys.find(key, *next);
        match number.and_then(|number| seen.get_mut(number)) {
            None => reader.unknown_key(path, keys, key).map(|()| None),
            Some(met @ (Met::Once | Met::Twice)) => {
                *met = Met::Twice;
                let (path, message) = (path.key(key), format!("`{key}` is given twice"));
                let noted = match number.is_some_and(|number| keys.is_vital(number)) {
                    true => reader.problem(&path, Fault::GivenTwice, message),
                    false => reader.bad_value(&path, Fault::GivenTwice, message),
                };
                noted.map(|()| None)
            }
            Some(met @ Met::Never) => {
                *met = Met::Once;
                *next = number.map_or(0, |number| number + 1);
                Ok(number)
            }
        }
    }
}
