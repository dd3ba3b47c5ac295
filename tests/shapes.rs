//! A line is read alike whatever was read before it: that lines of one shape share what the grammar says of them is
//! never seen.

use crate::support::{policy_files, root};
use heedful::syntax::{parse, tree::Item};
use heedful::text::{Source, SourceId};
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
