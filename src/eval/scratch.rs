//! Memory of an evaluation, used again for the next case: entries carry a generation, so nothing has to be wiped in between.
//!
//! The generation is the number of the moment at which an entry was written. Time-independent entries last the whole case; any other
//! lasts its moment, and on from there up to the first moment at which it may change, where that is known.

use super::member_bits::MemberBits;
use super::members::RowRange;
use super::reading::CountRange;
use super::sets::{Ones, TriWord};
use crate::compile::{LengthId, Program, SelectionId, SetId};
use crate::model::{Case, RecordId, Truth};
use crate::time::{Instant, SpanCache, Starts, Zone};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The memory of evaluations of one program.
#[derive(Debug)]
pub(crate) struct Scratch {
    /// The number of the present moment, and that of the first moment of the present case.
    moment: u32,
    case: u32,
    pub(super) truths: Vec<Entry<Truth>>,
    /// The same where nothing is presumed, of conditions for which that makes a difference.
    pub(super) open: Vec<Entry<Truth>>,
    /// What the passes noted at the time of the call.
    pub(super) bits: MemberBits,
    /// The least and the most that each measure counts.
    pub(super) counts: Vec<Entry<CountRange>>,
    /// Which selections had the tests put that depend on the clock, and in which span; and which measures had their followers
    /// looked for.
    pub(super) timed: Vec<Entry<RowRange>>,
    pub(super) followed: Vec<Entry<()>>,
    /// For each selection that had such tests put, row by row the first moment at which the answer may be otherwise.
    until: Vec<RefCell<Vec<Instant>>>,
    /// From when records count, for selections that count since something.
    cuts: RefCell<Vec<Option<Remembered<Cuts>>>>,
    /// The start of each length of span, and the rows in each window.
    starts: Starts,
    pub(super) windows: Vec<Entry<RowRange>>,
    /// Room for sets of each kind of record: a bit for each record and one for the call, so many words for each set.
    kinds: Vec<KindSets>,
    room: usize,
    all_whole: bool,
    pub(super) spans: RefCell<SpanCache>,
    pub(super) names: RefCell<Marks>,
    pub(super) terms: RefCell<Marks>,
}

/// Sets of the records of one kind.
#[derive(Debug)]
struct KindSets {
    /// How many sets are worked out after the pass, and their bits, set by set.
    sets: usize,
    bits: Vec<Cell<TriWord>>,
    /// The records that are evidence, as bits. They are all nought between two searches.
    evidence: Vec<Cell<u64>>,
}

impl KindSets {
    fn new(sets: u32) -> Self {
        Self { sets: sets as usize, bits: Vec::new(), evidence: Vec::new() }
    }
}

/// How many words a set of so many records takes, and of the call.
fn words(records: usize) -> usize {
    records / 64 + 1
}

/// From when records count, in each reading of what *since* means; `None` where there is nothing to count from. Empty
/// when that cannot be known at all.
pub(super) type Cuts = Rc<[Option<Instant>]>;

pub(super) type Entry<T> = Cell<Remembered<T>>;

/// Something that was worked out at a moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Remembered<T> {
    moment: u32,
    /// The first later moment at which it may be otherwise; long ago where nobody noted one.
    pub(super) until: Instant,
    pub(super) value: T,
}

impl<T> Remembered<T> {
    /// Of no moment at all.
    fn never(value: T) -> Self {
        Self { moment: 0, until: Instant::MIN, value }
    }
}

/// So many entries in which nothing is remembered.
fn entries<T: Copy>(count: usize, value: T) -> Vec<Entry<T>> {
    vec![Cell::new(Remembered::never(value)); count]
}

impl Scratch {
    pub(crate) fn new(program: &Program) -> Self {
        Self {
            moment: 0,
            case: 0,
            truths: entries(program.ir.terms.len(), Truth::Unknown),
            open: entries(program.ir.terms.len(), Truth::Unknown),
            bits: MemberBits::new(program),
            counts: entries(program.ir.measures.len(), CountRange::default()),
            timed: entries(program.ir.selections.len(), RowRange::default()),
            followed: entries(program.ir.measures.len(), ()),
            until: vec![RefCell::default(); program.ir.selections.len()],
            cuts: RefCell::new(vec![None; program.ir.selections.len()]),
            starts: Starts::new(program.plan.lengths.0.len()),
            windows: entries(program.ir.windows.len(), RowRange::default()),
            kinds: program.plan.sets.iter().map(|sets| KindSets::new(*sets)).collect(),
            room: 0,
            all_whole: false,
            spans: SpanCache::of(&program.plan.lengths.0).into(),
            names: RefCell::default(),
            terms: RefCell::default(),
        }
    }

    /// Begins a case: everything is forgotten but the calendar.
    pub(super) fn begin(&mut self, program: &Program, case: &Case, zone: &Zone) {
        if self.moment >= u32::MAX / 2 {
            *self = Self::new(program);
        }
        self.begin_moment(case.at, zone);
        self.case = self.moment;
        let (mut whole, mut most) = (0, 0);
        for (records, is_whole) in case.sizes() {
            whole += usize::from(is_whole);
            most = most.max(records);
        }
        self.all_whole = whole >= self.kinds.len();
        if words(most) > self.room {
            self.grow(program, words(most));
        }
    }

    #[cold]
    fn grow(&mut self, program: &Program, words: usize) {
        self.room = words.next_power_of_two();
        self.bits.grow(program, self.room);
        for kind in &mut self.kinds {
            kind.bits.resize(kind.sets * self.room, Cell::default());
            kind.evidence.resize(self.room, Cell::new(0));
        }
    }

