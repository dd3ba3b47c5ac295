//! Cases made at random, with times at the edges where spans end and clocks change.

use super::partial::{LINKS, Unsent};
use super::words::{CHOICES, DATES, FACTS, FLAGS, Kind, LENGTHS, RECORDS, RISING, RULES, TEXTS};
use heedful::model::{Case, CaseBuilder, LinkTo, Value, Vocabulary};
use heedful::time::{Date, Instant, Length, Stamp, Unit, Zone};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::fmt;

/// A whole case, and which parts of it are known. What is not known is there all the same, so that the case with
/// everything known is one of those that it may turn out to be.
#[derive(Clone)]
pub struct CaseText {
    pub at: Instant,
    pub facts: Vec<Cell>,
    /// For each kind of record: whether the list could be had, and the list.
    pub lists: Vec<(bool, Vec<RecordText>)>,
    /// For each kind of record what was not sent of its list; `None` where all was.
    pub unsent: Vec<Option<Unsent>>,
}

#[derive(Clone, Debug)]
pub struct RecordText {
    pub id: String,
    pub at: Instant,
    /// The fraction of its second that is given with it, in billionths.
    pub fraction: Option<u32>,
    pub fields: Vec<Cell>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    pub known: bool,
    pub value: Content,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    YesNo(bool),
    Choice(u16),
    Flags(u64),
    Number(i64),
    Duration(i64),
    Time(Instant),
    None,
    Text(&'static str),
    Name(String),
    Names(Vec<String>),
}

impl CaseText {
    /// The case as it is known, or as it turns out to be when everything is.
    pub fn build(&self, vocabulary: &Vocabulary, everything_known: bool) -> Case {
        let mut builder = CaseBuilder::new(vocabulary);
        for ((name, _), cell) in FACTS.iter().zip(&self.facts) {
            let value = cell.value(&mut builder, everything_known);
            builder.set(vocabulary.fact(name).expect("a fact of every test vocabulary"), value);
        }
        for ((record, (supplied, records)), unsent) in RECORDS.iter().zip(&self.lists).zip(&self.unsent) {
            if !supplied && !everything_known {
                continue;
            }
            let kind = vocabulary.record(record.name).expect("a record of every test vocabulary");
            builder.supply(kind);
            if let Some(unsent) = unsent.as_ref().filter(|_| !everything_known) {
                let kind_of = &vocabulary.records[kind.index()];
                let links =
                    unsent.whole_by.iter().map(|link| LinkTo::parse(link, kind_of, vocabulary).expect("a link"));
                builder.whole_by(kind, links.collect());
            }
            let others = unsent.iter().filter(|_| everything_known).flat_map(|unsent| &unsent.records);
            for text in records.iter().chain(others) {
                let id = builder.name(&text.id);
                // A vocabulary that extends the tests' own has fields of which these cases know nothing.
                let fields = vocabulary.records[kind.index()].fields.iter();
                let cells = fields.map(|field| record.fields.iter().position(|(name, _)| *name == field.name));
                let values: Vec<Value> = cells
                    .map(|at| at.map_or(Value::Unknown, |at| text.fields[at].value(&mut builder, everything_known)))
                    .collect();
                builder.push(kind, id, Stamp { at: text.at, fraction: text.fraction }, &values);
            }
        }
        builder.finish(vocabulary, "call-5".to_owned(), self.at)
    }

    /// The same with one record of each list given twice: as it is, or with some of its fields or its time otherwise.
    #[must_use]
    pub fn with_doubles(&self) -> Self {
        let mut doubled = self.clone();
        for (number, (_, list)) in doubled.lists.iter_mut().enumerate() {
            let drawn = usize::try_from(self.at.0.unsigned_abs()).expect("a time in reach") / 60 + number;
            let Some(record) = list.get(drawn % list.len().max(1)).cloned() else { continue };
            let other = list[(drawn + 1) % list.len()].clone();
            let how = drawn / 7;
            let fields = record.fields.iter().zip(&other.fields).enumerate();
            let fields =
                fields.map(|(at, (own, other))| if how % 2 == 1 && (how / 3 + at) % 3 == 0 { other } else { own });
            let at = if how % 3 == 1 { other.at } else { record.at };
            list.push(RecordText { at, fields: fields.cloned().collect(), ..record });
        }
        doubled
    }

