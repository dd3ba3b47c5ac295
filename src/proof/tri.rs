//! Answers in three values -> literals: what is certain, and what is possible.
//!
//! Each function here is what the evaluator does with answers, said of all cases at once.

use super::gates::Gates;
use super::solver::Lit;
use crate::model::Truth;
use crate::semantics::{Band, ScoreIs};
use crate::syntax::tree::Comparison;

/// An answer: yes where `yes` holds, no where `may` does not, and open between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tri {
    pub yes: Lit,
    pub may: Lit,
}

impl Tri {
    /// An answer that is never open.
    pub(super) fn known(lit: Lit) -> Self {
        Self { yes: lit, may: lit }
    }

    pub(super) fn of(truth: Truth, gates: &Gates) -> Self {
        let lit = |is: bool| if is { gates.solver.yes() } else { gates.solver.no() };
        Self { yes: lit(truth == Truth::Yes), may: lit(truth != Truth::No) }
    }

    /// An answer that may be anything.
    pub(super) fn free(gates: &mut Gates) -> Self {
        let (yes, may) = (gates.solver.fresh(), gates.solver.fresh());
        gates.solver.clause([!yes, may]);
        Self { yes, may }
    }

    pub(super) fn negated(self) -> Self {
        Self { yes: !self.may, may: !self.yes }
    }

    /// Yes while it is open, too.
    pub(super) fn presumed(self) -> Self {
        Self::known(self.may)
    }

    pub(super) fn all(parts: &[Self], gates: &mut Gates) -> Self {
        let [yes, may] = halves(parts);
        Self { yes: gates.and(&yes), may: gates.and(&may) }
    }

    pub(super) fn any(parts: &[Self], gates: &mut Gates) -> Self {
        let [yes, may] = halves(parts);
        Self { yes: gates.or(&yes), may: gates.or(&may) }
    }

    /// The answer of this where a literal holds, and no elsewhere.
    pub(super) fn where_holds(self, lit: Lit, gates: &mut Gates) -> Self {
        Self { yes: gates.and(&[self.yes, lit]), may: gates.and(&[self.may, lit]) }
    }

    /// Open, unless a literal holds.
    pub(super) fn only_known_where(self, lit: Lit, gates: &mut Gates) -> Self {
        Self { yes: gates.and(&[self.yes, lit]), may: gates.or(&[self.may, !lit]) }
    }
}

fn halves(parts: &[Tri]) -> [Vec<Lit>; 2] {
    [parts.iter().map(|part| part.yes).collect(), parts.iter().map(|part| part.may).collect()]
}

/// A whole number that is only known to lie between two ends, by whether each of these is at least some number.
pub(super) trait Between {
    /// Whether the least is at least this number.
    fn least(&self, number: i64, gates: &mut Gates) -> Lit;

    /// Whether the most is at least this number.
    fn most(&self, number: i64, gates: &mut Gates) -> Lit;

    fn at_least(&self, number: i64, gates: &mut Gates) -> Tri {
        Tri { yes: self.least(number, gates), may: self.most(number, gates) }
    }

    fn compared(&self, comparison: Comparison, number: i64, gates: &mut Gates) -> Tri {
        match comparison {
            Comparison::AtLeast => self.at_least(number, gates),
            Comparison::MoreThan => self.at_least(number.saturating_add(1), gates),
            Comparison::AtMost => self.at_least(number.saturating_add(1), gates).negated(),
            Comparison::FewerThan => self.at_least(number, gates).negated(),
            Comparison::Exactly => {
                let parts = [self.at_least(number, gates), self.at_least(number.saturating_add(1), gates).negated()];
                Tri::all(&parts, gates)
            }
        }
    }

    /// The answer to a question about a score of this sum.
    fn is(&self, is: &ScoreIs, bands: &[Band], gates: &mut Gates) -> Tri {
        match is {
            ScoreIs::Compare(comparison, number) => self.compared(*comparison, **number, gates),
            ScoreIs::Range { from, to, not } => {
                let parts =
                    [self.compared(Comparison::AtLeast, **from, gates), self.compared(Comparison::AtMost, **to, gates)];
                let inside = Tri::all(&parts, gates);
                if *not { inside.negated() } else { inside }
            }
            ScoreIs::In { bands: asked, not } => {
                let (mut among, mut others) = (Vec::new(), Vec::new());
                for (at, band) in bands.iter().enumerate() {
                    let from = self.most(*band.from, gates);
                    let over = band.to.map(|to| self.least(to.saturating_add(1), gates));
                    let reached = match over {
                        Some(over) => gates.and(&[from, !over]),
                        None => from,
                    };
                    if asked >> at & 1 == 1 { &mut among } else { &mut others }.push(reached);
                }
                let (among, others) = (gates.or(&among), gates.or(&others));
                // Where no band is reached at all the answer is yes, as the evaluator gives it.
                let inside = Tri { yes: !others, may: gates.or(&[among, !others]) };
                if *not { inside.negated() } else { inside }
            }
        }
    }
}

/// The sum of points of which each counts where its condition holds.
pub(super) struct Sum {
    /// For the least and for the most: what is added where a literal holds.
    least: Vec<(u64, Lit)>,
    most: Vec<(u64, Lit)>,
    /// What is added whatever holds: points that take away are points for the opposite.
    offset: i64,
}

impl Sum {
    pub(super) fn of(points: impl IntoIterator<Item = (i64, Tri)>) -> Self {
        let mut sum = Self { least: Vec::new(), most: Vec::new(), offset: 0 };
        for (points, counts) in points {
            let weight = points.unsigned_abs();
            let turned = |lit: Lit| if points < 0 { !lit } else { lit };
            sum.offset = sum.offset.saturating_add(points.min(0));
            sum.least.push((weight, turned(counts.yes)));
            sum.most.push((weight, turned(counts.may)));
        }
        sum
    }
}

impl Between for Sum {
    fn least(&self, number: i64, gates: &mut Gates) -> Lit {
        sum_at_least(&self.least, number.saturating_sub(self.offset), gates)
    }

    fn most(&self, number: i64, gates: &mut Gates) -> Lit {
        sum_at_least(&self.most, number.saturating_sub(self.offset), gates)
    }
}

/// Whether weights come to a number, which any sum does that is not above nothing.
pub(super) fn sum_at_least(parts: &[(u64, Lit)], number: i64, gates: &mut Gates) -> Lit {
    match u64::try_from(number) {
        Ok(0) | Err(_) => gates.solver.yes(),
        Ok(number) => gates.sum_at_least(parts, number),
    }
}

/// How many of some answers are yes.
pub(super) fn how_many(comparison: Comparison, number: i64, of: &[Tri], gates: &mut Gates) -> Tri {
    Sum::of(of.iter().map(|answer| (1, *answer))).compared(comparison, number, gates)
}
