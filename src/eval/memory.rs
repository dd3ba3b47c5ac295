//! What evaluation remembers, in memory that is kept from one case to the next.
//!
//! Only sets, counts and the roles that were met are wiped, once for each case: a pass leaves out what is empty. Each other entry bears the number of
//! the moment at which it was written, and counts while that moment lasts; one that does not depend on the clock counts
//! while its case does.

use super::measure::Reading;
use super::members::{Span, times};
use super::sets::{Answers, Ones, Set};
use crate::compile::{LengthId, Program, SetId};
use crate::model::{Case, RecordId, Truth};
use crate::time::{FarEnd, Instant, Spans};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The memory of evaluations of one program.
#[derive(Debug)]
pub(crate) struct Memory {
    /// The number of the present moment, and that of the first moment of the present case.
    moment: u32,
    case: u32,
    pub(super) truths: Vec<Entry<Truth>>,
    /// What the passes counted at the time of the call.
    counted: Vec<Cell<(u32, u32)>>,
    /// For each sheet those of the counted roles that some record has or may have.
    met: Vec<Cell<u64>>,
    /// The least and the most that each measure counts.
    pub(super) counts: Vec<Entry<Reading>>,
    /// Which selections had the tests put that depend on the clock, and which measures had their followers looked for.
    pub(super) timed: Vec<Entry<()>>,
    pub(super) followed: Vec<Entry<()>>,
    /// From when records count, for selections that count since something.
    cuts: RefCell<Vec<Option<(u32, Cuts)>>>,
    /// The start of each length of span, and the rows in each window.
    pub(super) starts: Vec<Cell<FarEnd>>,
    pub(super) windows: Vec<Entry<Span>>,
    /// The sets of records, as bits: by kind, then for each 64 records the words of every set.
    bits: Vec<Cell<Answers>>,
    /// The records that are evidence, as bits, one set for each kind. They are all nought between two searches.
    evidence: Vec<Cell<u64>>,
    kinds: Vec<Kind>,
    all_whole: bool,
    pub(super) spans: RefCell<Spans>,
    pub(super) names: RefCell<Marks>,
    pub(super) terms: RefCell<Marks>,
}

/// Where the sets of one kind of record are.
#[derive(Clone, Copy, Debug)]
struct Kind {
    records: usize,
    is_whole: bool,
    /// How many words a half of a set has: one bit for each record and one for the call.
    words: usize,
    bits: usize,
    /// From the words of a set to its next ones.
    stride: usize,
    evidence: usize,
}

impl Kind {
    const NONE: Self = Self { records: 0, is_whole: false, words: 0, bits: 0, stride: 1, evidence: 0 };
}

/// From when records count, in each reading of what *since* means; `None` where there is nothing to count from. Empty
/// when that cannot be known at all.
pub(super) type Cuts = Rc<[Option<Instant>]>;

pub(super) type Entry<T> = Cell<Remembered<T>>;

/// Something that was worked out at a moment.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Remembered<T> {
    moment: u32,
    value: T,
}

impl Memory {
    pub(crate) fn new(program: &Program) -> Self {
        let unknown = Remembered { moment: 0, value: Truth::Unknown };
        Self {
            moment: 0,
            case: 0,
            truths: vec![Cell::new(unknown); program.terms.len()],
            counted: vec![Cell::default(); program.counted],
            met: vec![Cell::default(); program.passes.iter().map(|pass| pass.sheets.len()).sum()],
            counts: vec![Entry::default(); program.measures.len()],
            timed: vec![Entry::default(); program.selections.len()],
            followed: vec![Entry::default(); program.measures.len()],
            cuts: RefCell::new(vec![None; program.selections.len()]),
            starts: vec![Cell::new(FarEnd::NONE); program.lengths.len()],
            windows: vec![Entry::default(); program.windows.len()],
            bits: Vec::new(),
            evidence: Vec::new(),
            kinds: vec![Kind::NONE; program.passes.len()],
            all_whole: false,
            spans: Spans::of(&program.lengths).into(),
            names: RefCell::default(),
            terms: RefCell::default(),
        }
    }

    /// Begins a case: everything is forgotten but the calendar.
    pub(super) fn begin(&mut self, program: &Program, case: &Case) {
        if self.moment >= u32::MAX / 2 {
            *self = Self::new(program);
        }
        self.begin_moment();
        self.case = self.moment;
        self.counted.fill(Cell::default());
        self.met.fill(Cell::default());
        let (mut bits, mut evidence) = (0, 0);
        self.all_whole = true;
        for ((record, pass), kind) in (0u16..).map(RecordId).zip(&program.passes).zip(&mut self.kinds) {
            let records = times(case, record).len();
            // Nobody asks anything of a list without records, but for the call itself.
            let words = if records == 0 && !pass.this_call { 0 } else { records / 64 + 1 };
            let (stride, is_whole) = (pass.sets as usize, case.is_whole(record));
            *kind = Kind { records, is_whole, words, bits, stride, evidence };
            self.all_whole &= is_whole;
            bits += stride * words;
            evidence += words;
        }
        // A pass leaves out what is empty.
        self.bits.clear();
        self.bits.resize(bits, Cell::default());
        if self.evidence.len() < evidence {
            self.evidence.resize(evidence, Cell::new(0));
        }
    }

