//! Typed tests -> the sentences that say them.

use super::lift::{Lift, Place};
use super::words::Words;
use crate::model::{FactId, Field, RecordId, Type};
use crate::semantics::{Speaker, Subject, Test};
use crate::syntax::tree::{self, Amount, Measure, Verb, Word};
use crate::syntax::unplaced::{self, NOWHERE, word};
use crate::time::{Date, Instant, Length, Unit};

impl Lift<'_> {
    pub(super) fn test(&self, test: &Test, place: Place) -> tree::Test {
        let subject = self.subject(test.subject, place);
        let said = QuestionWords { lift: self, of: test.subject, place };
        let predicate = test.predicate.form().words(&said);
        tree::Test { subject, predicate, or_not_answered: false, at: NOWHERE }
    }

    pub(super) fn subject(&self, subject: Subject, place: Place) -> tree::Subject {
        match (subject, place) {
            (Subject::Fact(fact), Place::Call) => tree::Subject::Own(word(self.fact(fact))),
            (Subject::Fact(fact), Place::Record(_)) => tree::Subject::ThisCalls(word(self.fact(fact))),
            (Subject::CallTime, _) => tree::Subject::ThisCall(NOWHERE),
            (Subject::RecordTime, Place::Record(record)) => self.record_time(record),
            (Subject::RecordTime | Subject::Record(_), _) => tree::Subject::It(NOWHERE),
            (Subject::Field(field) | Subject::Linked { link: field, .. }, Place::Record(record)) => {
                tree::Subject::Own(word(self.field(record, field)))
            }
            (Subject::Through { link, record, field }, Place::Record(own)) => {
                tree::Subject::Through { link: word(self.field(own, link)), field: word(self.field(record, field)) }
            }
            // A call has no record's fields.
            (Subject::Field(_) | Subject::Linked { .. } | Subject::Through { .. }, Place::Call) => {
                tree::Subject::Own(word(""))
            }
        }
    }

    /// The language says `it`; people wonder what.
    fn record_time(&self, record: RecordId) -> tree::Subject {
        let kind = self.policy.vocabulary.records.get(record.index());
        match (self.words, kind) {
            (Words::Marked, Some(kind)) => tree::Subject::Own(word(&format!("the time of the {}", kind.name))),
            _ => tree::Subject::It(NOWHERE),
        }
    }

    fn declared(&self, subject: Subject, place: Place) -> Option<&Field> {
        let field = |record: RecordId, field: crate::model::FieldId| {
            let kind = self.policy.vocabulary.records.get(record.index())?;
            kind.fields.get(field.index())
        };
        match (subject, place) {
            (Subject::Fact(fact), _) => self.policy.vocabulary.call.get(fact.index()),
            (Subject::Field(own), Place::Record(record)) => field(record, own),
            (Subject::Through { record, field: far, .. }, _) => field(record, far),
            _ => None,
        }
    }
}

/// The value that a question is about, for the words of the question.
struct QuestionWords<'l, 'p> {
    lift: &'l Lift<'p>,
    of: Subject,
    place: Place,
}

impl Speaker for QuestionWords<'_, '_> {
    fn values(&self, bits: u64) -> Vec<Word> {
        let Lift { policy, words } = self.lift;
        let Some(field) = self.lift.declared(self.of, self.place) else { return Vec::new() };
        let named = field.values().iter().zip(0u16..).filter(|(_, at)| bits >> at & 1 == 1);
        named.map(|(value, at)| word(&words.value(value, || policy.said_of(field, at)))).collect()
    }

    fn measure(&self, number: i64) -> Measure {
        match self.lift.declared(self.of, self.place).map(|field| &field.ty) {
            Some(Type::Duration) => {
                let (amount, unit) =
                    if number % 3600 == 0 { (number / 3600, Unit::Hours) } else { (number / 60, Unit::Minutes) };
                Measure::Length(unplaced::length(Length::new(u32::try_from(amount).unwrap_or(u32::MAX), unit)))
            }
            Some(Type::Choice { .. }) => {
                let bit = u32::try_from(number).ok().and_then(|at| 1u64.checked_shl(at)).unwrap_or(0);
                Measure::Amount(Amount::Name(self.values(bit).pop().unwrap_or_else(|| word(""))))
            }
            _ => Measure::Amount(unplaced::amount(number)),
        }
    }

    fn subject(&self, subject: Subject) -> tree::Subject {
        self.lift.subject(subject, self.place)
    }

    fn fact(&self, fact: FactId) -> Word {
        word(self.lift.fact(fact))
    }

    fn calendar(&self, calendar: usize) -> Word {
        self.lift.defined(self.lift.policy.calendars.get(calendar).map_or("", |calendar| &calendar.name))
    }

    fn date(&self, time: Instant) -> Date {
        self.lift.policy.zone.date(time)
    }

    fn verb(&self) -> Verb {
        let name = match (self.of, self.place) {
            (Subject::Fact(fact), _) => self.lift.fact(fact),
            (Subject::Field(field), Place::Record(record)) | (Subject::Through { record, field, .. }, _) => {
                self.lift.field(record, field)
            }
            _ => "",
        };
        // `words-heard`: several of something, said before its hyphen.
        let several = name.ends_with('s') || name.split('-').next().is_some_and(|first| first.ends_with('s'));
        if several { Verb::Plural } else { Verb::Singular }
    }
}
