//! A tree of plain values with the place of each, for files that hold cases among other things, such as test files;
//! and a case read from such a tree.

use super::case::WholeCase;
use super::case_reader::{CaseReader, Reading};
use super::found::{Found, takes_single_values};
use super::moment::Times;
use super::problem::{Problems, Stop};
use crate::model::Case;
use crate::time::Instant;
use serde::de::value::{Error as PlainError, StrDeserializer};
use serde::de::{DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use std::cell::{Cell, RefCell};

/// One value, and which it is of its file, counted from the front; the number finds its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    pub number: u32,
    pub value: Plain,
}

/// A value as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plain {
    Nothing,
    YesNo(bool),
    Whole(i64),
    TooLarge,
    Fraction,
    Words(String),
    List(Vec<Node>),
    /// Each key, itself a value, with what it holds.
    Group(Vec<(Node, Node)>),
}

impl Node {
    pub fn words(text: impl Into<String>, number: u32) -> Self {
        Self { number, value: Plain::Words(text.into()) }
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
            Plain::Nothing => Found::Nothing.what(),
            Plain::YesNo(answer) => Found::YesNo(*answer).what(),
            Plain::Whole(_) => Found::Whole(0).what(),
            Plain::TooLarge => Found::TooLarge.what(),
            Plain::Fraction => Found::Fraction.what(),
            Plain::Words(_) => "a text",
            Plain::List(_) => Found::List.what(),
            Plain::Group(_) => Found::Group.what(),
        }
    }

    /// What a key of a group holds.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Plain::Group(entries) = &self.value else { return None };
        entries.iter().find(|(known, _)| matches!(&known.value, Plain::Words(words) if words == key)).map(|(_, of)| of)
    }
}

/// Reads a tree, numbering what it meets, and notes where each value stands where `places` are asked for.
#[derive(Clone, Copy)]
pub(super) struct NodeReader<'c> {
    pub(super) next: &'c Cell<u32>,
    pub(super) places: Option<&'c Places>,
}

/// Line and column of each value, by its number.
#[derive(Default)]
pub(super) struct Places {
    known: RefCell<Vec<(usize, usize)>>,
    /// Whether a single value has just been refused.
    refused: Cell<bool>,
}

impl Places {
    /// What is known once a tree was read: a list or a group stands where its first value does, and an empty one where the
    /// value before it does, which is its key.
    pub(super) fn into_known(self) -> Vec<(usize, usize)> {
        self.known.into_inner()
    }

    fn note(&self, number: u32, place: Option<(usize, usize)>) {
        let mut known = self.known.borrow_mut();
        let before = known.last().copied().unwrap_or((1, 1));
        let length = (number as usize).saturating_add(1).max(known.len());
        known.resize(length, before);
        if let (Some(place), Some(slot)) = (place, known.get_mut(number as usize)) {
            *slot = place;
        }
    }

    fn of(&self, number: u32) -> Option<(usize, usize)> {
        self.known.borrow().get(number as usize).copied()
    }

    /// The end of an error in the words of the library: `… at line 3 column 5`.
    fn said(error: &str) -> Option<(usize, usize)> {
        let (line, column) = error.rsplit_once(" at line ")?.1.split_once(" column ")?;
        Some((line.parse().ok()?, column.parse().ok()?))
    }
}

impl NodeReader<'_> {
    fn number(self) -> u32 {
        let number = self.next.get();
        self.next.set(number.saturating_add(1));
        if let Some(places) = self.places {
            places.note(number, None);
        }
        number
    }

    /// Whatever holds others stands where the first of them does.
    fn stands_with_its_first(self, number: u32) {
        if let Some(places) = self.places {
            places.note(number, places.of(number.saturating_add(1)));
        }
    }

    fn take<E: Error>(self, found: Found<'_>) -> Result<Node, E> {
        if let Some(places) = self.places {
            places.refused.set(true);
            return Err(E::custom("a single value"));
        }
        let value = match found {
            Found::Nothing | Found::List | Found::Group => Plain::Nothing,
            Found::YesNo(answer) => Plain::YesNo(answer),
            Found::Whole(number) => Plain::Whole(number),
            Found::TooLarge => Plain::TooLarge,
            Found::Fraction => Plain::Fraction,
            Found::Words(words) => Plain::Words(words.into_owned()),
        };
        Ok(Node { number: self.number(), value })
    }
}

