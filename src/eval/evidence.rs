//! The records that made a condition true.

use super::members::{Member, times};
use super::memory::Marks;
use super::parts;
use super::run::Run;
use super::sets::{Ones, put};
use crate::compile::{Grounds, MeasureId, Rule, SelectionId, Term, TermId};
use crate::model::{RecordId, Truth};
use crate::time::Instant;

impl Run<'_> {
    /// Adds the records that made a rule apply, by kind and oldest first; each once, and not the call itself.
    pub(super) fn gather_evidence(&self, rule: &Rule, found: &mut Vec<(RecordId, usize)>) {
        match rule.grounds {
            Grounds::Call => {}
            Grounds::Count(measure) if self.memory.is_time_of_call() => self.gather_counted(measure, found),
            Grounds::Count(_) | Grounds::Several => self.gather_what_is_so(rule.when, found),
        }
    }

    /// Adds the records that the pass counted for certain.
    fn gather_counted(&self, measure: MeasureId, found: &mut Vec<(RecordId, usize)>) {
        let measure = self.program.measures.get(measure.0 as usize);
        let Some(selection) = measure.and_then(|measure| self.program.selections.get(measure.of.0 as usize)) else {
            return;
        };
        let record = selection.record;
        let window = self.program.windows.get(selection.window.0 as usize);
        let start = window.and_then(|window| self.window_start(window)).unwrap_or(Instant::MIN);
        let times = times(self.case, record);
        let (sets, stride) = self.memory.words(record);
        for (word, set) in sets.iter().skip(selection.set.0 as usize).step_by(stride).enumerate() {
            // The call itself comes after the last record, and is no evidence.
            let counts = |index: &usize| times.get(*index).is_some_and(|time| *time >= start);
            found.extend(Ones::of(set.get().sure, word).filter(counts).map(|index| (record, index)));
        }
    }

    fn gather_what_is_so(&self, term: TermId, found: &mut Vec<(RecordId, usize)>) {
        let mut seen = self.memory.terms.take();
        seen.begin();
        self.mark_evidence(term, &mut seen);
        self.memory.terms.replace(seen);
        self.memory.take_evidence(found);
    }

    fn mark_evidence(&self, term: TermId, seen: &mut Marks) {
        if !seen.is_first(term.0 as usize) || self.truth(term) == Truth::No {
            return;
        }
        match self.program.terms.get(term.0 as usize) {
            Some(Term::Count(count)) => {
                let members = self.counted_for_certain(count.measure);
                members.add_sure_to(self.memory.evidence(members.record));
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
    fn mark_last(&self, of: SelectionId, first: bool, number: usize) {
        let members = self.members_for_certain(of);
        let set = self.memory.evidence(members.record);
        let mark = |member: Member| {
            set.iter().skip(member.index / 64).take(1).for_each(|word| put(word, member.index, true));
        };
        if first {
            members.sure().take(number).for_each(mark);
        } else {
            members.sure().rev().take(number).for_each(mark);
        }
    }
}
