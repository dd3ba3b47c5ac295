//! A tree of plain values, each with its line and column, as it is read from YAML; and a case read from such a tree.

use super::case::CaseVisitor;
use super::case_reader::{CaseReader, Reading};
use super::moment::{self, Times};
use super::problem::{Problems, Stop};
use super::scalar::Scalar;
use crate::model::Case;
use crate::text::Position;
use serde::de::value::{Error as PlainError, StrDeserializer};
use serde::de::{DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use std::cell::Cell;

/// One value, and where it stands in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where it begins in the file.
    pub at: Position,
    /// The value.
    pub value: Plain,
}

/// A value as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plain {
    /// Nothing, as in an empty place or `null`.
    Nothing,
    /// `true` or `false`.
    YesNo(bool),
    /// A whole number.
    Whole(i64),
    /// A whole number beyond 64 bits.
    TooLarge,
    /// A number with a fraction.
    Fraction,
    /// A text.
    Words(String),
    /// Values one after the other.
    List(Vec<Node>),
    /// Each key, itself a value, with what it holds.
    Group(Vec<(Node, Node)>),
}

impl Node {
    /// A text as a value.
    pub fn words(text: impl Into<String>, at: Position) -> Self {
        Self { at, value: Plain::Words(text.into()) }
    }

    /// The text of a single value, numbers and yes or no included; `None` for nothing, lists and groups.
    pub fn text(&self) -> Option<String> {
        match &self.value {
            Plain::Words(words) => Some(words.clone()),
            Plain::Whole(number) => Some(number.to_string()),
            Plain::YesNo(answer) => Some(if *answer { "yes" } else { "no" }.to_owned()),
            _ => None,
        }
    }

    /// What it is, for a message: `a list`.
    pub fn what(&self) -> &'static str {
        match &self.value {
            Plain::Nothing => Scalar::Nothing.what(),
            Plain::YesNo(answer) => Scalar::YesNo(*answer).what(),
            Plain::Whole(_) => Scalar::Whole(0).what(),
            Plain::TooLarge => Scalar::TooLarge.what(),
            Plain::Fraction => Scalar::Fraction.what(),
            Plain::Words(_) => "a text",
            Plain::List(_) => Scalar::List.what(),
            Plain::Group(_) => Scalar::Group.what(),
        }
    }

    /// What a key of a group holds.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Plain::Group(entries) = &self.value else { return None };
        entries.iter().find(|(known, _)| matches!(&known.value, Plain::Words(words) if words == key)).map(|(_, of)| of)
    }
}

/// Reads a case from a tree, in which times may be relative to the call.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read_case(node: &Node, reading: Reading<'_>) -> Result<Case, Problems> {
    let mut case = Case::blank();
    read_into(node, &mut CaseReader::new(reading), &mut case)?;
    Ok(case)
}

/// Reads a case from a tree in the reader's memory.
pub(super) fn read_into(node: &Node, reader: &mut CaseReader<'_>, case: &mut Case) -> Result<(), Problems> {
    // The other times are reckoned from the call's, and may come before it.
    let at = node.get("call").and_then(|call| call.get("at")).and_then(Node::text);
    let call_at = at.and_then(|at| moment::read_call_time(&at, reader.reading.zone).ok());
    reader.read(Times::Relative(call_at), case, |reader| {
        let last = Cell::new(node.at);
        let read = CaseVisitor { reader }.deserialize(NodeInput { node, last: &last });
        read.map_err(|error| Stop { line: last.get().line, column: last.get().column, message: error.to_string() })
    })
}

/// A tree as something that is read. `last` is the place of the node that was looked at last.
struct NodeInput<'n> {
    node: &'n Node,
    last: &'n Cell<Position>,
}

impl<'de> Deserializer<'de> for NodeInput<'de> {
    type Error = PlainError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PlainError> {
        let Self { node, last } = self;
        last.set(node.at);
        match &node.value {
            Plain::Nothing => visitor.visit_unit(),
            Plain::YesNo(answer) => visitor.visit_bool(*answer),
            Plain::Whole(number) => visitor.visit_i64(*number),
            Plain::TooLarge => visitor.visit_u64(u64::MAX),
            Plain::Fraction => visitor.visit_f64(0.5),
            Plain::Words(words) => visitor.visit_borrowed_str(words),
            Plain::List(items) => visitor.visit_seq(NodeItems { items: items.iter(), at: node.at, last }),
            Plain::Group(entries) => {
                visitor.visit_map(NodeEntries { entries: entries.iter(), held: None, at: node.at, last })
            }
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct NodeItems<'n> {
    items: std::slice::Iter<'n, Node>,
    at: Position,
    last: &'n Cell<Position>,
}

impl<'de> SeqAccess<'de> for NodeItems<'de> {
    type Error = PlainError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, PlainError> {
        let Some(node) = self.items.next() else {
            self.last.set(self.at);
            return Ok(None);
        };
        seed.deserialize(NodeInput { node, last: self.last }).map(Some)
    }
}

struct NodeEntries<'n> {
    entries: std::slice::Iter<'n, (Node, Node)>,
    held: Option<&'n Node>,
    at: Position,
    last: &'n Cell<Position>,
}

impl<'de> MapAccess<'de> for NodeEntries<'de> {
    type Error = PlainError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, PlainError> {
        let Some((key, value)) = self.entries.next() else {
            self.last.set(self.at);
            return Ok(None);
        };
        self.held = Some(value);
        self.last.set(key.at);
        match &key.value {
            Plain::Words(words) => {
                let words: StrDeserializer<'_, PlainError> = words.as_str().into_deserializer();
                seed.deserialize(words).map(Some)
            }
            _ => seed.deserialize(NodeInput { node: key, last: self.last }).map(Some),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, PlainError> {
        match self.held.take() {
            Some(node) => seed.deserialize(NodeInput { node, last: self.last }),
            None => Err(PlainError::custom("a key has no value")),
        }
    }
}
