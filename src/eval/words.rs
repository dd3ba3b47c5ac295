//! What a fact holds, in words.

use crate::check::Policy;
use crate::model::{Case, Type, Value};

/// A value of a fact or field of this type, in words: `serious`, `knife, other`, `22:10 on Saturday 1 March 2025`.
pub(crate) fn value_words(policy: &Policy, case: &Case, value: Value, ty: &Type) -> String {
    match (value, ty) {
        (Value::Unknown, _) => "not known".to_owned(),
        (Value::None, _) => "none".to_owned(),
        (Value::YesNo(yes), _) => if yes { "yes" } else { "no" }.to_owned(),
        (Value::Choice(at), Type::Choice { values, .. }) => values.get(usize::from(at)).cloned().unwrap_or_default(),
        (Value::Flags(bits), Type::Flags { values }) => {
            let set: Vec<&str> = values
                .iter()
                .enumerate()
                .filter(|(at, _)| bits >> at & 1 == 1)
                .map(|(_, value)| value.as_str())
                .collect();
            if set.is_empty() { "none".to_owned() } else { set.join(", ") }
        }
        (Value::Number(number), _) => number.to_string(),
        (Value::Duration(seconds), _) => spoken_duration(seconds),
        (Value::Time(time), _) => policy.zone.spoken(time),
        (Value::Text(at), _) => case.text(at).to_owned(),
        _ => {
            let names: Vec<&str> = case.identities(&value).iter().map(|name| case.name(*name)).collect();
            if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
        }
    }
}

fn spoken_duration(seconds: i64) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let part = |number: i64, unit: &str| match number {
        0 => None,
        1 => Some(format!("1 {unit}")),
        _ => Some(format!("{number} {unit}s")),
    };
    let parts: Vec<String> =
        [part(hours, "hour"), part(minutes, "minute"), part(rest, "second")].into_iter().flatten().collect();
    if parts.is_empty() { "no time".to_owned() } else { parts.join(" ") }
}
