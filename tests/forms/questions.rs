//! Questions of the language about one subject, as text: alike enough that one often says something of another.

use crate::generate::words::word;
use heedful::time::{Date, Instant, Length, Unit};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::Union;
use std::collections::BTreeSet;
use std::fmt::Write;

pub const VOCABULARY: &str = include_str!("vocabulary.heed");

/// How many questions are asked at a time.
pub const ASKED: usize = 12;

pub const WORDS: [&str; 4] = ["arson", "burglary", "cruelty", "damage"];
pub const RISING: [&str; 4] = ["low", "mid", "high", "top"];
pub const FLAGS: [&str; 4] = ["axe", "bat", "club", "dart"];
pub const PEOPLE: [&str; 3] = ["caller", "suspect", "witness"];
pub const TEXTS: [&str; 6] = ["He has a knife", "knife", "a knifelike gun", "gun, knife and all", "has", ""];
const PHRASES: [&str; 5] = ["knife", "has a", "a knife", "gun", "HAS"];

/// Zones with moments at which their clocks change: by an hour, at midnight, by half an hour, in another season than elsewhere, and by a
/// whole day that is left out.
const ZONES: [(&str, &[&str]); 11] = [
    ("Europe/London", &["2025-03-30T01:00:00Z", "2025-10-26T01:00:00Z"]),
    ("America/New_York", &["2025-03-09T07:00:00Z", "2025-11-02T06:00:00Z"]),
    ("Pacific/Apia", &["2011-12-30T10:00:00Z", "2011-09-24T14:00:00Z"]),
    ("Pacific/Kwajalein", &["1993-08-21T12:00:00Z"]),
    ("Africa/Casablanca", &["2025-02-23T02:00:00Z", "2025-04-06T02:00:00Z"]),
    ("America/Sao_Paulo", &["2018-11-04T03:00:00Z", "2018-02-18T02:00:00Z"]),
    ("Asia/Beirut", &["2025-03-29T22:00:00Z", "2025-10-25T21:00:00Z"]),
    ("Australia/Lord_Howe", &["2025-04-05T15:00:00Z", "2025-10-04T15:30:00Z"]),
    ("America/Caracas", &["2007-12-09T07:00:00Z", "2016-05-01T07:00:00Z"]),
    ("Asia/Manila", &["1844-12-31T15:56:08Z"]),
    ("UTC", &[]),
];

/// Days beside which months end, or February is long.
const DATES: [&str; 8] =
    ["2024-01-31", "2024-02-29", "2024-12-31", "2023-02-28", "2025-03-31", "2025-04-30", "2100-02-28", "2011-12-31"];

/// Amounts of one span or nearly, so that each is often beside what it must not be taken for.
pub const SPANS: [&[&str]; 6] = [
    &["1 minute", "59 minutes", "60 minutes", "1 hour", "61 minutes", "90 minutes"],
    &[
        "1 day",
        "22 hours",
        "23 hours",
        "24 hours",
        "25 hours",
        "1440 minutes",
        "26 hours",
        "47 hours",
        "48 hours",
        "49 hours",
        "2 days",
        "3 days",
        "72 hours",
    ],
    &["1 week", "6 days", "7 days", "8 days", "168 hours", "169 hours", "2 weeks", "192 hours"],
    &[
        "1 month",
        "27 days",
        "28 days",
        "29 days",
        "30 days",
        "31 days",
        "32 days",
        "4 weeks",
        "671 hours",
        "745 hours",
        "768 hours",
    ],
    &[
        "2 months", "58 days", "59 days", "60 days", "61 days", "62 days", "63 days", "3 months", "89 days", "92 days",
        "1 month",
    ],
    &[
        "1 year",
        "12 months",
        "11 months",
        "13 months",
        "364 days",
        "365 days",
        "366 days",
        "367 days",
        "52 weeks",
        "8785 hours",
    ],
];

const CLOCKS: [&str; 9] = ["00:00", "00:30", "01:00", "01:59", "02:00", "03:00", "12:00", "22:00", "23:59"];
pub const CALENDARS: [&str; 3] = ["days-one", "days-two", "days-three"];

/// Of what type the subject is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    YesNo,
    Choice,
    Rising,
    Number,
    Flags,
    Duration,
    Text,
    Time,
    TimeOrNone,
    Person,
    People,
    Link,
}

/// Where the subject stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Call,
    Field,
    /// In the record that a link of a record leads to.
    Linked,
}

