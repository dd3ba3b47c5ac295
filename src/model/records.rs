//! The records of one kind: oldest first, each with its values side by side.

use super::names::to_u32;
use super::{FieldId, Name, Value};
use crate::time::{Instant, Stamp};
use std::mem::swap;

/// The records of one kind, oldest first; those of the same second by the fractions of it that they give, and then by id, which
/// decides nothing ([`Records::is_before`]). The values of one record lie side by side: whoever looks at a record mostly
/// asks about several of its fields.
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
    /// The fraction of a second that each record gives; empty when none does.
    fractions: Vec<Option<u32>>,
    /// Whether each record may or may not be there, since its time is not known; empty when all are there.
    open: Vec<bool>,
    /// Whether any two are of the same second.
    any_of_one_second: bool,
}

/// One record of a list that was sent, as it is to stand among the others.
#[derive(Clone, Copy, Debug)]
pub(super) struct SentRow {
    /// Where it stood.
    pub(super) sent: usize,
    pub(super) at: Stamp,
    /// Whether this is one of several times that its record may have.
    pub(super) open: bool,
}

impl Records {
    /// How many records there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The time of each record, oldest first.
    #[inline]
    pub fn times(&self) -> &[Instant] {
        &self.times
    }

    /// The time of the record at a place; the earliest time there is when there is no such record.
    #[inline]
    pub fn time(&self, record: usize) -> Instant {
        self.times.get(record).copied().unwrap_or(Instant::MIN)
    }

    /// The id of each record, oldest first.
    pub fn ids(&self) -> &[Name] {
        &self.ids
    }

    /// The id of the record at a place.
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

    /// The time and the values of each record.
    #[inline]
    pub fn rows(&self) -> impl Iterator<Item = (Instant, &[Value])> {
        let mut values = self.values.as_slice();
        self.times.iter().map(move |time| {
            let (row, rest) = values.split_at_checked(self.fields).unwrap_or_default();
            values = rest;
            (*time, row)
        })
    }

    /// The value of a field of the record at a place; [`Value::Unknown`] when there is no such record or field.
    #[inline]
    pub fn value(&self, record: usize, field: FieldId) -> Value {
        self.row(record).get(field.index()).copied().unwrap_or(Value::Unknown)
    }

    /// Where a record stood in the list that was sent, for messages.
    pub fn position(&self, record: usize) -> usize {
        self.positions.get(record).map_or(record, |position| *position as usize)
    }

    /// The time of a record, with the fraction of a second that it gives.
    pub fn stamp(&self, record: usize) -> Stamp {
        Stamp { at: self.time(record), fraction: self.fractions.get(record).copied().flatten() }
    }

    /// Whether it is certain that one record came before another.
    pub fn is_before(&self, one: usize, other: usize) -> bool {
        self.stamp(one).is_before(self.stamp(other))
    }

    /// Whether any two records are of the same second, so that it may be open which came first.
    #[inline]
    pub fn are_any_of_one_second(&self) -> bool {
        self.any_of_one_second
    }

    /// Whether it is open if a record was there at its time: it was given with several.
    #[inline]
    pub fn is_open(&self, record: usize) -> bool {
        self.open.get(record).copied().unwrap_or(false)
    }

    /// Whether that is so and no other record of its id is there: each of those was later than the call.
    pub fn is_other_time_later(&self, record: usize) -> bool {
        self.is_open(record) && self.ids.iter().filter(|id| self.id(record) == Some(**id)).count() == 1
    }

    /// Whether that is so of any record.
    #[inline]
    pub fn are_any_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// The record with this id. Where there are rows for several times of one record, they agree in everything else.
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
            fractions: picked(&self.fractions, indices),
            open: picked(&self.open, indices),
            any_of_one_second: false,
        };
        kept.index();
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
        if !self.fractions.is_empty() {
            self.fractions.push(None);
        }
        if !self.open.is_empty() {
            self.open.push(false);
        }
        self.index();
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
        self.fractions.clear();
        self.open.clear();
    }

    /// Takes records as they are, and leaves its own memory in their place. `rows` holds the values of one after another.
    pub(super) fn swap(&mut self, ids: &mut Vec<Name>, times: &mut Vec<Instant>, rows: &mut Vec<Value>) {
        swap(&mut self.ids, ids);
        swap(&mut self.times, times);
        swap(&mut self.values, rows);
        self.fields = self.values.len().checked_div(self.ids.len()).unwrap_or(0);
    }

    /// Takes those of `order`, in that order.
    pub(super) fn take_in_order(&mut self, ids: &[Name], rows: &[Value], order: &[SentRow]) {
        self.ids.extend(order.iter().filter_map(|row| ids.get(row.sent)));
        self.times.extend(order.iter().map(|row| row.at.at));
        self.positions.extend(order.iter().map(|row| to_u32(row.sent)));
        self.fields = rows.len().checked_div(ids.len()).unwrap_or(0);
        for sent in order.iter().map(|row| row.sent) {
            self.values.extend_from_slice(rows.get(sent * self.fields..(sent + 1) * self.fields).unwrap_or_default());
        }
        if order.iter().any(|row| row.at.fraction.is_some()) {
            self.fractions.extend(order.iter().map(|row| row.at.fraction));
        }
        if order.iter().any(|row| row.open) {
            self.open.extend(order.iter().map(|row| row.open));
        }
    }

    /// Notes where each id is, and whether any are of one second. Most histories name their records for the first time, so
    /// that ids rise as they stand.
    pub(super) fn index(&mut self) {
        self.any_of_one_second = self.times.windows(2).any(|pair| matches!(pair, [one, other] if one == other));
        self.by_id.clear();
        if !self.ids.is_sorted_by(|one, next| one < next) {
            self.by_id.extend(self.ids.iter().copied().zip(0u32..));
            self.by_id.sort_unstable();
        }
    }
}

fn picked<T: Copy>(column: &[T], indices: &[usize]) -> Vec<T> {
    indices.iter().filter_map(|index| column.get(*index).copied()).collect()
}
