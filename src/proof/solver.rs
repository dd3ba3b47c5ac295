//! Clauses -> an assignment that satisfies them, or that there is none: the one file that knows the SAT solver.
//!
//! Work is counted in conflicts and never timed, so that every machine gives the same answer. Which assignment is found is the solver's
//! choice, made with numbers that it rounds; whether there is one is not.

use super::certificate::{Certificate, Step};
use batsat::intmap::AsIndex;
use batsat::{Callbacks, ClauseKind, SolverInterface, lbool};
use core::ops::Not;
use hashbrown::HashMap;

/// A variable of one solver, or its negation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lit(batsat::Lit);

impl Not for Lit {
    type Output = Self;

    fn not(self) -> Self {
        Self(!self.0)
    }
}

impl Lit {
    /// As DIMACS numbers it: from 1 on, negative for a negation.
    fn number(self) -> i64 {
        let variable = i64::from(self.0.var().idx()) + 1;
        if self.0.sign() { variable } else { -variable }
    }
}

/// What came of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Some assignment satisfies every clause and assumption; [`Solver::holds`] tells it.
    Yes,
    /// None does.
    No,
    /// Neither was found within the conflicts allowed.
    Stopped,
}

/// Clauses, and questions about them.
pub struct Solver {
    solver: batsat::Solver<Course>,
    yes: Lit,
    clauses: usize,
    /// Each clause as it was given, where a certificate may be asked for.
    given: Option<Vec<Vec<Lit>>>,
    /// The assignment that the last Yes found, by variable.
    model: Vec<bool>,
    /// What was assumed for the last question, if its answer was No.
    refuted: Option<Vec<Lit>>,
}

impl Default for Solver {
    fn default() -> Self {
        Self::new()
    }
}

impl Solver {
    /// A solver that keeps no certificate.
    pub fn new() -> Self {
        Self::with(false)
    }

    /// A solver that records every clause that it is given, learns or deletes.
    pub fn certified() -> Self {
        Self::with(true)
    }

    fn with(certificate: bool) -> Self {
        let course = Course { conflicts: 0, most_conflicts: 0, proof: certificate.then(Proof::default) };
        let mut solver = batsat::Solver::new(batsat::SolverOpts::default(), course);
        let yes = batsat::Lit::new(solver.new_var_default(), true);
        let given = certificate.then(Vec::new);
        let mut made = Self { solver, yes: Lit(yes), clauses: 0, given, model: Vec::new(), refuted: None };
        made.add(vec![Lit(yes)]);
        made
    }

    /// A new variable, not negated.
    pub fn fresh(&mut self) -> Lit {
        Lit(batsat::Lit::new(self.solver.new_var_default(), true))
    }

    /// What is always true.
    pub fn yes(&self) -> Lit {
        self.yes
    }

    /// What is never true.
    pub fn no(&self) -> Lit {
        !self.yes
    }

    /// At least one of these is true from now on. Their order and repetitions mean nothing, and a clause that says nothing is dropped.
    pub fn clause(&mut self, lits: impl IntoIterator<Item = Lit>) {
        let mut lits: Vec<Lit> = lits.into_iter().filter(|lit| *lit != self.no()).collect();
        lits.sort_unstable();
        lits.dedup();
        // A variable and its negation are neighbours.
        let says_nothing =
            lits.contains(&self.yes) || lits.windows(2).any(|pair| matches!(pair, [one, other] if *one == !*other));
        if !says_nothing {
            self.add(lits);
        }
    }

    fn add(&mut self, lits: Vec<Lit>) {
        self.clauses += 1;
        self.solver.add_clause_reuse(&mut lits.iter().map(|lit| lit.0).collect());
        if let Some(given) = &mut self.given {
            given.push(lits);
        }
    }

    /// Whether some assignment satisfies every clause and everything assumed, for this question alone. It stops after so many conflicts.
    pub fn solve(&mut self, assumptions: &[Lit], most_conflicts: u64) -> Answer {
        let course = self.solver.cb_mut();
        (course.conflicts, course.most_conflicts) = (0, most_conflicts);
        let assumed: Vec<batsat::Lit> = assumptions.iter().map(|lit| lit.0).collect();
        let found = self.solver.solve_limited(&assumed);
        self.refuted = None;
        if found == lbool::TRUE {
            self.model.clear();
            self.model.extend(self.solver.get_model().iter().map(|value| *value == lbool::TRUE));
            Answer::Yes
        } else if found == lbool::FALSE {
            self.refuted = Some(assumptions.to_vec());
            Answer::No
        } else {
            Answer::Stopped
        }
    }

