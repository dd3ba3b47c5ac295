//! Clauses and a proof that nothing satisfies them -> a certificate that strangers can check.
//!
//! The clauses are written as DIMACS CNF and the proof as DRAT, which any checker takes. What a question assumed is among the clauses.
//! The check here reads those texts and nothing else, by a library that shares no code with the solver.

use core::fmt::{self, Display, Formatter, Write as _};
use dratify::Checker;
use hashbrown::HashMap;

/// What a line of a proof does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A clause that follows from those before it.
    Add,
    /// A clause that is not needed any more.
    Delete,
}

/// That nothing satisfies some clauses, for somebody who does not believe the solver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The clauses, as DIMACS CNF.
    pub problem: String,
    /// Clauses that follow one after another, down to the empty one, as DRAT.
    pub proof: String,
}

impl Certificate {
    /// The certificate of clauses in DIMACS numbers; the empty clause follows from the last of the steps.
    pub fn of(variables: usize, clauses: Vec<Vec<i64>>, steps: impl Iterator<Item = (Step, Vec<i64>)>) -> Self {
        let mut problem = format!("p cnf {variables} {}\n", clauses.len());
        for clause in clauses {
            line(&mut problem, &clause);
        }
        let mut proof = String::new();
        for (step, clause) in steps {
            if step == Step::Delete {
                proof.push_str("d ");
            }
            line(&mut proof, &clause);
        }
        line(&mut proof, &[]);
        Self { problem, proof }
    }

    /// Goes through the whole proof: each of its clauses must follow from those before it by unit propagation, and one must be empty.
    ///
    /// # Errors
    ///
    /// The first thing in either text that does not hold.
    pub fn check(&self) -> Result<(), Flaw> {
        let mut variables = Variables::default();
        let problem = self.clauses(&mut variables)?;
        let mut steps = Vec::new();
        for (number, text) in (1..).zip(self.proof.lines()) {
            let (deletes, clause) = text.strip_prefix("d ").map_or((false, text), |clause| (true, clause));
            let clause = numbers(clause).ok_or(Flaw::Proof(number))?;
            steps.push((deletes, variables.literals(&clause).ok_or(Flaw::Proof(number))?));
        }
        // Only what follows: no clause of this solver merely keeps what can be satisfied so.
        let (resolution_too, deletions_too) = (false, true);
        let found = Checker::new(variables.count, &problem, resolution_too, deletions_too).check(&steps);
        match usize::try_from(found.failed_step) {
            Ok(number) => Err(Flaw::DoesNotFollow(number)),
            Err(_) if found.ok && found.reached_empty => Ok(()),
            Err(_) => Err(Flaw::NoEnd),
        }
    }

    fn clauses(&self, variables: &mut Variables) -> Result<Vec<Vec<dratify::Lit>>, Flaw> {
        let mut lines = (1..).zip(self.problem.lines());
        let (_, head) = lines.next().ok_or(Flaw::Problem(1))?;
        let head: Option<Vec<usize>> =
            head.strip_prefix("p cnf ").and_then(|sizes| sizes.split(' ').map(|size| size.parse().ok()).collect());
        let Some([most, count]) = head.as_deref() else { return Err(Flaw::Problem(1)) };
        let mut clauses = Vec::new();
        for (number, text) in lines {
            let clause = numbers(text).ok_or(Flaw::Problem(number))?;
            let named = |lit: &i64| usize::try_from(lit.unsigned_abs()).is_ok_and(|variable| variable <= *most);
            if !clause.iter().all(named) {
                return Err(Flaw::Problem(number));
            }
            clauses.push(variables.literals(&clause).ok_or(Flaw::Problem(number))?);
        }
        if clauses.len() == *count { Ok(clauses) } else { Err(Flaw::Problem(1)) }
    }
}

