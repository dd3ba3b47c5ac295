//! The docs are tests: every policy text in them is accepted and in its layout, every example gives its answer, and
//! what the README shows is what the program prints.

use crate::support::{load_texts, policy_files, read_case, root};
use heedful::engine::Snapshot;
use heedful::syntax;
use heedful::text::{Source, SourceId};
use heedful::wire::InputFormat;
use std::process::Command;

/// The fenced blocks of a page: what each is marked as, and its text.
fn blocks(page: &str) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(root(page)).expect("a page");
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(kind) = line.strip_prefix("```") {
            let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.push((kind.to_owned(), body.join("\n") + "\n"));
        }
    }
    blocks
}

fn has_header(text: &str) -> bool {
    ["policy \"", "vocabulary \"", "part of "].iter().any(|start| text.starts_with(start))
}

/// Loads the policy texts of a page together; those without a header belong to the page's own policy.
fn page_policy(page: &str, own: &str, others: &[String]) -> Snapshot {
    let texts: Vec<String> = blocks(page)
        .into_iter()
        .filter(|(kind, _)| kind == "heed")
        .map(|(_, text)| if has_header(&text) { text } else { format!("part of policy \"{own}\"\n\n{text}") })
        .chain(others.iter().cloned())
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let load = load_texts(&texts);
    // A page shows one thing at a time, and seldom where it is used.
    let told: Vec<String> = load
        .diagnostics
        .iter()
        .filter(|problem| problem.code != "not-used")
        .map(|problem| format!("{}: {}", load.sources.slice(problem.span), problem.message))
        .collect();
    assert!(told.is_empty(), "{page}: {}", told.join("\n"));
    load.policies.into_iter().find(|policy| policy.name() == own).expect("the page's policy")
}

fn shipped_texts() -> Vec<String> {
    policy_files(&root("rules")).iter().map(|path| std::fs::read_to_string(path).expect("a file")).collect()
}

#[test]
fn every_policy_text_is_in_its_layout() {
    for page in ["README.md", "docs/reference.md", "docs/guide.md"] {
        for (_, text) in blocks(page).into_iter().filter(|(kind, _)| kind == "heed") {
            let (file, problems) = syntax::parse(&Source::new(SourceId(0), page, text.as_str()));
            assert!(problems.is_empty(), "{page}: {problems:?}\n{text}");
            assert_eq!(syntax::print(&file), text, "{page}");
        }
    }
}

#[test]
fn the_examples_of_the_reference_give_their_answers() {
    let policy = page_policy("docs/reference.md", "National baseline", &[]);
    let (mut rules, mut case, mut answers) = (Vec::new(), None, 0);
    for (kind, text) in blocks("docs/reference.md") {
        match kind.as_str() {
            "heed" => {
                rules = text
                    .lines()
                    .filter_map(|line| line.strip_prefix("rule ")?.split(' ').next().map(str::to_owned))
                    .collect();
            }
            "yaml" => case = Some(text),
            "answer" => {
                let case = case.take().expect("an answer follows a case");
                let decision = policy.decide(&read_case(&policy, InputFormat::Yaml, &case));
                let named = |names: Vec<&str>| {
                    names
                        .into_iter()
                        .filter(|name| rules.iter().any(|rule| rule == name))
                        .collect::<Vec<_>>()
                        .join(", ")
                };
                let fired = named(decision.fired.iter().map(|fired| fired.rule.as_str()).collect());
                let undecided = named(decision.undecided.iter().map(|undecided| undecided.rule.as_str()).collect());
                let lines = [("fired", fired), ("undecided", undecided)];
                let found: String = lines
                    .iter()
                    .filter(|(_, names)| !names.is_empty())
                    .map(|(key, names)| format!("{key}: {names}\n"))
                    .collect();
                assert_eq!(found.trim(), text.trim(), "{case}");
                answers += 1;
            }
            _ => {}
        }
    }
    assert!(answers >= 8, "only {answers} answers were tried");
}

#[test]
fn the_guide_is_accepted_together_with_the_shipped_rules() {
    page_policy("docs/guide.md", "Guide", &shipped_texts());
}

#[test]
fn the_readme_shows_what_the_program_prints() {
    let pages = blocks("README.md");
    let (_, rule) = pages.iter().find(|(kind, _)| kind == "heed").expect("a rule");
    assert!(shipped_texts().iter().any(|text| text.contains(rule.trim_end())), "the README's rule is not in rules/");
    let (_, console) = pages.iter().find(|(kind, _)| kind == "console").expect("a command with its answer");
    let (command, answer) = console.split_once('\n').expect("a command and an answer");
    let arguments = command.strip_prefix("$ cargo run --quiet --locked -- ").expect("the first command");
    let output = Command::new(env!("CARGO_BIN_EXE_heedful"))
        .args(arguments.split(' '))
        .current_dir(root(""))
        .output()
        .expect("the program runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), answer);
}

/// The policy of the guide's reader beside the shipped ones, where the guide says that it is saved.
fn northmoor() -> tempfile::TempDir {
    let here = tempfile::tempdir().expect("a folder");
    for folder in ["rules", "examples"] {
        for entry in walkdir::WalkDir::new(root(folder)).into_iter().map(|entry| entry.expect("a readable folder")) {
            let place = here.path().join(folder).join(entry.path().strip_prefix(root(folder)).expect("a path in it"));
            if entry.file_type().is_dir() {
                std::fs::create_dir_all(place).expect("a folder");
            } else {
                std::fs::copy(entry.path(), place).expect("a copy");
            }
        }
    }
    let texts = blocks("docs/guide.md");
    let is_policy = |text: &str| text.starts_with("policy \"Northmoor Police\"");
    let (_, text) = texts.iter().find(|(_, text)| is_policy(text)).expect("the force's policy");
    std::fs::write(here.path().join("rules/forces/northmoor.heed"), text).expect("a file");
    here
}

/// Commands whose whole answer stands below them.
#[test]
fn the_guide_shows_what_the_program_prints() {
    let here = northmoor();
    let mut tried = 0;
    let shown = blocks("docs/guide.md");
    for ((kind, command), (_, answer)) in shown.iter().zip(shown.iter().skip(1)) {
        let whole = command.starts_with("heedful decide ") || command == "heedful check rules\n";
        if kind != "sh" || !whole {
            continue;
        }
        let arguments = command.trim().split(' ').skip(1);
        let mut program = Command::new(env!("CARGO_BIN_EXE_heedful"));
        // What is over on the day of the test is not for the guide to say.
        let on = if command.starts_with("heedful check ") { ["--on", "2026-06-01"].as_slice() } else { &[] };
        let output = program.args(arguments).args(on).args(["--format", "human"]).current_dir(here.path()).output();
        assert_eq!(String::from_utf8_lossy(&output.expect("the program runs").stdout), *answer, "{command}");
        tried += 1;
    }
    assert!(tried >= 4, "only {tried} commands were tried");
}
