//! The records that made a condition true.

use super::members::places;
use super::memory::Marks;
use super::parts;
use super::run::Run;
use crate::compile::{Term, TermId};
use crate::model::{RecordId, Truth};

impl Run<'_> {
    /// Adds the records that made a condition true, by kind and oldest first; each once, and not the call itself.
    pub(super) fn gather_evidence(&self, term: TermId, found: &mut Vec<(RecordId, usize)>) {
        for (kind, _) in self.kinds() {
            let (sure, all) = self.evidence_set(kind);
            sure.iter().chain(all).for_each(|word| word.set(0));
        }
        let mut seen = self.memory.terms.take();
        seen.begin();
        self.mark_evidence(term, &mut seen);
        self.memory.terms.replace(seen);
        for (kind, records) in self.kinds() {
            let (marked, _) = self.evidence_set(kind);
            found.extend(places(marked, 0).filter(|index| *index < records).map(|index| (kind, index)));
        }
    }

    fn kinds(&self) -> impl Iterator<Item = (RecordId, usize)> {
        let kinds = (0u16..).map(RecordId).take(self.program.sets.len());
        kinds.filter_map(|kind| Some((kind, self.case.records(kind)?.len())))
    }

    fn mark_evidence(&self, term: TermId, seen: &mut Marks) {
        if !seen.is_first(term.0 as usize) || self.truth(term) == Truth::No {
            return;
        }
        match self.program.terms.get(term.0 as usize) {
            Some(Term::Count(count)) => {
                let members = self.counted_for_certain(count.measure);
                members.add_sure_to(self.evidence_set(members.record).0);
            }
            Some(Term::Latest { first, of, .. }) => self.mark_last(*of, *first, 1),
            Some(Term::Closer { last, of }) => self.mark_last(*of, false, usize::try_from(*last).unwrap_or(0)),
            Some(Term::Gap(of)) => self.mark_last(*of, false, 2),
            Some(Term::Score { score, .. }) => {
                let points = self.program.scores.get(*score).map(|score| score.points.as_slice()).unwrap_or_default();
                points.iter().for_each(|(_, part)| self.mark_evidence(*part, seen));
            }
            Some(Term::Not(_)) | None => {}
            Some(_) => parts(self.program, term).iter().for_each(|part| self.mark_evidence(*part, seen)),
        }
    }

    /// Marks the last few (or the first) of those that a selection means for certain.
    fn mark_last(&self, of: crate::compile::SelectionId, first: bool, number: usize) {
        let members = self.members_for_certain(of);
        let set = self.evidence_set(members.record);
        let mark = |member: super::members::Member| super::select::put(set, member.index, Truth::Yes);
        if first {
            members.sure().take(number).for_each(mark);
        } else {
            members.sure().rev().take(number).for_each(mark);
        }
    }
}
