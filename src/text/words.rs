//! Small services to whoever writes a sentence: lists of words, and the name that was probably meant.

use std::borrow::Cow;

/// The longest name, in bytes, for which a nearest one is sought, and the most candidates that are looked at.
const LONGEST: usize = 80;
const MOST: usize = 1000;

/// The most words that a sentence lists.
const MOST_LISTED: usize = 64;

/// The text with every word cut short that nobody would read to its end, so that a message stays a message.
pub(super) fn brief(text: String) -> String {
    let too_long = |word: &str| word.len() > 2 * LONGEST;
    if !text.split(' ').any(too_long) {
        return text;
    }
    let cut = |word: &str| word.chars().take(LONGEST).chain(['…']).collect::<String>();
    let words: Vec<String> =
        text.split(' ').map(|word| if too_long(word) { cut(word) } else { word.to_owned() }).collect();
    words.join(" ")
}

/// A text in which nothing steers a terminal or turns the direction of writing: what would, and what cannot be seen, is
/// shown as a mark. Line ends are among it.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(seen).collect())
}

/// The letter, or the mark that stands for one that cannot be shown.
pub fn seen(letter: char) -> char {
    let hidden = letter.is_control()
        || matches!(
            letter,
            '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
                | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}'
        );
    if hidden { char::REPLACEMENT_CHARACTER } else { letter }
}

/// `a, b and c`, each in backticks; the last pair joined by `conjunction`.
pub fn joined<S: AsRef<str>>(words: &[S], conjunction: &str) -> String {
    let mut quoted: Vec<String> = words.iter().take(MOST_LISTED).map(|word| format!("`{}`", word.as_ref())).collect();
    if words.len() > MOST_LISTED {
        quoted.push(format!("{} more", words.len() - MOST_LISTED));
    }
    spoken(&quoted, conjunction)
}

/// `a, b and c`; the last pair joined by `conjunction`.
pub fn spoken<S: AsRef<str>>(words: &[S], conjunction: &str) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.split_last() {
        None => String::new(),
        Some((only, [])) => (*only).to_owned(),
        Some((last, rest)) => format!("{} {conjunction} {last}", rest.join(", ")),
    }
}

/// A name as it is said: its hyphens are for the machine.
pub fn aloud(name: &str) -> String {
    name.replace('-', " ")
}

/// The plural that a name has unless its declaration gives another.
pub fn plural(name: &str) -> String {
    format!("{name}s")
}

/// `an incident`, `a breach`.
pub fn with_article(name: &str) -> String {
    let vowel = name.chars().next().is_some_and(|first| "aeiouAEIOU".contains(first));
    if vowel { format!("an {name}") } else { format!("a {name}") }
}

/// The unit of time that was probably meant by a word that is none, such as `hrs`.
pub fn nearest_unit(written: &str) -> Option<&'static str> {
    const UNITS: [&str; 6] = ["minutes", "hours", "days", "weeks", "months", "years"];
    const SHORT: [(&str, &str); 13] = [
        ("m", "minutes"),
        ("min", "minutes"),
        ("mins", "minutes"),
        ("h", "hours"),
        ("hr", "hours"),
        ("hrs", "hours"),
        ("d", "days"),
        ("wk", "weeks"),
        ("wks", "weeks"),
        ("mth", "months"),
        ("mths", "months"),
        ("yr", "years"),
        ("yrs", "years"),
    ];
    let written = written.to_lowercase();
    let short = SHORT.iter().find(|(short, _)| *short == written).map(|(_, unit)| *unit);
    short.or_else(|| nearest(&written, UNITS))
}

/// The candidate that `written` was probably meant to be: the same but for capitals and joining marks,
/// or at most a third of its letters away; never the same word, which is no help. Candidates equally near go to the first. Nobody misspells a name
/// that is longer than [`LONGEST`], and past [`MOST`] candidates the guess is not worth the wait.
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |name: &str| name.to_lowercase().replace(['_', ' '], "-");
    if written.len() > LONGEST {
        return None;
    }
    let wanted = plain(written);
    let limit = (wanted.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .take(MOST)
        .filter(|candidate| *candidate != written)
        .filter(|candidate| candidate.len().abs_diff(wanted.len()) <= limit)
        .map(|candidate| (strsim::damerau_levenshtein(&wanted, &plain(candidate)), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The words of a text in small letters, with a blank before each and after the last; nothing where there is no word. Words
/// are runs of letters and digits, and apostrophes inside them. So one text has the words of another, side by side, where it
/// contains it.
pub fn folded(text: &str) -> String {
    let is_apostrophe = |character: char| matches!(character, '\'' | '\u{2019}');
    let mut folded = String::with_capacity(text.len() + 2);
    for word in text.split(|character: char| !character.is_alphanumeric() && !is_apostrophe(character)) {
        let word = word.trim_matches(is_apostrophe);
        if word.is_empty() {
            continue;
        }
        folded.push(' ');
        if word.is_ascii() {
            folded.push_str(word);
        } else {
            folded.push_str(&word.replace('\u{2019}', "'").to_lowercase());
        }
    }
    if !folded.is_empty() {
        folded.push(' ');
    }
    folded.make_ascii_lowercase();
    folded
}

#[cfg(test)]
mod tests {
    use super::{folded, harmless};

    #[test]
    fn what_turns_writing_about_is_shown_as_a_mark() {
        assert_eq!(harmless("plain words, 3 of them"), "plain words, 3 of them");
        assert_eq!(
            harmless("Zoë: \u{202E}thgir\u{202C}\n\u{1B}[31m\u{2067}"),
            "Zoë: \u{FFFD}thgir\u{FFFD}\u{FFFD}\u{FFFD}[31m\u{FFFD}"
        );
    }

    #[test]
    fn words_are_the_same_however_they_are_set_apart_or_written_large() {
        let said = folded("“He SAID: I’ll\tkill-you!” — 'Älter' she said, rock 'n' roll, ΣΑΣ.");
        assert_eq!(said, " he said i'll kill you älter she said rock n roll σας ");
        assert!(said.contains(&folded("I'll kill you")) && said.contains(&folded("ÄLTER")));
        assert!(!said.contains(&folded("kill yo")) && !said.contains(&folded("ill")));
        assert_eq!(folded(" -- '’' … "), "");
    }
}
