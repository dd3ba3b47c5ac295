//! Which records a rule rests on when it applies, for rules of which that can be said beforehand.

use super::evidence_source::EvidenceSource;
use super::ids::TermId;
use super::program::{Program, Term};

impl Program {
    /// Says of each rule what it rests on.
    pub(super) fn find_evidence_sources(&mut self) {
        let mut known: Vec<EvidenceSource> = Vec::with_capacity(self.terms.len());
        for term in &self.terms {
            // The parts of a term come before it.
            known.push(self.evidence_source_of(term, &known));
        }
        for rule in &mut self.rules {
            rule.evidence_source = known.get(rule.when.0 as usize).copied().unwrap_or(EvidenceSource::Several);
        }
    }

    fn evidence_source_of(&self, term: &Term, known: &[EvidenceSource]) -> EvidenceSource {
        let of = |part: &TermId| known.get(part.0 as usize).copied().unwrap_or(EvidenceSource::Several);
        let together = |parts: &[TermId]| parts.iter().map(of).fold(EvidenceSource::Call, EvidenceSource::with);
        match term {
            Term::All(parts) => together(parts),
            // Only some of the parts may be so.
            Term::Any(parts) | Term::HowMany { of: parts, .. } => match together(parts) {
                EvidenceSource::Call => EvidenceSource::Call,
                _ => EvidenceSource::Several,
            },
            Term::Test(_) | Term::Not(_) => EvidenceSource::Call,
            Term::Count(count) => {
                // Whatever sets them apart, all those with the role are counted; but not all of them need be followed.
                let measure = self.measures.get(count.measure.0 as usize).filter(|measure| measure.follow.is_none());
                let counted = measure.and_then(|measure| Some((measure.record, measure.at_most?)));
                counted.map_or(EvidenceSource::Several, |(record, role)| EvidenceSource::Role(record, role))
            }
            Term::Latest(_) | Term::Trend { .. } | Term::Score { .. } => EvidenceSource::Several,
        }
    }
}
