//! Parts of a case, and changes to it, in words.

use super::candidates::Move;
use crate::check::Policy;
use crate::eval::{About, path, value_words};
use crate::model::{Case, FieldId, Ground, NeededChange, Part, RecordId, Type, Value};
use crate::text::{aloud, spoken};

/// Something known, in words.
pub(super) fn ground(policy: &Policy, case: &Case, part: Part) -> Ground {
    let vocabulary = &policy.vocabulary;
    let kind = |record: RecordId| vocabulary.records.get(record.index());
    match part {
        Part::Fact(fact) => {
            let declared = vocabulary.call.get(fact.index());
            let says = declared.map_or_else(String::new, |declared| {
                let value = value_words(policy, case, case.fact(fact), declared);
                format!("{} is {value}", aloud(&declared.name))
            });
            Ground { about: path(vocabulary, case, &About::Fact(fact)), id: None, says }
        }
        Part::Record { record, index } => {
            let records = case.records(record);
            let id = records.and_then(|records| records.id(index)).map_or("", |id| case.name(id)).to_owned();
            let at = records.map_or_else(String::new, |records| policy.zone.spoken(records.time(index)));
            let name = kind(record).map_or("", |kind| kind.name.as_str());
            let position = records.map_or(0, |records| records.position(index));
            let about = format!("{}[{position}]", path(vocabulary, case, &About::List(record)));
            Ground { about, says: format!("{} {id}, {at}", aloud(name)), id: Some(id) }
        }
        Part::Whole(record) => {
            let plural = kind(record).map_or("", |kind| kind.plural.as_str());
            let held = case.records(record).map_or(0, crate::model::Records::len);
            let shared = kind(record).filter(|_| !case.is_whole(record));
            let says = match (held, shared) {
                (_, Some(kind)) => {
                    let links = case.whole_by(record).iter().map(|link| link.words(kind, vocabulary).to_string());
                    format!("these are all {} of which {}", aloud(plural), spoken(&links.collect::<Vec<_>>(), "or"))
                }
                (0, None) => format!("there are no {} on record", aloud(plural)),
                _ => format!("the {} on record are all there are ({held})", aloud(plural)),
            };
            Ground { about: path(vocabulary, case, &About::List(record)), id: None, says }
        }
    }
}

/// What would have to be otherwise, in words; equal additions are said once, with their number.
///
/// `counted` gives the words of what counts a record that is added.
pub(super) fn changes(
    policy: &Policy,
    case: &Case,
    moves: &[Move],
    counted: impl Fn(&Move) -> Option<String>,
) -> Vec<NeededChange> {
    let mut said: Vec<NeededChange> = Vec::new();
    let mut done: Vec<&Move> = Vec::new();
    for one in moves {
        if done.contains(&one) {
            continue;
        }
        done.push(one);
        let number = moves.iter().filter(|other| *other == one).count();
        said.push(change(policy, case, one, number, counted(one)));
    }
    said
}

fn change(policy: &Policy, case: &Case, one: &Move, number: usize, counted: Option<String>) -> NeededChange {
    let vocabulary = &policy.vocabulary;
    match one {
        Move::Fact { fact, value } => {
            let declared = vocabulary.call.get(fact.index());
            let says = declared.map_or_else(String::new, |declared| {
                format!("{} were {}", aloud(&declared.name), value_words(policy, case, *value, declared))
            });
            NeededChange {
                about: path(vocabulary, case, &About::Fact(*fact)),
                says: includes(policy, case, one).unwrap_or(says),
            }
        }
        Move::Field { record, index, field, value } => {
            let about = path(vocabulary, case, &About::Field { record: *record, index: *index, field: *field });
            let id = case.records(*record).and_then(|records| records.id(*index)).map_or("", |id| case.name(id));
            let kind = vocabulary.records.get(record.index());
            let declared = kind.and_then(|kind| kind.fields.get(field.index()));
            let says = kind.zip(declared).map_or_else(String::new, |(kind, declared)| {
                let value = value_words(policy, case, *value, declared);
                format!("{} of {} {id} were {value}", aloud(&declared.name), aloud(&kind.name))
            });
            NeededChange { about, says }
        }
        Move::Whole(record) => {
            let kind = vocabulary.records.get(record.index());
            let plural = kind.map_or("", |kind| kind.plural.as_str());
            let says = format!("it were known that there are no other {}", aloud(plural));
            NeededChange { about: path(vocabulary, case, &About::List(*record)), says }
        }
        Move::Record { record, values } => {
            let about = path(vocabulary, case, &About::List(*record));
            let says = more_records(policy, case, (*record, values), counted.as_deref(), number);
            NeededChange { about, says }
        }
    }
}

/// A flag more, or one less.
fn includes(policy: &Policy, case: &Case, one: &Move) -> Option<String> {
    let Move::Fact { fact, value: Value::Flags(after) } = one else { return None };
    let declared = policy.vocabulary.call.get(fact.index())?;
    let before = match case.fact(*fact) {
        Value::Flags(before) => before,
        _ => 0,
    };
    let changed = before ^ after;
    if changed.count_ones() != 1 {
        return None;
    }
    let flag = policy.said_of(declared, u16::try_from(changed.trailing_zeros()).ok()?);
    let verb = if after & !before == 0 { "did not include" } else { "included" };
    Some(format!("{} {verb} {flag}", aloud(&declared.name)))
}

/// `there were 2 more calls: calls by the same caller within 24 hours`.
fn more_records(
    policy: &Policy,
    case: &Case,
    (record, values): (RecordId, &[Value]),
    counted: Option<&str>,
    number: usize,
) -> String {
    let Some(kind) = policy.vocabulary.records.get(record.index()) else { return String::new() };
    let name = if number == 1 { &kind.name } else { &kind.plural };
    let were = if number == 1 { "was" } else { "were" };
    let more = format!("there {were} {number} more {}", aloud(name));
    match counted {
        Some(words) => format!("{more} ({words})"),
        None => {
            let with = with_fields(policy, case, record, values);
            if with.is_empty() { more } else { format!("{more} with {}", with.join(" and ")) }
        }
    }
}

/// What is particular about a record: what it holds beside who and where.
fn with_fields(policy: &Policy, case: &Case, record: RecordId, values: &[Value]) -> Vec<String> {
    let Some(kind) = policy.vocabulary.records.get(record.index()) else { return Vec::new() };
    let fields = (0u16..).map(FieldId).zip(&kind.fields).zip(values);
    let telling = fields.filter(|((_, field), value)| {
        **value != Value::Unknown && !matches!(field.ty, Type::Identity { .. } | Type::Link { .. })
    });
    telling
        .map(|((_, field), value)| format!("{} {}", aloud(&field.name), value_words(policy, case, *value, field)))
        .collect()
}
