//! What people say in other words than the language has, where one word in place of another is not enough.

use super::grammar::Rule;
use super::lengths::is_unit;
use super::misfit::{Misfit, has_word_around, is_number};
use crate::text::{Diagnostic, plural};

/// `outcome grade: … written as "…" never below …`, `when … then …`: a line that goes on with the next.
pub(super) fn line_of_its_own(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    const BEGINNINGS: [(&str, &[&str]); 13] = [
        ("outcome", &["never below", "written as"]),
        ("record", &["kept for", "in force from", "asked as", "field"]),
        ("call", &["fact"]),
        ("rule", &["when", "then", "because", "source", "on trial", "in force", "applies unless"]),
        ("add", &["also when", "then", "because", "source"]),
        ("when", &["then", "because", "source", "applies unless"]),
        ("also", &["then", "because", "source"]),
        ("then", &["because", "source"]),
        ("because", &["source", "because"]),
        ("invariant", &["whenever", "then", "never", "source"]),
        ("whenever", &["then", "never", "source"]),
        ("never", &["source", "then"]),
        ("policy", &["vocabulary", "time zone", "tailors", "set"]),
    ];
    let first = misfit.said.split_whitespace().next()?;
    // The words of an effect may be any, so that only the text after them does not fit.
    let before = misfit.word_before();
    if misfit.found.starts_with('"') && first.eq_ignore_ascii_case("then") && matches!(before, "because" | "source") {
        let start = misfit.start_of_word_before();
        let problem = misfit.cannot_read(start, start + before.len());
        return Some(problem.help(format!("put `{before} …` on a line of its own")));
    }
    let rest = misfit.rest().to_ascii_lowercase();
    let (_, words) = BEGINNINGS.iter().find(|(begins, _)| begins.eq_ignore_ascii_case(first))?;
    let begins = words.iter().find(|words| {
        let after = rest.strip_prefix(**words).map(|after| after.chars().next());
        after.is_some_and(|next| next.is_none_or(|next| !next.is_alphanumeric() && next != '-'))
    })?;
    if misfit.at_beginning() {
        return None;
    }
    let help = format!("put `{begins} …` on a line of its own");
    Some(misfit.cannot_read(misfit.at, misfit.at + begins.len()).help(help))
}

/// What a sign says before a number.
fn sign(said: &str) -> Option<(&'static str, &'static str)> {
    const SIGNS: [(&str, &str); 10] = [
        ("≥", "at least"),
        ("≤", "at most"),
        (">=", "at least"),
        ("=>", "at least"),
        ("<=", "at most"),
        ("=<", "at most"),
        ("==", "exactly"),
        (">", "more than"),
        ("<", "fewer than"),
        ("=", "exactly"),
    ];
    SIGNS.into_iter().find(|(sign, _)| said.starts_with(sign))
}

/// What is said of a number of records: by a sign, or by words that ask it of a value.
fn asked_of_number(said: &str) -> Option<(&'static str, &str)> {
    const WORDS: [(&str, &str); 10] = [
        ("is at least", "at least"),
        ("are at least", "at least"),
        ("is at most", "at most"),
        ("are at most", "at most"),
        ("is more than", "more than"),
        ("are more than", "more than"),
        ("is less than", "fewer than"),
        ("are fewer than", "fewer than"),
        ("is fewer than", "fewer than"),
        ("is exactly", "exactly"),
    ];
    let asked = sign(said).or_else(|| WORDS.into_iter().find(|(words, _)| said.starts_with(words)))?;
    let number = said.get(asked.0.len()..)?.split_whitespace().next()?;
    is_number(number).then_some((asked.1, number))
}

