//! Lengths of time and numbers as they are spoken, and how they are written in digits.

use super::grammar::Rule;
use super::misfit::{Misfit, has_word_around, is_number};
use crate::text::{Diagnostic, nearest_unit, spelt_number};

/// Whether a word is a unit of time.
pub(super) fn is_unit(word: &str) -> bool {
    const UNITS: [&str; 6] = ["minute", "hour", "day", "week", "month", "year"];
    UNITS.iter().any(|unit| {
        word.eq_ignore_ascii_case(unit) || word.strip_suffix('s').is_some_and(|word| word.eq_ignore_ascii_case(unit))
    })
}

/// Whether a word can mean but one unit, as it stands: `m` may be minutes or months, and a misspelt one is guessed.
pub(crate) fn is_certain_unit(word: &str) -> bool {
    const SHORT: [&str; 11] = ["h", "hr", "hrs", "min", "mins", "wk", "wks", "yr", "yrs", "fortnight", "fortnights"];
    is_unit(word) || SHORT.iter().any(|short| word.eq_ignore_ascii_case(short))
}

/// A length of time as a policy writes it, by what was probably meant with the unit: `1 year` for 1 and `yrs`, `14 days` for 1 and
/// `fortnight`.
pub(crate) fn length_in_digits(number: u64, unit: &str) -> Option<String> {
    let fortnights = ["fortnight", "fortnights"].iter().any(|word| word.eq_ignore_ascii_case(unit));
    let (number, unit) = if fortnights { (number.checked_mul(14)?, "days") } else { (number, nearest_unit(unit)?) };
    let unit = if number == 1 { unit.trim_end_matches('s') } else { unit };
    Some(format!("{number} {unit}"))
}

/// What people say for a length of time that is not a number of units, longest first.
const SPOKEN: [(&str, &str); 20] = [
    ("three quarters of an hour", "45 minutes"),
    ("three-quarters of an hour", "45 minutes"),
    ("an hour and a quarter", "75 minutes"),
    ("one and a half hours", "90 minutes"),
    ("a quarter of an hour", "15 minutes"),
    ("quarter of an hour", "15 minutes"),
    ("an hour and a half", "90 minutes"),
    ("one and a half years", "18 months"),
    ("one and a half days", "36 hours"),
    ("a day and a half", "36 hours"),
    ("a year and a half", "18 months"),
    ("a half hour", "30 minutes"),
    ("half an hour", "30 minutes"),
    ("half-an-hour", "30 minutes"),
    ("half a day", "12 hours"),
    ("half a year", "6 months"),
    ("half hour", "30 minutes"),
    ("a fortnight", "14 days"),
    ("one fortnight", "14 days"),
    ("fortnight", "14 days"),
];

/// `half an hour`, `a fortnight`, around the place where the line stops making sense.
pub(super) fn spoken(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let lower = misfit.said.to_ascii_lowercase();
    let (start, words, instead) = SPOKEN.iter().find_map(|(words, instead)| {
        let from = misfit.at.saturating_sub(words.len());
        let start = from + lower.get(from..(misfit.at + words.len()).min(lower.len()))?.find(words)?;
        let whole = !has_word_around(&lower, start, start + words.len());
        (start <= misfit.at && misfit.at <= start + words.len() && whole).then_some((start, *words, *instead))
    })?;
    // What stands in quotation marks is nobody's length.
    if misfit.before().matches('"').count() % 2 == 1 {
        return None;
    }
    // A day and a half is not the same as 36 hours on the night the clocks change.
    let certain = !words.contains("day") && !words.contains("year");
    Some(written(misfit, start, start + words.len(), instead).certain(certain))
}

fn written(misfit: &Misfit<'_>, start: usize, end: usize, instead: &str) -> Diagnostic {
    let said = misfit.said.get(start..end).unwrap_or("");
    let span = misfit.span_of(start, end);
    Diagnostic::error("cannot-read", span, format!("`{said}` is not written as a length of time"))
        .help(format!("write `{instead}`"))
        .fix(span, instead)
}

/// `six months`, `twenty four hours`, `a month`
pub(super) fn number(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let before = misfit.word_before();
    let start = misfit.start_of_word_before();
    // Of two words the first may be read as a number's name, and the second as what is counted.
    let pair = misfit.before().trim_end().rsplit(' ').nth(1).filter(|_| spelt_number(before).is_some());
    let pair = pair.filter(|first| spelt_number(&format!("{first} {before}")).is_some());
    let start = pair.and_then(|first| misfit.before().rfind(first)).unwrap_or(start);
    let begins_word = misfit.found.starts_with(|first: char| first.is_ascii_alphabetic());
    let wanted = [Rule::number, Rule::span, Rule::length, Rule::amount, Rule::quantity, Rule::clock];
    let start = match before {
        "a" | "an" if is_unit(misfit.found) => start,
        // A number in words is read as a name, so that only the word after it does not fit.
        _ if begins_word && spelt_number(before).is_some() => start,
        _ if wanted.into_iter().any(|rule| misfit.expects(rule)) => misfit.at,
        _ => return None,
    };
    let said = misfit.said.get(start..)?;
    let mut words = said.split_whitespace();
    let (first, second) = (words.next()?, words.next().unwrap_or(""));
    let of_one = || if matches!(first, "a" | "an") { Some(1) } else { spelt_number(first) };
    let (number, word, following) = match spelt_number(&format!("{first} {second}")) {
        Some(number) => {
            let end = said.find(second).map_or(first.len(), |at| at + second.len());
            (number, said.get(..end)?, words.next().unwrap_or(""))
        }
        None => (of_one()?, first, second),
    };
    let following = following.trim_end_matches([',', ':']);
    let span = misfit.span_of(start, start + word.len());
    let problem = Diagnostic::error("cannot-read", span, format!("`{word}` is not written as a number"));
    let unit = if is_unit(following) { format!(" {following}") } else { String::new() };
    Some(problem.help(format!("write `{number}{unit}`")).fix(span, number.to_string()).certain(true))
}

/// `24 hrs`
pub(super) fn unit(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let before = misfit.word_before();
    if !is_number(before) || !misfit.expects(Rule::unit) {
        return None;
    }
    let calendar = misfit.rest().strip_prefix("calendar ").map_or(misfit.found, |after| {
        after.split(|character: char| !character.is_ascii_alphabetic()).next().unwrap_or("")
    });
    let instead = length_in_digits(before.parse().ok()?, calendar)?;
    let (start, end) = (misfit.start_of_word_before(), misfit.at + misfit.rest().find(calendar)? + calendar.len());
    let message = format!("`{}` is not a unit of time", misfit.found);
    let problem = Diagnostic::error("unknown-unit", misfit.span(), message).help(format!("write `{instead}`"));
    Some(problem.fix(misfit.span_of(start, end), instead).certain(is_certain_unit(calendar)))
}
