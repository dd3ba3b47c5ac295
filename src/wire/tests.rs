//! Whatever the reader of usual spellings takes, the JSON library takes too, and makes the same case of it.

use super::document::{Document, Reader};
use super::{Reading, UnknownKeys, UnknownValues};
use crate::engine::{self, Input, Snapshot};
use crate::model::{Field, Type};
use proptest::collection::vec;
use proptest::prelude::*;
use std::sync::LazyLock;

const VOCABULARY: [&str; 3] = [
    include_str!("../../rules/vocabulary/control-room.heed"),
    include_str!("../../rules/vocabulary/history.heed"),
    include_str!("../../rules/vocabulary/calendars.heed"),
];

/// Every example in JSON that is one case.
const EXAMPLES: [&str; 5] = [
    include_str!("../../examples/dapo-breach-unknown-expiry.json"),
    include_str!("../../examples/police-suspect.json"),
    include_str!("../../examples/repeat-calls-in-one-night.json"),
    include_str!("../../examples/silent-call-marked-number.json"),
    include_str!("../../examples/transferred-and-late.json"),
];

/// Those with a case in each line.
const LINES: [&str; 2] =
    [include_str!("../../examples/founding-night.jsonl"), include_str!("../../examples/history-absent-or-empty.jsonl")];

const SHORT: &str = r#"{"call":{"id":"c-1","at":"2026-03-14T22:00:00Z","caller":"é","handler-grade":"priority","weapons":["knife"]},
"history":{"calls":[{"id":"a","at":"2026-03-14T21:00:00+00:00","caller":"é"},{"id":"b","at":"2026-03-14T21:00:00+00:00"}],
"risk-assessments":[{"id":"r","at":"2026-03-01T21:00:00+00:00","yes-count":12}],"orders":null}}"#;

/// No group begins with the first of its keys.
const LATER_FIRST: &str = r#"{"history":{"incidents":[{"at":"2026-03-14T21:00:00Z","id":"i","kind":"stalking"}],"calls":[]},
"call":{"at":"2026-03-14T22:00:00Z","caller":"person-1","id":"c-1","children-present":true}}"#;

/// With a blank after each colon and comma.
const SPACED: &str = r#"{"call": {"id": "c-1", "at": "2026-03-14T22:00:00Z", "caller": "person-1", "children-present": true},
 "history": {"incidents": [{"id": "i", "at": "2026-03-14T21:00:00Z", "kind": "stalking"}], "orders": []}}"#;

static POLICY: LazyLock<Snapshot> = LazyLock::new(|| {
    let policy = "policy \"Any\"\n  vocabulary \"control-room\"\n  time zone Europe/London\n";
    let files = (0..).zip(VOCABULARY.into_iter().chain([policy]));
    let inputs = files.map(|(number, text): (u8, &str)| Input { name: format!("{number}.heed"), bytes: text.into() });
    let mut load = engine::load(&inputs.collect::<Vec<_>>());
    load.policies.pop().unwrap_or_else(|| panic!("{:?}", load.diagnostics))
});

/// How cases are read: what becomes of keys and of values that the vocabulary does not have.
type Manner = (UnknownKeys, UnknownValues);

const STRICT: Manner = (UnknownKeys::Refuse, UnknownValues::Refuse);
const KEYS_PASS: Manner = (UnknownKeys::Warn, UnknownValues::Refuse);
const LENIENT: Manner = (UnknownKeys::Warn, UnknownValues::Warn);
const MANNERS: [Manner; 3] = [STRICT, KEYS_PASS, LENIENT];

fn reader((unknown_keys, unknown_values): Manner) -> Reader<'static> {
    Reader::new(Reading { vocabulary: POLICY.vocabulary(), zone: POLICY.zone(), unknown_keys, unknown_values })
}

fn examples() -> impl Iterator<Item = &'static str> {
    EXAMPLES.into_iter().chain(LINES.into_iter().flat_map(str::lines)).chain([SHORT, LATER_FIRST, SPACED])
}