/// `>= 2 incidents`, `incidents at the same location >= 2`, `incidents at the same location`
pub(super) fn how_many(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let said = misfit.rest();
    let begins =
        [Rule::conditions, Rule::chain, Rule::count, Rule::how_many].into_iter().any(|rule| misfit.expects(rule));
    if begins && (said.starts_with("!=") || said.starts_with("<>")) {
        let problem = misfit.cannot_read(misfit.at, misfit.at + 2);
        return Some(problem.help("write `more than …` or `fewer than …`; for none at all write `no …`"));
    }
    if let (Some((sign, words)), true) = (sign(said), begins) {
        let number = said.get(sign.len()..)?.split_whitespace().next()?;
        let span = misfit.span_of(misfit.at, misfit.at + sign.len());
        let problem = Diagnostic::error("cannot-read", span, format!("`{sign}` does not fit here"));
        let after = said.get(sign.len()..)?.trim_start();
        let space = if said.as_bytes().get(sign.len()) == Some(&b' ') { "" } else { " " };
        let help = if is_number(number) { format!("write `{words} {after}`") } else { format!("write `{words}`") };
        return Some(
            problem
                .help(help)
                .help("conditions are written in words, without signs")
                .fix(span, format!("{words}{space}"))
                .certain(true),
        );
    }
    one_or_many(misfit).or_else(|| noun_first(misfit)).or_else(|| bare_number(misfit))
}

/// `incidents >= 2`: of a value, or of so many records.
fn one_or_many(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let said = misfit.rest();
    let ((sign, words), noun) = (sign(said)?, misfit.word_before());
    let number = said.get(sign.len()..)?.split_whitespace().next()?;
    if !noun.ends_with('s') || !is_number(number) || !misfit.expects(Rule::k_is) {
        return None;
    }
    let asked = if words == "fewer than" { "less than" } else { words };
    let span = misfit.span_of(misfit.at, misfit.at + sign.len());
    let problem = Diagnostic::error("cannot-read", span, format!("`{sign}` does not fit here"));
    let help = format!("write `is {asked}`; or, where `{noun}` are records, `{words} {number} {noun}`");
    Some(problem.help(help).help("conditions are written in words, without signs").fix(span, format!("is {asked}")))
}

/// `incidents at the same location >= 2`: a name, and after it what only records have.
fn noun_first(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let noun = misfit.word_before();
    let begins = misfit.before().trim_end().strip_suffix(noun)?.trim_end();
    let opens = begins.is_empty()
        || begins.ends_with(['-', ':'])
        || ["when", "and", "or", "as"].iter().any(|word| begins.ends_with(word));
    let scopes =
        ["by", "at", "about", "against", "from", "with", "of", "for", "within", "since", "where", "in", "on", "to"];
    if noun.is_empty() || !opens || !scopes.contains(&misfit.found) || !misfit.expects(Rule::k_is) {
        return None;
    }
    if misfit.found == "of" && matches!(noun, "count" | "number" | "total") {
        return number_of(misfit, noun);
    }
    let start = misfit.start_of_word_before();
    let (mut at, mut found) = (misfit.at, None);
    while let Some(space) = misfit.said.get(at..).and_then(|said| said.find(' ')) {
        at += space + 1;
        found = misfit.said.get(at..).and_then(asked_of_number).map(|asked| (at, asked));
        if found.is_some() {
            break;
        }
    }
    let problem = Diagnostic::error(
        "cannot-read",
        misfit.span_of(start, start + noun.len()),
        format!("it is not said how many `{noun}`"),
    );
    Some(match found {
        Some((at, (words, number))) => {
            let counted = misfit.said.get(start..at)?.trim_end();
            problem.help(format!("say it before them: `{words} {number} {counted}`"))
        }
        None => {
            let counted = misfit.said.get(start..)?.split([',', '\n']).next()?.trim_end();
            problem.help(one_or_several(noun, counted.get(noun.len()..)?))
        }
    })
}

/// Records of which it is not said how many, in the singular after `any` and in the plural after a number.
fn one_or_several(noun: &str, scopes: &str) -> String {
    let one = noun.strip_suffix("es").filter(|one| one.ends_with("ch")).or(noun.strip_suffix('s')).unwrap_or(noun);
    let several = if one == noun { plural(noun) } else { noun.to_owned() };
    format!("write `any {one}{scopes}` or `at least 2 {several}{scopes}`")
}

