//! A time as a case writes it: in full, or in a YAML case as `3 hours before`, which is reckoned from the call.

use super::case::Times;
use crate::time::{Instant, Length, Unit, Zone};

/// A length of time and whether it comes before the call.
struct Relative {
    length: Length,
    before: bool,
}

/// Reads the time of anything but the call itself.
pub(super) fn read(words: &str, times: Times, zone: &Zone) -> Result<Instant, String> {
    let Some(relative) = relative(words)? else { return in_full(words) };
    match times {
        Times::Absolute => Err(
            "a time relative to the call can only be written in a YAML case; write it like 2025-03-01T22:10:00+00:00"
                .to_owned(),
        ),
        Times::Relative(call) => {
            let call = call.unwrap_or(Instant(0));
            let Relative { length, before } = relative;
            Ok(if before { zone.before(call, length) } else { zone.after(call, length) })
        }
    }
}

/// Reads the time of the call, from which the others are reckoned.
pub(super) fn of_the_call(words: &str) -> Result<Instant, String> {
    match relative(words)? {
        Some(_) => Err("the call's own time is written in full, like 2025-03-01T22:10:00+00:00".to_owned()),
        None => in_full(words),
    }
}

fn in_full(words: &str) -> Result<Instant, String> {
    Instant::parse(words).map_err(|why| format!("this {why}"))
}

/// Reads `3 hours before` or `40 minutes after`; `None` when it is not of that kind.
fn relative(words: &str) -> Result<Option<Relative>, String> {
    let mut parts = words.split_whitespace();
    let (amount, unit, side) = (parts.next(), parts.next(), parts.next());
    let before = match (side, parts.next()) {
        (Some("before"), None) => true,
        (Some("after"), None) => false,
        _ => return Ok(None),
    };
    let length = amount.and_then(|amount| amount.parse().ok()).zip(unit.and_then(Unit::parse));
    let length = length.map(|(amount, unit)| Length::new(amount, unit)).filter(|length| length.is_reasonable());
    let wrong = "this is not a time relative to the call; write it like `3 hours before` or `40 minutes after`";
    Ok(Some(Relative { length: length.ok_or(wrong)?, before }))
}
