//! A running service, and callers that send it one case after another.

use super::measured::Process;
use crate::watch::command;
use rusqlite::Connection;
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use tempfile::TempDir;

/// How often something is tried: `HEEDFUL_CASES`, or few enough for every build.
pub fn rounds(usual: usize) -> usize {
    number("HEEDFUL_CASES", usual)
}

/// A number that the environment gives, or the usual one.
pub fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(usual)
}

/// The program that serves: the one that was built for the tests, or `HEEDFUL_PROGRAM`, such as a release that is to be measured.
pub fn heedful(folder: &Path, args: &[&str]) -> Command {
    let Some(program) = std::env::var_os("HEEDFUL_PROGRAM") else { return command::heedful(folder, args) };
    let mut command = Command::new(program);
    command.args(args).current_dir(folder).stdin(Stdio::null());
    command
}

const VOCABULARY: &str = "vocabulary \"v\"\n\ncall\n  fact urgent: yes or no\n\noutcome grade: highest of low, mid and high\n  written as \"grade at least\"\n";

/// A policy that says a word.
pub fn policy(word: &str) -> String {
    format!(
        "policy \"P\"\n  vocabulary \"v\"\n  time zone Europe/London\n\nrule urgent\n  when urgent is yes\n  then grade at least high\n  because \"It is urgent: {word}\"\n  source \"Invented\"\n"
    )
}

/// A folder with a policy in `rules`.
pub fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("rules")).expect("a folder");
    fs::write(folder.path().join("rules/vocabulary.heed"), VOCABULARY).expect("a file");
    fs::write(folder.path().join("rules/policy.heed"), policy("first")).expect("a file");
    folder
}

/// A running `heedful serve`, killed when it is dropped.
pub struct Server {
    child: Child,
    pub address: String,
}

impl Server {
    pub fn start(folder: &Path, more: &[&str]) -> Self {
        Self::start_as(folder, more, |_| {})
    }

    /// The same, with a change of how the process is started.
    pub fn start_as(folder: &Path, more: &[&str], change: impl FnOnce(&mut Command)) -> Self {
        let args = ["serve", "--policy", "rules", "--listen", "127.0.0.1:0"];
        Self::begin_as(folder, &[&args, more].concat(), change)
    }

    /// With just these arguments.
    pub fn begin(folder: &Path, args: &[&str]) -> Self {
        Self::begin_as(folder, args, |_| {})
    }

    fn begin_as(folder: &Path, args: &[&str], change: impl FnOnce(&mut Command)) -> Self {
        let mut command = heedful(folder, args);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        change(&mut command);
        let mut child = command.spawn().expect("the program runs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        let (_, address) = line.trim().split_once("://").unwrap_or_else(|| panic!("no address: {line:?}"));
        Self { child, address: address.to_owned() }
    }

    /// Stops it where it stands, whatever it is in the middle of.
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let told = Command::new("kill").args([signal, &self.child.id().to_string()]).status().expect("kill runs");
        assert!(told.success());
    }

    /// Kills it as a loss of power would: nothing is told to it.
    pub fn kill(&mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it ends");
    }

    /// What the process takes of the machine now.
    pub fn process(&self) -> Process {
        Process::of(self.child.id())
    }

    pub fn get(&self, path: &str) -> Value {
        self.ask("GET", path, "").expect("an answer")
    }