/// The same reader reads everything, so that what one text leaves behind would be seen with the next.
struct Both {
    usual: Reader<'static>,
    library: Reader<'static>,
}

impl Both {
    fn new(manner: Manner) -> Self {
        Self { usual: reader(manner), library: reader(manner) }
    }

    /// Whether the text is usual. If so, the library must make the same of it; if not, it must leave no trace.
    fn agree(&mut self, text: &str) -> bool {
        let is_usual = match self.usual.read_usual(text) {
            Some(case) => {
                assert_eq!(Ok(case), self.library.read_by_library(text), "{text}");
                true
            }
            None => false,
        };
        assert_eq!(self.usual.read(Document::json_line(text, 1)), self.library.read_by_library(text), "{text}");
        is_usual
    }
}

#[test]
fn examples_are_usual() {
    let mut both = Both::new(STRICT);
    assert!(examples().count() > 10);
    for text in examples() {
        assert!(both.agree(text), "{text}");
        let compact: serde_json::Value = serde_json::from_str(text).expect("JSON");
        assert!(both.agree(&compact.to_string()), "{compact}");
        assert!(both.agree(&format!("\r\n {compact:#}\t")), "{compact}");
    }
}

/// Every character is left out, put in and replaced, and the text is cut short at every place.
#[test]
fn every_slip_of_a_key_is_read_alike() {
    let mut both = Both::new(STRICT);
    let slips =
        ["", "\"", "\\", ",", ":", "{", "}", "[", "]", " ", "0", "-", ".", "e", "\0", "\u{7f}", "é", "\u{feff}"];
    for (text, at_least) in [(SHORT, 500), (LATER_FIRST, 300), (SPACED, 300)] {
        let mut usual = 0;
        for (at, character) in text.char_indices() {
            let (before, from) = text.split_at(at);
            let after = from.strip_prefix(character).expect("what was split before");
            assert!(!both.agree(before));
            for slip in slips {
                usual += usize::from(both.agree(&format!("{before}{slip}{after}")));
                usual += usize::from(both.agree(&format!("{before}{slip}{character}{after}")));
            }
        }
        assert!(usual > at_least, "slips within texts and blanks between marks are usual: {usual}");
    }
}

/// What is given up, so that it is known; each of them is a case all the same, or is refused by the library alone.
#[test]
fn what_is_not_usual() {
    let mut both = Both::new(KEYS_PASS);
    let slips = [
        ("\"caller\"", "\"c\\u0061ller\""),
        ("\"caller\":", "\"stranger\":1,\"caller\":"),
        ("\"c-1\"", "\" \""),
        ("\"c-1\"", "7"),
        ("12}", "12.0}"),
        ("12}", "1e1}"),
        ("12}", "-0}"),
        ("12}", "012}"),
        ("12}", "1234567890123456789}"),
        ("12}", "\"12\"}"),
        ("\"é\",", "\"\u{1f}\","),
        ("\"é\",", "[\"é\"],"),
        ("\"caller\":\"é\"", "\"caller\":\"é\",\"caller\":\"é\""),
        ("\"orders\":null", "\"orders\":null,\"orders\":[]"),
        ("\"orders\":null", "\"orders\":[{}]"),
        ("\"call\"", "\"calls\""),
        ("\"weapons\":[", "\"suspect\":[\" \"],\"weapons\":["),
        ("[\"knife\"]", "[\"knives\"]"),
        ("[\"knife\"]", "[\"knife\",]"),
        ("2026-03-14T22:00:00Z", "3 hours before"),
        ("2026-03-14T21:00:00+00:00", "3 hours before"),
        ("null}}", "null}} {"),
    ];
    for (usual, slip) in slips {
        let text = SHORT.replacen(usual, slip, 1);
        assert_ne!(text, SHORT);
        assert!(!both.agree(&text), "{text}");
    }
}

