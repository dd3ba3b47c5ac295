//! heedful beside the engines that a user would pick instead: the same 30 rules over the same calls, first until all of
//! them agree on every case, then against the clock. Prints Markdown; what it is at goes to standard error.
//!
//! ```sh
//! cargo run --release --locked --manifest-path peers/Cargo.toml            # -- --quick for a look
//! cargo run --release --locked --manifest-path peers/Cargo.toml -- service # as services
//! ```

mod agree;
mod clock;
mod engines;
mod generate;
mod json;
mod measure;
mod memory;
mod place;
mod policy;
mod random;
mod report;
mod service;
mod table;
mod targets;
mod verdict;

use crate::generate::Texts;
use crate::measure::Effort;
use crate::policy::TABLE;
use crate::report::Results;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

fn main() -> ExitCode {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let done = match std::env::args().nth(1).as_deref() {
        // The program that is compared, for what is measured in a process of its own.
        Some("decide" | "serve" | "record") => {
            let done = engines::heedful_program(std::env::args_os());
            memory::peak().into_iter().for_each(|peak| eprintln!("{peak}"));
            return done;
        }
        Some("serve-peer") => service::serve_peer(&std::env::args().nth(2).unwrap_or_default()),
        Some("service") => {
            println!("# heedful and its peers as services\n\n{}\n", machine());
            service::run(quick)
        }
        _ => run(&if quick { Effort::QUICK } else { Effort::FULL }),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(said) => {
            eprintln!("{said}");
            ExitCode::FAILURE
        }
    }
}

fn run(effort: &Effort) -> Result<(), String> {
    let kinds = engines::all();
    let cases = generate::cases(effort.cases);
    println!("# heedful and its peers\n\n{}\n", machine());
    describe(&cases);
    let fired = agree::agree(&kinds, &cases)?;
    println!("All {} engines agree on all of them.\n", kinds.len());
    fires(&fired, cases.len());

    let (lengths, variants) = (vec![10, 100, 1_000, 10_000], vec![1, 10, 100]);
    let few = &cases[..effort.sample.min(100)];
    let by_records = measure::by_records(&kinds, &lengths, effort.rounds)?;
    let by_rules = measure::by_rules(&kinds, few, &variants, effort.rounds)?;
    let (speeds, parsing) = measure::speeds(&kinds, &cases, effort);
    let results = Results {
        kinds: &kinds,
        speeds,
        loads_of_few: measure::loads(&kinds, 1, effort.rounds),
        loads_of_many: measure::loads(&kinds, 100, effort.rounds),
        lengths,
        by_records,
        variants,
        by_rules,
        parsing,
        many: measure::many(&cases, effort).unwrap_or_else(|said| {
            eprintln!("many calls are not measured: {said}");
            Vec::new()
        }),
    };
    results.print();
    if let Some(peak) = memory::peak() {
        println!(
            "The most memory this run has had: {} MiB, with all cases in every engine's own form one after the other.",
            peak / 1024,
        );
    }
    Ok(())
}

/// What the figures were measured on, and how busy it was, where the system says so.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map(|(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let load = read("/proc/loadavg");
    let load = load.split(' ').next().filter(|load| !load.is_empty()).unwrap_or("not known");
    let build = if cfg!(debug_assertions) { "without optimisation: the figures mean nothing" } else { "optimised" };
    format!("{}, {cores} cores, load {load} before the run; built {build}.", model.unwrap_or("A machine"))
}

fn describe(cases: &[Texts]) {
    let mut lengths: Vec<usize> = cases.iter().map(|case| case.records).collect();
    lengths.sort_unstable();
    let at = |part: usize| lengths[(lengths.len() * part / 1000).min(lengths.len() - 1)];
    let mean = |total: usize| total as f64 / cases.len() as f64;
    println!(
        "{} calls with histories of {} records in the middle, {:.1} in the mean, {} at the 99th percentile and {} at most; \
         a case is {:.0} bytes of JSON in the mean.\n",
        cases.len(),
        at(500),
        mean(lengths.iter().sum()),
        at(990),
        at(1000),
        mean(cases.iter().map(|case| case.rfc3339.len()).sum()),
    );
}

fn fires(fired: &[usize], cases: usize) {
    let each = TABLE
        .iter()
        .zip(fired)
        .map(|(rule, count)| format!("{} {:.1}", rule.name, *count as f64 * 100.0 / cases as f64));
    println!("Rules, with the percentage of calls in which each fires: {}.\n", each.collect::<Vec<_>>().join(", "));
}
