//! Small services to whoever writes a sentence: lists of words, and the name that was probably meant.

use std::borrow::Cow;
use std::fmt::Display;
use unicode_normalization::UnicodeNormalization;

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

/// With a capital at its beginning.
pub fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Whether words say something: marks and blanks alone do not.
pub fn says_something(words: &str) -> bool {
    words.chars().any(char::is_alphanumeric)
}

/// A value as it is written, and in brackets what people call it where its name does not say that already.
pub fn with_words(value: &str, words: Option<&String>) -> String {
    match words {
        Some(words) if *words != aloud(value) => format!("{value} ({words})"),
        _ => value.to_owned(),
    }
}

/// The plural that a name has unless its declaration gives another.
pub fn plural(name: &str) -> String {
    format!("{name}s")
}

/// `1 rule`, `2 rules`
pub fn counted<N: Display + PartialEq + From<u8>>(number: N, what: &str) -> String {
    if number == N::from(1) { format!("1 {what}") } else { format!("{number} {}", plural(what)) }
}

/// A name as it is heard: in small letters, its words joined by hyphens, its accents composed. Names with one of these cannot be
/// told apart when they are read aloud.
pub fn heard(name: &str) -> String {
    identical(name).to_lowercase().replace(['_', ' '], "-")
}

/// A name as it may be typed: its words in small letters, joined by hyphens. Names with one of these cannot be told apart.
pub fn slug(name: &str) -> String {
    let name = identical(name);
    let words = name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
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
    short.or_else(|| same_or_near(&written, &UNITS))
}

/// The number that words such as `three`, `twenty-four` and `forty eight` say.
pub fn spelt_number(words: &str) -> Option<u32> {
    const WORDS: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let find = |known: &[&str], word: &str| known.iter().position(|known| known.eq_ignore_ascii_case(word));
    let said = match words.split_once(['-', ' ']) {
        None => find(&WORDS, words).or_else(|| find(&TENS, words).map(|ten| 10 * (ten + 2)))?,
        Some((ten, one)) => 10 * (find(&TENS, ten)? + 2) + find(&WORDS, one).filter(|one| (1..10).contains(one))?,
    };
    u32::try_from(said).ok()
}

/// The candidate that `written` was probably meant to be: the same but for capitals and joining marks,
/// or at most a third of its letters away; never the same word, which is no help. Candidates equally near go to the first. Nobody misspells a name
/// that is longer than [`LONGEST`], and past [`MOST`] candidates the guess is not worth the wait.
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if written.len() > LONGEST {
        return None;
    }
    let wanted = heard(written);
    let limit = (wanted.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .take(MOST)
        .filter(|candidate| *candidate != written)
        .filter(|candidate| candidate.len().abs_diff(wanted.len()) <= limit)
        .map(|candidate| (strsim::damerau_levenshtein(&wanted, &heard(candidate)), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The candidate that a word is, in any letters, or else the one that it was probably meant to be.
pub fn same_or_near<'a>(written: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let same = candidates.iter().find(|candidate| candidate.eq_ignore_ascii_case(written)).copied();
    same.or_else(|| nearest(written, candidates.iter().copied()))
}

/// The words of a text in small letters, with a blank before each and after the last; nothing where there is no word. Words
/// are runs of letters, the marks on them, digits, and apostrophes inside them. So one text has the words of another, side by side, where it
/// contains it.
///
/// What looks alike is alike: letters composed or not, full-width letters, ligatures, ß and ss, every kind of apostrophe. Marks that nobody
/// sees, such as a soft hyphen, are not there.
pub fn folded(text: &str) -> String {
    let is_apostrophe = |character: char| character == '\'';
    let is_of_word = |character: char| character.is_alphanumeric() || is_apostrophe(character) || is_mark(character);
    let plain = if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(composed(text)) };
    let mut folded = String::with_capacity(plain.len() + 2);
    for word in plain.split(|character: char| !is_of_word(character)) {
        let word = word.trim_start_matches(is_mark).trim_matches(is_apostrophe);
        if !word.is_empty() {
            folded.push(' ');
            folded.push_str(word);
        }
    }
    if !folded.is_empty() {
        folded.push(' ');
    }
    folded.make_ascii_lowercase();
    folded
}

/// The one spelling of who somebody is, or of a record's id: without blanks around it or marks that nobody sees, and with its
/// accents composed. Two systems that write one name in two ways mean one person.
#[inline]
pub fn identical(words: &str) -> Cow<'_, str> {
    let is_plain = |edge: Option<&u8>| edge.is_some_and(u8::is_ascii_graphic);
    if words.is_ascii() && is_plain(words.as_bytes().first()) && is_plain(words.as_bytes().last()) {
        return Cow::Borrowed(words);
    }
    let seen: String = words.chars().filter(|character| !is_unseen(*character)).nfc().collect();
    Cow::Owned(seen.trim().to_owned())
}