/// Numbers that stand for every choice that is made in writing a case; after the last of them, the first of everything.
struct Draws(std::vec::IntoIter<u16>);

impl Draws {
    fn below(&mut self, most: usize) -> usize {
        self.0.next().map_or(0, usize::from) % most.max(1)
    }

    fn of<'a>(&mut self, texts: &[&'a str]) -> &'a str {
        texts[self.below(texts.len())]
    }

    fn blank(&mut self) -> &'static str {
        self.of(&["", "", "", "", " ", "\n\t", "\r\n  "])
    }
}

const TIMES: [&str; 6] = [
    "2026-03-14T21:00:00+00:00",
    "2026-03-14T22:00:00Z",
    "2026-03-14T21:00:00.75+01:00",
    "2026-03-14 21:00:00Z",
    "2025-02-28T00:00:00-05:30",
    "2027-01-01T00:00:00Z",
];

const NAMES: [&str; 7] =
    ["person-1", "person-2", "a", "é☎ with spaces", "unknown", "none", "a name of over sixteen bytes"];

/// What should not be there, or not so.
const ODD: [&str; 39] = [
    "null",
    "true",
    "nul",
    "trueish",
    "\"unknown\"",
    "\"none\"",
    "\"yes\"",
    "\"no\"",
    "\"\"",
    "\" \"",
    "\"\u{a0}\"",
    "\"\u{1f}\"",
    "\"\u{7f}\"",
    "\"\u{feff}\"",
    "\"a\\u0062\"",
    "\"\\ud800\"",
    "\"PT40M\"",
    "\"3 hours before\"",
    "\"2026-02-30T00:00:00Z\"",
    "1",
    "0",
    "-1",
    "-0",
    "01",
    "+1",
    "1.5",
    "1.0",
    "1e3",
    "123456789012345678",
    "1234567890123456789",
    "123456789012345678901234567890",
    "[]",
    "[null]",
    "[\" \"]",
    "[\"a\",]",
    "[[[[[[[[]]]]]]]]",
    "{}",
    "{\"id\":\"a\"}",
    "\"knife",
];

/// A value as it is usually written.
fn usual_value(draws: &mut Draws, field: &Field) -> String {
    let quoted = |text: &str| format!("\"{text}\"");
    let words = |values: &[String], draws: &mut Draws| quoted(&values[draws.below(values.len())]);
    let list = |draws: &mut Draws, item: &dyn Fn(&mut Draws) -> String| {
        let items: Vec<String> = (0..draws.below(4)).map(|_| item(draws)).collect();
        format!("[{}{}]", draws.blank(), items.join(draws.of(&[",", " , "])))
    };
    match &field.ty {
        Type::YesNo => draws.of(&["true", "false"]).to_owned(),
        Type::Choice { values, .. } => words(values, draws),
        Type::Flags { values } => list(draws, &|draws| words(values, draws)),
        Type::Number { range } => range.map_or(0, |(least, most)| least.midpoint(most)).to_string(),
        Type::Duration => draws.of(&["\"PT40M\"", "\"PT1H\""]).to_owned(),
        Type::Time { or_none: true } if draws.below(3) == 0 => "\"none\"".to_owned(),
        Type::Time { .. } => quoted(draws.of(&TIMES)),
        Type::Identity { many: true, .. } if draws.below(3) > 0 => list(draws, &|draws| quoted(draws.of(&NAMES))),
        Type::Text | Type::Identity { .. } | Type::Link { .. } => quoted(draws.of(&NAMES)),
    }
}

