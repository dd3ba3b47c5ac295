//! How evaluation grows with the history and with the rules.

use super::turns::Turns;
use crate::agree::agree_on;
use crate::engines::{Engine, Kind};
use crate::generate::{Texts, case};

/// An engine that would take longer than this for one call of the next length is not asked for it.
const TOO_LONG: f64 = 3e9;

/// An engine that takes longer than this for one call is timed in one round only.
const LONG: f64 = 2e7;

/// Cases of each length, which differ.
const CASES: usize = 5;

/// For each engine the time of a call with histories of these lengths, the median of calls; `None` where it would take too long.
///
/// # Errors
/// A case on which the engines do not agree.
pub fn by_records(kinds: &[Kind], lengths: &[usize], rounds: usize) -> Result<Vec<Vec<Option<f64>>>, String> {
    let cases: Vec<Vec<Texts>> =
        lengths.iter().map(|length| (0..CASES).map(|number| case(number, *length)).collect()).collect();
    let mut expected: Vec<Option<Vec<_>>> = lengths.iter().map(|_| None).collect();
    let mut rows: Vec<Turns> = kinds.iter().map(|_| Turns::new(lengths.len(), CASES)).collect();
    for round in 1..=rounds {
        for (kind, row) in kinds.iter().zip(&mut rows) {
            eprintln!("growth with records, round {round} of {rounds}: {}", kind.name);
            let mut engine = kind.loaded(1)?;
            for (length, cases) in cases.iter().enumerate() {
                if may_take(row, length) > if round == 1 { TOO_LONG } else { LONG } {
                    break;
                }
                agree_on(kind, &mut *engine, cases, &mut expected[length])?;
                (0..CASES).for_each(|case| row.time(length, case, || engine.evaluate(case)));
            }
        }
    }
    Ok(rows.into_iter().map(Turns::medians).collect())
}

/// How long one call of a length took, or may take, going by the lengths before it.
fn may_take(row: &Turns, length: usize) -> f64 {
    let last = |back: usize| length.checked_sub(back).and_then(|length| row.median(length));
    let growth = last(1).zip(last(2)).map_or(10.0, |(last, before)| (last / before).max(10.0));
    row.median(length).or_else(|| last(1).map(|last| last * growth)).unwrap_or(0.0)
}

/// For each engine the time of a call with so many variants of the rules, the median of calls; the error of one that refuses
/// them.
///
/// # Errors
/// A case on which the engines do not agree.
pub fn by_rules(
    kinds: &[Kind],
    cases: &[Texts],
    variants: &[usize],
    rounds: usize,
) -> Result<Vec<Vec<Result<f64, String>>>, String> {
    let mut expected: Vec<Option<Vec<_>>> = variants.iter().map(|_| None).collect();
    let mut engines: Vec<Result<Box<dyn Engine>, String>> = Vec::new();
    for kind in kinds {
        eprintln!("growth with rules: {}", kind.name);
        for (variants, expected) in variants.iter().zip(&mut expected) {
            let mut engine = kind.loaded(*variants);
            if let Ok(engine) = &mut engine {
                agree_on(kind, &mut **engine, cases, expected)?;
            }
            engines.push(engine);
        }
    }
    let mut turns = Turns::new(engines.len(), cases.len());
    for round in 1..=rounds {
        eprintln!("growth with rules, round {round} of {rounds}");
        turns.round(|engine, call| engines[engine].iter_mut().for_each(|engine| engine.evaluate(call)));
    }
    let took = engines.into_iter().zip(turns.medians());
    let took: Vec<_> = took.map(|(engine, took)| engine.map(|_| took.unwrap_or(f64::INFINITY))).collect();
    Ok(took.chunks(variants.len()).map(<[_]>::to_vec).collect())
}
