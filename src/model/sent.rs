//! Records of one kind as they were sent -> `Records`, oldest first.

use super::names::Names;
use super::{Name, Records, Value, Warning};
use crate::time::Instant;
use std::mem::swap;

/// The records of one kind, one after another as they are read.
#[derive(Debug)]
pub(super) struct Sent {
    ids: Vec<Name>,
    times: Vec<Instant>,
    /// The values of each record, as many as the kind has fields.
    rows: Vec<Value>,
    fields: usize,
    /// Room for saying in which order they are to be.
    order: Vec<u32>,
    /// Whether the list was sent, even if it is empty.
    pub(super) supplied: bool,
    /// Whether there may be others than those that were read.
    pub(super) open: bool,
}

impl Sent {
    pub(super) fn new(fields: usize) -> Self {
        let (ids, times, rows, order) = Default::default();
        Self { ids, times, rows, fields, order, supplied: false, open: false }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Forgets the records, and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.ids.clear();
        self.times.clear();
        self.rows.clear();
        self.supplied = false;
        self.open = false;
    }

    pub(super) fn push(&mut self, id: Name, at: Instant, values: &[Value]) {
        self.push_head(id, at);
        self.rows.extend_from_slice(values);
        self.rows.resize(self.ids.len() * self.fields, Value::Unknown);
        self.supplied = true;
    }

    /// Adds a record of which the values come with [`Sent::swap_rows`].
    pub(super) fn push_head(&mut self, id: Name, at: Instant) {
        self.ids.push(id);
        self.times.push(at);
    }

    /// Takes the values of all records at once, and leaves the memory that held others.
    pub(super) fn swap_rows(&mut self, rows: &mut Vec<Value>) {
        rows.resize(self.ids.len() * self.fields, Value::Unknown);
        swap(&mut self.rows, rows);
        self.supplied = true;
    }

    /// Puts them in order, without those that are later than the call and without the call itself.
    pub(super) fn put_in_order(
        &mut self,
        records: &mut Records,
        names: &Names,
        call_at: Instant,
        own: Option<Name>,
        plural: &str,
        warnings: &mut Vec<Warning>,
    ) {
        records.clear();
        if self.are_in_order(names, call_at, own) {
            records.swap(&mut self.ids, &mut self.times, &mut self.rows);
        } else {
            self.find_order(names, call_at, own, plural, warnings);
            records.take_in_order(&self.ids, &self.times, &self.rows, &self.order);
        }
        records.index_ids();
        for id in records.doubled_ids() {
            let id = names.words(id).to_owned();
            warnings.push(Warning::ListedTwice { list: plural.to_owned(), id });
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

    fn find_order(
        &mut self,
        names: &Names,
        call_at: Instant,
        own: Option<Name>,
        plural: &str,
        warnings: &mut Vec<Warning>,
    ) {
        let Self { ids, times, order, .. } = self;
        let words = |record: u32| ids.get(record as usize).map_or("", |id| names.words(*id));
        order.clear();
        for (record, (id, time)) in (0u32..).zip(ids.iter().zip(&*times)) {
            if Some(*id) == own {
                warnings.push(Warning::ThisCallInHistory { list: plural.to_owned() });
            } else if *time > call_at {
                warnings.push(Warning::LaterThanCall { list: plural.to_owned(), id: words(record).to_owned() });
            } else {
                order.push(record);
            }
        }
        let time = |record: &u32| times.get(*record as usize);
        order.sort_unstable_by(|one, other| {
            time(one).cmp(&time(other)).then_with(|| (words(*one), one).cmp(&(words(*other), other)))
        });
    }
}