    /// Whether it is true in the assignment that the last Yes found, whatever was added or asked since. A variable that is newer than
    /// that counts as false.
    pub fn holds(&self, lit: Lit) -> bool {
        let variable = self.model.get(lit.0.var().as_index()).copied().unwrap_or(false);
        variable == lit.0.sign()
    }

    /// How many variables and clauses there are.
    pub fn size(&self) -> (usize, usize) {
        (usize::try_from(self.solver.num_vars()).unwrap_or(usize::MAX), self.clauses)
    }

    /// Why the last question, which assumed the same, was answered No; none if it was not, or if this solver keeps no certificate.
    pub fn certificate(&mut self, assumptions: &[Lit]) -> Option<Certificate> {
        let assumed = |lits: &[Lit]| {
            let mut lits = lits.to_vec();
            lits.sort_unstable();
            lits.dedup();
            lits
        };
        let assumptions = assumed(assumptions);
        let (variables, _) = self.size();
        let (given, proof) = (self.given.as_ref()?, self.solver.cb().proof.as_ref()?);
        self.refuted.as_deref().filter(|refuted| assumed(refuted) == assumptions)?;
        let numbers = |lits: &[Lit]| lits.iter().map(|lit| lit.number()).collect::<Vec<i64>>();
        let clauses = given.iter().map(|lits| numbers(lits)).chain(assumptions.iter().map(|lit| vec![lit.number()]));
        let steps = proof.changes.iter().map(|(step, lits)| (*step, numbers(lits)));
        Some(Certificate::of(variables, clauses.collect(), steps))
    }
}

/// How far the solver has come with a question.
struct Course {
    conflicts: u64,
    most_conflicts: u64,
    proof: Option<Proof>,
}

impl Callbacks for Course {
    /// Called once for each conflict, with what is learned from it.
    fn on_new_clause(&mut self, lits: &[batsat::Lit], _: ClauseKind) {
        self.conflicts += 1;
        if let Some(proof) = &mut self.proof {
            proof.learn(lits);
        }
    }

    fn on_delete_clause(&mut self, lits: &[batsat::Lit]) {
        if let Some(proof) = &mut self.proof {
            proof.delete(lits);
        }
    }

    fn stop(&self) -> bool {
        self.conflicts >= self.most_conflicts
    }
}

/// What was learned and deleted, in that order.
#[derive(Default)]
struct Proof {
    changes: Vec<(Step, Vec<Lit>)>,
    /// How often each clause was learned and not yet deleted, by its sorted literals.
    kept: HashMap<Vec<Lit>, usize>,
}

impl Proof {
    fn learn(&mut self, lits: &[batsat::Lit]) {
        let lits: Vec<Lit> = lits.iter().copied().map(Lit).collect();
        let key = sorted(&lits);
        // Assumptions that contradict each other are refuted without a clause.
        if key.windows(2).any(|pair| matches!(pair, [one, other] if *one == !*other)) {
            return;
        }
        *self.kept.entry(key).or_default() += 1;
        self.changes.push((Step::Add, lits));
    }

    /// The solver shortens clauses by what it knows to be false without saying so. A clause that was not learned as it stands stays in
    /// the proof: it could be one that was given.
    fn delete(&mut self, lits: &[batsat::Lit]) {
        let lits: Vec<Lit> = lits.iter().copied().map(Lit).collect();
        let Some(kept) = self.kept.get_mut(&sorted(&lits)).filter(|kept| **kept > 0) else { return };
        *kept -= 1;
        self.changes.push((Step::Delete, lits));
    }
}

fn sorted(lits: &[Lit]) -> Vec<Lit> {
    let mut lits = lits.to_vec();
    lits.sort_unstable();
    lits
}

#[cfg(test)]
mod tests {
    use super::{Answer, Lit, Solver};
    use proptest::prelude::*;

    const VARIABLES: usize = 8;

    /// Literals by variable, and whether they are negated.
    type Clause = Vec<(usize, bool)>;

    fn lit() -> impl Strategy<Value = (usize, bool)> {
        (0..VARIABLES, any::<bool>())
    }