    /// Asks something, with a body of JSON; none where it went away meanwhile.
    pub fn ask(&self, method: &str, path: &str, body: &str) -> Option<Value> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: here\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (_, body) = answer.split_once("\r\n\r\n")?;
        Some(serde_json::from_str(body).expect("JSON"))
    }

    /// Waits until it says that calls can be decided here.
    pub fn wait_until_ready(&self) {
        let mut answer = String::new();
        for _ in 0..3_000 {
            let mut stream = TcpStream::connect(&self.address).expect("a connection");
            stream.write_all(b"GET /ready HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n").expect("a request");
            answer.clear();
            stream.read_to_string(&mut answer).expect("an answer");
            if answer.starts_with("HTTP/1.1 200") {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("{answer}");
    }

    /// What is not JSON.
    pub fn text(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        let request = format!("GET {path} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        body.to_owned()
    }

    /// Tells it to end, and waits until it has.
    pub fn end(&mut self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(told.success() && self.child.wait().expect("it ends").success());
    }

    /// Waits until what it says of its health is so.
    pub fn wait_until(&self, is_so: impl Fn(&Value) -> bool) {
        let mut health = Value::Null;
        for _ in 0..3_000 {
            health = self.get("/health");
            if is_so(&health) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("{health}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One caller, on one connection.
pub struct Caller {
    stream: BufReader<TcpStream>,
}

impl Caller {
    pub fn new(address: &str) -> Option<Self> {
        let stream = TcpStream::connect(address).ok()?;
        stream.set_nodelay(true).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
        Some(Self { stream: BufReader::new(stream) })
    }

    pub fn decide(&mut self, id: &str) -> Option<(u16, Value)> {
        self.ask("POST", "/decide", &case(id))
    }

    /// What is answered, with its status; none where the other side went away.
    pub fn ask(&mut self, method: &str, path: &str, body: &str) -> Option<(u16, Value)> {
        let head = format!("{method} {path} HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\n");
        let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
        self.stream.get_mut().write_all(request.as_bytes()).ok()?;
        let (mut status, mut length) = (0, 0);
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let line = line.trim().to_ascii_lowercase();
            if line.starts_with("http/1.1 ") {
                status = line.split(' ').nth(1)?.parse().ok()?;
            } else if let Some(told) = line.strip_prefix("content-length: ") {
                length = told.parse().ok()?;
            } else if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).ok()?;
        Some((status, serde_json::from_slice(&body).ok()?))
    }
}

/// A case under the policy of a word.
pub fn case(id: &str) -> String {
    format!(r#"{{"call":{{"id":"{id}","at":"2026-05-28T22:00:00+01:00","urgent":true}}}}"#)
}

/// Callers that send cases until they are told to end, or the service goes away.
pub struct Load {
    ended: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    callers: Vec<JoinHandle<Vec<(String, Value)>>>,
}

impl Load {
    /// So many callers at these addresses, by turns; ids begin with a name.
    pub fn begin(addresses: &[&str], callers: usize, name: &str) -> Self {
        Self::begin_slow(addresses, callers, name, Duration::ZERO)
    }

    /// The same, with a pause after each answer.
    pub fn begin_slow(addresses: &[&str], callers: usize, name: &str, pause: Duration) -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let answered = Arc::new(AtomicUsize::new(0));
        let callers = (0..callers).map(|caller| {
            let address = addresses[caller % addresses.len()].to_owned();
            let (ended, answered, name) = (Arc::clone(&ended), Arc::clone(&answered), format!("{name}-{caller}"));
            std::thread::spawn(move || {
                let mut told = Vec::new();
                let Some(mut caller) = Caller::new(&address) else { return told };
                for number in 0.. {
                    if ended.load(Ordering::Relaxed) {
                        break;
                    }
                    let id = format!("{name}-{number}");
                    let Some((status, answer)) = caller.decide(&id) else { break };
                    if status == 200 {
                        told.push((id, answer));
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                    std::thread::sleep(pause);
                }
                told
            })
        });
        let callers = callers.collect();
        Self { ended, answered, callers }
    }

    pub fn answered(&self) -> usize {
        self.answered.load(Ordering::Relaxed)
    }

    /// Waits until so many were answered.
    pub fn wait_for(&self, count: usize) {
        for _ in 0..3_000 {
            if self.answered.load(Ordering::Relaxed) >= count {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("{} of {count} were answered", self.answered.load(Ordering::Relaxed));
    }

    /// Every answer with its case, when the callers have ended.
    pub fn end(self) -> Vec<(String, Value)> {
        self.ended.store(true, Ordering::Relaxed);
        self.callers.into_iter().flat_map(|caller| caller.join().expect("it ends")).collect()
    }
}

/// The cases at their places in a record that is a file.
pub fn recorded(file: &Path) -> Vec<(u64, String)> {
    let record = Connection::open(file).expect("a record");
    let mut rows = record.prepare("SELECT place, case_id FROM entries ORDER BY place").expect("a query");
    let rows = rows.query_map([], |row| {
        let place: i64 = row.get(0)?;
        Ok((u64::try_from(place).expect("a place"), row.get(1)?))
    });
    let rows = rows.expect("rows");
    rows.collect::<Result<_, _>>().expect("rows")
}

/// That a record is sound, by the command.
pub fn assert_sound(folder: &Path, more: &[&str]) {
    for what in ["verify", "replay"] {
        let args = ["record", what, "--policy", "rules"];
        let told = heedful(folder, &[&args, more].concat()).output().expect("the program runs");
        let said = String::from_utf8_lossy(&[told.stdout, told.stderr].concat()).into_owned();
        assert!(told.status.success(), "{what}: {said}");
    }
}