    /// Begins a moment: what depends on the clock is forgotten, unless it is known to last.
    #[inline]
    pub(super) fn begin_moment(&mut self, now: Instant, zone: &Zone) {
        self.moment += 1;
        self.starts.go_to(now, self.spans.get_mut(), zone);
    }

    /// Whether this is the time of the call, to which what the passes worked out belongs.
    #[inline]
    pub(super) fn is_time_of_call(&self) -> bool {
        self.moment == self.case
    }

    /// The start of the span of a length that ends now.
    #[inline]
    pub(super) fn start(&self, length: LengthId) -> Instant {
        self.starts.start(length.0 as usize)
    }

    /// The first later moment at which that start may leap.
    pub(super) fn jumps(&self, length: LengthId) -> Instant {
        self.starts.jumps(length.0 as usize)
    }

    /// What was worked out, if it still counts now.
    #[inline]
    pub(super) fn recall<T: Copy>(
        &self,
        entries: &[Entry<T>],
        at: usize,
        timed: bool,
        now: Instant,
    ) -> Option<Remembered<T>> {
        let entry = entries.get(at)?.get();
        self.counts_still(&entry, timed, now).then_some(entry)
    }

    /// What was worked out last, at some moment of the present case, whether or not it still counts.
    pub(super) fn recall_last<T: Copy>(&self, entries: &[Entry<T>], at: usize) -> Option<T> {
        let entry = entries.get(at)?.get();
        (entry.moment >= self.case).then_some(entry.value)
    }

    /// For each row of a selection the first moment at which an answer that was given may be otherwise; to be given back.
    pub(super) fn take_until(&self, id: SelectionId) -> Vec<Instant> {
        self.until.get(id.0 as usize).map(RefCell::take).unwrap_or_default()
    }

    pub(super) fn keep_until(&self, id: SelectionId, until: Vec<Instant>) {
        if let Some(kept) = self.until.get(id.0 as usize) {
            kept.replace(until);
        }
    }

    /// Remembers something while the present moment lasts.
    #[inline]
    pub(super) fn remember<T>(&self, entries: &[Entry<T>], at: usize, value: T) {
        self.remember_until(entries, at, value, Instant::MIN);
    }

    /// Remembers something while the present moment lasts, and on until a later one.
    #[inline]
    pub(super) fn remember_until<T>(&self, entries: &[Entry<T>], at: usize, value: T, until: Instant) {
        if let Some(entry) = entries.get(at) {
            entry.set(Remembered { moment: self.moment, until, value });
        }
    }

    #[inline]
    fn counts_still<T>(&self, entry: &Remembered<T>, timed: bool, now: Instant) -> bool {
        entry.moment >= if timed && now >= entry.until { self.moment } else { self.case }
    }

    pub(super) fn recall_cuts(&self, at: usize, now: Instant) -> Option<Remembered<Cuts>> {
        let cuts = self.cuts.borrow();
        let entry = cuts.get(at)?.as_ref()?;
        self.counts_still(entry, true, now).then(|| entry.clone())
    }

    pub(super) fn remember_cuts(&self, at: usize, cuts: &Cuts, until: Instant) {
        if let Some(entry) = self.cuts.borrow_mut().get_mut(at) {
            *entry = Some(Remembered { moment: self.moment, until, value: Rc::clone(cuts) });
        }
    }

    /// Whether the records of every kind are all that there are.
    #[inline]
    pub(super) fn are_all_whole(&self) -> bool {
        self.all_whole
    }

    /// A set that is worked out after the pass, of so many records of a kind. Whoever asks for it has written it.
    pub(super) fn set(&self, record: RecordId, records: usize, set: SetId) -> &[Cell<TriWord>] {
        let from = set.0 as usize * self.room;
        let kind = self.kinds.get(record.index());
        kind.and_then(|kind| kind.bits.get(from..from + words(records))).unwrap_or_default()
    }

    /// Adds the records of a case that are evidence to a list, and forgets that they are.
    pub(super) fn take_evidence(&self, case: &Case, found: &mut Vec<(RecordId, usize)>) {
        for ((record, kind), (records, _)) in (0u16..).map(RecordId).zip(&self.kinds).zip(case.sizes()) {
            for (at, word) in kind.evidence.iter().enumerate().take(words(records)) {
                // The call itself comes after the last record, and is no evidence.
                let rows = Ones::of(word.take(), at).filter(|index| *index < records);
                found.extend(rows.map(|index| (record, index)));
            }
        }
    }

    /// The set for the records of a kind that are evidence.
    pub(super) fn evidence(&self, record: RecordId) -> &[Cell<u64>] {
        self.kinds.get(record.index()).map(|kind| kind.evidence.as_slice()).unwrap_or_default()
    }
}

/// Tells what is met for the first time in a search.
#[derive(Debug, Default)]
pub(super) struct Marks {
    search: u32,
    /// For each thing that is looked for, the last search in which it was met.
    last: Vec<u32>,
}

impl Marks {
    pub(super) fn begin(&mut self) {
        if self.search == u32::MAX {
            *self = Self::default();
        }
        self.search += 1;
    }

    #[inline]
    pub(super) fn is_first(&mut self, number: usize) -> bool {
        if self.last.len() <= number {
            self.last.resize(number + 1, 0);
        }
        self.last.get_mut(number).is_some_and(|mark| std::mem::replace(mark, self.search) != self.search)
    }
}
