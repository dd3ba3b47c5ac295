//! `heedful replay` and `heedful map` as an analyst runs them, on a few invented rows.

use crate::support::root;
use crate::watch::command::heedful;
use std::fs;
use std::process::Output;
use tempfile::TempDir;

const CALLS: &str = "\
id,at,place,kind,given
row-4,2025-11-02T01:30:00-06:00,100 EXAMPLE ST,Disturbance Family,P2
row-1,2025-11-01T23:00:00-05:00,100 EXAMPLE ST,Disturbance Family,P3
row-3,2025-11-02T01:15:00-06:00,,Disturbance Family,P3
row-2,2025-11-02T01:10:00-06:00,100 example st ,Disturbance Family Knife Involved,P2
row-5,2025-11-09T01:30:00-06:00,100 EXAMPLE ST,Violation of Protective Order,P1
row-6,yesterday,100 EXAMPLE ST,Violation of Protective Order,P1
row-7,2025-11-12T02:00:00-06:00,200 EXAMPLE ST,Something Else,P9
";

/// What the control room gave them.
const GIVEN: &str = "    given: {grade: {column: given, codes: {P1: immediate, P2: priority, P3: scheduled}}}\n";

/// A folder with the policy of the published calls, another draft of it, its mapping, and a table.
pub(crate) fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["rules", "draft"] {
        fs::create_dir(folder.path().join(name)).expect("a folder");
        for file in ["policy.heed", "vocabulary.heed"] {
            let text = fs::read_to_string(root("examples/public-calls").join(file)).expect("a file");
            let text = match name {
                "draft" => text.replace("repeat-calls is 3 calls", "repeat-calls is 2 calls"),
                _ => text,
            };
            fs::write(folder.path().join(name).join(file), text).expect("a file");
        }
    }
    let map = fs::read_to_string(root("examples/public-calls/map.yaml")).expect("a mapping");
    fs::write(folder.path().join("map.yaml"), map.replace("calls.csv.gz", "calls.csv") + GIVEN).expect("a file");
    fs::write(folder.path().join("calls.csv"), CALLS).expect("a file");
    folder
}

pub(crate) fn run(folder: &TempDir, args: &[&str]) -> String {
    let Output { status, stdout, stderr } = heedful(folder.path(), args).output().expect("the program runs");
    let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    format!("$ heedful {}\n{stdout}{stderr}exit {}\n", args.join(" "), status.code().expect("a code"))
}

#[test]
fn what_a_report_says() {
    let folder = folder();
    let report = run(
        &folder,
        &[
            "replay",
            "--policy",
            "rules",
            "--against",
            "draft",
            "--map",
            "map.yaml",
            "--by",
            "kind",
            "--hide-below",
            "2",
            "--followed",
            "place within 2 days",
            "--sweep",
            "repeat-calls",
            "--refused",
            "refused.txt",
            "--report",
            "report.html",
        ],
    );
    let refused = fs::read_to_string(folder.path().join("refused.txt")).expect("the refused rows");
    insta::assert_snapshot!("replay", format!("{report}\nrefused.txt\n{refused}"));
    let page = fs::read_to_string(folder.path().join("report.html")).expect("a page");
    assert!(page.contains("<svg") && page.contains("The numbers") && !page.contains("http-equiv"));
    // It needs nothing from anywhere else.
    let links = page.matches("src=").count() + page.matches("href=").count();
    assert_eq!(links, 0);
}

#[test]
fn the_cases_that_it_writes_are_decided_alike() {
    let folder = folder();
    run(&folder, &["replay", "--policy", "rules", "--map", "map.yaml", "--cases", "cases.jsonl"]);
    let decided = run(&folder, &["decide", "--policy", "rules", "--format", "json", "cases.jsonl"]);
    let json = run(&folder, &["replay", "--policy", "rules", "--map", "map.yaml", "--format", "json"]);
    let json = json.lines().skip(1).take_while(|line| !line.starts_with("exit")).collect::<Vec<_>>().join("\n");
    let report: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    for rule in report["policies"][0]["rules"].as_array().expect("rules") {
        let name = rule["rule"].as_str().expect("a name");
        let fired = decided.matches(&format!("{{\"rule\":\"{name}\",\"because\"")).count() as u64;
        assert_eq!(rule["fired"], fired, "{name}");
    }
}

