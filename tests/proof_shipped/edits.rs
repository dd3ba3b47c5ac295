//! The text of policies -> the same with one small mistake in one line, or without a line or a rule.

use super::draw::Draw;

/// Words and what may stand in their place by mistake.
const SWAPS: [(&str, &[&str]); 33] = [
    ("at least", &["more than", "at most", "exactly", "fewer than"]),
    ("at most", &["at least", "fewer than"]),
    ("more than", &["at least"]),
    ("all of", &["any of", "none of", "at least 2 of"]),
    ("any of", &["all of", "none of", "at least 2 of"]),
    ("none of", &["any of"]),
    ("when any ", &["when no ", "when at least 2 "]),
    ("- any ", &["- no ", "- at least 2 "]),
    ("- no ", &["- any "]),
    ("is yes", &["is no"]),
    ("is no", &["is yes"]),
    (", counting this one", &[", not counting this one"]),
    (", not counting this one", &[", counting this one"]),
    (" is ", &[" is not "]),
    ("include any", &["include all", "include none"]),
    (" not ", &[" "]),
    ("hours", &["days", "minutes"]),
    ("days", &["hours", "weeks", "months"]),
    ("months", &["days", "weeks", "years"]),
    ("minutes", &["hours"]),
    ("year", &["month"]),
    ("priority", &["scheduled", "immediate"]),
    ("immediate", &["priority", "scheduled"]),
    ("scheduled", &["priority", "resolved"]),
    ("the same caller", &["the same victim", "the same phone"]),
    ("the same victim", &["the same suspect"]),
    ("latest", &["first"]),
    ("has passed", &["is none", "is not none"]),
    ("is not none", &["is none"]),
    (" in force", &[""]),
    ("supervisor", &["da-specialist"]),
    ("caller", &["victim"]),
    (" and ", &[" or "]),
];

/// One mistake in one of some files; `None` where none can be made at the place that was drawn.
pub fn mistaken(files: &[(String, String)], draw: &mut Draw) -> Option<(Vec<(String, String)>, String)> {
    let at = draw.below(files.len());
    let (name, text) = &files[at];
    let lines: Vec<&str> = text.lines().collect();
    let place = draw.below(lines.len());
    let line = *lines.get(place)?;
    let (changed, how) = match draw.below(12) {
        0 => without_rule(&lines, place)?,
        1 => (without(&lines, place, 1), format!("without `{}`", line.trim())),
        2 if line.starts_with("rule ") => {
            let mut with = lines.clone();
            with.insert(
                place + 1,
                draw.one(&["  on trial", "  in force from 2026-06-01", "  in force until 2026-06-01"]),
            );
            (with.join("\n"), format!("{} in `{line}`", with[place + 1].trim()))
        }
        _ => {
            if !means_something(&lines, place) {
                return None;
            }
            let other = otherwise(line, draw)?;
            let mut with = lines.clone();
            with[place] = &other;
            (with.join("\n"), format!("`{}` for `{}`", other.trim(), line.trim()))
        }
    };
    let mut edited = files.to_vec();
    edited[at].1 = changed + "\n";
    Some((edited, format!("{name}: {how}")))
}

/// Whether what stands in a line takes part in a decision: neither a comment nor a reason, a source or words for people.
fn means_something(lines: &[&str], place: usize) -> bool {
    let of_words = |line: &str| {
        let line = line.trim_start();
        ["because", "source", "\"", "#", "owner"].iter().any(|word| line.starts_with(word))
    };
    let margin = |line: &str| line.len() - line.trim_start().len();
    let own = margin(lines[place]);
    // A line further in goes on with the one above it, unless it is an item.
    let above = lines[..place].iter().rev().find(|line| margin(line) < own && !line.trim().is_empty());
    let goes_on = !lines[place].trim_start().starts_with("- ") && above.is_some_and(|line| of_words(line));
    !lines[place].trim().is_empty() && !of_words(lines[place]) && !goes_on
}

fn otherwise(line: &str, draw: &mut Draw) -> Option<String> {
    let end = line.find('"').unwrap_or(line.len());
    let (code, words) = line.split_at(end);
    let mut numbers: Vec<(usize, &str)> = Vec::new();
    let mut at = 0;
    for word in code.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != '-') {
        let number = word.trim_end_matches(|c: char| !c.is_ascii_digit());
        let is_number = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
        if is_number && word.chars().filter(char::is_ascii_alphanumeric).count() == number.len() {
            numbers.push((at, number));
        }
        at += word.len();
    }
    let mut ways: Vec<String> = Vec::new();
    for (at, number) in numbers {
        let value: i64 = number.parse().ok()?;
        let rest = &code[at + number.len()..];
        ways.extend([value - 1, value + 1, value * 2].map(|other| format!("{}{other}{rest}", &code[..at])));
    }
    for (from, into) in SWAPS {
        for (at, _) in code.match_indices(from) {
            let rest = &code[at + from.len()..];
            ways.extend(into.iter().map(|other| format!("{}{other}{rest}", &code[..at])));
        }
    }
    if ways.is_empty() {
        return None;
    }
    Some(format!("{}{words}", ways[draw.below(ways.len())]))
}

fn without(lines: &[&str], from: usize, many: usize) -> String {
    let kept = lines.iter().enumerate().filter(|(at, _)| !(from..from + many).contains(at));
    kept.map(|(_, line)| *line).collect::<Vec<_>>().join("\n")
}

/// Without the rule that a line stands in.
fn without_rule(lines: &[&str], place: usize) -> Option<(String, String)> {
    let begins = |line: &&str| !line.is_empty() && !line.starts_with([' ', '#']);
    let start = lines[..=place].iter().rposition(&begins).filter(|at| lines[*at].starts_with("rule "))?;
    let many = 1 + lines[start + 1..].iter().position(&begins).unwrap_or(lines.len() - start - 1);
    Some((without(lines, start, many), format!("without `{}`", lines[start])))
}
