//! What testers are told: every `testing/*.test.yaml` under the policy beside it, and that the shipped policies keep
//! their own tests. To add a case, add a test file.

use crate::support::{load_folder, load_texts, root};
use heedful::engine::Load;
use heedful::testing::{self, Report, Target, TestInput, TestOptions, boundaries, coverage, mutants};
use heedful::text::Position;
use heedful_live::Threads;
use insta::{Settings, assert_snapshot};
use std::num::NonZero;
use std::path::{Path, PathBuf};

/// Every test file under a folder, with its snapshots, named by its path from the repository's root.
pub fn test_files(folder: &str) -> Vec<TestInput> {
    let mut files: Vec<PathBuf> = walkdir::WalkDir::new(root(folder))
        .into_iter()
        .map(|entry| entry.expect("a readable folder").into_path())
        .filter(|path| path.to_string_lossy().ends_with(".test.yaml"))
        .collect();
    files.sort();
    files.iter().map(|path| test_file(path)).collect()
}

fn test_file(path: &Path) -> TestInput {
    let name = path.strip_prefix(root("")).expect("inside the repository").display().to_string();
    let folder = path.parent().expect("a folder").join("snapshots");
    let own = testing::stem(&name);
    let snapshots = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("a file").path());
    let snapshots = snapshots.filter(|path| path.extension().is_some_and(|ending| ending == "snap"));
    let named = snapshots.map(|path| {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        (name, std::fs::read_to_string(&path).expect("a readable file"))
    });
    let snapshots = named.filter(|(name, _)| testing::snapshot_owner(name) == Some(own)).collect();
    TestInput { name, text: std::fs::read_to_string(path).expect("a readable file"), snapshots }
}

pub fn options(threads: usize) -> TestOptions<'static> {
    let threads = Threads(NonZero::new(threads).expect("a thread at least"));
    TestOptions { filter: None, force: None, workers: Box::leak(Box::new(threads)), progress: &|_| {} }
}

pub fn targets<'t>(load: &'t Load, inputs: &'t [TestInput]) -> Vec<Target<'t>> {
    inputs.iter().map(|input| Target { input, load }).collect()
}

fn run(load: &Load, inputs: &[TestInput], threads: usize) -> Report {
    testing::run(&targets(load, inputs), &options(threads))
}

