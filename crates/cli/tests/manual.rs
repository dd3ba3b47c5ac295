//! The docs are tests: every policy text and phrase in them is accepted and in its layout, every example gives its
//! answer, and what the README and the guide show is what the program prints.

use crate::support::{load_texts, policy_files, read_case, root};
use heedful::engine::Snapshot;
use heedful::syntax;
use heedful::text::{Source, SourceId};
use heedful::wire::InputFormat;
use std::path::Path;
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
    let phrases = phrases("docs/guide.md");
    for text in &phrases {
        let (file, problems) = syntax::parse(&Source::new(SourceId(0), "a phrase", text.as_str()));
        assert!(problems.is_empty(), "{problems:?}\n{text}");
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words(&syntax::print(&file)), words(text));
    }
    let texts: Vec<String> = shipped_texts().into_iter().chain(phrases).collect();
    page_policy("docs/guide.md", "Guide", &texts);
}

/// The rows of the tables of a page whose second column bears this title, by their cells.
fn rows(page: &str, second: impl Fn(&str) -> bool) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(root(page)).expect("a page");
    let (mut rows, mut wanted, mut inside) = (Vec::new(), false, false);
    for line in text.lines() {
        let Some(cells) = line.strip_prefix("| ").and_then(|line| line.strip_suffix('|')) else {
            inside = line.starts_with("|--");
            continue;
        };
        let cells: Vec<String> = cells.split('|').map(|cell| cell.trim().to_owned()).collect();
        if !inside {
            wanted = cells.get(1).is_some_and(|title| second(title));
        } else if wanted {
            rows.push(cells);
        }
    }
    rows
}

/// What stands between backticks in a cell of a table.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// What the phrase book says may stand after `when` or `then`, each in a file of the guide's policy.
fn phrases(page: &str) -> Vec<String> {
    let said = |second: &str| -> Vec<String> {
        let rows = rows(page, |title| title == second);
        assert!(rows.iter().all(|row| row[1].contains('`')), "{rows:?}");
        rows.iter().flat_map(|row| quoted(&row[1])).map(str::to_owned).collect()
    };
    let (conditions, effects) = (said("after `when`"), said("after `then`"));
    assert!(conditions.len() >= 60 && effects.len() >= 10, "{} and {}", conditions.len(), effects.len());
    let conditions = (1..).zip(conditions).map(|(number, phrase)| format!("define phrase-{number} as {phrase}\n"));
    // Each is asked something else, so that none makes another idle.
    let effects = (1..).zip(effects).map(|(number, phrase)| {
        let rule = format!("rule effect-{number} \"An effect\"\n  when words-heard mentions \"word{number}\"");
        format!("{rule}\n  then {phrase}\n  because \"A word\"\n  source \"A test\"\n")
    });
    conditions.chain(effects).map(|text| format!("part of policy \"Guide\"\n\n{text}")).collect()
}

/// What a force is told that asks this in a rule, or sets this.
fn told_of(written: &str) -> Vec<String> {
    let rule = |condition: &str| {
        let rule = format!("part of policy \"Northmoor Police\"\n\nrule draft \"A draft\"\n  when {condition}");
        format!("{rule}\n  then refer to mash\n  because \"A draft\"\n  source \"A test\"\n")
    };
    let texts = if written.starts_with("set ") {
        vec![northmoor_policy().replace("set repeat-calls to 2 calls", written)]
    } else {
        vec![northmoor_policy(), rule(written)]
    };
    let texts: Vec<String> = shipped_texts().into_iter().chain(texts).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    load_texts(&texts).diagnostics.into_iter().map(|problem| problem.message).collect()
}

/// Every mistake of the table is told in these words, and what to write instead is taken.
#[test]
fn the_mistakes_in_the_guide_are_told_and_mended() {
    let mistakes = rows("docs/guide.md", |title| title == "the program says");
    assert!(mistakes.len() >= 10, "{mistakes:?}");
    for row in mistakes {
        let [written, message, instead] = &row[..] else { panic!("three cells: {row:?}") };
        let told = told_of(quoted(written)[0]);
        assert_eq!(told, [message.trim_start_matches("a warning: ")], "{written}");
        for phrase in quoted(instead).into_iter().filter(|phrase| phrase.contains(' ') && !phrase.ends_with(':')) {
            assert_eq!(told_of(phrase), Vec::<String>::new(), "{phrase}");
        }
    }
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
    std::fs::write(here.path().join("rules/forces/northmoor.heed"), northmoor_policy()).expect("a file");
    let tests = blocks("docs/guide.md").into_iter().find(|(kind, _)| kind == "yaml").expect("the force's tests");
    std::fs::write(here.path().join("rules/tests/forces/northmoor.test.yaml"), tests.1).expect("a file");
    here
}