/// A text in small letters, in which what looks alike is the same.
fn composed(text: &str) -> String {
    let seen = text.chars().filter(|character| !is_unseen(*character));
    let plain = seen.nfkc().map(|character| if is_other_apostrophe(character) { '\'' } else { character });
    // Large letters have one spelling where small ones have two: ß and ss, ς and σ.
    let small = plain.flat_map(char::to_lowercase).flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    small.nfkc().collect()
}

fn is_mark(character: char) -> bool {
    !character.is_ascii() && unicode_normalization::char::is_combining_mark(character)
}

/// The apostrophes that word processors, keyboards and transcription write for the plain one.
fn is_other_apostrophe(character: char) -> bool {
    matches!(
        character,
        '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{2032}' | '\u{02B9}' | '\u{02BC}' | '\u{02BB}' | '\u{A78C}'
    )
}

/// Marks that change how a text is set and not what it says.
fn is_unseen(character: char) -> bool {
    matches!(character,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::{folded, identical};
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    #[test]
    fn one_person_has_one_spelling() {
        for other in ["José", "Jose\u{301}", " José", "José \t", "Jos\u{200B}é", "\u{FEFF}José"] {
            assert_eq!(identical(other), "José", "{other:?}");
        }
        assert_eq!(identical("p1"), "p1");
        assert_eq!(identical(" \u{200B} "), "");
        assert_ne!(identical("P1"), identical("p1"));
    }

    #[test]
    fn words_are_the_same_however_they_are_set_apart_or_written_large() {
        let said = folded("“He SAID: I’ll\tkill-you!” — 'Älter' she said, rock 'n' roll, ΣΑΣ.");
        assert_eq!(said, " he said i'll kill you älter she said rock n roll σασ ");
        assert!(
            said.contains(&folded("I'll kill you")) && said.contains(&folded("ÄLTER")) && said.contains(&folded("σας"))
        );
        assert!(!said.contains(&folded("kill yo")) && !said.contains(&folded("ill")));
        assert_eq!(folded(" -- '’' … "), "");
    }

    #[test]
    fn what_looks_alike_is_the_same_word() {
        let alike = [
            ("étranglée", "e\u{301}trangle\u{301}e"),
            ("knife", "ｋｎｉｆｅ"),
            ("find", "ﬁnd"),
            ("Strasse", "STRAẞE"),
            ("Straße", "strasse"),
            ("strangled", "stran\u{AD}gled"),
            ("strangled", "stran\u{200B}gled\u{FEFF}"),
            ("don't", "don\u{02BC}t"),
            ("don't", "don\u{FF07}t"),
            ("knife-point", "knife\u{2010}point"),
            ("knife point", "knife\u{A0}point"),
        ];
        for (one, other) in alike {
            assert_eq!(folded(one), folded(other), "{one}");
        }
        let apart = [("knife", "kn ife"), ("resume", "résumé"), ("x", "x\u{302}"), ("ill", "I'll")];
        for (one, other) in apart {
            assert_ne!(folded(one), folded(other), "{one}");
        }
    }

    proptest! {
        /// Whatever is written, and however its letters are composed.
        #[test]
        fn composing_letters_otherwise_changes_no_word(text in "(\\PC|[éåöñçǘệἀ각ﬁß\u{301}\u{323}]){0,30}") {
            for other in [text.nfc().collect::<String>(), text.nfd().collect()] {
                prop_assert_eq!(folded(&other), folded(&text));
            }
        }
    }
}
