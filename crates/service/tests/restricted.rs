//! What is recorded of a restricted case: over every route of the service, nothing of it for those without the role, and word that there is
//! something for those who must act.

use crate::support::{Answer, How, Served, served_with, tokens};
use heedful::engine::{Input, load};
use heedful::live::Generation;
use heedful::time::{Instant, Zone};
use heedful_service::{NewToken, Restricted, Role, Safety};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const VOCABULARY: &str = r#"vocabulary "v"
  identities person

call
  fact caller: identity of person
  fact suspect-police: yes or no
  fact attendance-due: time or none
  fact attended-at: time or none

record call, plural calls "An earlier call"
  field caller: identity of person
  field attended-at: time or none

outcome grade: highest of low, mid and high
  written as "grade at least"

outcome record-access: highest of normal and restricted
  written as "record access"
"#;

const POLICY: &str = r#"policy "P"
  vocabulary "v"
  time zone Europe/London

rule colleague
  when suspect-police is yes
  then record access restricted
  because "Colleagues of the suspect do not read this"
  source "Invented"

rule again
  when at least 2 calls by the same caller within 24 hours, counting this one
  then grade at least mid
  because "The caller calls again"
  source "Invented"

rule late
  when all of:
    - attendance-due has passed
    - attended-at is none
  then grade at least high
  because "Nobody has come yet"
  source "Invented"
"#;

const START: i64 = 1_779_998_400;

fn clock(minutes: i64) -> String {
    Zone::utc().format(Instant(START + minutes * 60))
}

fn call(id: &str, caller: &str, is_police: bool) -> String {
    let (at, due) = (clock(0), clock(30));
    json!({"call": {"id": id, "at": at, "caller": caller, "suspect-police": is_police, "attendance-due": due, "attended-at": "none"}})
        .to_string()
}

async fn begun(now: fn() -> Instant, mut safety: Safety) -> Served {
    safety.restricted = vec!["record-access=restricted".parse::<Restricted>().expect("a mark")];
    let served = served_with(How { now, has_policy: false, ..How::default() }, safety).await;
    let files = vec![Input::new("policy.heed", POLICY), Input::new("vocabulary.heed", VOCABULARY)];
    let load = load(&files);
    assert!(load.diagnostics.is_empty(), "{:?}", load.diagnostics);
    served.live.put(Generation::new(1, files, load).expect("a sound policy"));
    served
}

/// All that is of the restricted case has this in it.
const MARK: &str = "MARKED";

/// A listener to the news.
struct Listener {
    stream: TcpStream,
    heard: String,
}

impl Listener {
    async fn begin(served: &Served, token: &str) -> Self {
        let mut stream = TcpStream::connect(served.address).await.expect("a connection");
        let head = format!("GET /news HTTP/1.1\r\nhost: here\r\nauthorization: Bearer {token}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.expect("a request");
        let mut listener = Self { stream, heard: String::new() };
        listener.until("\r\n\r\n").await;
        listener
    }

    /// Reads on until it has heard a word, or the other side has closed.
    async fn until(&mut self, word: &str) {
        let mut some = [0; 4096];
        while !self.heard.contains(word) {
            match self.stream.read(&mut some).await.expect("news") {
                0 => return,
                count => self.heard.push_str(&String::from_utf8_lossy(&some[..count])),
            }
        }
    }
}

/// How a route of the description is asked: its paths, and its body. Whoever adds a route says here how it is asked.
fn asked(method: &str, path: &str, places: u64, number: usize) -> (Vec<String>, String) {
    let why = json!({"by": "desk 4", "because": "a test"});
    let body = match (method, path) {
        ("get", _) => String::new(),
        ("post", "/decide") => call(&format!("asked-{number}"), &format!("somebody-{number}"), false),
        ("post", "/records") => {
            json!({"kind": "call", "record": {"id": format!("told-{number}"), "at": clock(0), "caller": "nobody"}})
                .to_string()
        }
        ("put", "/sources/{kind}") => json!({"complete_to": clock(0)}).to_string(),
        ("post", "/roll-back") => json!({"digest": "00", "by": "desk 4", "because": "a test"}).to_string(),
        ("post", "/release" | "/cases/{case}/close") => why.to_string(),
        ("post", "/record/cases/{case}/handler-grade") => {
            json!({"outcome": {"grade": "low"}, "because": "a test"}).to_string()
        }
        _ => panic!("{method} {path} is a new route: say how it is asked, so that it is tried here"),
    };
    let paths = match path {
        "/decide" => vec![path.to_owned(), "/decide?why=true".to_owned(), "/decide?history=kept".to_owned()],
        "/due" | "/record/restricted" => vec![path.to_owned(), format!("{path}?since=1")],
        "/record/log/{path}" => {
            ["checkpoint", "tile/0/000", "tile/entries/000"].map(|file| path.replace("{path}", file)).to_vec()
        }
        _ if path.contains("{place}") => (0..places).map(|place| path.replace("{place}", &place.to_string())).collect(),
        _ => vec![path.replace("{case}", "MARKED-case").replace("{kind}", "call")],
    };
    assert!(
        paths.iter().all(|path| !path.contains('{')),
        "{path} has a part that is not known here: say what it may be"
    );
    (paths, body)
}

/// Asks every route of the description but the news, and gives those whose answer has something of the restricted case in it.
async fn told_by(served: &Served, token: &str, number: usize) -> BTreeSet<String> {
    let document = served.get("/openapi.json").await.json();
    let size = served.store.head().await.expect("a head").size;
    let mut telling = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for method in operations.as_object().expect("operations").keys().filter(|_| path != "/news") {
            let (paths, body) = asked(method, path, size, number);
            for one in paths {
                let answer: Answer = served.ask(&method.to_uppercase(), &one, token, &body).await;
                let said = format!("{}\n{}", answer.head, answer.body);
                // What one who asks says of a case is no news to them; the path is the only place where it is said here.
                if said.contains(MARK) || said.contains("\"record-access\":\"restricted\"") {
                    telling.insert(format!("{method} {path}"));
                }
            }
        }
    }
    telling
}

