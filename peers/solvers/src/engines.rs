//! Each solver behind the same two calls.

use crate::problems::{Problem, Sides};
use heedful::proof::certificate::Certificate;
use heedful::proof::solver::{Answer, Lit, Solver};
use oxidd::bdd::BDDFunction;
use oxidd::{BooleanFunction, Manager, ManagerRef};
use varisat::ExtendFormula;

pub const NAMES: [&str; 6] = ["batsat", "batsat, certified", "varisat", "splr", "cadical", "oxidd"];

/// Whether there is an assignment for each question, and one wherever there is; none where the engine gives up.
pub struct Answers {
    pub found: Vec<Option<Vec<bool>>>,
    pub certificate: Option<Certificate>,
}

pub fn answers(engine: &str, problem: &Problem) -> Option<Answers> {
    let found = match engine {
        "batsat" => return Some(batsat(Solver::new(), problem)),
        "batsat, certified" => return Some(batsat(Solver::certified(), problem)),
        "varisat" => varisat(problem),
        "splr" => splr(problem),
        #[cfg(feature = "cadical")]
        "cadical" => cadical(problem),
        #[cfg(not(feature = "cadical"))]
        "cadical" => return None,
        "oxidd" => oxidd(problem.sides.as_ref()?)?,
        other => panic!("no engine is called {other}"),
    };
    Some(Answers { found, certificate: None })
}

/// As heedful uses it.
fn batsat(mut solver: Solver, problem: &Problem) -> Answers {
    let variables: Vec<Lit> = (0..problem.variables).map(|_| solver.fresh()).collect();
    let of = |lit: &i32| {
        let variable = variables[lit.unsigned_abs() as usize - 1];
        if *lit > 0 { variable } else { !variable }
    };
    problem.clauses.iter().for_each(|clause| solver.clause(clause.iter().map(of)));
    let mut certificate = None;
    let mut found = Vec::new();
    for question in &problem.questions {
        let assumed: Vec<Lit> = question.iter().map(of).collect();
        match solver.solve(&assumed, u64::MAX) {
            Answer::Yes => found.push(Some(variables.iter().map(|variable| solver.holds(*variable)).collect())),
            Answer::No => {
                // A proof runs on from one question to the next; one of a single question is what is looked at.
                if problem.questions.len() == 1 {
                    certificate = solver.certificate(&assumed);
                }
                found.push(None);
            }
            Answer::Stopped => unreachable!("nothing stops it"),
        }
    }
    Answers { found, certificate }
}

fn varisat(problem: &Problem) -> Vec<Option<Vec<bool>>> {
    let mut solver = varisat::Solver::new();
    let of = |lit: &i32| varisat::Lit::from_dimacs(*lit as isize);
    for clause in &problem.clauses {
        solver.add_clause(&clause.iter().map(of).collect::<Vec<_>>());
    }
    let ask = |question: &Vec<i32>| {
        solver.assume(&question.iter().map(of).collect::<Vec<_>>());
        solver.solve().expect("an answer").then(|| {
            let mut model = vec![false; problem.variables as usize];
            let held = solver.model().expect("a model");
            held.iter().for_each(|lit| model[lit.index()] = lit.is_positive());
            model
        })
    };
    problem.questions.iter().map(ask).collect()
}

/// It has no assumptions: each question is a solver of its own.
fn splr(problem: &Problem) -> Vec<Option<Vec<bool>>> {
    let ask = |question: &Vec<i32>| {
        let mut clauses = problem.clauses.clone();
        clauses.extend(question.iter().map(|lit| vec![*lit]));
        match splr::Certificate::try_from(clauses) {
            Ok(splr::Certificate::SAT(held)) => {
                let mut model = vec![false; problem.variables as usize];
                held.iter().for_each(|lit| model[lit.unsigned_abs() as usize - 1] = *lit > 0);
                Some(model)
            }
            Ok(splr::Certificate::UNSAT) => None,
            Err(error) => panic!("splr: {error:?}"),
        }
    };
    problem.questions.iter().map(ask).collect()
}

#[cfg(feature = "cadical")]
fn cadical(problem: &Problem) -> Vec<Option<Vec<bool>>> {
    let mut solver: cadical::Solver = cadical::Solver::new();
    problem.clauses.iter().for_each(|clause| solver.add_clause(clause.iter().copied()));
    let ask = |question: &Vec<i32>| {
        let answer = solver.solve_with(question.iter().copied()).expect("an answer");
        answer.then(|| (1..=problem.variables).map(|variable| solver.value(variable) == Some(true)).collect())
    };
    problem.questions.iter().map(ask).collect()
}

/// The formula as a diagram: what is not the constant false can be satisfied. It gives up where its nodes do not suffice.
fn oxidd(sides: &Sides) -> Option<Vec<Option<Vec<bool>>>> {
    const NODES: usize = 1 << 22;
    let count = sides.ladders.iter().map(Vec::len).sum::<usize>();
    let manager = oxidd::bdd::new_manager(NODES, NODES / 4, 1);
    manager.with_manager_exclusive(|manager| {
        manager.add_vars(count as u32);
    });
    let variables: Vec<BDDFunction> = manager
        .with_manager_shared(|manager| {
            (0..count as u32).map(|at| BDDFunction::var(manager, at)).collect::<Result<_, _>>()
        })
        .ok()?;
    let (yes, no) = manager.with_manager_shared(|manager| (BDDFunction::t(manager), BDDFunction::f(manager)));
    let of = |lit: &i32| {
        let variable = &variables[lit.unsigned_abs() as usize - 1];
        if *lit > 0 { Ok(variable.clone()) } else { variable.not() }
    };
    // What the ladders forbid is taken away from the start: without that the rules alone fill the room.
    let mut ladders = sides.ladders.iter().rev().flat_map(|ladder| ladder.windows(2));
    let ordered = ladders.try_fold(yes, |so_far, pair| so_far.and(&of(&pair[0])?.or(&of(&-pair[1])?)?)).ok()?;
    let fires = |rules: &[Vec<i32>]| {
        rules.iter().try_fold(no.clone(), |some, rule| {
            let all = rule.iter().try_fold(ordered.clone(), |all, lit| all.and(&of(lit)?))?;
            some.or(&all)
        })
    };
    let question = fires(&sides.old).and_then(|old| old.and(&fires(&sides.new)?.not()?)).ok()?;
    let found = question
        .pick_cube(|_, _, _| false)
        .map(|cube| cube.iter().map(|value| matches!(value, oxidd::util::OptBool::True)).collect());
    Some(vec![found])
}
