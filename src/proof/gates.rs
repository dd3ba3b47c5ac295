//! Literals -> a literal that is true exactly when a whole is: all of them, some, so many, or enough by weight.
//!
//! Constants are folded, and what is asked for twice is made once.

use super::solver::{Lit, Solver};
use hashbrown::HashMap;
use std::collections::{BTreeMap, BTreeSet};

/// From this many on, "at most one" goes through a ladder instead of every pair.
const LADDER_FROM: usize = 6;

/// A solver, and the gates that were made in it.
#[derive(Default)]
pub struct Gates {
    /// The solver that the gates are clauses of.
    pub solver: Solver,
    made: HashMap<Gate, Lit>,
}

#[derive(PartialEq, Eq, Hash)]
enum Gate {
    /// Sorted, at least two, no constant and no literal beside its negation.
    All(Vec<Lit>),
    Step(Step),
}

/// `lower`, or `higher` where `lit` is true. What `lower` says follows into `higher`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Step {
    lit: Lit,
    higher: Lit,
    lower: Lit,
}

impl Gates {
    /// Gates in this solver.
    pub fn of(solver: Solver) -> Self {
        Self { solver, made: HashMap::new() }
    }

    /// All of them.
    pub fn and(&mut self, lits: &[Lit]) -> Lit {
        let (yes, no) = (self.solver.yes(), self.solver.no());
        let mut lits: Vec<Lit> = lits.iter().copied().filter(|lit| *lit != yes).collect();
        lits.sort_unstable();
        lits.dedup();
        // A variable and its negation are neighbours.
        if lits.contains(&no) || lits.windows(2).any(|pair| matches!(pair, [one, other] if *one == !*other)) {
            return no;
        }
        if let [] | [_] = *lits {
            return lits.first().copied().unwrap_or(yes);
        }
        if let Some(made) = self.made.get(&Gate::All(lits.clone())) {
            return *made;
        }
        let gate = self.solver.fresh();
        for lit in &lits {
            self.solver.clause([!gate, *lit]);
        }
        self.solver.clause(lits.iter().map(|lit| !*lit).chain([gate]));
        self.made.insert(Gate::All(lits), gate);
        gate
    }

    /// At least one of them.
    pub fn or(&mut self, lits: &[Lit]) -> Lit {
        let lits: Vec<Lit> = lits.iter().map(|lit| !*lit).collect();
        !self.and(&lits)
    }

    /// At least one of the list, at least two, and so on up to `most`. One that stands in the list twice counts twice.
    pub fn at_least(&mut self, lits: &[Lit], most: usize) -> Vec<Lit> {
        // Sorted, lists that begin alike share what counts their beginning.
        let mut lits = lits.to_vec();
        lits.sort_unstable();
        let mut ladder = vec![self.solver.no(); most];
        for lit in lits {
            let below = core::iter::once(self.solver.yes()).chain(ladder.iter().copied());
            let steps: Vec<Step> =
                below.zip(&ladder).map(|(higher, lower)| Step { lit, higher, lower: *lower }).collect();
            ladder = steps.into_iter().map(|step| self.step(step)).collect();
        }
        ladder
    }

