//! A condition of a rule, with every name resolved and every setting at its value.

use super::test::Test;
use super::trend::Trend;
use crate::model::{FieldId, RecordId};
use crate::syntax::tree::Comparison;
use crate::time::{Instant, Length};
use std::sync::Arc;

/// A named condition, by its place among those of the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DefinitionId(pub u32);

/// A score, by its place among those of the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScoreId(pub u32);

#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    HowMany { comparison: Comparison, number: i64, of: Vec<Condition> },
    Test(Test),
    Count(Count),
    Latest { first: bool, of: Arc<Selection>, test: Box<Condition> },
    Trend { of: Arc<Selection>, trend: Trend },
    Defined(DefinitionId),
    Score { score: ScoreId, is: ScoreIs },
}

impl Condition {
    /// The records that it is about.
    pub fn of(&self) -> Option<&Arc<Selection>> {
        match self {
            Self::Count(Count { of, .. }) | Self::Latest { of, .. } | Self::Trend { of, .. } => Some(of),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ScoreIs {
    Compare(Comparison, i64),
    /// Bit `n` for the band at position `n`.
    In {
        bands: u64,
        not: bool,
    },
}

/// So many of some records.
#[derive(Clone, Debug, PartialEq)]
pub struct Count {
    pub comparison: Comparison,
    pub number: i64,
    /// The field whose different identities are counted, instead of the records.
    pub different: Option<FieldId>,
    pub of: Arc<Selection>,
    pub follow: Option<Arc<Follow>>,
}

/// Which records are meant: those that pass every test. Rules that are alike share it.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    pub record: RecordId,
    /// Spans that the record's time must lie in.
    pub windows: Vec<Length>,
    pub since: Vec<Since>,
    pub tests: Vec<Condition>,
    /// Whether this call counts too, as a record of its own kind.
    pub this_call: bool,
    pub said: SurfaceForm,
}

/// The words of a selection that its meaning leaves open, for whoever says it again. Selections are equal when they
/// mean the same, so any two of these are.
#[derive(Clone, Debug, Default)]
pub struct SurfaceForm {
    /// The group of records that it begins with.
    pub group: Option<String>,
    /// The preposition of each test that was written as `by the same caller`, with its place among the tests.
    pub same: Vec<(usize, String)>,
    /// The preposition of each link of a follower that was written as `by that caller`.
    pub that: Vec<String>,
}

impl PartialEq for SurfaceForm {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Since {
    Instant(Instant),
    Record { first: bool, of: Selection },
}

/// Another record that comes at or after the first and within the span after it, or none that does.
#[derive(Clone, Debug, PartialEq)]
pub struct Follow {
    pub not: bool,
    pub within: Length,
    pub by: Arc<Selection>,
    /// Fields that must share somebody: the follower's and the first record's.
    pub that: Vec<(FieldId, FieldId)>,
}
