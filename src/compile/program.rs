//! The compiled policy: flat tables, each entry naming earlier ones.

use crate::check::{Band, Effect, ScoreIs, Test};
use crate::model::{FactId, FieldId, RecordId};
use crate::syntax::tree::Comparison;
use crate::time::{Instant, Length};

/// A condition, by its place in [`Program::terms`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TermId(pub u32);

/// A selection, by its place in [`Program::selections`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SelectionId(pub u32);

/// Something counted, by its place in [`Program::measures`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MeasureId(pub u32);

/// Equal conditions, selections and measures stand once, whichever rules use them.
#[derive(Clone, Debug, Default)]
pub struct Program {
    pub terms: Vec<Term>,
    pub selections: Vec<Selection>,
    pub measures: Vec<Measure>,
    pub scores: Vec<Score>,
    /// In the order of the policy's rules.
    pub rules: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Term {
    All(Box<[TermId]>),
    Any(Box<[TermId]>),
    Not(TermId),
    HowMany { comparison: Comparison, number: i64, of: Box<[TermId]> },
    Test(Test),
    Count(Count),
    Latest { first: bool, of: SelectionId, test: TermId },
    Closer { last: i64, of: SelectionId },
    Gap(SelectionId),
    Score { score: usize, is: ScoreIs },
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Count {
    pub measure: MeasureId,
    pub comparison: Comparison,
    pub number: i64,
    /// What is counted, for people.
    pub words: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Selection {
    pub record: RecordId,
    pub windows: Vec<Length>,
    pub since: Vec<Since>,
    pub tests: Box<[TermId]>,
    pub this_call: bool,
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

#[derive(Clone, Debug)]
pub struct Rule {
    pub name: String,
    pub when: TermId,
    pub presumed: bool,
    pub from: Option<Instant>,
    pub until: Option<Instant>,
    pub trial: bool,
    /// The first and last second of the calls for which it is suspended.
    pub suspended: Option<(Instant, Instant)>,
    pub effects: Vec<Effect>,
    pub because: Vec<Piece>,
}

#[derive(Clone, Debug)]
pub enum Piece {
    Text(String),
    Count(MeasureId, Option<(String, String)>),
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
        selections.fold(0, u64::saturating_add).saturating_add(follows).saturating_add(self.terms.len() as u64)
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