/// `count of incidents is at least 2`, `number of incidents >= 2`
fn number_of(misfit: &Misfit<'_>, word: &str) -> Option<Diagnostic> {
    let start = misfit.start_of_word_before();
    let counted = misfit.rest().get("of".len()..)?.trim_start();
    let problem = misfit.cannot_read(start, misfit.at + "of".len());
    let asked = counted.char_indices().filter(|(_, character)| *character == ' ').find_map(|(space, _)| {
        let (words, number) = asked_of_number(counted.get(space + 1..)?)?;
        Some(format!("{words} {number} {}", counted.get(..space)?.trim_end()))
    });
    let counted = counted.split([',', '\n']).next()?.trim_end();
    let instead = asked.unwrap_or_else(|| format!("at least 2 {counted}"));
    Some(problem.help(format!("records are counted without the words `{word} of`: `{instead}`")))
}

/// `3 incidents within 3 days`
fn bare_number(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let number = misfit.word_before();
    let begins = misfit.before().trim_end().strip_suffix(number)?.trim_end();
    let opens = ["when", "and", "or", "as", "-", ":"].iter().any(|word| begins.ends_with(word));
    let noun = misfit.found.starts_with(|first: char| first.is_ascii_alphabetic());
    let asked = ["is", "are", "and", "or", "include", "includes", "to"].contains(&misfit.found);
    if !is_number(number) || !opens || !noun || asked || is_unit(misfit.found) || !misfit.expects(Rule::k_is) {
        return None;
    }
    let start = misfit.start_of_word_before();
    let problem = misfit.cannot_read(start, misfit.at + misfit.found.len());
    let of = misfit.found;
    Some(problem.help(format!("say whether more of them will do: `at least {number} {of}` or `exactly {number} {of}`")))
}

/// `flags include 2 of domestic and stalking`, `flags do not include at least 2`
pub(super) fn so_many_included(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let before = misfit.before().trim_end();
    let number = misfit.word_before();
    if misfit.found == "of" && is_number(number) {
        let verb = before.strip_suffix(number)?.split_whitespace().next_back()?;
        let start = misfit.start_of_word_before();
        let problem = misfit.cannot_read(start, misfit.at + misfit.found.len());
        return ["include", "includes"].contains(&verb).then(|| {
            problem.help(format!(
                "say whether more of them will do: `{verb} at least {number} of` or `{verb} exactly {number} of`"
            ))
        });
    }
    let counts = ["at least", "at most", "more than", "fewer than", "exactly"];
    let words = counts.into_iter().find(|words| misfit.rest().starts_with(words))?;
    let opposite = match words {
        "at least" => "fewer than",
        "fewer than" => "at least",
        "at most" => "more than",
        "more than" => "at most",
        _ => return None,
    };
    let denied = before.strip_suffix("not include")?.trim_end();
    let (start, verb) = if denied.ends_with("does") {
        (denied.len() - 4, "includes")
    } else {
        (denied.strip_suffix("do")?.len(), "include")
    };
    let number = misfit.rest().get(words.len()..)?.split_whitespace().next()?;
    let problem = misfit.cannot_read(start, misfit.at + words.len());
    let span = misfit.span_of(start, misfit.at + words.len());
    Some(problem.help(format!("say what is so: `{verb} {opposite} {number}`")).fix(span, format!("{verb} {opposite}")))
}

