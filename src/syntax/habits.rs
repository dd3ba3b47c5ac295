//! What people type from other habits, and what to write instead.

use super::grammar::Rule;
use super::misfit::{Misfit, has_word_around, shown};
use super::{counting, lengths, numbered, points_off, spoken};
use crate::text::{Diagnostic, nearest};

/// A phrase and what says it here.
const PHRASES: [(&str, &str); 46] = [
    ("greater than or equal to", "at least"),
    ("less than or equal to", "at most"),
    ("greater than", "more than"),
    ("bigger than", "more than"),
    ("higher than", "more than"),
    ("longer than", "more than"),
    ("over", "more than"),
    ("lower than", "less than"),
    ("under", "less than"),
    ("within the last", "within"),
    ("within the past", "within"),
    ("in the last", "within"),
    ("in the past", "within"),
    ("during the last", "within"),
    ("is equal to", "is"),
    ("equals", "is"),
    ("are not", "is not"),
    ("are", "is"),
    ("was", "is"),
    ("has", "include"),
    ("isn't", "is not"),
    ("!=", "is not"),
    ("<>", "is not"),
    ("≥", "is at least"),
    ("≤", "is at most"),
    (">=", "is at least"),
    ("=>", "is at least"),
    ("<=", "is at most"),
    ("==", "is"),
    (">", "is more than"),
    ("<", "is less than"),
    ("=", "is"),
    ("contains", "includes"),
    ("contain", "include"),
    ("&&", "and"),
    ("&", "and"),
    ("||", "or"),
    ("|", "or"),
    ("if", "when"),
    ("same", "the same"),
    ("boolean", "yes or no"),
    ("string", "text"),
    ("integer", "number"),
    ("date", "time"),
    ("list of", "any of"),
    ("choice of", "one of"),
];

/// Those of the phrases that can mean nothing else; so do signs.
const CERTAIN: [&str; 7] =
    ["greater than or equal to", "less than or equal to", "greater than", "is equal to", "equals", "isn't", "same"];

/// The longest word that a message repeats in full.
const LONGEST: usize = 80;

/// What to say to a habit that stands where the line stops making sense.
pub(super) fn advice(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    numbered::advice(misfit)
        .or_else(|| points_off::advice(misfit))
        .or_else(|| lengths::unit(misfit))
        .or_else(|| lengths::spoken(misfit))
        .or_else(|| lengths::number(misfit))
        .or_else(|| or_more(misfit))
        .or_else(|| counting::advice(misfit))
        .or_else(|| spoken::line_of_its_own(misfit))
        .or_else(|| spoken::is_left_out(misfit))
        .or_else(|| spoken::how_many(misfit))
        .or_else(|| spoken::so_many_included(misfit))
        .or_else(|| spoken::of_a_text(misfit))
        .or_else(|| spoken::does_not(misfit))
        .or_else(|| spoken::over_or_under(misfit))
        .or_else(|| spoken::away_from(misfit))
        .or_else(|| spoken::so_long_apart(misfit))
        .or_else(|| spoken::after_a_record(misfit))
        .or_else(|| spoken::today(misfit))
        .or_else(|| spoken::between_numbers(misfit))
        .or_else(|| clock(misfit))
        .or_else(|| day_first(misfit))
        .or_else(|| quoted(misfit))
        .or_else(|| quoted_value(misfit))
        .or_else(|| clock_elsewhere(misfit))
        .or_else(|| unquoted(misfit))
        .or_else(|| phrase(misfit))
        .or_else(|| negation(misfit))
        .or_else(|| dated_by_nothing(misfit))
        .or_else(|| last_word_left_out(misfit))
        .or_else(|| two_words(misfit))
        .or_else(|| sign(misfit))
}

/// `3 or more incidents`
fn or_more(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let said = match misfit.found {
        "more" => "at least",
        "fewer" | "less" => "at most",
        _ => return None,
    };
    let before = misfit.before().trim_end().strip_suffix("or")?.trim_end();
    let start = before.rfind(|character: char| !character.is_ascii_digit()).map_or(0, |at| at + 1);
    let number = before.get(start..).filter(|number| !number.is_empty())?;
    let instead = format!("{said} {number}");
    let span = misfit.span_of(start, misfit.at + misfit.found.len());
    let message = format!("`{number} or {}` does not fit here", misfit.found);
    Some(
        Diagnostic::error("cannot-read", span, message)
            .help(format!("write `{instead}`"))
            .fix(span, instead)
            .certain(true),
    )
}