    /// Begins a moment: what depends on the clock is forgotten.
    pub(super) fn begin_moment(&mut self) {
        self.moment += 1;
    }

    /// Whether this is the time of the call, to which what the passes worked out belongs.
    #[inline]
    pub(super) fn is_time_of_call(&self) -> bool {
        self.moment == self.case
    }

    /// What the passes counted, in the order of their ids: those that are sure, and those that are or may be.
    #[inline]
    pub(super) fn counted(&self) -> &[Cell<(u32, u32)>] {
        &self.counted
    }

    /// Notes the roles of a sheet that some records have or may have.
    #[inline]
    pub(super) fn meet(&self, sheet: usize, roles: u64) {
        if let Some(met) = self.met.get(sheet) {
            met.set(met.get() | roles);
        }
    }

    /// The roles of a sheet that some record has or may have, of those that are counted.
    #[inline]
    pub(super) fn met(&self, sheet: usize) -> u64 {
        self.met.get(sheet).map_or(0, Cell::get)
    }

    /// The start of the spans of a length that end now.
    #[inline]
    pub(super) fn start(&self, length: LengthId) -> FarEnd {
        self.starts.get(length.0 as usize).map_or(FarEnd::NONE, Cell::get)
    }

    /// What was worked out, if it still counts.
    #[inline]
    pub(super) fn recall<T: Copy>(&self, entries: &[Entry<T>], at: usize, timed: bool) -> Option<T> {
        let entry = entries.get(at)?.get();
        self.counts_still(entry.moment, timed).then_some(entry.value)
    }

    #[inline]
    pub(super) fn remember<T>(&self, entries: &[Entry<T>], at: usize, value: T) {
        if let Some(entry) = entries.get(at) {
            entry.set(Remembered { moment: self.moment, value });
        }
    }

    #[inline]
    fn counts_still(&self, moment: u32, timed: bool) -> bool {
        moment >= if timed { self.moment } else { self.case }
    }

    pub(super) fn recall_cuts(&self, at: usize) -> Option<Cuts> {
        let cuts = self.cuts.borrow();
        let (moment, cuts) = cuts.get(at)?.as_ref()?;
        self.counts_still(*moment, true).then(|| Rc::clone(cuts))
    }

    pub(super) fn remember_cuts(&self, at: usize, cuts: &Cuts) {
        if let Some(entry) = self.cuts.borrow_mut().get_mut(at) {
            *entry = Some((self.moment, Rc::clone(cuts)));
        }
    }

    #[inline]
    fn kind(&self, record: RecordId) -> &Kind {
        self.kinds.get(record.index()).unwrap_or(&Kind::NONE)
    }

    /// How many records of a kind there are.
    #[inline]
    pub(super) fn records(&self, record: RecordId) -> usize {
        self.kind(record).records
    }

    /// Whether the records of a kind are all that there are.
    #[inline]
    pub(super) fn is_whole(&self, record: RecordId) -> bool {
        self.kind(record).is_whole
    }

    /// Whether that is so of every kind.
    #[inline]
    pub(super) fn are_all_whole(&self) -> bool {
        self.all_whole
    }

    #[inline]
    pub(super) fn set(&self, record: RecordId, set: SetId) -> Set<'_> {
        let Kind { words, bits, stride, .. } = *self.kind(record);
        Set::new(self.bits.get(bits + set.0 as usize..bits + words * stride).unwrap_or_default(), stride)
    }

    /// The words of every set of a kind, and how many sets there are: the first word of each, then the second of each, and
    /// so on.
    #[inline]
    pub(super) fn words(&self, record: RecordId) -> (&[Cell<Answers>], usize) {
        let Kind { words, bits, stride, .. } = *self.kind(record);
        (self.bits.get(bits..bits + words * stride).unwrap_or_default(), stride)
    }

    /// Adds the records that are evidence to a list, and forgets that they are.
    pub(super) fn take_evidence(&self, found: &mut Vec<(RecordId, usize)>) {
        for (record, kind) in (0u16..).map(RecordId).zip(&self.kinds) {
            let words = self.evidence.get(kind.evidence..kind.evidence + kind.words).unwrap_or_default();
            for (at, word) in words.iter().enumerate() {
                // The call itself comes after the last record, and is no evidence.
                let records = Ones::of(word.take(), at).filter(|index| *index < kind.records);
                found.extend(records.map(|index| (record, index)));
            }
        }
    }

    /// The set for the records of a kind that are evidence.
    #[inline]
    pub(super) fn evidence(&self, record: RecordId) -> &[Cell<u64>] {
        let Kind { words, evidence, .. } = *self.kind(record);
        self.evidence.get(evidence..evidence + words).unwrap_or_default()
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