/// Why a certificate is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// This line of the problem, counted from 1, is not as DIMACS CNF has it; the first where the problem is not as large as it says.
    Problem(usize),
    /// This line of the proof is not as DRAT has it.
    Proof(usize),
    /// The clause in this line of the proof does not follow from those before it by unit propagation.
    DoesNotFollow(usize),
    /// Everything follows, but no clause is empty.
    NoEnd,
}

impl Display for Flaw {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Problem(line) => write!(f, "line {line} of the problem is not as DIMACS CNF has it"),
            Self::Proof(line) => write!(f, "line {line} of the proof is not as DRAT has it"),
            Self::DoesNotFollow(line) => write!(f, "line {line} of the proof does not follow from those before it"),
            Self::NoEnd => f.write_str("the proof does not come to an end"),
        }
    }
}

/// Variables in the order in which they are met: memory is by how many there are, not by how high somebody has numbered them.
#[derive(Default)]
struct Variables {
    known: HashMap<u64, u32>,
    count: u32,
}

impl Variables {
    /// A clause as the checker has it: each literal once, twice its variable and one more where it is negated.
    fn literals(&mut self, clause: &[i64]) -> Option<Vec<dratify::Lit>> {
        let mut literals = Vec::with_capacity(clause.len());
        for lit in clause {
            let variable = *self.known.entry(lit.unsigned_abs()).or_insert(self.count);
            self.count = self.count.max(variable.checked_add(1)?);
            let literal = variable.checked_mul(2)?.checked_add(u32::from(*lit < 0))?;
            if !literals.contains(&literal) {
                literals.push(literal);
            }
        }
        Some(literals)
    }
}

/// The numbers of a line, without the 0 at its end.
fn numbers(text: &str) -> Option<Vec<i64>> {
    let mut numbers: Vec<i64> = text.split(' ').map(|number| number.parse().ok()).collect::<Option<_>>()?;
    (numbers.pop() == Some(0) && !numbers.contains(&0)).then_some(numbers)
}

fn line(out: &mut String, clause: &[i64]) {
    for lit in clause {
        // Writing into a text does not fail.
        let _ = write!(out, "{lit} ");
    }
    out.push_str("0\n");
}

#[cfg(test)]
mod tests {
    use super::{Certificate, Flaw, numbers};
    use crate::proof::solver::{Answer, Lit, Solver};
    use proptest::prelude::*;
    use proptest::sample::Index;

    const VARIABLES: usize = 6;

    /// Whether unit propagation refutes some clauses, going through all of them until nothing changes.
    fn refuted(clauses: &[Vec<i64>], units: &[i64]) -> bool {
        let mut held = units.to_vec();
        loop {
            let before = held.len();
            for clause in clauses {
                let mut open: Vec<i64> = clause.iter().copied().filter(|lit| !held.contains(&-lit)).collect();
                open.sort_unstable();
                open.dedup();
                match *open {
                    [] => return true,
                    [unit] if !held.contains(&unit) => held.push(unit),
                    _ => {}
                }
            }
            if held.iter().any(|lit| held.contains(&-lit)) {
                return true;
            }
            if held.len() == before {
                return false;
            }
        }
    }

    /// The same check in the plainest way. Deleted clauses stay: what follows from fewer follows from more.
    fn plainly(certificate: &Certificate) -> bool {
        let mut clauses: Vec<Vec<i64>> =
            certificate.problem.lines().skip(1).map(|line| numbers(line).expect("a clause")).collect();
        if refuted(&clauses, &[]) {
            return true;
        }
        for step in certificate.proof.lines().filter(|line| !line.starts_with('d')) {
            let clause = numbers(step).expect("a clause");
            let denied: Vec<i64> = clause.iter().map(|lit| -lit).collect();
            if !refuted(&clauses, &denied) {
                return false;
            }
            if clause.is_empty() {
                return true;
            }
            clauses.push(clause);
        }
        false
    }

