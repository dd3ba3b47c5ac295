//! The answer to one question about one value.

use super::Row;
use super::evaluation::Evaluation;
use crate::model::{FieldId, RecordId, Truth, Type, Value};
use crate::semantics::{Predicate, Subject, Test};
use crate::syntax::tree::{Comparison, Relation};
use crate::time::{Instant, Length};

impl Evaluation<'_> {
    /// The value that a subject has in a row.
    pub(super) fn value(&self, subject: Subject, row: Row) -> Value {
        match (subject, row) {
            (Subject::Fact(fact), _) => self.case.fact(fact),
            (Subject::CallTime, _) | (Subject::RecordTime, Row::ThisCall | Row::Call) => Value::Time(self.case.at),
            (Subject::RecordTime, Row::Record { record, index }) => {
                self.case.records(record).map_or(Value::Unknown, |records| Value::Time(records.time(index)))
            }
            (Subject::Field(field), Row::Record { record, index }) => {
                self.case.records(record).map_or(Value::Unknown, |records| records.value(index, field))
            }
            (Subject::Field(field), Row::ThisCall) => {
                let fact = self.policy.stands_for(field);
                fact.map_or(Value::Unknown, |fact| self.case.fact(fact))
            }
            (Subject::Through { link, record: target, field }, row) => {
                match self.follow_link(Subject::Field(link), target, row) {
                    Some(index) => {
                        self.case.records(target).map_or(Value::Unknown, |records| records.value(index, field))
                    }
                    None => Value::Unknown,
                }
            }
            _ => Value::Unknown,
        }
    }

    /// The record that a link leads to, when the history holds it.
    pub(super) fn follow_link(&self, link: Subject, target: RecordId, row: Row) -> Option<usize> {
        let Value::Identity(id) = self.value(link, row) else { return None };
        self.case.records(target)?.find(id)
    }

    /// The link that a subject is asked about, and the kind of record that it leads to.
    pub(super) fn link(&self, subject: Subject) -> Option<(Subject, RecordId)> {
        match subject {
            Subject::Linked { link, record } => Some((Subject::Field(link), record)),
            Subject::Fact(fact) => match self.policy.vocabulary.call.get(fact.index())?.ty {
                Type::Link { record } => Some((subject, record)),
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn test(&self, test: &Test, row: Row) -> Truth {
        if let Predicate::InForce { not } = test.predicate {
            let truth = self.in_force(test.subject, row);
            return if not { !truth } else { truth };
        }
        let value = match test.subject {
            Subject::Fact(fact) => self.case.fact(fact),
            subject => self.value(subject, row),
        };
        self.judge(value, &test.predicate, row)
    }

    /// The answer for a value. Whether something is in force is not asked of a value.
    #[inline]
    pub(super) fn judge(&self, value: Value, predicate: &Predicate, row: Row) -> Truth {
        predicate.of_value(&value).unwrap_or_else(|| self.judge_with_more(value, predicate, row))
    }

    /// The answer where the clock, the words of the case or another value has a say in it.
    fn judge_with_more(&self, value: Value, predicate: &Predicate, row: Row) -> Truth {
        match (value, predicate) {
            (Value::Text(at), Predicate::Mention(phrases)) => Truth::from(mentions(self.case.text(at), phrases)),
            (value, Predicate::Same { fact, not }) => self.same(value, self.case.fact(*fact), *not),
            (Value::Time(time), predicate) => self.test_time(time, predicate, row),
            _ => Truth::Unknown,
        }
    }

    pub(super) fn same(&self, one: Value, other: Value, not: bool) -> Truth {
        let shared = match (one, other) {
            (Value::Unknown, _) | (_, Value::Unknown) => return Truth::Unknown,
            (Value::Choice(one), Value::Choice(other)) => one == other,
            _ => {
                let others = self.case.identities(&other);
                self.case.identities(&one).iter().any(|name| others.contains(name))
            }
        };
        Truth::from(shared != not)
    }

    fn test_time(&self, time: Instant, predicate: &Predicate, row: Row) -> Truth {
        let zone = &self.policy.zone;
        let weekday = |instant| zone.weekday(instant);
        Truth::from(match predicate {
            Predicate::Passed => {
                self.may_change_at(time);
                time <= self.now
            }
            Predicate::ToCome => {
                self.may_change_at(time);
                time > self.now
            }
            Predicate::Within(length) => {
                self.may_change_at(time);
                self.may_change_on_leaving(time, *length);
                time <= self.now && time >= self.span_start(*length)
            }
            Predicate::WithinNext(length) => self.is_within_the_next(time, *length),
            Predicate::Ago(comparison, length) => self.ago(time, *comparison, *length),
            Predicate::Day { relation, first, last } => related(*relation, time, *first, *last),
            Predicate::Moment { relation, other } => match self.value(*other, row) {
                Value::Time(other) => related(*relation, time, other, other),
                Value::Unknown => return Truth::Unknown,
                _ => false,
            },
            Predicate::Clock { from, to, not } => {
                let clock = zone.clock(time);
                let inside = if from <= to { *from <= clock && clock <= *to } else { clock >= *from || clock <= *to };
                inside != *not
            }
            Predicate::Weekday { days, not } => days.has(weekday(time)) != *not,
            Predicate::Calendar { calendar, not } => {
                let named = self.policy.calendars.get(*calendar);
                match named.and_then(|named| named.calendar.has(zone.date(time))) {
                    Some(is) => is != *not,
                    None => {
                        self.warn_of_calendar(*calendar);
                        return Truth::Unknown;
                    }
                }
            }
            _ => return Truth::Unknown,
        })
    }

    /// The age of a time, counted back from now on the calendar; a time still to come has none.
    fn ago(&self, time: Instant, comparison: Comparison, length: Length) -> bool {
        self.may_change_at(time);
        self.may_change_on_leaving(time.plus_seconds(-1), length);
        self.may_change_on_leaving(time, length);
        if time > self.now {
            return false;
        }
        let boundary = self.span_start(length);
        match comparison {
            Comparison::AtLeast => time <= boundary,
            Comparison::MoreThan => time < boundary,
            Comparison::AtMost => time >= boundary,
            Comparison::FewerThan => time > boundary,
            Comparison::Exactly => time == boundary,
        }
    }

    fn in_force(&self, subject: Subject, row: Row) -> Truth {
        let (record, row) = match (subject, row) {
            // The facts of this call stand for its fields.
            (Subject::Record(record), Row::Record { .. } | Row::ThisCall) => (record, row),
            (subject, row) => {
                let Some((link, record)) = self.link(subject) else { return Truth::Unknown };
                let Some(index) = self.follow_link(link, record, row) else { return Truth::Unknown };
                (record, Row::Record { record, index })
            }
        };
        let kind = self.policy.vocabulary.records.get(record.index()).and_then(|kind| kind.in_force.as_ref());
        let (Some(kind), list) = (kind, self.case.records(record)) else { return Truth::Unknown };
        let value = |field: FieldId| match (row, list) {
            (Row::Record { index, .. }, Some(list)) => list.value(index, field),
            _ => self.value(Subject::Field(field), row),
        };
        let begun = match value(kind.from) {
            Value::Time(from) => {
                self.may_change_at(from);
                Truth::from(from <= self.now)
            }
            Value::None => Truth::No,
            _ => Truth::Unknown,
        };
        let lasting = kind.until.iter().map(|field| match value(*field) {
            Value::Time(end) => {
                self.may_change_at(end);
                Truth::from(end > self.now)
            }
            Value::None => Truth::Yes,
            _ => Truth::Unknown,
        });
        lasting.fold(begun, Truth::and)
    }
}

/// A time against a first and a last second.
fn related(relation: Relation, time: Instant, first: Instant, last: Instant) -> bool {
    match relation {
        Relation::Before => time < first,
        Relation::After => time > last,
        Relation::On => first <= time && time <= last,
        Relation::OnOrBefore => time <= last,
        Relation::OnOrAfter => time >= first,
    }
}

fn mentions(text: &str, phrases: &[String]) -> bool {
    let words = crate::text::folded(text);
    phrases.iter().any(|phrase| words.contains(phrase.as_str()))
}