    /// The weights of those that are true come to `least` or more.
    pub fn sum_at_least(&mut self, parts: &[(u64, Lit)], least: u64) -> Lit {
        let (sure, mut parts) = self.plain(parts);
        let least = least.saturating_sub(sure);
        let weights: BTreeSet<u64> = parts.iter().map(|(weight, _)| *weight).collect();
        if let (1, Some(weight)) = (weights.len(), weights.first()) {
            // The rungs of one ladder serve every sum.
            let lits: Vec<Lit> = parts.iter().map(|(_, lit)| *lit).collect();
            let count = usize::try_from(least.div_ceil(*weight)).unwrap_or(usize::MAX);
            return match count {
                0 => self.solver.yes(),
                1.. if count <= lits.len() => self.at_least(&lits, count).last().copied().unwrap_or(self.solver.no()),
                _ => self.solver.no(),
            };
        }
        // The heaviest first: below them few sums are still to be told apart.
        parts.sort_unstable_by(|(one, lit), (other, other_lit)| other.cmp(one).then(lit.cmp(other_lit)));
        let needed = needed(&parts, least);
        // What is still to come can be nothing, and no more.
        let mut reached: Vec<(u64, Lit)> = vec![(0, self.solver.yes())];
        for ((weight, lit), needed) in parts.iter().zip(&needed).rev() {
            let no = self.solver.no();
            let from = |sum: u64| {
                let at = reached.partition_point(|(reached, _)| *reached < sum);
                reached.get(at).map_or(no, |(_, lit)| *lit)
            };
            let steps = needed
                .iter()
                .map(|sum| (*sum, Step { lit: *lit, higher: from(sum.saturating_sub(*weight)), lower: from(*sum) }));
            let steps: Vec<(u64, Step)> = steps.collect();
            reached = steps.into_iter().map(|(sum, step)| (sum, self.step(step))).collect();
            reached.insert(0, (0, self.solver.yes()));
        }
        let at = reached.partition_point(|(sum, _)| *sum < least);
        reached.get(at).map_or(self.solver.no(), |(_, lit)| *lit)
    }

    /// What is reached in any case, and each variable once, with what it adds.
    fn plain(&self, parts: &[(u64, Lit)]) -> (u64, Vec<(u64, Lit)>) {
        let (yes, no) = (self.solver.yes(), self.solver.no());
        let mut sure = 0u64;
        let mut added: BTreeMap<Lit, u64> = BTreeMap::new();
        for (weight, lit) in parts.iter().filter(|(_, lit)| *lit != no) {
            let sum = if *lit == yes { &mut sure } else { added.entry(*lit).or_default() };
            *sum = sum.saturating_add(*weight);
        }
        let mut plain = Vec::new();
        for (lit, weight) in &added {
            let other = added.get(&!*lit).copied().unwrap_or(0);
            // One of the two holds in any case; the heavier side adds the rest.
            if *weight > other {
                sure = sure.saturating_add(other);
                plain.push((*weight - other, *lit));
            } else if *weight == other && *lit < !*lit {
                sure = sure.saturating_add(other);
            }
        }
        (sure, plain)
    }

    /// Exactly one of the list holds from now on.
    pub fn exactly_one(&mut self, lits: &[Lit]) {
        self.solver.clause(lits.iter().copied());
        if lits.len() < LADDER_FROM {
            for (at, one) in lits.iter().enumerate() {
                for other in lits.iter().skip(at + 1) {
                    self.solver.clause([!*one, !*other]);
                }
            }
            return;
        }
        let mut earlier = self.solver.no();
        for lit in lits {
            self.solver.clause([!earlier, !*lit]);
            earlier = self.or(&[earlier, *lit]);
        }
    }

    fn step(&mut self, step: Step) -> Lit {
        let (yes, no) = (self.solver.yes(), self.solver.no());
        let Step { lit, higher, lower } = step;
        if lit == yes || lower == yes || lit == higher || lit == !lower || higher == lower {
            return higher;
        }
        if lit == no || higher == no || lit == lower || lit == !higher {
            return lower;
        }
        if higher == yes {
            return self.or(&[lit, lower]);
        }
        if lower == no {
            return self.and(&[lit, higher]);
        }
        if let Some(made) = self.made.get(&Gate::Step(step)) {
            return *made;
        }
        let gate = self.solver.fresh();
        self.solver.clause([!gate, higher]);
        self.solver.clause([!gate, lit, lower]);
        self.solver.clause([gate, !lower]);
        self.solver.clause([gate, !lit, !higher]);
        self.made.insert(Gate::Step(step), gate);
        gate
    }
}

