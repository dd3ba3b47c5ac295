//! A value of a sketch -> the words for it in a test file.

use crate::model::{Field, Type};
use crate::proof::witness::Val;
use crate::testing::meaning::quoted;
use crate::time::{Instant, Zone, format_duration};

/// A value as a test file writes it.
pub(super) fn in_yaml(value: &Val, field: &Field, at: Instant, zone: &Zone) -> String {
    let values: &[String] = match &field.ty {
        Type::Choice { values, .. } | Type::Flags { values } => values,
        _ => &[],
    };
    let word = |position: usize| values.get(position).map_or_else(String::new, |value| quoted(value));
    let list = |words: Vec<String>| format!("[{}]", words.join(", "));
    match value {
        Val::Unknown => "unknown".to_owned(),
        Val::None => "none".to_owned(),
        Val::YesNo(answer) => if *answer { "yes" } else { "no" }.to_owned(),
        Val::Choice(position) => word(usize::from(*position)),
        Val::Flags(flags) => list((0..64).filter(|bit| flags >> bit & 1 == 1).map(word).collect()),
        Val::Number(number) => number.to_string(),
        Val::Duration(seconds) => format_duration(*seconds),
        Val::Time(when) if when.length.is_none() && when.shift.abs() > 3 * 86_400 => {
            quoted(&zone.format(when.instant(at, zone)))
        }
        Val::Time(when) => when.words(),
        Val::Text(text) => quoted(text),
        Val::Id(name) => quoted(name),
        Val::Ids(names) => list(names.iter().map(|name| quoted(name)).collect()),
    }
}