/// `words-heard contains "stop"`
pub(super) fn of_a_text(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    const WORDS: [(&str, bool); 23] = [
        ("does not include any of", false),
        ("do not include any of", false),
        ("does not include", false),
        ("includes any of", true),
        ("include any of", true),
        ("contains any of", true),
        ("does not contain", false),
        ("contains", true),
        ("contain", true),
        ("includes", true),
        ("include", true),
        ("has", true),
        ("says", true),
        ("is like", true),
        ("like", true),
        ("matches", false),
        ("starts with", false),
        ("begins with", false),
        ("ends with", false),
        ("is", false),
        ("==", false),
        ("=", false),
        ("equals", false),
    ];
    let lower = misfit.said.to_ascii_lowercase();
    let (start, words, same) = WORDS.into_iter().find_map(|(words, same)| {
        let from = misfit.at.saturating_sub(words.len() + 1);
        let start = from + lower.get(from..(misfit.at + words.len()).min(lower.len()))?.find(words)?;
        let whole = !has_word_around(&lower, start, start + words.len());
        let sign = words.starts_with('=');
        let text = lower.get(start + words.len()..)?.trim_start().starts_with('"');
        (text && (whole || sign)).then_some((start, words, same))
    })?;
    if start == 0 || misfit.said.get(..start)?.trim_end().ends_with([':', '"', ',']) {
        return None;
    }
    let quoted: String =
        misfit.said.get(start + words.len()..)?.trim_start().chars().skip(1).take_while(|next| *next != '"').collect();
    let value = !quoted.is_empty() && quoted.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let span = misfit.span_of(start, start + words.len());
    let problem = Diagnostic::error("cannot-read", span, format!("`{words}` does not fit before a text"));
    let any_of = words.strip_suffix(" any of").map_or("", |_| " any of");
    let mentions = format!("mentions{any_of}");
    let mends = problem.clone().help(format!("write `{mentions}`"));
    Some(match words {
        "is" | "==" | "=" | "equals" if value => return None,
        _ if words.starts_with("do") => problem.help(format!("write `{mentions}` in a list under `none of:`")),
        _ if same && value => mends
            .help(format!("where it holds flags, write the flag without quotation marks: `include{any_of} {quoted}`"))
            .fix(span, mentions),
        _ if same => mends.fix(span, mentions),
        _ => mends.help("a text can only be asked whether it mentions some words, anywhere in it and in any letters"),
    })
}

/// `words-heard does not mention "x"`, `flags does not contain domestic`
pub(super) fn does_not(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let said = misfit.rest().to_ascii_lowercase();
    let mut words = said.split_whitespace();
    let verbs = ["mention", "contain", "include", "have", "say"];
    let begun = (words.next(), words.next(), words.next());
    let (Some("does" | "do"), Some("not"), Some(verb)) = begun else { return None };
    if !verbs.contains(&verb) || misfit.at_beginning() {
        return None;
    }
    let phrase = said.find(verb).map_or(verb.len(), |at| at + verb.len());
    let problem = misfit.cannot_read(misfit.at, misfit.at + phrase);
    let text = said.get(phrase..).is_some_and(|after| after.trim_start().starts_with('"'));
    Some(if text {
        problem.help("of a text write `mentions` in a list under `none of:`")
    } else {
        problem.help("of flags write `do not include`; of a text, `mentions \"…\"` in a list under `none of:`")
    })
}

/// `children-seen over 3`, `children-seen at least 3`: a comparison without `is`.
pub(super) fn is_left_out(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    const COMPARED: [(&str, &str); 12] = [
        ("at least", "at least"),
        ("at most", "at most"),
        ("more than", "more than"),
        ("greater than", "more than"),
        ("less than", "less than"),
        ("fewer than", "less than"),
        ("exactly", "exactly"),
        ("over", "more than"),
        ("above", "more than"),
        ("exceeds", "more than"),
        ("under", "less than"),
        ("below", "less than"),
    ];
    let said = misfit.rest().to_ascii_lowercase();
    let (words, asked) = COMPARED.into_iter().find(|(words, _)| said.starts_with(words))?;
    let number = said.get(words.len()..)?.strip_prefix(' ')?.split_whitespace().next()?;
    let noun = misfit.word_before();
    if !is_number(number) || noun.is_empty() || !misfit.expects(Rule::k_is) {
        return None;
    }
    let problem = misfit.cannot_read(misfit.at, misfit.at + words.len());
    let help = if noun.ends_with('s') {
        format!("write `is {asked}`; or, where `{noun}` are records, `{asked} {number} {noun}`")
    } else {
        format!("write `is {asked}`")
    };
    Some(problem.help(help).fix(misfit.span_of(misfit.at, misfit.at + words.len()), format!("is {asked}")))
}

