//! The SAT solver that heedful rests on, and those that it could rest on instead, over questions of the shape that heedful asks.
//!
//! `cargo run --release --locked --manifest-path peers/solvers/Cargo.toml -- [CHECKER…]`: a checker is a program such as `drat-trim` or
//! `rate`, which is handed the certificates too, and some that are forged. Every engine answers in a process of its own, so that its
//! memory is its own; nothing is written unless all agree, each assignment satisfies the clauses, and no forged certificate is taken.

mod certificates;
mod engines;
mod problems;
#[path = "../../src/random.rs"]
#[expect(dead_code, reason = "what the other comparison draws is not drawn here")]
mod random;

use engines::{Answers, NAMES, answers};
use problems::Problem;
use std::fs;
use std::process::Command;

/// How long an engine goes on with one problem for its figure, in nanoseconds.
const LONG_ENOUGH: u64 = 200_000_000;

/// After so long, in seconds, a process is ended.
const PATIENCE: &str = "10";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [one, engine, problem] = &arguments[..]
        && one == "one"
    {
        measure(engine, &problems::problem(problem.parse().expect("a number")));
        return;
    }
    println!("| problem | variables | clauses | answer | {} |", NAMES.join(" | "));
    println!("| --- | ---: | ---: | --- |{}", " ---: |".repeat(NAMES.len()));
    let mut varied = [0; NAMES.len()];
    for at in 0..problems::COUNT {
        let problem = problems::problem(at);
        let rows: Vec<Option<Row>> = NAMES.iter().map(|engine| ask(engine, at)).collect();
        for (varied, row) in varied.iter_mut().zip(&rows) {
            *varied += row.as_ref().map_or(0, |row| row.other);
        }
        let first = rows[0].as_ref().expect("the engine that the others are compared with");
        let cells = rows.iter().zip(NAMES).map(|(row, engine)| match row {
            Some(row) => {
                assert_eq!(row.satisfied, first.satisfied, "{engine}: {}", problem.name);
                format!("{} ({:.2}), {} kB", time(row.time), row.time as f64 / first.time as f64, row.memory)
            }
            None => "-".to_owned(),
        });
        let (asked, satisfied) = (problem.questions.len(), first.satisfied);
        let answer = match (asked, satisfied) {
            (1, 0) => "none".to_owned(),
            (1, _) => "found".to_owned(),
            _ => format!("{satisfied} of {asked} found"),
        };
        let cells: Vec<String> = cells.collect();
        println!(
            "| {} | {} | {} | {answer} | {} |",
            problem.name,
            problem.variables,
            problem.clauses.len(),
            cells.join(" | ")
        );
    }
    println!(
        "\nAnswers to a question asked again that were another assignment: {:?}.",
        NAMES.iter().zip(varied).collect::<Vec<_>>()
    );
    certificates::compare(&arguments);
}

fn time(nanoseconds: u64) -> String {
    match nanoseconds {
        0..10_000_000 => format!("{:.2} ms", nanoseconds as f64 / 1e6),
        _ => format!("{:.0} ms", nanoseconds as f64 / 1e6),
    }
}

struct Row {
    satisfied: usize,
    time: u64,
    memory: u64,
    /// How often the same question was answered with another assignment.
    other: u64,
}

/// One engine with one problem, in a process of its own; none if it gave up or took too long.
fn ask(engine: &str, problem: usize) -> Option<Row> {
    eprintln!("{engine}: problem {problem}");
    let own = std::env::current_exe().expect("this program");
    let mut command = Command::new("timeout");
    command.arg(PATIENCE).arg(own).args(["one", engine, &problem.to_string()]);
    let output = command.output().expect("timeout, of the coreutils");
    let said = String::from_utf8(output.stdout).expect("text");
    let Some(line) = said.lines().find_map(|line| line.strip_prefix("row ")) else {
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        return None;
    };
    let numbers: Vec<u64> = line.split(' ').map(|number| number.parse().expect("a number")).collect();
    Some(Row { satisfied: numbers[0] as usize, time: numbers[1], memory: numbers[2], other: numbers[3] })
}

/// Nothing of the problem is made anew while time is taken, but the solver is, with all its clauses.
fn measure(engine: &str, problem: &Problem) {
    let before = memory("VmRSS:");
    // The most from here on.
    fs::write("/proc/self/clear_refs", "5").expect("Linux");
    let Some(first) = answers(engine, problem) else { return };
    let more = memory("VmHWM:").saturating_sub(before);
    check(problem, &first);
    let satisfied = first.found.iter().flatten().count();
    let (began, mut rounds) = (on_processor(), 0);
    let (mut taken, mut other) = (0, 0);
    while taken < LONG_ENOUGH {
        let again = answers(engine, problem);
        rounds += 1;
        taken = on_processor() - began;
        other += u64::from(again.is_none_or(|again| again.found != first.found));
    }
    println!("row {satisfied} {} {more} {other}", taken / rounds);
}

/// Every assignment satisfies what it is said to; diagrams know only the variables of the formula.
fn check(problem: &Problem, answers: &Answers) {
    for (question, model) in problem.questions.iter().zip(&answers.found) {
        let Some(model) = model.as_ref().filter(|model| model.len() == problem.variables as usize) else { continue };
        let holds = |lit: &i32| model[lit.unsigned_abs() as usize - 1] == (*lit > 0);
        assert!(
            question.iter().all(holds) && problem.clauses.iter().all(|clause| clause.iter().any(holds)),
            "{}",
            problem.name
        );
    }
}

/// How long this thread has had a processor: other work on the machine is not counted.
fn on_processor() -> u64 {
    let said = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    said.split(' ').next().and_then(|time| time.parse().ok()).expect("a time")
}

fn memory(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("memory");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}