impl<'de> DeserializeSeed<'de> for NodeReader<'_> {
    type Value = Node;

    /// The library says where it is in errors and nowhere else. A single value is behind it once it has been offered, so
    /// refusing the value gives its place, and reading goes on with the next.
    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Node, D::Error> {
        let read = input.deserialize_any(self);
        match (read, self.places) {
            (Err(error), Some(places)) if places.refused.take() => {
                let number = self.number();
                places.note(number, Places::said(&error.to_string()));
                Ok(Node { number, value: Plain::Nothing })
            }
            (read, _) => read,
        }
    }
}

impl<'de> Visitor<'de> for NodeReader<'_> {
    type Value = Node;

    takes_single_values!();

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let number = self.number();
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(self)? {
            items.push(item);
        }
        if !items.is_empty() {
            self.stands_with_its_first(number);
        }
        Ok(Node { number, value: Plain::List(items) })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut group: A) -> Result<Node, A::Error> {
        let number = self.number();
        let mut entries = Vec::new();
        while let Some(key) = group.next_key_seed(self)? {
            entries.push((key, group.next_value_seed(self)?));
        }
        if !entries.is_empty() {
            self.stands_with_its_first(number);
        }
        Ok(Node { number, value: Plain::Group(entries) })
    }
}

/// Reads a case from a tree, in which times may be relative to the call. The `line` of a problem is the number of the
/// node that it is about.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read_case(node: &Node, reading: Reading<'_>) -> Result<Case, Problems> {
    let at = node.get("call").and_then(|call| call.get("at")).and_then(Node::text);
    let call_at = at.and_then(|at| Instant::parse(&at).ok());
    let mut case = Case::blank();
    let run = |reader: &mut CaseReader<'_>| {
        let last = Cell::new(node.number);
        let read = WholeCase { reader }.deserialize(NodeInput { node, last: &last });
        read.map_err(|error| Stop { line: last.get() as usize, column: 1, message: error.to_string() })
    };
    CaseReader::new(reading).read(Times::Relative(call_at), &mut case, run)?;
    Ok(case)
}

/// A tree as something that is read. `last` is the number of the node that was looked at last.
struct NodeInput<'n> {
    node: &'n Node,
    last: &'n Cell<u32>,
}

impl<'de> Deserializer<'de> for NodeInput<'de> {
    type Error = PlainError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PlainError> {
        let Self { node, last } = self;
        last.set(node.number);
        match &node.value {
            Plain::Nothing => visitor.visit_unit(),
            Plain::YesNo(answer) => visitor.visit_bool(*answer),
            Plain::Whole(number) => visitor.visit_i64(*number),
            Plain::TooLarge => visitor.visit_u64(u64::MAX),
            Plain::Fraction => visitor.visit_f64(0.5),
            Plain::Words(words) => visitor.visit_borrowed_str(words),
            Plain::List(items) => visitor.visit_seq(Items { items: items.iter(), number: node.number, last }),
            Plain::Group(entries) => {
                visitor.visit_map(Entries { entries: entries.iter(), held: None, number: node.number, last })
            }
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct Items<'n> {
    items: std::slice::Iter<'n, Node>,
    number: u32,
    last: &'n Cell<u32>,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = PlainError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, PlainError> {
        let Some(node) = self.items.next() else {
            self.last.set(self.number);
            return Ok(None);
        };
        seed.deserialize(NodeInput { node, last: self.last }).map(Some)
    }
}

struct Entries<'n> {
    entries: std::slice::Iter<'n, (Node, Node)>,
    held: Option<&'n Node>,
    number: u32,
    last: &'n Cell<u32>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = PlainError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, PlainError> {
        let Some((key, value)) = self.entries.next() else {
            self.last.set(self.number);
            return Ok(None);
        };
        self.held = Some(value);
        self.last.set(key.number);
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