static LAW: AtomicI64 = AtomicI64::new(START);

#[tokio::test]
async fn no_route_tells_anything_of_a_restricted_case_to_those_without_the_role() {
    let folder = tempfile::tempdir().expect("a folder");
    let token = |name: &str, roles: &[Role]| NewToken::make(name, roles).expect("a token");
    let all = token("standards", &Role::GIVEN);
    let others: Vec<Role> = Role::GIVEN.into_iter().filter(|role| *role != Role::Restricted).collect();
    let mut without = vec![token("everything-else", &others), token("only", &[Role::Restricted])];
    without.extend(others.iter().map(|role| token(role.name(), &[*role])));
    let lines: String = std::iter::once(&all).chain(&without).map(|token| format!("{}\n", token.line)).collect();
    let served = begun(|| Instant(LAW.load(Ordering::Relaxed)), tokens(&folder, &lines)).await;
    for (id, caller, is_police) in [("open-1", "person-1", false), ("MARKED-case", "MARKED-person", true)] {
        let case = call(id, caller, is_police).trim_end_matches('}').to_owned() + "},\"history\":{\"calls\":[]}}";
        let answer = served.ask("POST", "/decide", &all.token, &case).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.body.contains("\"record-access\":\"restricted\""), is_police, "{answer:?}");
    }
    let mut hears_all = Listener::begin(&served, &all.token).await;
    let mut hears_some = Listener::begin(&served, &without[0].token).await;
    LAW.store(START + 31 * 60, Ordering::Relaxed);
    while served.ask("GET", "/due", &all.token, "").await.json()["due"].as_array().map(Vec::len) != Some(2) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    hears_all.until(MARK).await;
    hears_some.until("standards").await;
    assert!(hears_some.heard.contains("open-1") && !hears_some.heard.contains(MARK), "{}", hears_some.heard);
    // With the role it is told in just these places, so that the law below looks where something is to be found.
    let telling = told_by(&served, &all.token, 0).await;
    let expected = ["get /due", "get /record/cases/{case}", "get /record/entries/{place}", "get /record/restricted"];
    assert_eq!(telling, expected.map(str::to_owned).into());
    for (number, token) in (1..).zip(&without) {
        assert_eq!(told_by(&served, &token.token, number).await, BTreeSet::new(), "{}", token.line);
    }
    // Whoever polls is told that there is something, and whom to ask.
    let due = served.ask("GET", "/due", &without[0].token, "").await.json();
    assert_eq!(due["due"][0]["case"], "open-1");
    let place = due["due"][1]["place"].as_u64().expect("a place");
    assert_eq!(
        due["due"][1],
        json!({
            "place": place, "case": null, "due": clock(30), "says": null, "of": null, "decision": null, "not_decided": null,
            "restricted": {
                "for": ["standards"],
                "detail": format!("a restricted case is due; these callers see which, here or at /record/entries/{place}: standards"),
            },
        })
    );
}

