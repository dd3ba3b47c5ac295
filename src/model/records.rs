//! The records of one kind: oldest first, each with its values side by side.

use super::{FieldId, Name, Value};
use crate::time::Instant;
use std::mem::swap;

/// The records of one kind, oldest first (those of the same second by id). The values of one record lie side by side:
/// whoever looks at a record mostly asks about several of its fields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Records {
    ids: Vec<Name>,
    times: Vec<Instant>,
    /// The values of each record, one for each field of the kind.
    values: Vec<Value>,
    fields: usize,
    /// Where each record stood in the list that was sent; empty when they stand as they stood there.
    positions: Vec<u32>,
    /// Each id with its record, in the order of ids; empty when the records are in that order already.
    by_id: Vec<(Name, u32)>,
}

impl Records {
    #[inline]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    #[inline]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    #[inline]
    pub fn times(&self) -> &[Instant] {
        &self.times
    }

    /// The times of the records from one on.
    #[inline]
    pub fn times_from(&self, first: usize) -> &[Instant] {
        self.times.get(first..).unwrap_or_default()
    }

    #[inline]
    pub fn time(&self, record: usize) -> Instant {
        self.times.get(record).copied().unwrap_or(Instant::MIN)
    }

    pub fn ids(&self) -> &[Name] {
        &self.ids
    }

    #[inline]
    pub fn id(&self, record: usize) -> Option<Name> {
        self.ids.get(record).copied()
    }

    /// The values of one record, in the order of the kind's fields.
    #[inline]
    pub fn row(&self, record: usize) -> &[Value] {
        let start = record * self.fields;
        self.values.get(start..start + self.fields).unwrap_or_default()
    }

    /// The values of the records from one on, one record after the other.
    #[inline]
    pub fn values_from(&self, first: usize) -> &[Value] {
        self.values.get(first * self.fields..).unwrap_or_default()
    }

    /// How many values each record has.
    #[inline]
    pub fn fields(&self) -> usize {
        self.fields
    }

    #[inline]
    pub fn value(&self, record: usize, field: FieldId) -> Value {
        self.row(record).get(field.index()).copied().unwrap_or(Value::Unknown)
    }

    /// Where a record stood in the list that was sent, for messages.
    pub fn position(&self, record: usize) -> usize {
        self.positions.get(record).map_or(record, |position| *position as usize)
    }

    /// The record with this id; of several the newest.
    pub fn find(&self, id: Name) -> Option<usize> {
        if self.by_id.is_empty() {
            return self.ids.binary_search(&id).ok();
        }
        let after = self.by_id.partition_point(|(known, _)| *known <= id);
        let (found, record) = self.by_id.get(after.checked_sub(1)?)?;
        (*found == id).then_some(*record as usize)
    }
}

impl Records {
    /// These alone, in the order that they have.
    pub(super) fn only(&self, indices: &[usize]) -> Self {
        let mut kept = Self {
            ids: picked(&self.ids, indices),
            times: picked(&self.times, indices),
            values: indices.iter().flat_map(|index| self.row(*index)).copied().collect(),
            fields: self.fields,
            positions: indices.iter().map(|index| to_u32(self.position(*index))).collect(),
            by_id: Vec::new(),
        };
        kept.index_ids();
        kept
    }

    /// Adds the newest record.
    pub(super) fn append(&mut self, id: Name, at: Instant, values: &[Value]) {
        if self.is_empty() {
            self.fields = values.len();
        }
        self.values.extend(values.iter().take(self.fields));
        self.values.resize((self.ids.len() + 1) * self.fields, Value::Unknown);
        if !self.positions.is_empty() {
            self.positions.push(to_u32(self.ids.len()));
        }
        self.ids.push(id);
        self.times.push(at);
        self.index_ids();
    }

    pub(super) fn set(&mut self, record: usize, field: FieldId, value: Value) {
        if let Some(slot) = self.values.get_mut(record * self.fields + field.index()) {
            *slot = value;
        }
    }

    /// Forgets the records, and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.ids.clear();
        self.times.clear();
        self.values.clear();
        self.positions.clear();
        self.by_id.clear();
    }

    /// Takes records as they are, and leaves its own memory in their place. `rows` holds the values of one after another.
    pub(super) fn swap(&mut self, ids: &mut Vec<Name>, times: &mut Vec<Instant>, rows: &mut Vec<Value>) {
        swap(&mut self.ids, ids);
        swap(&mut self.times, times);
        swap(&mut self.values, rows);
        self.fields = self.values.len().checked_div(self.ids.len()).unwrap_or(0);
    }

    /// Takes those of `order`, in that order.
    pub(super) fn take_in_order(&mut self, ids: &[Name], times: &[Instant], rows: &[Value], order: &[u32]) {
        let record = |record: &u32| *record as usize;
        self.ids.extend(order.iter().filter_map(|at| ids.get(record(at))));
        self.times.extend(order.iter().filter_map(|at| times.get(record(at))));
        self.positions.extend_from_slice(order);
        self.fields = rows.len().checked_div(ids.len()).unwrap_or(0);
        for at in order.iter().map(record) {
            self.values.extend_from_slice(rows.get(at * self.fields..(at + 1) * self.fields).unwrap_or_default());
        }
    }

    /// Notes where each id is. Most histories name their records for the first time, so that ids rise as they stand.
    pub(super) fn index_ids(&mut self) {
        self.by_id.clear();
        if !self.ids.is_sorted_by(|one, next| one < next) {
            self.by_id.extend(self.ids.iter().copied().zip(0u32..));
            self.by_id.sort_unstable();
        }
    }

    /// The ids that more than one record has.
    pub(super) fn doubled_ids(&self) -> impl Iterator<Item = Name> {
        self.by_id.windows(2).filter_map(|pair| match pair {
            [(one, _), (other, _)] if one == other => Some(*one),
            _ => None,
        })
    }
}

fn picked<T: Copy>(column: &[T], indices: &[usize]) -> Vec<T> {
    indices.iter().filter_map(|index| column.get(*index).copied()).collect()
}

pub(super) fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