    /// Of random clauses, which some assumptions refute.
    fn certified() -> impl Strategy<Value = Certificate> {
        let lit = || (0..VARIABLES, any::<bool>());
        let clauses = prop::collection::vec(prop::collection::vec(lit(), 2..4), 15..50);
        (clauses, prop::collection::vec(lit(), 0..3)).prop_filter_map("satisfiable", |(clauses, assumed)| {
            let mut solver = Solver::certified();
            let variables: Vec<Lit> = (0..VARIABLES).map(|_| solver.fresh()).collect();
            let of =
                |(variable, negated): (usize, bool)| if negated { !variables[variable] } else { variables[variable] };
            clauses.into_iter().for_each(|clause| solver.clause(clause.into_iter().map(of)));
            let assumed: Vec<Lit> = assumed.into_iter().map(of).collect();
            let answer = solver.solve(&assumed, u64::MAX);
            let certificate = solver.certificate(&assumed);
            assert_eq!(certificate.is_some(), answer == Answer::No);
            certificate
        })
    }

    fn without(text: &str, line: usize) -> String {
        text.lines().enumerate().filter(|(at, _)| *at != line).map(|(_, line)| format!("{line}\n")).collect()
    }

    /// A problem without one of its clauses, which says so in its first line.
    fn smaller(problem: &str, clause: Index) -> String {
        let count = problem.lines().count() - 1;
        let head = problem.lines().next().expect("a head").trim_end_matches(char::is_numeric);
        let rest = without(problem, 1 + clause.index(count));
        format!("{head}{}\n{}", count - 1, without(&rest, 0))
    }

    /// Whether some assignment satisfies the problem.
    fn satisfiable(problem: &str) -> bool {
        let clauses: Vec<Vec<i64>> = problem.lines().skip(1).map(|line| numbers(line).expect("a clause")).collect();
        (0_u64..1 << (VARIABLES + 1)).any(|bits| {
            let holds = |lit: &i64| (bits >> (lit.unsigned_abs() - 1)) & 1 == u64::from(*lit > 0);
            clauses.iter().all(|clause| clause.iter().any(holds))
        })
    }

    proptest! {
        #[test]
        fn a_certificate_of_the_solver_holds(certificate in certified()) {
            prop_assert_eq!(certificate.check(), Ok(()));
            prop_assert!(plainly(&certificate));
            prop_assert!(!satisfiable(&certificate.problem));
        }

        #[test]
        fn a_dropped_clause_is_missed(certificate in certified(), dropped in any::<Index>()) {
            let forged = Certificate { problem: smaller(&certificate.problem, dropped), ..certificate };
            prop_assert_eq!(forged.check().is_ok(), plainly(&forged));
            prop_assert!(!(forged.check().is_ok() && satisfiable(&forged.problem)));
        }

        /// Clauses that were not learned, anywhere in a proof of a problem that lacks one of its clauses.
        #[test]
        fn what_does_not_follow_is_refused(
            certificate in certified(),
            dropped in any::<Index>(),
            forged in prop::collection::vec((any::<Index>(), prop::collection::vec((1..=7_i64, any::<bool>()), 0..3)), 1..4),
        ) {
            let mut proof: Vec<String> = certificate.proof.lines().map(str::to_owned).collect();
            for (at, clause) in forged {
                let mut line: String =
                    clause.into_iter().map(|(lit, negated)| format!("{} ", if negated { -lit } else { lit })).collect();
                line.push('0');
                proof.insert(at.index(proof.len()), line);
            }
            let forged = Certificate { problem: smaller(&certificate.problem, dropped), proof: proof.join("\n") };
            prop_assert_eq!(forged.check().is_ok(), plainly(&forged), "{:?}", forged);
            prop_assert!(!(forged.check().is_ok() && satisfiable(&forged.problem)));
        }
    }

    /// Every two of three variables differ, which takes a learned clause to refute.
    fn small() -> Certificate {
        let problem = "p cnf 3 6\n1 2 0\n-1 -2 0\n2 3 0\n-2 -3 0\n1 3 0\n-1 -3 0\n".to_owned();
        Certificate { problem, proof: "1 0\n0\n".to_owned() }
    }

