//! What is too much, too slow, too deep or a lie about its length: each is answered, and nobody else waits.

use crate::support::{How, Served, case, served, served_as};
use heedful_service::Limits;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn connect(served: &Served) -> TcpStream {
    TcpStream::connect(served.address).await.expect("a connection")
}

/// What comes back until the other side closes.
async fn all(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // A side that closes with bytes unread resets the connection; what came before counts.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

fn limits(limits: Limits) -> How {
    How { limits, ..How::default() }
}

const SOON: Duration = Duration::from_millis(300);

#[tokio::test]
async fn what_lies_too_deep_is_refused_on_every_route_that_takes_a_body() {
    let served = served().await;
    assert_eq!(served.decide(&case("a", true)).await.status, 200);
    for depth in [200, 100_000, 500_000] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let deep = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            let in_case = case("deep", true).replace("\"calls\":[]", &format!("\"calls\":{deep}"));
            let in_grade = format!(r#"{{"outcome":{deep},"because":"x"}}"#);
            let in_line = format!("{deep}\n{}\n", case("beside", true));
            for (path, body) in [
                ("/decide", &deep),
                ("/decide", &in_case),
                ("/roll-back", &deep),
                ("/release", &deep),
                ("/record/cases/a/handler-grade", &deep),
                ("/record/cases/a/handler-grade", &in_grade),
            ] {
                let status = served.post(path, "application/json", body).await.status;
                assert!([400, 413, 422].contains(&status), "{path} {depth} {open}: {status}");
            }
            if in_line.len() < Limits::default().body {
                let answer = served.post("/decide", "application/x-ndjson", &in_line).await;
                assert!(answer.body.lines().nth(1).expect("two lines").contains("\"recorded\":true"), "{answer:?}");
            }
        }
    }
    // What is taken can be read again, and what lies deeper is not taken.
    for (outcome, expected) in [
        (r#"{"grade":["low","mid"]}"#.to_owned(), 200),
        (r#"{"grade":[["low"]]}"#.to_owned(), 400),
        (format!("{{\"grade\":{}{}}}", "[".repeat(120), "]".repeat(120)), 400),
    ] {
        let body = format!(r#"{{"outcome":{outcome},"because":"x"}}"#);
        let answer = served.post("/record/cases/a/handler-grade", "application/json", &body).await;
        assert_eq!(answer.status, expected, "{answer:?}");
        if expected == 200 {
            let entry = served.get(&format!("/record/entries/{}", answer.json()["place"])).await;
            assert_eq!(entry.json()["content"]["outcome"]["grade"][1], "mid", "{entry:?}");
        }
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_before_it_is_read_and_also_without_its_length() {
    let served = served_as(limits(Limits { body: 2_000, ..Limits::default() })).await;
    let mut said = connect(&served).await;
    said.write_all(b"POST /decide HTTP/1.1\r\nhost: here\r\ncontent-length: 99999999999\r\n\r\n")
        .await
        .expect("a head");
    let answer = all(&mut said).await;
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("urn:heedful:problem:too-large"), "{answer}");
    let mut chunked = connect(&served).await;
    chunked
        .write_all(b"POST /decide HTTP/1.1\r\nhost: here\r\ntransfer-encoding: chunked\r\n\r\n")
        .await
        .expect("a head");
    for _ in 0..4 {
        let chunk = format!("400\r\n{}\r\n", " ".repeat(0x400));
        if chunked.write_all(chunk.as_bytes()).await.is_err() {
            break;
        }
    }
    let answer = all(&mut chunked).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[tokio::test]
async fn a_body_that_lies_about_its_length_is_answered_and_never_recorded() {
    let served = served_as(limits(Limits { time: SOON, patience: SOON, ..Limits::default() })).await;
    let body = case("liar", true);
    let head = |length: &str| format!("POST /decide HTTP/1.1\r\nhost: here\r\n{length}\r\n\r\n{body}");
    // Less than was said, and the connection stays open: it is given up in its time.
    let mut waiting = connect(&served).await;
    waiting.write_all(head(&format!("content-length: {}", body.len() + 10)).as_bytes()).await.expect("a request");
    let answer = all(&mut waiting).await;
    assert!(answer.starts_with("HTTP/1.1 504") && answer.contains("urn:heedful:problem:too-slow"), "{answer}");
    // Less than was said, and this side has closed.
    let mut half = connect(&served).await;
    half.write_all(head(&format!("content-length: {}", body.len() + 10)).as_bytes()).await.expect("a request");
    half.shutdown().await.expect("half closed");
    let answer = all(&mut half).await;
    assert!(!answer.contains("HTTP/1.1 200"), "{answer}");
    // More than was said: the rest is no request, and the body is cut where it ends.
    let mut more = connect(&served).await;
    more.write_all(head(&format!("content-length: {}", body.len() - 10)).as_bytes()).await.expect("a request");
    let answer = all(&mut more).await;
    assert!(answer.starts_with("HTTP/1.1 400") && !answer.contains("HTTP/1.1 200"), "{answer}");
    // Lengths that contradict each other or are none.
    for length in [
        format!("content-length: {}\r\ncontent-length: {}", body.len(), body.len() - 1),
        "content-length: -1".to_owned(),
        "content-length: 99999999999999999999999".to_owned(),
        "transfer-encoding: chunked".to_owned(),
    ] {
        let mut stream = connect(&served).await;
        stream.write_all(head(&length).as_bytes()).await.expect("a request");
        let answer = all(&mut stream).await;
        assert!(!answer.contains("HTTP/1.1 200"), "{length}: {answer}");
    }
    assert_eq!(served.store.entries_of_case("liar").await.expect("entries"), []);
    assert_eq!(served.decide(&body).await.status, 200);
}

#[tokio::test]
async fn a_client_that_has_closed_its_side_still_gets_its_answer() {
    let served = served().await;
    let body = case("half", true);
    let mut stream = connect(&served).await;
    let request = format!(
        "POST /decide HTTP/1.1\r\nhost: here\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("a request");
    stream.shutdown().await.expect("half closed");
    let answer = all(&mut stream).await;
    let recorded = served.store.entries_of_case("half").await.expect("entries").len();
    assert!(answer.contains("\"recorded\":true") && recorded == 1, "{recorded} {answer:?}");
}

#[tokio::test]
async fn a_head_that_never_ends_and_a_connection_that_says_nothing_are_closed() {
    let served = served_as(limits(Limits { patience: SOON, ..Limits::default() })).await;
    // One that sends a header now and then, and is never done.
    let mut slow = connect(&served).await;
    let mut is_closed = false;
    for number in 0..200 {
        let line = if number == 0 { "GET /health HTTP/1.1\r\n".to_owned() } else { format!("x-{number}: 1\r\n") };
        if slow.write_all(line.as_bytes()).await.is_err() {
            is_closed = true;
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(is_closed, "it is not waited for");
    // One that says nothing, and one that has nothing more to say.
    assert_eq!(all(&mut connect(&served).await).await, "");
    let mut idle = connect(&served).await;
    idle.write_all(b"GET /health HTTP/1.1\r\nhost: here\r\n\r\n").await.expect("a request");
    assert!(all(&mut idle).await.starts_with("HTTP/1.1 200"), "it is answered, and closed later");
    // Heads that are too large, in number and in bytes.
    for head in [format!("x: {}\r\n", "y".repeat(1 << 20)), "x: y\r\n".repeat(5_000)] {
        let mut large = connect(&served).await;
        let _ = large.write_all(format!("GET /health HTTP/1.1\r\nhost: here\r\n{head}\r\n").as_bytes()).await;
        assert!(!all(&mut large).await.contains("HTTP/1.1 200"));
    }
    assert_eq!(served.get("/health").await.status, 200);
}

#[tokio::test]
async fn a_client_that_takes_no_answer_is_given_up() {
    let served = served_as(limits(Limits { connections: 2, patience: SOON, ..Limits::default() })).await;
    // More is asked for than the system holds for it.
    let ask = "GET /openapi.json HTTP/1.1\r\nhost: here\r\n\r\n".repeat(4_000);
    let mut deaf = Vec::new();
    for _ in 0..2 {
        let mut stream = connect(&served).await;
        let _ = tokio::time::timeout(SOON, stream.write_all(ask.as_bytes())).await;
        deaf.push(stream);
    }
    // There is room for nobody else until they are given up.
    let begun = std::time::Instant::now();
    loop {
        let mut stream = connect(&served).await;
        let _ = stream.write_all(b"GET /health HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n").await;
        if all(&mut stream).await.starts_with("HTTP/1.1 200") {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "they are never given up");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    drop(deaf);
}

#[tokio::test]
async fn more_connections_than_there_may_be_are_closed_at_once_and_leave_the_others_alone() {
    let served =
        served_as(limits(Limits { connections: 20, patience: Duration::from_secs(2), ..Limits::default() })).await;
    let mut first = connect(&served).await;
    first.write_all(b"GET /health HTTP/1.1\r\nhost: here\r\n\r\n").await.expect("a request");
    let mut part = [0; 15];
    first.read_exact(&mut part).await.expect("an answer");
    let mut others = Vec::new();
    for _ in 0..400 {
        others.push(connect(&served).await);
    }
    let mut last = others.pop().expect("one");
    assert_eq!(all(&mut last).await, "", "it is closed");
    first.write_all(b"GET /ready HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n").await.expect("a request");
    assert!(all(&mut first).await.contains("HTTP/1.1 200"), "who was there first is answered");
    drop(others);
    loop {
        let mut stream = connect(&served).await;
        let _ = stream.write_all(b"GET /health HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n").await;
        if all(&mut stream).await.starts_with("HTTP/1.1 200") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn more_requests_than_are_worked_on_are_told_to_ask_again() {
    let served = served_as(limits(Limits { concurrency: 1, time: SOON, ..Limits::default() })).await;
    let mut held = connect(&served).await;
    held.write_all(b"POST /decide HTTP/1.1\r\nhost: here\r\ncontent-length: 100\r\n\r\n").await.expect("a head");
    tokio::time::sleep(Duration::from_millis(100)).await;
    let answer = served.get("/health").await;
    assert!(answer.status == 503 && answer.body.contains("urn:heedful:problem:busy"), "{answer:?}");
    assert!(all(&mut held).await.starts_with("HTTP/1.1 504"));
    assert_eq!(served.get("/health").await.status, 200);
}

#[tokio::test]
async fn more_listeners_than_there_may_be_are_told_to_ask_again_until_one_has_gone() {
    let served = served_as(limits(Limits { listeners: 2, ..Limits::default() })).await;
    let mut listening = Vec::new();
    for _ in 0..2 {
        let mut stream = connect(&served).await;
        stream.write_all(b"GET /news HTTP/1.1\r\nhost: here\r\n\r\n").await.expect("a request");
        let mut some = [0; 15];
        stream.read_exact(&mut some).await.expect("a head");
        assert!(some.starts_with(b"HTTP/1.1 200"));
        listening.push(stream);
    }
    let answer = served.get("/news").await;
    assert!(answer.status == 503 && answer.body.contains("2 listen to the news"), "{answer:?}");
    listening.pop();
    loop {
        let mut stream = connect(&served).await;
        stream.write_all(b"GET /news HTTP/1.1\r\nhost: here\r\n\r\n").await.expect("a request");
        let mut some = [0; 15];
        stream.read_exact(&mut some).await.expect("a head");
        if some.starts_with(b"HTTP/1.1 200") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn an_id_that_no_database_keeps_is_refused_and_what_is_sent_beside_it_is_recorded() {
    let served = served().await;
    let long = "i".repeat(257);
    for (id, why) in [(long.as_str(), "256 characters"), ("i\\u0000", "U+0000")] {
        let lines = format!("{}\n{}\n", case(id, true), case("beside", true));
        let answer = served.post("/decide", "application/x-ndjson", &lines).await;
        let mut told = answer.body.lines();
        assert!(told.next().is_some_and(|line| line.contains(why)), "{answer:?}");
        assert!(told.next().is_some_and(|line| line.contains("\"recorded\":true")), "{answer:?}");
        let record = format!(r#"{{"kind":"call","record":{{"id":"{id}","at":"2026-05-28T22:00:00+01:00"}}}}"#);
        let answer = served.post("/records", "application/json", &record).await;
        assert!(answer.status == 422 && answer.body.contains(why), "{answer:?}");
    }
    // Whatever else an id has in it, it is found again.
    for (id, path) in
        [("a/b", "a%2Fb"), ("a\\nb\\r", "a%0Ab%0D"), ("..", "%2E%2E"), ("\u{1f6a8} %", "%F0%9F%9A%A8%20%25")]
    {
        assert_eq!(served.decide(&case(id, true)).await.status, 200, "{id}");
        let found = served.get(&format!("/record/cases/{path}")).await;
        assert_eq!(found.status, 200, "{id}: {found:?}");
    }
    assert_eq!(served.get("/record/cases/%00").await.status, 404);
    assert_eq!(served.get("/record/cases/%FF").await.status, 400);
    for path in [
        "/record/log/../../record.key",
        "/record/log/..%2F..%2Frecord.key",
        "/record/log//etc/passwd",
        "//record/cases/a",
    ] {
        assert_eq!(served.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn many_cases_in_one_request_hold_up_nobody_else() {
    let served = served().await;
    let sent = 5_000;
    let lines = "{\"call\":1}\n".repeat(sent);
    let refused = |metrics: &str| -> Option<usize> {
        let line = metrics.lines().find(|line| line.starts_with("heedful_refused_total"))?;
        line.rsplit(' ').next()?.parse().ok()
    };
    let beside = async {
        loop {
            let metrics = served.get("/metrics").await;
            if let Some(refused) = refused(&metrics.body) {
                return refused;
            }
        }
    };
    let (answer, gone_through) = tokio::join!(served.post("/decide", "application/x-ndjson", &lines), beside);
    assert_eq!((answer.status, answer.body.lines().count()), (200, sent));
    assert!(gone_through < sent, "whoever asked beside it was answered only once all were gone through");
}

#[tokio::test]
async fn whoever_listens_to_the_news_does_not_hold_up_the_end() {
    let mut served = served_as(limits(Limits { grace: Duration::from_secs(30), ..Limits::default() })).await;
    let mut listening = connect(&served).await;
    listening.write_all(b"GET /news HTTP/1.1\r\nhost: here\r\n\r\n").await.expect("a request");
    let mut head = [0; 12];
    listening.read_exact(&mut head).await.expect("an answer");
    assert_eq!(&head, b"HTTP/1.1 200");
    served.end().await;
    let mut rest = Vec::new();
    listening.read_to_end(&mut rest).await.expect("an end");
    // The last chunk: it was not cut off when the time to end was over.
    assert!(rest.ends_with(b"0\r\n\r\n"), "{}", String::from_utf8_lossy(&rest));
}
