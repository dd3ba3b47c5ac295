//! `heedful serve` as a force runs it: the command, the shipped rules, real sockets; and what it logs, which is about nobody.

use crate::support::root;
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

const HEEDFUL: &str = env!("CARGO_BIN_EXE_heedful");

/// A service that runs, until it is dropped.
struct Serving {
    child: Child,
    address: String,
    log: Option<JoinHandle<String>>,
}

impl Serving {
    fn start(folder: &Path, more: &[&str]) -> Self {
        let mut command = Command::new(HEEDFUL);
        command.arg("serve").arg("--policy").arg(root("rules")).args(["--force", "riverside", "--keep"]);
        command.arg(folder.join("kept")).args(["--listen", "127.0.0.1:0"]).args(more);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut log = child.stderr.take().expect("a log");
        let log = std::thread::spawn(move || {
            let mut text = String::new();
            let _ = log.read_to_string(&mut text);
            text
        });
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("an output")).read_line(&mut line).expect("an address");
        let address = line.trim().trim_start_matches("http://").to_owned();
        assert!(!address.is_empty(), "{:?}", log.join());
        Self { child, address, log: Some(log) }
    }

    /// Sends just these bytes and reads all that comes back.
    fn send(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        let _ = stream.write_all(request);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn ask(&self, method: &str, path: &str, more: &str, body: &str) -> String {
        let length = body.len();
        self.send(
            format!("{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{more}content-length: {length}\r\n\r\n{body}", self.address)
                .as_bytes(),
        )
    }

    /// Ends it, and gives what it logged.
    fn end(mut self) -> String {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").arg(&id).status().expect("kill").success());
        self.child.wait().expect("it ends");
        self.log.take().expect("a log").join().expect("a log")
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn heedful(args: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(HEEDFUL).args(args).output().expect("it runs");
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr),
    )
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

/// Makes a token with `heedful serve token`, into the file of tokens.
fn token(file: &Path, name: &str, roles: &[&str]) -> String {
    let file = file.display().to_string();
    let mut args = vec!["serve", "token", "--name", name, "--tokens", &file];
    roles.iter().for_each(|role| args.extend(["--role", role]));
    let (code, said) = heedful(&args);
    assert_eq!(code, Some(0), "{said}");
    let token = said.lines().next().expect("a token").to_owned();
    assert!(!fs::read_to_string(file).expect("a file").contains(&token), "the file does not hold it");
    token
}

const MARK: &str = "Zyxomark";

/// The case of a police suspect, with a name that is nobody's wherever one can stand.
fn marked(id: &str) -> String {
    let case = fs::read_to_string(root("examples/police-suspect.json")).expect("a case");
    let mut case: Value = serde_json::from_str(&case).expect("JSON");
    case["call"]["id"] = id.into();
    for key in ["caller", "phone", "location", "victim"] {
        case["call"][key] = format!("{MARK}-{key}").into();
    }
    case["call"]["suspect"] = serde_json::json!([format!("{MARK}-suspect")]);
    case.to_string()
}

/// Every mistake that a case can hold, each with the name in it.
fn mistakes() -> Vec<String> {
    let mut all = Vec::new();
    let mut with = |change: &dyn Fn(&mut Value)| {
        let mut case: Value = serde_json::from_str(&marked("wrong")).expect("JSON");
        change(&mut case);
        all.push(case.to_string());
    };
    let keys: Vec<String> = {
        let case: Value = serde_json::from_str(&marked("wrong")).expect("JSON");
        case["call"].as_object().expect("a call").keys().filter(|key| *key != "id").cloned().collect()
    };
    for key in &keys {
        with(&|case| case["call"][key] = format!("{MARK} Example").into());
        with(&|case| case["call"][key] = serde_json::json!([format!("{MARK} Example"), format!("{MARK} Example")]));
        with(&|case| case["call"][key] = serde_json::json!({"name": format!("{MARK} Example")}));
    }
    let records = ["calls", "incidents", "orders", "markers", "risk-assessments"];
    for list in records {
        with(&|case| case["history"][list] = format!("{MARK} Example").into());
        with(&|case| case["history"][list] = serde_json::json!([format!("{MARK} Example")]));
        with(&|case| {
            case["history"][list] =
                serde_json::json!([{"id": "r", "victim": format!("{MARK}-v"), "kind": MARK, "at": MARK}]);
        });
    }
    let whole = marked("wrong");
    all.extend([
        whole[..whole.len() - 20].to_owned(),
        whole.replace("\"call\":", "\"call\" "),
        format!("\"{MARK}\""),
        format!("[{{\"{MARK}\":1}}]"),
    ]);
    all.push(whole.replacen("\"caller\":", "\"caller\":\"twice\",\"caller\":", 1));
    all
}

#[test]
fn nothing_of_anybody_stands_in_a_log_a_metric_or_a_problem() {
    let folder = tempfile::tempdir().expect("a folder");
    let tokens = folder.path().join("tokens");
    let cad = token(&tokens, "cad", &["decide"]);
    let all = token(&tokens, "all", &["decide", "read", "edit", "audit"]);
    let standards = token(&tokens, "standards", &["audit", "restricted"]);
    let file = tokens.display().to_string();
    let serving = Serving::start(folder.path(), &["--log", "trace", "--tokens", &file, "--max-body", "100000"]);
    let bearer = |token: &str| format!("authorization: Bearer {token}\r\n");
    let decided = serving.ask("POST", "/decide?why=true", &bearer(&cad), &marked("C-1"));
    assert!(status(&decided) == "200" && decided.contains("\"record-access\":\"restricted\""), "{decided}");
    let mut answers = Vec::new();
    for body in mistakes() {
        answers.push(serving.ask("POST", "/decide", &bearer(&cad), &body));
        answers.push(serving.ask(
            "POST",
            "/decide",
            &format!("{}content-type: application/x-ndjson\r\n", bearer(&cad)),
            &body,
        ));
    }
    let refused = answers.iter().filter(|answer| answer.contains("urn:heedful:problem:")).count();
    assert!(refused > 60, "{refused} of {}", answers.len());
    let many = format!("{}\n{{\n{}\n", marked("C-2"), marked("C-3").replace("third-party", MARK));
    answers.push(serving.ask(
        "POST",
        "/decide",
        &format!("{}content-type: application/x-ndjson\r\n", bearer(&cad)),
        &many,
    ));
    let free = [
        format!("\"{MARK}\""),
        format!("{{\"because\":{{\"{MARK}\":1}}}}"),
        format!("{{\"outcome\":{{}},\"because\":[\"{MARK}\"]}}"),
        format!("{{\"by\":[\"{MARK}\"],\"because\":\"{MARK}\"}}"),
        MARK.to_owned(),
        format!("{{\"digest\":\"00\",\"by\":\"{MARK}\",\"because\":\"{MARK}\"}}"),
        format!("{{\"outcome\":{{\"grade\":\"{MARK}\"}},\"because\":\"{MARK}\"}}"),
        format!("{{\"because\":\"{MARK}"),
    ];
    for path in [
        "/roll-back",
        "/release",
        "/record/cases/C-1/handler-grade",
        "/record/cases/none/handler-grade",
        "/health",
        "/nowhere",
    ] {
        for body in &free {
            answers.push(serving.ask("POST", path, &bearer(&all), body));
        }
    }
    for path in [
        "/policy",
        "/schema",
        "/generations",
        "/metrics",
        "/ready",
        "/openapi.json",
        "/record/key",
        "/record/log/checkpoint",
        "/record/log/tile/entries/000.p/1",
        "/record/cases/C-1",
        "/record/entries/0",
        "/record/entries/x",
    ] {
        answers.push(serving.ask("GET", path, &bearer(&all), MARK));
        answers.push(serving.ask("GET", path, &bearer(MARK), ""));
        answers.push(serving.ask("GET", path, "", ""));
    }
    answers.push(serving.ask("POST", &format!("/decide?why={MARK}"), &bearer(&cad), ""));
    answers.push(serving.ask(
        "POST",
        "/decide",
        &format!("authorization: {MARK}\r\ncontent-type: {MARK}\r\n"),
        &marked("C-4"),
    ));
    answers.push(serving.ask(
        "POST",
        "/decide",
        &format!("{}content-type: text/{MARK}\r\n", bearer(&cad)),
        &marked("C-4"),
    ));
    answers.push(serving.ask("POST", "/decide", &bearer(&cad), &marked("C-5").repeat(100)));
    answers.push(serving.send(format!("{MARK} {MARK}\r\n\r\n").as_bytes()));
    let mut leaks: Vec<&String> = answers.iter().collect();
    leaks.retain(|answer| {
        // What was recorded is shown to those who may see it, and what was decided to those who asked: a decision repeats ids.
        let is_decision = answer.contains("\"served\":") && status(answer) == "200";
        !is_decision && answer.contains(MARK)
    });
    assert!(leaks.is_empty(), "{leaks:#?}");
    let looked = serving.ask("GET", "/record/cases/C-1", &bearer(&standards), "");
    assert!(status(&looked) == "200" && looked.contains(MARK), "the role for it reads it: {looked}");
    assert_eq!(status(&serving.ask("GET", "/record/cases/C-1", &bearer(&all), "")), "403");
    let log = serving.end();
    assert!(!log.contains(MARK), "{}", log.lines().find(|line| line.contains(MARK)).unwrap_or_default());
    for token in [&cad, &all, &standards] {
        assert!(!log.contains(token.as_str()), "no token stands in the log");
    }
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    let requests: Vec<&Value> = lines.iter().filter(|line| line["message"] == "answered").collect();
    assert!(requests.len() > answers.len(), "each request has a line");
    let first = requests[0];
    let said = ["route", "status", "caller", "case"].map(|key| first[key].to_string());
    assert_eq!(said, ["\"/decide\"", "200", "\"cad\"", "\"C-1\""], "{first}");
    assert!(first["ms"].as_f64().is_some_and(|ms| ms > 0.0), "{first}");
    for message in ["listening", "ended"] {
        assert!(lines.iter().any(|line| line["message"] == message), "{message}: {log}");
    }
}

#[test]
fn what_is_asked_for_at_the_start_and_cannot_be_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("bad"), "cad decide secret\n").expect("a file");
    let rules = root("rules").display().to_string();
    let serve = |more: &[&str]| {
        heedful(&[&["serve", "--policy", rules.as_str(), "--no-record", "--force", "riverside"], more].concat())
    };
    for (more, expected) in [
        (vec!["--listen", "0.0.0.0:0"], "TLS and tokens (--tls-cert, --tls-key and --tokens)"),
        (vec!["--tokens", &path("none")], "cannot be read"),
        (vec!["--tokens", &path("bad")], "line 1: "),
        (vec!["--tls-cert", &path("none")], "--tls-key"),
        (vec!["--rate-limit", "5"], "--decide-peak"),
        (vec!["--restricted", "record-access"], "record-access=restricted"),
        (vec!["--log", "loud"], "error"),
    ] {
        let (code, said) = serve(&more);
        assert!(code != Some(0) && said.contains(expected), "{more:?}: {said}");
        assert!(!said.contains("secret"), "{said}");
    }
    for (args, expected) in [
        (vec!["--name", "c d", "--role", "read"], "a caller's name"),
        (vec!["--name", "cad", "--role", "all"], "the roles are decide, feed, read, edit, audit, restricted"),
        (vec!["--name", "cad"], "--role"),
        (vec!["--name", "cad", "--role", "read", "--tokens", &path("bad")], "line 1: "),
    ] {
        let (code, said) = heedful(&[vec!["serve", "token"], args.clone()].concat());
        assert!(code != Some(0) && said.contains(expected), "{args:?}: {said}");
    }
}