use Kind::{Choice, Duration, Flags, Link, Number, People, Person, Rising, Text, Time, TimeOrNone, YesNo};

/// What is asked about: each with how often it is drawn.
const SUBJECTS: [(u32, &str, Kind); 13] = [
    (1, "hurt", YesNo),
    (2, "kind", Choice),
    (2, "risk", Rising),
    (2, "children", Number),
    (3, "flags", Flags),
    (2, "waiting", Duration),
    (1, "heard", Text),
    (8, "due", Time),
    (8, "arrived", TimeOrNone),
    (1, "caller", Person),
    (2, "suspect", People),
    (1, "known-order", Link),
    (6, "the time", Time),
];

#[derive(Clone, Debug)]
pub struct Asked {
    pub zone: &'static str,
    /// The moment beside which the times of cases lie.
    pub seam: Instant,
    /// The calendars, as text.
    pub calendars: String,
    pub place: Place,
    pub subject: String,
    pub kind: Kind,
    pub questions: Vec<String>,
    /// What the rest of a case is drawn from.
    pub dice: Vec<usize>,
}

impl Asked {
    /// The time of the call, or that of the record.
    pub fn is_own_time(&self) -> bool {
        matches!(self.subject.as_str(), "this call" | "it")
    }

    /// A policy of which each rule tells the answer of one question.
    pub fn policy(&self, questions: &[String]) -> String {
        let mut text =
            format!("policy \"Forms\"\n  vocabulary \"forms\"\n  time zone {}\n\n{}", self.zone, self.calendars);
        for (at, question) in questions.iter().enumerate() {
            let before = if self.place == Place::Call { "" } else { "any visit where " };
            let when = format!("{before}{} {question}", self.subject);
            write!(
                text,
                "rule q-{at:02}\n  when {when}\n  then say q-{at:02}\n  because \"So it is answered\"\n  source \"a test\"\n\n"
            )
            .expect("a text");
        }
        text
    }
}

/// Reads a length such as `2 days`.
pub fn length(text: &str) -> Length {
    let (amount, unit) = text.split_once(' ').expect("a number and a unit");
    Length::new(amount.parse().expect("a number"), Unit::parse(unit).expect("a unit"))
}

fn seconds() -> BoxedStrategy<i64> {
    select(vec![0, 0, 0, -1, 1, -1800, 1800, -3600, 3600, -86_400, 86_400, 43_200]).boxed()
}

