//! The shipped policies under load for as long as `HEEDFUL_MINUTES` says, with a record, feeds and reloads: nothing fails, and what it
//! takes of the machine does not grow.

use super::measured::{Process, Times};
use super::server::{Caller, Server, assert_sound, number};
use crate::support::{policy_files, root};
use heedful::time::{Instant as Moment, Zone};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The cases of the examples.
fn cases() -> Vec<Value> {
    let single = ["police-suspect", "dapo-breach-unknown-expiry", "transferred-and-late", "silent-call-marked-number"];
    let single = single.map(|name| fs::read_to_string(root(&format!("examples/{name}.json"))).expect("a case"));
    let night = fs::read_to_string(root("examples/founding-night.jsonl")).expect("cases");
    let all = single.iter().map(String::as_str).chain(night.lines());
    all.map(|case| serde_json::from_str(case).expect("JSON")).collect()
}

fn now() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    Zone::utc().format(Moment(i64::try_from(now).expect("a time")))
}

/// What goes on sending, so many a second, however long the answers take.
struct Pace {
    ended: Arc<AtomicBool>,
    /// Those since they were last taken.
    times: Arc<Mutex<Times>>,
    /// What was not answered as it should be.
    refused: Arc<Mutex<Vec<String>>>,
    callers: Vec<JoinHandle<()>>,
}

impl Pace {
    const CALLERS: usize = 4;

    /// `request` gives what the caller sends as which number.
    fn begin(address: &str, a_second: usize, request: impl Fn(usize) -> Request + Clone + Send + 'static) -> Self {
        let (ended, times) = (Arc::<AtomicBool>::default(), Arc::<Mutex<Times>>::default());
        let refused = Arc::<Mutex<Vec<String>>>::default();
        let every = Duration::from_secs(1) * u32::try_from(Self::CALLERS).expect("a few")
            / u32::try_from(a_second).expect("not so many");
        let callers = (0..Self::CALLERS).map(|caller| {
            let (ended, times, refused) = (Arc::clone(&ended), Arc::clone(&times), Arc::clone(&refused));
            let (address, request) = (address.to_owned(), request.clone());
            std::thread::spawn(move || {
                let mut connection = Caller::new(&address).expect("a connection");
                let mut due = Instant::now();
                for number in (caller..).step_by(Self::CALLERS) {
                    std::thread::sleep(due.saturating_duration_since(Instant::now()));
                    if ended.load(Ordering::Relaxed) {
                        break;
                    }
                    let (method, path, body) = request(number);
                    let (status, answer) = connection.ask(method, &path, &body).expect("an answer");
                    // From when it was to be sent: whoever waits behind a slow one waits too.
                    times.lock().expect("the times").add(due.elapsed());
                    if status != 200 || path.starts_with("/decide") && answer["served"]["recorded"] != true {
                        refused.lock().expect("those refused").push(format!("{path}: {status} {answer}"));
                    }
                    due += every;
                }
            })
        });
        let callers = callers.collect();
        Self { ended, times, refused, callers }
    }

    fn take(&self) -> Times {
        std::mem::take(&mut *self.times.lock().expect("the times"))
    }

    fn end(self) -> Vec<String> {
        self.ended.store(true, Ordering::Relaxed);
        self.callers.into_iter().for_each(|caller| caller.join().expect("it ends"));
        std::mem::take(&mut *self.refused.lock().expect("those refused"))
    }
}

/// A change goes live by then, however busy the machine is.
const LIMIT: Duration = Duration::from_secs(60);

type Request = (&'static str, String, String);

/// Of fifty requests: 47 whole cases, one call whose history is kept, one incident, and one word of how far a feed has come.
fn requests() -> impl Fn(usize) -> Request + Clone + Send + 'static {
    let cases = Arc::new(cases());
    move |number| {
        let (id, now) = (format!("id-{number}"), now());
        let person = format!("person-{}", number % 997);
        match number % 50 {
            0 => {
                let call =
                    json!({"call": {"id": id, "at": now, "caller": person, "victim": person, "flags": ["domestic"]}});
                ("POST", "/decide?history=kept".to_owned(), call.to_string())
            }
            1 => {
                let record = json!({"id": id, "at": now, "victim": person, "kind": "domestic-abuse"});
                ("POST", "/records".to_owned(), json!({"kind": "incident", "record": record}).to_string())
            }
            2 => ("PUT", "/sources/incident".to_owned(), json!({"complete_to": now}).to_string()),
            _ => {
                let mut case = cases[number % cases.len()].clone();
                case["call"]["id"] = id.into();
                case["call"]["at"] = now.into();
                ("POST", "/decide".to_owned(), case.to_string())
            }
        }
    }
}

