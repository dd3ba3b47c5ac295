//! How many a count counts.

use super::Row;
use super::evaluation::Evaluation;
use super::members::{Member, Members, RowRange};
use super::reading::{CountRange, NO_END};
use super::select::latest;
use super::sets::TriSet;
use crate::compile::{FlatMeasure, MeasureId};
use crate::model::{FieldId, RecordId, Value};
use crate::semantics::Subject;
use crate::time::Instant;

impl Evaluation<'_> {
    /// How many are counted, for a measure that has one reading.
    #[inline]
    pub(super) fn counted(&self, id: MeasureId) -> Option<CountRange> {
        let (measure, plan) = self.program.ir.measure(id).zip(self.program.plan.measure(id))?;
        match plan.counted {
            Some(counted) if self.memory.is_time_of_call() || !plan.monotonicity.is_timed() => {
                let (least, most) = self.memory.bits.count(counted);
                Some(self.reading(measure, least, most))
            }
            _ => self.count_anew(id, measure, plan.monotonicity.is_timed()),
        }
    }

    fn count_anew(&self, id: MeasureId, measure: &FlatMeasure, is_timed: bool) -> Option<CountRange> {
        let at = id.0 as usize;
        // A count that depends on the clock is of one moment: nobody notes when any of those that are counted leaves.
        if let Some(known) = self.memory.recall(&self.memory.counts, at, is_timed, self.now) {
            return Some(known.value);
        }
        if self.cuts(measure.of).is_some() {
            return None;
        }
        let reading = self.count_members(measure, self.counted_members(id));
        self.memory.remember(&self.memory.counts, at, reading);
        Some(reading)
    }

    /// Remembers what was counted on the way, so that it need not be counted again. Where it is not sure from when records count,
    /// there is more to it.
    pub(super) fn remember_counted(&self, id: MeasureId, measure: &FlatMeasure, least: i64, most: i64) {
        if self.cuts(measure.of).is_none() {
            let reading = self.reading(measure, least, most);
            self.memory.remember(&self.memory.counts, id.0 as usize, reading);
        }
    }

    /// A reading of a measure, to which there is no end when there may be more records than are known.
    pub(super) fn reading(&self, measure: &FlatMeasure, least: i64, most: i64) -> CountRange {
        CountRange { least, most: if self.is_whole(measure.of) { most } else { NO_END } }
    }

    /// How many are counted in each reading of *since*; `None` where there is nothing to count from.
    pub(super) fn readings(&self, id: MeasureId) -> impl Iterator<Item = Option<CountRange>> {
        let measure = self.program.ir.measure(id);
        let cuts = measure.and_then(|measure| self.cuts(measure.of));
        // Nearly every measure has one.
        let only = (measure.is_some() && cuts.is_none()).then(|| self.counted(id));
        let several = measure.zip(cuts).map(|(measure, cuts)| -> Vec<Option<CountRange>> {
            let members = self.counted_members(id);
            let reading = |cut: &Option<Instant>| cut.map(|cut| self.count_members(measure, members.from(cut)));
            cuts.iter().map(reading).collect()
        });
        only.into_iter().chain(several.into_iter().flatten())
    }

    /// Those that are counted, in the reading of *since* that reaches back furthest.
    pub(super) fn counted_members(&self, id: MeasureId) -> Members<'_> {
        let Some(measure) = self.program.ir.measure(id) else {
            return Members::new(self.case, RecordId(0), TriSet::NONE, RowRange::default());
        };
        match &measure.follow {
            None => self.members(measure.of),
            Some(follow) => self.followed(id, measure, follow),
        }
    }

    /// Those that are counted in every reading of *since*.
    pub(super) fn counted_for_certain(&self, id: MeasureId) -> Members<'_> {
        let members = self.counted_members(id);
        match self.program.ir.measure(id).and_then(|measure| self.cuts(measure.of)) {
            None => members,
            Some(cuts) => members.from(latest(&cuts)),
        }
    }

    fn count_members(&self, measure: &FlatMeasure, members: Members<'_>) -> CountRange {
        let Some(field) = measure.different else {
            return self.reading(measure, members.count_sure(), members.count_all());
        };
        let (least, mut most) = self.distinct(members, members.sure(), field);
        if members.count_sure() != members.count_all() {
            most = self.distinct(members, members.all(), field).1;
        }
        self.reading(measure, least, most)
    }

    /// How many different identities members have: at least those that are known, and at most those and one for
    /// each member whose identity is not known (no limit where it may be several).
    fn distinct(&self, members: Members<'_>, among: impl Iterator<Item = Member>, field: FieldId) -> (i64, i64) {
        let mut names = self.memory.names.borrow_mut();
        names.begin();
        let (mut known, mut unknown) = (0i64, Some(0i64));
        for member in among {
            let row = members.row(member);
            let value = self.value(Subject::Field(field), row);
            if value == Value::Unknown {
                let several = self.policy.may_be_several(members.record, field, row == Row::ThisCall);
                unknown = unknown.filter(|_| !several).map(|unknown| unknown + 1);
            }
            let new = self.case.identities(&value).iter().filter(|name| names.is_first(name.number()));
            known = known.saturating_add_unsigned(new.count() as u64);
        }
        (known, unknown.map_or(NO_END, |unknown| known.saturating_add(unknown)))
    }
}
