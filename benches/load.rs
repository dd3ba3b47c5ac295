//! How long it takes to load a policy of 30, 300, 3,000 and 30,000 rules, stage by stage, and how much memory it then holds.
//!
//! ```sh
//! cargo bench --locked --bench load
//! cargo bench --locked --bench load -- FOLDER
//! ```
//!
//! The second loads the policies of a folder instead. The stages are those of a set that is read line by line; loading reads, checks and
//! prints rules once that differ only in their names and numbers.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark prints its figures and stops at what it did not expect"
)]
#![expect(clippy::float_arithmetic, reason = "its figures are for people")]

mod variants;

use heedful::engine::{self, Input, Snapshot};
use heedful::text::{Severity, Sources};
use heedful::{check, compile, syntax};
use heedful_live::files::read_policies;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use variants::{VARIANT, policy};

/// How often each size is loaded; the middle time is shown.
const ROUNDS: usize = 5;

fn main() {
    println!("{} cores", std::thread::available_parallelism().map_or(0, usize::from));
    // First, while the heap is small.
    memory();
    println!();
    println!("{:>7} {:>9}  {:>8} | one stage after the other, on one core", "rules", "bytes", "load");
    println!(
        "{:>7} {:>9}  {:>8} | {:>8} {:>8} {:>8} {:>8} {:>8}",
        "", "", "ms", "read", "parse", "check", "compile", "digest"
    );
    let given: Vec<PathBuf> = std::env::args_os().skip(1).filter(|word| word != "--bench").map(PathBuf::from).collect();
    let sets: Vec<Vec<Input>> = match given.as_slice() {
        [] => [30, 300, 3_000, 30_000].map(|rules| policy(rules / VARIANT, 0)).into(),
        paths => vec![read_policies(paths).expect("policies")],
    };
    for inputs in sets {
        let rules: usize = heedful_live::load(&inputs).policies.iter().map(Snapshot::rule_count).sum();
        let bytes: usize = inputs.iter().map(|input| input.bytes.len()).sum();
        let load = middle(ROUNDS, || time(|| heedful_live::load(&inputs)).1);
        let rounds: Vec<[Duration; 5]> = (0..ROUNDS).map(|_| stages(&inputs)).collect();
        print!("{rules:>7} {bytes:>9}  {} |", milliseconds(load));
        for stage in 0..5 {
            let mut times: Vec<Duration> = rounds.iter().filter_map(|round| round.get(stage).copied()).collect();
            times.sort();
            print!(" {}", milliseconds(times.get(ROUNDS / 2).copied().unwrap_or_default()));
        }
        println!();
    }
}

/// What each stage takes: the bytes to sources, these to trees, these to policies, these to programs, and the digest.
fn stages(inputs: &[Input]) -> [Duration; 5] {
    let (sources, read) = time(|| {
        let mut sources = Sources::default();
        for input in inputs {
            let (_, problems) = sources.add(&input.name, &input.bytes);
            assert!(problems.is_empty(), "the sources are sound");
        }
        sources
    });
    let (files, parsed) = time(|| sources.iter().map(|source| syntax::parse(source).0).collect::<Vec<_>>());
    let ((policies, problems), checked) = time(|| check::check(&files));
    assert!(problems.iter().all(|problem| problem.severity != Severity::Error), "the policies are sound: {problems:?}");
    let (programs, compiled) = time(|| policies.iter().map(compile::compile).collect::<Vec<_>>());
    assert!(!programs.is_empty(), "there is a policy");
    let (_, digested) = time(|| {
        let meanings: Vec<String> = files.iter().flat_map(|file| &file.items).flat_map(syntax::print_parts).collect();
        engine::digest(meanings.iter().map(String::as_bytes))
    });
    [read, parsed, checked, compiled, digested]
}

fn memory() {
    let inputs = policy(3_000 / VARIANT, 0);
    let before = resident();
    let load = heedful_live::load(&inputs);
    println!("memory of a load of 3,000 rules while it is held: {} kB", resident().saturating_sub(before));
    drop(load);
}

/// The memory that the process holds, in kB. Only Linux says so in this way.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn time<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let made = work();
    (made, begun.elapsed())
}

fn middle(rounds: usize, mut work: impl FnMut() -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..rounds).map(|_| work()).collect();
    times.sort();
    times.get(rounds / 2).copied().unwrap_or_default()
}

fn milliseconds(time: Duration) -> String {
    format!("{:>8.2}", time.as_secs_f64() * 1_000.0)
}
