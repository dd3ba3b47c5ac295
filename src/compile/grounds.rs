//! Which records a rule rests on when it applies, for rules of which that can be said beforehand.

use super::program::{Program, Term, TermId};
use super::sheets::RoleId;
use crate::model::RecordId;

/// Where the evidence of a rule comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grounds {
    /// From no record: only the call is asked about.
    #[default]
    Call,
    /// From the records that have one role, whenever the rule applies at the time of the call.
    Role(RecordId, RoleId),
    /// From whatever turns out to be so.
    Several,
}

impl Grounds {
    fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Call, one) | (one, Self::Call) => one,
            (one, other) if one == other => one,
            _ => Self::Several,
        }
    }
}

impl Program {
    /// Says of each rule what it rests on.
    pub(super) fn find_grounds(&mut self) {
        let mut known: Vec<Grounds> = Vec::with_capacity(self.terms.len());
        for term in &self.terms {
            // The parts of a term come before it.
            known.push(self.grounds_of(term, &known));
        }
        for rule in &mut self.rules {
            rule.grounds = known.get(rule.when.0 as usize).copied().unwrap_or(Grounds::Several);
        }
    }

    fn grounds_of(&self, term: &Term, known: &[Grounds]) -> Grounds {
        let of = |part: &TermId| known.get(part.0 as usize).copied().unwrap_or(Grounds::Several);
        let together = |parts: &[TermId]| parts.iter().map(of).fold(Grounds::Call, Grounds::with);
        match term {
            Term::All(parts) => together(parts),
            // Only some of the parts may be so.
            Term::Any(parts) | Term::HowMany { of: parts, .. } => match together(parts) {
                Grounds::Call => Grounds::Call,
                _ => Grounds::Several,
            },
            Term::Test(_) | Term::Not(_) => Grounds::Call,
            Term::Count(count) => {
                // Whatever sets them apart, all those with the role are counted; but not all of them need be followed.
                let measure = self.measures.get(count.measure.0 as usize).filter(|measure| measure.follow.is_none());
                let counted = measure.and_then(|measure| Some((measure.record, measure.at_most?)));
                counted.map_or(Grounds::Several, |(record, role)| Grounds::Role(record, role))
            }
            Term::Latest(_) | Term::Closer { .. } | Term::Gap(_) | Term::Score { .. } => Grounds::Several,
        }
    }
}
