//! Tests on one value (reference, section 5, "Tests on a fact").

use super::ways::Supposed;
use super::{Oracle, Row, all, any, opposite, opposite_if, truth};
use heedful::model::{FieldId, RecordId, Truth, Type, Value};
use heedful::semantics::predicates::{
    self, Ago, Apart, Calendar, Compare, Day, Exclude, FlagCount, InForce, Include, Is, IsNone, Mention, Moment, OneOf,
    Range, Same, SameDay, Weekday, Within, WithinNext,
};
use heedful::semantics::{Predicate, Subject, Test};
use heedful::syntax::tree::{ClockEnd, Comparison, FirstDay, Relation, Side};
use heedful::time::{Date, Instant, TimeOfDay, Unit};
use std::collections::BTreeSet;

impl Oracle<'_> {
    pub(super) fn test(&self, test: &Test, row: Option<Row>) -> Truth {
        if let Predicate::InForce(InForce { not }) = test.predicate {
            return opposite_if(not, self.subject_in_force(test.subject, row));
        }
        let value = match (&self.supposed, test.subject, row) {
            (Some(Supposed::Fact(supposed, value)), Subject::Fact(fact), None) if *supposed == fact => *value,
            (Some(Supposed::Facts(all)), Subject::Fact(fact), None) if all.iter().any(|(of, _)| *of == fact) => {
                all.iter().find(|(of, _)| *of == fact).expect("there").1
            }
            _ => self.value(test.subject, row),
        };
        match (value, &test.predicate) {
            (Value::Unknown, _) => Truth::Unknown,
            (Value::None, Predicate::IsNone(IsNone { not })) => truth(!not),
            (Value::None, _) => Truth::No,
            (_, Predicate::IsNone(IsNone { not })) => truth(*not),
            (Value::Time(time), predicate) => self.time_test(time, predicate, row),
            (value, Predicate::Same(Same { fact, not })) => opposite_if(*not, self.same(value, self.fact(*fact))),
            (value, predicate) => truth(self.plain_test(value, predicate)),
        }
    }

    fn value(&self, subject: Subject, row: Option<Row>) -> Value {
        match subject {
            Subject::Fact(fact) => self.fact(fact),
            Subject::CallTime => Value::Time(self.case.at),
            Subject::Field(field) => self.field(row, field),
            Subject::RecordTime => Value::Time(self.time(row.expect("`it` is asked of a record"))),
            Subject::Through { link, record, field } => match self.follow_link(self.field(row, link), record) {
                Some(linked) => self.field(Some(linked), field),
                None => Value::Unknown,
            },
            Subject::Record(_) | Subject::Linked { .. } => panic!("only being in force is asked of a record"),
        }
    }

    /// The record whose id a link holds; none when the link is unknown, or leads to nothing that the history holds.
    fn follow_link(&self, link: Value, kind: RecordId) -> Option<Row> {
        let Value::Identity(id) = link else { return None };
        let list = self.case.records(kind)?;
        (0..list.len()).find(|at| list.id(*at) == Some(id)).map(|at| Row::Listed(kind, at))
    }

    fn subject_in_force(&self, subject: Subject, row: Option<Row>) -> Truth {
        let linked = |link: Value, kind: RecordId| match self.follow_link(link, kind) {
            Some(linked) => self.in_force(kind, linked),
            None => Truth::Unknown,
        };
        match subject {
            Subject::Record(kind) => self.in_force(kind, row.expect("a record")),
            Subject::Linked { link, record } => linked(self.field(row, link), record),
            Subject::Fact(fact) => match self.policy.vocabulary.call[fact.index()].ty {
                Type::Link { record } => linked(self.fact(fact), record),
                _ => panic!("only a link is in force"),
            },
            _ => panic!("only a record is in force"),
        }
    }

    /// Its `from` time is at or before now, and none of its `until` times is.
    fn in_force(&self, kind: RecordId, row: Row) -> Truth {
        let span = self.policy.vocabulary.records[kind.index()].in_force.as_ref().expect("checked");
        let begun = |field: FieldId| match self.field(Some(row), field) {
            Value::Time(time) => truth(time <= self.now),
            Value::None => Truth::No,
            _ => Truth::Unknown,
        };
        all([begun(span.from), opposite(any(span.until.iter().map(|field| begun(*field))))])
    }

    /// Whether two values name somebody in common, or are the same choice.
    pub(super) fn same(&self, one: Value, other: Value) -> Truth {
        match (one, other) {
            (Value::Unknown, _) | (_, Value::Unknown) => Truth::Unknown,
            (Value::Choice(one), Value::Choice(other)) => truth(one == other),
            (one, other) => {
                let (one, other) = (self.case.identities(&one), self.case.identities(&other));
                truth(one.iter().any(|somebody| other.contains(somebody)))
            }
        }
    }

    fn plain_test(&self, value: Value, predicate: &Predicate) -> bool {
        match (value, predicate) {
            (Value::YesNo(answer), Predicate::Is(Is(wanted))) => answer == *wanted,
            (Value::Choice(at), Predicate::OneOf(OneOf { values, not })) => (values & (1 << at) != 0) != *not,
            (Value::Choice(at), Predicate::Compare(Compare(comparison, number))) => {
                comparison.holds(i64::from(at), **number)
            }
            (Value::Number(amount) | Value::Duration(amount), Predicate::Compare(Compare(comparison, number))) => {
                comparison.holds(amount, **number)
            }
            (Value::Choice(at), Predicate::Range(range)) => within(i64::from(at), range),
            (Value::Number(amount) | Value::Duration(amount), Predicate::Range(range)) => within(amount, range),
            (Value::Flags(held), Predicate::Include(Include { flags, all: true })) => held & flags == *flags,
            (Value::Flags(held), Predicate::Include(Include { flags, all: false })) => held & flags != 0,
            (Value::Flags(held), Predicate::Exclude(Exclude { flags })) => held & flags == 0,
            (Value::Flags(held), Predicate::FlagCount(FlagCount { comparison, number, flags, .. })) => {
                let set: i64 = (0..64).map(|at| i64::from(held >> at & 1 == 1 && flags >> at & 1 == 1)).sum();
                comparison.holds(set, **number)
            }
            (people @ (Value::Identity(_) | Value::Identities { .. }), Predicate::IdentityCount(count)) => {
                let people: BTreeSet<_> =
                    self.case.identities(&people).iter().map(|name| self.case.name(*name)).collect();
                count.comparison.holds(people.iter().map(|_| 1).sum(), *count.number)
            }
            (Value::Text(at), Predicate::Mention(Mention(phrases))) => {
                let words = words(self.case.text(at));
                let phrase = |phrase: &String| phrase.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
                phrases.iter().map(phrase).any(|phrase| words.windows(phrase.len()).any(|run| run == phrase))
            }
            (value, predicate) => panic!("{predicate:?} is asked of {value:?}"),
        }
    }

    fn time_test(&self, time: Instant, predicate: &Predicate, row: Option<Row>) -> Truth {
        let (zone, now) = (&self.policy.zone, self.now);
        let past = time <= now;
        match predicate {
            Predicate::Ago(Ago(comparison, length)) => {
                let then = self.span_start(**length);
                truth(past && older(*comparison, time, then))
            }
            Predicate::Within(Within(length)) => truth(self.span_start(**length) <= time && past),
            Predicate::WithinNext(WithinNext(length)) => truth(now <= time && time <= self.span_end(**length)),
            Predicate::Passed(_) => truth(past),
            Predicate::ToCome(_) => truth(!past),
            Predicate::Day(Day { relation, first, last }) => truth(match relation {
                Relation::Before => time < *first,
                Relation::After => time > *last,
                Relation::On => *first <= time && time <= *last,
                Relation::OnOrBefore => time <= *last,
                Relation::OnOrAfter => time >= *first,
            }),
            Predicate::Moment(Moment { relation, other }) => match self.value(*other, row) {
                Value::Time(other) => truth(match relation {
                    Relation::Before => time < other,
                    Relation::After => time > other,
                    Relation::On => time == other,
                    Relation::OnOrBefore => time <= other,
                    Relation::OnOrAfter => time >= other,
                }),
                Value::None => Truth::No,
                _ => Truth::Unknown,
            },
            Predicate::Apart(apart) => match self.value(apart.other, row) {
                Value::Time(other) => self.apart(time, apart, other),
                Value::None => Truth::No,
                _ => Truth::Unknown,
            },
            Predicate::SameDay(SameDay { other, not }) => match self.value(*other, row) {
                Value::Time(other) => {
                    let (midnight, next) = (zone.day_start(zone.date(other)), zone.day_start(zone.date(other).next()));
                    truth((midnight <= time && time < next) != *not)
                }
                Value::None => Truth::No,
                _ => Truth::Unknown,
            },
            Predicate::Clock(predicates::Clock { from, to, end, not }) => {
                let to = if *end == ClockEnd::In { **to } else { TimeOfDay((to.0 + 86_399) % 86_400) };
                truth(on_the_clock(zone.clock(time), **from, to) != *not)
            }
            Predicate::Weekday(Weekday { days, not }) => truth(days.has(zone.weekday(time)) != *not),
            Predicate::Calendar(Calendar { calendar, not }) => {
                let calendar = &self.policy.calendars[*calendar].calendar;
                let date = zone.date(time);
                let complete = calendar.complete.is_none_or(|(first, last)| first <= date && date <= last);
                match calendar.skips(date) {
                    true => truth(!*not),
                    false if complete => truth(*not),
                    false => Truth::Unknown,
                }
            }
            predicate => panic!("{predicate:?} is asked of a time"),
        }
    }
}