/// A zone and a moment in it at which something is odd.
fn seam() -> BoxedStrategy<(&'static str, Instant)> {
    let of_zone = |(zone, changes): (&'static str, &'static [&'static str])| {
        let time = |text: &&str| Instant::parse(text).expect("a time");
        let place = heedful::time::Zone::named(zone).expect("a zone");
        let dates = DATES.iter().map(|date| place.day_start(Date::parse(date).expect("a date")));
        let changes: Vec<Instant> = changes.iter().map(time).collect();
        let dates: Vec<Instant> = dates.collect();
        let changes = if changes.is_empty() { dates.clone() } else { changes };
        let moment = prop_oneof![3 => select(changes), 1 => select(dates)];
        moment.prop_map(move |moment| (zone, moment))
    };
    (select(&ZONES[..]).prop_flat_map(of_zone), seconds())
        .prop_map(|((zone, at), by)| (zone, at.plus_seconds(by)))
        .boxed()
}

/// Days around a moment.
fn days_around(zone: &'static str, moment: Instant) -> Vec<Date> {
    let zone = heedful::time::Zone::named(zone).expect("a zone");
    (-4..=4).map(|day| zone.date(moment.plus_seconds(day * 86_400))).collect()
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The days that a calendar passes over, and the days for which it is complete.
#[derive(Clone, Debug)]
struct Days {
    weekdays: BTreeSet<&'static str>,
    dates: BTreeSet<Date>,
    /// Whether the first of the dates is one of every year.
    yearly: bool,
    complete: Option<(Date, Date)>,
}

impl Days {
    fn drawn(days: Vec<Date>) -> BoxedStrategy<Self> {
        let weekdays = subsequence(vec!["Sunday", "Saturday", "Monday"], 0..=2);
        let complete = prop::option::weighted(0.6, (0..3usize, 0..3usize));
        let single = btree_set(0..days.len(), 0..3);
        (weekdays, single, prop::bool::weighted(0.3), complete)
            .prop_map(move |(weekdays, single, yearly, complete)| Self {
                weekdays: weekdays.into_iter().collect(),
                dates: single.iter().map(|at| days[*at]).collect(),
                yearly,
                complete: complete.map(|(from, to)| (days[from], days[days.len() - 1 - to])),
            })
            .boxed()
    }

    /// The days of both.
    fn with(&self, other: &Self) -> Self {
        let weekdays = self.weekdays.union(&other.weekdays).copied().collect();
        Self { weekdays, dates: self.dates.union(&other.dates).copied().collect(), ..other.clone() }
    }

    fn text(&self, name: &str) -> String {
        let mut lines: Vec<String> = self.weekdays.iter().map(|day| format!("skips every {day}")).collect();
        let first = self.dates.first().copied().filter(|_| self.yearly).map(Date::month_and_day);
        if let Some((month, day)) = first {
            lines.push(format!("skips every {day} {}", MONTHS[usize::from(month) - 1]));
        }
        // A day that is skipped anyway is not said again.
        let dates = self.dates.iter().filter(|date| !self.weekdays.contains(date.weekday().name()));
        lines.extend(dates.filter(|date| Some(date.month_and_day()) != first).map(|date| format!("skips {date}")));
        if lines.is_empty() {
            lines.push("skips every Friday".to_owned());
        }
        lines.extend(self.complete.map(|(from, to)| format!("complete from {from} to {to}")));
        format!("calendar {name} \"Days\"\n  {}\n\n", lines.join("\n  "))
    }
}

/// Three calendars: one with few days, one with its days and more, and one that may have the same days and be complete for others.
fn calendars(days: Vec<Date>) -> BoxedStrategy<String> {
    (Days::drawn(days.clone()), Days::drawn(days.clone()), Days::drawn(days), 0..3u8)
        .prop_map(|(one, two, three, how)| {
            let third = match how {
                0 => three,
                1 => Days { complete: three.complete, ..one.clone() },
                _ => Days { complete: one.complete, ..one.with(&two) },
            };
            let all = [one.clone(), one.with(&two), third];
            CALENDARS.iter().zip(&all).map(|(name, days)| days.text(name)).collect()
        })
        .boxed()
}

pub fn asked() -> BoxedStrategy<Asked> {
    let place = prop_oneof![5 => Just(Place::Call), 4 => Just(Place::Field), 1 => Just(Place::Linked)];
    let subject = Union::new_weighted(SUBJECTS.map(|(weight, name, kind)| (weight, Just((name, kind)))).to_vec());
    let drawn = (seam(), place, subject, vec(0..1_000_000usize, 16));
    drawn
        .prop_flat_map(|((zone, seam), place, (name, kind), dice)| {
            let (subject, kind) = match (place, name) {
                (Place::Linked, _) => ("known-order's starts", TimeOrNone),
                (Place::Call, "the time") => ("this call", Time),
                (Place::Field, "the time") => ("it", Time),
                (_, name) => (name, kind),
            };
            let days = days_around(zone, seam);
            let questions = questions(subject, kind, place, days.clone());
            (calendars(days), questions).prop_map(move |(calendars, questions)| Asked {
                zone,
                seam,
                calendars,
                place,
                subject: subject.to_owned(),
                kind,
                questions,
                dice: dice.clone(),
            })
        })
        .boxed()
}

fn compared(with: BoxedStrategy<String>) -> BoxedStrategy<String> {
    let how = word(&["is at least", "is at most", "is more than", "is less than", "is exactly"]);
    (how, with).prop_map(|(how, with)| format!("{how} {with}")).boxed()
}

/// From the lower of two to the higher.
fn ranged(of: &'static [&'static str]) -> BoxedStrategy<String> {
    (word(&["is from", "is not from"]), subsequence(of.to_vec(), 2))
        .prop_map(|(is, ends)| format!("{is} {} to {}", ends[0], ends[1]))
        .boxed()
}

fn some_of(words: &'static [&'static str]) -> BoxedStrategy<String> {
    subsequence(words.to_vec(), 2..=3).prop_map(|words| words.join(", ")).boxed()
}

fn how_many(most: u8) -> BoxedStrategy<String> {
    let how = word(&["at least", "at most", "more than", "fewer than", "exactly"]);
    (how, 0..=most).prop_map(|(how, many)| format!("{how} {many}")).boxed()
}

