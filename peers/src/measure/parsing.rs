//! Parsing the JSON of a case and doing nothing with it.

use crate::json::Case;
use std::hint::black_box;

pub struct Parser {
    pub name: &'static str,
    /// What it parses into.
    pub into: &'static str,
    parse: fn(&str, &mut Vec<u8>),
}

/// What a parser takes for the JSON of a call, in the median.
pub struct Parsing {
    pub parser: &'static Parser,
    pub nanoseconds: f64,
}

impl Parser {
    const fn new(name: &'static str, into: &'static str, parse: fn(&str, &mut Vec<u8>)) -> Self {
        Self { name, into, parse }
    }

    /// Parses a text and drops what comes of it, with memory for a copy of the text.
    pub fn parse(&self, text: &str, copy: &mut Vec<u8>) {
        (self.parse)(text, copy);
    }
}

/// simd-json writes into the text that it parses, so it is given a copy; copying costs a fiftieth of parsing.
pub static PARSERS: [Parser; 7] = [
    Parser::new("serde_json", "structs", |text, _| {
        drop(black_box(serde_json::from_str::<Case<'_>>(text).expect("JSON")));
    }),
    Parser::new("simd-json", "structs", |text, copy| {
        drop(black_box(simd_json::from_slice::<Case<'_>>(again(text, copy)).expect("JSON")));
    }),
    Parser::new("sonic-rs", "structs", |text, _| drop(black_box(sonic_rs::from_str::<Case<'_>>(text).expect("JSON")))),
    Parser::new("serde_json", "values", |text, _| {
        drop(black_box(serde_json::from_str::<serde_json::Value>(text).expect("JSON")));
    }),
    Parser::new("simd-json", "values", |text, copy| {
        drop(black_box(simd_json::to_borrowed_value(again(text, copy)).expect("JSON")));
    }),
    Parser::new("sonic-rs", "values", |text, _| {
        drop(black_box(sonic_rs::from_str::<sonic_rs::Value>(text).expect("JSON")));
    }),
    Parser::new("jiter", "values", |text, _| {
        drop(black_box(jiter::JsonValue::parse(text.as_bytes(), false).expect("JSON")));
    }),
];

fn again<'c>(text: &str, copy: &'c mut Vec<u8>) -> &'c mut [u8] {
    copy.clear();
    copy.extend_from_slice(text.as_bytes());
    copy
}
