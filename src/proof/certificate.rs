//! Clauses and a proof that nothing satisfies them -> a certificate that strangers can check.
//!
//! The clauses are written as DIMACS CNF and the proof as DRAT, which any checker takes. What a question assumed is among the clauses.

use core::fmt::Write as _;

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
}

fn line(out: &mut String, clause: &[i64]) {
    for lit in clause {
        // Writing into a text does not fail.
        let _ = write!(out, "{lit} ");
    }
    out.push_str("0\n");
}