fn before(said: &'static str, what: BoxedStrategy<String>) -> BoxedStrategy<String> {
    what.prop_map(move |what| format!("{said}{what}")).boxed()
}

/// Questions to a value of some kind.
fn questions(subject: &'static str, kind: Kind, place: Place, days: Vec<Date>) -> BoxedStrategy<Vec<String>> {
    let several = |families: Vec<BoxedStrategy<String>>| vec(Union::new(families), ASKED).boxed();
    let chosen = |words: &'static [&'static str]| {
        vec![
            before("is ", word(words)),
            before("is not ", word(words)),
            before("is one of ", some_of(words)),
            before("is not one of ", some_of(words)),
        ]
    };
    match kind {
        YesNo => several(vec![word(&["is yes", "is no"])]),
        Choice => {
            let mut families = chosen(&WORDS);
            families.push(word(&["is this call's theme", "is not this call's theme"]));
            several(families)
        }
        Rising => {
            let mut families = chosen(&RISING);
            families.extend([compared(word(&RISING)), ranged(&RISING)]);
            several(families)
        }
        Number => {
            let numbers: &[&str] = &["0", "1", "2", "3", "4"];
            several(vec![compared(word(numbers)), ranged(numbers), before("is ", word(numbers))])
        }
        Duration => {
            let lengths: &[&str] = &["59 minutes", "60 minutes", "1 hour", "61 minutes", "90 minutes", "2 hours"];
            several(vec![
                compared(word(lengths)),
                ranged(&["1 minute", "59 minutes", "1 hour", "90 minutes", "2 hours"]),
            ])
        }
        Flags => several(vec![
            before("include ", word(&FLAGS)),
            before("do not include ", word(&FLAGS)),
            before("include any of ", some_of(&FLAGS)),
            before("include all of ", some_of(&FLAGS)),
            before("do not include any of ", some_of(&FLAGS)),
            (how_many(2), some_of(&FLAGS)).prop_map(|(how, flags)| format!("include {how} of {flags}")).boxed(),
            before("include ", how_many(4)),
        ]),
        Text => {
            let quoted = |count| {
                subsequence(vec!["knife", "gun", "has a"], count)
                    .prop_map(|phrases| format!("mention any of \"{}\"", phrases.join("\", \"")))
            };
            let one = word(&PHRASES).prop_map(|phrase| format!("mention \"{phrase}\""));
            several(vec![one.boxed(), quoted(2).boxed(), quoted(3).boxed()])
        }
        Person | People => {
            let somebody =
                (word(&["is", "is not"]), word(&PEOPLE)).prop_map(|(is, who)| format!("{is} this call's {who}"));
            let mut families = vec![somebody.boxed()];
            if kind == People {
                families.push(before("includes ", how_many(3)));
            }
            several(families)
        }
        Link => several(vec![word(&["is in force", "is not in force"])]),
        Time | TimeOrNone => times(subject, kind == TimeOrNone, place, days),
    }
}

/// Other times that may be named beside a subject.
fn others(subject: &str, place: Place) -> Vec<&'static str> {
    let all: &[&str] = match place {
        Place::Call => &["begun", "left", "this call"],
        Place::Field => &["begun", "left", "it", "this call", "this call's begun"],
        Place::Linked => &["begun", "left", "it", "this call", "known-order's ends"],
    };
    all.iter().copied().filter(|other| *other != subject).collect()
}

fn times(subject: &'static str, or_none: bool, place: Place, days: Vec<Date>) -> BoxedStrategy<Vec<String>> {
    let lengths = select(&SPANS[..]).prop_flat_map(|family| subsequence(family.to_vec(), 4..=5));
    let others = subsequence(others(subject, place), 1..=2);
    let families = subsequence((0..9usize).collect::<Vec<_>>(), 1..=3);
    (lengths, others, families)
        .prop_flat_map(move |(lengths, others, families)| {
            let families = families.iter().map(|family| time(*family, or_none, subject, &lengths, &others, &days));
            vec(Union::new(families.collect::<Vec<_>>()), ASKED)
        })
        .boxed()
}

