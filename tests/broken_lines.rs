//! The shipped policies with one line broken: the line is named first, and hardly anything besides.

use crate::laws::{each, policies};
use crate::support::{policy_files, root};
use heedful::engine::{self, Input, Load};
use heedful::text::{Diagnostic, Severity};
use proptest::prelude::any;
use proptest::sample::Index;
use std::ops::Range;

/// Some breaks are two faults, or look like two: the text of a line that is gone is left over, a line that is cut off leaves
/// its other half, a name that is declared no more is missing both where a force sets it and where rules ask for it.
const MOST: usize = 2;

const BREAKS: [&str; 6] = ["letter", "word", "line", "margin", "end", "mark"];

/// One line of a file, broken.
struct Broken {
    load: Load,
    file: String,
    /// Its number, and those of the lines under the same heading.
    line: usize,
    block: Range<usize>,
    was: String,
    how: &'static str,
}

fn shipped() -> Vec<Input> {
    let read = |path: &std::path::PathBuf| {
        let name = path.strip_prefix(root("")).expect("inside the repository").display().to_string();
        Input { name, bytes: std::fs::read(path).expect("a readable file") }
    };
    policy_files(&root("rules")).iter().map(read).collect()
}

/// What is left of a line; `None` where this does not break it.
fn broken(line: &str, how: &str, place: Index) -> Option<String> {
    let places = |wanted: &dyn Fn(char) -> bool| -> Vec<usize> {
        line.char_indices().filter(|(_, character)| wanted(*character)).map(|(at, _)| at).collect()
    };
    let without = |at: usize| {
        let (before, after) = line.split_at(at);
        format!("{before}{}", after.chars().skip(1).collect::<String>())
    };
    let pick = |places: Vec<usize>| (!places.is_empty()).then(|| *place.get(&places));
    let left = match how {
        "letter" => without(pick(places(&|character| character != ' '))?),
        "word" => {
            let words: Vec<&str> = line.split_whitespace().collect();
            line.replacen(*place.get(&words), "", 1)
        }
        "line" => String::new(),
        "margin" => line.strip_prefix("  ")?.to_owned(),
        "end" => line[..pick(places(&|_| true))?].trim_end().to_owned(),
        _ => without(pick(places(&|character| character == '"'))?),
    };
    (left != line).then_some(left)
}

fn broken_set(set: &[Input], file: Index, line: Index, how: &'static str, place: Index) -> Option<Broken> {
    let at = file.index(set.len());
    let text = String::from_utf8(set[at].bytes.clone()).expect("a text");
    let lines: Vec<&str> = text.lines().collect();
    let number = line.index(lines.len());
    let was = lines[number];
    if was.trim().is_empty() || was.trim_start().starts_with('#') {
        return None;
    }
    let left = broken(was, how, place)?;
    let heads = |line: &&str| !line.is_empty() && !line.starts_with([' ', '#']);
    let start = lines[..number].iter().rposition(heads).unwrap_or(0);
    let end = lines[number + 1..].iter().position(heads).map_or(lines.len(), |after| number + 1 + after);
    let mut changed: Vec<&str> = lines.clone();
    match left.trim().is_empty() {
        true => drop(changed.remove(number)),
        false => changed[number] = &left,
    }
    let mut set = set.to_vec();
    set[at].bytes = changed.join("\n").into_bytes();
    let load = engine::load(&set);
    Some(Broken {
        load,
        file: set[at].name.clone(),
        line: number + 1,
        block: start + 1..end + 2,
        was: was.to_owned(),
        how,
    })
}

impl Broken {
    fn errors(&self) -> Vec<&Diagnostic> {
        self.load.diagnostics.iter().filter(|problem| problem.severity == Severity::Error).collect()
    }

    /// Whether a problem shows the heading of the line, what stands under it, or a name that stood in it.
    fn names_the_line(&self, problem: &Diagnostic) -> bool {
        let places = problem.others.iter().map(|(span, _)| *span).chain([problem.span]);
        let shows = places.into_iter().any(|span| {
            let source = self.load.sources.get(span.source).expect("a place in a file");
            source.name == self.file && self.block.contains(&source.position(span.start).line)
        });
        shows || self.misses_what_stood_there(problem)
    }

    /// Whether a problem is that a name is missing which stood in the line.
    fn misses_what_stood_there(&self, problem: &Diagnostic) -> bool {
        let missing = problem.message.rsplit('`').nth(1).unwrap_or("");
        missing.len() > 1 && self.was.contains(missing.trim_end_matches('s'))
    }

    fn fault(&self) -> Option<String> {
        let errors = self.errors();
        // A list that is cut short may be a list all the same: each of the names that it has lost is missing somewhere.
        let few = errors.iter().filter(|problem| !self.misses_what_stood_there(problem)).count() <= MOST;
        let first = errors.first().is_none_or(|first| self.names_the_line(first));
        let told: Vec<&str> = errors.iter().map(|problem| problem.message.as_str()).collect();
        let of = || format!("{}:{}, one {} less of `{}`: {told:#?}", self.file, self.line, self.how, self.was);
        (!few || !first).then(of)
    }
}

#[test]
fn a_broken_line_is_named_and_hardly_anything_besides() {
    let set = shipped();
    let drawn = (any::<Index>(), any::<Index>(), 0..BREAKS.len(), any::<Index>());
    let mut faults = Vec::new();
    each(policies(60), &drawn, |(file, line, how, place)| {
        let broken = broken_set(&set, file, line, BREAKS[how], place);
        faults.extend(broken.and_then(|broken| broken.fault()));
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
