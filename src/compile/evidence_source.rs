//! Which records a rule names when it applies, for rules of which that can be said beforehand.

use super::ids::{MeasureId, TermId};
use super::ir::{Ir, Term};
use super::record_plan::MemberBit;
use crate::model::RecordId;

/// Where the evidence of a rule comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EvidenceSource {
    /// From no record: only the call is asked about.
    #[default]
    Call,
    /// From the records that have one bit, whenever the rule applies at the time of the call.
    Bit(RecordId, MemberBit),
    /// From whatever turns out to be so.
    Several,
}

impl EvidenceSource {
    fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Call, one) | (one, Self::Call) => one,
            (one, other) if one == other => one,
            _ => Self::Several,
        }
    }

    /// What each term rests on where it holds. `counted` gives the bit of which a measure counts no more, where there is one.
    pub(super) fn of_terms(ir: &Ir, counted: impl Fn(MeasureId) -> Option<MemberBit>) -> Vec<Self> {
        let mut known: Vec<Self> = Vec::with_capacity(ir.terms.len());
        for term in &ir.terms {
            // The parts of a term come before it.
            known.push(Self::of(ir, &counted, term, &known));
        }
        known
    }

    fn of(ir: &Ir, counted: &impl Fn(MeasureId) -> Option<MemberBit>, term: &Term, known: &[Self]) -> Self {
        let of = |part: &TermId| known.get(part.0 as usize).copied().unwrap_or(Self::Several);
        let together = |parts: &[TermId]| parts.iter().map(of).fold(Self::Call, Self::with);
        match term {
            Term::All(parts) => together(parts),
            // Only some of the parts may be so.
            Term::Any(parts) | Term::HowMany { of: parts, .. } => match together(parts) {
                Self::Call => Self::Call,
                _ => Self::Several,
            },
            Term::Test(_) | Term::Not(_) | Term::Presumed(_) => Self::Call,
            Term::Count { measure, .. } => {
                // Whatever sets them apart, all those with the bit are counted; but not all of them need be followed.
                let plain = ir.measure(*measure).filter(|measure| measure.follow.is_none());
                plain
                    .zip(counted(*measure))
                    .map_or(Self::Several, |(measure, member)| Self::Bit(measure.record, member))
            }
            Term::Latest { .. } | Term::Trend { .. } | Term::Score { .. } => Self::Several,
        }
    }
}
