//! Ir -> how time moves each answer: what is looked at again to say until when an outcome holds.

use super::ids::{SelectionId, TermId};
use super::ir::{FlatMeasure, FlatSelection, FlatSince, Ir, Term};
use crate::semantics::Monotonicity;

/// How time moves the answer of each term.
pub(super) fn of_terms(ir: &Ir) -> Vec<Monotonicity> {
    let mut known = KnownMonotonicities { ir, terms: Vec::with_capacity(ir.terms.len()) };
    for term in &ir.terms {
        // The parts of a term come before it.
        known.terms.push(known.of_term(term));
    }
    known.terms
}

/// How time moves how many each measure counts, from how it moves the terms.
pub(super) fn of_measures(ir: &Ir, terms: &[Monotonicity]) -> Vec<Monotonicity> {
    let known = KnownMonotonicities { ir, terms: terms.to_vec() };
    ir.measures.iter().map(|measure| known.of_measure(measure)).collect()
}

struct KnownMonotonicities<'a> {
    ir: &'a Ir,
    terms: Vec<Monotonicity>,
}

impl KnownMonotonicities<'_> {
    fn of(&self, term: TermId) -> Monotonicity {
        self.terms.get(term.0 as usize).copied().unwrap_or_default()
    }

    fn all(&self, parts: &[TermId]) -> Monotonicity {
        parts.iter().map(|part| self.of(*part)).fold(Monotonicity::CONSTANT, Monotonicity::with)
    }

    fn of_term(&self, term: &Term) -> Monotonicity {
        match term {
            Term::All(parts) | Term::Any(parts) => self.all(parts),
            Term::Presumed(part) => self.of(*part),
            Term::Not(part) => self.of(*part).turned(),
            Term::HowMany { comparison, of, .. } => self.all(of).compared(*comparison),
            Term::Test(test) => test.predicate.form().monotonicity(test.subject),
            Term::Count { measure, comparison, .. } => {
                let measure = self.ir.measure(*measure);
                measure.map_or(Monotonicity::ANY, |measure| self.of_measure(measure)).compared(*comparison)
            }
            // Which record is the latest may change either way when one that may be meant leaves.
            Term::Latest { of, test, .. } => self.of_members(*of).with(self.of(*test)).both(),
            Term::Trend { of, trend } => trend.monotonicity(self.of_members(*of)),
            Term::Score { score, is } => {
                let points = self.ir.points(*score).iter().map(|(points, term)| {
                    let monotonicity = self.of(*term);
                    if **points < 0 { monotonicity.turned() } else { monotonicity }
                });
                let sum = points.fold(Monotonicity::CONSTANT, Monotonicity::with);
                is.monotonicity(sum)
            }
        }
    }

    /// How time moves which records a selection means.
    fn of_members(&self, id: SelectionId) -> Monotonicity {
        self.ir.selection(id).map_or(Monotonicity::ANY, |selection| self.of_selection(selection))
    }

    fn of_selection(&self, selection: &FlatSelection) -> Monotonicity {
        let since = selection.since.iter().map(|since| match since {
            FlatSince::Instant(_) => Monotonicity::CONSTANT,
            FlatSince::Midnight => Monotonicity::FALLING,
            FlatSince::Record { of, .. } => self.of_members(*of).both(),
        });
        let windows = if self.ir.spans(selection).is_empty() { Monotonicity::CONSTANT } else { Monotonicity::FALLING };
        since.fold(self.all(&selection.tests).with(windows), Monotonicity::with)
    }

    fn of_measure(&self, measure: &FlatMeasure) -> Monotonicity {
        let of = self.of_members(measure.of);
        match &measure.follow {
            None => of,
            Some(follow) if follow.not => Monotonicity::ANY,
            Some(follow) => of.with(self.of_members(follow.by)),
        }
    }
}
