//! Evaluation alone, from JSON to decision, parsing alone, and what is allocated meanwhile.

use super::Effort;
use super::parsing::{PARSERS, Parsing};
use super::turns::Turns;
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

/// What an engine takes for the whole set of calls, in means of calls.
struct Set {
    nanoseconds: f64,
    allocations: f64,
    allocated: f64,
}

/// The engines and the parsers take turns call by call, in rounds between which the engines go through the whole set.
pub fn speeds(kinds: &[Kind], cases: &[Texts], effort: &Effort) -> (Vec<Speed>, Vec<Parsing>) {
    let load = |kind: &Kind, cases: &[Texts]| {
        let mut engine = kind.loaded(1).expect("a policy that was loaded before");
        engine.take(cases);
        engine
    };
    let sample = &cases[..effort.sample.min(cases.len())];
    let mut engines: Vec<_> = kinds.iter().map(|kind| load(kind, sample)).collect();
    let mut sets: Vec<Option<Set>> = kinds.iter().map(|_| None).collect();
    let mut in_cache = Turns::new(kinds.len(), sample.len());
    let mut texts = Turns::new(kinds.len() + PARSERS.len(), sample.len());
    let mut text = Vec::new();
    for round in 1..=effort.rounds {
        for (kind, set) in kinds.iter().zip(&mut sets) {
            eprintln!("round {round} of {}: all calls, {}", effort.rounds, kind.name);
            let taken = whole_set(&mut *load(kind, cases), cases.len());
            if set.as_ref().is_none_or(|set| taken.nanoseconds < set.nanoseconds) {
                *set = Some(taken);
            }
        }
        eprintln!("round {round} of {}: call by call", effort.rounds);
        in_cache.round(|engine, call| engines[engine].evaluate(call));
        texts.round(|way, call| match engines.get_mut(way) {
            Some(engine) => {
                text.clear();
                engine.decide(&sample[call], &mut text);
            }
            None => PARSERS[way - kinds.len()].parse(&sample[call].rfc3339, &mut text),
        });
    }
    let mut texts = texts.medians().into_iter().flatten();
    let in_cache = in_cache.medians().into_iter().flatten();
    let speeds = in_cache.zip(texts.by_ref()).zip(sets.into_iter().flatten()).map(|((in_cache, text), set)| {
        let Set { nanoseconds: out_of_cache, allocations, allocated } = set;
        Speed { in_cache, out_of_cache, text, allocations, allocated }
    });
    let speeds = speeds.collect();
    let parsing = PARSERS.iter().zip(texts).map(|(parser, nanoseconds)| Parsing { parser, nanoseconds });
    (speeds, parsing.collect())
}

/// Goes through the whole set once for the time, and once more for what is allocated when nothing is new.
fn whole_set(engine: &mut dyn Engine, cases: usize) -> Set {
    let started = Instant::now();
    (0..cases).for_each(|case| engine.evaluate(case));
    let took = started.elapsed().as_nanos() as f64;
    let before = allocated();
    (0..cases).for_each(|case| engine.evaluate(case));
    let made = allocated().since(before);
    let mean = |total: f64| total / cases as f64;
    Set { nanoseconds: mean(took), allocations: mean(made.times as f64), allocated: mean(made.bytes as f64) }
}
