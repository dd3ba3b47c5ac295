//! How long proofs take: the shipped forces beside their base, question by question, and how it grows with the number of rules.
//!
//! ```sh
//! cargo bench --locked --bench proof
//! ```
//!
//! The policies that grow are those of the benchmark of loading. Each is compared with itself where every number is one more and every span a day
//! longer, so that every rule with a number or a span is a question, in one direction a call for most, in the other proved for some.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark prints its figures and stops at what it did not expect"
)]
#![expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "its figures are for people")]

mod variants;

use heedful::engine::{Load, Snapshot};
use heedful::proof::{
    Comparison, InvariantProof, Verdict, compare, compare_rules, prove_against_base, prove_invariants,
};
use heedful_live::files::read_policies;
use std::path::Path;
use std::time::{Duration, Instant};
use variants::{VARIANT, policy};

/// How often each is done; the middle time is shown.
const ROUNDS: usize = 5;

fn main() {
    println!("{} cores, of which one is used", std::thread::available_parallelism().map_or(0, usize::from));
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let inputs = read_policies(&[rules]).expect("the shipped policies");
    let (load, loading) = time(|| heedful_live::load(&inputs));
    println!("loading the shipped policies: {} ms", milliseconds(loading));
    let base = load.policies.iter().find(|policy| policy.bases().next().is_none()).expect("the base");
    for force in load.policies.iter().filter(|policy| policy.bases().next().is_some()) {
        beside(&load, force, base);
    }
    println!();
    println!(
        "{:>7} | {:>10} {:>10} {:>10} | {:>10} {:>10} {:>10}",
        "rules", "questions", "ms", "ms each", "proved", "calls", "open"
    );
    for rules in [60, 120, 240, 510, 1_020] {
        grown(rules);
    }
}

/// A force beside its base, as `compare --base` does it, and what of it takes how long.
fn beside(load: &Load, force: &Snapshot, base: &Snapshot) {
    println!();
    println!("{}", force.name());
    let mut compared = None;
    let whole = middle(|| {
        compared = Some(compare(base, force, false));
    });
    let against = middle(|| {
        assert!(prove_against_base(load, force, base, false).is_never_weaker(), "it is never weaker");
    });
    let compared = compared.expect("it was compared");
    let questions = asked(&compared);
    println!("  lower and higher, with a call for each rule: {} ms, {questions} questions", milliseconds(whole));
    println!("  never weaker, proved without what is allowed: {} ms", milliseconds(against));
    let invariants = middle(|| {
        assert!(prove_invariants(force, false).iter().all(InvariantProof::is_proved), "its invariants are proved");
    });
    println!("  {} invariants: {} ms", force.policy().invariants.len(), milliseconds(invariants));
    // One rule more in a question that others were asked before it.
    let mut each: Vec<(Duration, &str)> = Vec::new();
    let none = middle(|| drop(compare_rules(base, force, |_| false)));
    for rule in &base.policy().rules {
        let one = middle(|| drop(compare_rules(base, force, |name| name == rule.name)));
        each.push((one.saturating_sub(none), &rule.name));
    }
    each.sort();
    let at = |part: usize| each.get((each.len() - 1) * part / 100).copied().unwrap_or_default();
    let [middle, high, most] = [50, 90, 100].map(at);
    println!(
        "  a further rule: {} ms in the middle, {} for nine in ten, {} at most ({})",
        milliseconds(middle.0),
        milliseconds(high.0),
        milliseconds(most.0),
        most.1
    );
}

fn grown(rules: usize) {
    let [one, other] = [0, 1].map(|more| heedful_live::load(&policy(rules / VARIANT, more)));
    let [old, new] = [&one, &other].map(|load| load.policies.first().expect("a policy"));
    let (compared, took) = time(|| compare(old, new, false));
    let questions = asked(&compared);
    let verdicts = || compared.parts.iter().flat_map(|part| [&part.lower, &part.higher]);
    println!(
        "{:>7} | {questions:>10} {:>10} {:>10.3} | {:>10} {:>10} {:>10}",
        old.rule_count(),
        milliseconds(took),
        took.as_secs_f64() * 1_000.0 / questions as f64,
        verdicts().map(|verdict| verdict.proved).sum::<usize>(),
        verdicts().map(|verdict| verdict.calls.len()).sum::<usize>(),
        verdicts().map(|verdict| verdict.not_settled.len()).sum::<usize>(),
    );
}

fn asked(compared: &Comparison) -> usize {
    compared.parts.iter().flat_map(|part| [&part.lower, &part.higher]).map(Verdict::asked).sum()
}

fn time<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let made = work();
    (made, begun.elapsed())
}

fn middle(mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS).map(|_| time(&mut work).1).collect();
    times.sort();
    times.get(ROUNDS / 2).copied().unwrap_or_default()
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1_000.0)
}
