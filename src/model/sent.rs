//! Records of one kind as they were sent -> `Records`, oldest first.

use super::names::NameTable;
use super::records::SentRow;
use super::{LinkTo, Name, RecordKind, Records, Value, Warning};
use crate::time::{Instant, Stamp};

/// The records of one kind, one after another as they are read.
#[derive(Debug)]
pub(super) struct Sent {
    ids: Vec<Name>,
    times: Vec<Instant>,
    /// Which records gave a fraction of a second, and which.
    fractions: Vec<(usize, u32)>,
    /// The values of each record, as many as the kind has fields.
    rows: Vec<Value>,
    fields: usize,
    /// Room for saying in which order they are to be.
    order: Vec<SentRow>,
    /// Room for finding ids that were given twice.
    by_id: Vec<(Name, usize)>,
    /// Whether the list was sent, even if it is empty.
    pub(super) supplied: bool,
    /// Whether there may be others than those that were read.
    pub(super) open: bool,
    /// By which links all were sent, where not all were.
    pub(super) whole_by: Option<Vec<LinkTo>>,
}

/// What the records are put in order by.
pub(super) struct Ordering<'o> {
    pub(super) names: &'o NameTable,
    pub(super) kind: &'o RecordKind,
    pub(super) call_at: Instant,
    /// The id of the call, where its own kind of record is put in order.
    pub(super) own: Option<Name>,
    /// Whether two values say the same.
    pub(super) same: &'o dyn Fn(Value, Value) -> bool,
}

impl Sent {
    pub(super) fn new(fields: usize) -> Self {
        let (ids, times, fractions, rows, order, by_id) = Default::default();
        Self { ids, times, fractions, rows, fields, order, by_id, supplied: false, open: false, whole_by: None }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Forgets the records, and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.ids.clear();
        self.times.clear();
        self.fractions.clear();
        self.rows.clear();
        self.supplied = false;
        self.open = false;
        self.whole_by = None;
    }

    pub(super) fn push(&mut self, id: Name, Stamp { at, fraction }: Stamp, values: &[Value]) {
        if let Some(fraction) = fraction {
            self.fractions.push((self.ids.len(), fraction));
        }
        self.ids.push(id);
        self.times.push(at);
        self.rows.extend_from_slice(values);
        self.rows.resize(self.ids.len() * self.fields, Value::Unknown);
        self.supplied = true;
    }

    /// Puts them in order, each once, without those that are later than the call and without the call itself.
    pub(super) fn put_in_order(&mut self, records: &mut Records, by: &Ordering<'_>, warnings: &mut Vec<Warning>) {
        records.clear();
        let any_twice = self.is_any_given_twice();
        if !any_twice && self.fractions.is_empty() && self.are_in_order(by) {
            records.swap(&mut self.ids, &mut self.times, &mut self.rows);
        } else {
            self.find_rows();
            if any_twice {
                self.merge(by, warnings);
            }
            self.find_order(by, warnings);
            records.take_in_order(&self.ids, &self.rows, &self.order);
        }
        records.index();
    }

    /// Whether they are as most sources send them: all from before the call, oldest first.
    fn are_in_order(&self, by: &Ordering<'_>) -> bool {
        let words = |id: Name| by.names.words(id);
        let rows = || self.times.iter().zip(&self.ids);
        let rising = rows().zip(rows().skip(1)).all(|((time, id), (next_time, next_id))| {
            time < next_time || (time == next_time && words(*id) <= words(*next_id))
        });
        rising
            && self.times.last().is_none_or(|last| *last <= by.call_at)
            && by.own.is_none_or(|own| !self.ids.contains(&own))
    }

    /// Whether any id was given to more than one record. Most histories name their records for the first time, so that ids rise
    /// as they stand.
    fn is_any_given_twice(&mut self) -> bool {
        if self.ids.is_sorted_by(|one, next| one < next) {
            return false;
        }
        self.by_id.clear();
        self.by_id.extend(self.ids.iter().copied().zip(0..));
        self.by_id.sort_unstable();
        self.by_id.windows(2).any(|pair| matches!(pair, [(one, _), (other, _)] if one == other))
    }

