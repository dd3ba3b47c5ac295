//! The records of one kind: oldest first, and column by column.

use super::{FieldId, Name, Value};
use crate::time::Instant;

/// The records of one kind, oldest first (those of the same second by id). Each field is a column of its own, so that
/// whoever looks at one field of many records reads nothing else.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Records {
    ids: Vec<Name>,
    times: Vec<Instant>,
    /// The column of each field of the kind, one after another.
    values: Vec<Value>,
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

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    #[inline]
    pub fn times(&self) -> &[Instant] {
        &self.times
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

    /// A field of every record, in the order of [`Records::times`].
    #[inline]
    pub fn column(&self, field: FieldId) -> &[Value] {
        let start = field.index() * self.ids.len();
        self.values.get(start..start + self.ids.len()).unwrap_or(&[])
    }

    #[inline]
    pub fn value(&self, record: usize, field: FieldId) -> Value {
        self.column(field).get(record).copied().unwrap_or(Value::Unknown)
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
            values: self.values.chunks(self.ids.len().max(1)).flat_map(|column| picked(column, indices)).collect(),
            positions: indices.iter().map(|index| to_u32(self.position(*index))).collect(),
            by_id: Vec::new(),
        };
        kept.index_ids();
        kept
    }

    /// Adds the newest record.
    pub(super) fn append(&mut self, id: Name, at: Instant, values: &[Value]) {
        let columns = (0..).map(|field| self.column(FieldId(field)));
        let longer = columns.zip(values).flat_map(|(column, value)| column.iter().chain([value]));
        self.values = longer.copied().collect();
        if !self.positions.is_empty() {
            self.positions.push(to_u32(self.ids.len()));
        }
        self.ids.push(id);
        self.times.push(at);
        self.index_ids();
    }

    pub(super) fn set(&mut self, record: usize, field: FieldId, value: Value) {
        let start = field.index() * self.ids.len();
        let column = self.values.get_mut(start..start + self.ids.len());
        if let Some(slot) = column.and_then(|column| column.get_mut(record)) {
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

    /// Takes records as they are. `rows` holds the values of one after another.
    pub(super) fn take(&mut self, ids: &[Name], times: &[Instant], rows: &[Value]) {
        self.ids.extend_from_slice(ids);
        self.times.extend_from_slice(times);
        let fields = rows.len().checked_div(ids.len()).unwrap_or(0);
        for field in 0..fields {
            let column = rows.chunks_exact(fields).map(|row| row.get(field).copied().unwrap_or(Value::Unknown));
            self.values.extend(column);
        }
    }

    /// Takes those of `order`, in that order.
    pub(super) fn take_in_order(&mut self, ids: &[Name], times: &[Instant], rows: &[Value], order: &[u32]) {
        let record = |record: &u32| *record as usize;
        self.ids.extend(order.iter().filter_map(|at| ids.get(record(at))));
        self.times.extend(order.iter().filter_map(|at| times.get(record(at))));
        self.positions.extend_from_slice(order);
        let fields = rows.len().checked_div(ids.len()).unwrap_or(0);
        for field in 0..fields {
            let value = |at: &u32| rows.get(record(at) * fields + field).copied().unwrap_or(Value::Unknown);
            self.values.extend(order.iter().map(value));
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