#[test]
fn a_mapping_is_drafted_and_checked() {
    let folder = folder();
    let guessed = run(&folder, &["map", "--policy", "rules", "--guess", "calls.csv"]);
    let checked = run(&folder, &["map", "--policy", "rules", "--check", "map.yaml", "--show", "1"]);
    let text = fs::read_to_string(folder.path().join("map.yaml")).expect("a mapping");
    fs::write(folder.path().join("map.yaml"), text.replace("disturbance\n", "disturbanse\n")).expect("a file");
    let wrong = run(&folder, &["map", "--policy", "rules", "--check", "map.yaml"]);
    let history = run(&folder, &["schema", "--policy", "rules", "--history"]);
    insta::assert_snapshot!("map", [guessed, checked, wrong, history].join("\n"));
}

#[test]
fn a_table_that_cannot_be_read_makes_its_records_unavailable() {
    let folder = folder();
    fs::remove_file(folder.path().join("calls.csv")).expect("a file");
    let report = run(&folder, &["replay", "--policy", "rules", "--map", "map.yaml"]);
    assert!(report.contains("could not be read") && report.ends_with("exit 1\n"), "{report}");
}

/// What somebody else made of the same calls: grades with codes, a list that names rows twice and one that is no call, and one in JSON.
const BESIDE: &str = "\
beside:
  - file: grades.csv
    id: ref
    given:
      grade: {column: grade, codes: {P1: immediate, P2: priority, P3: scheduled}}
      referrals: {column: to, split: \";\", none: [nobody]}
  - file: repeat.txt
    holds: {rule: repeat-place}
  - file: specialist.jsonl
    id: id
    holds: {referrals: da-specialist}
";

fn with_beside() -> TempDir {
    let folder = folder();
    let files = [
        (
            "grades.csv",
            "ref,grade,to\nrow-1,P3,nobody\nrow-2,P1,\nrow-3,P2,da-specialist;supervisor\nrow-4,P4,someone\n\
             row-9,P1,nobody\nrow-1,P2,nobody\n,P1,nobody\nrow-2,P1,\n",
        ),
        ("repeat.txt", "row-4\n\n row-1 \nrow-4\nrow-77\n"),
        ("specialist.jsonl", "{\"id\": \"row-4\"}\n{\"id\": \"row-5\"}\nrow-6\n"),
    ];
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    let map = fs::read_to_string(folder.path().join("map.yaml")).expect("a mapping");
    fs::write(folder.path().join("map.yaml"), map + BESIDE).expect("a file");
    folder
}

#[test]
fn what_others_say_stands_beside_the_policy() {
    let folder = with_beside();
    let replay = ["replay", "--policy", "rules", "--map", "map.yaml", "--refused", "refused.txt"];
    let report = run(&folder, &[&replay[..], &["--report", "report.html"]].concat());
    let later = run(&folder, &[&replay[..], &["--from", "2025-11-03"]].concat());
    let json = run(&folder, &[&replay[..], &["--format", "json"]].concat());
    let json = json.split_once('\n').and_then(|(_, rest)| rest.rsplit_once("exit")).expect("an exit").0;
    let json: serde_json::Value = serde_json::from_str(json).expect("JSON");
    let beside = serde_json::to_string_pretty(&json["policies"][0]["beside"]).expect("JSON");
    let checked = run(&folder, &["map", "--policy", "rules", "--check", "map.yaml"]);
    let refused = fs::read_to_string(folder.path().join("refused.txt")).expect("the refused rows");
    let page = fs::read_to_string(folder.path().join("report.html")).expect("a page");
    let part = page.split("<h3>").filter(|part| part.starts_with("rule beside")).collect::<Vec<_>>().join("\n");
    let parts = [&report, "\nrefused.txt\n", &refused, &beside, "\n\n", &checked, "\n", &part, "\n", &later];
    insta::assert_snapshot!("beside", parts.concat());
}

#[test]
fn what_is_set_beside_nothing_is_said() {
    let folder = with_beside();
    let map = fs::read_to_string(folder.path().join("map.yaml")).expect("a mapping");
    let try_with = |from: &str, to: &str| {
        assert!(map.contains(from), "{from}");
        fs::write(folder.path().join("map.yaml"), map.replace(from, to)).expect("a file");
        let said = run(&folder, &["replay", "--policy", "rules", "--map", "map.yaml"]);
        let shown = said
            .lines()
            .filter(|line| ["error", "could not", "did you", "exit", "beside"].iter().any(|word| line.contains(word)));
        format!("{to}\n{}\n", shown.collect::<Vec<_>>().join("\n"))
    };
    let wrong = [
        try_with("rule: repeat-place", "rule: repeat-plase"),
        try_with("referrals: da-specialist", "referrals: da-specialst"),
        try_with("holds: {rule: repeat-place}", "separator: \",\""),
        try_with("repeat.txt", "nowhere.txt"),
        try_with("id: ref\n", "separator: \",\"\n"),
        try_with("id: ref\n", "id: reference\n"),
        try_with("P3: scheduled}", "P3: scheduled}, split: \";\""),
        try_with("beside:\n", "beside: repeat.txt\nother:\n"),
    ];
    insta::assert_snapshot!("beside-wrong", wrong.join("\n"));
}

/// A folder whose policy looks at its own earlier decisions.
fn with_decisions() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("rules")).expect("a folder");
    for (file, to) in [
        ("vocabulary.heed", "rules/vocabulary.heed"),
        ("policy.heed", "rules/policy.heed"),
        ("map.yaml", "map.yaml"),
        ("calls.csv", "calls.csv"),
    ] {
        let text = fs::read_to_string(root("crates/replay/tests/again").join(file)).expect("a file");
        fs::write(folder.path().join(to), text).expect("a file");
    }
    folder
}

