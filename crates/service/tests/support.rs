//! A service that listens, and what it answers.

use crate::database::Database;
use heedful::engine::{Input, load};
use heedful::live::Generation;
use heedful::time::Instant;
use heedful::wire::{UnknownKeys, UnknownValues};
use heedful_live::Live;
use heedful_record::{OpenOptions, QueueLimits, RecordKey, RecordStore, Recorder, WaitingRoom};
use heedful_service::{
    CredentialFiles, Credentials, EventFiles, Limits, Recording, Running, Safety, Service, WhenNotRecorded, routes,
    start,
};
use serde_json::Value;
use std::fs;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{oneshot, watch};

pub(crate) const VOCABULARY: &str = "vocabulary \"v\"\n  identities person\n\ncall\n  fact urgent: yes or no\n  fact caller: identity of person\n\nrecord call \"An earlier call\"\n  field caller: identity of person\n\noutcome grade: highest of low, mid and high\n  written as \"grade at least\"\n";

pub(crate) const POLICY: &str = "policy \"P\"\n  vocabulary \"v\"\n  time zone Europe/London\n\nrule urgent\n  when urgent is yes\n  then grade at least high\n  because \"It is urgent\"\n  source \"Invented\"\n\nrule again\n  when at least 2 calls by the same caller within 24 hours, counting this one\n  then grade at least mid\n  because \"The caller calls again\"\n  source \"Invented\"\n";

pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    pub(crate) live: Arc<Live>,
    pub(crate) store: RecordStore,
    pub(crate) place: Place,
    pub(crate) key: Arc<RecordKey>,
    end: Option<oneshot::Sender<()>>,
    running: Option<Running>,
}

/// Where a service keeps its record and its key.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
    /// Where the record is no file of the folder.
    shared: Option<(Arc<Database>, String)>,
}

/// The PostgreSQL of all tests that are under way.
static DATABASE: Mutex<Weak<Database>> = Mutex::new(Weak::new());

impl Place {
    /// In a file.
    pub(crate) fn file() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), shared: None }
    }

    /// In a database that several may share; none where there is no PostgreSQL.
    pub(crate) fn shared() -> Option<Self> {
        let mut known = DATABASE.lock().unwrap_or_else(PoisonError::into_inner);
        let database = match known.upgrade() {
            Some(database) => database,
            None => Arc::new(Database::start()?),
        };
        *known = Arc::downgrade(&database);
        let url = database.url();
        Some(Self { shared: Some((database, url)), ..Self::file() })
    }

    /// In a database with nobody else in it, which may be stopped.
    pub(crate) fn alone() -> Option<Self> {
        let database = Arc::new(Database::start()?);
        let url = database.url();
        Some(Self { shared: Some((database, url)), ..Self::file() })
    }

    pub(crate) fn database(&self) -> Option<&Database> {
        self.shared.as_ref().map(|(database, _)| &**database)
    }

    /// The same record, for another server.
    pub(crate) fn beside(&self) -> Self {
        let other = Self { shared: self.shared.clone(), ..Self::file() };
        // All of them sign with one key.
        fs::copy(self.folder.path().join("record.key"), other.folder.path().join("record.key")).expect("a key");
        other
    }

    pub(crate) fn url(&self) -> String {
        match &self.shared {
            Some((_, url)) => url.clone(),
            None => format!("sqlite:{}", self.folder.path().join("record.sqlite").display()),
        }
    }
}

/// Tries something with a record in each kind of store.
pub(crate) async fn in_each_store(test: impl AsyncFn(Place)) {
    test(Place::file()).await;
    if let Some(place) = Place::shared() {
        test(place).await;
    }
}

/// What a service answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// A generation of these policies.
pub(crate) fn generation(number: u64, policy: &str) -> Generation {
    let files = vec![Input::new("policy.heed", policy), Input::new("vocabulary.heed", VOCABULARY)];
    let load = load(&files);
    Generation::new(number, files, load).expect("a sound policy")
}

/// How a service is made otherwise than usual.
#[derive(Clone, Copy)]
pub(crate) struct How {
    pub(crate) limits: Limits,
    pub(crate) when_not_recorded: WhenNotRecorded,
    pub(crate) has_policy: bool,
    /// The policy that decides where a request names none.
    pub(crate) policy: Option<&'static str>,
    pub(crate) most_waiting: u64,
    /// Whether there is a mapping in the folder.
    pub(crate) events: bool,
    pub(crate) now: fn() -> Instant,
}

impl Default for How {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            when_not_recorded: WhenNotRecorded::Refuse,
            has_policy: true,
            policy: None,
            most_waiting: 1_000_000,
            events: false,
            now: || Instant(1_780_000_000),
        }
    }
}

pub(crate) async fn served() -> Served {
    served_as(How::default()).await
}

pub(crate) async fn served_as(how: How) -> Served {
    served_with(how, Safety::default()).await
}

pub(crate) async fn served_with(how: How, safety: Safety) -> Served {
    served_all(Place::file(), how, safety).await
}

