//! A case with less of it known, or with something otherwise: the hypotheses that explanations put to the evaluator.

use super::case::{List, ListExtent};
use super::{Case, FactId, FieldId, Name, RecordId, Value};
use crate::time::Instant;
use std::sync::Arc;

/// One piece of what a case says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// A fact of the call.
    Fact(FactId),
    /// A record with all its fields.
    Record {
        /// The kind of record.
        record: RecordId,
        /// Its place in the list, oldest first.
        index: usize,
    },
    /// A list with all its records, and that there are no others; or none that are linked in the ways that the list is whole by.
    Whole(RecordId),
}

impl List {
    /// Whether of some records it can be said that they are not there.
    fn says_what_it_lacks(&self) -> bool {
        self.known == ListExtent::Whole || !self.whole_by.is_empty()
    }
}

impl Case {
    /// Everything that is known: facts, records and that lists are whole; records newest first.
    pub fn parts(&self) -> Vec<Part> {
        let facts = (0u16..).zip(&self.call).filter(|(_, value)| **value != Value::Unknown);
        let facts = facts.map(|(fact, _)| Part::Fact(FactId(fact)));
        let lists = (0u16..).map(RecordId).zip(&self.lists);
        let lists = lists.flat_map(|(record, list)| {
            let whole = list.says_what_it_lacks().then_some(Part::Whole(record));
            whole.into_iter().chain((0..list.records.len()).rev().map(move |index| Part::Record { record, index }))
        });
        facts.chain(lists).collect()
    }

    /// The case with only these parts known. What is left out is not known, which is not the same as not there: a list
    /// from which a record is left out may hold others.
    #[must_use]
    pub fn keeping(&self, keeps: impl Fn(Part) -> bool) -> Self {
        let mut kept = self.clone();
        for (fact, value) in (0u16..).zip(&mut kept.call) {
            if !keeps(Part::Fact(FactId(fact))) {
                *value = Value::Unknown;
            }
        }
        for (record, list) in (0u16..).map(RecordId).zip(&mut kept.lists) {
            if list.known != ListExtent::Nothing && !(list.says_what_it_lacks() && keeps(Part::Whole(record))) {
                let keeps_record = |index: &usize| keeps(Part::Record { record, index: *index });
                let indices: Vec<usize> = (0..list.records.len()).filter(keeps_record).collect();
                if indices.len() < list.records.len() {
                    list.records = Arc::new(list.records.only(&indices));
                }
                list.known = ListExtent::Part;
                list.whole_by.clear();
            }
        }
        kept
    }

    /// Gives an identity or id a number, for values that changes are made of.
    pub fn name_for(&mut self, words: &str) -> Name {
        match self.names.get(words) {
            Some(name) => name,
            None => Arc::make_mut(&mut self.names).get_or_add(words),
        }
    }

    /// A text for values that changes are made of.
    pub fn text_for(&mut self, text: String) -> Value {
        Value::Text(self.texts.push(&text))
    }

    /// Several identities, for values that changes are made of.
    pub fn people_for(&mut self, names: &[Name]) -> Value {
        let start = u32::try_from(self.members.len()).unwrap_or(u32::MAX);
        self.members.extend_from_slice(names);
        Value::Identities { start, len: u32::try_from(names.len()).unwrap_or(u32::MAX) }
    }

    /// The same case with this value of a fact.
    #[must_use]
    pub fn with_fact(&self, fact: FactId, value: Value) -> Self {
        let mut changed = self.clone();
        if let Some(slot) = changed.call.get_mut(fact.index()) {
            *slot = value;
        }
        changed
    }

    /// The same case with this value of a field of one record.
    #[must_use]
    pub fn with_field(&self, record: RecordId, index: usize, field: FieldId, value: Value) -> Self {
        self.with_list(record, |list| Arc::make_mut(&mut list.records).set(index, field, value))
    }

    /// With one more record, which is the newest of its kind. `values` holds one value for each field of the kind.
    #[must_use]
    pub fn with_record(&self, record: RecordId, id: Name, at: Instant, values: &[Value]) -> Self {
        self.with_list(record, |list| {
            Arc::make_mut(&mut list.records).append(id, at, values);
            if list.known == ListExtent::Nothing {
                list.known = ListExtent::Part;
            }
        })
    }

    /// With nothing more in a list than is known of it.
    #[must_use]
    pub fn with_whole(&self, record: RecordId) -> Self {
        self.with_list(record, |list| list.known = ListExtent::Whole)
    }

    fn with_list(&self, record: RecordId, change: impl FnOnce(&mut List)) -> Self {
        let mut changed = self.clone();
        if let Some(list) = changed.lists.get_mut(record.index()) {
            change(list);
        }
        changed
    }
}
