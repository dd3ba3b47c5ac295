//! How many are counted, at least and at most, as literals.

use crate::proof::gates::Gates;
use crate::proof::solver::Lit;
use crate::proof::tri::{Between, sum_at_least};

/// How many are counted, at least and at most.
#[derive(Debug)]
pub(super) enum Counted {
    /// Any number that the others allow: whether the least, and the most, is at least each of these.
    Any { numbers: Vec<i64>, least: Vec<Lit>, most: Vec<Lit> },
    /// As many as there are; without end where that holds.
    Of { least: Vec<(u64, Lit)>, most: Vec<(u64, Lit)>, endless: Lit },
}

impl Counted {
    /// The numbers of which it is said whether it is at least as many, up to one.
    pub(super) fn numbers_up_to(&self, most: usize) -> Vec<i64> {
        let Self::Any { numbers, .. } = self else { return Vec::new() };
        numbers.iter().copied().filter(|number| usize::try_from(*number).is_ok_and(|number| number <= most)).collect()
    }
}

impl Between for Counted {
    fn least(&self, number: i64, gates: &mut Gates) -> Lit {
        match self {
            Self::Any { numbers, least, .. } => reaches(numbers, least, number, gates),
            Self::Of { least, .. } => sum_at_least(least, number, gates),
        }
    }

    fn most(&self, number: i64, gates: &mut Gates) -> Lit {
        match self {
            Self::Any { numbers, most, .. } => reaches(numbers, most, number, gates),
            Self::Of { most, endless, .. } => {
                let reached = sum_at_least(most, number, gates);
                gates.or(&[reached, *endless])
            }
        }
    }
}

fn reaches(numbers: &[i64], lits: &[Lit], number: i64, gates: &Gates) -> Lit {
    if number <= 0 {
        return gates.solver.yes();
    }
    let place = numbers.iter().position(|known| *known == number);
    place.and_then(|place| lits.get(place)).copied().unwrap_or(gates.solver.no())
}
