//! Pairs of policies -> whether the second ever gives less than the first, by heedful's proofs and by Cedar's analyser, and how long each takes.
//!
//! `cargo run --release --locked --manifest-path peers/analysers/Cargo.toml -- SOLVER…`: a solver is a `cvc5` that Cedar's analyser
//! can start, named by its path; without one, it is the `cvc5` on the path. `-- show 5` prints both policies of pair 5 in both languages. Each analyser works in a process of
//! its own. The run ends where two of them disagree about the same question, or what one shows is not so by an evaluator.

mod answer;
mod cedar;
mod measure;
mod policies;
mod proofs;
#[path = "../../src/random.rs"]
#[expect(dead_code, reason = "what the other comparison draws is not drawn here")]
mod random;

use answer::Answer;
use measure::Both;
use policies::Problem;
use std::process::Command;

/// Rounds of each figure, of which the one in the middle counts; after so many nanoseconds no other is begun.
const ROUNDS: usize = 9;
const LONG_ENOUGH: u64 = 800_000_000;

/// After so long, in seconds, a process is ended, and not asked about larger policies with the same change.
const PATIENCE: &str = "60";

/// Who is asked: heedful, or Cedar's analyser with a solver, over facts that may be missing or over facts that are all there.
#[derive(Clone, PartialEq, Eq)]
enum Analyser {
    Heedful,
    Cedar { solver: String, missing: bool },
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let problem = |at: &str| policies::problem(at.parse().expect("a number"));
    match arguments[..] {
        ["show", at] => show(&problem(at)),
        ["one", at, "heedful"] => measure(&problem(at), &Analyser::Heedful),
        ["one", at, facts, solver] => {
            let missing = facts == "missing";
            measure(&problem(at), &Analyser::Cedar { solver: solver.to_owned(), missing });
        }
        ref solvers => compare(if solvers.is_empty() { &["cvc5"] } else { solvers }),
    }
}

fn show(problem: &Problem) {
    for policy in [&problem.old, &problem.new] {
        let texts = [policies::heedful(policy), policies::cedar(policy, true), policies::cedar(policy, false)];
        println!("{}", texts.concat().join("\n"));
    }
}

fn compare(solvers: &[&str]) {
    let mut analysers = vec![Analyser::Heedful];
    for missing in [true, false] {
        analysers.extend(solvers.iter().map(|solver| Analyser::Cedar { solver: (*solver).to_owned(), missing }));
    }
    for (number, solver) in (1..).zip(solvers) {
        let said = Command::new(solver).arg("--version").output().expect("a solver").stdout;
        println!("Solver {number}: {}.", String::from_utf8_lossy(&said).lines().next().unwrap_or_default());
    }
    let names = analysers.iter().map(|analyser| match analyser {
        Analyser::Heedful => "heedful".to_owned(),
        Analyser::Cedar { solver, missing } => {
            let number = solvers.iter().position(|known| known == solver).map_or(0, |at| at + 1);
            format!("Cedar, facts {}, solver {number}", if *missing { "may be missing" } else { "all there" })
        }
    });
    println!("\n| pair of policies | {} |", names.collect::<Vec<_>>().join(" | "));
    println!("| --- |{}", " --- |".repeat(analysers.len()));
    let mut too_long: Vec<(&Analyser, usize)> = Vec::new();
    for at in 0..policies::COUNT {
        let problem = policies::problem(at);
        let change = at % policies::CHANGES.len();
        let ask = |analyser| if too_long.contains(&(analyser, change)) { None } else { ask(analyser, at) };
        let rows: Vec<Option<Row>> = analysers.iter().map(ask).collect();
        too_long.extend(
            analysers.iter().zip(&rows).filter(|(_, row)| row.is_none()).map(|(analyser, _)| (analyser, change)),
        );
        agree(&problem, &analysers, &rows);
        let cells = rows.iter().map(|row| row.as_ref().map_or("-".to_owned(), Row::cell));
        println!("| {} | {} |", problem.name, cells.collect::<Vec<_>>().join(" | "));
    }
}

/// Over facts that may be missing both ask the same: whether some rule applies and no rule of the other policy. Where all facts are there
/// Cedar asks what heedful's evaluator would say, so what heedful shows it shows too, and what heedful proves it proves.
fn agree(problem: &Problem, analysers: &[Analyser], rows: &[Option<Row>]) {
    let Some(heedful) = &rows[0] else { return };
    for (analyser, row) in analysers.iter().zip(rows) {
        let (Analyser::Cedar { missing, .. }, Some(row)) = (analyser, row) else { continue };
        let (own, theirs) = (heedful.answer.as_str(), row.answer.as_str());
        let alike = own.starts_with("call") == theirs.starts_with("call");
        let open = own == "not settled" && !(*missing && theirs == "proved");
        assert!(alike || open || theirs == "not settled", "{}: {rows:?}", problem.name);
    }
}

#[derive(Debug)]
struct Row {
    answer: String,
    first: Both,
    again: Both,
    memory: Both,
}