/// `10pm`, `9:30`
fn clock(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    if !misfit.expects(Rule::clock) && !misfit.expects(Rule::time_of_day) {
        return None;
    }
    let said = misfit.said.get(misfit.at..)?.split_whitespace().next()?.to_ascii_lowercase();
    let (instead, certain) = time_of_day(&said)?;
    let span = misfit.span_of(misfit.at, misfit.at + said.len());
    let message = format!("`{said}` is not written as a time of day");
    let problem = Diagnostic::error("cannot-read", span, message).help(format!("write `{instead}`"));
    Some(problem.fix(span, instead).certain(certain))
}

/// A time of day as people say it, such as `10pm`, as it is written here; and whether nothing else can have been meant.
pub(crate) fn time_of_day(said: &str) -> Option<(String, bool)> {
    let digits = said.trim_end_matches(|character: char| character.is_ascii_alphabetic());
    let (hour, minute) = digits.split_once([':', '.']).unwrap_or((digits, "00"));
    let hour: u8 = hour.parse().ok()?;
    let half = said.get(digits.len()..)?;
    let certain = !half.is_empty() && (1..=12).contains(&hour);
    let hour = match half {
        "am" => hour % 12,
        "pm" => hour % 12 + 12,
        "" => hour,
        _ => return None,
    };
    Some((format!("{hour:02}:{minute:0>2}"), certain))
}

/// `21/02/2025`
fn day_first(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    if !misfit.expects(Rule::date) {
        return None;
    }
    let said = misfit.said.get(misfit.at..)?.split_whitespace().next()?.trim_end_matches(',');
    let mut parts = said.split(['/', '.', '-']);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let instead = format!("{year:0>4}-{month:0>2}-{day:0>2}");
    crate::time::Date::parse(&instead)?;
    let span = misfit.span_of(misfit.at, misfit.at + said.len());
    let message = format!("`{said}` is not written as a day");
    // There is no thirteenth month; `03/04/2026` may be of March or of April.
    let certain = day.parse::<u8>().is_ok_and(|day| day > 12) || day == month;
    Some(
        Diagnostic::error("cannot-read", span, message)
            .help(format!("write the year first: `{instead}`"))
            .fix(span, instead)
            .certain(certain),
    )
}

/// `"3"`
fn quoted(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let inside = misfit.found.strip_prefix('"')?.strip_suffix('"')?;
    let plain = !inside.is_empty()
        && inside.len() <= LONGEST
        && inside.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !plain || misfit.expects(Rule::text) || misfit.at_beginning() {
        return None;
    }
    let message = format!("`{}` does not fit here", misfit.found);
    let problem = Diagnostic::error("cannot-read", misfit.span(), message).fix(misfit.span(), inside).certain(true);
    Some(problem.help("names and numbers stand without quotation marks; only texts have them"))
}

/// `grade at least "Grade 2"`: the words that a force has for a value.
fn quoted_value(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let wants_value = misfit.expects(Rule::names_and) || misfit.expects(Rule::name);
    if !misfit.found.starts_with('"') || !misfit.found.contains(' ') || misfit.expects(Rule::text) || !wants_value {
        return None;
    }
    let message = format!("`{}` does not fit here", shown(misfit.found));
    let problem = Diagnostic::error("cannot-read", misfit.span(), message);
    let effect = misfit.said.trim_start().to_ascii_lowercase().starts_with("then") || misfit.expects(Rule::deadline);
    Some(if effect {
        problem
            .help("write the vocabulary's word for it, without quotation marks, such as `grade at least priority`")
            .help("a force's own words are for people to read, and stand only after `is called`")
    } else {
        problem.help("names stand without quotation marks, and a name is one word")
    })
}

/// `review by 10:00`, `is after 10:00`
fn clock_elsewhere(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let digits = |text: &str| !text.is_empty() && text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let minutes = misfit.said.get(misfit.at + 1..misfit.at + 3)?;
    let hour = misfit.word_before();
    let expects_clock = misfit.expects(Rule::clock) || misfit.expects(Rule::time_of_day);
    if misfit.found != ":" || !digits(hour) || !digits(minutes) || minutes.len() < 2 || expects_clock {
        return None;
    }
    let start = misfit.before().len() - hour.len();
    let span = misfit.span_of(start, misfit.at + 3);
    let problem = Diagnostic::error("cannot-read", span, format!("`{hour}:{minutes}` does not fit here"));
    let asked = misfit.before().to_ascii_lowercase();
    Some(if asked.contains(" is ") {
        let time = format!("{hour:0>2}:{minutes}");
        let (from, to) = if asked.contains(" before ") { ("00:00", time.as_str()) } else { (time.as_str(), "00:00") };
        problem.help(format!("a time of day is asked with both its ends: `is between {from} and {to}`"))
    } else {
        problem.help(
            "an effect has no time of day: name a length of time after a moment, such as `40 minutes after this call`",
        )
    })
}

