//! A line given twice is an error, whatever line it is.

use crate::support::{policy_files, root};
use heedful::engine::{self, Input};
use std::collections::BTreeMap;

/// How many lines of each kind are doubled.
const OF_EACH_KIND: usize = 2;

fn margin(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The lines of a file that begin something, each with where it ends and its kind: the first words of its heading, of the line that it is listed
/// under, and its own.
fn beginnings(text: &str) -> Vec<(usize, usize, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let says = |at: usize| !lines[at].trim().is_empty() && !lines[at].trim_start().starts_with('#');
    let mut found: Vec<(usize, usize, String)> = Vec::new();
    // The lines that this one may lie under, with whether lines under them are lines of their own.
    let mut above: Vec<(usize, bool, &str)> = Vec::new();
    for at in (0..lines.len()).filter(|at| says(*at)) {
        let own = margin(lines[at]);
        above.retain(|(margin, ..)| *margin < own);
        let begins = above.iter().all(|(_, opens, _)| *opens);
        let words: Vec<&str> = lines[at].split_whitespace().collect();
        let end = (at + 1..lines.len()).find(|next| says(*next) && margin(lines[*next]) <= own).unwrap_or(lines.len());
        if begins && !lines[at].trim_start().starts_with('"') {
            let under: Vec<&str> = above.iter().map(|(.., word)| *word).take(2).collect();
            found.push((at, end, format!("{} {}", under.join(" "), words[0])));
        }
        // A line goes on below it until the one that ends with a colon.
        let whole =
            lines[at..end].iter().take_while(|line| !line.trim_start().starts_with("- ")).map(|line| line.trim());
        let is_text = ["source", "because", "owner"].contains(&words[0]);
        let opens = own == 0 && !words[0].starts_with("setting") && !words[0].starts_with("define")
            || !is_text && whole.clone().any(|line| line.ends_with(':'));
        above.push((own, opens, words[0]));
    }
    found
}

#[test]
fn a_line_given_twice_is_refused() {
    let files: Vec<(String, String)> = policy_files(&root("rules"))
        .iter()
        .map(|path| (path.display().to_string(), std::fs::read_to_string(path).expect("a file")))
        .collect();
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let mut silent = Vec::new();
    for (file, text) in &files {
        let lines: Vec<&str> = text.lines().collect();
        for (at, end, kind) in beginnings(text) {
            let seen = kinds.entry(kind.clone()).or_default();
            *seen += 1;
            if *seen > OF_EACH_KIND {
                continue;
            }
            let doubled: Vec<&str> = lines[..end].iter().chain(&lines[at..]).copied().collect();
            let inputs: Vec<Input> = files
                .iter()
                .map(|(name, text)| {
                    let text = if name == file { doubled.join("\n") } else { text.clone() };
                    Input { name: name.clone(), bytes: text.into_bytes() }
                })
                .collect();
            let load = engine::load(&inputs);
            let place = |problem: &heedful::text::Diagnostic| {
                let source = load.sources.get(problem.span.source).expect("a file");
                (source.name == *file).then(|| source.position(problem.span.start).line)
            };
            let told = load.diagnostics.iter().filter_map(place).any(|line| end < line && line <= end + (end - at));
            if !told {
                silent.push(format!("{file}:{}: {kind}", at + 1));
            }
        }
    }
    assert_eq!(silent, Vec::<String>::new());
    assert!(kinds.len() > 30, "{} kinds of line", kinds.len());
}
