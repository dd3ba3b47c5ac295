//! The answer to one question about one value.

use super::Row;
use super::evaluation::Evaluation;
use crate::model::{FactId, FieldId, RecordId, Truth, Type, Value};
use crate::semantics::predicates::{InForce, identity_count, in_force, share};
use crate::semantics::{Context, Predicate, Subject, Test};
use crate::time::{Calendar, Instant, Length, Zone};

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
        if let Predicate::InForce(InForce { not }) = test.predicate {
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
        predicate.of_value(&value).unwrap_or_else(|| predicate.truth(value, &self.asking(row)))
    }

    /// What is known about a row at this moment.
    pub(super) fn asking(&self, row: Row) -> Asking<'_, '_> {
        Asking { run: self, row }
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
        in_force(kind, value, &self.asking(row))
    }
}

/// A row that is asked about, at the evaluation's moment.
pub(super) struct Asking<'r, 'a> {
    run: &'r Evaluation<'a>,
    row: Row,
}

impl Context for Asking<'_, '_> {
    fn now(&self) -> Instant {
        self.run.now
    }

    fn zone(&self) -> &Zone {
        &self.run.policy.zone
    }

    fn calendar(&self, place: usize) -> Option<&Calendar> {
        self.run.policy.calendars.get(place).map(|named| &named.calendar)
    }

    fn warn_of_calendar(&self, place: usize) {
        self.run.warn_of_calendar(place);
    }

    fn span_start(&self, length: Length) -> Instant {
        self.run.span_start(length)
    }

    fn span_end(&self, length: Length) -> Instant {
        self.run.span_end_from_now(length)
    }

    fn may_change_at(&self, moment: Instant) {
        self.run.may_change_at(moment);
    }

    fn may_change_on_leaving(&self, time: Instant, length: Length) {
        self.run.may_change_on_leaving(time, length);
    }

    fn fact(&self, fact: FactId) -> Value {
        self.run.case.fact(fact)
    }

    fn value(&self, subject: Subject) -> Value {
        self.run.value(subject, self.row)
    }

    fn text(&self, text: u32) -> &str {
        self.run.case.text(text)
    }

    fn identity_count(&self, value: Value) -> Option<i64> {
        identity_count(self.run.case, value)
    }

    fn share(&self, one: Value, other: Value) -> Truth {
        share(self.run.case, one, other)
    }
}