fn keep(name: &str, description: &str, body: &str) {
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path(root("tests/testing"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(description);
    settings.bind(|| assert_snapshot!(name, body));
}

#[test]
fn the_shipped_tests_pass() {
    let load = load_folder("rules");
    let report = testing::gate(&load, &test_files("rules"));
    assert!(report.is_good() && report.orphans.is_empty(), "\n{}\n", report.failures().join("\n"));
}

/// Each rule is seen to apply, not to apply, and undecided where it can be; each decides but the three that others always outdo.
#[test]
fn the_shipped_tests_see_nearly_everything() {
    let load = load_folder("rules");
    let inputs = test_files("rules");
    let seen = coverage::coverage(&targets(&load, &inputs), &options(2));
    let missing: Vec<String> = seen
        .iter()
        .flat_map(|seen| &seen.goals)
        .flat_map(|goal| {
            let missing = goal.parts.iter().filter(|(_, sight)| *sight != coverage::Sight::Expected);
            missing.map(|(part, _)| format!("{:?} {part}", goal.about))
        })
        .collect();
    let outdone = ["order-ending", "early-count-high"];
    let outdone = outdone.map(|rule| format!("States(\"rule {rule}\") deciding the outcome"));
    assert_eq!(missing, outdone);
}

#[test]
fn testers_are_told_what_is_wrong() {
    let load = load_folder("tests/testing");
    for input in test_files("tests/testing") {
        let report = run(&load, std::slice::from_ref(&input), 1);
        keep(testing::stem(&input.name), &input.text, &testing::human(&report, false));
    }
}

#[test]
fn other_programs_are_told_the_same() {
    let load = load_folder("tests/testing");
    let report = run(&load, &test_files("tests/testing"), 1);
    let mut json = Vec::new();
    heedful::wire::write_verdicts(&mut json, &testing::verdicts(&report)).expect("memory can be written");
    let json = String::from_utf8(json).expect("UTF-8").replace("},{", "},\n{");
    let forms = [testing::tap(&report), testing::github(&report), testing::junit(&report), json];
    keep("forms", "the verdicts of every file for other programs", &forms.join("\n────────\n"));
}

#[test]
fn the_order_of_verdicts_is_that_of_the_files_however_many_run_at_a_time() {
    let load = load_folder("rules");
    let inputs = test_files("rules");
    let told = |threads| testing::tap(&run(&load, &inputs, threads));
    assert_eq!(told(1), told(7));
}

#[test]
fn insta_reads_our_snapshots() {
    for input in test_files("tests/testing/") {
        for name in input.snapshots.keys() {
            let path = root("tests/testing/snapshots").join(format!("{name}.snap"));
            let snapshot = insta::Snapshot::from_file(&path).expect("a snapshot that insta reads");
            assert!(snapshot.metadata().source().is_some_and(|source| input.name.ends_with(source)));
            assert!(
                snapshot
                    .metadata()
                    .description()
                    .is_some_and(|test| testing::snapshot_name(&input.name, test) == *name)
            );
            let body = format!("{:?}", snapshot.contents());
            assert!(body.contains("grade"), "{body}");
        }
    }
}

/// Every single value of every test file stands where its place says that it does.
#[test]
fn each_value_of_a_test_file_has_its_place() {
    for input in test_files("rules").iter().chain(&test_files("tests/testing")) {
        let Ok(tree) = heedful::wire::read_tree(&input.text) else { continue };
        let lines: Vec<&str> = input.text.lines().collect();
        each_word(&tree, &mut |Position { line, column }, word| {
            let rest: String = lines[line - 1].chars().skip(column - 1).collect();
            let rest = rest.trim_start_matches(['"', '\'']);
            let first: String = word.chars().take_while(|letter| letter.is_alphanumeric()).collect();
            assert!(rest.starts_with(&first), "{}:{line}:{column}: {word}", input.name);
        });
    }
}

fn each_word(node: &heedful::wire::Node, told: &mut impl FnMut(Position, &str)) {
    use heedful::wire::Plain;
    match &node.value {
        Plain::Words(word) => told(node.at, word),
        Plain::List(items) => items.iter().for_each(|item| each_word(item, told)),
        Plain::Group(entries) => entries.iter().for_each(|(key, value)| {
            each_word(key, told);
            each_word(value, told);
        }),
        _ => {}
    }
}

proptest::proptest! {
    /// Whatever a test file and a test are called, the name of the snapshot says which file it belongs to.
    #[test]
    fn the_name_of_a_snapshot_says_whose_it_is(file in "[a-zA-Z_.é-]{1,12}", test in ".{0,130}") {
        let path = format!("some/folder/{file}.test.yaml");
        let name = testing::snapshot_name(&path, &test);
        proptest::prop_assert_eq!(testing::snapshot_owner(&name), Some(file.as_str()));
        proptest::prop_assert!(name.len() > file.len() + 2 && name.is_char_boundary(file.len()));
    }
}

/// The rules of a policy's file the other way round, and every line of the file with its comments and breaks otherwise.
fn turned(policy: &str) -> String {
    let (head, rules) = policy.split_at(policy.find("\nrule ").expect("a rule"));
    let mut rules: Vec<&str> = rules.split("\nrule ").filter(|rule| !rule.trim().is_empty()).collect();
    rules.reverse();
    let rules: Vec<String> = rules.iter().map(|rule| format!("\n# Another order.\n\n\nrule {rule}\n")).collect();
    format!("{head}\n{}", rules.concat())
}

#[test]
fn snapshots_do_not_mind_layout_and_the_order_of_rules() {
    let read = |name: &str| std::fs::read_to_string(root("tests/testing").join(name)).expect("a readable file");
    let (words, policy) = (read("words.heed"), read("policy.heed"));
    let kept = [test_file(&root("tests/testing/kept.test.yaml"))];
    let turned = turned(&policy);
    let load = load_texts(&[&words, &turned]);
    assert!(run(&load, &kept, 1).is_good(), "{:?}", run(&load, &kept, 1).failures());
    let (one, other) = (load_texts(&[&words, &policy]), load);
    assert_eq!(one.policies[0].digest(), other.policies[0].digest(), "they mean the same");
}

#[test]
fn a_changed_meaning_is_told_as_such() {
    let read = |name: &str| std::fs::read_to_string(root("tests/testing").join(name)).expect("a readable file");
    let policy = read("policy.heed")
        .replace("grade at least priority\n    - refer to specialist and supervisor", "refer to specialist")
        .replace("calls-needed is 3", "calls-needed is 4")
        .replace("when safe is no", "when injury is serious")
        .replace("look-back is 24 hours", "look-back is 12 hours");
    let load = load_texts(&[&read("words.heed"), &policy]);
    assert!(load.diagnostics.is_empty(), "{:?}", load.diagnostics);
    let report = run(&load, &[test_file(&root("tests/testing/kept.test.yaml"))], 1);
    keep(
        "changed-meaning",
        "snapshots of kept.test.yaml under a policy that asks for less",
        &testing::human(&report, false),
    );
}

#[test]
fn coverage_is_shown_on_the_text_of_the_policy() {
    let load = load_folder("tests/testing");
    let inputs = [test_file(&root("tests/testing/expectations.test.yaml"))];
    let seen = coverage::coverage(&targets(&load, &inputs), &options(1));
    let page = coverage::html(&seen);
    assert!(page.contains("<h2>tests/testing/policy.heed</h2>") && page.contains("never seen"));
    let shown = [coverage::terminal(&seen[0], false), coverage::lcov(&seen)];
    keep("coverage", "what expectations.test.yaml sees of policy.heed", &shown.join("\n────────\n"));
}

fn boundary_file(file: &boundaries::BoundaryFile) -> TestInput {
    let name = format!("{}.test.yaml", file.name);
    TestInput { name, text: file.text.clone(), snapshots: Default::default() }
}

#[test]
fn boundary_cases_pass_as_they_are_and_are_never_written_twice() {
    let load = load_folder("tests/testing");
    let files = boundaries::boundaries(&[&load], &[], &options(2)).files;
    let inputs: Vec<TestInput> = files.iter().map(boundary_file).collect();
    let report = run(&load, &inputs, 1);
    assert!(report.is_good(), "\n{}\n", report.failures().join("\n"));
    let again = boundaries::boundaries(&[&load], &targets(&load, &inputs), &options(2));
    assert_eq!(again, boundaries::Boundaries { posed: files.len(), ..Default::default() });
    let texts: Vec<&str> = files.iter().map(|file| file.text.as_str()).collect();
    keep("boundaries", "the cases on the edges of policy.heed", &texts.join("\n"));
}

#[test]
fn every_edge_of_the_shipped_rules_can_be_posed() {
    let load = load_folder("rules");
    let found = boundaries::boundaries(&[&load], &[], &options(2));
    assert_eq!(found.unposed, []);
    let files = found.files;
    let rules: std::collections::BTreeSet<&str> =
        load.policies.iter().flat_map(|policy| policy.policy().rules.iter().map(|rule| rule.name.as_str())).collect();
    let posed: std::collections::BTreeSet<&str> = files.iter().map(|file| file.rule.as_str()).collect();
    assert_eq!(rules, posed);
    let inputs: Vec<TestInput> = files.iter().map(boundary_file).collect();
    let report = run(&load, &inputs, 2);
    assert!(report.is_good(), "\n{}\n", report.failures().join("\n"));
}

#[test]
fn mistakes_are_noticed_or_the_missing_test_is_named() {
    let load = load_folder("tests/testing");
    let inputs = [test_file(&root("tests/testing/expectations.test.yaml"))];
    let targets = targets(&load, &inputs);
    let hunt = mutants::hunt(&load, &targets, &options(2));
    keep("mutants", "small mistakes in policy.heed under expectations.test.yaml", &mutants::report(&hunt, false));
    // Each missing test that is named passes on the policy as it is, and notices.
    let missing = hunt.mutants.iter().filter_map(|mutant| match &mutant.fate {
        mutants::MutantStatus::Survived { test, .. } => Some(test.as_str()),
        _ => None,
    });
    let missing: std::collections::BTreeSet<&str> = missing.collect();
    assert!(missing.len() > 5);
    let text = format!("tests:\n{}", missing.into_iter().collect::<String>());
    let more = TestInput { name: "missing.test.yaml".to_owned(), text, snapshots: Default::default() };
    let all = [inputs[0].clone(), more];
    let report = run(&load, &all, 1);
    assert!(report.is_good(), "{:?}", report.failures());
    let hunt = mutants::hunt(&load, &self::targets(&load, &all), &options(2));
    let left: Vec<_> =
        hunt.mutants.iter().filter(|mutant| matches!(mutant.fate, mutants::MutantStatus::Survived { .. })).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn the_examples_of_the_page_pass() {
    let page = std::fs::read_to_string(root("docs/testing.md")).expect("a page");
    let blocks: Vec<&str> =
        page.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().expect("a block")).collect();
    let input = TestInput { name: "page.test.yaml".to_owned(), text: blocks.concat(), snapshots: Default::default() };
    let report = testing::gate(&load_folder("rules"), &[input]);
    assert!(report.is_good() && report.passed() == 4, "{:?}", report.failures());
}
