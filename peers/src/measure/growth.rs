//! How evaluation grows with the history and with the rules.

use super::speed::in_cache;
use crate::agree::agree_on;
use crate::clock::{median, nanoseconds};
use crate::engines::Kind;
use crate::generate::{Texts, case};

/// An engine that would take longer than this for one call of the next length is not asked for it.
const TOO_LONG: f64 = 3e9;

/// An engine that takes longer than this for one call is timed in one round only.
const LONG: f64 = 2e7;

/// So far apart that what else the machine does at one moment meets one of them only.
const ROUNDS: usize = 3;

/// Cases of each length, which differ.
const CASES: usize = 5;

/// For each engine the median time of a call with histories of these lengths; `None` where it would take too long.
///
/// # Errors
/// A case on which the engines do not agree.
pub fn by_records(kinds: &[Kind], lengths: &[usize]) -> Result<Vec<Vec<Option<f64>>>, String> {
    let cases: Vec<Vec<Texts>> =
        lengths.iter().map(|length| (0..CASES).map(|number| case(number, *length)).collect()).collect();
    let mut expected: Vec<Option<Vec<_>>> = lengths.iter().map(|_| None).collect();
    let mut rows: Vec<Vec<Vec<f64>>> = kinds.iter().map(|_| vec![Vec::new(); lengths.len()]).collect();
    for round in 0..ROUNDS {
        for (kind, row) in kinds.iter().zip(&mut rows) {
            eprintln!("growth with records, round {} of {ROUNDS}: {}", round + 1, kind.name);
            let mut engine = kind.loaded(1)?;
            for (at, cases) in cases.iter().enumerate() {
                if may_take(row, at) > if round == 0 { TOO_LONG } else { LONG } {
                    break;
                }
                agree_on(kind, &mut *engine, cases, &mut expected[at])?;
                row[at].extend((0..CASES).map(|case| nanoseconds(|| engine.evaluate(case))));
            }
        }
    }
    let middle = |took: &Vec<f64>| (!took.is_empty()).then(|| median(took.clone()));
    Ok(rows.iter().map(|row| row.iter().map(middle).collect()).collect())
}

/// How long one call of a length took, or may take, going by the lengths before it.
fn may_take(row: &[Vec<f64>], at: usize) -> f64 {
    let took = |at: usize| row.get(at).filter(|took| !took.is_empty()).map(|took| median(took.clone()));
    let last = |back: usize| at.checked_sub(back).and_then(took);
    let growth = last(1).zip(last(2)).map_or(10.0, |(last, before)| (last / before).max(10.0));
    took(at).or_else(|| last(1).map(|last| last * growth)).unwrap_or(0.0)
}

/// For each engine the median time of a call with so many variants of the rules; the error of one that refuses them.
///
/// # Errors
/// A case on which the engines do not agree.
pub fn by_rules(kinds: &[Kind], cases: &[Texts], variants: &[usize]) -> Result<Vec<Vec<Result<f64, String>>>, String> {
    let mut expected: Vec<Option<Vec<_>>> = variants.iter().map(|_| None).collect();
    let mut rows = Vec::new();
    for kind in kinds {
        eprintln!("growth with rules: {}", kind.name);
        let mut row = Vec::new();
        for (variants, expected) in variants.iter().zip(&mut expected) {
            row.push(match kind.loaded(*variants) {
                Err(refusal) => Err(refusal),
                Ok(mut engine) => {
                    agree_on(kind, &mut *engine, cases, expected)?;
                    Ok(in_cache(&mut *engine, cases.len()))
                }
            });
        }
        rows.push(row);
    }
    Ok(rows)
}