/// `is over 3`, `is no more than 3`
pub(super) fn over_or_under(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let before: Vec<&str> = misfit.before().split_whitespace().collect();
    let said = misfit.rest();
    let [.., is, word] = before.as_slice() else { return None };
    let (start, end, instead) = match word.to_ascii_lowercase().as_str() {
        _ if !is.eq_ignore_ascii_case("is") => return None,
        word @ ("over" | "above" | "under" | "below") if is_number(misfit.found) => {
            let instead = if matches!(word, "over" | "above") { "more than" } else { "less than" };
            (misfit.start_of_word_before(), misfit.before().trim_end().len(), instead)
        }
        "no" => {
            let than = [("more than", "at most"), ("less than", "at least"), ("fewer than", "at least")];
            let (words, instead) = than.into_iter().find(|(words, _)| said.starts_with(words))?;
            (misfit.start_of_word_before(), misfit.at + words.len(), instead)
        }
        _ => return None,
    };
    let problem = misfit.cannot_read(start, end);
    Some(problem.help(format!("write `is {instead}`")).fix(misfit.span_of(start, end), instead).certain(true))
}

/// `is at least 3 hours from order-made`
pub(super) fn so_long_apart(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let asks = misfit.expects(Rule::k_ago) && ["from", "since"].contains(&misfit.found.to_ascii_lowercase().as_str());
    let span = misfit.span_of(misfit.at, misfit.at + misfit.found.len());
    let problem = || misfit.cannot_read(misfit.at, misfit.at + misfit.found.len());
    asks.then(|| problem().help("write `after`, and then the time that is counted from").fix(span, "after"))
}

/// `is within 3 days after the latest breach`
pub(super) fn after_a_record(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let before = misfit.before().trim_end().to_ascii_lowercase();
    let relation = ["before", "after", "on the same day as"].into_iter().find(|words| before.ends_with(words))?;
    let said = misfit.rest();
    if !["the latest", "the first", "the last"].into_iter().any(|words| said.starts_with(words)) {
        return None;
    }
    let problem = misfit.cannot_read(misfit.at, misfit.at + said.trim_end().len());
    let noun = said.split_whitespace().nth(2).unwrap_or("breach");
    let help = format!("ask it of the record: `in the latest {noun}, it is … this call's …`");
    Some(problem.help(help).help(format!("after `{relation}` comes a fact, a field, `it` or `this call`")))
}

/// `at least 2 calls today`, `due is today`
pub(super) fn today(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let today = misfit.found.eq_ignore_ascii_case("today").then_some(misfit.found.len())?;
    let problem = misfit.cannot_read(misfit.at, misfit.at + today);
    let help = "of records write `since midnight`; of a time, `is on the same day as this call`";
    let problem = problem.help(help);
    let span = misfit.span_of(misfit.at, misfit.at + today);
    Some(if misfit.expects(Rule::k_since) { problem.fix(span, "since midnight") } else { problem })
}