/// Which sums must still be told apart before each of the parts, so that it is known at the end whether they came to `least`. Sums
/// between which the rest cannot tell are one, the highest of them.
fn needed(parts: &[(u64, Lit)], least: u64) -> Vec<BTreeSet<u64>> {
    // What the parts from each one on can come to, in rising order; of what is enough, only the least.
    let mut sums: Vec<Vec<u64>> = vec![vec![0]];
    for (weight, _) in parts.iter().rev() {
        let rest = sums.last().map_or(&[][..], Vec::as_slice);
        let mut reached: Vec<u64> =
            rest.iter().copied().chain(rest.iter().map(|sum| sum.saturating_add(*weight))).collect();
        reached.sort_unstable();
        reached.dedup();
        let enough = reached.partition_point(|sum| *sum < least);
        reached.truncate(enough + 1);
        sums.push(reached);
    }
    sums.reverse();
    let mut all = Vec::new();
    let mut asked = BTreeSet::from([least]);
    for ((weight, _), sums) in parts.iter().zip(&sums) {
        let next = |sum: &u64| sums.get(sums.partition_point(|reached| reached < sum)).copied();
        let needed: BTreeSet<u64> = asked.iter().filter_map(next).filter(|sum| *sum > 0).collect();
        asked = needed.iter().flat_map(|sum| [*sum, sum.saturating_sub(*weight)]).collect();
        all.push(needed);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{Gates, Lit};
    use crate::proof::solver::Answer;
    use proptest::prelude::*;

    /// How many variables gates are made over; a literal of the tests is one of them or its negation, or a constant.
    const VARIABLES: usize = 5;

    fn drawn() -> impl Strategy<Value = usize> {
        0..2 * VARIABLES + 2
    }

    /// The gates, their variables, and the literals that were drawn.
    struct Drawn {
        gates: Gates,
        variables: Vec<Lit>,
    }

    impl Drawn {
        fn new() -> Self {
            let mut gates = Gates::default();
            let variables = (0..VARIABLES).map(|_| gates.solver.fresh()).collect();
            Self { gates, variables }
        }

        fn lit(&self, drawn: usize) -> Lit {
            let lit = self.variables.get(drawn / 2).copied().unwrap_or_else(|| self.gates.solver.yes());
            if drawn.is_multiple_of(2) { lit } else { !lit }
        }

        fn lits(&self, drawn: &[usize]) -> Vec<Lit> {
            drawn.iter().map(|drawn| self.lit(*drawn)).collect()
        }

        /// For every assignment, given by its bits: that it can be had or not, and that the gate is then as said and cannot be otherwise.
        fn hold(&mut self, gate: Lit, said: impl Fn(usize) -> bool) {
            for bits in 0..1 << VARIABLES {
                let assumed =
                    (0..VARIABLES).map(|at| if is(bits, at * 2) { self.variables[at] } else { !self.variables[at] });
                let mut assumed: Vec<Lit> = assumed.collect();
                assumed.push(if said(bits) { gate } else { !gate });
                assert_eq!(self.gates.solver.solve(&assumed, 1000), Answer::Yes, "{bits:b}");
                assert!(assumed.iter().all(|lit| self.gates.solver.holds(*lit)));
                assumed.pop();
                assumed.push(if said(bits) { !gate } else { gate });
                assert_eq!(self.gates.solver.solve(&assumed, 1000), Answer::No, "{bits:b}");
            }
        }
    }

    /// What a drawn literal is under an assignment.
    fn is(bits: usize, drawn: usize) -> bool {
        let variable = drawn / 2 >= VARIABLES || bits & (1 << (drawn / 2)) != 0;
        variable == drawn.is_multiple_of(2)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn all_and_some_are_as_they_say(drawn in prop::collection::vec(drawn(), 0..5)) {
            let mut of = Drawn::new();
            let lits = of.lits(&drawn);
            let (all, some) = (of.gates.and(&lits), of.gates.or(&lits));
            of.hold(all, |bits| drawn.iter().all(|lit| is(bits, *lit)));
            of.hold(some, |bits| drawn.iter().any(|lit| is(bits, *lit)));
        }

        #[test]
        fn counts_are_exact(drawn in prop::collection::vec(drawn(), 0..8), most in 0_usize..8) {
            let mut of = Drawn::new();
            let lits = of.lits(&drawn);
            let ladder = of.gates.at_least(&lits, most);
            prop_assert_eq!(ladder.len(), most);
            for (least, gate) in (1..).zip(ladder) {
                of.hold(gate, |bits| drawn.iter().filter(|lit| is(bits, **lit)).count() >= least);
            }
        }

        #[test]
        fn sums_are_exact(
            drawn in prop::collection::vec((prop_oneof![0_u64..4, Just(10), Just(15), Just(u64::from(u32::MAX))], drawn()), 0..8),
            least in prop_oneof![0_u64..40, Just(u64::from(u32::MAX)), Just(u64::from(u32::MAX) + 12)],
        ) {
            let mut of = Drawn::new();
            let parts: Vec<(u64, Lit)> = drawn.iter().map(|(weight, lit)| (*weight, of.lit(*lit))).collect();
            let gate = of.gates.sum_at_least(&parts, least);
            of.hold(gate, |bits| {
                let held = drawn.iter().filter(|(_, lit)| is(bits, *lit));
                held.map(|(weight, _)| *weight).sum::<u64>() >= least
            });
        }

        #[test]
        fn exactly_one_leaves_just_what_has_one(drawn in prop::collection::vec(drawn(), 0..9)) {
            let mut of = Drawn::new();
            let lits = of.lits(&drawn);
            of.gates.exactly_one(&lits);
            for bits in 0..1 << VARIABLES {
                let assumed = (0..VARIABLES).map(|at| if is(bits, at * 2) { of.variables[at] } else { !of.variables[at] });
                let assumed: Vec<Lit> = assumed.collect();
                let one = drawn.iter().filter(|lit| is(bits, **lit)).count() == 1;
                let said = if one { Answer::Yes } else { Answer::No };
                prop_assert_eq!(of.gates.solver.solve(&assumed, 1000), said, "{:b}", bits);
            }
        }

        /// In whatever order its parts come, and however often it is asked for.
        #[test]
        fn what_was_made_is_not_made_again(
            drawn in prop::collection::vec((1_u64..5, drawn()), 0..7).prop_flat_map(|drawn| {
                (Just(drawn.clone()), Just(drawn).prop_shuffle())
            }),
            least in 0_u64..12,
        ) {
            let mut of = Drawn::new();
            let make = |of: &mut Drawn, drawn: &[(u64, usize)]| {
                let parts: Vec<(u64, Lit)> = drawn.iter().map(|(weight, lit)| (*weight, of.lit(*lit))).collect();
                let lits: Vec<Lit> = parts.iter().map(|(_, lit)| *lit).collect();
                let mut made = of.gates.at_least(&lits, 4);
                made.extend([of.gates.and(&lits), of.gates.or(&lits), of.gates.sum_at_least(&parts, least)]);
                made
            };
            let once = make(&mut of, &drawn.0);
            let size = of.gates.solver.size();
            prop_assert_eq!(make(&mut of, &drawn.1), once);
            prop_assert_eq!(of.gates.solver.size(), size);
        }
    }

    #[test]
    fn sums_that_the_rest_cannot_tell_apart_are_one() {
        let mut gates = Gates::default();
        let parts: Vec<(u64, Lit)> =
            [1, 2].repeat(20).into_iter().map(|weight| (weight * 1000, gates.solver.fresh())).collect();
        let (variables, _) = gates.solver.size();
        let thousands = gates.sum_at_least(&parts, 30_000);
        assert_eq!(gates.sum_at_least(&parts, 29_001), thousands);
        let (with_gates, _) = gates.solver.size();
        assert!(with_gates - variables < 40 * 30, "{with_gates}");
    }
}
