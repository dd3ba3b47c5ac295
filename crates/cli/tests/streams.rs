//! Many cases one after another: what one leaves behind must not be seen by the next, whoever reads it and when.

use crate::support::{reading, root, shipped};
use heedful::engine::Snapshot;
use heedful::model::Case;
use heedful::wire::{self, Document, InputFormat, Problems, Reader};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// How long a process may take to end, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn decide(rest: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heedful"));
    command.args(["decide", "--policy", "rules", "--force", "national-baseline", "--format", "json"]);
    command.args(rest).current_dir(root("")).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The texts of all examples and of all cases that cannot be read, with their form.
fn texts() -> Vec<(InputFormat, String)> {
    let mut texts = Vec::new();
    for folder in ["examples", "tests/broken-cases"] {
        for entry in walkdir::WalkDir::new(root(folder)).sort_by_file_name() {
            let path = entry.expect("a readable folder").into_path();
            let form = match path.extension().and_then(|ending| ending.to_str()) {
                Some("json" | "jsonl") => InputFormat::Json,
                Some("yaml") => InputFormat::Yaml,
                _ => continue,
            };
            let text = std::fs::read_to_string(&path).expect("a case");
            match path.extension().is_some_and(|ending| ending == "jsonl") {
                true => texts.extend(text.lines().map(|line| (form, line.to_owned()))),
                false => texts.push((form, text)),
            }
        }
    }
    assert!(texts.len() > 30, "{} cases", texts.len());
    texts
}

/// What came of reading a case: the decision, or what was said.
fn answer(policy: &Snapshot, read: Result<&Case, Problems>) -> Result<String, Problems> {
    read.map(|case| {
        let mut line = Vec::new();
        wire::push_decision(&mut line, &policy.decide(case), policy);
        String::from_utf8(line).expect("UTF-8")
    })
}

#[test]
fn one_reader_reads_each_case_as_a_new_one_does() {
    let policy = shipped("rules", "National baseline");
    let texts = texts();
    let documents: Vec<Document<'_>> = texts.iter().flat_map(|(form, text)| wire::documents(*form, text).0).collect();
    let mut reader = Reader::new(reading(&policy));
    // Each after each other one, at least once.
    for step in 1..8 {
        for at in 0..documents.len() {
            let document = documents[at * step % documents.len()];
            let fresh = document.read(reading(&policy));
            let kept = fresh.as_ref().ok().cloned();
            let again = answer(&policy, reader.read(document));
            assert_eq!(again, answer(&policy, fresh.as_ref().map_err(Clone::clone)));
            // A copy of the case stays what it was when the next is read.
            let other = documents[(at * step + 1) % documents.len()];
            let copy = reader.read(document).ok().cloned();
            let _ = reader.read(other);
            assert_eq!(copy.map(|case| answer(&policy, Ok(&case))), kept.map(|case| answer(&policy, Ok(&case))));
        }
    }
}

#[test]
fn odd_spellings_are_read_as_the_plain_one() {
    let policy = shipped("rules", "National baseline");
    let plain = r#"{"call":{"id":"c","at":"2026-03-14T22:00:00+00:00","caller":"é","injury":"serious","weapons":["knife"]},"history":{"calls":[{"id":"a","at":"2026-03-14T21:00:00+00:00","caller":"é"}]}}"#;
    let odd = [
        plain.replace("\"id\"", "\"\\u0069d\""),
        plain.replace('é', "\\u00e9"),
        plain.replace("knife", "\\u006bnife").replace(':', " :\t").replace(" :\t00", ":00"),
        plain.replace("21:00:00+00:00", "21:00:00.9Z").replace("22:00:00+00:00", "23:00:00+01:00"),
        plain.replace("2026-03-14T21", "2026-03-14t21").replace("T22:00:00+00:00", " 22:00:00Z"),
        plain.replace("\"caller\"", "\"phone\":null,\"caller\""),
        format!("\r\n {plain} \n"),
        plain.replacen('é', "e\u{301}", 1),
        plain.replacen("\"é\"", "\" é\\u200b\"", 1),
    ];
    let read = |text: &str| {
        let case = Document::json_line(text, 1).read(reading(&policy));
        answer(&policy, case.as_ref().map_err(Clone::clone))
    };
    let wanted = read(plain).expect("a case");
    for text in odd {
        assert_ne!(text, plain);
        assert_eq!(read(&text).as_ref(), Ok(&wanted), "{text}");
    }
}

fn run(rest: &[&str], input: &str) -> Output {
    let mut child = decide(rest).spawn().expect("the program runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input.as_bytes()));
        child.wait_with_output().expect("the program ends")
    })
}

