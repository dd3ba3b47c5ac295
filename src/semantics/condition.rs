//! A condition of a rule, with every name resolved and every setting at its value.

use super::parameter::Parameter;
use super::score::{ScoreId, ScoreIs};
use super::test::Test;
use super::trend::Trend;
use crate::model::{FieldId, RecordId};
use crate::syntax::tree::Comparison;
use crate::time::{Instant, Length};
use std::sync::Arc;

/// A named condition, by its place among those of the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DefinitionId(pub u32);

#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    HowMany {
        comparison: Comparison,
        number: Parameter<i64>,
        of: Vec<Condition>,
    },
    Test(Test),
    /// So while it is not known either. Until it is known it is presumed, and can be taken back.
    Presumed(Box<Condition>),
    Count(Count),
    Latest {
        first: bool,
        of: Arc<Selection>,
        test: Box<Condition>,
    },
    Trend {
        of: Arc<Selection>,
        trend: Trend,
    },
    Defined(DefinitionId),
    Score {
        score: ScoreId,
        is: ScoreIs,
    },
}

/// What a condition or a selection is made of, one level down.
pub enum Use<'c> {
    Test(&'c Test),
    /// A condition about what the whole is about, or about a record of this kind.
    Part(&'c Condition, Option<RecordId>),
    Selection(&'c Selection),
    Field(RecordId, FieldId),
    Definition(DefinitionId),
    Score(ScoreId),
}

impl Condition {
    /// Everything that it is made of, for whoever only looks.
    pub fn uses(&self) -> Vec<Use<'_>> {
        match self {
            Self::All(parts) | Self::Any(parts) | Self::HowMany { of: parts, .. } => {
                parts.iter().map(|part| Use::Part(part, None)).collect()
            }
            Self::Not(part) | Self::Presumed(part) => vec![Use::Part(part, None)],
            Self::Test(test) => vec![Use::Test(test)],
            Self::Count(count) => {
                let different = count.different.map(|field| Use::Field(count.of.record, field));
                let follow = count.follow.iter().flat_map(|follow| {
                    let fields = |(own, first): &(FieldId, FieldId)| {
                        [Use::Field(follow.by.record, *own), Use::Field(count.of.record, *first)]
                    };
                    std::iter::once(Use::Selection(&follow.by)).chain(follow.that.iter().flat_map(fields))
                });
                std::iter::once(Use::Selection(&count.of)).chain(different).chain(follow).collect()
            }
            Self::Latest { of, test, .. } => vec![Use::Selection(of), Use::Part(test, Some(of.record))],
            Self::Trend { of, .. } => vec![Use::Selection(of)],
            Self::Defined(id) => vec![Use::Definition(*id)],
            Self::Score { score, .. } => vec![Use::Score(*score)],
        }
    }

    /// The records that it is about.
    pub fn of(&self) -> Option<&Arc<Selection>> {
        match self {
            Self::Count(Count { of, .. }) | Self::Latest { of, .. } | Self::Trend { of, .. } => Some(of),
            _ => None,
        }
    }
}

/// So many of some records.
#[derive(Clone, Debug, PartialEq)]
pub struct Count {
    pub comparison: Comparison,
    pub number: Parameter<i64>,
    /// The field whose different identities are counted, instead of the records.
    pub different: Option<FieldId>,
    pub of: Arc<Selection>,
    pub follow: Option<Arc<Follow>>,
}

impl Count {
    /// Whether it counts from a record that may not be there: then the answer is no, whatever the number.
    pub fn is_from_a_record(&self) -> bool {
        self.of.since.iter().any(|since| matches!(since, Since::Record { .. }))
    }
}

/// Which records are meant: those that pass every test. Rules that are alike share it.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    pub record: RecordId,
    /// Spans that the record's time must lie in.
    pub windows: Vec<Parameter<Length>>,
    pub since: Vec<Since>,
    pub tests: Vec<Condition>,
    /// Whether this call counts too, as a record of its own kind.
    pub this_call: bool,
    pub said: SurfaceForm,
}

impl Selection {
    /// Everything that it is made of, for whoever only looks.
    pub fn uses(&self) -> impl Iterator<Item = Use<'_>> {
        let since = self.since.iter().filter_map(|since| match since {
            Since::Record { of, .. } => Some(Use::Selection(of)),
            Since::Instant(_) | Since::Midnight => None,
        });
        self.tests.iter().map(|test| Use::Part(test, Some(self.record))).chain(since)
    }
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
    /// The start of the day that it is.
    Midnight,
    Record {
        first: bool,
        of: Selection,
    },
}

/// Another record that comes at or after the first and within the span after it, or none that does.
#[derive(Clone, Debug, PartialEq)]
pub struct Follow {
    pub not: bool,
    pub within: Parameter<Length>,
    pub by: Arc<Selection>,
    /// Fields that must share somebody: the follower's and the first record's.
    pub that: Vec<(FieldId, FieldId)>,
}