/// With the record that is at a place, if there is one.
pub(crate) async fn served_in(place: Place, how: How) -> Served {
    served_all(place, how, Safety::default()).await
}

async fn served_all(place: Place, how: How, safety: Safety) -> Served {
    let credentials = Arc::clone(&safety.credentials);
    let live = Arc::new(Live::default());
    let told = live.subscribe();
    if how.has_policy {
        live.put(generation(1, POLICY));
    }
    // A file is there at once or it is locked; a connection may take its time.
    let patience = if place.shared.is_some() { Duration::from_secs(30) } else { Duration::from_millis(300) };
    let url = place.url();
    let store = RecordStore::open(&url, OpenOptions { patience, ..OpenOptions::default() });
    let store = store.await.expect("a record");
    let key =
        Arc::new(RecordKey::open(&place.folder.path().join("record.key"), "heedful.example/record").expect("a key"));
    let (queue, recorder) = Recorder::new(store.clone(), Arc::clone(&key), QueueLimits::default());
    tokio::spawn(recorder.run());
    let spool = place.folder.path().join("waiting");
    let (waiting, damaged) = WaitingRoom::open(queue.clone(), how.most_waiting, &spool).expect("a folder");
    assert_eq!(damaged, None);
    let record =
        Recording::new(store.clone(), queue, key.verify_key().clone(), how.when_not_recorded, Arc::new(waiting));
    let (ends, ending) = watch::channel(false);
    let service = Service {
        live: Arc::clone(&live),
        kept: None,
        policy: how.policy.map(str::to_owned),
        record: Some(record),
        events: how
            .events
            .then(|| EventFiles { map: place.folder.path().join("map.yaml"), lag: Some(Duration::from_secs(86_400)) }),
        unknown_keys: UnknownKeys::Refuse,
        unknown_values: UnknownValues::Refuse,
        limits: how.limits,
        samples: Vec::new(),
        safety,
        look: Box::new(|| {}),
        ending,
        now: how.now,
    };
    let (end, ended) = oneshot::channel();
    let until = async move {
        drop(ended.await);
        let _ = ends.send(true);
    };
    let router = routes(service, told).expect("routes");
    let running = start(router, ([127, 0, 0, 1], 0).into(), how.limits, credentials, until).await.expect("it listens");
    Served { address: running.address, live, store, place, key, end: Some(end), running: Some(running) }
}

/// Who may ask, by what a file of tokens says.
pub(crate) fn tokens(folder: &TempDir, lines: &str) -> Safety {
    let path = folder.path().join("tokens");
    fs::write(&path, lines).expect("a file of tokens");
    let credentials = Credentials::open(CredentialFiles { tokens: Some(path), tls: None }).expect("tokens");
    Safety { credentials: Arc::new(credentials), ..Safety::default() }
}

impl Served {
    /// Asks as somebody with a token.
    pub(crate) async fn ask(&self, method: &str, path: &str, token: &str, body: &str) -> Answer {
        let length = body.len();
        self.send(&format!(
            "{method} {path} HTTP/1.1\r\nhost: here\r\nconnection: close\r\nauthorization: Bearer {token}\r\ncontent-length: {length}\r\n\r\n{body}"
        ))
        .await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n")).await
    }

    pub(crate) async fn post(&self, path: &str, form: &str, body: &str) -> Answer {
        self.send_body("POST", path, form, body).await
    }

    pub(crate) async fn put(&self, path: &str, body: &str) -> Answer {
        self.send_body("PUT", path, "application/json", body).await
    }

    async fn send_body(&self, method: &str, path: &str, form: &str, body: &str) -> Answer {
        let length = body.len();
        self.send(&format!(
            "{method} {path} HTTP/1.1\r\nhost: here\r\nconnection: close\r\ncontent-type: {form}\r\ncontent-length: {length}\r\n\r\n{body}"
        ))
        .await
    }

    /// Decides a case, which is one.
    pub(crate) async fn decide(&self, case: &str) -> Answer {
        self.post("/decide", "application/json", case).await
    }

    /// Sends just these bytes, and reads until the other side closes.
    pub(crate) async fn send(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.expect("a connection");
        stream.write_all(request.as_bytes()).await.expect("a request");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("an answer");
        let answer = String::from_utf8(answer).expect("UTF-8");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        let is_chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
        assert!(!is_chunked, "{head}");
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    /// Ends it, and gives the place of its record.
    pub(crate) async fn ended(mut self) -> Place {
        self.end().await;
        self.place
    }

    /// Tells it to end, and waits until it has.
    pub(crate) async fn end(&mut self) {
        drop(self.end.take());
        self.running.take().expect("it runs").ended().await.expect("it ends");
    }
}

/// A case of this id.
pub(crate) fn case(id: &str, urgent: bool) -> String {
    format!(
        r#"{{"call":{{"id":"{id}","at":"2026-05-28T22:00:00+01:00","urgent":{urgent},"caller":"a"}},"history":{{"calls":[]}}}}"#
    )
}