impl Oracle<'_> {
    /// On its side of the other time, and so far from it. With days that may be passed over or not, both readings must agree.
    fn apart(&self, time: Instant, apart: &Apart, other: Instant) -> Truth {
        let zone = &self.policy.zone;
        if let Some(first_day) = apart.first_day {
            return self.days_apart(time, apart, other, first_day);
        }
        let calendar = apart.calendar.map(|place| &self.policy.calendars[place].calendar);
        match apart.side {
            Side::After => {
                let end = super::deadline::after(zone, calendar, other, *apart.length);
                let answer = time >= other && younger(apart.comparison, time, end);
                let complete = calendar.is_none_or(|known| known.covers(zone.date(other), zone.date(end)));
                // However many more days are passed over, the end is this one or later.
                let latest = time >= other && younger(apart.comparison, time, Instant::MAX);
                let between = apart.comparison == Comparison::Exactly && time > end;
                if complete || (answer == latest && !between) { truth(answer) } else { Truth::Unknown }
            }
            Side::Before => truth(time <= other && older(apart.comparison, time, zone.before(other, *apart.length))),
        }
    }

    /// Walks from day to day.
    fn days_apart(&self, time: Instant, apart: &Apart, other: Instant, first_day: FirstDay) -> Truth {
        let zone = &self.policy.zone;
        let calendar = apart.calendar.map(|place| &self.policy.calendars[place].calendar);
        let skips = |day: Date| calendar.is_some_and(|known| known.skips(day));
        let (own, day) = (zone.date(time), zone.date(other));
        let step = |day: Date| match apart.side {
            Side::After => day.next(),
            Side::Before => zone.date(zone.day_start(day).plus_seconds(-1)),
        };
        let last = match apart.length.unit {
            Unit::Days | Unit::Weeks => {
                let number = apart.length.amount as usize * if apart.length.unit == Unit::Weeks { 7 } else { 1 };
                let days = std::iter::successors(Some(day), |day| Some(step(*day)));
                let days = days.skip(usize::from(first_day == FirstDay::NotCounted)).filter(|day| !skips(*day));
                days.take(number).last().expect("a day that counts")
            }
            _ => {
                let noon = zone.day_start(day).plus_seconds(43_200);
                let far = match apart.side {
                    Side::After => zone.after(noon, *apart.length),
                    Side::Before => zone.before(noon, *apart.length),
                };
                let days = std::iter::successors(Some(zone.date(far)), |day| Some(step(*day)));
                days.filter(|day| !skips(*day)).take(1).last().expect("a day that counts")
            }
        };
        let complete = calendar.is_none_or(|known| known.covers(day, last));
        match apart.side {
            Side::After if day <= own && own <= last => Truth::Yes,
            Side::Before if last <= own && own <= day => Truth::Yes,
            Side::After if own > last && !complete => Truth::Unknown,
            _ => Truth::No,
        }
    }
}

