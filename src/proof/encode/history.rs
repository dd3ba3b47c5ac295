//! What of a history is looked at.

use crate::model::{LinkTo, RecordId};
use crate::proof::solver::Lit;
use crate::time::Instant;
use std::collections::BTreeMap;

/// What of a history is looked at.
#[derive(Clone, Debug)]
pub(in crate::proof) enum History {
    /// Any history, at any moment: what is counted may be any number that the other numbers allow. What cannot be so here cannot
    /// be so at all; what can be so here may still be impossible.
    Any,
    /// At a moment, so many records of each kind and no more. What can be so here is a case.
    Of { now: Instant, records: BTreeMap<RecordId, usize> },
}

/// Of which records all are known: all of a kind, or all that are linked in some way.
pub(in crate::proof) type Extent = (RecordId, Vec<LinkTo>);

/// That there is certainly nothing to count from, that there may be nothing, and that nobody can say what there is.
pub(in crate::proof) type Starts = [Lit; 3];
