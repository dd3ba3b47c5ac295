//! The records of one kind: oldest first, and column by column.

use super::names::Names;
use super::{FieldId, Name, Value, Warning};
use crate::time::Instant;

/// The records of one kind, oldest first (those of the same second by id). Each field is a column of its own, so that
/// whoever looks at one field of many records reads nothing else.
#[derive(Clone, Debug, Default)]
pub struct Records {
    ids: Vec<Name>,
    times: Vec<Instant>,
    /// One column for each field of the kind; none before there is a record.
    columns: Vec<Vec<Value>>,
    /// Where each record stood in the list that was sent.
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
        self.columns.get(field.index()).map_or(&[], Vec::as_slice)
    }

    #[inline]
    pub fn value(&self, record: usize, field: FieldId) -> Value {
        self.column(field).get(record).copied().unwrap_or(Value::Unknown)
    }

    /// Where a record stood in the list that was sent, for messages.
    pub fn position(&self, record: usize) -> usize {
        self.positions.get(record).map_or(0, |position| *position as usize)
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
            columns: self.columns.iter().map(|column| picked(column, indices)).collect(),
            positions: picked(&self.positions, indices),
            by_id: Vec::new(),
        };
        kept.index_ids();
        kept
    }

    /// Adds the newest record.
    pub(super) fn append(&mut self, id: Name, at: Instant, values: &[Value]) {
        self.push(id, at, values);
        self.index_ids();
    }

    pub(super) fn set(&mut self, record: usize, field: FieldId, value: Value) {
        if let Some(slot) = self.columns.get_mut(field.index()).and_then(|column| column.get_mut(record)) {
            *slot = value;
        }
    }

    /// Forgets the records, and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.ids.clear();
        self.times.clear();
        self.columns.iter_mut().for_each(Vec::clear);
        self.positions.clear();
        self.by_id.clear();
    }

    /// Adds a record in the order in which it was sent.
    pub(super) fn push(&mut self, id: Name, at: Instant, values: &[Value]) {
        if self.columns.len() < values.len() {
            self.columns.resize_with(values.len(), Vec::new);
        }
        self.positions.push(to_u32(self.ids.len()));
        self.ids.push(id);
        self.times.push(at);
        for (column, value) in self.columns.iter_mut().zip(values) {
            column.push(*value);
        }
    }

    /// Puts them in order and leaves out those that are later than the call, and the call itself.
    pub(super) fn put_in_order(
        &mut self,
        names: &Names,
        call_at: Instant,
        own: Option<Name>,
        plural: &str,
        warnings: &mut Vec<Warning>,
    ) {
        if !self.are_in_order(names, call_at, own) {
            let order = self.order(names, call_at, own, plural, warnings);
            self.rearrange(&order);
        }
        self.index_ids();
        for pair in self.by_id.windows(2) {
            if let [(one, _), (other, _)] = pair
                && one == other
            {
                let id = names.words(*one).to_owned();
                warnings.push(Warning::ListedTwice { list: plural.to_owned(), id });
            }
        }
    }

    /// Whether they are as most sources send them: all from before the call, oldest first.
    fn are_in_order(&self, names: &Names, call_at: Instant, own: Option<Name>) -> bool {
        let words = |id: Name| names.words(id);
        let rows = || self.times.iter().zip(&self.ids);
        let rising = rows().zip(rows().skip(1)).all(|((time, id), (next_time, next_id))| {
            time < next_time || (time == next_time && words(*id) <= words(*next_id))
        });
        rising
            && self.times.last().is_none_or(|last| *last <= call_at)
            && own.is_none_or(|own| !self.ids.contains(&own))
    }

    fn order(
        &self,
        names: &Names,
        call_at: Instant,
        own: Option<Name>,
        plural: &str,
        warnings: &mut Vec<Warning>,
    ) -> Vec<u32> {
        let words = |record: u32| self.ids.get(record as usize).map_or("", |id| names.words(*id));
        let mut order: Vec<u32> = Vec::with_capacity(self.ids.len());
        for (record, (id, time)) in (0u32..).zip(self.ids.iter().zip(&self.times)) {
            if Some(*id) == own {
                warnings.push(Warning::ThisCallInHistory { list: plural.to_owned() });
            } else if *time > call_at {
                warnings.push(Warning::LaterThanCall { list: plural.to_owned(), id: words(record).to_owned() });
            } else {
                order.push(record);
            }
        }
        let key = |record: &u32| (self.times.get(*record as usize).copied(), words(*record), *record);
        order.sort_unstable_by(|one, other| key(one).cmp(&key(other)));
        order
    }

    /// Keeps the records of `order`, in that order, one column at a time so that no more than one is there twice.
    fn rearrange(&mut self, order: &[u32]) {
        arrange(&mut self.ids, order);
        arrange(&mut self.times, order);
        arrange(&mut self.positions, order);
        self.columns.iter_mut().for_each(|column| arrange(column, order));
    }

    /// Notes where each id is. Most histories name their records for the first time, so that ids rise as they stand.
    fn index_ids(&mut self) {
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

fn arrange<T: Copy>(column: &mut Vec<T>, order: &[u32]) {
    *column = order.iter().filter_map(|record| column.get(*record as usize).copied()).collect();
}

pub(super) fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
