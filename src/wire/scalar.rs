//! A single value as serde hands it over, before anybody asks whether it should stand there.

use serde::de::{IgnoredAny, MapAccess, SeqAccess};
use std::borrow::Cow;

/// One value as it was written. Words are borrowed from the file where they can be.
pub(super) enum Scalar<'de> {
    Nothing,
    YesNo(bool),
    Whole(i64),
    TooLarge,
    Fraction,
    Words(Cow<'de, str>),
    /// Lists and groups are read past: whoever takes one has a visitor of its own.
    List,
    Group,
}

impl Scalar<'_> {
    /// A whole number may be written `3.0`, `3e0` or `-0`, and one that is too large for an integer comes as this too. Below 9e15
    /// a number with nothing after its point is the one that was written.
    pub(super) fn of_float(number: f64) -> Self {
        let whole = (number.fract() == 0.0).then(|| format!("{number:.0}").parse()).and_then(Result::ok);
        match whole {
            _ if number.fract() != 0.0 => Self::Fraction,
            Some(whole) if number.abs() < 9e15 => Self::Whole(whole),
            _ => Self::TooLarge,
        }
    }

    /// What it is, for a message that must not repeat it.
    pub(super) fn what(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::YesNo(true) => "`true`",
            Self::YesNo(false) => "`false`",
            Self::Whole(_) => "a number",
            Self::TooLarge => "a number that is too large",
            Self::Fraction => "a number with a fraction",
            Self::Words(words) if words.is_empty() => "an empty text",
            Self::Words(_) => "a text",
            Self::List => "a list",
            Self::Group => "a group of keys",
        }
    }
}

/// The visitor methods that hand every single value to `self.take`.
macro_rules! takes_single_values {
    () => {
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a value of a case")
        }

        fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
            self.take(Scalar::Nothing)
        }

        fn visit_bool<E: serde::de::Error>(self, answer: bool) -> Result<Self::Value, E> {
            self.take(Scalar::YesNo(answer))
        }

        fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Self::Value, E> {
            self.take(Scalar::Whole(number))
        }

        fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Self::Value, E> {
            let found = i64::try_from(number).map(Scalar::Whole);
            self.take(found.unwrap_or(Scalar::TooLarge))
        }

        fn visit_i128<E: serde::de::Error>(self, _: i128) -> Result<Self::Value, E> {
            self.take(Scalar::TooLarge)
        }

        fn visit_u128<E: serde::de::Error>(self, _: u128) -> Result<Self::Value, E> {
            self.take(Scalar::TooLarge)
        }

        fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Self::Value, E> {
            self.take(Scalar::of_float(number))
        }

        fn visit_borrowed_str<E: serde::de::Error>(self, words: &'de str) -> Result<Self::Value, E> {
            self.take(Scalar::Words(std::borrow::Cow::Borrowed(words)))
        }

        fn visit_str<E: serde::de::Error>(self, words: &str) -> Result<Self::Value, E> {
            self.take(Scalar::Words(std::borrow::Cow::Owned(words.to_owned())))
        }

        fn visit_string<E: serde::de::Error>(self, words: String) -> Result<Self::Value, E> {
            self.take(Scalar::Words(std::borrow::Cow::Owned(words)))
        }
    };
}

pub(super) use takes_single_values;

/// The visitor methods that hand every value to `self.take`, lists and groups without what is in them.
macro_rules! takes_any_value {
    () => {
        $crate::wire::scalar::takes_single_values!();

        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
            $crate::wire::scalar::skip_list(list)?;
            self.take(Scalar::List)
        }

        fn visit_map<A: serde::de::MapAccess<'de>>(self, group: A) -> Result<Self::Value, A::Error> {
            $crate::wire::scalar::skip_group(group)?;
            self.take(Scalar::Group)
        }
    };
}

pub(super) use takes_any_value;

/// Reads past the rest of a list.
pub(super) fn skip_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<(), A::Error> {
    while list.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

/// Reads past the rest of a group.
pub(super) fn skip_group<'de, A: MapAccess<'de>>(mut group: A) -> Result<(), A::Error> {
    while group.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}