/// Questions of one family to a time.
fn time(
    family: usize,
    or_none: bool,
    subject: &'static str,
    lengths: &[&'static str],
    others: &[&'static str],
    days: &[Date],
) -> BoxedStrategy<String> {
    let length = || select(lengths.to_vec()).prop_map(str::to_owned).boxed();
    let other = || select(others.to_vec()).prop_map(str::to_owned).boxed();
    let is = || word(&["is", "is not"]);
    let how = || word(&["within", "at most", "at least", "more than", "less than", "exactly"]);
    let relation = || word(&["is before", "is after", "is on", "is on or before", "is on or after"]);
    let calendar = || word(&CALENDARS);
    let whole: Vec<&'static str> =
        lengths.iter().copied().filter(|length| !length.contains("minute") && !length.contains("hour")).collect();
    let in_days: Vec<&'static str> =
        whole.iter().copied().filter(|length| length.contains("day") || length.contains("week")).collect();
    let in_days = if in_days.is_empty() { vec!["1 day", "2 days"] } else { in_days };
    let whole = if whole.is_empty() { in_days.clone() } else { whole };
    match family {
        0 => before("is within ", length()),
        1 => compared(length()).prop_map(|said| format!("{said} ago")).boxed(),
        2 => {
            let mut passing = vec!["has passed", "is still to come"];
            if or_none {
                passing.extend(["is none", "is not none"]);
            }
            let passing = select(passing).prop_map(str::to_owned).boxed();
            prop_oneof![2 => before("is within the next ", length()), 1 => passing].boxed()
        }
        3 => {
            let days: Vec<String> = days.iter().map(ToString::to_string).collect();
            (relation(), prop_oneof![2 => select(days).boxed(), 1 => other()])
                .prop_map(|(relation, what)| format!("{relation} {what}"))
                .boxed()
        }
        4 => {
            // By the clock, what is counted from this call has other words.
            let named: Vec<&'static str> = others.iter().copied().filter(|other| *other != "this call").collect();
            let named = if named.is_empty() { vec!["begun"] } else { named };
            if subject == "this call" {
                let how = word(&["at least", "more than", "less than", "exactly"]);
                return (how, length(), select(named))
                    .prop_map(|(how, length, other)| format!("is {how} {length} before {other}"))
                    .boxed();
            }
            (how(), length(), word(&["before", "after"]), select(named))
                .prop_map(|(how, length, side, other)| format!("is {how} {length} {side} {other}"))
                .boxed()
        }
        5 => (how(), length(), other(), calendar())
            .prop_map(|(how, length, other, over)| {
                // A year is the longest that goes over a calendar.
                let length =
                    if length == "13 months" || length == "8785 hours" { "1 month".to_owned() } else { length };
                let length = if length == "366 days" || length == "367 days" { "365 days".to_owned() } else { length };
                format!("is {how} {length} after {other}, not counting {over}")
            })
            .boxed(),
        6 => {
            let counted = (select(in_days), word(&["before", "after"]), other())
                .prop_map(|(length, side, other)| format!("is within {length} {side} {other}, counting its day"));
            let not_counted = (select(whole), word(&["before", "after"]), other())
                .prop_map(|(length, side, other)| format!("is within {length} {side} {other}, not counting its day"));
            let over = (
                select(vec!["1 day", "2 days", "1 week", "6 days"]),
                other(),
                word(&["counting", "not counting"]),
                calendar(),
            )
                .prop_map(|(length, other, counting, over)| {
                    format!("is within {length} after {other}, {counting} its day, not counting {over}")
                });
            let same = (is(), other()).prop_map(|(is, other)| format!("{is} on the same day as {other}"));
            prop_oneof![2 => counted, 2 => not_counted, 2 => over, 1 => same].boxed()
        }
        7 => {
            let ends = || subsequence(CLOCKS.to_vec(), 2).prop_shuffle();
            let between = (is(), ends()).prop_map(|(is, ends)| format!("{is} between {} and {}", ends[0], ends[1]));
            let until = (is(), ends()).prop_map(|(is, ends)| format!("{is} from {} until before {}", ends[0], ends[1]));
            prop_oneof![between, until].boxed()
        }
        _ => {
            let weekdays = btree_set(0..7usize, 1..4).prop_map(|days| {
                let days: Vec<&str> = days.iter().map(|day| heedful::time::Weekday::ALL[*day].name()).collect();
                days.join(", ")
            });
            let weekdays = (is(), weekdays).prop_map(|(is, days)| format!("{is} on {days}"));
            let calendar = (is(), calendar()).prop_map(|(is, over)| format!("{is} on a day in {over}"));
            prop_oneof![weekdays, calendar, word(&["is at the weekend", "is not at the weekend"])].boxed()
        }
    }
}