#[test]
fn a_policy_that_looks_at_its_own_decisions() {
    let folder = with_decisions();
    let replay = ["replay", "--policy", "rules", "--map", "map.yaml"];
    let report = run(&folder, &[&replay[..], &["--sweep", "repeats", "--cases", "cases.jsonl"]].concat());
    let decided = run(&folder, &["decide", "--policy", "rules", "--brief", "cases.jsonl"]);
    let shown = run(&folder, &["map", "--policy", "rules", "--check", "map.yaml", "--show", "2"]);
    insta::assert_snapshot!("decisions", [&*report, &decided, &shown].join("\n"));
    // A point of a sweep is what a replay with the setting at that value says.
    let text = fs::read_to_string(folder.path().join("rules/policy.heed")).expect("a policy");
    let two = text.replace("repeats is 3 calls", "repeats is 2 calls");
    fs::write(folder.path().join("rules/policy.heed"), two).expect("a file");
    let alone = run(&folder, &replay);
    let counts = |text: &str| {
        let lines = text.lines().filter(|line| line.starts_with("  grade:") || line.starts_with("  referrals:"));
        lines.map(str::to_owned).take(2).collect::<Vec<_>>()
    };
    let (_, point) = report.split_once("repeats 2 calls").expect("a point");
    assert_eq!(counts(point), counts(&alone));
}

