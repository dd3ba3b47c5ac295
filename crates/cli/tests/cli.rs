//! The program as its users meet it: exit codes, what goes to which stream, and lines that stream.

use crate::support::root;
use std::io::Write;
use std::process::{Command, Output, Stdio};

fn heedful(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heedful"));
    command.args(args).current_dir(root("")).stdin(Stdio::null()).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command
}

fn run(args: &[&str]) -> Output {
    heedful(args).output().expect("the program runs")
}

fn run_with(args: &[&str], input: &[u8]) -> Output {
    let mut child = heedful(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("the program ends");
    let _ = writer.join().expect("the writer ends");
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

const DECIDE: [&str; 5] = ["decide", "--policy", "rules", "--force", "national-baseline"];

fn decide<'a>(rest: &[&'a str]) -> Vec<&'a str> {
    DECIDE.iter().copied().chain(rest.iter().copied()).collect()
}

#[test]
fn the_shipped_rules_have_no_problem_and_are_in_their_layout() {
    for args in [["check", "rules"].as_slice(), &["fmt", "--check", "rules", "examples", "tests/cases"]] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}{}", text(&output.stdout), text(&output.stderr));
    }
}

#[test]
fn a_broken_line_is_named_and_the_others_go_on() {
    let good = |id: usize| format!(r#"{{"call":{{"id":"call-{id}","at":"2026-03-14T22:00:00+00:00"}}}}"#);
    let input = format!("{}\nnot a case\n\n{}\n{{\"call\":{{\"id\":\"call-4\"}}}}\n{}\n", good(1), good(3), good(5));
    let output = run_with(&decide(&["--format", "json", "-"]), input.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let answers = text(&output.stdout);
    let answers = answers.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
    let answers: Vec<String> =
        answers.map(|answer| format!("{} {}", answer["case"], answer["error"]["at"]["line"])).collect();
    assert_eq!(answers, ["\"call-1\" null", "null 2", "\"call-3\" null", "\"call-4\" 5", "\"call-5\" null"]);
    let told = text(&output.stderr);
    assert!(told.contains(":2:") || told.contains("\"line\":2"), "{told}");
    assert!(told.contains(":5:") || told.contains("\"line\":5"), "{told}");
}

#[test]
fn nothing_is_decided_under_a_policy_that_does_not_check() {
    let output = run(&["decide", "--policy", "tests/errors", "examples/police-suspect.json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
}

#[test]
fn usage_and_missing_files_exit_with_2() {
    let folder = tempfile::tempdir().expect("a folder");
    let empty = folder.path().display().to_string();
    for args in [
        vec!["decide"],
        vec!["check", "no-such-folder"],
        vec!["check", &empty],
        vec!["decide", "--policy", "rules", "examples/police-suspect.json"],
        vec!["decide", "--policy", "rules", "--force", "nowhere", "examples/police-suspect.json"],
        decide(&["no-such-case.json"]),
        vec!["frobnicate"],
    ] {
        let output = run(&args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", text(&output.stderr));
        assert!(!output.stderr.is_empty(), "{args:?} says nothing");
    }
}

#[test]
fn several_policies_need_a_choice_and_the_choices_are_named() {
    let output = run(&["decide", "--policy", "rules", "examples/police-suspect.json"]);
    let told = text(&output.stderr);
    for name in ["National baseline", "Riverside Police", "Saltmarsh Constabulary"] {
        assert!(told.contains(name), "{told}");
    }
}

#[test]
fn the_same_case_gives_the_same_bytes_and_the_order_of_its_records_does_not_matter() {
    let case = |records: &str| {
        format!(
            r#"{{"call":{{"id":"call-9","at":"2026-03-14T22:00:00+00:00","caller":"person-1","flags":["domestic"]}},"history":{{"calls":[{records}]}}}}"#
        )
    };
    let record = |id: usize, minute: usize| {
        format!(r#"{{"id":"call-{id}","at":"2026-03-14T20:{minute:02}:00+00:00","caller":"person-1"}}"#)
    };
    let forward = case(&[record(1, 1), record(2, 2), record(3, 2)].join(","));
    let backward = case(&[record(3, 2), record(2, 2), record(1, 1)].join(","));
    let args = decide(&["--format", "json", "-"]);
    let decisions: Vec<String> =
        [&forward, &backward, &forward].iter().map(|case| text(&run_with(&args, case.as_bytes()).stdout)).collect();
    assert!(decisions[0].contains("repeat-calls"));
    assert!(decisions[0] == decisions[2], "the same case gave two decisions");
    // The paths of unknown facts tell where a record stood in the list that was sent; nothing else may differ.
    let parts = |decision: &str| {
        let value: serde_json::Value = serde_json::from_str(decision).expect("JSON");
        ["outcome", "possible", "fired", "near", "until"].map(|key| value[key].to_string())
    };
    assert_eq!(parts(&decisions[0]), parts(&decisions[1]));
}

#[test]
fn colour_knows_when_to_stop() {
    let page = |color: &str, no_color: bool| {
        let args = decide(&["--format", "human", "--color", color, "examples/police-suspect.json"]);
        let mut command = heedful(&args);
        if no_color {
            command.env("NO_COLOR", "1");
        }
        text(&command.output().expect("the program runs").stdout)
    };
    assert!(!page("auto", false).contains('\u{1b}'), "a pipe is not a terminal");
    assert!(!page("auto", true).contains('\u{1b}'));
    assert!(page("always", false).contains('\u{1b}'));
    assert!(!page("never", false).contains('\u{1b}'));
}

#[test]
fn a_page_is_80_columns_wide() {
    for view in ["handler", "specialist"] {
        for case in ["police-suspect.json", "founding-night.jsonl", "dapo-breach-unknown-expiry.json"] {
            let path = format!("examples/{case}");
            let output = run(&decide(&["--format", "human", "--view", view, &path]));
            for line in text(&output.stdout).lines() {
                assert!(line.chars().count() <= 80, "{line}");
            }
        }
    }
}

#[test]
fn a_blank_case_is_written_with_the_time_of_its_call_and_can_be_decided() {
    let folder = tempfile::tempdir().expect("a folder");
    let case = |at: &str| run(&["case", "--policy", "rules", "--force", "riverside", "--at", at]);
    let blank = case("2026-07-14T21:10:00Z");
    let text = String::from_utf8(blank.stdout).expect("UTF-8");
    assert!(text.contains("\n  at: 22:10 on Tuesday 14 July 2026\n"), "{text}");
    let path = folder.path().join("case.yaml");
    let filled = text.replacen("  strangulation:\n", "  strangulation: yes\n", 1);
    assert_ne!(filled, text);
    std::fs::write(&path, filled).expect("a file");
    let path = path.display().to_string();
    let decided = run(&["decide", "--policy", "rules", "--force", "riverside", &path]);
    let decision = String::from_utf8_lossy(&decided.stdout).into_owned();
    assert!(decision.contains("\"grade\":\"immediate\""), "{decision}");
    let odd = case("half past ten");
    let said = String::from_utf8_lossy(&odd.stderr).into_owned();
    assert!(!odd.status.success() && said.contains("--at: this is not a date and time"), "{said}");
}

#[test]
fn the_schema_names_every_fact_and_the_completions_every_command() {
    let schema: serde_json::Value =
        serde_json::from_slice(&run(&["schema", "--policy", "rules"]).stdout).expect("JSON");
    let shown = schema.to_string();
    for word in ["strangulation", "history", "orders", "DAPO", "handler-grade"] {
        assert!(shown.contains(word), "the schema lacks {word}");
    }
    let completions = text(&run(&["completions", "bash"]).stdout);
    for command in ["check", "decide", "fmt", "schema"] {
        assert!(completions.contains(command));
    }
    for command in ["check", "decide", "fmt", "schema", "completions"] {
        let help = text(&run(&[command, "--help"]).stdout);
        assert!(help.contains("Examples:"), "{command} --help has no examples");
    }
}

#[test]
fn formatting_standard_input_writes_standard_output() {
    let output = run_with(&["fmt", "-"], b"policy   \"P\"\n    vocabulary \"v\"  # which words\n");
    assert_eq!(text(&output.stdout), "policy \"P\"\n  vocabulary \"v\"  # which words\n");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_long_history_is_counted() {
    let mut case =
        r#"{"call":{"id":"c","at":"2026-03-14T22:00:00+00:00","caller":"p"},"history":{"calls":["#.to_owned();
    for record in 0..50_000 {
        let comma = if record == 0 { "" } else { "," };
        let (hour, minute, second) = (record / 3600 % 22, record / 60 % 60, record % 60);
        case.push_str(&format!(
            r#"{comma}{{"id":"r{record}","at":"2026-03-14T{hour:02}:{minute:02}:{second:02}Z","caller":"p"}}"#
        ));
    }
    case.push_str("]}}");
    let output = run_with(&decide(&["--format", "json", "-"]), case.as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("\"case\":\"c\""));
}

#[test]
fn hostile_cases_get_a_clear_error() {
    let deep = "[".repeat(100_000);
    let nested = format!("{}1{}", r#"{"call":"#.repeat(50_000), "}".repeat(50_000));
    let rows: [(&str, Vec<u8>); 6] = [
        ("brackets", deep.into_bytes()),
        ("nested", nested.into_bytes()),
        ("nul", b"{\"call\":{\"id\":\"a\0\"}}".to_vec()),
        ("invalid", vec![b'{', 0xff, 0xfe, b'}']),
        ("long line", format!("{{\"call\":\"{}", "x".repeat(10_000_000)).into_bytes()),
        ("bom only", vec![0xef, 0xbb, 0xbf]),
    ];
    for (name, input) in rows {
        let output = run_with(&decide(&["--format", "json", "-"]), &input);
        assert_eq!(output.status.code(), Some(1), "{name}");
        let told = text(&output.stderr);
        assert!(!told.is_empty() && told.len() < 20_000, "{name}: {} bytes", told.len());
        assert!(!told.contains("panicked"), "{name}: {told}");
    }
}

#[test]
fn a_policy_is_explained_in_each_form() {
    let explain = |rest: &[&str]| run(&[&["explain", "--policy", "rules", "--force", "saltmarsh"], rest].concat());
    let markdown = explain(&[]);
    assert_eq!(markdown.status.code(), Some(0), "{}", text(&markdown.stderr));
    assert!(text(&markdown.stdout).starts_with("# Saltmarsh Constabulary: the policy in force\n"));
    assert_eq!(markdown.stdout, explain(&[]).stdout, "the same policy gives the same bytes");
    let page = text(&explain(&["--html"]).stdout);
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
    let json = explain(&["--format", "json"]);
    let value: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(value["built_on"], serde_json::json!(["National baseline"]));
    let given = value["settings"].as_array().expect("a list").iter().find(|setting| setting["name"] == "repeat-calls");
    let given = &given.expect("the setting")["given"][1];
    assert_eq!(given["at"]["file"], "rules/forces/saltmarsh.heed", "{given}");
    let both = explain(&["--html", "--format", "json"]);
    assert_eq!(both.status.code(), Some(2));
    assert!(text(&both.stderr).contains("ask for one"), "{}", text(&both.stderr));
}

#[test]
fn only_a_sound_policy_that_is_named_is_explained() {
    let several = run(&["explain", "--policy", "rules"]);
    assert_eq!(several.status.code(), Some(2));
    assert!(text(&several.stderr).contains("--force"), "{}", text(&several.stderr));
    let broken = run(&["explain", "--policy", "tests/errors"]);
    assert_eq!(broken.status.code(), Some(1));
    assert!(broken.stdout.is_empty());
}

#[test]
fn a_check_counts_what_is_accepted_and_lists_it_for_programs() {
    let check = |day: &str, rest: &[&str]| {
        run(&[&["check", "tests/explain/chain", "--deny", "warnings", "--on", day], rest].concat())
    };
    let output = check("2026-11-30", &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    assert!(
        text(&output.stdout).starts_with("no problems in 5 files (1 warning is accepted): "),
        "{}",
        text(&output.stdout)
    );
    let json: serde_json::Value =
        serde_json::from_slice(&check("2026-11-30", &["--format", "json"]).stdout).expect("JSON");
    let accepted = &json["accepted"][0];
    assert_eq!((&json["summary"]["warnings"], &json["summary"]["accepted"]), (&0.into(), &1.into()));
    assert_eq!(
        (&accepted["code"], &accepted["file"]),
        (&"not-used".into(), &"tests/explain/chain/moorland-words.heed".into())
    );
    let by = &accepted["accepted_by"][0];
    assert_eq!((&by["policy"], &by["until"]), (&"Moorland & Fell".into(), &"30 November 2026".into()));
    let over = check("2026-12-01", &["--format", "json"]);
    assert_eq!(over.status.code(), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&over.stdout).expect("JSON");
    let codes: Vec<&str> =
        json["diagnostics"].as_array().expect("a list").iter().filter_map(|it| it["code"].as_str()).collect();
    assert_eq!((codes, &json["accepted"]), (vec!["over", "not-used"], &serde_json::json!([])));
}

/// A folder with the words and the base of the broken policies, and one policy more.
fn folder_with(text: &str) -> tempfile::TempDir {
    let here = tempfile::tempdir().expect("a folder");
    for name in ["base.heed", "words.heed"] {
        std::fs::copy(root("tests/errors/vocabulary").join(name), here.path().join(name)).expect("a copy");
    }
    std::fs::write(here.path().join("own.heed"), text).expect("a file");
    here
}

const TO_MEND: &str = "part of policy \"National baseline\"

rule hurt \"Hurt\"   # as agreed in May
  when   children-seen >= 2
  then:
    - grade at least immediate
    - grade at least priority
  because It is so
  source \"Local policy\"

rule other \"Other\"
  when strangulation is yas
  then grade at least immediate
  because \"It is so\"
  source \"Local policy\"
";

#[test]
fn a_check_mends_what_is_certain_and_says_so() {
    let here = folder_with(TO_MEND);
    let place = here.path().join("own.heed");
    let folder = here.path().display().to_string();
    let output = run(&["check", "--fix", &folder]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for line in [
        "own.heed:4\n    -   when   children-seen >= 2\n    +   when   children-seen is at least 2\n",
        "when strangulation is yas",
    ] {
        assert!(said.contains(line), "{said}");
    }
    // What is not certain stays, and while it is an error nobody is warned.
    let first = TO_MEND.replace(">=", "is at least").replace("It is so\n", "\"It is so\"\n");
    assert_eq!(std::fs::read_to_string(&place).expect("the file"), first);
    let by_hand = first.replace("is yas", "is yes");
    std::fs::write(&place, &by_hand).expect("a file");
    let output = run(&["check", "--fix", "--format", "json", &folder]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mended = &json["mended"][0];
    assert_eq!((&mended["code"], &mended["line"], &mended["after"]), (&"adds-nothing".into(), &7.into(), &"".into()));
    assert_eq!(
        std::fs::read_to_string(&place).expect("the file"),
        by_hand.replace("    - grade at least priority\n", "")
    );
    // Nothing is left to mend, and a check that does not mend says nothing of it.
    let again: serde_json::Value =
        serde_json::from_slice(&run(&["check", "--fix", "--format", "json", &folder]).stdout).expect("JSON");
    assert_eq!(again["mended"], serde_json::json!([]));
    let plain: serde_json::Value =
        serde_json::from_slice(&run(&["check", "--format", "json", &folder]).stdout).expect("JSON");
    assert!(plain.get("mended").is_none());
    let files = std::fs::read_dir(here.path()).expect("the folder").count();
    assert_eq!(files, 3, "no draft is left");
}

#[test]
fn what_cannot_be_written_is_not_mended() {
    let here = folder_with(TO_MEND);
    let place = here.path().join("own.heed");
    let mut permissions = std::fs::metadata(&place).expect("the file").permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&place, permissions).expect("a file that is only read");
    let output = run(&["check", "--fix", &here.path().display().to_string()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("own.heed: "), "{}", text(&output.stderr));
    assert_eq!(std::fs::read_to_string(&place).expect("the file"), TO_MEND);
    let words = root("tests/errors/vocabulary").display().to_string();
    let output = run_with(&["check", "--fix", &words, "-"], TO_MEND.as_bytes());
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("`--fix` writes files"), "{}", text(&output.stderr));
}

#[test]
fn a_check_tells_where_each_value_came_from() {
    let output = run(&["check", "--effective", "--force", "saltmarsh", "rules"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    for line in [
        "  - repeat-calls is 4 calls, from 2 to 4 calls",
        "    by Saltmarsh Constabulary at rules/forces/saltmarsh.heed:10",
        "    before that 3 calls, by National baseline at rules/national/repeat.heed:6",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{line}\n{shown}");
    }
    let json = run(&["check", "--effective", "--format", "json", "rules"]);
    let value: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(value["effective"].as_array().map(Vec::len), Some(3));
    let plain = run(&["check", "--format", "json", "rules"]);
    assert!(!text(&plain.stdout).contains("effective"));
    let broken = run(&["check", "--effective", "--force", "saltmarsh", "tests/errors"]);
    assert_eq!(broken.status.code(), Some(1));
    assert_eq!(
        run(&["check", "--force", "saltmarsh", "rules"]).status.code(),
        Some(2),
        "--force goes with --effective"
    );
}

#[test]
fn tests_say_what_they_found_in_their_exit_code_and_in_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    for name in ["words.heed", "policy.heed", "kept.test.yaml"] {
        std::fs::copy(root("tests/testing").join(name), path(name)).expect("a copy");
    }
    let here = path("");
    let code = |args: &[&str]| run(args).status.code();
    assert_eq!(code(&["test", &here]), Some(1), "the snapshots are new");
    let kept = "snapshots/kept__a-quiet-call.snap";
    assert!(std::fs::exists(path(&format!("{kept}.new"))).expect("a folder"));
    let reviewed = run_with(&["test", "--review", &here], b"a\nr\n");
    assert_eq!(reviewed.status.code(), Some(1), "one of them is rejected: {}", text(&reviewed.stdout));
    assert_eq!(code(&["test", "--accept", &here]), Some(0));
    assert_eq!(code(&["test", &here]), Some(0));
    assert!(!std::fs::exists(path(&format!("{kept}.new"))).expect("a folder"));
    assert_eq!(code(&["test", "--filter", "quiet", &here]), Some(0));
    assert_eq!(code(&["test", "--filter", "no such test", &here]), Some(1), "nothing was run");
    assert_eq!(code(&["test", "--minimum", "100", &here]), Some(1), "not everything was seen");
    assert_eq!(code(&["test", "--mutate", &here]), Some(1), "mistakes survive");
    let (xml, lcov) = (path("verdicts.xml"), path("coverage.info"));
    assert_eq!(code(&["test", "--junit", &xml, "--lcov", &lcov, &here]), Some(0));
    assert!(std::fs::read_to_string(&xml).expect("a file").contains("<testsuites name=\"heedful\" tests=\"2\""));
    assert!(std::fs::read_to_string(&lcov).expect("a file").contains("BRDA:"));
    let drafts = path("drafts");
    assert_eq!(code(&["test", "--write-boundaries", &drafts, &here]), Some(0));
    assert_eq!(code(&["test", &here]), Some(0), "the edges are as they are now");
    let again = run(&["test", "--write-boundaries", &drafts, &here]);
    assert!(text(&again.stdout).contains("posed by a test already"), "{}", text(&again.stdout));
    let elsewhere = tempfile::tempdir().expect("a folder");
    let drafts = elsewhere.path().join("drafts").display().to_string();
    let files = || std::fs::read_dir(&drafts).expect("a folder").count();
    std::fs::remove_dir_all(path("drafts")).expect("drafts to remove");
    assert_eq!(code(&["test", "--write-boundaries", &drafts, &here]), Some(0));
    let before = files();
    let again = text(&run(&["test", "--write-boundaries", &drafts, &here]).stdout);
    assert!(again.contains("were written to") && again.contains("before, and stand there unchanged"), "{again}");
    assert_eq!(files(), before, "nothing is written twice");
    std::fs::write(elsewhere.path().join("drafts/strangulation.test.yaml"), "# read and changed\n").expect("a file");
    let again = text(&run(&["test", "--write-boundaries", &drafts, &here]).stdout);
    assert!(again.contains("strangulation-2.test.yaml was written beside it"), "{again}");
    let unmet =
        "tests: [{name: a, call: {at: 2026-03-14T22:00:00+00:00}, expect: {grade: immediate}, snapshot: yes}]\n";
    std::fs::write(path("unmet.test.yaml"), unmet).expect("a file");
    assert_eq!(code(&["test", "--accept", &here]), Some(1), "accepting a snapshot mends no expectation");
    std::fs::write(path("policy.heed"), "policy \"Testers\"\n").expect("a file");
    assert_eq!(code(&["test", &here]), Some(1), "nothing is tested under a policy with an error");
    assert_eq!(code(&["test", &path("nowhere")]), Some(2));
}

/// A folder with the policy of `tests/testing`, and a way to write a file into it.
fn tested_policy() -> (tempfile::TempDir, impl Fn(&str, &str)) {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path().to_owned();
    for name in ["words.heed", "policy.heed"] {
        std::fs::copy(root("tests/testing").join(name), here.join(name)).expect("a copy");
    }
    (folder, move |name: &str, text: &str| std::fs::write(here.join(name), text).expect("a file"))
}

const SNAPSHOT_OF: &str = "tests: [{name: NAME, call: {at: 2026-03-14T22:00:00+00:00}, snapshot: outcome}]\n";

#[test]
fn what_is_accepted_is_said_and_is_no_failure() {
    let (folder, write) = tested_policy();
    let here = folder.path().display().to_string();
    write("early.test.yaml", &SNAPSHOT_OF.replace("NAME", "an early call"));
    let xml = folder.path().join("verdicts.xml").display().to_string();
    let accepted = run(&["test", "--accept", "--junit", &xml, &here]);
    let said = text(&accepted.stdout);
    assert_eq!(accepted.status.code(), Some(0), "{said}");
    assert!(said.contains("ACCEPTED an early call: early__an-early-call.snap"), "{said}");
    assert!(said.contains("1 test passed, 1 snapshot accepted") && !said.contains("FAILED"), "{said}");
    assert!(std::fs::read_to_string(&xml).expect("a file").contains("tests=\"1\" failures=\"0\" errors=\"0\""));
    let snapshot = folder.path().join("snapshots/early__an-early-call.snap");
    let kept = std::fs::read_to_string(&snapshot).expect("a snapshot");
    write("snapshots/early__an-early-call.snap", &kept.replace("grade: resolved", "grade: immediate"));
    let worse = text(&run(&["test", &here]).stdout);
    assert!(worse.contains("FAILED an early call") && worse.contains("WORSE: grade: immediate -> resolved"), "{worse}");
    let tap = run(&["test", "--accept", "--report", "tap", &here]);
    assert_eq!(tap.status.code(), Some(0));
    let said = text(&tap.stdout);
    assert!(said.contains("\nok 1 - ") && said.contains("# accepted: WORSE: grade"), "{said}");
}

#[test]
fn a_snapshot_belongs_to_one_test_file() {
    let (folder, write) = tested_policy();
    let here = folder.path().display().to_string();
    let code = |args: &[&str]| run(args).status.code();
    write("night.test.yaml", &SNAPSHOT_OF.replace("NAME", "one"));
    write("night__late.test.yaml", &SNAPSHOT_OF.replace("NAME", "two"));
    assert_eq!(code(&["test", "--accept", &here]), Some(0));
    assert_eq!(code(&["test", &here]), Some(0), "each has its own");
    write("snapshots/of-another-program__three.snap", "---\nsource: tests/three.rs\n---\nthree\n");
    write("snapshots/night__four.snap.new", "---\nsource: night.test.yaml\n---\ngrade: resolved\n");
    std::fs::remove_file(folder.path().join("night__late.test.yaml")).expect("a file");
    let left = run(&["test", &here]);
    let said = text(&left.stdout);
    let gone = ["night__four.snap.new: no test has this snapshot", "night__late__two.snap: no test has this snapshot"];
    assert!(gone.iter().all(|gone| said.contains(gone)) && !said.contains("of-another-program"), "{said}");
    assert_eq!(left.status.code(), Some(1));
    assert_eq!(code(&["test", "--filter", "one", &here]), Some(0), "what is left over is looked for in a whole run");
    write("night.test.yml", &SNAPSHOT_OF.replace("NAME", "five"));
    let said = text(&run(&["test", &here]).stdout);
    assert!(said.contains("would keep their snapshots under the same name"), "{said}");
}

#[test]
fn a_run_without_a_test_is_not_a_good_one() {
    let (folder, write) = tested_policy();
    let here = folder.path().display().to_string();
    write("early.test.yaml", &SNAPSHOT_OF.replace("NAME", "an early call"));
    assert_eq!(run(&["test", "--accept", &here]).status.code(), Some(0));
    let xml = folder.path().join("verdicts.xml").display().to_string();
    for (form, sign) in
        [(None, "no test was run"), (Some("tap"), "Bail out! no test was run"), (Some("github"), "::error::")]
    {
        let mut args = vec!["test", "--filter", "nowhere", "--junit", &xml, &here];
        args.extend(form.into_iter().flat_map(|form| ["--report", form]));
        let none = run(&args);
        assert_eq!(none.status.code(), Some(1));
        assert!(text(&none.stdout).contains(sign), "{}", text(&none.stdout));
        assert!(std::fs::read_to_string(&xml).expect("a file").contains("<error message=\"no test was run"));
    }
}