/// Whether a time compares so with one that lies so far after: the earlier, the nearer.
fn younger(comparison: Comparison, time: Instant, then: Instant) -> bool {
    match comparison {
        Comparison::AtLeast => time >= then,
        Comparison::AtMost => time <= then,
        Comparison::MoreThan => time > then,
        Comparison::FewerThan => time < then,
        Comparison::Exactly => time == then,
    }
}

/// Whether a time's age compares so with the age of `then`: the earlier, the older.
fn older(comparison: Comparison, time: Instant, then: Instant) -> bool {
    match comparison {
        Comparison::AtLeast => time <= then,
        Comparison::AtMost => time >= then,
        Comparison::MoreThan => time < then,
        Comparison::FewerThan => time > then,
        Comparison::Exactly => time == then,
    }
}

/// Both ends in.
fn within(number: i64, range: &Range) -> bool {
    let numbers = range.from.value..=range.to.value;
    numbers.contains(&number) != range.not
}

/// Both ends in; over midnight when the first is later.
fn on_the_clock(time: TimeOfDay, from: TimeOfDay, to: TimeOfDay) -> bool {
    if from <= to { from <= time && time <= to } else { time >= from || time <= to }
}

/// The words of a text in small letters. The texts of generated cases hold plain words only.
fn words(text: &str) -> Vec<String> {
    text.replace(['\u{2018}', '\u{2019}'], "'")
        .split(|letter: char| !letter.is_alphanumeric() && letter != '\'')
        .map(|word| word.trim_matches('\''))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}
