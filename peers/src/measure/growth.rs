//! How evaluation grows with the history and with the rules.

use super::speed::in_cache;
use crate::agree::agree_on;
use crate::clock::{median, nanoseconds};
use crate::engines::Kind;
use crate::generate::{Texts, case};

/// An engine that would take longer than this for one call of the next length is not asked for it.
const TOO_LONG: f64 = 3e9;

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
    let mut rows = Vec::new();
    for kind in kinds {
        eprintln!("growth with records: {}", kind.name);
        let mut engine = kind.loaded(1)?;
        let mut row: Vec<Option<f64>> = Vec::new();
        for (at, cases) in cases.iter().enumerate() {
            let expects = at.checked_sub(1).map(|last| row[last].map(|took| took * growth(&row, at)));
            let too_long = expects.is_some_and(|expects| expects.is_none_or(|expects| expects > TOO_LONG));
            row.push(if too_long {
                None
            } else {
                agree_on(kind, &mut *engine, cases, &mut expected[at])?;
                Some(median((0..CASES).map(|case| nanoseconds(|| engine.evaluate(case))).collect()))
            });
        }
        rows.push(row);
    }
    Ok(rows)
}

/// How much longer the next length takes than the last did, going by the two before it.
fn growth(row: &[Option<f64>], at: usize) -> f64 {
    let before = at.checked_sub(2).and_then(|before| row[before]);
    match (before, row[at - 1]) {
        (Some(before), Some(last)) => (last / before).max(10.0),
        _ => 10.0,
    }
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
