//! What it costs to parse the JSON of a case and do nothing with it.

use super::Effort;
use crate::clock::{median, nanoseconds};
use crate::generate::Texts;
use crate::json::Case;
use std::hint::black_box;

pub struct Parsing {
    pub parser: &'static str,
    /// What it parses into.
    pub into: &'static str,
    /// The median of calls.
    pub nanoseconds: f64,
}

type Parse = fn(&str, &mut Vec<u8>);

/// simd-json writes into the text that it parses, so it is given a copy; copying costs a fiftieth of parsing.
const PARSERS: [(&str, &str, Parse); 7] = [
    ("serde_json", "structs", |text, _| drop(black_box(serde_json::from_str::<Case<'_>>(text).expect("JSON")))),
    ("simd-json", "structs", |text, copy| {
        drop(black_box(simd_json::from_slice::<Case<'_>>(again(text, copy)).expect("JSON")))
    }),
    ("sonic-rs", "structs", |text, _| drop(black_box(sonic_rs::from_str::<Case<'_>>(text).expect("JSON")))),
    ("serde_json", "values", |text, _| drop(black_box(serde_json::from_str::<serde_json::Value>(text).expect("JSON")))),
    ("simd-json", "values", |text, copy| {
        drop(black_box(simd_json::to_borrowed_value(again(text, copy)).expect("JSON")))
    }),
    ("sonic-rs", "values", |text, _| drop(black_box(sonic_rs::from_str::<sonic_rs::Value>(text).expect("JSON")))),
    ("jiter", "values", |text, _| drop(black_box(jiter::JsonValue::parse(text.as_bytes(), false).expect("JSON")))),
];

fn again<'c>(text: &str, copy: &'c mut Vec<u8>) -> &'c mut [u8] {
    copy.clear();
    copy.extend_from_slice(text.as_bytes());
    copy
}

pub fn parsing(cases: &[Texts], effort: &Effort) -> Vec<Parsing> {
    let mut rounds: Vec<Vec<f64>> = PARSERS.iter().map(|_| Vec::new()).collect();
    let mut copy = Vec::new();
    for _ in 0..effort.rounds {
        for ((_, _, parse), rounds) in PARSERS.iter().zip(&mut rounds) {
            let each = cases.iter().take(effort.sample);
            rounds.push(median(each.map(|case| nanoseconds(|| parse(&case.rfc3339, &mut copy))).collect()));
        }
    }
    let parsers = PARSERS.iter().zip(rounds);
    parsers.map(|((parser, into, _), rounds)| Parsing { parser, into, nanoseconds: median(rounds) }).collect()
}
