//! A time as a case writes it: in full, or in a YAML case as people say it: `22:10 on 14 March 2026`, by the clocks of the policy's zone, or
//! `3 hours before`, which is reckoned from the call.

use crate::time::{Instant, Length, Stamp, Unit, Zone, parse_duration};

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
    let Some(relative) = relative(words)? else { return by_the_clock(words, times, zone) };
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
pub(super) fn of_the_call(words: &str, times: Times, zone: &Zone) -> Result<Stamp, String> {
    if let Ok(stamp) = Stamp::parse(words) {
        return Ok(stamp);
    }
    match (relative(words)?, times) {
        (Some(_), Times::Absolute) => {
            Err("the call's own time is written in full, like 2025-03-01T22:10:00+00:00".to_owned())
        }
        (Some(_), Times::Relative(_)) => Err(
            "the others are reckoned from the call's own time, so it is written `22:10 on 1 March 2025`, or in full, like 2025-03-01T22:10:00+00:00"
                .to_owned(),
        ),
        (None, _) => by_the_clock(words, times, zone),
    }
}

/// Reads `22:10 on 14 March 2026`, or says what is wrong with what is no time at all.
fn by_the_clock(words: &str, times: Times, zone: &Zone) -> Result<Stamp, String> {
    match (zone.read_spoken(words), times) {
        (Some(read), Times::Relative(_)) => read.map(Stamp::from),
        (Some(_), Times::Absolute) => {
            Err("a time in words can only be written in a YAML case; write it like 2025-03-01T22:10:00+00:00"
                .to_owned())
        }
        (None, _) => Stamp::parse(words).map_err(|why| match times {
            Times::Absolute => format!("this {why}"),
            Times::Relative(_) => format!("this {why}, `22:10 on 1 March 2025` or `3 hours before`"),
        }),
    }
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

/// Reads a length of time: `PT40M`, or in a YAML case as people say it, `1 hour and 30 minutes`.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) fn duration(words: &str, times: Times) -> Result<i64, String> {
    let parsed = parse_duration(words);
    let said: Vec<&str> = words.split_whitespace().collect();
    match (parsed, in_steps(&said), times) {
        (Ok(seconds), ..) | (Err(_), Some(seconds), Times::Relative(_)) => Ok(seconds),
        (Err(why), _, Times::Absolute) => Err(format!("this {why}")),
        (Err(why), None, Times::Relative(_)) => Err(format!("this {why}, or as `40 minutes`")),
    }
}

/// The seconds of `1 hour and 30 minutes`: days and longer are no exact lengths.
fn in_steps(words: &[&str]) -> Option<i64> {
    let (first, rest) = step(words)?;
    let seconds = match first {
        Step::Seconds(seconds) => seconds,
        Step::Length(length) => length.exact_seconds()?,
    };
    match rest {
        [] => Some(seconds),
        ["and", others @ ..] => seconds.checked_add(in_steps(others)?),
        _ => None,
    }
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

/// Reads the time of a call as a YAML case may say it: in full, or as people do by the clocks of a zone.
///
/// # Errors
/// What is wrong with it, in words.
pub fn read_call_time(words: &str, zone: &Zone) -> Result<Instant, String> {
    of_the_call(words, Times::Relative(None), zone).map(|stamp| stamp.at)
}

/// Reads a time that a test expects: in full, or relative to the call.
///
/// # Errors
/// What is wrong with it, in words.
pub fn read_moment(words: &str, call_at: Instant, zone: &Zone) -> Result<Instant, String> {
    read(words, Times::Relative(Some(call_at)), zone).map(|stamp| stamp.at)
}