/// The shipped policies in a folder, with a reason that says how often they were changed.
fn write_policies(folder: &Path, change: u64) {
    for path in policy_files(&root("rules")) {
        let text = fs::read_to_string(&path).expect("a policy");
        let to = folder.join("rules").join(path.strip_prefix(root("rules")).expect("inside"));
        if path.ends_with("repeat.heed") {
            fs::write(&to, text.replacen("because \"", &format!("because \"Change {change}: "), 1)).expect("a file");
        } else if change == 0 {
            fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
            fs::write(&to, text).expect("a file");
        }
    }
}

fn size_of(folder: &Path) -> u64 {
    let files = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
    files.filter_map(|file| file.metadata().ok()).filter(fs::Metadata::is_file).map(|file| file.len()).sum()
}

#[test]
fn memory_and_open_files_stay_as_they_are() {
    let minutes = number("HEEDFUL_MINUTES", 0);
    // For every build, what a few seconds can show.
    let (stages, stage) =
        if minutes == 0 { (2, Duration::from_secs(2)) } else { (minutes.div_ceil(5), Duration::from_secs(300)) };
    let reload_every = if minutes == 0 { Duration::ZERO } else { Duration::from_secs(5) };
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(folder.path().join("rules/national")).expect("a folder");
    write_policies(folder.path(), 0);
    // A busy machine may take longer than usual to record, which is not what a short run is about.
    let deadline = if minutes == 0 { "20000" } else { "200" };
    let more = ["--force", "riverside", "--look-every", "1", "--deadline", deadline];
    let server = Server::start(folder.path(), &more);
    let pace = Pace::begin(&server.address, number("HEEDFUL_RATE", 100), requests());
    let generation = || server.get("/health")["generation"].as_u64().expect("a number");
    let mut table: Vec<Process> = Vec::new();
    let mut changes = 0u64;
    println!("minute | memory, MiB | open files | threads | disk, MiB | generation | told as due | answers");
    for number in 0..=stages {
        let begun = Instant::now();
        while number > 0 && begun.elapsed() < stage {
            changes += 1;
            write_policies(folder.path(), changes);
            let changed = Instant::now();
            while generation() <= changes {
                assert!(changed.elapsed() < LIMIT, "change {changes} goes live");
                std::thread::sleep(Duration::from_millis(50));
            }
            std::thread::sleep(reload_every.saturating_sub(changed.elapsed()));
        }
        let (process, mut times) = (server.process(), pace.take());
        let metrics = server.text("/metrics");
        let told =
            metrics.lines().find_map(|line| line.strip_prefix("heedful_due_told_total ")).unwrap_or("0").to_owned();
        println!(
            "{} | {} | {} | {} | {} | {} | {told} | {}: {}",
            number * usize::try_from(stage.as_secs()).expect("seconds") / 60,
            mebibytes(process.memory),
            process.files,
            process.threads,
            mebibytes(size_of(folder.path()) / 1024),
            generation(),
            times.len(),
            times.line(),
        );
        table.push(process);
    }
    assert_eq!(pace.end(), [""; 0]);
    let (first, last) = (table[table.len() / 3], table[table.len() - 1]);
    assert!(last.files <= first.files + 4, "{first:?} {last:?}");
    if minutes >= 30 {
        assert!(last.memory <= first.memory + first.memory / 5, "memory grows: {first:?} {last:?}");
    }
    drop(server);
    assert_sound(folder.path(), &[]);
}

/// With one decimal place.
fn mebibytes(kibibytes: u64) -> String {
    format!("{}.{}", kibibytes / 1024, kibibytes % 1024 * 10 / 1024)
}
