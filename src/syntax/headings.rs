//! Which words begin headings and the lines under them, and where a heading goes on.

/// Words after which a heading goes on, and words at which it does.
const BEFORE_MORE: [&str; 10] = ["by", "and", "or", "of", "from", "to", "until", "plural", "either", "as"];
const BEGIN_MORE: [&str; 7] = ["by", "and", "or", "from", "to", "until", "plural"];

/// Words that begin the lines under some headings.
pub(super) const LINES_UNDER: [(&[&str], &[&str]); 11] = [
    (&["rule", "add"], &["when", "then", "because", "source", "applies", "in", "on", "may"]),
    (&["suspend", "accept"], &["because", "owner"]),
    (&["invariant"], &["whenever", "then", "never", "source"]),
    (&["score"], &["points", "bands", "count", "source"]),
    (&["table"], &["gives", "source"]),
    (&["call"], &["fact"]),
    (&["questions"], &["asked", "looked"]),
    (&["record"], &["field", "asked", "kept", "in"]),
    (&["outcome"], &["written", "never"]),
    (&["calendar"], &["skips", "complete"]),
    (&["policy", "vocabulary"], &["vocabulary", "time", "tailors", "set", "identities", "extends"]),
];

/// Headings whose deeper lines belong under them although they do not end with a colon.
pub(super) const HEADINGS: [&str; 15] = [
    "vocabulary",
    "policy",
    "part",
    "call",
    "questions",
    "record",
    "outcome",
    "calendar",
    "score",
    "table",
    "rule",
    "add",
    "suspend",
    "accept",
    "invariant",
];

/// Whether a heading goes on with the next line: after a comma or a word that needs another, at a word that begins no line, to its
/// own text, and to its name where it has none yet.
pub(super) fn goes_on(heading: &str, next: &str) -> bool {
    let last = heading.rsplit(|character: char| !is_of_a_name(character)).next().unwrap_or("");
    let text = next.starts_with('"') && !heading.contains('"') && !heading.ends_with(':');
    heading.ends_with(',')
        || is_one_of(&BEFORE_MORE, last)
        || is_one_of(&BEGIN_MORE, first_word(next))
        || text
        || (is_one_of(&NAMED, heading.trim_end()) && is_name_and_more(heading, next))
}

/// Headings in which a name comes next.
const NAMED: [&str; 8] = ["questions", "rule", "record", "outcome", "calendar", "score", "table", "invariant"];

/// Whether a line is what follows one of [`NAMED`]: a name, and then nothing, a text or a mark; and no line under it.
fn is_name_and_more(heading: &str, said: &str) -> bool {
    let end = said.find(|character: char| !character.is_ascii_alphanumeric() && !matches!(character, '-' | '_'));
    let (name, after) = said.split_at(end.unwrap_or(said.len()));
    let lines = LINES_UNDER.iter().find(|(headings, _)| is_one_of(headings, heading.trim_end()));
    let begins_line = lines.is_some_and(|(_, lines)| is_one_of(lines, name));
    let after = after.trim_start();
    !name.is_empty()
        && !name.starts_with('-')
        && !begins_line
        && (after.is_empty() || after.starts_with(['"', ',', ':']))
}

/// Whether a line is a whole heading, which can be nothing else: `rule NAME "…"`, `outcome NAME: …`.
pub(super) fn is_whole(said: &str) -> bool {
    let word = first_word(said);
    let after = said.get(word.len()..).unwrap_or("");
    let name = after.trim_start();
    let mark =
        name.find(['"', ':']).filter(|at| name.get(..*at).is_some_and(|name| name.split_whitespace().count() == 1));
    after.starts_with(' ')
        && match mark.and_then(|at| name.get(at..)) {
            Some(rest) if rest.starts_with('"') => {
                is_one_of(&["questions", "rule", "record", "calendar", "score", "invariant"], word)
            }
            Some(rest) => is_one_of(&["outcome"], word) && rest.trim_start_matches(':').starts_with(' '),
            None => false,
        }
}

pub(super) fn first_word(content: &str) -> &str {
    content.split(|character: char| !is_of_a_name(character)).next().unwrap_or("")
}

/// A name may begin or end in a word that means something alone: `added-to`.
fn is_of_a_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_')
}

pub(super) fn is_one_of(words: &[&str], word: &str) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}
