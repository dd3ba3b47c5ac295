//! Whether this call is counted too, said in other words or in another place than after what is counted.

use super::grammar::Rule;
use super::misfit::{Misfit, is_number};
use crate::text::Diagnostic;

const COUNTING: &str = "counting this one";
const NOT_COUNTING: &str = "not counting this one";

/// What people say for either, and which of the two it is.
const SAID: [(&str, &str); 22] = [
    (COUNTING, COUNTING),
    ("counting this call", COUNTING),
    ("counting the current call", COUNTING),
    ("counting this", COUNTING),
    ("including this one", COUNTING),
    ("including this call", COUNTING),
    ("including the current call", COUNTING),
    ("including this", COUNTING),
    ("this one included", COUNTING),
    ("this call included", COUNTING),
    (NOT_COUNTING, NOT_COUNTING),
    ("not counting this call", NOT_COUNTING),
    ("not counting the current call", NOT_COUNTING),
    ("not counting this", NOT_COUNTING),
    ("not including this one", NOT_COUNTING),
    ("not including this call", NOT_COUNTING),
    ("without counting this one", NOT_COUNTING),
    ("excluding this one", NOT_COUNTING),
    ("excluding this call", NOT_COUNTING),
    ("other than this one", NOT_COUNTING),
    ("other than this call", NOT_COUNTING),
    ("except this one", NOT_COUNTING),
];

pub(super) fn advice(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    in_other_words(misfit).or_else(|| before_a_noun(misfit))
}

fn in_other_words(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let lower = misfit.rest().to_ascii_lowercase();
    let words_end = |words: &str| {
        let after = lower.strip_prefix(words)?.chars().next();
        after.is_none_or(|next| !next.is_alphanumeric() && next != '-').then_some(words.len())
    };
    let (length, meant) = SAID.iter().find_map(|(words, meant)| Some((words_end(words)?, *meant)))?;
    let (before, end) = (misfit.before().trim_end(), misfit.at + length);
    let problem = misfit.cannot_read(misfit.at, end);
    let joined = ["and", "or", "but"].into_iter().find(|word| before.ends_with(&format!(" {word}")));
    let begun = before.to_ascii_lowercase();
    let of_one = ["in the latest ", "in the first ", "the gap since the latest "];
    if begun.rsplit(" and ").next().is_some_and(|begun| of_one.iter().any(|words| begun.contains(words))) {
        let gap = misfit.span_of(before.trim_end_matches(',').len(), end);
        return Some(problem.help("only records from before this call are looked at here: leave it out").fix(gap, ""));
    }
    if misfit.expects(Rule::k_counting_this_one) {
        return Some(problem.help(format!("write `{meant}`")).fix(misfit.span_of(misfit.at, end), meant).certain(true));
    }
    let after = misfit.said.get(end..)?.trim_start_matches([',', ' ']).trim_end();
    if let (Some(word), "") = (joined, after) {
        let start = before.len() - word.len();
        let span = misfit.span_of(before.get(..start)?.trim_end().trim_end_matches(',').len(), end);
        let problem = misfit.cannot_read(start, end);
        return Some(problem.help(format!("write `, {meant}`, without `{word}`")).fix(span, format!(", {meant}")));
    }
    let counts = ["any ", "no ", "at ", "more ", "fewer ", "exactly "].iter().any(|word| after.starts_with(word));
    let example = if counts && !after.contains([',', ':']) && !after.contains(" and ") && !after.contains(" or ") {
        format!("`{after}, {meant}`")
    } else {
        format!("`any call by the same caller within 24 hours, {meant}`")
    };
    Some(problem.help(format!("it stands after the records that are counted, such as {example}")))
}

/// `any other call`, `at least 2 previous calls`
fn before_a_noun(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let word = misfit.word_before();
    let before = misfit.before().trim_end().strip_suffix(word)?.trim_end();
    let quantifier = before.rsplit(' ').next().unwrap_or("");
    let counts = is_number(quantifier) || ["any", "no", "a", "an"].contains(&quantifier);
    let noun = misfit.found.starts_with(|first: char| first.is_ascii_alphabetic())
        && !["is", "by", "within", "where", "about", "at", "in", "and", "or"].contains(&misfit.found);
    let words = ["other", "another", "previous", "earlier", "prior", "past", "further", "additional", "recent"];
    if !words.contains(&word) || !counts || !noun {
        return None;
    }
    let start = misfit.start_of_word_before();
    let problem = misfit.cannot_read(start, misfit.at + misfit.found.len());
    Some(
        problem
            .help(format!("leave `{word}` out: records are from before this call"))
            .help("where this call would count as one of them, say `, not counting this one` after them")
            .fix(misfit.span_of(start, misfit.at), ""),
    )
}
