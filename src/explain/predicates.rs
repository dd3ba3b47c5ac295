//! Typed tests -> the sentences that say them.

use super::lift::{Lift, NOWHERE, Place, length_at, length_of, number_of, text, word};
use super::words::Words;
use crate::model::{Field, RecordId, Type};
use crate::semantics::{Predicate, Subject, Test};
use crate::syntax::tree::{self, Amount, Measure, Moment, Verb, Word};
use crate::time::{Length, Unit, Weekday};

impl Lift<'_> {
    pub(super) fn test(&self, test: &Test, place: Place) -> tree::Test {
        let subject = self.subject(test.subject, place);
        tree::Test { predicate: self.predicate(test, place), subject, at: NOWHERE }
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

    fn predicate(&self, test: &Test, place: Place) -> tree::Predicate {
        use tree::Predicate as P;
        match &test.predicate {
            Predicate::Is(yes) => P::Is { not: false, word: word(if *yes { "yes" } else { "no" }) },
            Predicate::OneOf { values, not } => match self.chosen(test, *values, place).as_slice() {
                [only] => P::Is { not: *not, word: only.clone() },
                several => P::OneOf { not: *not, words: several.to_vec() },
            },
            Predicate::Compare(comparison, number) => {
                let with = self.measure(test, *number, place);
                P::Compare { comparison: *comparison, with, ago: false }
            }
            Predicate::Ago(comparison, length) => {
                P::Compare { comparison: *comparison, with: Measure::Length(length_at(*length)), ago: true }
            }
            Predicate::Within(length) => P::Within(length_of(*length)),
            Predicate::WithinNext(length) => P::WithinNext(length_of(*length)),
            Predicate::Passed => P::HasPassed,
            Predicate::ToCome => P::StillToCome,
            Predicate::Day { relation, first, .. } => {
                P::Moment { relation: *relation, moment: Moment::Date(self.policy.zone.date(*first), NOWHERE) }
            }
            Predicate::Moment { relation, other } => {
                P::Moment { relation: *relation, moment: Moment::Subject(self.subject(*other, place)) }
            }
            Predicate::Clock { from, to, not } => P::Clock { not: *not, from: *from, to: *to },
            Predicate::Weekday { days, not } => {
                let named: Vec<Weekday> = Weekday::ALL.into_iter().filter(|day| days.has(*day)).collect();
                match named.as_slice() {
                    [Weekday::Saturday, Weekday::Sunday] => P::Weekend { not: *not },
                    _ => P::Weekday { not: *not, days: named },
                }
            }
            Predicate::Calendar { calendar, not } => {
                let name = self.policy.calendars.get(*calendar).map_or("", |calendar| &calendar.name);
                P::Calendar { not: *not, name: self.defined(name) }
            }
            Predicate::IsNone { not } => P::Is { not: *not, word: word("none") },
            Predicate::Same { fact, not } => P::Same { not: *not, fact: word(self.fact(*fact)) },
            Predicate::Include { flags, all } => {
                P::Include { all: *all, words: self.chosen(test, *flags, place), verb: self.verb(test, place) }
            }
            Predicate::Exclude { flags } => {
                P::Exclude { words: self.chosen(test, *flags, place), verb: self.verb(test, place) }
            }
            Predicate::Mention(phrases) => {
                let texts = phrases.iter().map(|phrase| text(phrase.trim())).collect();
                P::Mention { texts, verb: self.verb(test, place) }
            }
            Predicate::InForce { not } => P::InForce { not: *not },
        }
    }

    /// What a number is compared with, by what the number stands for.
    fn measure(&self, test: &Test, number: i64, place: Place) -> Measure {
        match self.ty(test.subject, place) {
            Some(Type::Duration) => {
                let (amount, unit) =
                    if number % 3600 == 0 { (number / 3600, Unit::Hours) } else { (number / 60, Unit::Minutes) };
                Measure::Length(length_at(Length::new(u32::try_from(amount).unwrap_or(u32::MAX), unit)))
            }
            Some(Type::Choice { .. }) => {
                let bit = u32::try_from(number).ok().and_then(|at| 1u64.checked_shl(at)).unwrap_or(0);
                Measure::Amount(Amount::Name(self.chosen(test, bit, place).pop().unwrap_or_else(|| word(""))))
            }
            _ => Measure::Amount(number_of(number)),
        }
    }

    /// The values of a choice or of flags whose bits are set.
    fn chosen(&self, test: &Test, bits: u64, place: Place) -> Vec<Word> {
        let Some(field) = self.declared(test.subject, place) else { return Vec::new() };
        let named = field.values().iter().zip(0u16..).filter(|(_, at)| bits >> at & 1 == 1);
        named.map(|(value, at)| word(&self.words.value(value, || self.policy.said_of(field, at)))).collect()
    }

    /// `flags include`, `need includes`.
    fn verb(&self, test: &Test, place: Place) -> Verb {
        let name = match (&test.subject, place) {
            (Subject::Fact(fact), _) => self.fact(*fact),
            (Subject::Field(field), Place::Record(record)) => self.field(record, *field),
            (Subject::Through { record, field, .. }, _) => self.field(*record, *field),
            _ => "",
        };
        // `words-heard`: several of something, said before its hyphen.
        let several = name.ends_with('s') || name.split('-').next().is_some_and(|first| first.ends_with('s'));
        if several { Verb::Plural } else { Verb::Singular }
    }

    fn ty(&self, subject: Subject, place: Place) -> Option<&Type> {
        self.declared(subject, place).map(|field| &field.ty)
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
