//! Condition -> its monotonicity: what is looked at again to say until when an outcome holds.

use super::ids::{LengthId, SelectionId, TermId};
use super::program::{Follow, Latest, Program, Selection, Since, Term};
use crate::semantics::Monotonicity;
use crate::semantics::{Subject, Test};
use crate::time::Length;

impl Program {
    /// How time moves a term whose parts are laid out already.
    pub(super) fn monotonicity_of(&self, term: &Term) -> Monotonicity {
        let all = |parts: &[TermId]| {
            parts.iter().map(|part| self.monotonicity(*part)).fold(Monotonicity::CONSTANT, Monotonicity::with)
        };
        match term {
            Term::All(parts) | Term::Any(parts) => all(parts),
            Term::Not(part) => self.monotonicity(*part).turned(),
            Term::HowMany { comparison, of, .. } => all(of).compared(*comparison),
            Term::Test(test) => test.predicate.form().monotonicity(test.subject),
            Term::Count(count) => {
                let measure = self.measures.get(count.measure.0 as usize);
                measure.map_or(Monotonicity::ANY, |measure| measure.monotonicity).compared(count.comparison)
            }
            // Which record is the latest may change either way when one that may be meant leaves.
            Term::Latest(Latest { of, test, .. }) => {
                self.members_monotonicity(*of).with(self.monotonicity(*test)).both()
            }
            Term::Trend { of, trend } => trend.monotonicity(self.members_monotonicity(*of)),
            Term::Score { score, is } => {
                let Some(score) = self.scores.get(*score) else { return Monotonicity::ANY };
                let points = score.points.iter().map(|(points, term)| {
                    let monotonicity = self.monotonicity(*term);
                    if *points < 0 { monotonicity.turned() } else { monotonicity }
                });
                let sum = points.fold(Monotonicity::CONSTANT, Monotonicity::with);
                is.monotonicity(sum)
            }
        }
    }

    /// The spans that the answers which only fall are about, of those whose start may leap.
    pub(super) fn leaping_lengths(&mut self) -> Vec<LengthId> {
        let only_falls =
            |test: &&Test| test.predicate.form().monotonicity(Subject::RecordTime) == Monotonicity::FALLING;
        let tests = self.terms.iter().filter_map(|term| match term {
            Term::Test(test) => Some(test),
            _ => None,
        });
        let tests: Vec<Length> = tests.filter(only_falls).flat_map(|test| test.predicate.spans()).collect();
        for length in tests {
            self.length(length);
        }
        let leaps = |(_, length): &(LengthId, &Length)| length.exact_seconds().is_none();
        (0u32..).map(LengthId).zip(&self.lengths).filter(leaps).map(|(id, _)| id).collect()
    }

    /// How time moves what a selection means.
    pub(super) fn selection_monotonicity(&self, selection: &Selection) -> Monotonicity {
        let tests = selection
            .tests
            .iter()
            .map(|test| self.monotonicity(*test))
            .fold(Monotonicity::CONSTANT, Monotonicity::with);
        let since = selection.since.iter().map(|since| match since {
            Since::Instant(_) => Monotonicity::CONSTANT,
            Since::Record { of, .. } => self.members_monotonicity(*of).both(),
        });
        let windows = if selection.windows.is_empty() { Monotonicity::CONSTANT } else { Monotonicity::FALLING };
        since.fold(tests.with(windows), Monotonicity::with)
    }

    fn members_monotonicity(&self, id: SelectionId) -> Monotonicity {
        self.selections.get(id.0 as usize).map_or(Monotonicity::ANY, |selection| selection.monotonicity)
    }

    /// How time moves how many a measure counts.
    pub(super) fn measure_monotonicity(&self, of: SelectionId, follow: Option<&Follow>) -> Monotonicity {
        let of = self.members_monotonicity(of);
        match follow {
            None => of,
            Some(follow) if follow.not => Monotonicity::ANY,
            Some(follow) => of.with(self.members_monotonicity(follow.by)),
        }
    }
}
