//! Evaluation alone, from JSON to decision, and what is allocated meanwhile.

use super::Effort;
use crate::clock::{median, nanoseconds};
use crate::engines::{Engine, Kind};
use crate::generate::Texts;
use crate::memory::allocated;
use std::time::Instant;

/// What one engine takes for one call.
pub struct Speed {
    /// Nanoseconds to evaluate a call again and again: its history is in cache. The median of calls.
    pub in_cache: f64,
    /// Nanoseconds to evaluate a call when many others were evaluated since. The mean of calls.
    pub out_of_cache: f64,
    /// Nanoseconds from the JSON of a case to the JSON of a decision. The median of calls.
    pub text: f64,
    /// Allocations of an evaluation, and their bytes, once nothing is new. Means of calls.
    pub allocations: f64,
    pub allocated: f64,
}

/// The engines take turns, round by round, so that what else the machine does meets all of them.
pub fn speeds(kinds: &[Kind], cases: &[Texts], effort: &Effort) -> Vec<Speed> {
    let mut rounds: Vec<Vec<Speed>> = kinds.iter().map(|_| Vec::new()).collect();
    for round in 0..effort.rounds {
        for (kind, speeds) in kinds.iter().zip(&mut rounds) {
            eprintln!("round {} of {}: {}", round + 1, effort.rounds, kind.name);
            let mut engine = kind.loaded(1).expect("a policy that was loaded before");
            engine.take(cases);
            speeds.push(speed(&mut *engine, cases, effort.sample));
        }
    }
    rounds.iter().map(|speeds| middle(speeds)).collect()
}

fn middle(speeds: &[Speed]) -> Speed {
    let of = |figure: fn(&Speed) -> f64| median(speeds.iter().map(figure).collect());
    Speed {
        in_cache: of(|speed| speed.in_cache),
        out_of_cache: of(|speed| speed.out_of_cache),
        text: of(|speed| speed.text),
        allocations: of(|speed| speed.allocations),
        allocated: of(|speed| speed.allocated),
    }
}

fn speed(engine: &mut dyn Engine, cases: &[Texts], sample: usize) -> Speed {
    let out_of_cache = whole_set(engine, cases.len());
    let before = allocated();
    (0..cases.len()).for_each(|case| engine.evaluate(case));
    let made = allocated().since(before);
    let mut out = Vec::new();
    let text = cases.iter().take(sample).map(|case| {
        nanoseconds(|| {
            out.clear();
            engine.decide(case, &mut out);
        })
    });
    Speed {
        text: median(text.collect()),
        in_cache: in_cache(engine, sample.min(cases.len())),
        out_of_cache,
        allocations: made.times as f64 / cases.len() as f64,
        allocated: made.bytes as f64 / cases.len() as f64,
    }
}

fn whole_set(engine: &mut dyn Engine, cases: usize) -> f64 {
    let started = Instant::now();
    (0..cases).for_each(|case| engine.evaluate(case));
    started.elapsed().as_nanos() as f64 / cases as f64
}

/// The median of the first so many cases, each evaluated again and again.
pub fn in_cache(engine: &mut dyn Engine, cases: usize) -> f64 {
    median((0..cases).map(|case| nanoseconds(|| engine.evaluate(case))).collect())
}
