//! Broken policies under `errors/`, and doubtful ones under `warnings/`, each beside what its author is told.
//!
//! A file is a case, and so is a folder whose files belong together. The words and the small base policy of
//! `errors/vocabulary` are loaded with every case. To add a case, add a file and run `INSTA_UPDATE=always cargo test errors`.

use crate::support::{load_folder, policy_files, root};
use heedful::engine::{self, Input, Load};
use heedful::text::{Diagnostic, Position, Severity, Source};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Words of programmers, which no policy lead should have to read.
const JARGON: [&str; 27] = [
    "EOI",
    "None",
    "Some",
    "argument",
    "array",
    "ascii",
    "bool",
    "boolean",
    "byte",
    "char",
    "enum",
    "expression",
    "identifier",
    "int",
    "integer",
    "k_",
    "keyword",
    "null",
    "operator",
    "parse",
    "parser",
    "pest",
    "string",
    "struct",
    "syntax",
    "token",
    "unwrap",
];

#[test]
fn every_broken_policy_is_told_so() {
    let mut accepted = Vec::new();
    for case in cases("errors") {
        let inputs = read(&case);
        let load = load(&inputs);
        let name = case.file_stem().expect("a case has a name").to_string_lossy().into_owned();
        if load.diagnostics.is_empty() || !load.policies.is_empty() {
            accepted.push(name.clone());
        }
        let shown = format!("{}\n{}", shown_inputs(&inputs), shown_diagnostics(&load));
        insta::with_settings!({ snapshot_path => "errors", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, shown);
        });
    }
    assert_eq!(accepted, Vec::<String>::new(), "these should have been refused");
}

#[test]
fn a_sound_policy_is_told_nothing() {
    for case in cases("errors/valid") {
        let load = load(&read(&case));
        assert_eq!(shown_diagnostics(&load), "", "{}", case.display());
    }
    assert_eq!(shown_diagnostics(&load_folder("rules")), "", "the shipped policies");
}

#[test]
fn messages_are_plain_english() {
    for (case, problem) in every_diagnostic() {
        let first = problem.message.chars().next().unwrap_or(' ');
        assert!(first == '`' || first.is_lowercase() || first.is_ascii_digit(), "{case}: {}", problem.message);
        assert!(!problem.message.ends_with('.'), "{case}: {}", problem.message);
        for said in [&problem.message, &problem.label].into_iter().chain(&problem.help) {
            let plain = without_quotations(said);
            let words: Vec<&str> = plain.split(|letter: char| !letter.is_alphanumeric() && letter != '_').collect();
            let jargon =
                words.iter().find(|word| JARGON.iter().any(|jargon| *word == jargon || word.starts_with("k_")));
            assert_eq!(jargon, None, "{case}: {said}");
        }
    }
}

#[test]
fn every_place_is_in_its_file() {
    for case in cases("errors") {
        let load = load(&read(&case));
        for problem in &load.diagnostics {
            for span in problem.others.iter().map(|(span, _)| span).chain([&problem.span]) {
                let source = load.sources.get(span.source).expect("a place in a file");
                assert!(source.text.get(span.range()).is_some(), "{}: {problem:?}", case.display());
            }
        }
    }
}

#[test]
fn a_fix_mends_what_it_is_for() {
    for case in cases("errors") {
        let inputs = read(&case);
        let before = load(&inputs);
        for problem in before.diagnostics.iter().filter(|problem| problem.fix.is_some()) {
            let fixed = load(&with_fix(&before, &inputs, problem));
            let left = fixed.diagnostics.iter().find(|other| {
                other.code == problem.code && other.message == problem.message && other.span.start == problem.span.start
            });
            assert_eq!(left, None, "{}: the fix leaves it as it was", case.display());
        }
    }
}

/// Every code in the sources that speak to authors stands in some snapshot.
#[test]
fn every_code_has_a_case() {
    let told: BTreeSet<&str> = every_diagnostic().iter().map(|(_, problem)| problem.code).collect();
    // Too large to keep, in hostile.rs; what needs a day or tests, in lints.rs.
    let elsewhere = ["file-too-large", "over", "accepts-nothing", "not-tested"];
    let known = codes_in_sources();
    assert!(known.len() > 40, "the codes can be found in the sources");
    let untold: Vec<&String> =
        known.iter().filter(|code| !told.contains(code.as_str()) && !elsewhere.contains(&code.as_str())).collect();
    assert_eq!(untold, Vec::<&String>::new());
}

/// The first text after each call that reports a problem.
fn codes_in_sources() -> BTreeSet<String> {
    let folders = ["src/text", "src/syntax", "src/check"];
    let files = folders.iter().flat_map(|folder| walkdir::WalkDir::new(root(folder)));
    let mut codes = BTreeSet::new();
    for file in files.map(|entry| entry.expect("a readable folder").into_path()).filter(|path| path.is_file()) {
        let source = std::fs::read_to_string(file).expect("a readable file");
        for call in ["Diagnostic::error(", "Diagnostic::warning(", ".report(", ".wrong("] {
            for after in source.split(call).skip(1) {
                let code = after.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next());
                codes.extend(code.map(str::to_owned));
            }
        }
    }
    codes
}

/// The cases of a folder: its files, and its folders of files that belong together.
pub fn cases(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root("tests").join(folder)).expect("a folder of cases");
    let mut cases: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    cases.retain(|path| {
        let is_case = path.is_dir() || path.extension().is_some_and(|ending| ending == "heed");
        is_case && !path.ends_with("vocabulary") && !path.ends_with("valid")
    });
    cases.sort();
    cases
}

