//! Decisions on cases: every `cases/*/*.yaml` under the `policy.heed` beside it (its bases lie there too), and the shipped examples under every
//! shipped policy, with what each decision rests on. A snapshot shows the policy, the case and the decision. To add a case, add a file.

use crate::support::{load_texts, policy_files, reading, root, shipped};
use heedful::engine::Snapshot;
use heedful::model::{Case, Decision};
use heedful::report::View;
use heedful::wire::{self, InputFormat};
use insta::{Settings, assert_snapshot, glob};
use std::path::Path;

/// Decides every case of a text; each decision as JSON with one key to a line.
fn decisions(
    policy: &Snapshot,
    decide: fn(&Snapshot, &Case) -> Decision,
    form: InputFormat,
    text: &str,
) -> Vec<(Decision, String)> {
    let (documents, broken) = wire::documents(form, text);
    assert!(broken.is_none(), "{broken:?}");
    let decided = |document: wire::Document<'_>| {
        let case = document.read(reading(policy)).unwrap_or_else(|problems| panic!("{:?}", problems.list));
        let decision = decide(policy, &case);
        let mut json = Vec::new();
        wire::write_decision(&mut json, &decision, policy).expect("memory can be written");
        let value: serde_json::Value = serde_json::from_slice(&json).expect("a decision is JSON");
        let lines: Vec<String> = value
            .as_object()
            .expect("an object")
            .iter()
            .filter(|(key, _)| !["policy", "engine"].contains(&key.as_str()))
            .map(|(key, value)| format!("{key}: {value}"))
            .collect();
        (decision, lines.join("\n"))
    };
    documents.into_iter().map(decided).collect()
}

fn snapshot(folder: &Path, name: &str, shown: &str) {
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.remove_snapshot_suffix();
    settings.bind(|| assert_snapshot!(name, shown));
}

#[test]
fn cases_under_their_own_policies() {
    let vocabulary: Vec<String> = policy_files(&root("rules/vocabulary"))
        .iter()
        .map(|path| std::fs::read_to_string(path).expect("a file"))
        .collect();
    glob!("cases/*/*.yaml", |path| {
        let folder = path.parent().expect("a folder");
        let read = |path: &std::path::PathBuf| std::fs::read_to_string(path).expect("a file");
        let policy = read(&folder.join("policy.heed"));
        let bases: Vec<String> =
            policy_files(folder).iter().filter(|path| !path.ends_with("policy.heed")).map(read).collect();
        let texts = vocabulary.iter().chain([&policy]).chain(&bases).map(String::as_str);
        let load = load_texts(&texts.collect::<Vec<_>>());
        assert!(load.diagnostics.is_empty(), "{:?}", load.diagnostics);
        let own = |known: &&Snapshot| policy.contains(&format!("policy \"{}\"\n", known.name()));
        let snapshot_policy = load.policies.iter().find(own).expect("the policy of policy.heed");
        let case = std::fs::read_to_string(path).expect("a case");
        let decided: Vec<String> = decisions(snapshot_policy, Snapshot::decide, InputFormat::Yaml, &case)
            .into_iter()
            .map(|(_, json)| json)
            .collect();
        let rules = |text: &str| text.split_once("\n\n").map_or("", |(_, rules)| rules).trim_end().to_owned();
        let bases: String = bases.iter().map(|base| format!("\n\n---- its base\n{}", rules(base))).collect();
        let rules = rules(&policy) + &bases;
        let shown = format!("{rules}\n\n---- case\n{}\n\n---- decision\n{}", case.trim_end(), decided.join("\n----\n"));
        snapshot(folder, path.file_stem().and_then(|name| name.to_str()).expect("a name"), &shown);
    });
}

#[test]
fn examples_under_every_shipped_policy() {
    for (name, view) in [
        ("National baseline", View::Specialist),
        ("Riverside Police", View::Handler),
        ("Saltmarsh Constabulary", View::Handler),
    ] {
        let policy = shipped("rules", name);
        glob!("../examples", "*.{json,jsonl,yaml}", |path| {
            let text = std::fs::read_to_string(path).expect("a case");
            let form = if path.extension().is_some_and(|ending| ending == "yaml") {
                InputFormat::Yaml
            } else {
                InputFormat::Json
            };
            let texts: Vec<&str> = if path.extension().is_some_and(|ending| ending == "jsonl") {
                text.lines().collect()
            } else {
                vec![&text]
            };
            let mut shown = String::new();
            for text in texts {
                for (decision, _) in decisions(&policy, Snapshot::decide_and_explain, form, text) {
                    shown.push_str(&heedful::report::decision(&decision, &policy, view, false));
                    shown.push('\n');
                }
            }
            let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("a name");
            let slug = name.split(' ').next().unwrap_or("").to_lowercase();
            snapshot(&root("tests/examples"), &format!("{stem}-{slug}"), &shown);
        });
    }
}

/// The founding case: ten prior incidents and four calls in one night, the place moving. Published counts differ;
/// this is an illustration, not a record of what happened.
#[test]
fn no_call_of_the_founding_night_is_lower_than_the_one_before() {
    let text = std::fs::read_to_string(root("examples/founding-night.jsonl")).expect("the night");
    let grades = ["resolved", "scheduled", "priority", "immediate"];
    for name in ["National baseline", "Riverside Police", "Saltmarsh Constabulary"] {
        let policy = shipped("rules", name);
        let mut lowest = 2;
        let mut calls = 0;
        for line in text.lines() {
            for (_, shown) in decisions(&policy, Snapshot::decide, InputFormat::Json, line) {
                let outcome = shown.lines().find_map(|line| line.strip_prefix("outcome: ")).expect("an outcome");
                let outcome: serde_json::Value = serde_json::from_str(outcome).expect("JSON");
                let grade = grades.iter().position(|grade| outcome["grade"] == *grade).expect("a grade");
                let referrals = outcome["referrals"].as_array().expect("a list");
                assert!(grade >= lowest, "{name}: call {} is {}", calls + 1, grades[grade]);
                assert!(referrals.iter().any(|to| to == "da-specialist"), "{name}: call {}", calls + 1);
                lowest = grade;
                calls += 1;
            }
        }
        assert_eq!(calls, 4);
    }
}
