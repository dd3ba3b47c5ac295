//! The rules by what each cannot do without, so that few of many are asked about a case.

use super::ids::{MeasureId, RuleId, TermId};
use crate::model::RecordId;

/// A rule that needs so many of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Threshold {
    pub number: i64,
    pub rule: RuleId,
}

/// Rules that need so many of something, the fewest first.
pub(super) type Thresholds = Vec<Threshold>;

/// The rules by what each cannot do without. A rule that stands under several things needs one of them; where none is
/// there, the answer to its condition is no, and nobody has to work that out.
///
/// Rules that differ in a number only stand under one counter in the order of their numbers, so one count tells which of
/// a thousand to ask.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// Rules that can always apply.
    pub always: Vec<RuleId>,
    /// Rules that need so many records with some bit, plan by plan.
    pub records: Vec<RecordThresholds>,
    /// Rules that need so many of something else that is counted.
    pub measures: Vec<(MeasureId, Thresholds)>,
    /// Rules that need so many points of a score.
    pub scores: Vec<(usize, Thresholds)>,
    /// Rules that need the answer to a condition not to be no.
    pub terms: Vec<(TermId, Vec<RuleId>)>,
    /// Rules that may come to apply when nothing is learnt and time passes, though they lack what they need.
    pub may_become_true: Vec<RuleId>,
}

/// Rules that need so many records with a bit of one plan.
#[derive(Clone, Debug)]
pub struct RecordThresholds {
    pub record: RecordId,
    /// The bits of which some rule needs a record.
    pub needed: u64,
    /// For each bit the rules that need it.
    pub needs: Vec<Thresholds>,
}
