//! What a fact holds, in words.

use crate::check::Policy;
use crate::model::{Case, Field, Value};

/// A value of this fact or field, in words: `serious`, `knife, other`, `22:10 on Saturday 1 March 2025`.
pub(crate) fn value_words(policy: &Policy, case: &Case, value: Value, field: &Field) -> String {
    match value {
        Value::Unknown => "not known".to_owned(),
        Value::None => "none".to_owned(),
        Value::YesNo(yes) => if yes { "yes" } else { "no" }.to_owned(),
        Value::Choice(at) => policy.said_of(field, at),
        Value::Flags(bits) => {
            let set = (0..64).filter(|at| bits >> at & 1 == 1);
            let set: Vec<String> = set.map(|at| policy.said_of(field, at)).collect();
            if set.is_empty() { "none".to_owned() } else { set.join(", ") }
        }
        Value::Number(number) => number.to_string(),
        Value::Duration(seconds) => spoken_duration(seconds),
        Value::Time(time) => policy.zone.spoken(time),
        Value::Text(at) => case.text(at).to_owned(),
        Value::Identity(_) | Value::Identities { .. } => {
            let names: Vec<&str> = case.identities(&value).iter().map(|name| case.name(*name)).collect();
            if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
        }
    }
}

/// A length of time as people say it: `1 hour 30 minutes`.
pub(crate) fn spoken_duration(seconds: i64) -> String {
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
