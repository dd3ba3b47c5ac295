//! The compiled policy: flat tables, each entry naming earlier ones.

use super::evidence_source::EvidenceSource;
use super::ids::{LengthId, MeasureId, SelectionId, TermId, WindowId, numbered};
use super::index::Index;
use super::sheets::{RoleId, SetId, Sheet};
use crate::check::Effect;
use crate::model::{FactId, FieldId, OutcomeId, Outcomes, RecordId, Vocabulary};
use crate::semantics::{Band, Monotonicity, ScoreIs, Test, Trend};
use crate::syntax::tree::Comparison;
use crate::time::{Instant, Length};
use std::sync::Arc;

/// Equal conditions, selections and measures stand once, whichever rules use them.
#[derive(Clone, Debug, Default)]
pub struct Program {
    pub terms: Vec<Term>,
    /// One for each term.
    pub(super) monotonicities: Vec<Monotonicity>,
    /// For each term whether several conditions ask for it, so that its answer is worth remembering.
    pub(super) shared: Vec<bool>,
    /// For each term whether it rests on a score that counts what is unanswered as yes.
    pub(super) presuming: Vec<bool>,
    pub selections: Vec<Selection>,
    pub measures: Vec<Measure>,
    pub windows: Vec<Window>,
    /// The lengths of all spans in which records are looked for, or times of theirs.
    pub lengths: Vec<Length>,
    /// What is asked of records, kind by kind.
    pub sheets: Vec<Sheet>,
    /// For each kind of record how many sets are worked out after the pass.
    pub sets: Vec<u32>,
    pub scores: Vec<Score>,
    /// In the order of the policy's rules.
    pub rules: Vec<Rule>,
    /// The outcomes before any rule has spoken, and those that the control room's own grading never lets below a fact.
    pub lowest: Outcomes,
    pub floors: Vec<(OutcomeId, FactId)>,
    pub index: Index,
    /// Things of which each way to turn out may let some rule apply, and the conditions that read them.
    pub pivots: Vec<(Pivot, Vec<TermId>)>,
    /// Every link that a condition follows.
    pub links: Vec<Link>,
    /// The spans that answers which only fall are about, of those whose start may leap.
    pub leaping: Vec<LengthId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Term {
    All(Box<[TermId]>),
    Any(Box<[TermId]>),
    Not(TermId),
    HowMany { comparison: Comparison, number: i64, of: Box<[TermId]> },
    Test(Test),
    Count(Count),
    Latest(Latest),
    Trend { of: SelectionId, trend: Trend },
    Score { score: usize, is: ScoreIs },
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Count {
    pub measure: MeasureId,
    pub comparison: Comparison,
    pub number: i64,
    /// What is counted, for people.
    pub words: Arc<str>,
}

/// Whether the latest (or the first) of the records that a selection means passes a test.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Latest {
    pub first: bool,
    pub of: SelectionId,
    pub test: TermId,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Selection {
    pub record: RecordId,
    pub windows: Vec<Length>,
    pub since: Vec<Since>,
    pub tests: Box<[TermId]>,
    pub this_call: bool,
    /// The spans, which others may share.
    pub window: WindowId,
    /// The tests that depend on the clock.
    pub timed: Box<[TermId]>,
    pub monotonicity: Monotonicity,
    /// The role of those that pass every test which does not depend on the clock, whatever their time.
    pub still: RoleId,
    /// Where the records that it means later on are noted, when some test depends on the clock.
    pub set: SetId,
}

/// Spans in which a record's time must lie, all of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    pub record: RecordId,
    pub lengths: Vec<LengthId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Since {
    Instant(Instant),
    Record { first: bool, of: SelectionId },
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Measure {
    pub of: SelectionId,
    pub different: Option<FieldId>,
    pub follow: Option<Follow>,
    pub monotonicity: Monotonicity,
    pub record: RecordId,
    /// The role that it counts, when nothing is asked but how many records in some spans pass some tests.
    pub counted: Option<RoleId>,
    /// A role that no fewer records have than it counts, so that it need not be asked where these are too few.
    pub at_most: Option<RoleId>,
    /// Where the records that it counts are noted, when it asks what follows.
    pub set: SetId,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Follow {
    pub not: bool,
    pub within: Length,
    pub by: SelectionId,
    pub that: Vec<(FieldId, FieldId)>,
}

#[derive(Clone, Debug, Default)]
pub struct Score {
    pub name: String,
    pub points: Vec<(i64, TermId)>,
    pub bands: Vec<Band>,
    pub unanswered_as_yes: bool,
}

/// A link that some condition follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Link {
    OfCall { fact: FactId, to: RecordId },
    OfRecord { record: RecordId, field: FieldId, to: RecordId },
}

/// One unknown thing, in the order in which they are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pivot {
    Fact(FactId),
    Score(usize),
    Measure(MeasureId),
    Term(TermId),
}

#[derive(Clone, Debug)]
pub struct Rule {
    pub name: String,
    /// How many policies the one that wrote it is built on.
    pub layer: usize,
    pub when: TermId,
    pub presumed: bool,
    pub from: Option<Instant>,
    pub until: Option<Instant>,
    pub trial: bool,
    /// The first and last second of the calls for which it is suspended.
    pub suspended: Option<(Instant, Instant)>,
    pub effects: Arc<[Effect]>,
    /// Whether it may add more than is certain, because an effect rests on a fact of the call that may not be known.
    pub adds_more: bool,
    pub because: Vec<Piece>,
    pub evidence_source: EvidenceSource,
    pub standing: Standing,
}

/// When a rule applies as it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Always,
    /// Its dates, its trial or its suspension have to be looked at.
    Limited,
}

#[derive(Clone, Debug)]
pub enum Piece {
    Text(Arc<str>),
    Count(MeasureId, Option<Arc<(String, String)>>),
    Ids(MeasureId),
    Latest(MeasureId),
    Field(MeasureId, FieldId),
    Fact(FactId),
    Score(usize),
}

impl Rule {
    /// Whether a call at this time comes within its dates.
    pub fn is_in_force(&self, at: Instant) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at <= until)
    }

    /// The last second of its suspension, where a call at this time comes within it.
    pub fn suspended_until(&self, at: Instant) -> Option<Instant> {
        self.suspended.filter(|(from, until)| *from <= at && at <= *until).map(|(_, until)| until)
    }

    /// Whether it is evaluated and reported for a call at this time, and changes nothing.
    pub fn is_without_effect(&self, at: Instant) -> bool {
        self.trial || self.suspended_until(at).is_some()
    }
}

