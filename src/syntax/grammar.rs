//! The generated parser, and the words of its keywords.

use pest::Parser;
use pest::error::Error;
use pest::iterators::Pair;
use std::sync::LazyLock;

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/heedful.pest"]
struct Grammar;

/// What a production makes of a line.
pub(super) fn parse(rule: Rule, said: &str) -> Result<Option<Pair<'_, Rule>>, Box<Error<Rule>>> {
    Ok(Grammar::parse(rule, said)?.next())
}

/// The words of each rule of the grammar that is a keyword, by its number; none for the others.
static KEYWORDS: LazyLock<Vec<Option<String>>> = LazyLock::new(|| {
    let mut table = vec![None; Rule::all_rules().len() + 1];
    for rule in Rule::all_rules() {
        if let Some(slot) = table.get_mut(*rule as usize) {
            *slot = format!("{rule:?}").strip_prefix("k_").map(|name| name.replace('_', " "));
        }
    }
    table
});

pub(super) fn is_keyword(rule: Rule) -> bool {
    KEYWORDS.get(rule as usize).is_some_and(Option::is_some)
}

/// A keyword's words, from its name in the grammar.
pub(super) fn keyword_words(rule: Rule) -> &'static str {
    KEYWORDS.get(rule as usize).and_then(Option::as_deref).unwrap_or("")
}

/// Every word that the grammar itself spells out, by its first letter.
static WORDS: LazyLock<[Vec<&str>; 26]> = LazyLock::new(|| {
    let spelt = include_str!("../../grammar/heedful.pest").split("^\"").skip(1);
    let mut words = [const { Vec::new() }; 26];
    for word in spelt.filter_map(|rest| rest.split('"').next()) {
        if let Some(known) = letter(word).and_then(|at| words.get_mut(at)).filter(|known| !known.contains(&word)) {
            known.push(word);
        }
    }
    words
});

fn letter(word: &str) -> Option<usize> {
    let first = word.bytes().next()?.to_ascii_lowercase();
    first.is_ascii_lowercase().then(|| usize::from(first - b'a'))
}

/// Whether the grammar spells this word out somewhere, in any letters, also with an `s` at its end.
pub(super) fn is_spelt_out(word: &str) -> bool {
    let singular = word.strip_suffix(['s', 'S']);
    let same = |known: &str| {
        word.eq_ignore_ascii_case(known) || singular.is_some_and(|singular| singular.eq_ignore_ascii_case(known))
    };
    letter(word).and_then(|at| WORDS.get(at)).is_some_and(|known| known.iter().any(|known| same(known)))
}
