//! Cases in which a value lies at and beside every edge of some questions, is not known, is none, or was given twice and differs.

use super::questions::{Asked, FLAGS, Kind, Place, RISING, TEXTS, WORDS};
use heedful::check::Policy;
use heedful::model::{Case, CaseBuilder, Value, Vocabulary};
use heedful::semantics::{Mark, Predicate};
use heedful::time::{Instant, Length, Unit, Zone};
use std::collections::BTreeSet;

/// What is held in a fact or a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Held {
    Unknown,
    None,
    YesNo(bool),
    Choice(u16),
    Number(i64),
    Duration(i64),
    Flags(u64),
    Text(&'static str),
    Time(Instant),
    People(Vec<&'static str>),
    /// A link to an order that starts and ends so.
    Order(Box<Held>, Box<Held>),
}

/// A case, by what it holds for the subject that is asked about and beside it.
#[derive(Clone, Debug)]
pub struct CaseText {
    pub at: Instant,
    /// The value of the subject; the second where the record was given twice.
    pub held: Vec<Held>,
    /// The other times: when it began, when somebody left, and when the record was.
    pub begun: Held,
    pub left: Held,
    pub was: Instant,
    pub theme: Held,
    pub people: [Held; 3],
}

impl Held {
    fn value(&self, builder: &mut CaseBuilder, link: &str) -> Value {
        match self {
            Self::Unknown => Value::Unknown,
            Self::None => Value::None,
            Self::YesNo(answer) => Value::YesNo(*answer),
            Self::Choice(at) => Value::Choice(*at),
            Self::Number(number) => Value::Number(*number),
            Self::Duration(seconds) => Value::Duration(*seconds),
            Self::Flags(bits) => Value::Flags(*bits),
            Self::Text(text) => builder.text(text),
            Self::Time(time) => Value::Time(*time),
            Self::People(names) => builder.identities(names.iter().copied()),
            Self::Order(..) => Value::Identity(builder.name(link)),
        }
    }
}

impl CaseText {
    /// What the subject certainly is, if that is one thing.
    pub fn known(&self) -> Option<&Held> {
        match self.held.as_slice() {
            [Held::Unknown] => None,
            [one] => Some(one),
            _ => None,
        }
    }

    pub fn build(&self, asked: &Asked, vocabulary: &Vocabulary) -> Case {
        let mut builder = CaseBuilder::new(vocabulary);
        let [caller, suspect, witness] = &self.people;
        let mut facts = vec![
            ("begun", &self.begun),
            ("left", &self.left),
            ("theme", &self.theme),
            ("caller", caller),
            ("suspect", suspect),
            ("witness", witness),
        ];
        if asked.place == Place::Call && !asked.is_own_time() {
            facts.push((&asked.subject, &self.held[0]));
        }
        for (name, held) in facts {
            let value = held.value(&mut builder, "order-0");
            builder.set(vocabulary.fact(name).expect("a fact"), value);
        }
        let visit = vocabulary.record("visit").expect("a record");
        let order = vocabulary.record("order").expect("a record");
        builder.supply(visit);
        builder.supply(order);
        let number = if asked.place == Place::Field { self.held.len() } else { 1 };
        for at in 0..number {
            let fields = &vocabulary.records[visit.index()].fields;
            let values: Vec<Value> = fields
                .iter()
                .map(|field| match field.name.as_str() {
                    name if asked.place == Place::Field && name == asked.subject => {
                        self.held[at].value(&mut builder, &format!("order-{at}"))
                    }
                    "known-order" => Value::Identity(builder.name("order-0")),
                    "begun" => self.begun.value(&mut builder, ""),
                    "left" => self.left.value(&mut builder, ""),
                    _ => Value::Unknown,
                })
                .collect();
            let was = match self.held.get(at) {
                Some(Held::Time(time)) if asked.subject == "it" => *time,
                _ => self.was,
            };
            let id = builder.name("visit-0");
            builder.push(visit, id, was, &values);
        }
        for (at, held) in self.held.iter().enumerate() {
            // Fields stand in the order of their names: `ends`, `starts`.
            let times = match (asked.place, held) {
                (Place::Linked, starts) => [&self.left, starts],
                (_, Held::Order(starts, ends)) => [&**ends, &**starts],
                _ => continue,
            };
            let values = times.map(|time| time.value(&mut builder, ""));
            // A link that is given twice leads to two orders, and an order that is given twice is one.
            let id = if asked.place == Place::Field { format!("order-{at}") } else { "order-0".to_owned() };
            let id = builder.name(&id);
            builder.push(order, id, self.at.plus_seconds(-1), &values);
        }
        builder.finish(vocabulary, "call-0".to_owned(), self.at)
    }
}

/// Some of many, spread over all of them.
fn spread<T: Clone>(all: &[T], most: usize, from: usize) -> Vec<T> {
    let step = all.len().div_ceil(most).max(1);
    all.iter().skip(from % step).step_by(step).cloned().collect()
}

/// Lengths by which a call lies from a seam, so that what is counted from it meets the seam.
fn length_of(mark: &Mark<'_>) -> Option<Length> {
    match mark {
        Mark::Back(length) | Mark::Ahead(length) => Some(*length),
        Mark::Apart(apart) => Some(*apart.length),
        _ => None,
    }
}

/// Makes cases for some questions.
pub struct Cases<'p> {
    pub asked: &'p Asked,
    pub policy: &'p Policy,
    pub predicates: &'p [Predicate],
}

