//! The records that made a condition true.

use super::evaluation::Evaluation;
use super::members::{Member, times};
use super::scratch::Marks;
use super::sets::{Half, put};
use crate::compile::{CompiledRule, EvidenceSource, SelectionId, Term, TermId};
use crate::model::{RecordId, Truth};

impl Evaluation<'_> {
    /// Adds the records that made a rule apply, by kind and oldest first; each once, and not the call itself.
    #[inline]
    pub(super) fn gather_evidence(&self, rule: &CompiledRule, found: &mut Vec<(RecordId, usize)>) {
        match rule.evidence_source {
            EvidenceSource::Call => {}
            EvidenceSource::Bit(record, member) if self.memory.is_time_of_call() => {
                // The call itself comes after the last record, and is no evidence.
                let records = times(self.case, record).len();
                let rows = self.memory.bits.set(member).rows(Half::Sure, 0).filter(|index| *index < records);
                found.extend(rows.map(|index| (record, index)));
            }
            EvidenceSource::Bit(..) | EvidenceSource::Several => self.gather_what_is_so(rule.when, found),
        }
    }

    #[inline(never)]
    fn gather_what_is_so(&self, term: TermId, found: &mut Vec<(RecordId, usize)>) {
        let mut seen = self.memory.terms.take();
        seen.begin();
        self.mark_evidence(term, &mut seen);
        self.memory.terms.replace(seen);
        self.memory.take_evidence(self.case, found);
    }

    fn mark_evidence(&self, term: TermId, seen: &mut Marks) {
        if !seen.is_first(term.0 as usize) || self.truth(term) == Truth::No {
            return;
        }
        match self.program.ir.term(term) {
            Some(Term::Count { measure, .. }) => {
                let members = self.counted_for_certain(*measure);
                members.add_sure_to(self.memory.evidence(members.record));
            }
            Some(Term::Latest { first, of, .. }) => self.mark_last(*of, *first, 1),
            Some(Term::Trend { of, trend }) => self.mark_last(*of, false, trend.last()),
            Some(Term::Score { score, .. }) => {
                self.program.ir.points(*score).iter().for_each(|(_, part)| self.mark_evidence(*part, seen));
            }
            Some(Term::Not(_)) | None => {}
            Some(_) => self.program.ir.parts(term).iter().for_each(|part| self.mark_evidence(*part, seen)),
        }
    }

    /// Marks the last few (or the first) of those that a selection means for certain.
    fn mark_last(&self, of: SelectionId, first: bool, number: usize) {
        let members = self.members_for_certain(of);
        let set = self.memory.evidence(members.record);
        let mark = |member: Member| {
            set.iter().skip(member.index / 64).take(1).for_each(|word| put(word, member.index, true));
        };
        members.last_sure(first, number).into_iter().for_each(mark);
    }
}
