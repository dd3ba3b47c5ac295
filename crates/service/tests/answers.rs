//! What a service answers, and what it says when it cannot.

use crate::support::{How, POLICY, case, generation, served, served_as};
use heedful_service::Limits;
use std::fmt::Write as _;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn a_case_is_decided_and_says_by_what() {
    let served = served().await;
    let answer = served.decide(&case("call-1", true)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let decision = answer.json();
    assert_eq!(decision["outcome"]["grade"], "high");
    assert_eq!(decision["fired"][0]["rule"], "urgent");
    assert_eq!(decision["served"]["generation"]["number"], 1);
    assert_eq!(decision["served"]["at"], "2026-05-28T20:26:40+00:00");
    assert_eq!(decision["served"]["recorded"], true);
    let why = served.post("/decide?why=true", "application/json", &case("call-1", true)).await.json();
    assert!(why["enough"].is_array(), "{why}");
}

#[tokio::test]
async fn several_cases_are_answered_line_by_line() {
    let served = served().await;
    let lines = format!("{}\n\n{}\n{{\"call\":\n{}\n", case("a", true), case("b", false), case("c", true));
    let answer = served.post("/decide", "application/x-ndjson", &lines).await;
    let answers: Vec<serde_json::Value> =
        answer.body.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let said: Vec<Option<&str>> = answers.iter().map(|answer| answer["case"].as_str()).collect();
    assert_eq!(said, [Some("a"), Some("b"), None, Some("c")]);
    assert_eq!(answers[2]["problem"]["type"], "urn:heedful:problem:not-json");
}

/// A browser gets the policy as a page, with what is proved of it; another policy in force has another page.
#[tokio::test]
async fn the_page_of_a_policy_says_what_is_proved_of_it() {
    let served = served().await;
    let page = async || {
        let answer =
            served.send("GET /policy HTTP/1.1\r\nhost: here\r\naccept: text/html\r\nconnection: close\r\n\r\n").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body
    };
    let plain = page().await;
    assert!(plain.contains("It is urgent") && !plain.contains("Proved"), "{plain}");
    let stated = "\ninvariant urgent-is-high \"What is urgent is high\"\n  whenever urgent is yes\n  then grade at least high\n  source \"Invented\"\n";
    served.live.put(generation(2, &format!("{POLICY}{stated}")));
    for _ in 0..2 {
        let proved = page().await;
        assert!(proved.contains("What is urgent is high") && proved.contains("Proved"), "{proved}");
    }
}

/// Every way to ask wrongly, and the answer.
#[tokio::test]
async fn what_is_wrong_is_said_in_the_words_of_the_command() {
    let limits = Limits { body: 2_000, ..Limits::default() };
    let served = served_as(How { limits, ..How::default() }).await;
    let json = "application/json";
    let mut told = String::new();
    for (path, form, body) in [
        ("/decide", json, r#"{"call":{"id":"a","at":"2026-05-28T22:00:00+01:00","urgnt":true}}"#),
        ("/decide", json, r#"{"call":{"id":"a","at":"yesterday"}}"#),
        ("/decide", json, r#"{"call":"#),
        ("/decide", json, ""),
        ("/decide", "text/plain", "{}"),
        ("/decide?force=Q", json, "{}"),
        ("/decide?fource=P", json, "{}"),
        ("/decide?why=perhaps", json, "{}"),
        ("/decide?why=true&why=true", json, "{}"),
        ("/decide?history=some", json, "{}"),
        ("/decide?somebody=else", json, "{}"),
        ("/decide", json, "[]"),
        ("/decide", json, "\u{feff}{}"),
        ("/decide", json, &case(&"c".repeat(300), true)),
        ("/cases/a/close", json, r#"{"by":" ","because":"done"}"#),
        ("/decide", json, &"[".repeat(1_500)),
        ("/decide", json, &" ".repeat(3_000)),
        ("/health", json, ""),
        ("/nowhere", json, ""),
        ("/roll-back", json, "{}"),
    ] {
        let answer = served.post(path, form, body).await;
        let body = if body.len() > 100 { format!("{} bytes of {:?}", body.len(), &body[..1]) } else { body.to_owned() };
        let _ = writeln!(told, "POST {path} ({form}) {body}\n{} {}\n", answer.status, answer.body);
        assert!(answer.head.contains("application/problem+json"), "{answer:?}");
    }
    insta::assert_snapshot!(told);
}

#[tokio::test]
async fn without_a_policy_it_says_so_and_is_not_ready() {
    let served = served_as(How { has_policy: false, ..How::default() }).await;
    assert_eq!(served.get("/ready").await.status, 503);
    assert_eq!(served.get("/health").await.status, 200);
    let answer = served.decide(&case("a", true)).await;
    assert_eq!((answer.status, answer.json()["type"].clone()), (503, "urn:heedful:problem:no-policy".into()));
    assert!(answer.head.contains("retry-after: 1"), "{}", answer.head);
    served.live.put(generation(1, POLICY));
    // It reads what was told before first.
    while served.get("/ready").await.status != 200 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(served.decide(&case("a", true)).await.status, 200);
}

#[tokio::test]
async fn a_policy_that_goes_live_decides_from_then_on() {
    let served = served().await;
    served.live.put(generation(2, &POLICY.replace("grade at least high", "grade at least mid")));
    let decision = served.decide(&case("a", true)).await.json();
    assert_eq!(
        (&decision["outcome"]["grade"], &decision["served"]["generation"]["number"]),
        (&"mid".into(), &2.into())
    );
    let metrics = served.get("/metrics").await.body;
    assert!(metrics.contains("heedful_decisions_total{policy=\"P\"} 1"), "{metrics}");
    assert!(metrics.contains("heedful_outcomes_total{policy=\"P\",outcome=\"grade\",value=\"mid\"} 1"), "{metrics}");
    assert!(metrics.contains("heedful_generation 2"), "{metrics}");
}

#[tokio::test]
async fn what_is_under_way_ends_first() {
    let mut served = served().await;
    let body = case("a", true);
    let mut stream = TcpStream::connect(served.address).await.expect("a connection");
    let head = format!("POST /decide HTTP/1.1\r\nhost: here\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).await.expect("a head");
    // The service has begun to read it.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let address = served.address;
    let ending = tokio::spawn(async move { served.end().await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(TcpStream::connect(address).await.is_err(), "nobody new is let in");
    stream.write_all(body.as_bytes()).await.expect("a body");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.contains("\"recorded\":true"), "{answer}");
    ending.await.expect("it ends");
}

#[tokio::test]
async fn where_the_policy_that_is_to_decide_is_not_in_force_it_is_not_ready() {
    for (policy, is_there) in [("P", true), ("Nowhere", false)] {
        let served = served_as(How { policy: Some(policy), ..How::default() }).await;
        // It reads what was told before first.
        while served.get("/health").await.json()["history"]["loaded"] != true {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let decided = served.decide(&case("a", true)).await.status;
        let ready = served.get("/ready").await;
        let told = (decided, ready.status, ready.json()["deciding"] == true);
        assert_eq!(told, if is_there { (200, 200, true) } else { (400, 503, false) }, "{policy}: {ready:?}");
    }
}
