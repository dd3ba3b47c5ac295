//! A value as a case writes it -> `Value`, by the type that the vocabulary declares.

use super::case_reader::CaseReader;
use super::moment;
use super::path::{Path, plain};
use super::problem::Fault;
use super::scalar::{Scalar, skip_group, skip_list, takes_single_values};
use super::visitor::ValueVisitor;
use crate::model::{Field, Type, Value};
use crate::text::{identical, joined, nearest};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;

/// Reads the value of one declared fact or field.
pub(super) struct Declared<'r, 'v> {
    pub(super) reader: &'r mut CaseReader<'v>,
    pub(super) path: Path<'r>,
    pub(super) field: &'v Field,
}

impl<'de> DeserializeSeed<'de> for Declared<'_, '_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Value, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Declared<'_, '_> {
    type Value = Value;

    takes_single_values!();

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Value, A::Error> {
        match &self.field.ty {
            Type::Flags { values } => self.flags(values, list),
            Type::Identity { many: true, .. } => self.identities(list),
            _ => {
                skip_list(list)?;
                self.take(Scalar::List)
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, group: A) -> Result<Value, A::Error> {
        skip_group(group)?;
        self.take(Scalar::Group)
    }
}

impl<'v> Declared<'_, 'v> {
    fn take<E: Error>(self, found: Scalar<'_>) -> Result<Value, E> {
        let Self { reader, path, field } = self;
        match single(reader, &field.ty, found) {
            Ok(value) => Ok(value),
            Err(message) => reader.bad_value(&path, Fault::BadValue, message).map(|()| Value::Unknown),
        }
    }

    fn flags<'de, A: SeqAccess<'de>>(self, values: &'v [String], mut list: A) -> Result<Value, A::Error> {
        let Self { reader, path, .. } = self;
        let (mut flags, mut all_known) = (0, true);
        for position in 0.. {
            let judge = |_: &mut CaseReader<'v>, found: Scalar<'de>| match found {
                Scalar::Words(word) => flag(values, &word),
                other => Err(format!("a flag must be a word, not {}", other.what())),
            };
            let item = ValueVisitor { reader, path: path.at(position), vital: false, judge };
            let Some(flag) = list.next_element_seed(item)? else { break };
            flags |= flag.unwrap_or(0);
            all_known &= flag.is_some();
        }
        Ok(if all_known { Value::Flags(flags) } else { Value::Unknown })
    }

    fn identities<'de, A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let Self { reader, path, .. } = self;
        let start = reader.builder.member_count();
        let mut all_known = true;
        for position in 0.. {
            let judge =
                |reader: &mut CaseReader<'v>, found| identity(found).map(|person| reader.builder.member(&person));
            let item = ValueVisitor { reader, path: path.at(position), vital: false, judge };
            let Some(person) = list.next_element_seed(item)? else { break };
            all_known &= person.is_some();
        }
        Ok(if all_known { reader.builder.members_from(start) } else { Value::Unknown })
    }
}

/// Reads a value that is not a list.
fn single(reader: &mut CaseReader<'_>, ty: &Type, found: Scalar<'_>) -> Result<Value, String> {
    match (ty, found) {
        (_, Scalar::Nothing) => Ok(Value::Unknown),
        (_, Scalar::Words(words)) => {
            let mut value = Value::Unknown;
            worded(reader, ty, &words, &mut value).map(|()| value)
        }
        (Type::Identity { .. }, Scalar::Whole(_) | Scalar::TooLarge) => Err(NUMBER_FOR_IDENTITY.to_owned()),
        (Type::YesNo, Scalar::YesNo(answer)) => Ok(Value::YesNo(answer)),
        (Type::Number { range }, Scalar::Whole(number)) => in_range(number, *range),
        // A value may be called `2`, and a person leaves out the quotes.
        (Type::Choice { values, .. }, Scalar::Whole(number)) => choice(values, &number.to_string()).map(Value::Choice),
        (ty, found) => Err(wanted(ty, found.what())),
    }
}

/// Reads a value that is written as a text, and writes it over `value`.
pub(super) fn worded(reader: &mut CaseReader<'_>, ty: &Type, words: &str, value: &mut Value) -> Result<(), String> {
    read_words(reader, ty, words, value).map_err(|wrong| {
        let hint = "leave it out if it is not known";
        if may_mean_unknown(ty, words) && !wrong.contains(hint) { format!("{wrong}; {hint}") } else { wrong }
    })
}

/// Whether somebody may have written what they did not know: `not asked`, `n/a`, or words for a number.
fn may_mean_unknown(ty: &Type, words: &str) -> bool {
    let said = words.trim().to_lowercase();
    match ty {
        Type::Number { .. } | Type::Duration | Type::Time { .. } => {
            !said.contains(|character: char| character.is_ascii_digit())
        }
        Type::Choice { .. } | Type::Flags { .. } => {
            said.starts_with("not ") || ["n/a", "na", "none", "null", "-", "?", "unsure", "unknown"].contains(&&*said)
        }
        _ => false,
    }
}

