//! Answers when nothing is presumed: what no answer to a question could take back.

use super::evaluation::Evaluation;
use crate::compile::{Term, TermId};
use crate::model::Truth;
use crate::semantics::{how_many, sum};

impl Evaluation<'_> {
    /// The truth of a condition about the call where what is unanswered is left open, also by scores that count it as yes and by tests that hold until it is answered.
    #[inline]
    pub(crate) fn open_truth(&self, term: TermId) -> Truth {
        if !self.program.plan.presumes(term) {
            return self.truth(term);
        }
        let timed = self.program.plan.monotonicity(term).is_timed();
        self.once(&self.memory.open, term.0 as usize, timed, || self.work_out_open(term))
    }

    fn work_out_open(&self, id: TermId) -> Truth {
        let Some(term) = self.program.ir.term(id) else { return Truth::Unknown };
        self.of_parts(term, |part| self.open_truth(part)).unwrap_or_else(|| self.truth(id))
    }

    /// The answer of a condition that is made of others, from theirs, with nothing presumed; `None` for any other condition.
    pub(super) fn of_parts(&self, term: &Term, answer: impl Fn(TermId) -> Truth) -> Option<Truth> {
        Some(match term {
            Term::All(parts) => Truth::least(parts.iter().map(|part| answer(*part))),
            Term::Any(parts) => Truth::greatest(parts.iter().map(|part| answer(*part))),
            Term::Not(part) => !answer(*part),
            // The answers of the parts are those where nothing is presumed.
            Term::Presumed(part) => answer(*part),
            Term::HowMany { comparison, number, of } => {
                how_many(*comparison, **number, of.iter().map(|part| answer(*part)))
            }
            Term::Score { score, is } => self.is_score(*score, is, self.sum_between(*score, answer)),
            Term::Test(_) | Term::Count { .. } | Term::Latest { .. } | Term::Trend { .. } => return None,
        })
    }

    /// The least and the most that a score can be, from the answers to its points.
    pub(super) fn sum_between(&self, score: usize, answer: impl Fn(TermId) -> Truth) -> (i64, i64) {
        sum(self.program.ir.points(score).iter().map(|(points, term)| (**points, answer(*term))))
    }
}
