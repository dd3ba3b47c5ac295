//! What testers are told to add: every folder of `testers/` is a small policy with tests that leave something out, and in each
//! every boundary case is decided as written, and every missing test, pasted in, passes and notices its mistake.

use crate::support::{load_folder, load_texts, root};
use crate::testing::{options, targets, test_files};
use heedful::engine::Load;
use heedful::testing::boundaries::{Boundaries, boundaries};
use heedful::testing::coverage::{coverage, terminal};
use heedful::testing::mutants::{MutantStatus, MutationRun, hunt, report};
use heedful::testing::{self, TestInput, TestOptions};
use insta::{Settings, assert_snapshot};
use std::collections::{BTreeMap, BTreeSet};

/// The folders, each with its policies and tests.
fn folders() -> Vec<(String, Load, Vec<TestInput>)> {
    let entries = std::fs::read_dir(root("tests/testers")).expect("a folder").map(|entry| entry.expect("a folder"));
    let mut names: Vec<String> =
        entries.map(|entry| format!("tests/testers/{}", entry.file_name().display())).collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), load_folder(&name), test_files(&name))).collect()
}

fn keep(folder: &str, name: &str, body: &str) {
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path(root(folder));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| assert_snapshot!(name, body));
}

fn file(name: String, text: String) -> TestInput {
    TestInput { name, text, snapshots: BTreeMap::new() }
}

/// The names of the boundary cases with what each expects of its rule, and what could not be posed.
fn told(found: &Boundaries) -> String {
    let mut out = String::new();
    for file in &found.files {
        out.push_str(&format!("{} under {}: {} tests, {}.test.yaml\n", file.rule, file.policy, file.tests, file.name));
        let mut name = "";
        for line in file.text.lines() {
            if let Some(named) = line.trim().strip_prefix("- name: ") {
                name = named;
            } else if let Some(state) =
                line.trim().trim_start_matches("rule ").strip_prefix(&format!("{}: ", file.rule))
            {
                out.push_str(&format!("  {name} -> {state}\n"));
            } else if let Some(adds) = line.trim().strip_prefix("adds: ") {
                out.push_str(&format!("    adds {adds}\n"));
            }
        }
    }
    for rule in &found.unposed {
        out.push_str(&format!("{} under {}, in part {}: {}\n", rule.rule, rule.policy, rule.in_part, rule.why));
    }
    out.push_str(&format!("{} posed already, {} left out\n", found.posed, found.left_out));
    out
}

/// The missing tests, each once, as files of the policies that they are for.
fn missing(hunt: &MutationRun) -> Vec<TestInput> {
    let mut tests: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for mutant in &hunt.mutants {
        if let MutantStatus::Survived { words, test, .. } = &mutant.fate {
            let (policy, _) = words.split_once(": ").expect("the policy comes first");
            tests.entry(policy).or_default().insert(test);
        }
    }
    let named = |(policy, tests): (&str, BTreeSet<&str>)| {
        let text = format!("policy: {policy}\ntests:\n{}", tests.into_iter().collect::<String>());
        file(format!("missing-{policy}.test.yaml"), text)
    };
    tests.into_iter().map(named).collect()
}

/// Each missing test has a name of its own and passes on the policy as it is, and no mistake survives with it that did without.
fn missing_tests_notice(load: &Load, inputs: &[TestInput]) {
    let found = hunt(load, &targets(load, inputs), &options(2));
    let missing = missing(&found);
    for file in &missing {
        let names: Vec<&str> = file.text.lines().filter_map(|line| line.strip_prefix("  - name: ")).collect();
        assert_eq!(names.len(), names.iter().collect::<BTreeSet<_>>().len(), "{names:?}");
    }
    let all = [inputs, &missing].concat();
    let report = testing::gate(load, &all);
    assert!(report.is_good(), "\n{}\n", report.failures().join("\n"));
    let again = hunt(load, &targets(load, &all), &options(2));
    for (before, after) in found.mutants.iter().zip(&again.mutants) {
        if matches!(before.fate, MutantStatus::Survived { .. }) {
            assert!(matches!(after.fate, MutantStatus::Killed(_)), "{before:?}\n{after:?}");
        }
    }
}

#[test]
fn what_is_missing_is_told() {
    for (folder, load, inputs) in folders() {
        let targets = targets(&load, &inputs);
        let seen: String = coverage(&targets, &options(1)).iter().map(|seen| terminal(seen, false)).collect();
        keep(&folder, "coverage", &seen);
        keep(&folder, "boundaries", &told(&boundaries(&[&load], &targets, &options(1))));
        keep(&folder, "mistakes", &report(&hunt(&load, &targets, &options(2)), false));
    }
}

#[test]
fn boundary_cases_are_decided_as_written_and_are_all_that_there_are() {
    for (folder, load, inputs) in folders() {
        let found = boundaries(&[&load], &targets(&load, &inputs), &options(1));
        let written = found.files.iter().map(|it| file(format!("{}.test.yaml", it.name), it.text.clone()));
        let all: Vec<TestInput> = inputs.iter().cloned().chain(written).collect();
        let report = testing::gate(&load, &all);
        assert!(report.is_good(), "{folder}\n{}\n", report.failures().join("\n"));
        let again = boundaries(&[&load], &targets(&load, &all), &options(1));
        assert_eq!((again.files, again.unposed), (Vec::new(), found.unposed), "{folder}");
    }
}