    #[test]
    fn each_flaw_is_named_where_it_is() {
        let flaw = |problem: &str, proof: &str| {
            let certificate = small();
            let problem = if problem.is_empty() { certificate.problem } else { problem.to_owned() };
            Certificate { problem, proof: proof.to_owned() }.check()
        };
        assert_eq!(small().check(), Ok(()));
        assert_eq!(flaw("", "0\n"), Err(Flaw::DoesNotFollow(1)));
        assert_eq!(flaw("", "1 0\n"), Err(Flaw::NoEnd));
        assert_eq!(flaw("", ""), Err(Flaw::NoEnd));
        assert_eq!(flaw("", "d 1 2 0\nd 1 3 0\n1 0\n0\n"), Err(Flaw::DoesNotFollow(3)));
        for unreadable in ["1 0\n0 0\n", "1 0\nd 1 2\n0\n", "1 0\n0x\n", "1 0\n\n0\n"] {
            assert_eq!(flaw("", unreadable), Err(Flaw::Proof(2)), "{unreadable:?}");
        }
        for (problem, line) in [
            ("p cnf 2\n", 1),
            ("p cnf 1 2\n1 0\n", 1),
            ("1 0\n-1 0\n", 1),
            ("p cnf 1 2\n1 0\n-2 0\n", 3),
            ("p cnf 1 2\n1 0\n-1\n", 3),
        ] {
            assert_eq!(flaw(problem, "0\n"), Err(Flaw::Problem(line)), "{problem:?}");
        }
        // A number that is as high as can be takes no more memory than another.
        assert_eq!(flaw("", &format!("{} 0\n", i64::MIN)), Err(Flaw::DoesNotFollow(1)));
        let high = "p cnf 9000000000000000000 2\n9000000000000000000 0\n-9000000000000000000 0\n";
        assert_eq!(flaw(high, "0\n"), Ok(()));
    }

    /// Seven pigeons in six holes: long enough for the solver to forget some of what it learned.
    #[test]
    fn a_long_proof_forgets_and_holds() {
        const HOLES: usize = 6;
        let mut solver = Solver::certified();
        let sits: Vec<Vec<Lit>> = (0..=HOLES).map(|_| (0..HOLES).map(|_| solver.fresh()).collect()).collect();
        for (at, one) in sits.iter().enumerate() {
            solver.clause(one.iter().copied());
            for other in &sits[at + 1..] {
                one.iter().zip(other).for_each(|(one, other)| solver.clause([!*one, !*other]));
            }
        }
        assert_eq!(solver.solve(&[], u64::MAX), Answer::No);
        let certificate = solver.certificate(&[]).expect("refuted");
        assert!(certificate.proof.lines().filter(|line| line.starts_with("d ")).count() > 10);
        assert_eq!(certificate.check(), Ok(()));
        // Nothing in the middle can be left out unseen for long.
        let cut: String = certificate.proof.lines().skip(400).map(|line| format!("{line}\n")).collect();
        assert!(matches!(Certificate { proof: cut, ..certificate }.check(), Err(Flaw::DoesNotFollow(_))));
    }

    #[test]
    fn there_is_one_only_for_what_was_just_refuted() {
        let mut solver = Solver::certified();
        let (one, other) = (solver.fresh(), solver.fresh());
        solver.clause([one, other]);
        assert_eq!(solver.solve(&[!one, !other], 10), Answer::No);
        assert!(solver.certificate(&[]).is_none() && solver.certificate(&[!one]).is_none());
        let certificate = solver.certificate(&[!other, !one]).expect("refuted");
        assert_eq!(certificate.check(), Ok(()));
        assert_eq!(solver.solve(&[one, !one], 10), Answer::No);
        assert_eq!(solver.certificate(&[one, !one]).expect("refuted").check(), Ok(()));
        assert_eq!(solver.solve(&[!one], 10), Answer::Yes);
        assert!(solver.certificate(&[!one, !other]).is_none());
    }
}