/// A case of the vocabulary; one value in `oddness` is odd, none if that is 0.
fn written(draws: &mut Draws, oddness: usize) -> String {
    let value = |draws: &mut Draws, field: &Field| match draws.below(oddness.max(1)) {
        0 if oddness > 0 => draws.of(&ODD).to_owned(),
        _ if draws.below(9) == 0 => "null".to_owned(),
        _ => usual_value(draws, field),
    };
    let record = |draws: &mut Draws, fields: &[Field]| {
        let id = format!("\"{}\"", NAMES[draws.below(NAMES.len())]);
        let mut entries = vec![("id".to_owned(), id), ("at".to_owned(), format!("\"{}\"", draws.of(&TIMES)))];
        for field in fields {
            if draws.below(4) > 0 {
                entries.push((field.name.clone(), value(draws, field)));
            }
        }
        group(draws, entries)
    };
    let call = record(draws, &POLICY.vocabulary().call);
    let mut lists = Vec::new();
    for kind in &POLICY.vocabulary().records {
        let records: Vec<String> = (0..draws.below(4)).map(|_| record(draws, &kind.fields)).collect();
        match draws.below(4) {
            0 => {}
            1 => lists.push((kind.plural.clone(), "null".to_owned())),
            _ => lists.push((kind.plural.clone(), format!("[{}]", records.join(",")))),
        }
    }
    let history = group(draws, lists);
    group(draws, vec![("call".to_owned(), call), ("history".to_owned(), history)])
}

/// A group of keys, now and then in another order.
fn group(draws: &mut Draws, mut entries: Vec<(String, String)>) -> String {
    if draws.below(3) == 1 {
        let by = draws.below(entries.len());
        entries.rotate_left(by);
    }
    if draws.below(3) == 1 {
        entries.reverse();
    }
    let mut text = "{".to_owned();
    for (number, (key, value)) in entries.iter().enumerate() {
        let comma = if number > 0 { "," } else { "" };
        let blanks = [draws.blank(), draws.blank(), draws.blank(), draws.blank()];
        let [before_key, before_colon, before_value, after] = blanks;
        text += &format!("{comma}{before_key}\"{key}\"{before_colon}:{before_value}{value}{after}");
    }
    text + "}"
}

/// Puts some of a text elsewhere, or leaves it out, or puts something odd in its place.
fn spoilt(draws: &mut Draws, text: &str) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for _ in 0..=draws.below(3) {
        let start = draws.below(characters.len() + 1);
        let end = (start + draws.below(40)).min(characters.len());
        let part: Vec<char> = match draws.below(5) {
            0 => characters.drain(start..end).collect(),
            1 => characters[start..end].to_vec(),
            2 => draws.of(&ODD).chars().collect(),
            3 => draws.of(&["\0", "\u{feff}", "\\", "\"", "{", "}", "[", "]", ",", ":", " "]).chars().collect(),
            _ => characters.split_off(start).into_iter().take(0).collect(),
        };
        let place = draws.below(characters.len() + 1);
        characters.splice(place..place, part);
    }
    characters.into_iter().collect()
}

fn draws(most: usize) -> impl Strategy<Value = Draws> {
    vec(any::<u16>(), 0..most).prop_map(|numbers| Draws(numbers.into_iter()))
}

impl std::fmt::Debug for Draws {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

proptest! {
    #[test]
    fn cases_of_the_vocabulary_are_usual(mut draws in draws(2000)) {
        let text = written(&mut draws, 0);
        prop_assert!(Both::new(STRICT).agree(&text), "{}", text);
    }

    #[test]
    fn odd_values_are_read_alike(mut draws in draws(2000), oddness in 1..200usize, manner in 0..MANNERS.len()) {
        let mut both = Both::new(MANNERS[manner]);
        both.agree(&written(&mut draws, oddness));
        both.agree(&written(&mut draws, oddness));
    }

    #[test]
    fn spoilt_texts_are_read_alike(mut draws in draws(2000), number in 0..100usize, manner in 0..MANNERS.len()) {
        let mut both = Both::new(MANNERS[manner]);
        let texts: Vec<&str> = examples().collect();
        let example = texts[number % texts.len()];
        let spoilt_example = spoilt(&mut draws, example);
        let text = written(&mut draws, 0);
        let spoilt_text = spoilt(&mut draws, &text);
        for text in [&spoilt_example, example, &spoilt_text, &text] {
            both.agree(text);
        }
    }
}
