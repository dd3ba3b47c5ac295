//! When an answer may change if nothing is learnt and time passes: noted while answering.
//!
//! For every answer given, the first noted moment is no later than the first at which that answer changes. So until then it
//! need not be worked out again, if it is remembered with that moment: whoever recalls it notes the moment too.

use super::Row;
use super::evaluation::Evaluation;
use super::members::{Member, Members};
use super::scratch::Entry;
use crate::compile::{FlatMeasure, MeasureId, SelectionId};
use crate::model::{FieldId, Value};
use crate::semantics::Subject;
use crate::time::{Instant, Length};

impl Evaluation<'_> {
    /// The first later moment at which some answer that was given may change; past the horizon if there is none before
    /// it.
    pub(crate) fn next_change(&self) -> Instant {
        self.next.get()
    }

    /// Notes that something may change at this moment, if it is still to come.
    pub(super) fn may_change_at(&self, instant: Instant) {
        if instant > self.now && instant < self.next.get() {
            self.next.set(instant);
        }
    }

    /// What was worked out before, if it still counts; else it is worked out, and remembered until it may change.
    #[inline]
    pub(super) fn once<T: Copy>(&self, entries: &[Entry<T>], at: usize, timed: bool, work: impl FnOnce() -> T) -> T {
        if let Some(known) = self.memory.recall(entries, at, timed, self.now) {
            if timed {
                self.may_change_at(known.until);
            }
            return known.value;
        }
        let (value, until) = self.noting_until(work);
        self.memory.remember_until(entries, at, value, until);
        value
    }

    /// Works something out, and says which moment was the first to be noted meanwhile; a moment long ago where none are noted.
    #[inline]
    pub(super) fn noting_until<T>(&self, work: impl FnOnce() -> T) -> (T, Instant) {
        if !self.notes_moments {
            return (work(), Instant::MIN);
        }
        let before = self.next.replace(Instant::MAX);
        let value = work();
        let until = self.next.get();
        self.next.set(before.min(until));
        (value, until)
    }

    /// Notes that something may change when the start of a span has passed a time.
    pub(super) fn may_change_on_leaving(&self, time: Instant, length: Length) {
        if self.notes_moments {
            let offset = self.now.0 - self.span_start(length).0;
            self.may_change_at(time.plus_seconds(offset + 1));
        }
    }

    /// The start of the span of this length that ends now.
    pub(super) fn span_start(&self, length: Length) -> Instant {
        let start = self.memory.spans.borrow_mut().before(&self.policy.zone, self.now, length);
        self.may_change_at(start.jumps);
        start.at
    }

    /// The end of the span of this length that begins at a time.
    pub(super) fn span_end(&self, time: Instant, length: Length) -> Instant {
        self.memory.spans.borrow_mut().after(&self.policy.zone, time, length).at
    }

    /// The end of the span of this length that begins now.
    pub(super) fn span_end_from_now(&self, length: Length) -> Instant {
        let end = self.memory.spans.borrow_mut().after(&self.policy.zone, self.now, length);
        self.may_change_at(end.jumps);
        end.at
    }

    /// Notes when a member of a selection leaves its spans.
    pub(super) fn note_leaving(&self, id: SelectionId, time: Instant) {
        if !self.notes_moments {
            return;
        }
        let Some(selection) = self.program.ir.selection(id) else { return };
        for length in self.program.plan.window(selection.window) {
            self.may_change_at(self.memory.jumps(*length));
            self.may_change_at(time.plus_seconds(self.now.0 - self.memory.start(*length).0 + 1));
        }
    }

    /// Notes when the oldest member leaves, for answers that any member can change.
    pub(super) fn note_oldest(&self, id: SelectionId) {
        if self.notes_moments
            && let Some(oldest) = self.members(id).all().next()
        {
            self.note_leaving(id, oldest.time);
        }
    }

    /// Notes when a count of at least `number`, or of one more, may stop being met: when the member that makes
    /// up the number leaves its span. Older ones do not matter. A plain count is remembered on the way.
    pub(super) fn note_counted(&self, id: MeasureId, number: i64) {
        let Some(measure) = self.program.ir.measure(id) else { return };
        let counted = self.counted_members(id);
        let numbers = [number, number.saturating_add(1)];
        if let Some(field) = measure.different {
            return self.note_different(measure, counted, field, numbers);
        }
        let (sure, all) = (counted.count_sure(), counted.count_all());
        for needed in numbers {
            if needed <= sure {
                self.note_leaving_of(measure.of, counted.newest_sure(needed));
            }
            // Where all are sure, it is the same one.
            if needed <= all && sure < all {
                self.note_leaving_of(measure.of, counted.newest_of_all(needed));
            }
        }
        self.remember_counted(id, measure, sure, all);
    }

    /// The same for a count of different identities.
    fn note_different(&self, measure: &FlatMeasure, counted: Members<'_>, field: FieldId, numbers: [i64; 2]) {
        let [_, most] = numbers;
        let note = |making_up: &[Member]| {
            numbers.into_iter().for_each(|number| self.note_leaving_of(measure.of, nth(making_up, number)));
        };
        let making_up = self.newest_of_each(counted, counted.all().rev(), field, most, true);
        note(&making_up);
        // Where it is sure of all of these who they are, the same ones make up the number for certain.
        if making_up.iter().any(|member| !member.sure || self.is_unknown(field, counted.row(*member))) {
            note(&self.newest_of_each(counted, counted.sure().rev(), field, most, false));
        }
        // One that may stand for any number of identities does so until it leaves.
        let may_be_any = |member: &Member| {
            let row = counted.row(*member);
            self.policy.may_be_several(measure.record, field, row == Row::ThisCall) && self.is_unknown(field, row)
        };
        self.note_leaving_of(measure.of, counted.all().rev().find(may_be_any));
    }

    fn note_leaving_of(&self, of: SelectionId, member: Option<Member>) {
        member.into_iter().for_each(|member| self.note_leaving(of, member.time));
    }

    fn is_unknown(&self, field: FieldId, row: Row) -> bool {
        self.value(Subject::Field(field), row) == Value::Unknown
    }

    /// For each identity the newest member that has it, newest first; among them, or not, every member whose identity is not
    /// known. There are no more than are needed to make up a number.
    fn newest_of_each(
        &self,
        members: Members<'_>,
        newest_first: impl Iterator<Item = Member>,
        field: FieldId,
        most: i64,
        with_unknown: bool,
    ) -> Vec<Member> {
        let most = usize::try_from(most).unwrap_or(0);
        let mut names = self.memory.names.borrow_mut();
        names.begin();
        let mut newest = Vec::new();
        for member in newest_first {
            if newest.len() >= most {
                break;
            }
            let value = self.value(Subject::Field(field), members.row(member));
            let unknown = usize::from(with_unknown && value == Value::Unknown);
            let new = self.case.identities(&value).iter().filter(|name| names.is_first(name.number()));
            newest.extend(std::iter::repeat_n(member, new.count() + unknown));
        }
        newest
    }
}

/// The member that makes up a number.
fn nth(newest_first: &[Member], number: i64) -> Option<Member> {
    newest_first.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
}
