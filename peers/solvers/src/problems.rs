//! Questions of the shape that heedful asks: rules over counts, by their order; counts and scores, by heedful's own gates.

use crate::random::Random;
use heedful::proof::gates::Gates;
use heedful::proof::solver::{Answer, Lit, Solver};

/// Clauses in DIMACS numbers, and what is assumed for each question about them.
pub struct Problem {
    pub name: String,
    pub variables: i32,
    pub clauses: Vec<Vec<i32>>,
    pub questions: Vec<Vec<i32>>,
    /// The same as a formula, for what is not made for clauses.
    pub sides: Option<Sides>,
}

/// Some rule of the old side fires, and none of the new.
pub struct Sides {
    /// Each of a field's thresholds, of which the next is reached only with the one before.
    pub ladders: Vec<Vec<i32>>,
    pub old: Vec<Vec<i32>>,
    pub new: Vec<Vec<i32>>,
}

/// How many problems there are.
pub const COUNT: usize = SIZES.len() * 2 + 1 + RECORDS.len() + FACTS.len();

/// Rules, fields, and thresholds of each.
const SIZES: [(usize, usize, usize); 4] = [(50, 8, 12), (200, 15, 20), (500, 20, 40), (2000, 30, 60)];
const RECORDS: [usize; 3] = [10, 20, 40];
const FACTS: [usize; 3] = [10, 18, 26];

/// Each is made where it is asked: some are solved to be made.
pub fn problem(at: usize) -> Problem {
    let (pairs, after) = (SIZES.len() * 2, SIZES.len() * 2 + 1);
    match at {
        _ if at < pairs => refinement(SIZES[at / 2], at.is_multiple_of(2)),
        _ if at < after => dead_rules(SIZES[1]),
        _ if at < after + RECORDS.len() => counts(RECORDS[at - after]),
        _ => scores(FACTS[at - after - RECORDS.len()]),
    }
}

struct Made {
    variables: i32,
    clauses: Vec<Vec<i32>>,
}

impl Made {
    fn fresh(&mut self) -> i32 {
        self.variables += 1;
        self.variables
    }

    /// A variable for each threshold of each field: "it is at least this".
    fn ladders(&mut self, fields: usize, thresholds: usize) -> Vec<Vec<i32>> {
        let ladders: Vec<Vec<i32>> = (0..fields).map(|_| (0..thresholds).map(|_| self.fresh()).collect()).collect();
        for ladder in &ladders {
            self.clauses.extend(ladder.windows(2).map(|pair| vec![pair[0], -pair[1]]));
        }
        ladders
    }

    fn all_of(&mut self, lits: &[i32]) -> i32 {
        let gate = self.fresh();
        self.clauses.extend(lits.iter().map(|lit| vec![-gate, *lit]));
        self.clauses.push(lits.iter().map(|lit| -lit).chain([gate]).collect());
        gate
    }

    fn any_of(&mut self, lits: &[i32]) -> i32 {
        let none: Vec<i32> = lits.iter().map(|lit| -lit).collect();
        -self.all_of(&none)
    }
}

/// What a rule asks of a field: that it is at least a threshold, or below it.
#[derive(Clone, Copy)]
struct Test {
    field: usize,
    threshold: usize,
    below: bool,
}

fn rules(random: &mut Random, count: usize, fields: usize, thresholds: usize) -> Vec<Vec<Test>> {
    let test = |random: &mut Random| Test {
        field: random.below(fields as u64) as usize,
        threshold: random.below(thresholds as u64) as usize,
        below: random.chance(25),
    };
    (0..count).map(|_| (0..2 + random.below(3)).map(|_| test(random)).collect()).collect()
}

fn lits(ladders: &[Vec<i32>], rule: &[Test]) -> Vec<i32> {
    let lit = |test: &Test| {
        let reached = ladders[test.field][test.threshold];
        if test.below { -reached } else { reached }
    };
    rule.iter().map(lit).collect()
}