impl Program {
    /// What adds to a score, and how much.
    pub fn points(&self, score: usize) -> &[(i64, TermId)] {
        self.scores.get(score).map(|score| score.points.as_slice()).unwrap_or_default()
    }

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

    /// Whether an answer may be taken back when more is learnt: where it rests on a score that counts what is unanswered
    /// as yes.
    #[inline]
    pub fn presumes(&self, term: TermId) -> bool {
        self.presuming.get(term.0 as usize).is_some_and(|presuming| *presuming)
    }

    /// Finds out which terms rest on a score that counts what is unanswered as yes.
    pub(super) fn find_presuming(&mut self) {
        for at in 0..self.terms.len() {
            // The parts of a term come before it.
            let presumes = |part: &TermId| self.presumes(*part);
            let presuming = match self.terms.get(at) {
                Some(Term::All(parts) | Term::Any(parts) | Term::HowMany { of: parts, .. }) => {
                    parts.iter().any(presumes)
                }
                Some(Term::Not(part)) => presumes(part),
                Some(Term::Score { score, .. }) => self.scores.get(*score).is_some_and(|score| {
                    score.unanswered_as_yes || score.points.iter().any(|(_, point)| presumes(point))
                }),
                _ => false,
            };
            self.presuming.push(presuming);
        }
    }

    /// Finds out which terms several conditions, or several rules, ask for.
    pub(super) fn find_shared(&mut self) {
        let mut askers = vec![0u8; self.terms.len()];
        let mut ask = |term: &TermId| {
            if let Some(askers) = askers.get_mut(term.0 as usize) {
                *askers = askers.saturating_add(1);
            }
        };
        for term in &self.terms {
            match term {
                Term::All(parts) | Term::Any(parts) | Term::HowMany { of: parts, .. } => {
                    parts.iter().for_each(&mut ask);
                }
                Term::Not(part) => ask(part),
                _ => {}
            }
        }
        self.scores.iter().flat_map(|score| &score.points).for_each(|(_, term)| ask(term));
        self.rules.iter().for_each(|rule| ask(&rule.when));
        self.index.terms.iter().for_each(|(term, _)| ask(term));
        self.shared = askers.into_iter().map(|askers| askers > 1).collect();
    }

    pub(super) fn find_lowest(&mut self, vocabulary: &Vocabulary) {
        self.lowest = Outcomes(vocabulary.outcomes.iter().map(|outcome| outcome.kind.least()).collect());
        let numbered = (0u16..).map(OutcomeId).zip(&vocabulary.outcomes);
        self.floors = numbered.filter_map(|(id, outcome)| Some((id, outcome.kind.floor()?))).collect();
    }

    /// The place of a length among those of spans.
    pub(super) fn length(&mut self, length: Length) -> LengthId {
        let lengths = &mut self.lengths;
        let place = lengths.iter().position(|known| *known == length).unwrap_or_else(|| {
            lengths.push(length);
            lengths.len() - 1
        });
        LengthId(numbered(place))
    }

    /// The same program in which selections mean records of any age.
    #[must_use]
    pub fn without_spans(&self) -> Self {
        let mut wide = self.clone();
        wide.selections.iter_mut().for_each(|selection| selection.windows.clear());
        wide.windows.iter_mut().for_each(|window| window.lengths.clear());
        wide.sheets.iter_mut().for_each(|sheet| sheet.spans.clear());
        wide
    }

    /// The most comparisons that one evaluation takes when each list of the history holds `records` records.
    pub fn bound(&self, records: u64) -> u64 {
        let tests = |id: SelectionId| {
            self.selections.get(id.0 as usize).map_or(0, |selection| {
                selection.tests.iter().map(|test| self.size(*test)).sum::<u64>() + selection.windows.len() as u64 + 1
            })
        };
        let rows = |id: SelectionId| records.saturating_add(1).saturating_mul(tests(id));
        let selections = (0..self.selections.len()).map(|at| rows(SelectionId(u32::try_from(at).unwrap_or(u32::MAX))));
        let logarithm = u64::from(64 - records.leading_zeros()) + 1;
        let follows = self.measures.iter().filter(|measure| measure.follow.is_some()).count() as u64;
        let follows = follows.saturating_mul(records.saturating_add(1)).saturating_mul(logarithm);
        let answers = follows.saturating_add(self.terms.len() as u64).saturating_add(self.steps_of_pivots());
        selections.fold(0, u64::saturating_add).saturating_add(answers)
    }

    fn size(&self, term: TermId) -> u64 {
        match self.terms.get(term.0 as usize) {
            Some(Term::All(parts) | Term::Any(parts) | Term::HowMany { of: parts, .. }) => {
                parts.iter().map(|part| self.size(*part)).fold(1, u64::saturating_add)
            }
            Some(Term::Not(part)) => self.size(*part).saturating_add(1),
            _ => 1,
        }
    }
}
