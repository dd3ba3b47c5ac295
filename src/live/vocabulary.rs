//! What the words of a policy lose: a value, a floor, a fact that a case may hold, a day that counts, and what people are
//! shown. Staff act on the words: a grade that is called what another was is answered as that one.

use crate::changes::What;
use crate::check::Policy;
use crate::model::{Ask, FactId, Field, Outcome, OutcomeKind, RecordKind, Type, Vocabulary};
use std::borrow::Cow;

/// Something lost: what it is, its name, and a sentence.
pub(super) type LostWord = (What, String, String);

/// What a policy's vocabulary, calendars and own words lose. Whatever means another thing than it did is lost; what is
/// added is not.
pub(super) fn words_lost(before: &Policy, after: &Policy) -> Vec<LostWord> {
    let (old, new) = (&before.vocabulary, &after.vocabulary);
    let mut lost = Vec::new();
    for kind in old.identities.iter().filter(|kind| !new.identities.contains(kind)) {
        lost.push((What::Vocabulary, old.name.clone(), format!("the identity `{kind}` is gone")));
    }
    let facts = fields_lost((old, &old.call), (new, &new.call));
    lost.extend(
        facts.into_iter().map(|(name, said)| (What::Fact, name.to_owned(), format!("the fact `{name}` {said}"))),
    );
    lost.extend(words_of_fields("", &old.call, &new.call));
    for record in &old.records {
        let name = &record.name;
        match new.records.iter().find(|known| known.name == *name) {
            None => lost.push((What::Record, name.clone(), format!("the record `{name}` is gone"))),
            Some(own) => {
                if !is_kept(record, own) {
                    lost.push((What::Record, name.clone(), format!("the record `{name}` means something else")));
                }
                let fields = fields_lost((old, &record.fields), (new, &own.fields));
                if let Some(said) = ask_lost(record.ask.as_ref(), own.ask.as_ref()) {
                    lost.push((What::Record, name.clone(), format!("the record `{name}` {said}")));
                }
                lost.extend(words_of_fields(&format!("{name}'s "), &record.fields, &own.fields));
                let said = |(field, said): (&str, &str)| {
                    (What::Field, format!("{name}'s {field}"), format!("the field `{field}` of `{name}` {said}"))
                };
                lost.extend(fields.into_iter().map(said));
            }
        }
    }
    for outcome in &old.outcomes {
        let name = &outcome.name;
        let own = new.outcomes.iter().find(|known| known.name == *name);
        let said = match own {
            None => vec!["is gone"],
            Some(own) => {
                let kind = outcome_lost((old, &outcome.kind), (new, &own.kind));
                let is_written = (outcome.phrase != own.phrase).then_some("is written in other words");
                let is_told = (outcome.party != own.party).then_some("is shown to others than it was");
                let is_lost = outcome.unassessed.is_some() && outcome.unassessed != own.unassessed;
                let is_said = is_lost.then_some("says something else where no rule applies");
                let said = kind.into_iter().chain(warning_lost(outcome, own)).chain(is_written).chain(is_told);
                said.chain(is_said).collect()
            }
        };
        let sentence = |said: &str| (What::Outcome, name.clone(), format!("the outcome `{name}` {said}"));
        lost.extend(said.into_iter().map(sentence));
        lost.extend(own.into_iter().flat_map(|own| words_of_outcome(outcome, own)));
    }
    for (fact, values) in &old.overheard {
        let name =
            |vocabulary: &Vocabulary, fact: FactId| vocabulary.call.get(fact.index()).map(|fact| fact.name.clone());
        let own = new.overheard.iter().find(|(own, _)| name(new, *own) == name(old, *fact));
        if !own.is_some_and(|(_, own)| values.iter().all(|value| own.contains(value))) {
            let name = name(old, *fact).unwrap_or_default();
            lost.push((What::Fact, name.clone(), format!("`{name}` no longer says that the call may be overheard")));
        }
    }
    for calendar in &before.calendars {
        let own = after.calendars.iter().find(|own| own.name == calendar.name);
        if own.is_some_and(|own| own.calendar != calendar.calendar) {
            let said = format!("the calendar `{}` passes over other days", calendar.name);
            lost.push((What::Calendar, calendar.name.clone(), said));
        }
    }
    for (outcome, value, label) in &before.called {
        let Some((outcome, value)) = called(old, outcome.index(), *value) else { continue };
        let is_same = after
            .called
            .iter()
            .any(|(own, at, theirs)| called(new, own.index(), *at) == Some((outcome, value)) && theirs == label);
        if !is_same {
            let said = format!("`{value}` is no longer called \"{label}\"");
            lost.push((What::Called, format!("{outcome} {value}"), said));
        }
    }
    lost
}