    fn find_rows(&mut self) {
        let Self { times, fractions, order, .. } = self;
        let row = |(sent, at): (usize, &Instant)| SentRow { sent, at: (*at).into(), open: false };
        order.clear();
        order.extend(times.iter().enumerate().map(row));
        for (sent, fraction) in fractions {
            if let Some(row) = order.get_mut(*sent) {
                row.at.fraction = Some(*fraction);
            }
        }
    }

    /// Makes one record of those that have one id, whatever their order: a field of which they say different things is not known. Where their
    /// times differ there is a row for each time, which may or may not count.
    fn merge(&mut self, by: &Ordering<'_>, warnings: &mut Vec<Warning>) {
        let by_id = std::mem::take(&mut self.by_id);
        let mut left_out = vec![false; self.ids.len()];
        for alike in by_id.chunk_by(|(one, _), (other, _)| one == other).filter(|alike| alike.len() > 1) {
            let mut differs = self.merge_values(by, alike);
            if self.merge_times(alike, &mut left_out) {
                differs.push("at".to_owned());
            }
            let id = alike.first().map(|(id, _)| *id);
            if id != by.own {
                let id = id.map_or("", |id| by.names.words(id)).to_owned();
                warnings.push(Warning::ListedTwice { list: by.kind.plural.clone(), id, differs });
            }
        }
        self.order.retain(|row| !left_out.get(row.sent).copied().unwrap_or(false));
        self.by_id = by_id;
    }

    /// Gives all of them the values on which they agree. The answer names the fields in which they differ.
    fn merge_values(&mut self, by: &Ordering<'_>, alike: &[(Name, usize)]) -> Vec<String> {
        let Self { rows, fields, .. } = self;
        let mut differs = Vec::new();
        for (field, declared) in by.kind.fields.iter().enumerate() {
            let places = || alike.iter().map(|(_, sent)| sent * *fields + field);
            let given =
                || places().filter_map(|place| rows.get(place).copied()).filter(|value| *value != Value::Unknown);
            let Some(first) = given().next() else { continue };
            let agree = given().all(|value| (by.same)(first, value));
            if !agree {
                differs.push(declared.name.clone());
            }
            let value = if agree { first } else { Value::Unknown };
            for place in places() {
                rows.get_mut(place).into_iter().for_each(|slot| *slot = value);
            }
        }
        differs
    }

    /// Leaves one row for each time that they give. The answer is whether there are several.
    fn merge_times(&mut self, alike: &[(Name, usize)], left_out: &mut [bool]) -> bool {
        let row = |order: &[SentRow], sent: usize| order.get(sent).map(|row| row.at);
        let mut kept: Vec<usize> = Vec::new();
        for (_, sent) in alike {
            let Some(at) = row(&self.order, *sent) else { continue };
            let known =
                kept.iter().copied().find(|known| row(&self.order, *known).is_some_and(|known| known.at == at.at));
            let Some(known) = known else {
                kept.push(*sent);
                continue;
            };
            left_out.get_mut(*sent).into_iter().for_each(|left_out| *left_out = true);
            if let Some(row) = self.order.get_mut(known) {
                row.at.fraction = row.at.fraction.filter(|fraction| at.fraction == Some(*fraction));
            }
        }
        let several = kept.len() > 1;
        for sent in kept {
            self.order.get_mut(sent).into_iter().for_each(|row| row.open = several);
        }
        several
    }

    fn find_order(&mut self, by: &Ordering<'_>, warnings: &mut Vec<Warning>) {
        let Self { ids, order, .. } = self;
        let id = |row: &SentRow| ids.get(row.sent).copied();
        let words = |row: &SentRow| id(row).map_or("", |id| by.names.words(id));
        let mut is_call_there = false;
        order.retain(|row| {
            let is_call = by.own.is_some() && id(row) == by.own;
            is_call_there |= is_call;
            let is_later = !is_call && row.at.at > by.call_at;
            if is_later {
                warnings.push(Warning::LaterThanCall { list: by.kind.plural.clone(), id: words(row).to_owned() });
            }
            !is_call && !is_later
        });
        if is_call_there {
            warnings.push(Warning::ThisCallInHistory { list: by.kind.plural.clone() });
        }
        order.sort_unstable_by(|one, other| {
            one.at.cmp(&other.at).then_with(|| (words(one), one.sent).cmp(&(words(other), other.sent)))
        });
    }
}
