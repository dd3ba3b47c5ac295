//! The records that a selection means, as bits: one for each record of the kind, oldest first.

use super::Row;
use super::memory::Set;
use crate::model::{Case, RecordId};
use crate::time::Instant;
use std::cell::Cell;

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
    sure: &'r [Cell<u64>],
    all: &'r [Cell<u64>],
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

/// How many rows a kind has: its records and the call.
pub(super) fn row_count(case: &Case, record: RecordId) -> usize {
    times(case, record).len() + 1
}

pub(super) fn times(case: &Case, record: RecordId) -> &[Instant] {
    case.records(record).map_or(&[], |records| records.times())
}

impl Span {
    pub(super) fn from(case: &Case, record: RecordId, moment: Instant) -> Self {
        let first = times(case, record).partition_point(|time| *time < moment);
        Self { first, call_is_before: case.at < moment }
    }

    /// What lies in both.
    pub(super) fn and(self, other: Self) -> Self {
        let call_is_before = self.call_is_before || other.call_is_before;
        Self { first: self.first.max(other.first), call_is_before }
    }
}

impl<'r> Members<'r> {
    pub(super) fn new(case: &'r Case, record: RecordId, set: Set<'r>, span: Span) -> Self {
        Self { case, record, times: times(case, record), sure: set.0, all: set.1, span }
    }

    /// The row that a member stands for.
    pub(crate) fn row(&self, member: Member) -> Row {
        row(self.record, self.times.len(), member.index)
    }

    /// The members from a moment on.
    pub(super) fn from(self, moment: Instant) -> Self {
        Self { span: self.span.and(Span::from(self.case, self.record, moment)), ..self }
    }

    /// The same rows with other members among them.
    pub(super) fn among(self, set: Set<'r>) -> Self {
        Self { sure: set.0, all: set.1, ..self }
    }

    fn time(&self, index: usize) -> Instant {
        self.times.get(index).copied().unwrap_or(self.case.at)
    }

    fn is_sure(&self, index: usize) -> bool {
        has(self.sure, index)
    }

    /// Those that are or may be, oldest first.
    pub(crate) fn all(self) -> impl DoubleEndedIterator<Item = Member> {
        self.places(self.all).map(move |index| Member { time: self.time(index), index, sure: self.is_sure(index) })
    }

    /// Those that are sure, oldest first.
    pub(crate) fn sure(self) -> impl DoubleEndedIterator<Item = Member> {
        self.places(self.sure).map(move |index| Member { time: self.time(index), index, sure: true })
    }

    pub(super) fn count_sure(&self) -> i64 {
        self.count(self.sure)
    }

    pub(super) fn count_all(&self) -> i64 {
        self.count(self.all)
    }

    fn places(self, set: &'r [Cell<u64>]) -> impl DoubleEndedIterator<Item = usize> {
        let end = self.times.len() + usize::from(!self.span.call_is_before);
        places(set, self.span.first).filter(move |index| *index < end)
    }

    fn count(&self, set: &[Cell<u64>]) -> i64 {
        let words = set.iter().enumerate().skip(self.span.first / 64);
        let rows: i64 = words.map(|(at, word)| i64::from((word.get() & mask(at, self.span.first)).count_ones())).sum();
        let call = self.times.len();
        rows - i64::from(self.span.call_is_before && call >= self.span.first && has(set, call))
    }

    /// The member that makes up a number, counted from the newest.
    pub(super) fn newest_sure(self, number: i64) -> Option<Member> {
        nth_newest(number, || self.sure().rev())
    }

    pub(super) fn newest_of_all(self, number: i64) -> Option<Member> {
        nth_newest(number, || self.all().rev())
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

    /// Every row from the first that may be meant on, the call last.
    pub(super) fn rows_in_span(self) -> impl Iterator<Item = Row> {
        (self.span.first..self.times.len() + usize::from(!self.span.call_is_before))
            .map(move |index| row(self.record, self.times.len(), index))
    }

    /// Adds those that are sure to a set.
    pub(super) fn add_sure_to(&self, set: &[Cell<u64>]) {
        for (at, (word, marked)) in self.sure.iter().zip(set).enumerate().skip(self.span.first / 64) {
            marked.set(marked.get() | word.get() & mask(at, self.span.first));
        }
    }
}

/// The row of a kind with so many records.
pub(super) fn row(record: RecordId, records: usize, index: usize) -> Row {
    if index == records { Row::ThisCall } else { Row::Record { record, index } }
}

fn nth_newest<I: Iterator<Item = Member>>(number: i64, newest_first: impl Fn() -> I) -> Option<Member> {
    let back = usize::try_from(number).ok()?.checked_sub(1)?;
    newest_first().nth(back)
}

/// The bits of a word that stand for rows from `first` on.
fn mask(word: usize, first: usize) -> u64 {
    if word == first / 64 { u64::MAX << (first % 64) } else { u64::MAX }
}

fn has(set: &[Cell<u64>], index: usize) -> bool {
    set.get(index / 64).is_some_and(|word| word.get() >> (index % 64) & 1 == 1)
}

/// The places of the bits from `first` on.
pub(super) fn places(set: &[Cell<u64>], first: usize) -> impl DoubleEndedIterator<Item = usize> {
    (first / 64..set.len()).flat_map(move |at| {
        let bits = set.get(at).map_or(0, Cell::get) & mask(at, first);
        Ones { bits, from: at * 64 }
    })
}

/// The bits of one word.
struct Ones {
    bits: u64,
    from: usize,
}

impl Iterator for Ones {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        (self.bits != 0).then(|| {
            let place = self.bits.trailing_zeros();
            self.bits &= self.bits - 1;
            self.from + place as usize
        })
    }
}

impl DoubleEndedIterator for Ones {
    fn next_back(&mut self) -> Option<usize> {
        (self.bits != 0).then(|| {
            let place = 63 - self.bits.leading_zeros();
            self.bits &= !(1 << place);
            self.from + place as usize
        })
    }
}
