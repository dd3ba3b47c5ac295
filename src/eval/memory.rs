//! What evaluation remembers, in memory that is kept from one case to the next.
//!
//! Nothing is wiped between cases or moments. Each entry bears the number of the moment at which it was written, and
//! counts while that moment lasts; one that does not depend on the clock counts while its case does.

use super::members::{Span, row_count};
use crate::compile::{Program, SetId};
use crate::model::{Case, RecordId, Truth};
use crate::time::{Instant, Spans};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The memory of evaluations of one program.
#[derive(Debug)]
pub(crate) struct Memory {
    /// The number of the present moment, and that of the first moment of the present case.
    moment: u32,
    case: u32,
    pub(super) truths: Vec<Entry<Truth>>,
    pub(super) columns: Vec<Entry<()>>,
    pub(super) windows: Vec<Entry<Span>>,
    pub(super) selections: Vec<Entry<()>>,
    /// The least and the most that each measure counts.
    pub(super) counts: Vec<Entry<(i64, i64)>>,
    pub(super) followed: Vec<Entry<()>>,
    /// From when records count, for selections that count since something.
    pub(super) cuts: RefCell<Vec<Option<(u32, Cuts)>>>,
    /// The sets of records, as bits: for each those that are sure, then those that are or may be.
    bits: Vec<Cell<u64>>,
    /// For each kind of record: where its sets begin, and how many words half a set has.
    kinds: Vec<(usize, usize)>,
    pub(super) spans: RefCell<Spans>,
    pub(super) names: RefCell<Marks>,
    pub(super) terms: RefCell<Marks>,
}

/// Tells what is met for the first time in a search.
#[derive(Debug, Default)]
pub(super) struct Marks {
    search: u32,
    /// For each thing that is looked for, the last search in which it was met.
    last: Vec<u32>,
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

/// The two halves of a set of records: those that are sure, and those that are or may be.
pub(super) type Set<'m> = (&'m [Cell<u64>], &'m [Cell<u64>]);

impl Memory {
    pub(crate) fn new(program: &Program) -> Self {
        let nothing = Remembered { moment: 0, value: Truth::Unknown };
        Self {
            moment: 0,
            case: 0,
            truths: vec![Cell::new(nothing); program.terms.len()],
            columns: vec![Entry::default(); program.columns.len()],
            windows: vec![Entry::default(); program.windows.len()],
            selections: vec![Entry::default(); program.selections.len()],
            counts: vec![Entry::default(); program.measures.len()],
            followed: vec![Entry::default(); program.measures.len()],
            cuts: RefCell::new(vec![None; program.selections.len()]),
            bits: Vec::new(),
            kinds: Vec::with_capacity(program.sets.len()),
            spans: RefCell::default(),
            names: RefCell::default(),
            terms: RefCell::default(),
        }
    }

    /// Begins a case: everything is forgotten but the calendar.
    pub(super) fn begin(&mut self, program: &Program, case: &Case) {
        if self.moment >= u32::MAX / 2 {
            *self = Self { spans: self.spans.take().into(), ..Self::new(program) };
        }
        self.begin_moment();
        self.case = self.moment;
        self.kinds.clear();
        let mut end = 0;
        for (kind, sets) in (0u16..).map(RecordId).zip(&program.sets) {
            let words = row_count(case, kind).div_ceil(64);
            self.kinds.push((end, words));
            // One more, for evidence.
            end += (*sets as usize + 1) * 2 * words;
        }
        if self.bits.len() < end {
            self.bits.resize(end, Cell::new(0));
        }
    }

    /// Begins a moment: what depends on the clock is forgotten.
    pub(super) fn begin_moment(&mut self) {
        self.moment += 1;
    }

    /// What was worked out, if it still counts.
    pub(super) fn recall<T: Copy>(&self, entries: &[Entry<T>], at: usize, timed: bool) -> Option<T> {
        let entry = entries.get(at)?.get();
        self.counts_still(entry.moment, timed).then_some(entry.value)
    }

    pub(super) fn remember<T>(&self, entries: &[Entry<T>], at: usize, value: T) {
        if let Some(entry) = entries.get(at) {
            entry.set(Remembered { moment: self.moment, value });
        }
    }

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

    pub(super) fn set(&self, record: RecordId, set: SetId) -> Set<'_> {
        let Some((start, words)) = self.kinds.get(record.index()).copied() else { return (&[], &[]) };
        let from = start + set.0 as usize * 2 * words;
        let half = |from: usize| self.bits.get(from..from + words).unwrap_or_default();
        (half(from), half(from + words))
    }
}

impl Marks {
    pub(super) fn begin(&mut self) {
        if self.search == u32::MAX {
            *self = Self::default();
        }
        self.search += 1;
    }

    pub(super) fn is_first(&mut self, number: usize) -> bool {
        if self.last.len() <= number {
            self.last.resize(number + 1, 0);
        }
        self.last.get_mut(number).is_some_and(|mark| std::mem::replace(mark, self.search) != self.search)
    }
}
