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
fn a_warning_fails_where_it_is_denied_and_is_told_alike() {
    let folder = folder();
    let checked = |args: &[&str]| run(&folder, &[&["check"], args, &["rules"]].concat());
    assert_eq!(checked(&["--deny", "warnings"]).0, Some(0), "a sound policy");
    let over = POLICY.replace("  when", "  in force until 2026-03-31\n  when");
    write(folder.path(), "rules/policy.heed", &over);
    assert_eq!(checked(&["--deny", "warnings", "--on", "2026-03-31"]).0, Some(0), "its last day");
    let (code, said) = checked(&["--on", "2026-04-01"]);
    assert!(code == Some(0) && said.contains("warning[over]") && said.contains("31 March 2026"), "{said}");
    assert_eq!(checked(&["--on", "2026-04-01", "--deny", "warnings"]), (Some(1), said));
    let json = ["--on", "2026-04-01", "--format", "json"];
    let (code, said) = checked(&json);
    let (denied_code, denied) = checked(&[json.as_slice(), &["--deny", "warnings"]].concat());
    assert_eq!((code, denied_code, &said), (Some(0), Some(1), &denied));
    let report: serde_json::Value = serde_json::from_str(&denied).expect("JSON");
    assert_eq!((&report["diagnostics"][0]["code"], &report["summary"]["warnings"]), (&"over".into(), &1.into()));
    write(folder.path(), "rules/policy.heed", POLICY);
    write(folder.path(), "rules/more.heed.txt", POLICY);
    assert_eq!(checked(&["--deny", "warnings"]).0, Some(1), "a file that is not read");
    assert_eq!(checked(&["--on", "31 March"]).0, Some(2), "no day");
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

#[test]
fn a_copy_beside_its_original_is_one_error_that_names_both() {
    for (original, copy) in [
        ("rules/policy.heed", "rules/policy - Copy.heed"),
        ("rules/policy.heed", "rules/Copy of policy.heed"),
        ("rules/policy.heed", "rules/policy (1).heed"),
        ("rules/policy.heed", "rules/another.heed"),
        ("rules/vocabulary.heed", "rules/old/vocabulary.heed"),
    ] {
        let folder = folder();
        let text = fs::read_to_string(folder.path().join(original)).expect("a file");
        write(folder.path(), copy, &text);
        let (code, said) = run(&folder, &["check", "rules"]);
        assert_eq!((code, said.matches("error").count()), (Some(1), 2), "{copy}: {said}");
        let (own, other) = if copy.ends_with("another.heed") { (original, copy) } else { (copy, original) };
        assert!(said.contains(&format!("this looks like a copy of {other}")), "{copy}: {said}");
        assert!(said.contains(own), "{copy}: {said}");
    }
}

#[test]
fn a_copy_that_was_edited_since_is_still_a_copy_and_other_errors_are_told_as_well() {
    let folder = folder();
    let edited = POLICY.replace("grade at least high", "grade at least middle");
    write(
        folder.path(),
        "rules/policy.bak.heed",
        &(edited
            + "\nrule calm\n  when urgent is no\n  then grade at least low\n  because \"x\"\n  source \"a test\"\n"),
    );
    let (code, said) = run(&folder, &["check", "rules"]);
    assert!(
        code == Some(1) && said.contains("looks like a copy of rules/policy.heed") && said.contains("1 error"),
        "{said}"
    );
    write(
        folder.path(),
        "rules/more.heed",
        "part of policy \"Desk\"\n\nrule odd\n  when urgnt is yes\n  then grade at least high\n  because \"x\"\n  source \"a test\"\n",
    );
    let (_, said) = run(&folder, &["check", "rules"]);
    assert!(said.contains("2 errors") && said.contains("urgnt"), "{said}");
}

#[test]
fn one_name_that_two_files_declare_is_no_copy() {
    let folder = folder();
    write(
        folder.path(),
        "rules/more.heed",
        "part of policy \"Desk\"\n\nrule urgent\n  when urgent is no\n  then grade at least high\n  because \"x\"\n  source \"a test\"\n",
    );
    let (code, said) = run(&folder, &["check", "rules"]);
    assert!(code == Some(1) && !said.contains("copy"), "{said}");
}

#[test]
fn a_backup_of_a_whole_folder_is_one_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let rules = crate::support::root("rules");
    for path in crate::support::policy_files(&rules) {
        let text = fs::read_to_string(&path).expect("a text");
        let path = path.strip_prefix(&rules).expect("inside").display().to_string();
        write(folder.path(), &format!("rules/{path}"), &text);
        write(folder.path(), &format!("rules/backup/{path}"), &text);
    }
    let (code, said) = run(&folder, &["check", "rules"]);
    assert!(code == Some(1) && said.contains("rules/backup looks like a copy of rules: 13 of its files"), "{said}");
    assert!(said.contains("1 error in") && said.matches("error[").count() == 1, "{said}");
}