/// `is within 3 days of this call`, `is before 2 days after order-made`
pub(super) fn away_from(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let before = misfit.before().to_ascii_lowercase();
    let words: Vec<&str> = before.split_whitespace().collect();
    let said = misfit.rest();
    if let Some(at) = words.iter().rposition(|word| *word == "within").filter(|_| matches!(misfit.found, "of" | "from"))
    {
        let asks = at.checked_sub(1).and_then(|at| words.get(at)) == Some(&"is");
        let length = words.get(at + 1..)?.join(" ");
        if !asks || length.is_empty() {
            return None;
        }
        let end = said
            .find(',')
            .or_else(|| said.find(" and "))
            .or_else(|| said.find(" or "))
            .unwrap_or(said.trim_end().len());
        let phrase = said.get(..end)?.trim_end();
        let problem = misfit.cannot_read(misfit.at, misfit.at + phrase.len());
        let to_this_call = phrase.get(misfit.found.len()..)?.trim().eq_ignore_ascii_case("this call");
        let of = phrase.get(misfit.found.len()..)?.trim();
        return Some(if to_this_call {
            let span = misfit.span_of(misfit.before().trim_end().len(), misfit.at + phrase.len());
            problem.help(format!("`is within {length}` alone means the {length} before this call")).fix(span, "")
        } else {
            problem.help(format!(
                "say on which side of it: `is within {length} after {of}` or `is within {length} before {of}`"
            ))
        });
    }
    // `2 days after …` in the place of a time.
    if !is_unit(misfit.found) {
        return None;
    }
    let number = misfit.word_before();
    let relation = before.trim_end().strip_suffix(number)?.trim_end();
    let compared = ["before", "after", "on"].iter().any(|word| relation.ends_with(word));
    if !is_number(number) || !compared {
        return None;
    }
    let start = misfit.start_of_word_before();
    let length = format!("{number} {}", misfit.found);
    let mut after = said.split_whitespace().skip(1);
    let other = after.next().filter(|word| matches!(*word, "after" | "before")).and(after.next()).unwrap_or("TIME");
    let problem = misfit.cannot_read(start, misfit.at + said.trim_end().len());
    let asked = relation.rsplit(" is ").next().unwrap_or(relation);
    let (earlier, side) = (asked.ends_with("before"), said.split_whitespace().nth(1).unwrap_or("after"));
    let how = match (earlier, side) {
        (true, "before") | (false, "after") => "at least",
        _ => "at most",
    };
    Some(problem.help("a time is compared with another time or with a day, not with so long before or after one").help(
        format!(
            "of how far it lies from one, ask `is within {length} {side} {other}` or `is {how} {length} {side} {other}`"
        ),
    ))
}

/// `is between 10 and 13`, `is not between 10 minutes and 2 hours`
pub(super) fn between_numbers(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let lower = misfit.before().to_ascii_lowercase();
    let before: Vec<&str> = lower.split_whitespace().collect();
    let (subject, not) = match before.as_slice() {
        [of @ .., "is", "between"] => (of.len(), false),
        [of @ .., "is", "not", "between"] => (of.len(), true),
        _ => return None,
    };
    let subject = misfit.before().split_whitespace().nth(subject.checked_sub(1)?)?;
    let said = misfit.rest();
    let (first, after) = said.split_once(" and ").or_else(|| said.split_once(" to "))?;
    let first = first.trim();
    let mut words = after.split_whitespace();
    let (number, unit) = (words.next()?, words.next().unwrap_or("").trim_end_matches(','));
    let last = if is_unit(unit) { format!("{number} {unit}") } else { number.trim_end_matches(',').to_owned() };
    // `between 10 and 13 minutes`
    let first = if is_number(first) && is_unit(unit) { format!("{first} {unit}") } else { first.to_owned() };
    let is_date = |words: &str| crate::time::Date::parse(words).is_some();
    let is_amount = |words: &str| {
        let (number, unit) = words.split_once(' ').unwrap_or((words, "hours"));
        is_number(number) && is_unit(unit.trim_start())
    };
    let of_days = is_date(&first) && is_date(&last);
    let of_amounts = is_amount(&first) && is_amount(&last);
    if !of_days && !of_amounts {
        return None;
    }
    let timed = before.len() >= 4 && subject == "call" || subject == "it";
    let plain = is_number(&first) && is_number(&last);
    if timed && !of_days {
        return None;
    }
    let phrase =
        said.len() - after.len() + after.find(last.split(' ').next_back()?)? + last.split(' ').next_back()?.len();
    let problem = misfit.cannot_read(misfit.at, misfit.at + phrase);
    let instead = match (of_days, not) {
        (false, false) => format!("{subject} is from {first} to {last}"),
        (false, true) => format!("{subject} is not from {first} to {last}"),
        (true, false) => format!("{subject} is on or after {first} and {subject} is on or before {last}"),
        (true, true) => format!("{subject} is before {first} or {subject} is after {last}"),
    };
    Some(if plain {
        let not = if not { "not " } else { "" };
        problem
            .help(format!("for a number write `{instead}`"))
            .help(format!("for a time of day write `is {not}between {first:0>2}:00 and {last:0>2}:00`"))
    } else {
        problem.help(format!("write `{instead}`"))
    })
}