/// What can no longer be said of a call, or means something else: a sentence each. In what words people are asked and shown takes no
/// part, since no outcome depends on it.
pub(super) fn meanings_lost(before: &Policy, after: &Policy) -> Vec<String> {
    let (old, new) = (&before.vocabulary, &after.vocabulary);
    let gone = old.identities.iter().filter(|kind| !new.identities.contains(kind));
    let mut lost: Vec<String> = gone.map(|kind| format!("the identity `{kind}` is gone")).collect();
    let fields = |of: &str, fields: &[Field], others: &[Field]| {
        let mut said = Vec::new();
        for field in fields {
            let own = others.iter().find(|own| own.name == field.name);
            if !own.is_some_and(|own| type_is_kept((old, &field.ty), (new, &own.ty))) {
                said.push(format!("`{}`{of} is gone, lost a value or holds something else", field.name));
            }
        }
        said
    };
    lost.extend(fields("", &old.call, &new.call));
    for record in &old.records {
        match new.records.iter().find(|known| known.name == record.name) {
            Some(own) if is_kept(record, own) => {
                lost.extend(fields(&format!(" of `{}`", record.name), &record.fields, &own.fields));
            }
            _ => lost.push(format!("the record `{}` is gone or means something else", record.name)),
        }
    }
    for outcome in &old.outcomes {
        match new.outcomes.iter().find(|known| known.name == outcome.name) {
            None => lost.push(format!("the outcome `{}` is gone", outcome.name)),
            Some(own) => {
                let said = outcome_lost((old, &outcome.kind), (new, &own.kind));
                lost.extend(said.map(|said| format!("the outcome `{}` {said}", outcome.name)));
            }
        }
    }
    for calendar in &before.calendars {
        let own = after.calendars.iter().find(|own| own.name == calendar.name);
        if own.is_none_or(|own| own.calendar != calendar.calendar) {
            lost.push(format!("the calendar `{}` is gone or passes over other days", calendar.name));
        }
    }
    lost
}

/// The values of an outcome that people are shown by other words than they were.
fn words_of_outcome(before: &Outcome, after: &Outcome) -> Vec<LostWord> {
    let values = after.kind.values();
    let own = |value: &str| Some(after.said(place(&values, value)?).into_owned());
    words_lost_of(&before.name, &before.kind.values(), |at| before.said(at), own)
}

/// The same for the values of fields.
fn words_of_fields(owner: &str, before: &[Field], after: &[Field]) -> Vec<LostWord> {
    let mut lost = Vec::new();
    for field in before {
        let Some(known) = after.iter().find(|own| own.name == field.name) else { continue };
        let own = |value: &str| Some(known.said(place(known.values(), value)?).into_owned());
        lost.extend(words_lost_of(&format!("{owner}{}", field.name), field.values(), |at| field.said(at), own));
    }
    lost
}

fn words_lost_of<'w, V: AsRef<str>>(
    of: &str,
    values: &[V],
    before: impl Fn(u16) -> Cow<'w, str>,
    after: impl Fn(&str) -> Option<String>,
) -> Vec<LostWord> {
    let lost = |(at, value): (u16, &V)| {
        let (value, words) = (value.as_ref(), before(at));
        // A value that is gone is lost as such.
        let own = after(value).filter(|own| **own != *words)?;
        let said = format!("`{value}` of `{of}` is no longer called \"{words}\", but \"{own}\"");
        Some((What::Called, format!("{of} {value}"), said))
    };
    (0..).zip(values).filter_map(lost).collect()
}

fn place<V: AsRef<str>>(values: &[V], value: &str) -> Option<u16> {
    u16::try_from(values.iter().position(|own| own.as_ref() == value)?).ok()
}

fn called(vocabulary: &Vocabulary, outcome: usize, value: u16) -> Option<(&str, &str)> {
    let outcome = vocabulary.outcomes.get(outcome)?;
    Some((&outcome.name, outcome.kind.value(value)?))
}