#[test]
fn what_is_erased_is_recorded_first_and_what_is_not_there_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let serving = Serving::start(folder.path(), &["--when-not-recorded", "refuse"]);
    for id in ["C-1", "C-2"] {
        assert_eq!(status(&serving.ask("POST", "/decide", "", &marked(id))), "200");
    }
    serving.end();
    let kept = folder.path().join("kept").display().to_string();
    let record = |what: &str, more: &[&str]| heedful(&[&["record", what, "--keep", kept.as_str()], more].concat());
    let erase = |more: &[&str]| record("erase", &[&["--by", "A. Example", "--because", "asked for"], more].concat());
    for (more, expected) in [
        (["--case", "C-3"], "nothing is recorded of a case `C-3`"),
        (["--before", "2999-01-01"], "2999-01-01 is still to come: everything would be erased"),
    ] {
        let (code, said) = erase(&more);
        assert!(code != Some(0) && said.contains(expected), "{more:?}: {said}");
    }
    let (code, said) = record("erase", &["--case", "C-1", "--by", " ", "--because", "asked for"]);
    assert!(code != Some(0) && said.contains("this says nothing"), "{said}");
    let (_, said) = record("verify", &[]);
    assert!(said.contains("entries; root") && said.contains("Nothing in it is another"), "{said}");
    let (code, said) = erase(&["--case", "C-1"]);
    assert!(code == Some(0) && said.contains("1 entry says nothing any more"), "{said}");
    let (code, said) = record("verify", &[]);
    assert!(code == Some(0) && said.contains("entries, 1 of them erased"), "{said}");
}
