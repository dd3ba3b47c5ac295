//! A running service, and callers that send it one case after another.

use crate::watch::command::heedful;
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
    std::env::var("HEEDFUL_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(usual)
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
        let args = ["serve", "--policy", "rules", "--listen", "127.0.0.1:0"];
        Self::begin(folder, &[&args, more].concat())
    }

    /// With just these arguments.
    pub fn begin(folder: &Path, args: &[&str]) -> Self {
        let child = heedful(folder, args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = child.expect("the program runs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        let (_, address) = line.trim().split_once("://").unwrap_or_else(|| panic!("no address: {line:?}"));
        Self { child, address: address.to_owned() }
    }

    /// Kills it as a loss of power would: nothing is told to it.
    pub fn kill(&mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it ends");
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

    /// What is answered, with its status; none where the other side went away.
    pub fn decide(&mut self, id: &str) -> Option<(u16, Value)> {
        let body = format!(r#"{{"call":{{"id":"{id}","at":"2026-05-28T22:00:00+01:00","urgent":true}}}}"#);
        let head = "POST /decide HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\n";
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

/// Callers that send cases until they are told to end, or the service goes away.
pub struct Load {
    ended: Arc<AtomicBool>,
    pub answered: Arc<AtomicUsize>,
    callers: Vec<JoinHandle<Vec<(String, Value)>>>,
}

impl Load {
    /// So many callers at these addresses, by turns; ids begin with a name.
    pub fn begin(addresses: &[&str], callers: usize, name: &str) -> Self {
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
                }
                told
            })
        });
        let callers = callers.collect();
        Self { ended, answered, callers }
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