fn read_words(reader: &mut CaseReader<'_>, ty: &Type, words: &str, value: &mut Value) -> Result<(), String> {
    match (ty, words) {
        (Type::Text, text) => *value = reader.builder.text(text),
        (Type::Identity { .. }, person) if is_blank(person) => return Err(EMPTY_IDENTITY.to_owned()),
        (Type::Identity { many: true, .. }, person) => *value = reader.builder.identities([person]),
        (Type::Identity { many: false, .. }, person) => *value = Value::Identity(reader.builder.name(person)),
        (ty, "") => return Err(wanted(ty, "an empty text")),
        (Type::Choice { values, .. }, word) => match place(values, word) {
            Some(at) => *value = Value::Choice(at),
            // A value may be called so.
            None if word == "unknown" => *value = Value::Unknown,
            None => *value = Value::Choice(choice(values, word)?),
        },
        (_, "unknown") => *value = Value::Unknown,
        (Type::YesNo, "yes") => *value = Value::YesNo(true),
        (Type::YesNo, "no") => *value = Value::YesNo(false),
        (Type::Time { or_none: true }, "none") => *value = Value::None,
        (Type::Time { or_none: false }, "none") => {
            return Err("`none` is only for a time that need not exist; leave an unknown time out".to_owned());
        }
        (Type::Time { .. }, words) => {
            *value = Value::Time(moment::read(words, reader.times, reader.reading.zone)?.at);
        }
        (Type::Duration, words) => {
            *value = Value::Duration(moment::duration(words, reader.times)?);
        }
        (Type::Link { .. }, id) => *value = Value::Identity(reader.builder.name(id)),
        (Type::YesNo, word) if ["yes", "no", "unknown"].iter().any(|said| said.eq_ignore_ascii_case(word)) => {
            return Err(format!("`{}` is written in small letters: `{}`", plain(word), word.to_ascii_lowercase()));
        }
        (Type::YesNo, _) => return Err(wanted(ty, "this text")),
        (Type::Flags { .. }, word) if ["none", "no"].iter().any(|said| said.eq_ignore_ascii_case(word)) => {
            return Err(format!("{}; none of them is `[]`", wanted(ty, "a text")));
        }
        (ty, _) => return Err(wanted(ty, "a text")),
    }
    Ok(())
}

/// Whether an id or identity says nothing. Nearly all begin with a letter.
#[inline]
pub(super) fn is_blank(words: &str) -> bool {
    !words.starts_with(|first: char| first.is_ascii_graphic()) && identical(words).is_empty()
}

const EMPTY_IDENTITY: &str = "this identity is empty";
const NUMBER_FOR_IDENTITY: &str = "an identity must be a text; put this number in quotes";

fn identity(found: Scalar<'_>) -> Result<Cow<'_, str>, String> {
    match found {
        Scalar::Words(person) if !is_blank(&person) => Ok(person),
        Scalar::Words(_) => Err(EMPTY_IDENTITY.to_owned()),
        Scalar::Whole(_) | Scalar::TooLarge => Err(NUMBER_FOR_IDENTITY.to_owned()),
        other => Err(format!("an identity must be a text, not {}", other.what())),
    }
}

pub(super) fn in_range(number: i64, range: Option<(i64, i64)>) -> Result<Value, String> {
    match range {
        Some((least, most)) if number < least || number > most => {
            Err(format!("{number} is out of range; it must be from {least} to {most}"))
        }
        _ => Ok(Value::Number(number)),
    }
}

/// The most values that a message lists.
const MAX_LISTED: usize = 12;

/// Where a word stands among the values; there are never more than there are numbers.
#[inline]
fn place(values: &[String], word: &str) -> Option<u16> {
    values.iter().position(|value| value == word).and_then(|place| u16::try_from(place).ok())
}

fn choice(values: &[String], word: &str) -> Result<u16, String> {
    if let Some(place) = place(values, word) {
        return Ok(place);
    }
    let wrong = match values.len() {
        ..=MAX_LISTED => format!("is not one of {}", joined(values, "or")),
        count => format!("is not one of the {count} values"),
    };
    // A word that is none of them nor nearly one may be what somebody said, and is not repeated.
    Err(match nearest(word, values.iter().map(String::as_str)) {
        Some(near) => format!("`{}` {wrong}; did you mean `{near}`?", plain(word)),
        None => format!("this {wrong}"),
    })
}

/// The bit that stands for a flag. A vocabulary has no more flags than there are bits.
pub(super) fn flag(values: &[String], word: &str) -> Result<u64, String> {
    choice(values, word).map(|flag| 1u64.checked_shl(u32::from(flag)).unwrap_or(0))
}

fn wanted(ty: &Type, found: &str) -> String {
    match ty {
        Type::YesNo => {
            format!(
                "this must be true or false, or the text `yes` or `no`, not {found}; leave it out if it is not known"
            )
        }
        Type::Choice { values, .. } => format!("this must be one of {}, not {found}", joined(values, "or")),
        Type::Flags { .. } => format!("this must be a list in square brackets, as in `[a, b]`, not {found}"),
        Type::Number { .. } => format!("this must be a whole number, not {found}"),
        Type::Duration => format!("this must be a duration such as PT40M, not {found}"),
        Type::Time { or_none: false } => format!("this must be a time like 2025-03-01T22:10:00+00:00, not {found}"),
        Type::Time { or_none: true } => {
            format!("this must be a time like 2025-03-01T22:10:00+00:00, or `none`, not {found}")
        }
        Type::Text => format!("this must be a text, not {found}"),
        Type::Identity { many: false, .. } => format!("this must be one identity, a text, not {found}"),
        Type::Identity { many: true, .. } => format!("this must be a list of identities, not {found}"),
        Type::Link { .. } => format!("this must be the `id` of a record, not {found}"),
    }
}