    /// The same with the records of each list in another order.
    #[must_use]
    pub fn shuffled(&self) -> Self {
        let mut shuffled = self.clone();
        for (_, list) in &mut shuffled.lists {
            list.reverse();
            let by = list.len() / 3;
            list.rotate_left(by);
        }
        shuffled
    }

    /// Every time in the case, the call's own first.
    pub fn times(&self) -> Vec<Instant> {
        let records = || self.lists.iter().flat_map(|(_, records)| records);
        let cells = self.facts.iter().chain(records().flat_map(|record| &record.fields));
        let values = cells.filter_map(|cell| match cell.value {
            Content::Time(time) => Some(time),
            _ => None,
        });
        std::iter::once(self.at).chain(records().map(|record| record.at)).chain(values).collect()
    }
}

impl Cell {
    fn value(&self, builder: &mut CaseBuilder, everything_known: bool) -> Value {
        if !self.known && !everything_known {
            return Value::Unknown;
        }
        match &self.value {
            Content::YesNo(answer) => Value::YesNo(*answer),
            Content::Choice(at) => Value::Choice(*at),
            Content::Flags(bits) => Value::Flags(*bits),
            Content::Number(number) => Value::Number(*number),
            Content::Duration(seconds) => Value::Duration(*seconds),
            Content::Time(time) => Value::Time(*time),
            Content::None => Value::None,
            Content::Text(text) => builder.text(text),
            Content::Name(name) => Value::Identity(builder.name(name)),
            Content::Names(names) => builder.identities(names.iter().map(String::as_str)),
        }
    }
}

impl fmt::Debug for CaseText {
    /// As briefly as can be read: one line for the call, one for each record.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zone = zone();
        write!(f, "\ncall at {} ({}):", zone.format(self.at), self.at.0)?;
        write_cells(f, &FACTS, &self.facts)?;
        for ((record, (supplied, list)), unsent) in RECORDS.iter().zip(&self.lists).zip(&self.unsent) {
            let state = match (supplied, list.is_empty()) {
                (false, _) => "absent",
                (true, true) => "none",
                (true, false) => "",
            };
            write!(f, "\n{}: {state}", record.plural)?;
            if let Some(unsent) = unsent {
                write!(f, "in part, whole by {:?}, unsent {:?}", unsent.whole_by, unsent.records)?;
            }
            for text in list {
                write!(f, "\n  {} at {} ({}", text.id, zone.format(text.at), text.at.0 - self.at.0)?;
                write!(f, "{}):", text.fraction.map(|fraction| format!(" and {fraction}")).unwrap_or_default())?;
                write_cells(f, record.fields, &text.fields)?;
            }
        }
        Ok(())
    }
}

fn write_cells(f: &mut fmt::Formatter<'_>, names: &[(&str, Kind)], cells: &[Cell]) -> fmt::Result {
    for ((name, _), cell) in names.iter().zip(cells).filter(|(_, cell)| cell.known) {
        match &cell.value {
            Content::Time(time) => write!(f, " {name}={}", zone().format(*time))?,
            value => write!(f, " {name}={value:?}")?,
        }
    }
    Ok(())
}

/// The zone of every generated policy.
pub fn zone() -> Zone {
    Zone::named("Europe/London").expect("a zone of the database")
}

/// The lengths that policies name.
pub fn lengths() -> Vec<Length> {
    let parsed = LENGTHS.iter().filter_map(|text| {
        let (amount, unit) = text.split_once(' ')?;
        Some(Length::new(amount.parse().ok()?, Unit::parse(unit)?))
    });
    parsed.collect()
}

