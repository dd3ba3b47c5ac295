//! The records that a selection means, as bits: one for each record of the kind, oldest first.

use super::Row;
use super::sets::{Answers, Half, Set, mask};
use crate::model::{Case, RecordId, Truth};
use crate::time::Instant;
use std::cell::Cell;
use std::ops::Range;

/// A record that is, or may be, meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub time: Instant,
    pub index: usize,
    pub sure: bool,
}

/// Those that are sure to be meant, and those that are or may be. The call itself comes after the last record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Members<'r> {
    pub record: RecordId,
    case: &'r Case,
    times: &'r [Instant],
    set: Set<'r>,
    span: Span,
}

/// The rows from a moment on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    first: usize,
    /// Whether the call is before them. It comes after the last record, but where it is asked what one more record would
    /// do later on, there are records after the call.
    call_is_before: bool,
}

/// The rows of which one is the latest (or first).
pub(super) struct Candidates<I> {
    pub rows: I,
    /// Whether there may be none at all.
    pub maybe_none: bool,
}

const SHORT: usize = 8;

#[inline]
pub(super) fn times(case: &Case, record: RecordId) -> &[Instant] {
    case.records(record).map_or(&[], |records| records.times())
}

impl Span {
    /// The rows of sorted times, and of the call after them, from a moment on.
    pub(super) fn from(times: &[Instant], call_at: Instant, moment: Instant) -> Self {
        let is_before = |time: &&Instant| **time < moment;
        // Most lists are so short that looking at all of one takes less time than searching it.
        let first = match times.len() {
            0..=SHORT => times.iter().filter(is_before).count(),
            _ => times.partition_point(|time| is_before(&time)),
        };
        Self { first, call_is_before: call_at < moment }
    }

    /// The row after the last, of so many records and the call.
    #[inline]
    fn end(self, records: usize) -> usize {
        records + usize::from(!self.call_is_before)
    }

    /// The rows in it, of so many records and the call.
    pub(super) fn rows(self, records: usize) -> Range<usize> {
        self.first..self.end(records)
    }

    /// How many of a set lie in it.
    #[inline]
    pub(super) fn count(self, set: Set<'_>, half: Half, records: usize) -> i64 {
        let call = self.call_is_before && records >= self.first && set.has(half, records);
        i64::from(set.count(half, self.first)) - i64::from(call)
    }

    /// Whether all rows of another span are in it.
    pub(super) fn contains(self, other: Self) -> bool {
        self.first <= other.first && self.call_is_before <= other.call_is_before
    }

    /// What lies in both.
    #[inline]
    pub(super) fn and(self, other: Self) -> Self {
        let call_is_before = self.call_is_before || other.call_is_before;
        Self { first: self.first.max(other.first), call_is_before }
    }
}

impl<'r> Members<'r> {
    pub(super) fn new(case: &'r Case, record: RecordId, set: Set<'r>, span: Span) -> Self {
        Self { case, record, times: times(case, record), set, span }
    }

    /// The row that a member stands for.
    pub(crate) fn row(&self, member: Member) -> Row {
        row(self.record, self.times.len(), member.index)
    }

    /// The members from a moment on.
    pub(super) fn from(self, moment: Instant) -> Self {
        Self { span: self.span.and(Span::from(self.times, self.case.at, moment)), ..self }
    }

    /// The same rows with other members among them.
    pub(super) fn among(self, set: Set<'r>) -> Self {
        Self { set, ..self }
    }

    /// How many records of the kind there are.
    pub(super) fn records(&self) -> usize {
        self.times.len()
    }

    fn time(&self, index: usize) -> Instant {
        self.times.get(index).copied().unwrap_or(self.case.at)
    }

    /// Asks about each member, and writes the answers as the whole of a set; no answer is surer than the membership.
    pub(super) fn ask_into(self, set: &[Cell<Answers>], mut ask: impl FnMut(Member) -> Truth) {
        let end = self.span.end(self.times.len());
        self.set.ask_into(set, self.span.first, end, |index, sure| {
            let truth = ask(Member { time: self.time(index), index, sure });
            if sure { truth } else { truth.and(Truth::Unknown) }
        });
    }

    pub(super) fn span(&self) -> Span {
        self.span
    }

    /// Those that are or may be, oldest first.
    pub(crate) fn all(self) -> impl DoubleEndedIterator<Item = Member> {
        self.rows(Half::All).map(move |index| Member {
            time: self.time(index),
            index,
            sure: self.set.has(Half::Sure, index),
        })
    }

    /// Those that are sure, oldest first.
    pub(crate) fn sure(self) -> impl DoubleEndedIterator<Item = Member> {
        self.rows(Half::Sure).map(move |index| Member { time: self.time(index), index, sure: true })
    }

    fn rows(self, half: Half) -> impl DoubleEndedIterator<Item = usize> {
        let end = self.span.end(self.times.len());
        self.set.rows(half, self.span.first).filter(move |index| *index < end)
    }

    pub(super) fn count_sure(&self) -> i64 {
        self.span.count(self.set, Half::Sure, self.times.len())
    }

    pub(super) fn count_all(&self) -> i64 {
        self.span.count(self.set, Half::All, self.times.len())
    }

    /// The member that makes up a number, counted from the newest.
    pub(super) fn newest_sure(self, number: i64) -> Option<Member> {
        self.newest(Half::Sure, number)
    }

    pub(super) fn newest_of_all(self, number: i64) -> Option<Member> {
        self.newest(Half::All, number)
    }

    fn newest(self, half: Half, number: i64) -> Option<Member> {
        let number = u32::try_from(number).ok().filter(|number| *number > 0)?;
        let index = self.set.newest(half, self.span.first, self.span.end(self.times.len()), number)?;
        Some(Member { time: self.time(index), index, sure: half == Half::Sure || self.set.has(Half::Sure, index) })
    }

    /// The rows of which one is the latest (or first): all that may be up to the first that is sure.
    pub(super) fn candidates(self, first: bool) -> Candidates<impl Iterator<Item = Member>> {
        let settled = if first { self.sure().next() } else { self.sure().next_back() };
        let index = settled.map(|member| member.index);
        let wanted = move |member: &Member| {
            index.is_none_or(|index| if first { member.index <= index } else { member.index >= index })
        };
        Candidates { rows: self.all().filter(wanted), maybe_none: settled.is_none() }
    }

    /// Adds those that are sure to a set.
    pub(super) fn add_sure_to(&self, set: &[Cell<u64>]) {
        for ((at, word), marked) in
            self.set.words_from(Half::Sure, self.span.first).zip(set.iter().skip(self.span.first / 64))
        {
            marked.set(marked.get() | word & mask(at, self.span.first));
        }
    }
}

/// The row of a kind with so many records.
pub(super) fn row(record: RecordId, records: usize, index: usize) -> Row {
    if index == records { Row::ThisCall } else { Row::Record { record, index } }
}