pub fn read(case: &Path) -> Vec<Input> {
    let name = |path: &Path| {
        let name = path.strip_prefix(root("tests/errors")).or_else(|_| path.strip_prefix(root("tests/warnings")));
        let name = name.expect("a case under tests/errors or tests/warnings");
        name.to_string_lossy().replace('\\', "/")
    };
    policy_files(case)
        .iter()
        .map(|path| Input { name: name(path), bytes: std::fs::read(path).expect("a readable file") })
        .collect()
}

/// Loads a case with the words and the base policy that all share.
pub fn load(inputs: &[Input]) -> Load {
    let mut all = read(&root("tests/errors/vocabulary"));
    all.extend_from_slice(inputs);
    engine::load(&all)
}

/// What is sound and probably not meant, beside what its author is told.
#[test]
fn doubtful_conditions_are_told_and_kept_from_nothing() {
    for case in cases("warnings") {
        let inputs = read(&case);
        let load = load(&inputs);
        let name = case.file_stem().expect("a case has a name").to_string_lossy().into_owned();
        let warned = load.diagnostics.iter().all(|problem| problem.severity == Severity::Warning);
        assert!(warned && !load.policies.is_empty(), "{name} should be used all the same: {:?}", load.diagnostics);
        let shown = format!("{}\n{}", shown_inputs(&inputs), shown_diagnostics(&load));
        insta::with_settings!({ snapshot_path => "warnings", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, shown);
        });
    }
}

fn every_diagnostic() -> Vec<(String, Diagnostic)> {
    let of = |case: PathBuf| {
        let name = case.display().to_string();
        load(&read(&case)).diagnostics.into_iter().map(move |problem| (name.clone(), problem))
    };
    cases("errors").into_iter().chain(cases("warnings")).flat_map(of).collect()
}

/// The inputs with the fix of one problem made.
fn with_fix(load: &Load, inputs: &[Input], problem: &Diagnostic) -> Vec<Input> {
    let fix = problem.fix.as_ref().expect("a problem with a fix");
    let source = load.sources.get(fix.span.source).expect("a known file");
    let mut text = source.text.clone();
    text.replace_range(fix.span.range(), &fix.replacement);
    let mended = |input: &Input| match input.name == source.name {
        true => Input { name: input.name.clone(), bytes: text.clone().into_bytes() },
        false => input.clone(),
    };
    inputs.iter().map(mended).collect()
}

// ---- how a case and what its author is told are shown ----------------------------------------------------

fn shown_inputs(inputs: &[Input]) -> String {
    let mut shown = String::new();
    for input in inputs {
        let _ = writeln!(shown, "---- {}", input.name);
        for (number, line) in (1..).zip(String::from_utf8_lossy(&input.bytes).lines()) {
            let _ = writeln!(shown, "{number:>3} | {}", visible(line));
        }
    }
    shown
}

pub fn shown_diagnostics(load: &Load) -> String {
    let mut shown = String::new();
    for problem in &load.diagnostics {
        let source = load.sources.get(problem.span.source).expect("a problem is in a known file");
        let place = source.position(problem.span.start);
        let _ = writeln!(shown, "==== {}:{}:{}: {} ====", source.name, place.line, place.column, problem.code);
        let _ = writeln!(shown, "{}", problem.message);
        show_place(&mut shown, source, problem.span.range(), &problem.label);
        for (span, label) in &problem.others {
            let source = load.sources.get(span.source).expect("a problem is in known files");
            let Position { line, column } = source.position(span.start);
            let _ = writeln!(shown, "see {}:{line}:{column}", source.name);
            show_place(&mut shown, source, span.range(), label);
        }
        for help in &problem.help {
            let _ = writeln!(shown, "help: {help}");
        }
        if let Some(fix) = &problem.fix {
            let (line, _) = source.lines_around(fix.span.range());
            let before = source.text.get(line.start..fix.span.range().start).unwrap_or("");
            let after = source.text.get(fix.span.range().end..line.end).unwrap_or("");
            let _ = writeln!(shown, "fixed: {}", visible(&format!("{before}{}{after}", fix.replacement)));
        }
    }
    shown
}

/// The first line of a place, with marks under what is meant.
fn show_place(shown: &mut String, source: &Source, range: std::ops::Range<usize>, label: &str) {
    let (lines, _) = source.lines_around(range.clone());
    let line = source.text.get(lines.clone()).unwrap_or("").lines().next().unwrap_or("");
    let before = source.text.get(lines.start..range.start).unwrap_or("");
    let meant: String = source.text.get(range).unwrap_or("").lines().next().unwrap_or("").to_owned();
    let marks = "^".repeat(visible(&meant).chars().count().max(1));
    let _ = writeln!(shown, "    {}", visible(line));
    let _ = writeln!(shown, "    {}{marks} {label}", " ".repeat(visible(before).chars().count()));
}

/// A line with what cannot be seen written out.
fn visible(line: &str) -> String {
    let shows = |character: char| match character {
        '\t' | '\u{A0}' | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202F}' | '\u{2060}'..='\u{2069}' => {
            false
        }
        other => !other.is_control(),
    };
    line.chars()
        .map(|character| if shows(character) { character.to_string() } else { character.escape_unicode().to_string() })
        .collect()
}

/// A sentence without what it quotes.
fn without_quotations(said: &str) -> String {
    said.split('`').step_by(2).collect()
}
