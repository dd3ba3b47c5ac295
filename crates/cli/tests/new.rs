//! `heedful new`: what it writes passes as it is, and so does every line of it that is meant to be used.

use crate::support::root;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn heedful(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_heedful")).args(args).current_dir(folder).output().expect("the program runs")
}

/// Runs a command that must do what it is asked for.
fn done(folder: &Path, args: &[&str]) -> String {
    let output = heedful(folder, args);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{args:?}\n{told}{}", String::from_utf8_lossy(&output.stderr));
    told
}

#[test]
fn a_new_form_is_sound_in_its_layout_and_tested() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let told = done(folder, &["new", "form", "Doorstep check", "--to", "forms"]);
    assert!(told.contains("heedful check forms/doorstep-check "), "{told}");
    done(folder, &["check", "--deny", "warnings", "forms"]);
    done(folder, &["fmt", "--check", "forms"]);
    let tested = done(folder, &["test", "--mutate", "forms"]);
    assert!(tested.contains("17 noticed by a test") && tested.contains(" 0 that survived"), "{tested}");
    fs::write(folder.join("case.yaml"), done(folder, &["case", "--policy", "forms"])).expect("a file");
    let decided = done(folder, &["decide", "--policy", "forms", "case.yaml"]);
    assert!(
        decided.contains("\"risk\":\"standard\"") && decided.contains("\"possible\":{\"risk\":\"high\""),
        "{decided}"
    );
    // What somebody wrote there meanwhile is theirs.
    let rules = folder.join("forms/doorstep-check/rules.heed");
    fs::remove_file(folder.join("forms/doorstep-check/words.heed")).expect("a file");
    fs::write(&rules, "mine").expect("a file");
    let again = heedful(folder, &["new", "form", "Doorstep check", "--to", "forms"]);
    let said = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(again.status.code() == Some(2) && said.contains("nothing was written"), "{said}");
    assert_eq!(fs::read_to_string(&rules).expect("a file"), "mine");
    assert!(!folder.join("forms/doorstep-check/words.heed").exists());
}

/// A policy with everything used that stands behind a `#` to be used.
fn used(policy: &str) -> String {
    let mut is_heading = false;
    let lines = policy.lines().map(|line| {
        let is_value = ["  # set ", "  # grade "].iter().any(|start| line.starts_with(start));
        let begins = ["# suspend ", "# add to ", "# rule "].iter().any(|start| line.starts_with(start));
        is_heading = begins || (is_heading && line.starts_with("#   "));
        if is_value || is_heading { line.replacen("# ", "", 1) } else { line.to_owned() }
    });
    lines.map(|line| line + "\n").collect()
}

#[test]
fn a_new_force_decides_as_its_base_until_a_line_is_used_and_each_line_may_be() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let rules = root("rules").display().to_string();
    let base = ["--policy", &rules, "--base", "National baseline"];
    done(folder, &[&["new", "force", "Northmoor Police", "--to", "."], &base[..]].concat());
    let all = ["--on", "2026-06-01", "--deny", "warnings", &rules, "northmoor-police.heed"];
    done(folder, &[&["check"], &all[..]].concat());
    done(folder, &["fmt", "--check", "northmoor-police.heed"]);
    let tested =
        done(folder, &["test", "--policy", &rules, "--policy", "northmoor-police.heed", "northmoor-police.test.yaml"]);
    assert!(tested.contains("1 test passed"), "{tested}");
    let written = fs::read_to_string(folder.join("northmoor-police.heed")).expect("a file");
    let used = used(&written);
    assert!(used.contains("\n  set repeat-calls to 3 calls") && used.contains("\nrule our-own-rule "), "{used}");
    fs::write(folder.join("northmoor-police.heed"), used).expect("a file");
    done(folder, &["check", "--on", "2026-06-01", &rules, "northmoor-police.heed"]);
    let known = heedful(folder, &[&["new", "force", "Riverside Police"], &base[..]].concat());
    assert!(String::from_utf8_lossy(&known.stderr).contains("there is a policy called `Riverside Police` already"));
}

#[test]
fn each_rule_of_the_base_that_may_be_widened_stands_in_a_new_force() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let rule = |name: &str, line: &str| {
        format!(
            "\nrule {name} \"About {name}\"\n{line}  when worried is no\n  then grade at least high\n  because \"So\"\n  source \"a test\"\n"
        )
    };
    let words = "vocabulary \"desk\"\n\ncall \"A call\"\n  fact worried: yes or no \"Worried\"\n\noutcome grade: highest of low and high \"Grade\"\n  written as \"grade at least\"\n";
    let base = [
        "policy \"Base\"\n  vocabulary \"desk\"\n  time zone UTC\n".to_owned(),
        rule("one", "  may be widened\n"),
        rule("two", ""),
        rule("three", "  may be widened\n"),
    ];
    fs::create_dir(folder.join("rules")).expect("a folder");
    fs::write(folder.join("rules/words.heed"), words).expect("a file");
    fs::write(folder.join("rules/base.heed"), base.concat()).expect("a file");
    done(folder, &["new", "force", "Desk", "--policy", "rules", "--to", "rules"]);
    let written = fs::read_to_string(folder.join("rules/desk.heed")).expect("the policy");
    let widened: Vec<&str> = written.lines().filter(|line| line.starts_with("# add to ")).collect();
    assert_eq!(widened, ["# add to one", "# add to three"], "{written}");
    fs::write(folder.join("rules/desk.heed"), used(&written)).expect("a file");
    done(folder, &["check", "rules"]);
    let explained = done(folder, &["explain", "--policy", "rules", "--force", "Desk"]);
    assert!(explained.matches("Desk adds: also when").count() == 2, "{explained}");
}
