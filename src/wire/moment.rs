//! A time as a case writes it: in full, or in a YAML case as `3 hours before`, which is reckoned from the call.

use crate::time::{Instant, Length, Stamp, Unit, Zone};

/// Whether times may be written relative to the call, and to which time.
#[derive(Clone, Copy, Debug)]
pub(super) enum Times {
    Absolute,
    /// `None` when the call's own time could not be read, which is a problem of its own.
    Relative(Option<Instant>),
}

/// Lengths of time, of which the later ones are added to the first or taken from it, and on which side of the call.
struct Relative {
    first: Step,
    more: Vec<(bool, Step)>,
    before: bool,
}

/// A length on the calendar, or seconds.
#[derive(Clone, Copy)]
enum Step {
    Length(Length),
    Seconds(i64),
}

/// Reads the time of anything but the call itself.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) fn read(words: &str, times: Times, zone: &Zone) -> Result<Stamp, String> {
    if let Ok(stamp) = Stamp::parse(words) {
        return Ok(stamp);
    }
    let Some(relative) = relative(words)? else { return in_full(words) };
    match times {
        Times::Absolute => Err(
            "a time relative to the call can only be written in a YAML case; write it like 2025-03-01T22:10:00+00:00"
                .to_owned(),
        ),
        Times::Relative(call) => {
            let call = call.unwrap_or(Instant(0));
            let Relative { first, more, before } = relative;
            let start = first.from(call, before, zone);
            Ok(more.iter().fold(start, |at, (taken, step)| step.from(at, before != *taken, zone)).into())
        }
    }
}

/// Reads the time of the call, from which the others are reckoned.
pub(super) fn of_the_call(words: &str) -> Result<Stamp, String> {
    if let Ok(stamp) = Stamp::parse(words) {
        return Ok(stamp);
    }
    match relative(words)? {
        Some(_) => Err("the call's own time is written in full, like 2025-03-01T22:10:00+00:00".to_owned()),
        None => in_full(words),
    }
}

fn in_full(words: &str) -> Result<Stamp, String> {
    Stamp::parse(words).map_err(|why| format!("this {why}"))
}

/// Reads `3 hours before`, `40 minutes after`, `1 day and 1 minute before` or `12 months less 1 second before`; `None`
/// when it is not of that kind.
fn relative(words: &str) -> Result<Option<Relative>, String> {
    let mut words: Vec<&str> = words.split_whitespace().collect();
    let before = match words.pop() {
        Some("before") => true,
        Some("after") => false,
        _ => return Ok(None),
    };
    if words.len() < 2 {
        return Ok(None);
    }
    let wrong = "this is not a time relative to the call; write it like `3 hours before` or `40 minutes after`";
    let mut more = Vec::new();
    let (first, mut rest) = step(&words).ok_or(wrong)?;
    while let Some((joiner, others)) = rest.split_first() {
        let taken = match *joiner {
            "and" => false,
            "less" => true,
            _ => return Err(wrong.to_owned()),
        };
        let (next, others) = step(others).ok_or(wrong)?;
        more.push((taken, next));
        rest = others;
    }
    Ok(Some(Relative { first, more, before }))
}

/// Reads an amount and a unit, and what is left after them.
fn step<'w>(words: &'w [&'w str]) -> Option<(Step, &'w [&'w str])> {
    let [amount, unit, rest @ ..] = words else { return None };
    let amount: u32 = amount.parse().ok()?;
    let step = match *unit {
        "second" | "seconds" => Step::Seconds(i64::from(amount)),
        unit => Step::Length(Some(Length::new(amount, Unit::parse(unit)?)).filter(|length| length.is_reasonable())?),
    };
    Some((step, rest))
}

impl Step {
    fn from(self, at: Instant, before: bool, zone: &Zone) -> Instant {
        match (self, before) {
            (Self::Length(length), true) => zone.before(at, length),
            (Self::Length(length), false) => zone.after(at, length),
            (Self::Seconds(seconds), true) => at.plus_seconds(-seconds),
            (Self::Seconds(seconds), false) => at.plus_seconds(seconds),
        }
    }
}

/// Reads a time that a test expects: in full, or relative to the call.
///
/// # Errors
/// What is wrong with it, in words.
pub fn read_moment(words: &str, call_at: Instant, zone: &Zone) -> Result<Instant, String> {
    read(words, Times::Relative(Some(call_at)), zone).map(|stamp| stamp.at)
}