    fn clauses() -> impl Strategy<Value = Vec<Clause>> {
        prop::collection::vec(prop::collection::vec(lit(), 1..5), 0..14)
    }

    fn satisfies(bits: usize, clause: &[(usize, bool)]) -> bool {
        clause.iter().any(|(variable, negated)| (bits & (1 << variable) != 0) != *negated)
    }

    fn of(variables: &[Lit], (variable, negated): (usize, bool)) -> Lit {
        if negated { !variables[variable] } else { variables[variable] }
    }

    fn satisfiable(clauses: &[Clause], assumed: &[(usize, bool)]) -> bool {
        (0..1 << VARIABLES).any(|bits| {
            clauses.iter().all(|clause| satisfies(bits, clause)) && assumed.iter().all(|lit| satisfies(bits, &[*lit]))
        })
    }

    proptest! {
        /// Clauses come between the questions, each question has assumptions of its own, and every assignment is gone through.
        #[test]
        fn answers_are_those_of_every_assignment(
            rounds in prop::collection::vec((clauses(), prop::collection::vec(lit(), 0..4)), 1..6),
        ) {
            let mut solver = Solver::new();
            let variables: Vec<Lit> = (0..VARIABLES).map(|_| solver.fresh()).collect();
            let mut given: Vec<Clause> = Vec::new();
            for (clauses, assumed) in rounds {
                for clause in &clauses {
                    solver.clause(clause.iter().map(|lit| of(&variables, *lit)));
                }
                given.extend(clauses);
                let assumptions: Vec<Lit> = assumed.iter().map(|lit| of(&variables, *lit)).collect();
                let said = if satisfiable(&given, &assumed) { Answer::Yes } else { Answer::No };
                prop_assert_eq!(solver.solve(&assumptions, u64::MAX), said);
                if said == Answer::Yes {
                    let holds = |lit: &(usize, bool)| solver.holds(of(&variables, *lit));
                    prop_assert!(given.iter().all(|clause| clause.iter().any(holds)));
                    prop_assert!(assumed.iter().all(holds));
                }
                prop_assert!(solver.holds(solver.yes()) || said == Answer::No);
            }
        }
    }

    /// More pigeons than holes, which takes many conflicts to see.
    fn pigeons(solver: &mut Solver, holes: usize) {
        let sits: Vec<Vec<Lit>> = (0..=holes).map(|_| (0..holes).map(|_| solver.fresh()).collect()).collect();
        for pigeon in &sits {
            solver.clause(pigeon.iter().copied());
        }
        for (at, one) in sits.iter().enumerate() {
            for other in sits.iter().skip(at + 1) {
                for (one, other) in one.iter().zip(other) {
                    solver.clause([!*one, !*other]);
                }
            }
        }
    }

    #[test]
    fn work_is_counted_and_can_go_on() {
        let mut solver = Solver::new();
        pigeons(&mut solver, 6);
        assert_eq!(solver.solve(&[], 20), Answer::Stopped);
        assert!(solver.certificate(&[]).is_none());
        assert_eq!(solver.solve(&[], u64::MAX), Answer::No);
        // What is refuted stays so without more work.
        assert_eq!(solver.solve(&[], 0), Answer::No);
    }

    #[test]
    fn an_assignment_outlasts_what_is_added_and_asked_after_it() {
        let mut solver = Solver::new();
        let (one, other) = (solver.fresh(), solver.fresh());
        solver.clause([one, other]);
        assert_eq!(solver.solve(&[!other], 10), Answer::Yes);
        let newer = solver.fresh();
        solver.clause([!one]);
        solver.clause([newer]);
        assert_eq!(solver.solve(&[!newer], 10), Answer::No);
        assert!(solver.holds(one) && solver.holds(!other) && solver.holds(!newer) && !solver.holds(newer));
    }

    #[test]
    fn constants_repetitions_and_what_says_nothing_make_no_clause() {
        let mut solver = Solver::new();
        let lit = solver.fresh();
        let size = solver.size();
        solver.clause([lit, solver.yes()]);
        solver.clause([lit, !lit]);
        assert_eq!(solver.size(), size);
        solver.clause([lit, solver.no(), lit]);
        assert_eq!(solver.size(), (size.0, size.1 + 1));
        assert_eq!(solver.solve(&[!lit], 10), Answer::No);
        solver.clause([solver.no()]);
        assert_eq!(solver.solve(&[], 10), Answer::No);
    }
}
