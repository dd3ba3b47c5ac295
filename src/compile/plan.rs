//! What evaluating a policy needs besides its conditions: worked out from the [`Ir`](super::ir::Ir) once, by plain functions.

use super::ids::{LengthId, MeasureId, SelectionId, TermId, WindowId, numbered};
use super::index::Index;
use super::links::Link;
use super::pivots::Pivots;
use super::record_plan::{MemberBit, RecordPlan, SetId};
use crate::model::LinkTo;
use crate::semantics::Monotonicity;
use crate::time::Length;

/// How the conditions of a policy are evaluated, and in which order its rules are asked.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// For each term how time moves its answer.
    pub monotonicities: Vec<Monotonicity>,
    /// For each term whether several conditions ask for it, so that its answer is worth remembering.
    pub shared: Vec<bool>,
    /// For each term whether it rests on what is presumed while it is not known.
    pub presuming: Vec<bool>,
    /// For each selection.
    pub selections: Vec<SelectionPlan>,
    /// For each measure.
    pub measures: Vec<MeasurePlan>,
    /// For each window its spans.
    pub windows: Vec<Box<[LengthId]>>,
    /// The lengths of all spans in which records are looked for, or times of theirs.
    pub lengths: Lengths,
    /// What is asked of records, kind by kind.
    pub records: Vec<RecordPlan>,
    /// For each kind of record how many sets are worked out after the pass.
    pub sets: Vec<u32>,
    pub index: Index,
    /// Things of which each way to turn out may let some rule apply, and the conditions that read them.
    pub pivots: Pivots,
    /// Every link that a condition follows.
    pub links: Vec<Link>,
    /// The spans that answers which only fall are about, of those whose start may leap.
    pub leaping: Vec<LengthId>,
}

/// How it is found which records a selection means.
#[derive(Clone, Debug, Default)]
pub struct SelectionPlan {
    /// What its records must share with the call: with all records of some link, all that it can mean are known.
    pub links: Box<[LinkTo]>,
    /// The tests that depend on the clock.
    pub timed: Box<[TermId]>,
    /// The bit of the records that pass every test which does not depend on the clock, whatever their time.
    pub still: MemberBit,
    /// The bit of the records that it means at the time of the call, where some measure counts them and all records count.
    pub within: Option<MemberBit>,
    /// Where the records that it means are noted, when some test depends on the clock.
    pub set: SetId,
}

/// How it is found how many a measure counts.
#[derive(Clone, Debug, Default)]
pub struct MeasurePlan {
    pub monotonicity: Monotonicity,
    /// The bit that it counts at the time of the call, when nothing is asked but how many records in some spans pass some tests.
    pub counted: Option<MemberBit>,
    /// A bit that no fewer records have than it counts, so that it need not be asked where these are too few.
    pub at_most: Option<MemberBit>,
    /// Where the records that it counts are noted, when it asks what follows.
    pub set: SetId,
}

/// Lengths of spans, each once.
#[derive(Clone, Debug, Default)]
pub struct Lengths(pub Vec<Length>);

impl Lengths {
    /// The place of a length, which is added where it is new.
    pub(super) fn id(&mut self, length: Length) -> LengthId {
        let place = self.0.iter().position(|known| *known == length).unwrap_or_else(|| {
            self.0.push(length);
            self.0.len() - 1
        });
        LengthId(numbered(place))
    }

    /// Each length with its id.
    pub(super) fn iter(&self) -> impl Iterator<Item = (LengthId, Length)> {
        self.0.iter().enumerate().map(|(at, length)| (LengthId(numbered(at)), *length))
    }
}

impl Plan {
    /// How the answer of a term can move with the clock.
    #[inline]
    pub fn monotonicity(&self, term: TermId) -> Monotonicity {
        self.monotonicities.get(term.0 as usize).copied().unwrap_or_default()
    }

    /// Whether several conditions ask for a term.
    #[inline]
    pub fn is_shared(&self, term: TermId) -> bool {
        self.shared.get(term.0 as usize).is_none_or(|shared| *shared)
    }

    /// Whether an answer may be taken back when more is learnt: where it rests on a test that holds until it is answered, or on
    /// a score that counts what is unanswered as yes.
    #[inline]
    pub fn presumes(&self, term: TermId) -> bool {
        self.presuming.get(term.0 as usize).is_some_and(|presuming| *presuming)
    }

    #[inline]
    pub fn selection(&self, id: SelectionId) -> Option<&SelectionPlan> {
        self.selections.get(id.0 as usize)
    }

    #[inline]
    pub fn measure(&self, id: MeasureId) -> Option<&MeasurePlan> {
        self.measures.get(id.0 as usize)
    }

    /// The spans of a window.
    #[inline]
    pub fn window(&self, id: WindowId) -> &[LengthId] {
        self.windows.get(id.0 as usize).map(|window| &**window).unwrap_or_default()
    }
}