/// A force's rules, each wider than the national one that it comes from, or cut in two at some threshold. Where it does not hold, one
/// rule in ten is narrower.
fn refinement((count, fields, thresholds): (usize, usize, usize), holds: bool) -> Problem {
    let mut random = Random::new(count as u64);
    let mut made = Made { variables: 0, clauses: Vec::new() };
    let ladders = made.ladders(fields, thresholds);
    let old = rules(&mut random, count, fields, thresholds);
    let mut new = Vec::new();
    for (at, rule) in old.iter().enumerate() {
        let mut rule = rule.clone();
        let narrower = !holds && at % 10 == 7;
        if random.chance(50) || narrower {
            for test in &mut rule {
                let by = 1 + random.below(3) as usize;
                let up = test.below != narrower;
                test.threshold =
                    if up { (test.threshold + by).min(thresholds - 1) } else { test.threshold.saturating_sub(by) };
            }
            new.push(rule);
        } else {
            let cut = Test {
                field: random.below(fields as u64) as usize,
                threshold: random.below(thresholds as u64) as usize,
                below: false,
            };
            new.push(rule.iter().copied().chain([cut]).collect());
            new.push(rule.iter().copied().chain([Test { below: true, ..cut }]).collect());
        }
    }
    let [old, new] = [old, new].map(|rules| rules.iter().map(|rule| lits(&ladders, rule)).collect::<Vec<_>>());
    let [fires, instead] = [&old, &new].map(|rules| {
        let fires: Vec<i32> = rules.iter().map(|rule| made.all_of(rule)).collect();
        made.any_of(&fires)
    });
    Problem {
        name: format!("{count} rules {}", if holds { "widened" } else { "widened, some narrowed" }),
        variables: made.variables,
        clauses: made.clauses,
        questions: vec![vec![fires, -instead]],
        sides: Some(Sides { ladders, old, new }),
    }
}

/// For each rule, whether it ever fires without any other.
fn dead_rules((count, fields, thresholds): (usize, usize, usize)) -> Problem {
    let mut random = Random::new(99);
    let mut made = Made { variables: 0, clauses: Vec::new() };
    let ladders = made.ladders(fields, thresholds);
    let rules = rules(&mut random, count, fields, thresholds);
    let fires: Vec<i32> = rules.iter().map(|rule| made.all_of(&lits(&ladders, rule))).collect();
    let alone = |rule: &i32| fires.iter().map(|other| if other == rule { *other } else { -other }).collect();
    Problem {
        name: format!("{count} questions, which rule is dead"),
        variables: made.variables,
        clauses: made.clauses,
        questions: fires.iter().map(alone).collect(),
        sides: None,
    }
}

/// So many records, each in a window only if it is in a wider one, in whatever order the wider one counts them: a third of them in the
/// first and not in the second.
fn counts(records: usize) -> Problem {
    let mut gates = Gates::of(Solver::certified());
    let narrow: Vec<Lit> = (0..records).map(|_| gates.solver.fresh()).collect();
    let wide: Vec<Lit> = narrow.iter().map(|_| gates.solver.fresh()).collect();
    for (narrow, wide) in narrow.iter().zip(&wide) {
        gates.solver.clause([!*narrow, *wide]);
    }
    let least = records / 3;
    let [old, new] = [&narrow, &wide].map(|lits| gates.at_least(lits, least).pop().expect("a rung"));
    refuted(format!("{records} records counted in two windows"), gates, old, new)
}

/// So many facts scored, and scored again with weights of which none is less.
fn scores(facts: usize) -> Problem {
    let mut random = Random::new(facts as u64);
    let mut gates = Gates::of(Solver::certified());
    let facts: Vec<Lit> = (0..facts).map(|_| gates.solver.fresh()).collect();
    let old: Vec<(u32, Lit)> = facts.iter().map(|fact| (1 + random.below(12) as u32, *fact)).collect();
    let new: Vec<(u32, Lit)> = old.iter().map(|(weight, fact)| (weight + random.below(3) as u32, *fact)).collect();
    let least = old.iter().map(|(weight, _)| u64::from(*weight)).sum::<u64>() / 2;
    let [old, new] = [old, new].map(|parts| gates.sum_at_least(&parts, least));
    refuted(format!("{} facts scored by two scales", facts.len()), gates, old, new)
}

/// The clauses that refute `old` without `new`, as the certificate has them.
fn refuted(name: String, mut gates: Gates, old: Lit, new: Lit) -> Problem {
    let assumed = [old, !new];
    assert_eq!(gates.solver.solve(&assumed, u64::MAX), Answer::No, "{name}");
    let problem = gates.solver.certificate(&assumed).expect("refuted").problem;
    let number = |text: &str| text.parse::<i32>().expect("a number");
    let clause = |line: &str| line.split(' ').map(number).take_while(|lit| *lit != 0).collect();
    let variables = problem.split(' ').nth(2).map(number).expect("a head");
    let clauses = problem.lines().skip(1).map(clause).collect();
    Problem { name, variables, clauses, questions: vec![Vec::new()], sides: None }
}