static OPEN: AtomicI64 = AtomicI64::new(START);

#[tokio::test]
async fn where_nobody_is_known_whoever_polls_is_told_that_a_restricted_case_is_due_and_what_to_do() {
    let served = begun(|| Instant(OPEN.load(Ordering::Relaxed)), Safety::default()).await;
    let case =
        call("MARKED-case", "MARKED-person", true).trim_end_matches('}').to_owned() + "},\"history\":{\"calls\":[]}}";
    assert_eq!(served.decide(&case).await.status, 200);
    OPEN.store(START + 31 * 60, Ordering::Relaxed);
    let due = loop {
        let due = served.get("/due").await;
        if due.body.contains("restricted") {
            break due;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(due.body.contains("heedful record prove") && !due.body.contains(MARK), "{due:?}");
    assert_eq!(told_by(&served, "", 0).await, BTreeSet::new());
}

#[tokio::test]
async fn a_case_that_has_a_restricted_call_in_its_history_keeps_what_it_says_of_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let token = |name: &str, roles: &[Role]| NewToken::make(name, roles).expect("a token");
    let (cad, review) = (token("cad", &[Role::Decide]), token("review", &[Role::Audit]));
    let standards = token("standards", &[Role::Audit, Role::Restricted]);
    let lines = [&cad, &review, &standards].map(|token| token.line.clone()).join("\n");
    let served = begun(|| Instant(START), tokens(&folder, &lines)).await;
    for (id, is_police) in [("call-1", true), ("call-2", false), ("call-3", false)] {
        let caller = if id == "call-3" { "somebody" } else { "the-same" };
        let answer = served.ask("POST", "/decide?history=kept", &cad.token, &call(id, caller, is_police)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        // Whoever has it decided gets its decision, with what it rests on.
        assert_eq!(answer.json()["fired"].to_string().contains("call-1"), id == "call-2", "{answer:?}");
    }
    let refused = served.ask("GET", "/record/cases/call-2", &review.token, "").await;
    assert!(refused.status == 403 && refused.body.contains("in its history"), "{refused:?}");
    assert_eq!(served.ask("GET", "/record/cases/call-2", &standards.token, "").await.status, 200);
    assert_eq!(served.ask("GET", "/record/cases/call-3", &review.token, "").await.status, 200);
}

#[tokio::test]
async fn restricted_cases_are_listed_for_those_with_the_role_and_each_look_is_recorded() {
    let folder = tempfile::tempdir().expect("a folder");
    let token = |name: &str, roles: &[Role]| NewToken::make(name, roles).expect("a token");
    let (cad, review) = (token("cad", &[Role::Decide]), token("review", &[Role::Audit]));
    let standards = token("standards", &[Role::Audit, Role::Restricted]);
    let lines = [&cad, &review, &standards].map(|token| token.line.clone()).join("\n");
    let served = begun(|| Instant(START), tokens(&folder, &lines)).await;
    for (id, is_police) in [("call-1", true), ("call-2", false), ("call-3", false), ("call-3", true)] {
        let case = call(id, id, is_police).trim_end_matches('}').to_owned() + "},\"history\":{\"calls\":[]}}";
        assert_eq!(served.ask("POST", "/decide", &cad.token, &case).await.status, 200);
    }
    let list = served.ask("GET", "/record/restricted", &standards.token, "").await.json();
    let at = clock(0);
    let first = json!({"case": "call-1", "place": 0, "at": at});
    let second = json!({"case": "call-3", "place": 3, "at": at});
    assert_eq!(list, json!({"restricted": [first, second], "next": 4, "more": false}));
    let list = served.ask("GET", "/record/restricted?since=1", &standards.token, "").await.json();
    assert_eq!(list["restricted"], json!([second]));
    let refused = served.ask("GET", "/record/restricted", &review.token, "").await;
    assert!(refused.status == 403 && refused.body.contains("`restricted` besides `audit`"), "{refused:?}");
    let looks = served.store.entries(4, 10).await.expect("entries");
    let looks: Vec<Value> = looks
        .iter()
        .map(|look| serde_json::from_str(look.content.as_deref().expect("content")).expect("JSON"))
        .collect();
    assert_eq!(
        looks,
        [
            json!({"listed": [0, 3], "by": "standards"}),
            json!({"listed": [3], "by": "standards"}),
            json!({"refused": "list of restricted cases", "by": "review"}),
        ]
    );
}