/// Whoever wants an answer whatever comes has one for each line, also where the first is no case, or no line of one.
#[test]
fn a_first_line_that_is_no_case_does_not_hold_up_the_others() {
    let case = r#"{"call":{"id":"c","at":"2026-03-14T22:00:00Z"}}"#;
    for first in
        ["null", "hello", r#"{"call":{"id":"m""#, "[\"x\"]", "---", &format!("{case},"), &format!("[{case},{case}]")]
    {
        let output = run(&["--unknown-values", "warn", "-"], &format!("{first}\n{case}\n{case}\n"));
        let lines = String::from_utf8(output.stdout).expect("UTF-8");
        let decided: Vec<bool> = lines.lines().map(|line| line.contains("\"outcome\":")).collect();
        assert_eq!(decided, [false, true, true], "{first}: {lines}");
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let mut input = String::new();
    for number in 0..6000 {
        let history: Vec<String> = (0..number * 7 % 30)
            .map(|at| {
                format!(r#"{{"id":"r{at}","at":"2026-03-{:02}T20:00:00+00:00","caller":"p{}"}}"#, at % 14 + 1, at % 3)
            })
            .collect();
        let list = history.join(",");
        input.push_str(&match number % 97 {
            13 => "not a case\n".to_owned(),
            14 => "\n  \n".to_owned(),
            15 => format!("{{\"call\":{{\"id\":\"c{number}\"}}}}\n"),
            _ => format!(
                "{{\"call\":{{\"id\":\"c{number}\",\"at\":\"2026-03-14T22:00:00+00:00\",\"caller\":\"p1\"}},\"history\":{{\"calls\":[{list}]}}}}\n"
            ),
        });
    }
    assert!(input.len() > 4 * 1024 * 1024, "several blocks: {}", input.len());
    let one = run(&["--threads", "1", "-"], &input);
    assert_eq!(one.status.code(), Some(1));
    let answers = String::from_utf8(one.stdout.clone()).expect("UTF-8");
    assert_eq!(answers.lines().count(), 6000 - 62, "one for each line that is not blank");
    assert_eq!(answers.lines().filter(|line| line.contains("\"error\":{")).count(), 2 * 62);
    for threads in ["2", "5"] {
        let several = run(&["--threads", threads, "-"], &input);
        assert_eq!(several.status.code(), one.status.code());
        assert!(several.stdout == one.stdout, "{threads} threads decide alike, in the same order");
        assert!(several.stderr == one.stderr, "{threads} threads say the same of what is wrong");
    }
}

fn ends(mut child: Child) -> Option<i32> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait().expect("a process") {
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().expect("a process");
    panic!("it did not end");
}

/// What a program that sends a line and waits for its answer may come to send.
#[test]
fn every_line_has_one_answer_in_its_place_before_the_next_is_sent() {
    let mut child = decide(&["--lines", "--threads", "3", "-"]).spawn().expect("the program runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut answers = BufReader::new(child.stdout.take().expect("a pipe"));
    let good = r#"{"call":{"id":"c-1","at":"2026-03-14T22:00:00+00:00"}}"#;
    let rows = [
        ("no case at all", "null unreadable"),
        (good, "\"c-1\" "),
        (r#"{"call":"#, "null unreadable"),
        (r#"{"call":{"id":"c-2"}}"#, "\"c-2\" missing"),
        (r#"{"call":{"id":"c-3","at":"yesterday"}}"#, "\"c-3\" bad-value"),
        (r#"{"call":{"at":"2026-03-14T22:00:00+00:00","injury":"odd","id":"c-4"}}"#, "\"c-4\" bad-value"),
        (r#"{"call":{"id":"c-5","at":"2026-03-14T22:00:00+00:00","hat":1,"cap":2}}"#, "\"c-5\" unknown-key"),
        (r#"{"call":{"id":"c-6","id":"c-7","at":"2026-03-14T22:00:00+00:00"}}"#, "\"c-6\" given-twice"),
        ("[]", "null bad-value"),
        ("\u{feff}", "null unreadable"),
        (good, "\"c-1\" "),
    ];
    for (line, wanted) in rows {
        // A blank line is no case, and has no answer.
        writeln!(stdin, "  \n{line}").and_then(|()| stdin.flush()).expect("somebody listens");
        let mut answer = String::new();
        answers.read_line(&mut answer).expect("an answer");
        let answer: serde_json::Value = serde_json::from_str(&answer).expect("JSON");
        let code = answer["error"]["code"].as_str().unwrap_or_default();
        assert_eq!(format!("{} {code}", answer["case"]), wanted, "{line}");
        assert_eq!(answer["outcome"].is_object(), code.is_empty(), "{answer}");
        if !code.is_empty() {
            assert!(answer["error"]["at"]["column"].is_u64() && answer["error"]["message"].is_string(), "{answer}");
        }
    }
    drop(stdin);
    assert_eq!(ends(child), Some(1), "some were refused");
}

#[test]
fn each_line_is_answered_before_the_next_and_nobody_to_read_is_the_end() {
    let mut child = decide(&["--threads", "3", "-"]).spawn().expect("the program runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut answers = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut ask = |number: usize| {
        writeln!(stdin, r#"{{"call":{{"id":"c{number}","at":"2026-03-14T22:00:00+00:00"}}}}"#)
            .and_then(|()| stdin.flush())
    };
    for number in 0..10 {
        ask(number).expect("somebody listens");
        let mut line = String::new();
        answers.read_line(&mut line).expect("an answer");
        assert!(line.starts_with(&format!("{{\"case\":\"c{number}\"")), "{line}");
    }
    drop(answers);
    // The input stays open, and its next line may be long in coming.
    ask(10).expect("somebody listens");
    assert_eq!(ends(child), Some(0));
    drop(stdin);
}