impl Row {
    fn cell(&self) -> String {
        let time = |time: Both| {
            let said = |time: u64| match time {
                0..10_000_000 => format!("{:.1}", time as f64 / 1e6),
                _ => format!("{:.0}", time as f64 / 1e6),
            };
            let solver = if time.solver == 0 { String::new() } else { format!(" ({})", said(time.solver)) };
            format!("{}{solver} ms", said(time.sum()))
        };
        let memory = |size: u64| format!("{:.1}", size as f64 / 1024.0);
        let solver = if self.memory.solver == 0 { String::new() } else { format!(" + {}", memory(self.memory.solver)) };
        let [first, again] = [self.first, self.again].map(time);
        format!("{}; {first}; {again}; {}{solver} MB", self.answer, memory(self.memory.own))
    }
}

/// In a process of its own; none if it took too long.
fn ask(analyser: &Analyser, problem: usize) -> Option<Row> {
    let own = std::env::current_exe().expect("this program");
    let mut command = Command::new("timeout");
    command.arg(PATIENCE).arg(own).args(["one", &problem.to_string()]);
    match analyser {
        Analyser::Heedful => command.arg("heedful"),
        Analyser::Cedar { solver, missing } => command.args([if *missing { "missing" } else { "there" }, solver]),
    };
    let output = command.output().expect("timeout, of the coreutils");
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).expect("text");
    let Some(line) = said.lines().find_map(|line| line.strip_prefix("row ")) else {
        assert_eq!(output.status.code(), Some(124), "neither an answer nor too late");
        return None;
    };
    let (numbers, answer) = line.split_once(": ").expect("an answer");
    let numbers: Vec<u64> = numbers.split(' ').map(|number| number.parse().expect("a number")).collect();
    let [first, again, memory] = [0, 2, 4].map(|at| Both { own: numbers[at], solver: numbers[at + 1] });
    Some(Row { answer: answer.to_owned(), first, again, memory })
}

/// The first question is counted from the texts of both policies on, with the solver's start; a further one from policies that are
/// loaded and a solver that has been asked before.
fn measure(problem: &Problem, analyser: &Analyser) {
    let (mut first, mut again) = (Vec::new(), Vec::new());
    let (mut most, mut said, mut taken) = (Both::default(), None, 0);
    while first.is_empty() || (first.len() < ROUNDS && taken < LONG_ENOUGH) {
        let before = measure::forget_memory();
        let (times, answer, memory) = round(problem, analyser);
        if said.is_none() {
            most = memory - before;
            said = Some(checked(problem, analyser, &answer));
        }
        taken += times.map(Both::sum).iter().sum::<u64>();
        first.push(times[0]);
        again.push(times[1]);
    }
    let [first, again] = [first, again].map(middle);
    let numbers = [first, again, most].map(|both| format!("{} {}", both.own, both.solver));
    println!("row {}: {}", numbers.join(" "), said.expect("an answer"));
}

fn middle(mut times: Vec<Both>) -> Both {
    times.sort_by_key(|time| time.sum());
    times[times.len() / 2]
}

/// How long the first question and a further one took, the answer, and the most memory.
fn round(problem: &Problem, analyser: &Analyser) -> ([Both; 2], Answer, Both) {
    let begun = measure::time();
    match analyser {
        Analyser::Heedful => {
            let loaded = proofs::Loaded::of(problem);
            let answer = loaded.ask();
            let first = measure::time();
            loaded.ask();
            ([first - begun, measure::time() - first], answer, measure::most_memory())
        }
        Analyser::Cedar { solver, missing } => {
            let mut loaded = cedar::Loaded::of(problem, *missing, solver);
            let answer = loaded.ask();
            // What the solver had before it was started is nothing.
            let first = measure::time();
            loaded.ask();
            let times = [first - Both { solver: 0, ..begun }, measure::time() - first];
            let memory = measure::most_memory();
            loaded.end();
            (times, answer, memory)
        }
    }
}

/// What is shown is so by the evaluator of whoever showed it, and by the other's: but where a fact is missing, heedful may know of a
/// rule that applies whatever it is, and Cedar does not. The answer is said, with whether this is so.
fn checked(problem: &Problem, analyser: &Analyser, answer: &Answer) -> String {
    let facts = match answer {
        Answer::Proved => return "proved".to_owned(),
        Answer::Open(why) => {
            eprintln!("{}: {why}", problem.name);
            return "not settled".to_owned();
        }
        Answer::Call(facts) => facts,
    };
    let solver = if let Analyser::Cedar { solver, .. } = analyser { solver } else { "true" };
    for missing in [true, false] {
        let loaded = cedar::Loaded::of(problem, missing, solver);
        // Where nothing may be missing and something is, there is no such request.
        assert!(loaded.is_less(facts).unwrap_or(!missing), "Cedar: {}: {facts:?}", problem.name);
        loaded.end();
    }
    let is_so = proofs::Loaded::of(problem).is_less(facts);
    assert!(is_so || matches!(analyser, Analyser::Cedar { missing: true, .. }), "heedful: {}: {facts:?}", problem.name);
    let differs = if is_so { "" } else { ", none to heedful" };
    format!("call, {} facts{differs}", facts.known())
}