fn northmoor_policy() -> String {
    let is_policy = |text: &str| text.starts_with("policy \"Northmoor Police\"");
    let mut texts = blocks("docs/guide.md").into_iter().filter(|(kind, _)| kind == "heed");
    texts.find(|(_, text)| is_policy(text)).expect("the force's policy").1
}

/// Runs a command of the guide where its reader would, and puts what it prints where the reader sends it.
fn printed(command: &str, here: &Path) -> String {
    let (command, file) = command.split_once(" > ").map_or((command, None), |(command, file)| (command, Some(file)));
    let mut program = Command::new(env!("CARGO_BIN_EXE_heedful"));
    // A name of several words stands in quotes.
    let words = command.split('"').enumerate().flat_map(|(at, part)| match at % 2 {
        1 => vec![part],
        _ => part.split_whitespace().collect(),
    });
    program.args(words.skip(1)).current_dir(here);
    match command.split(' ').nth(1) {
        // What is over on the day of the test is not for the guide to say.
        Some("check") => program.args(["--on", "2026-06-01"]),
        Some("decide") => program.args(["--format", "human"]),
        _ => &mut program,
    };
    let output = program.output().expect("the program runs");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(!text.is_empty(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    if let Some(file) = file {
        std::fs::write(here.join(file), &text).expect("a file");
    }
    text
}

/// Answers the questions of a form that the guide has its reader answer.
fn fill_in(case: &Path) {
    let mut text = std::fs::read_to_string(case).expect("a case");
    let (yes, no) = (["gun", "choked", "jealous"], ["weapon", "threat-to-kill", "fears-death"]);
    for (question, answer) in yes.map(|name| (name, "yes")).into_iter().chain(no.map(|name| (name, "no"))) {
        let answered = text.replace(&format!("\n  {question}:\n"), &format!("\n  {question}: {answer}\n"));
        assert_ne!(answered, text, "{question}");
        text = answered;
    }
    std::fs::write(case, text).expect("a file");
}

/// Whether a text is what is shown of it: whole, or with lines left out where a line says only `…`.
fn is_shown(shown: &str, text: &str) -> bool {
    let (lines, text_lines): (Vec<&str>, Vec<&str>) = (shown.lines().collect(), text.lines().collect());
    let parts: Vec<&[&str]> = lines.split(|line| *line == "…").collect();
    let [first, between @ .., last] = &parts[..] else { return shown == text };
    let Some(mut rest) = text_lines.strip_prefix(*first).and_then(|rest| rest.strip_suffix(*last)) else {
        return false;
    };
    between.iter().all(|part| {
        let found = (0..=rest.len()).find(|at| rest[*at..].starts_with(part));
        found.is_some_and(|at| {
            rest = &rest[at + part.len()..];
            true
        })
    })
}

#[test]
fn the_guide_shows_what_the_program_prints() {
    let here = northmoor();
    let (mut whole, mut tried) = (0, 0);
    let shown = blocks("docs/guide.md");
    for (at, (kind, commands)) in shown.iter().enumerate() {
        let answer = shown.get(at + 1).filter(|(kind, _)| kind == "text").map(|(_, text)| text);
        match kind.as_str() {
            "sh" => {
                for command in commands.lines() {
                    let text = printed(command, here.path());
                    if command == "heedful case --policy forms > case.yaml" {
                        fill_in(&here.path().join("case.yaml"));
                    }
                    if let Some(answer) = answer.filter(|_| commands.ends_with(&format!("{command}\n"))) {
                        assert!(is_shown(answer, &text), "{command}: {text}");
                        whole += usize::from(!answer.contains('…'));
                        tried += 1;
                    }
                }
            }
            // What is written wrongly, in a file of its own.
            "draft" => {
                let place = here.path().join("rules/forces/draft.heed");
                std::fs::write(&place, format!("part of policy \"Northmoor Police\"\n\n{commands}")).expect("a file");
                let text = printed("heedful check rules", here.path());
                assert!(is_shown(answer.expect("an answer"), &text), "{commands}: {text}");
                std::fs::remove_file(place).expect("a file");
                tried += 1;
            }
            // What the reader of the chapter on a form of one's own writes into the files that were begun.
            _ => {
                let files = ["vocabulary \"Lethality", "policy \"Lethality", "policy: Lethality"];
                let names = ["words.heed", "rules.heed", "rules.test.yaml"];
                if let Some((_, name)) = files.iter().zip(names).find(|(start, _)| commands.starts_with(**start)) {
                    std::fs::write(here.path().join("forms/lethality-screen").join(name), commands).expect("a file");
                }
            }
        }
    }
    assert!(whole >= 7 && tried >= 12, "only {tried} commands were tried, {whole} of them whole");
}