fn fields_lost<'f>(
    (old, fields): (&Vocabulary, &'f [Field]),
    (new, others): (&Vocabulary, &[Field]),
) -> Vec<(&'f str, &'static str)> {
    let lost = |field: &'f Field| match others.iter().find(|known| known.name == field.name) {
        None => Some((field.name.as_str(), "is gone")),
        Some(own) if !type_is_kept((old, &field.ty), (new, &own.ty)) => {
            Some((field.name.as_str(), "lost a value, or holds something else"))
        }
        Some(own) => ask_lost(field.ask.as_ref(), own.ask.as_ref()).map(|said| (field.name.as_str(), said)),
    };
    fields.iter().filter_map(lost).collect()
}

/// What becomes of a question that is no longer put, is put in other words, to others, or where others may hear it.
fn ask_lost(before: Option<&Ask>, after: Option<&Ask>) -> Option<&'static str> {
    match (before?, after) {
        (_, None) => Some("is no longer asked about"),
        (before, Some(own)) if before.of != own.of => Some("is asked of somebody else"),
        (before, Some(own)) if before.text != own.text => Some("is asked about in other words"),
        (before, Some(own)) if own.safe_if_overheard && !before.safe_if_overheard => {
            Some("is asked where others may hear it")
        }
        _ => None,
    }
}

/// Whether whatever could be said can still be said, and means the same.
fn type_is_kept((old, before): (&Vocabulary, &Type), (new, after): (&Vocabulary, &Type)) -> bool {
    match (before, after) {
        (Type::Choice { values, rising }, Type::Choice { values: own, rising: rises }) => {
            rising == rises && is_in_order(values, own)
        }
        (Type::Flags { values }, Type::Flags { values: own }) => values.iter().all(|value| own.contains(value)),
        (Type::Number { range: Some((from, to)) }, Type::Number { range: Some((least, most)) }) => {
            least <= from && to <= most
        }
        (Type::Time { or_none }, Type::Time { or_none: own }) => *own || !*or_none,
        (Type::Identity { kind, many }, Type::Identity { kind: own, many: several }) => {
            many == several && old.identities.get(kind.index()) == new.identities.get(own.index())
        }
        (Type::Link { record }, Type::Link { record: own }) => {
            record_name(old, record.index()) == record_name(new, own.index())
        }
        (Type::Number { .. }, Type::Number { range: None })
        | (Type::YesNo, Type::YesNo)
        | (Type::Duration, Type::Duration)
        | (Type::Text, Type::Text) => true,
        _ => false,
    }
}

fn record_name(vocabulary: &Vocabulary, at: usize) -> Option<&str> {
    vocabulary.records.get(at).map(|record| record.name.as_str())
}

/// Whether a kind of record is still sent, kept and in force as it was. Its fields are compared apart.
fn is_kept(before: &RecordKind, after: &RecordKind) -> bool {
    let in_force = |record: &RecordKind| {
        let name = |field: crate::model::FieldId| record.fields.get(field.index()).map(|field| field.name.clone());
        record
            .in_force
            .as_ref()
            .map(|it| (name(it.from), it.until.iter().map(|until| name(*until)).collect::<Vec<_>>()))
    };
    before.plural == after.plural
        && before.kept_for == after.kept_for
        && before.is_call == after.is_call
        && in_force(before) == in_force(after)
}

fn outcome_lost(
    (old, before): (&Vocabulary, &OutcomeKind),
    (new, after): (&Vocabulary, &OutcomeKind),
) -> Option<&'static str> {
    let fact = |vocabulary: &Vocabulary, at: Option<FactId>| {
        at.and_then(|at| vocabulary.call.get(at.index())).map(|fact| fact.name.clone())
    };
    let is_alike = std::mem::discriminant(before) == std::mem::discriminant(after);
    if is_alike && before.floor().is_some() && fact(old, before.floor()) != fact(new, after.floor()) {
        return Some("lost its floor");
    }
    (!after.keeps(before)).then_some("lost a value, or puts its values in another order")
}

fn warning_lost(before: &Outcome, after: &Outcome) -> Option<&'static str> {
    let values = after.kind.values();
    let is_kept = |(at, said): (&u16, &String)| {
        let place = before.kind.value(*at).and_then(|value| place(&values, value));
        place.is_some_and(|place| after.warnings.get(&place) == Some(said))
    };
    (!before.warnings.iter().all(is_kept)).then_some("no longer says what must not be done, as it did")
}

/// Whether all of these are among those, in the same order.
fn is_in_order(some: &[String], all: &[String]) -> bool {
    let mut rest = all.iter();
    some.iter().all(|one| rest.any(|other| one == other))
}
