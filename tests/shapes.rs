//! A line is read alike whatever was read before it: that lines of one shape share what the grammar says of them is
//! never seen.

use crate::support::{load_texts, policy_files, root};
use heedful::syntax::{self, parse, tree::Item};
use heedful::text::{Source, SourceId};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Names, numbers, days and what looks like them, also what begins with a word of the language.
const WORDS: [&str; 46] = [
    "dog",
    "Dog",
    "dogs",
    "dog-house",
    "dog-2",
    "2",
    "24",
    "100",
    "24h",
    "24-hours",
    "2026-02-28",
    "26-2-2",
    "10:30",
    "1:5",
    "a",
    "an",
    "any",
    "any-dog",
    "no",
    "no-2",
    "none",
    "not",
    "is",
    "it",
    "its",
    "s",
    "order",
    "order-2",
    "rising",
    "because",
    "because-2",
    "in-force",
    "within-2",
    "hours",
    "hour-2",
    "day",
    "monday",
    "mondays-2",
    "Europe/London",
    "dog-",
    "-dog",
    "dog--house",
    "_x",
    "x_y",
    "include",
    "includes-2",
];

/// Lines with two places for such words.
const LINES: [&str; 24] = [
    "setting @ is @",
    "setting @ is @ hours",
    "setting @ is 2 @, from 1 to @ \"A text\"",
    "rule @ \"@\"",
    "add to @ @",
    "suspend @ until @",
    "suspend @ from 2026-01-01 until @",
    "accept @ for @ until 2026-01-01",
    "accept @ for b1's @ until @",
    "calendar @ \"A text about @\"",
    "outcome @: highest of a1, @ and b1",
    "outcome @: either b1 or @, b1 wins",
    "record @, plural @ \"A text\"",
    "define @ as @",
    "define @ as @ is yes",
    "define @ as b1 is @",
    "define @ as b1's @ is one of c1, d1",
    "define b1, plural @, as a c1 where @ is d1",
    "define b1 as at least @ c1 by the same @ within 2 hours",
    "define b1 as any c1 since @, counting this one, followed within @ by any d1",
    "define b1 as in the latest c1 by the same @, it is within @ days",
    "define b1 as c1 is between @ and @",
    "define b1 as c1 include @ and @ is yes",
    "define @ as c1 is at least @ ago",
];

#[test]
fn a_line_is_read_alike_alone_and_after_others() {
    let mut text = "policy \"Shapes\"\n".to_owned();
    for line in LINES {
        for (at, word) in WORDS.iter().enumerate() {
            let other = WORDS[(at * 7 + 3) % WORDS.len()];
            let _ = writeln!(text, "{}", line.replacen('@', word, 1).replacen('@', other, 1));
            let _ = writeln!(text, "{}", line.replacen('@', "dog", 1).replacen('@', word, 1));
        }
    }
    let whole = read(&text);
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let range = start..start + line.len();
        let alone = read(&only(&text, range.clone()));
        let within = |(at, said): &&(usize, String)| range.contains(at) && !said.contains("empty-file");
        let both: [Vec<_>; 2] = [&whole, &alone].map(|read| read.iter().filter(within).collect());
        assert_eq!(both[0], both[1], "{line}");
        start = range.end;
    }
}

#[test]
fn a_heading_of_a_policy_is_read_alike_alone_and_after_others() {
    let mut compared = 0;
    for path in ["rules", "tests"].into_iter().flat_map(|folder| policy_files(&root(folder))) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let (file, problems) = parse(&Source::new(SourceId(0), "file", text.as_str()));
        if !problems.is_empty() {
            continue;
        }
        let starts: Vec<usize> = file.items.iter().map(|item| item.at.0.range().start).collect();
        let ends = starts.iter().skip(1).copied().chain([text.len()]);
        for (item, range) in file.items.iter().zip(starts.iter().copied().zip(ends).map(|(start, end)| start..end)) {
            let (alone, _) = parse(&Source::new(SourceId(0), "file", only(&text, range)));
            let said = |item: &Item| format!("{item:?}");
            assert_eq!(said(&item.node), said(&alone.items[0].node), "{}", path.display());
            compared += 1;
        }
    }
    assert!(compared > 300, "{compared} headings");
}

/// What was made of each line and what was said of it, with its place.
fn read(text: &str) -> Vec<(usize, String)> {
    let (file, problems) = parse(&Source::new(SourceId(0), "file", text));
    let items = file.items.iter().map(|item| (item.at.0.range().start, format!("{:?} {:?}", item.node, item.at)));
    let problems = problems.iter().map(|problem| (problem.span.range().start, format!("{problem:?}")));
    items.chain(problems).collect()
}