impl Cases<'_> {
    fn zone(&self) -> &Zone {
        &self.policy.zone
    }

    fn marks(&self) -> impl Iterator<Item = Mark<'_>> {
        self.predicates.iter().flat_map(|predicate| predicate.form().marks())
    }

    /// Times at and about the seam, and so far from it as the questions count.
    fn about_the_seam(&self) -> Vec<Instant> {
        let (seam, zone) = (self.asked.seam, self.zone());
        let ends = self.marks().filter_map(|mark| length_of(&mark));
        let ends = ends.flat_map(|length| [zone.before(seam, length), zone.after(seam, length)]);
        let from: BTreeSet<Instant> = ends.chain([seam, seam.plus_seconds(-43_200)]).collect();
        from.into_iter().collect()
    }

    /// Where the answers about a time turn, for a call at a moment, beside other times.
    fn edges(&self, now: Instant, others: &[Instant]) -> Vec<Instant> {
        let zone = self.zone();
        let seam = self.asked.seam;
        let mut edges: BTreeSet<Instant> = BTreeSet::from([now, seam]);
        let days = (-2..=2).map(|day| zone.date(seam.plus_seconds(day * 86_400))).chain([zone.date(now)]);
        let midnights: Vec<Instant> = days.map(|day| zone.day_start(day)).collect();
        for mark in self.marks() {
            match mark {
                Mark::Back(length) => drop(edges.insert(zone.before(now, length))),
                Mark::Ahead(length) => drop(edges.insert(zone.after(now, length))),
                Mark::Days { first, last } => edges.extend([first, last]),
                Mark::Clock(clock) => {
                    edges.extend(midnights.iter().map(|midnight| midnight.plus_seconds(i64::from(clock.0))));
                }
                Mark::EachDay => edges.extend(&midnights),
                Mark::Time(_) => edges.extend(others),
                Mark::Apart(apart) => {
                    let known = apart.calendar.and_then(|place| self.policy.calendars.get(place));
                    for other in others {
                        let reaches =
                            [apart.reach(*other, zone, None), apart.reach(*other, zone, known.map(|it| &it.calendar))];
                        edges.extend(reaches.iter().flat_map(|reach| [reach.first, reach.last]));
                    }
                }
                _ => {}
            }
        }
        let beside = edges.iter().flat_map(|edge| [0, 0, -1, 1, 3600, -3600].map(|by| edge.plus_seconds(by)));
        let beside: BTreeSet<Instant> = beside.chain(edges.iter().map(|edge| edge.plus_seconds(86_400))).collect();
        beside.into_iter().collect()
    }

    fn numbers(&self) -> BTreeSet<i64> {
        let numbers = self.predicates.iter().flat_map(Predicate::numbers);
        let beside: BTreeSet<i64> = numbers.flat_map(|number| [number - 1, number, number + 1]).collect();
        beside.into_iter().filter(|number| *number >= 0).chain([0, 9]).collect()
    }

    /// Values of a kind that is no time, at and beside every edge.
    fn values(&self, kind: Kind) -> Vec<Held> {
        let names = ["ann", "bob", "cem"];
        match kind {
            Kind::YesNo => [false, true].map(Held::YesNo).into(),
            Kind::Choice => (0..4u16).take(WORDS.len()).map(Held::Choice).collect(),
            Kind::Rising => (0..4u16).take(RISING.len()).map(Held::Choice).collect(),
            Kind::Number => self.numbers().into_iter().filter(|number| *number < 10).map(Held::Number).collect(),
            Kind::Duration => self.numbers().into_iter().map(Held::Duration).collect(),
            Kind::Flags => (0..1u64 << FLAGS.len()).map(Held::Flags).collect(),
            Kind::Text => TEXTS.map(Held::Text).into(),
            Kind::Person => names.map(|name| Held::People(vec![name])).into(),
            Kind::People => [
                &[][..],
                &["ann"],
                &["bob"],
                &["ann", "bob"],
                &["bob", "ann", "bob"],
                &["ann", "bob", "cem"],
                &["cem", "cem"],
            ]
            .map(|people| Held::People(people.to_vec()))
            .into(),
            Kind::Time | Kind::TimeOrNone | Kind::Link => Vec::new(),
        }
    }

    /// All that may be held, given where answers turn.
    fn held(&self, edges: &[Instant]) -> Vec<Held> {
        let times = |most: usize, die: usize| spread(edges, most, die).into_iter().map(Held::Time);
        let die = |at: usize| self.asked.dice[at];
        match self.asked.kind {
            Kind::Time => times(36, die(0)).collect(),
            Kind::TimeOrNone => times(36, die(0)).chain([Held::None]).collect(),
            Kind::Link => {
                let ends = || times(5, die(1)).chain([Held::None, Held::Unknown]);
                let orders = ends()
                    .flat_map(|starts| ends().map(move |ends| Held::Order(Box::new(starts.clone()), Box::new(ends))));
                orders.collect()
            }
            kind => self.values(kind),
        }
    }

    pub fn all(&self) -> Vec<CaseText> {
        let die = |at: usize| self.asked.dice[at % self.asked.dice.len()];
        let about = self.about_the_seam();
        let is_of_call = self.asked.subject == "this call";
        let mut cases = Vec::new();
        for round in 0..3 {
            let pick = |at: usize| about[die(at + round) % about.len()];
            let by = [0, -1, 1, 3600, 43_200, 86_399][die(round + 5) % 6];
            let (now, begun) = (pick(0).plus_seconds(by), pick(3));
            let left = self.zone().after(begun, Length::new(1, Unit::Days));
            let was = now.plus_seconds(-((now.0 - pick(6).0).abs()));
            let mut others = vec![begun, left, was];
            // The time of the call is another time for every subject but itself.
            others.extend(Some(now).filter(|_| !is_of_call));
            let edges = self.edges(now, &others);
            let people = [0, 1, 2].map(|who| {
                let people = self.values(Kind::People);
                people[die(7 + who + round) % people.len()].clone()
            });
            let one = CaseText {
                at: now,
                held: vec![Held::Unknown],
                begun: Held::Time(begun),
                left: Held::Time(left),
                was,
                theme: Held::Choice([0, 1, 2, 3][die(10 + round) % 4]),
                people,
            };
            if is_of_call {
                let moments = spread(&edges, 60, die(1));
                cases.extend(moments.into_iter().map(|at| CaseText {
                    at,
                    held: vec![Held::Time(at)],
                    was: at,
                    ..one.clone()
                }));
            } else {
                let held = self.held(&edges);
                let is_later = |held: &Held| matches!(held, Held::Time(time) if *time > now);
                // A record that is later than the call is none of its history.
                let held: Vec<Held> =
                    held.into_iter().filter(|held| self.asked.subject != "it" || !is_later(held)).collect();
                cases.extend(held.iter().map(|held| CaseText { held: vec![held.clone()], ..one.clone() }));
                if !self.asked.is_own_time() {
                    cases.push(one.clone());
                }
                if self.asked.place != Place::Call && !held.is_empty() {
                    let twice = spread(&held, 8, die(2)).into_iter().enumerate().map(|(at, first)| {
                        let second = held[(die(4) + at * 7) % held.len()].clone();
                        CaseText { held: vec![first, second], ..one.clone() }
                    });
                    cases.extend(twice);
                }
            }
            // The same with something beside the subject that is not known, or does not exist.
            let some = spread(&cases, 12, die(6));
            let nobody = [Held::Unknown, Held::Unknown, Held::Unknown];
            cases.extend(some.iter().map(|case| CaseText { begun: Held::Unknown, left: Held::None, ..case.clone() }));
            cases.extend(some.iter().map(|case| CaseText {
                left: Held::Unknown,
                theme: Held::Unknown,
                people: nobody.clone(),
                ..case.clone()
            }));
        }
        cases
    }
}