/// `all that apply dogs and cats`: the last word is missing of several that belong together.
fn last_word_left_out(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let lower = misfit.said.get(misfit.at..)?.to_ascii_lowercase();
    let words = misfit.expected_words();
    let mut begun = words.iter().filter_map(|words| {
        let (begins, last) = words.rsplit_once(' ').filter(|(_, last)| ["of", "to", "from", "for"].contains(last))?;
        let after = lower.strip_prefix(begins)?;
        (after.starts_with(' ') && after.split_whitespace().next() != Some(last)).then_some((begins, last))
    });
    let (begins, last) = begun.next().filter(|_| begun.next().is_none() && !misfit.at_beginning())?;
    let end = misfit.at + begins.len();
    let span = misfit.span_of(misfit.at, end);
    let problem = Diagnostic::error("cannot-read", span, format!("`{last}` is missing after `{begins}`"));
    Some(problem.help(format!("write `{begins} {last} …`")).fix(misfit.span_of(end, end), format!(" {last}")))
}

/// `because strangulation is reported`
fn unquoted(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    if misfit.expected != [Rule::text] || misfit.found.starts_with('"') || misfit.at_beginning() {
        return None;
    }
    let rest = misfit.said.get(misfit.at..)?.trim_end();
    let span = misfit.span_of(misfit.at, misfit.at + rest.len());
    let problem = Diagnostic::error("cannot-read", span, "this text has no quotation marks")
        .help("a text stands in quotation marks: `\"…\"`");
    Some(if rest.contains(['"', '\n']) { problem } else { problem.fix(span, format!("\"{rest}\"")).certain(true) })
}

/// A phrase of [`PHRASES`] over the place where the line stops making sense.
fn phrase(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let lower = misfit.said.to_ascii_lowercase();
    let (start, phrase, instead) = PHRASES.iter().find_map(|(phrase, instead)| {
        let from = misfit.at.saturating_sub(phrase.len());
        let window = lower.get(from..(misfit.at + phrase.len()).min(lower.len()))?;
        let start = from + window.find(phrase)?;
        let whole = !has_word_around(&lower, start, start + phrase.len());
        (start <= misfit.at && misfit.at < start + phrase.len() && whole).then_some((start, *phrase, *instead))
    })?;
    let after_is = lower.get(..start).is_some_and(|before| before.trim_end().ends_with(" is"));
    let instead = if after_is { instead.strip_prefix("is ").unwrap_or(instead) } else { instead };
    let first = instead.split(' ').next().unwrap_or(instead);
    let alike = |words: &&str| {
        words.split(' ').next().is_some_and(|word| word == first || first.strip_suffix('s') == Some(word))
    };
    if start == misfit.at && !misfit.expected_words().iter().any(alike) {
        return None;
    }
    let span = misfit.span_of(start, start + phrase.len());
    let message = format!("`{phrase}` does not fit here");
    let is_sign = phrase.starts_with(['>', '<', '=', '!', '&', '|', '≥', '≤']);
    let problem = Diagnostic::error("cannot-read", span, message).help(format!("write `{instead}`"));
    // `=>` is read by some as `gives`.
    let problem = problem.fix(span, instead).certain(is_sign && phrase != "=>" || CERTAIN.contains(&phrase));
    Some(if is_sign { problem.help("conditions are written in words, without signs") } else { problem })
}

/// `in force, by attendance-due`
fn dated_by_nothing(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let before = misfit.before().trim().to_ascii_lowercase();
    let rest = misfit.said.get(misfit.at..)?.trim_start_matches([',', ' ']);
    let by = rest.strip_prefix("by ").filter(|_| before == "in force")?;
    let problem = Diagnostic::error("cannot-read", misfit.span(), "from or until when it is in force is not said");
    Some(problem.help(format!("write such as `in force from 2026-04-01, by {}`", by.trim_end())))
}

