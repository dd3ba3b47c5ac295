//! The words of the test vocabulary by type, and the small choices that texts and cases are made of.

use proptest::prelude::*;
use proptest::sample::select;

/// The vocabulary that every generated policy uses.
pub const VOCABULARY: &str = include_str!("vocabulary.heed");

/// What a generated case must put in a fact or field, and what may be asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    YesNo,
    Choice,
    Rising,
    Flags,
    Number,
    Duration,
    Time,
    TimeOrNone,
    Text,
    Person,
    People,
    Address,
    Link,
    /// A choice of values that no fact of the call has.
    ChoiceOfOrders,
    /// Names of rules.
    Rules,
}

use Kind::{
    Address, Choice, ChoiceOfOrders, Duration, Flags, Link, Number, People, Person, Rising, Rules, Text, Time,
    TimeOrNone, YesNo,
};

/// In the order of the vocabulary: by name, and the questions of a form together at its name.
pub const FACTS: [(&str, Kind); 17] = [
    ("arrived", TimeOrNone),
    ("caller", Person),
    ("children", Number),
    ("due", Time),
    ("flags", Flags),
    ("handler-grade", Rising),
    ("heard", Text),
    ("hurt", YesNo),
    ("kind", Choice),
    ("known-order", Link),
    ("location", Address),
    ("risk", Rising),
    ("watched", YesNo),
    ("bitten", YesNo),
    ("again", YesNo),
    ("suspect", People),
    ("waiting", Duration),
];

const ORDER: [(&str, Kind); 6] = [
    ("discharged", TimeOrNone),
    ("expires", TimeOrNone),
    ("kind", ChoiceOfOrders),
    ("starts", TimeOrNone),
    ("suspect", People),
    ("victim", Person),
];

const BREACH: [(&str, Kind); 3] = [("admitted", YesNo), ("order", Link), ("suspect", Person)];

const DECISION: [(&str, Kind); 4] = [("caller", Person), ("location", Address), ("rules", Rules), ("suspect", People)];

const INCIDENT: [(&str, Kind); 12] = [
    ("arrived", TimeOrNone),
    ("children", Number),
    ("due", Time),
    ("flags", Flags),
    ("heard", Text),
    ("hurt", YesNo),
    ("kind", Choice),
    ("location", Address),
    ("risk", Rising),
    ("suspect", People),
    ("victim", Person),
    ("waiting", Duration),
];

const CALL: [(&str, Kind); 8] = [
    ("arrived", TimeOrNone),
    ("caller", Person),
    ("hurt", YesNo),
    ("kind", Choice),
    ("known-order", Link),
    ("location", Address),
    ("suspect", Person),
    ("withdrawn", YesNo),
];

/// A kind of record, as texts and cases need it.
#[derive(Clone, Copy, Debug)]
pub struct Record {
    pub name: &'static str,
    pub plural: &'static str,
    /// What the group of such records is called that every policy defines.
    pub group: &'static str,
    pub fields: &'static [(&'static str, Kind)],
    /// Fields that `the same …` can be said of.
    pub same: &'static [&'static str],
    /// Fields that hold persons, for `that …` and `different …`.
    pub persons: &'static [&'static str],
}

/// By name, as vocabularies have them.
pub const RECORDS: [Record; 5] = [
    Record {
        name: "breach",
        plural: "breaches",
        group: "near-breach",
        fields: &BREACH,
        same: &["suspect"],
        persons: &["suspect"],
    },
    Record {
        name: "call",
        plural: "calls",
        group: "near-call",
        fields: &CALL,
        same: &["caller", "suspect", "location"],
        persons: &["caller", "suspect"],
    },
    Record {
        name: "decision",
        plural: "decisions",
        group: "near-decision",
        fields: &DECISION,
        same: &["caller", "suspect", "location"],
        persons: &["caller", "suspect"],
    },
    Record {
        name: "incident",
        plural: "incidents",
        group: "near-incident",
        fields: &INCIDENT,
        same: &["suspect", "location", "kind"],
        persons: &["suspect", "victim"],
    },
    Record {
        name: "order",
        plural: "orders",
        group: "near-order",
        fields: &ORDER,
        same: &["suspect"],
        persons: &["suspect", "victim"],
    },
];

impl Record {
    pub fn is_call(self) -> bool {
        self.name == "call"
    }
}

/// Lengths that texts name and cases lie at the edge of.
pub const LENGTHS: [&str; 14] = [
    "1 minute",
    "90 minutes",
    "1 hour",
    "24 hours",
    "25 hours",
    "1 day",
    "2 days",
    "7 days",
    "1 week",
    "2 weeks",
    "1 month",
    "2 months",
    "12 months",
    "1 year",
];

/// Those of them that a duration can be compared with.
pub const SHORT: [&str; 4] = ["1 minute", "90 minutes", "1 hour", "24 hours"];

/// Days on which clocks change, months and years end, or February is long.
pub const DATES: [&str; 10] = [
    "2024-02-29",
    "2024-12-31",
    "2025-01-01",
    "2025-01-31",
    "2025-02-28",
    "2025-03-28",
    "2025-03-30",
    "2025-03-31",
    "2025-10-26",
    "2025-10-27",
];

pub const TEXTS: [&str; 5] = ["he has a knife", "Knife!", "a knifelike thing", "she said he has it", ""];
pub const PHRASES: [&str; 4] = ["knife", "HAS a", "he has", "said"];

pub const CHOICES: [&str; 3] = ["assault", "threats", "stalking"];
pub const ORDER_KINDS: [&str; 2] = ["DAPN", "DAPO"];
pub const RISING: [&str; 3] = ["low", "mid", "high"];
pub const FLAGS: [&str; 3] = ["weapon", "child", "drunk"];
pub const RULES: [&str; 4] = ["rule-0", "rule-1", "rule-2", "rule-3"];
pub const PREPOSITIONS: [&str; 5] = ["about", "at", "by", "from", "with"];

/// One of a few fixed words.
pub fn word(words: &'static [&'static str]) -> BoxedStrategy<String> {
    select(words).prop_map(str::to_owned).boxed()
}

/// Two of a few fixed words, joined.
pub fn two(words: &'static [&'static str], joiner: &'static str) -> BoxedStrategy<String> {
    let apart = (0..words.len(), 1..words.len());
    apart.prop_map(move |(at, apart)| format!("{}{joiner}{}", words[at], words[(at + apart) % words.len()])).boxed()
}

/// A length written out, or a setting that holds one.
pub fn length() -> BoxedStrategy<String> {
    prop_oneof![5 => word(&LENGTHS), 1 => Just("long-span".to_owned()), 1 => Just("short-span".to_owned())].boxed()
}

/// A small number, or the setting that holds one.
pub fn amount() -> BoxedStrategy<String> {
    prop_oneof![4 => (0..4u8).prop_map(|number| number.to_string()), 1 => Just("enough".to_owned())].boxed()
}

/// How a number is compared, where records or conditions are counted.
pub fn how_many() -> BoxedStrategy<String> {
    (word(&["at least", "at most", "exactly", "more than", "fewer than"]), amount())
        .prop_map(|(how, many)| format!("{how} {many}"))
        .boxed()
}

/// A thing with this chance of being there; perhaps none.
pub fn sometimes(chance: f64, what: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Option<String>> {
    if chance > 0.0 { proptest::option::weighted(chance, what).boxed() } else { Just(None).boxed() }
}