#[test]
fn what_a_decision_as_a_record_cannot_say() {
    let folder = with_decisions();
    let (map, words) = (folder.path().join("map.yaml"), folder.path().join("rules/vocabulary.heed"));
    let (text, vocabulary) =
        (fs::read_to_string(&map).expect("a mapping"), fs::read_to_string(&words).expect("a vocabulary"));
    let said = |change: &str| {
        let said = run(&folder, &["replay", "--policy", "rules", "--map", "map.yaml"]);
        let (_, said) = said.split_once('\n').expect("lines");
        format!("{change}\n{said}\n")
    };
    let of_map = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        fs::write(&map, text.replace(from, to)).expect("a file");
        let said = said(to);
        fs::write(&map, &text).expect("a file");
        said
    };
    let of_vocabulary = |from: &str, to: &str| {
        assert!(vocabulary.contains(from), "{from}");
        fs::write(&words, vocabulary.replace(from, to)).expect("a file");
        let said = said(to);
        fs::write(&words, &vocabulary).expect("a file");
        said
    };
    let wrong = [
        of_map("record: decision", "record: call"),
        of_map("record: decision", "record: decisoin"),
        of_map("grade: grade", "grade: referrals"),
        of_map("grade: grade", "grades: grade"),
        of_map("rules: rules", "rules: ruls"),
        of_map("caller: caller, weapon", "weapon"),
        of_map("of-call: call\n", "of-call: rules\n"),
        of_map("look-again: look-again", "look-again: {fact: weapon}"),
        of_vocabulary("one of low, mid, high \"The grade", "one of low, mid \"The grade"),
        of_vocabulary("again, escalates \"Which", "agian, escalates \"Which"),
    ];
    insta::assert_snapshot!("decisions-wrong", wrong.join("\n"));
}

/// A vocabulary of which the policy reads little, and a table in which what it does not read is marked.
fn with_private_facts() -> TempDir {
    let folder = with_decisions();
    let words = folder.path().join("rules/vocabulary.heed");
    let text = fs::read_to_string(&words).expect("a vocabulary");
    let text = text
        .replace(
            "record call, plural",
            "  fact phone: identity of person \"The number\"\n  fact said: text \"What was said\"\n  fact notes: text \"Notes\"\n\nrecord call, plural",
        )
        .replace(
            "record decision, plural",
            "  field phone: identity of person \"The number\"\n  field said: text \"What was said\"\n  field notes: text \"Notes\"\n\nrecord decision, plural",
        );
    fs::write(&words, text).expect("a file");
    let policy = folder.path().join("rules/policy.heed");
    let text = fs::read_to_string(&policy).expect("a policy")
        + "\nrule threat \"A threat\"\n  when said mentions \"kill\" or \"knife at\"\n  then grade at least mid\n  because \"A threat\"\n  source \"Invented\"\n";
    fs::write(&policy, text).expect("a file");
    let map = folder.path().join("map.yaml");
    let text = fs::read_to_string(&map).expect("a mapping");
    let values = "values: {caller: caller, weapon: weapon, phone: phone, said: said, notes: notes}";
    fs::write(&map, text.replace("values: {caller: caller, weapon: weapon}", values)).expect("a file");
    let calls = folder.path().join("calls.csv");
    let text = fs::read_to_string(&calls).expect("calls");
    let rows = text.lines().enumerate().map(|(number, row)| match number {
        0 => format!("{row},phone,said,notes\n"),
        2 => format!("{row},MARKED-{number},he will KILL me MARKED,MARKED\n"),
        _ => format!("{row},MARKED-{number},a knife MARKED at home,MARKED\n"),
    });
    fs::write(calls, rows.collect::<String>()).expect("a file");
    secret(&folder, "force.key", "an invented secret of at least 32 bytes", 0o600);
    folder
}

fn secret(folder: &TempDir, name: &str, key: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.path().join(name);
    fs::write(&path, key).expect("a file");
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("rights");
}

fn json_report(folder: &TempDir, args: &[&str]) -> serde_json::Value {
    let said = run(folder, &[&["replay", "--policy", "rules", "--format", "json"], args].concat());
    let said = said.split_once('\n').and_then(|(_, rest)| rest.rsplit_once("exit")).expect("an exit").0;
    serde_json::from_str(said).unwrap_or_else(|why| panic!("{why}: {said}"))
}