/// `not domestic-call`, `… unless …`
fn negation(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let problem = |message: &str| Diagnostic::error("cannot-read", misfit.span(), message);
    match misfit.found.to_ascii_lowercase().as_str() {
        "not" => {
            let name = misfit.said.get(misfit.at..)?.split_whitespace().nth(1).unwrap_or("…");
            if name.eq_ignore_ascii_case("answered") {
                let asked = misfit.before().split_whitespace().rev().nth(1).unwrap_or("…");
                let help = format!("write such as `{asked} is yes or not answered`");
                return Some(problem("`or not answered` stands at the end of a test").help(help));
            }
            let before = misfit.before().trim_end();
            let is_or = before.split_whitespace().next_back().is_some_and(|word| word.eq_ignore_ascii_case("or"));
            let meant = ["answered", "known", "given", "said", "sure"];
            if is_or && (meant.contains(&name) || nearest(&name.to_ascii_lowercase(), meant).is_some()) {
                let end = misfit.said.get(misfit.at..).and_then(|rest| rest.find(name)).unwrap_or(0) + name.len();
                let span = misfit.span_of(misfit.at, misfit.at + end);
                let message = format!("`or not {name}` is not written so");
                let problem = Diagnostic::error("cannot-read", span, message);
                return Some(
                    problem.help("for what nobody has answered write `or not answered`").fix(span, "not answered"),
                );
            }
            let help = format!("write `{name} is no`; or make a list of what must not be so, under `none of:`");
            Some(problem("`not` cannot stand before a condition").help(help))
        }
        "unless" => {
            let help = "make a list under `all of:`, and in it say that the exception is not so, such as `- domestic-call is no`";
            Some(problem("there is no `unless` between conditions").help(help))
        }
        "else" | "otherwise" => Some(
            problem("there is no `else`: a rule only says what follows when it applies")
                .help("write another rule for the other case"),
        ),
        "that" if misfit.expects(Rule::k_the_same) => {
            let help = "`that` means the first record's, after `followed within …`; for this call's write `the same …`";
            Some(
                problem("`that` refers to a first record, and there is none here")
                    .help(help)
                    .fix(misfit.span(), "the same"),
            )
        }
        _ => None,
    }
}

/// `suspect present`: two words where one name is wanted.
fn two_words(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let after_name = misfit.expects(Rule::k_possessive) || (misfit.expects(Rule::text) && misfit.expects(Rule::EOI));
    let (before, found) = (misfit.word_before(), misfit.found);
    let wordy = |word: &str| word.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
    if !after_name
        || before.len() + found.len() > LONGEST
        || !wordy(before)
        || !wordy(found)
        || !misfit.before().ends_with(' ')
    {
        return None;
    }
    let start = misfit.before().trim_end().len().checked_sub(before.len())?;
    let span = misfit.span_of(start, misfit.at + found.len());
    let joined = format!("{before}-{found}");
    let problem = Diagnostic::error("cannot-read", misfit.span(), format!("`{found}` does not fit here"));
    let help = format!("a name is one word: if `{before} {found}` is one name, write `{joined}`");
    Some(if misfit.expects(Rule::k_possessive) {
        problem.help(help).help("or say what is asked of it, such as `is yes`")
    } else {
        problem.help(help).fix(span, joined)
    })
}

/// Signs that the language does not have.
fn sign(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let rest = misfit.said.get(misfit.at..)?;
    let help = match misfit.found.chars().next()? {
        '(' | ')' | '[' | ']' | '{' | '}' => "there are no brackets; make a list under `all of:` or `any of:`",
        '%' => "there are no percentages; name a number",
        '.' if rest.get(1..).is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit())) => {
            "numbers are whole: count in a smaller unit and say so in its words, as 185 tenths for 18.5 or 90 minutes for an hour and a half"
        }
        '.' | ';' | '!' | '?' => "a line ends without a full stop or another mark",
        '-' if rest.get(1..).is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit())) => {
            "numbers go up from 0; there are none below it"
        }
        ':' => "only a line that a list follows ends with a colon, such as `all of:`",
        ',' => "join conditions with the words `and` or `or`; names are separated with commas",
        '/' if rest.starts_with("//") => return None,
        '+' | '*' | '/' => "there are no sums in a rule; make a score with `points:`",
        '\'' => "a text stands in double quotation marks: `\"…\"`",
        _ => return None,
    };
    let message = format!("`{}` does not fit here", shown(misfit.found));
    Some(Diagnostic::error("cannot-read", misfit.span(), message).help(help))
}