/// The text with nothing but this stretch, where it was.
fn only(text: &str, range: std::ops::Range<usize>) -> String {
    let blank = |text: &str| text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect::<String>();
    format!("{}{}{}", blank(&text[..range.start]), &text[range.clone()], blank(&text[range.end..]))
}

/// Words of the language, alone and as parts of names.
fn words_of_the_language() -> BTreeSet<String> {
    let grammar = std::fs::read_to_string(root("grammar/heedful.pest")).expect("the grammar");
    let quoted = grammar.lines().flat_map(|line| line.split("^\"").skip(1)).filter_map(|rest| rest.split('"').next());
    quoted.filter(|word| word.bytes().all(|byte| byte.is_ascii_lowercase())).map(str::to_owned).collect()
}

/// Every kind of thing, each with a name that `name` makes of a letter.
fn with_names(name: impl Fn(char) -> String) -> [String; 3] {
    let [fact, choice, one, two, record, plural, field, outcome, value, other] =
        ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].map(&name);
    let [setting, definition, group, groups, score, band, calendar, rule] =
        ['k', 'l', 'm', 'n', 'o', 'p', 'q', 'r'].map(&name);
    let vocabulary = format!(
        "vocabulary \"words\"\n  identities person\n\ncall \"A call\"\n  fact {fact}: yes or no \"A fact\"\n  fact {choice}: one of {one} \
         and {two} \"A choice\"\n  fact caller: identity of person \"Who calls\"\n  {choice} {one} is called \"The first\"\n\nrecord {record}, \
         plural {plural} \"A record\"\n  field {field}: yes or no \"A field\"\n  field caller: identity of person \"Who called\"\n\noutcome \
         {outcome}: highest of {value} and {other} \"An outcome\"\n  written as \"raise to\"\n  {value} is called \"The lowest\"\n\ncalendar \
         {calendar} \"A calendar\"\n  skips every Sunday\n"
    );
    let policy = format!(
        "policy \"Base\"\n  vocabulary \"words\"\n  time zone Europe/London\n  {outcome} {other} is called \"The highest\"\n\nsetting {setting} is 3 \
         days, from 1 day to 7 days \"A setting\"\n\ndefine {definition} as {fact} is yes and {choice} is {one}\n\ndefine {group}, plural {groups}, as \
         a {record} where {field} is yes\n\nscore {score} \"A score\"\n  points:\n    - 1 when {definition}\n    - 1 when {fact} is no\n  bands:\n    - 0: \
         none-of-them\n    - 1 or more: {band}\n  source \"A test\"\n\nrule {rule} \"A rule\"\n  may be suspended\n  when all of:\n    - {definition}\n    \
         - any {group} by the same caller within {setting}\n    - at least 2 {plural} by the same caller within 3 days where {field} is no\n    - {score} \
         is {band}\n    - {choice} is one of {one} or {two}\n    - in the latest {record} by the same caller, {field} is yes\n    - this call is on a day in \
         {calendar}\n  then raise to {other}\n  because \"{{{fact}}} in {{{setting}}}\"\n  source \"A test\"\n"
    );
    let force = format!(
        "policy \"Force\"\n  tailors \"Base\"\n  set {setting} to 2 days\n\nadd to {rule}\n  source \"Another test\"\n\nsuspend {rule} until \
         2026-12-31\n  because \"A test\"\n  owner \"A tester\"\n\naccept never-so for {rule} until 2026-12-31\n  because \"A test\"\n  owner \"A \
         tester\"\n\naccept not-used for {record}'s {field} until 2026-12-31\n  because \"A test\"\n  owner \"A tester\"\n"
    );
    [vocabulary, policy, force]
}

#[test]
fn a_name_may_begin_and_end_in_any_word_of_the_language() {
    let words = words_of_the_language();
    assert!(words.len() >= 100, "only {} words are found", words.len());
    let forms: [fn(&str, char) -> String; 3] = [
        |word, letter| format!("{letter}{letter}-{word}"),
        |word, letter| format!("{word}-{letter}{letter}"),
        |word, letter| format!("{letter}{letter}-{word}-{letter}{letter}"),
    ];
    for (word, form) in words.iter().flat_map(|word| forms.iter().map(move |form| (word, form))) {
        let texts = with_names(|letter| form(word, letter));
        let load = load_texts(&texts.each_ref().map(String::as_str));
        assert_eq!(load.policies.len(), 2, "{word}: {:?}\n{}", load.diagnostics, texts.join("\n"));
        for text in &texts {
            let read = |text: &str| parse(&Source::new(SourceId(0), "names", text)).0;
            assert_eq!(read(&syntax::print(&read(text))), read(text), "{word}");
        }
    }
}