#[test]
fn missing_tests_that_are_pasted_in_notice() {
    for (_, load, inputs) in folders() {
        missing_tests_notice(&load, &inputs);
    }
}

/// The shipped rules about repeated calls, with one test that expects next to nothing.
#[test]
fn missing_tests_of_shipped_rules_notice() {
    let read = |path: &str| std::fs::read_to_string(root(path)).expect("a readable file");
    let vocabulary = crate::support::policy_files(&root("rules/vocabulary"));
    let vocabulary: Vec<String> =
        vocabulary.iter().map(|path| std::fs::read_to_string(path).expect("a readable file")).collect();
    let rules = [read("rules/national/baseline.heed"), read("rules/national/repeat.heed")];
    let texts: Vec<&str> = vocabulary.iter().chain(&rules).map(String::as_str).collect();
    let load = load_texts(&texts);
    let text = "tests:\n  - name: nothing is known\n    call: {at: 2026-03-11T14:00:00+00:00}\n    expect: {possible: {grade: not resolved}}\n";
    missing_tests_notice(&load, &[file("one.test.yaml".to_owned(), text.to_owned())]);
}

#[test]
fn a_filter_is_honoured() {
    let load = load_folder("tests/testers/forces");
    let inputs = test_files("tests/testers/forces");
    let targets = targets(&load, &inputs);
    let filtered = TestOptions { filter: Some("a crowd of"), ..options(1) };
    let found = hunt(&load, &targets, &filtered);
    for mutant in &found.mutants {
        match &mutant.fate {
            MutantStatus::Killed(test) => assert!(test.contains("a crowd of"), "{test}"),
            MutantStatus::Survived { test, .. } => assert!(!test.contains("repeat"), "{test}"),
            _ => {}
        }
    }
    assert!(found.mutants.iter().any(|mutant| mutant.fate == MutantStatus::LeftOut));
    let edges = boundaries(&[&load], &targets, &filtered);
    assert!(edges.files.iter().all(|file| file.rule == "crowd") && edges.left_out > 0, "{edges:?}");
    let [all, some] = [options(1), filtered].map(|options| coverage(&targets, &options)[0].expected());
    assert!(0 < some && some < all, "{some} of {all}");
}

/// Large policies of one rule: what is asked of them ends, and what is cut short is said.
#[test]
fn work_is_bounded() {
    let words = std::fs::read_to_string(root("tests/testers/doubled/words.heed")).expect("a readable file");
    let head = "policy \"Desk\"\n  vocabulary \"desk\"\n  time zone Europe/London\n\n";
    let tail = "  then refer to supervisor\n  because \"It is so\"\n  source \"an example\"\n";
    let lines = |number: usize, line: &dyn Fn(usize) -> String| (0..number).map(line).collect::<String>();
    let of = |number: usize| lines(number, &|at| format!("    - crowd is exactly {at}\n"));
    let mentions = (0..400).map(|at| format!("\"word-{at}\"")).collect::<Vec<_>>().join(", ");
    let counts =
        lines(40, &|at| format!("    - any call at the same place within {} hours, not counting this one\n", at + 2));
    let score = format!(
        "score danger \"Danger\"\n  points:\n{}  bands:\n    - 0 to 40: low\n    - 41 or more: high\n\n",
        lines(64, &|at| format!("    - {} when crowd is at least {at}\n", at % 3 + 1))
    );
    let levels: String = (1..12)
        .map(|at| {
            format!(
                "define e{at} as at least 2 of:\n  - e{}\n  - e{} and hurt is yes\n  - crowd is at least {at}\n\n",
                at - 1,
                at - 1
            )
        })
        .collect();
    let policies = [
        format!("{head}rule some \"Some\"\n  when at least 30 of:\n{}{tail}", of(60)),
        format!("{head}rule any-of-many \"Any\"\n  when any of:\n{}{tail}", of(300)),
        format!("{head}rule said \"Said\"\n  when heard mentions any of {mentions}\n{tail}"),
        format!("{head}rule counts \"Counts\"\n  when all of:\n{counts}{tail}"),
        format!("{head}{score}rule scored \"Scored\"\n  when danger is high\n{tail}"),
        format!("{head}define e0 as armed is yes\n\n{levels}rule levels \"Levels\"\n  when e11\n{tail}"),
    ];
    let test = "tests:\n  - name: nothing is known\n    call: {at: 2026-03-11T14:00:00+00:00}\n    history: none\n    expect: {certain: no}\n";
    let inputs = [file("one.test.yaml".to_owned(), test.to_owned())];
    for policy in &policies {
        let load = load_texts(&[&words, policy]);
        assert!(load.diagnostics.iter().all(|it| it.code != "syntax"), "{policy}\n{:?}", load.diagnostics);
        assert_eq!(load.policies.len(), 1, "{:?}", load.diagnostics);
        let targets = targets(&load, &inputs);
        let found = boundaries(&[&load], &targets, &options(2));
        assert!(found.posed + found.files.len() + found.unposed.len() > 0, "{policy}");
        assert_eq!(coverage(&targets, &options(2)).len(), 1);
    }
}
