//! The records that a selection means, as bits: one for each record of the kind, oldest first.

use super::Row;
use super::sets::{Half, TriSet, TriWord, mask};
use crate::model::{Case, RecordId, Records, Truth};
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
    set: TriSet<'r>,
    span: RowRange,
}

/// The rows from a moment on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RowRange {
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

impl RowRange {
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
    pub(super) fn count(self, set: TriSet<'_>, half: Half, records: usize) -> i64 {
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
    pub(super) fn new(case: &'r Case, record: RecordId, set: TriSet<'r>, span: RowRange) -> Self {
        Self { case, record, times: times(case, record), set, span }
    }

    /// The row that a member stands for.
    pub(crate) fn row(&self, member: Member) -> Row {
        row(self.record, self.times.len(), member.index)
    }

    /// The members from a moment on.
    pub(super) fn from(self, moment: Instant) -> Self {
        Self { span: self.span.and(RowRange::from(self.times, self.case.at, moment)), ..self }
    }

    /// The same rows with other members among them.
    pub(super) fn among(self, set: TriSet<'r>) -> Self {
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
    pub(super) fn ask_into(self, set: &[Cell<TriWord>], mut ask: impl FnMut(Member) -> Truth) {
        let end = self.span.end(self.times.len());
        self.set.ask_into(set, self.span.first, end, |index, sure| {
            let truth = ask(Member { time: self.time(index), index, sure });
            if sure { truth } else { truth.and(Truth::Unknown) }
        });
    }

    pub(super) fn span(&self) -> RowRange {
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

    /// The rows of which one is the latest (or first): all that may be up to the first that is sure. Where it is open which came first
    /// within a second, each of them may be.
    pub(super) fn candidates(self, first: bool) -> Candidates<impl Iterator<Item = Member>> {
        let settled = if first { self.sure().next() } else { self.sure().next_back() };
        let rivals = settled.map(|settled| self.of_its_second(settled, first)).unwrap_or_default();
        let wanted = move |member: &Member| match settled {
            None => true,
            Some(settled) if rivals.is_empty() => {
                if first {
                    member.index <= settled.index
                } else {
                    member.index >= settled.index
                }
            }
            Some(_) => !rivals.iter().any(|rival| match first {
                true => self.is_before(rival.index, member.index),
                false => self.is_before(member.index, rival.index),
            }),
        };
        Candidates { rows: self.all().filter(wanted), maybe_none: settled.is_none() }
    }

    /// The last few (or first) of those that are sure, and any that may be as late (or as early) as these: all but those of which it is
    /// certain that so many others come after (or before) them.
    pub(super) fn last_sure(self, first: bool, number: usize) -> Vec<Member> {
        let mut sure: Vec<Member> = self.sure().collect();
        if !first {
            sure.reverse();
        }
        let (mut seen, mut needed) = (0, Vec::new());
        for of_a_second in sure.chunk_by(|one, other| self.second(*one) == self.second(*other)) {
            if seen >= number {
                break;
            }
            // Those without a fraction may be anywhere in their second; those with one come in the order of their fractions.
            let (mut beyond, mut alike, mut last) = (seen, 0, None);
            for member in of_a_second {
                let Some(fraction) = self.fraction(*member) else {
                    needed.push(*member);
                    continue;
                };
                if last.replace(fraction) != Some(fraction) {
                    beyond += std::mem::take(&mut alike);
                }
                alike += 1;
                if beyond < number {
                    needed.push(*member);
                }
            }
            seen += of_a_second.len();
        }
        needed.sort_unstable_by_key(|member| member.index);
        needed
    }

    /// The second of a member. The call has one of its own, after all records.
    fn second(self, member: Member) -> (bool, Instant) {
        (member.index == self.times.len(), member.time)
    }

    fn fraction(self, member: Member) -> Option<u32> {
        self.case.records(self.record).and_then(|records| records.stamp(member.index).fraction)
    }

    /// A member that is sure, and the one of its second that came certainly after (or before) most others of it. Nothing where no two
    /// records are of one second.
    fn of_its_second(self, settled: Member, first: bool) -> Vec<Member> {
        if !self.are_any_of_one_second() || settled.index == self.times.len() {
            return Vec::new();
        }
        let others = self.sure().filter(|other| self.second(*other) == self.second(settled));
        let with_fraction = others.filter_map(|other| Some((self.fraction(other)?, other.index, other)));
        let by_fraction = |(fraction, index, _): &(u32, usize, Member)| (*fraction, *index);
        let outermost =
            if first { with_fraction.min_by_key(by_fraction) } else { with_fraction.max_by_key(by_fraction) };
        std::iter::once(settled).chain(outermost.map(|(_, _, outermost)| outermost)).collect()
    }

    fn are_any_of_one_second(self) -> bool {
        self.case.records(self.record).is_some_and(Records::are_any_of_one_second)
    }

    /// Whether it is certain that one row came before another. The call comes after all records.
    fn is_before(self, one: usize, other: usize) -> bool {
        match (one == self.times.len(), other == self.times.len()) {
            (true, _) => false,
            (false, true) => true,
            (false, false) => self.case.records(self.record).is_some_and(|records| records.is_before(one, other)),
        }
    }

    /// Whether it is certain which is the latest where the last of them is sure: no other can be as late.
    pub(super) fn is_last_certain(self) -> bool {
        !self.are_any_of_one_second() || self.candidates(false).rows.nth(1).is_none()
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