/// A report without what is said of the rows, and where ids are others without ids.
fn comparable(mut report: serde_json::Value, with_ids: bool) -> serde_json::Value {
    report["tables"].take();
    for rule in report["policies"][0]["rules"].as_array_mut().expect("rules") {
        if !with_ids {
            rule["first"] = rule["first"].as_array().expect("ids").len().into();
            rule["ids_sha256"].take();
        }
    }
    report
}

#[test]
fn a_year_of_capsules_gives_the_same_report() {
    let folder = with_private_facts();
    let tables = ["--map", "map.yaml", "--sweep", "repeats", "--followed", "caller within 2 hours"];
    let whole = json_report(&folder, &tables);
    let writing = ["--capsules", "year.jsonl", "--key", "force.key"];
    json_report(&folder, &[&tables[..], &writing].concat());
    let capsules = fs::read_to_string(folder.path().join("year.jsonl")).expect("capsules");
    for word in ["MARKED", "phone", "notes", "ann", "bob", "call-", "home", "will"] {
        assert!(!capsules.contains(word), "{word}: {capsules}");
    }
    let again = ["year.jsonl", "--followed", "caller within 2 hours"];
    let of_capsules = json_report(&folder, &again);
    let alone = json_report(&folder, &["--map", "map.yaml", "--followed", "caller within 2 hours"]);
    assert_eq!(comparable(of_capsules, false), comparable(alone.clone(), false));
    assert!(whole["sweep"].is_array());
    // Under the ids that calls had, down to the hash of the ids.
    json_report(&folder, &[&tables[..], &writing, &["--keep-call-ids"]].concat());
    let kept = fs::read_to_string(folder.path().join("year.jsonl")).expect("capsules");
    assert_eq!(comparable(json_report(&folder, &again), true), comparable(alone, true));
    let first: Vec<&str> = [&capsules, &kept].iter().map(|text| text.lines().nth(1).expect("a capsule")).collect();
    let decided = run(&folder, &["decide", "--policy", "rules", "--brief", "year.jsonl"]);
    insta::assert_snapshot!("capsules", format!("{}\n\n{decided}", first.join("\n\n")));
}

#[test]
fn what_keeps_capsules_from_being_written_or_read() {
    let folder = with_private_facts();
    secret(&folder, "short.key", "short", 0o600);
    secret(&folder, "open.key", "an invented secret of at least 32 bytes", 0o640);
    fs::write(folder.path().join("odd.jsonl"), "{\"call\":{\"id\":\"a\",\"at\":\"2026-03-01T10:00:00Z\"}}\n\nno case\n{\"call\":{\"id\":\"b\",\"at\":\"2026-03-01T10:00:00Z\",\"shoe\":1}}\n").expect("a file");
    let with_key = |key: &'static str| {
        ["replay", "--policy", "rules", "--map", "map.yaml", "--capsules", "out.jsonl", "--key", key]
    };
    let said = [
        run(&folder, &with_key("short.key")),
        run(&folder, &with_key("open.key")),
        run(&folder, &with_key("none.key")),
        run(&folder, &["replay", "--policy", "rules", "--map", "map.yaml", "--capsules", "out.jsonl"]),
        run(&folder, &["replay", "--policy", "rules", "calls.csv"]),
        run(&folder, &["replay", "--policy", "rules", "odd.jsonl", "--refused", "refused.txt"]),
        run(&folder, &["replay", "--policy", "rules", "nowhere.jsonl"]),
    ];
    assert!(!folder.path().join("out.jsonl").exists());
    let refused = fs::read_to_string(folder.path().join("refused.txt")).expect("the refused rows");
    insta::assert_snapshot!("capsules-wrong", said.join("\n") + "\nrefused.txt\n" + &refused);
}