/// A call at a moment of note: midnights, the hours at which clocks change, and a second either side.
fn call_time() -> BoxedStrategy<Instant> {
    let midnights: Vec<Instant> =
        DATES.iter().map(|date| zone().day_start(Date::parse(date).expect("a date"))).collect();
    let hour = prop_oneof![2 => Just(0i64), 1 => Just(1), 1 => Just(2), 1 => 0..24i64, 1 => Just(22)];
    (select(midnights), hour, prop_oneof![Just(0i64), Just(1), Just(-1), Just(1800), 0..3600i64])
        .prop_map(|(midnight, hours, seconds)| midnight.plus_seconds(hours * 3600 + seconds))
        .boxed()
}

/// A time by its place around the call's.
#[derive(Clone, Debug)]
enum When {
    Back(Length, i64),
    Ahead(Length, i64),
    Seconds(i64),
    Date(Date, i64),
}

impl When {
    fn resolve(&self, zone: &Zone, call: Instant) -> Instant {
        match self {
            Self::Back(length, seconds) => zone.before(call, *length).plus_seconds(*seconds),
            Self::Ahead(length, seconds) => zone.after(call, *length).plus_seconds(*seconds),
            Self::Seconds(seconds) => call.plus_seconds(*seconds),
            Self::Date(date, seconds) => zone.day_start(*date).plus_seconds(*seconds),
        }
    }
}

fn second() -> BoxedStrategy<i64> {
    prop_oneof![2 => Just(0i64), 1 => Just(1), 1 => Just(-1)].boxed()
}

/// Mostly before the call.
fn record_time() -> BoxedStrategy<When> {
    let dates: Vec<Date> = DATES.iter().filter_map(|date| Date::parse(date)).collect();
    prop_oneof![
        4 => (select(lengths()), second()).prop_map(|(length, second)| When::Back(length, second)),
        2 => prop_oneof![Just(0i64), Just(-1), Just(-2), Just(-60), Just(-3600), Just(1)].prop_map(When::Seconds),
        2 => (-40i64..0).prop_map(|quarters| When::Seconds(quarters * 21_600)),
        1 => (select(dates), second()).prop_map(|(date, second)| When::Date(date, second)),
    ]
    .boxed()
}

/// Before the call or after it.
fn any_time() -> BoxedStrategy<When> {
    let ahead = (select(lengths()), second()).prop_map(|(length, second)| When::Ahead(length, second));
    prop_oneof![2 => record_time(), 1 => ahead].boxed()
}

/// A value as drawn, its times still relative to the call.
#[derive(Clone, Debug)]
enum Drawn {
    Fixed(Content),
    Time(When),
}

fn person() -> BoxedStrategy<String> {
    select(vec!["ann", "bob", "cem"]).prop_map(str::to_owned).boxed()
}

fn content(kind: Kind) -> BoxedStrategy<Drawn> {
    let choice = |values: usize| (0..u16::try_from(values).expect("a short list")).prop_map(Content::Choice).boxed();
    let fixed = match kind {
        Kind::YesNo => any::<bool>().prop_map(Content::YesNo).boxed(),
        Kind::Choice => choice(CHOICES.len()),
        Kind::ChoiceOfOrders => choice(2),
        Kind::Rising => choice(RISING.len()),
        Kind::Flags => (0..1u64 << FLAGS.len()).prop_map(Content::Flags).boxed(),
        Kind::Rules => (0..1u64 << RULES.len()).prop_map(Content::Flags).boxed(),
        Kind::Number => (0..5i64).prop_map(Content::Number).boxed(),
        Kind::Duration => prop_oneof![Just(0i64), Just(59), Just(60), Just(5400), Just(3600), Just(86_400)]
            .prop_map(Content::Duration)
            .boxed(),
        Kind::Text => select(&TEXTS[..]).prop_map(Content::Text).boxed(),
        Kind::Person => person().prop_map(Content::Name).boxed(),
        Kind::People => vec(person(), 0..5).prop_map(Content::Names).boxed(),
        Kind::Address => select(vec!["mill", "quay"]).prop_map(|name| Content::Name(name.to_owned())).boxed(),
        Kind::Link => (0..5u8).prop_map(|at| Content::Name(format!("order-{at}"))).boxed(),
        Kind::Time => return any_time().prop_map(Drawn::Time).boxed(),
        Kind::TimeOrNone => {
            return prop_oneof![3 => any_time().prop_map(Drawn::Time), 1 => Just(Drawn::Fixed(Content::None))].boxed();
        }
    };
    fixed.prop_map(Drawn::Fixed).boxed()
}

