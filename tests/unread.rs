//! Files that somebody may have meant as rules: each is read, or it is said that it is not.

use crate::watch::command::heedful;
use std::fs;
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;

const VOCABULARY: &str = include_str!("watch/desk.heed");

const POLICY: &str = r#"policy "Desk"
  vocabulary "desk"
  time zone UTC

rule urgent "Urgent"
  when urgent is yes
  then grade at least high
  because "It is urgent"
  source "a test"
"#;

const CASE: &str = r#"{"call": {"id": "call-1", "at": "2026-03-14T22:00:00Z", "urgent": true}}"#;

const TESTS: &str =
    "tests:\n  - name: urgent\n    call: {at: 2026-03-14T22:00:00Z, urgent: true}\n    expect: {grade: high}\n";

/// A folder `rules` with a vocabulary, a policy and a test.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in [
        ("rules/vocabulary.heed", VOCABULARY),
        ("rules/policy.heed", POLICY),
        ("rules/policy.test.yaml", TESTS),
        ("case.json", CASE),
    ] {
        write(folder.path(), name, text);
    }
    folder
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

fn run(folder: &TempDir, args: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = heedful(folder.path(), args).output().expect("the program runs");
    (status.code(), String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr))
}

#[test]
#[cfg(unix)]
fn a_link_that_leads_nowhere_stops_every_command_whatever_it_is_called() {
    for name in ["more", "more.heed", "v1.2", "more.txt"] {
        let folder = folder();
        std::os::unix::fs::symlink("/nowhere/at-all", folder.path().join("rules").join(name)).expect("a link");
        for args in [
            ["check", "rules"].as_slice(),
            &["decide", "--policy", "rules", "case.json"],
            &["test", "rules"],
            &["explain", "--policy", "rules"],
        ] {
            let (code, said) = run(&folder, args);
            let wanted = format!("rules/{name}: this link leads to a file or folder that does not exist");
            assert!(code == Some(2) && said.contains(&wanted), "{args:?} {name}: {code:?} {said}");
        }
    }
}

#[test]
fn a_file_that_looks_like_a_policy_is_said_not_to_be_read() {
    let nearly = [
        "more.heed.txt",
        "more.heed.bak",
        "more.HEED.docx",
        "heed",
        "policy-heed",
        "more.heed.2",
        "Copy of more.heed.old",
    ];
    let by_content = ["more.txt", "more", "more.md"];
    for name in nearly.into_iter().chain(by_content) {
        let folder = folder();
        let text = if by_content.contains(&name) { "\u{feff}\n# Ours.\nPart of policy \"Desk\"\n" } else { "anything" };
        write(folder.path(), &format!("rules/inner/{name}"), text);
        let (code, said) = run(&folder, &["check", "rules"]);
        assert_eq!(code, Some(0), "{name}: {said}");
        assert!(said.contains("this looks like a policy file, and is not read"), "{name}: {said}");
        assert!(said.contains(&format!("rules/inner/{name}")) && said.contains("1 warning"), "{said}");
        let (code, said) = run(&folder, &["check", "--format", "json", "rules"]);
        let report: serde_json::Value = serde_json::from_str(&said).expect("JSON");
        let warning = &report["diagnostics"][0];
        assert_eq!(
            (code, &warning["severity"], &warning["code"]),
            (Some(0), &"warning".into(), &"file-not-read".into())
        );
        assert_eq!(
            (&warning["file"], &report["summary"]["warnings"]),
            (&format!("rules/inner/{name}").into(), &1.into())
        );
    }
}

#[test]
fn a_file_that_is_no_policy_or_that_an_editor_leaves_is_passed_over_in_silence() {
    let folder = folder();
    for name in [
        ".more.heed.txt",
        ".hidden/more.heed.txt",
        "policy.heed~",
        "#policy.heed#",
        ".policy.heed.swp",
        "README.md",
        "case.json",
    ] {
        write(folder.path(), &format!("rules/{name}"), "anything that mentions policy \"Desk\"");
    }
    let (code, said) = run(&folder, &["check", "rules"]);
    assert!(code == Some(0) && said.starts_with("no problems"), "{said}");
}

#[test]
fn the_ending_is_read_in_any_capitals() {
    let folder = folder();
    write(
        folder.path(),
        "rules/More.HEED",
        "part of policy \"Desk\"\n\nrule calm\n  when urgent is no\n  then grade at least middle\n  because \"x\"\n  source \"a test\"\n",
    );
    write(folder.path(), "rules/More.Test.YAML", &TESTS.replace("true", "false").replace("high", "middle"));
    let (code, said) = run(&folder, &["check", "rules"]);
    assert!(code == Some(0) && said.contains("Desk: 2 rules"), "{said}");
    let (code, said) = run(&folder, &["test", "rules"]);
    assert!(code == Some(0) && said.contains('2'), "{said}");
}

#[test]
fn a_folder_without_a_policy_names_what_looks_like_one() {
    let folder = folder();
    write(folder.path(), "drafts/ours.heed.txt", POLICY);
    let (code, said) = run(&folder, &["check", "drafts"]);
    assert!(code == Some(2) && said.contains("drafts/ours.heed.txt: this looks like a policy file"), "{said}");
}

#[test]
fn a_file_that_looks_like_tests_is_said_not_to_be_run() {
    for name in ["more.test.yaml.txt", "more.test.yml.bak", "more.tests.yaml", "More.YAML"] {
        let folder = folder();
        write(folder.path(), &format!("rules/{name}"), TESTS);
        let (code, said) = run(&folder, &["test", "rules"]);
        let wanted = format!("rules/{name}: this looks like a test file, and is not run");
        assert!(code == Some(1) && said.contains(&wanted), "{name}: {code:?} {said}");
    }
}