fn cells(names: &[(&str, Kind)], known: f64) -> BoxedStrategy<Vec<(bool, Drawn)>> {
    names.iter().map(|(_, kind)| (prop::bool::weighted(known), content(*kind)).boxed()).collect::<Vec<_>>().boxed()
}

fn resolved(cells: &[(bool, Drawn)], zone: &Zone, call: Instant) -> Vec<Cell> {
    let resolve = |(known, drawn): &(bool, Drawn)| {
        let value = match drawn {
            Drawn::Fixed(content) => content.clone(),
            Drawn::Time(when) => Content::Time(when.resolve(zone, call)),
        };
        Cell { known: *known, value }
    };
    cells.iter().map(resolve).collect()
}

/// When a record was, whether it was in the second of the one before it, and a fraction of that second.
type DrawnTime = (When, bool, Option<u32>);

/// Whether it was sent; its records, each with a draw that may leave it unsent; and where it was sent in part, by which links it is whole.
type DrawnList = (bool, Vec<(DrawnTime, Vec<(bool, Drawn)>, bool)>, Option<Vec<&'static str>>);

fn list(place: usize, known: f64) -> BoxedStrategy<DrawnList> {
    let fraction = prop_oneof![3 => Just(None), 2 => (0..3u32).prop_map(|tenths| Some(tenths * 100_000_000))];
    let time = (record_time(), prop::bool::weighted(0.15), fraction);
    let record = (time, cells(RECORDS[place].fields, known), prop::bool::weighted(0.4));
    let links = prop::sample::subsequence(LINKS[place].to_vec(), 0..=LINKS[place].len());
    let whole_by = prop_oneof![4 => Just(None), 1 => links.prop_map(Some)];
    (prop::bool::weighted(0.9), vec(record, 0..6), whole_by).boxed()
}

/// Any case over the test vocabulary.
pub fn case() -> BoxedStrategy<CaseText> {
    case_knowing(0.85)
}

/// A case of which so much is known.
pub fn case_knowing(known: f64) -> BoxedStrategy<CaseText> {
    let lists: Vec<BoxedStrategy<DrawnList>> = (0..RECORDS.len()).map(|place| list(place, known)).collect();
    (call_time(), cells(&FACTS, known), lists)
        .prop_map(|(at, facts, lists)| {
            let zone = zone();
            let build = |(record, (supplied, list, whole_by)): (&super::words::Record, DrawnList)| {
                let mut records: Vec<RecordText> = Vec::new();
                for (number, ((when, as_before, fraction), fields, _)) in list.iter().enumerate() {
                    let before = records.last().filter(|_| *as_before).map(|before| before.at);
                    records.push(RecordText {
                        id: format!("{}-{number}", record.name),
                        at: before.unwrap_or_else(|| when.resolve(&zone, at)),
                        fraction: *fraction,
                        fields: resolved(fields, &zone, at),
                    });
                }
                let Some(whole_by) = whole_by else { return ((supplied, records), None) };
                let drawn: Vec<bool> = list.iter().map(|(_, _, is_unsent)| *is_unsent).collect();
                let part = |wanted: bool| {
                    let records = records.iter().zip(&drawn).filter(|(_, is_unsent)| **is_unsent == wanted);
                    records.map(|(record, _)| record.clone()).collect::<Vec<_>>()
                };
                ((supplied, part(false)), Some(Unsent { whole_by, records: part(true) }))
            };
            let (lists, unsent) = RECORDS.iter().zip(lists).map(build).unzip();
            let mut case = CaseText { at, facts: resolved(&facts, &zone, at), lists, unsent };
            case.send_what_is_linked();
            case
        })
        .boxed()
}
