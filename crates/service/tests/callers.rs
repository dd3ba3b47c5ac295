//! Who may ask, and for what.

use crate::support::{How, case, served, served_as, served_with, tokens};
use heedful::time::Instant;
use heedful::wire::{UnknownKeys, UnknownValues};
use heedful_record::EntryKind;
use heedful_service::{Callers, Limits, NewToken, Rate, Restricted, Role, Safety, ServeError, Service, routes, start};
use std::fmt::Write as _;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

fn token(name: &str, roles: &[Role]) -> NewToken {
    NewToken::make(name, roles).expect("a token")
}

/// The routes, each with the role that it asks for.
const ROUTES: [(&str, &str, Role); 18] = [
    ("POST", "/decide", Role::Decide),
    ("POST", "/records", Role::Feed),
    ("PUT", "/sources/call", Role::Feed),
    ("GET", "/policy", Role::Read),
    ("GET", "/schema", Role::Read),
    ("GET", "/generations", Role::Read),
    ("POST", "/roll-back", Role::Edit),
    ("POST", "/release", Role::Edit),
    ("GET", "/health", Role::Anybody),
    ("GET", "/ready", Role::Anybody),
    ("GET", "/metrics", Role::Read),
    ("GET", "/openapi.json", Role::Anybody),
    ("GET", "/record/key", Role::Anybody),
    ("GET", "/record/log/checkpoint", Role::Read),
    ("GET", "/record/entries/0", Role::Audit),
    ("GET", "/record/cases/a", Role::Audit),
    ("POST", "/record/cases/a/handler-grade", Role::Decide),
    ("GET", "/nowhere", Role::Anybody),
];

#[tokio::test]
async fn each_route_is_for_its_role_and_for_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let each = Role::GIVEN.map(|role| (role, token(role.name(), &[role])));
    let lines: String = each.iter().map(|(_, token)| format!("{}\n", token.line)).collect();
    let served = served_with(How::default(), tokens(&folder, &lines)).await;
    for (method, path, asked) in ROUTES {
        for (role, token) in &each {
            let status = served.ask(method, path, &token.token, "").await.status;
            let may = asked == Role::Anybody || asked == *role;
            assert_eq!(status == 403, !may, "{method} {path} as {}: {status}", role.name());
            assert_ne!(status, 401, "{method} {path} as {}", role.name());
        }
        for wrong in ["", "heedful_00", "*"] {
            let status = served.ask(method, path, wrong, "").await.status;
            assert_eq!(status == 401, asked != Role::Anybody, "{method} {path} as nobody: {status}");
        }
    }
    // What is said in each place, and by which header it is asked for.
    let mut told = String::new();
    let (_, cad) = &each[0];
    for (what, answer) in [
        ("no token", served.get("/policy").await),
        ("a wrong token", served.ask("GET", "/policy", "heedful_00", "").await),
        ("a wrong role", served.ask("GET", "/policy", &cad.token, "").await),
    ] {
        let _ = writeln!(told, "{what}: {}\n{}", answer.status, answer.body);
        assert_eq!(answer.status == 401, answer.head.contains("www-authenticate: Bearer"), "{answer:?}");
    }
    insta::assert_snapshot!(told);
    // The token itself, and no other way to write it.
    for head in ["Basic", "bearer", "Bearer  ", "BEARER"] {
        let request = format!(
            "GET /nowhere HTTP/1.1\r\nhost: here\r\nauthorization: {head} {}\r\nconnection: close\r\n\r\n",
            cad.token
        );
        let answer = served.send(&request.replace("/nowhere", "/policy")).await;
        assert_eq!(answer.status, if head == "Basic" { 401 } else { 403 }, "{head}");
    }
    let twice = format!(
        "GET /policy HTTP/1.1\r\nhost: here\r\nauthorization: Bearer {0}\r\nauthorization: Bearer {0}\r\nconnection: close\r\n\r\n",
        cad.token
    );
    assert_eq!(served.send(&twice).await.status, 401, "two tokens are none");
}

#[test]
fn a_file_of_tokens_that_cannot_be_used_says_where_and_never_what_the_secret_is() {
    let good = token("cad", &[Role::Decide]);
    let mut told = String::new();
    for lines in [
        String::new(),
        "# nobody\n".to_owned(),
        format!("{}\ncad\n", good.line),
        format!("{}\n{}\n", good.line, good.line.replace("cad", "other")),
        good.line.replace("decide", "decider"),
        good.line.replace("decide", ","),
        good.line.replace("decide", "anybody"),
        good.line.replace("cad", "the CAD"),
        good.line.replace("cad", "c\u{e4}d"),
        "cad decide sha256:00".to_owned(),
        format!("cad decide sha256:{}", "\u{e9}".repeat(32)),
        format!("cad decide {}", good.token),
        format!("cad {} sha256:00", good.token),
        "cad decide certificate:".to_owned(),
    ] {
        let error = Callers::parse(&lines).err().expect("it cannot be used").to_string();
        assert!(!error.contains(&good.token), "{error}");
        let shown = lines.replace(&good.line, "GOOD").replace(&good.token, "TOKEN");
        let shown = shown.split("sha256:").next().unwrap_or_default();
        let _ = writeln!(told, "{shown:?}\n    {error}");
    }
    insta::assert_snapshot!(told);
    assert!(
        Callers::parse(&format!("\u{feff}# ours\r\n\r\n  {}  \r\nme read,audit certificate:ME.example\n", good.line))
            .is_ok()
    );
    assert!(NewToken::make("a b", &[Role::Read]).is_err() && NewToken::make("a", &[]).is_err());
    assert_ne!(token("a", &[Role::Read]).token, token("a", &[Role::Read]).token);
}

#[tokio::test]
async fn a_token_that_is_taken_out_of_the_file_is_refused_and_a_file_that_is_spoilt_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (cad, other) = (token("cad", &[Role::Read]), token("other", &[Role::Read]));
    let limits = Limits { look_every: Duration::from_millis(20), ..Limits::default() };
    let served = served_with(How { limits, ..How::default() }, tokens(&folder, &cad.line)).await;
    let file = folder.path().join("tokens");
    let is_let_in = async |token: &NewToken| served.ask("GET", "/schema", &token.token, "").await.status == 200;
    let told = async || served.get("/health").await.json()["credentials"]["tokens"].as_str().expect("told").to_owned();
    assert!(is_let_in(&cad).await && !is_let_in(&other).await);
    assert_eq!(told().await, "as the file says".replace("file says", "files say"));
    for spoilt in ["", "cad read\n"] {
        std::fs::write(&file, spoilt).expect("a file");
        while !told().await.contains("cannot be used") {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(is_let_in(&cad).await && !is_let_in(&other).await);
        std::fs::write(&file, &cad.line).expect("a file");
        while told().await.contains("cannot be used") {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    std::fs::remove_file(&file).expect("it is gone");
    while !told().await.contains("cannot be used") {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(is_let_in(&cad).await, "a file that is gone takes nobody's right away");
    std::fs::write(&file, &other.line).expect("a file");
    while is_let_in(&cad).await {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(is_let_in(&other).await);
}

/// A record of a case is restricted here where its grade is `high`.
fn restricted(mut safety: Safety) -> Safety {
    safety.restricted = vec!["grade=high".parse::<Restricted>().expect("a mark")];
    safety
}

#[tokio::test]
async fn a_restricted_record_is_for_those_with_the_role_and_every_look_and_every_refusal_is_recorded() {
    let folder = tempfile::tempdir().expect("a folder");
    let cad = token("cad", &[Role::Decide]);
    let (review, standards) = (token("review", &[Role::Audit]), token("standards", &[Role::Audit, Role::Restricted]));
    let (only, lines) =
        (token("only", &[Role::Restricted]), [&cad, &review, &standards].map(|token| token.line.clone()));
    let safety = restricted(tokens(&folder, &(lines.join("\n") + "\n" + &only.line)));
    let served = served_with(How::default(), safety).await;
    // The first revision is not restricted, the second is: so is all of the case.
    for (id, urgent) in [("open", false), ("closed", false), ("closed", true)] {
        assert_eq!(served.ask("POST", "/decide", &cad.token, &case(id, urgent)).await.status, 200);
    }
    let grade = r#"{"outcome":{"grade":"low"},"because":"it was me"}"#;
    assert_eq!(served.ask("POST", "/record/cases/closed/handler-grade", &cad.token, grade).await.status, 200);
    let paths = [
        "/record/cases/open",
        "/record/entries/0",
        "/record/cases/closed",
        "/record/entries/1",
        "/record/entries/2",
        "/record/entries/3",
    ];
    for (at, path) in paths.iter().enumerate() {
        let answer = served.ask("GET", path, &review.token, "").await;
        assert_eq!(answer.status, if at < 2 { 200 } else { 403 }, "{path}: {answer:?}");
        assert!(at < 2 || answer.body.contains("the role `restricted` besides `audit`"), "{answer:?}");
        assert_eq!(served.ask("GET", path, &standards.token, "").await.status, 200, "{path}");
        assert_eq!(served.ask("GET", path, &only.token, "").await.status, 403, "{path}");
    }
    let entries = served.store.entries(4, 100).await.expect("entries");
    let looks: Vec<String> = entries
        .into_iter()
        .map(|entry| {
            assert_eq!(entry.kind(), Some(EntryKind::Access));
            entry.content.expect("content")
        })
        .collect();
    assert_eq!(looks.len(), 12, "{looks:?}");
    assert_eq!(looks[4..6], [r#"{"refused":[1,2,3],"by":"review"}"#, r#"{"looked_at":[1,2,3],"by":"standards"}"#]);
}

#[tokio::test]
async fn where_nobody_is_known_a_restricted_record_is_for_nobody() {
    let served = served_with(How::default(), restricted(Safety::default())).await;
    assert_eq!(served.decide(&case("closed", true)).await.status, 200);
    assert_eq!(served.decide(&case("open", false)).await.status, 200);
    assert_eq!(served.get("/record/cases/open").await.status, 200);
    let answer = served.get("/record/cases/closed").await;
    assert!(answer.status == 403 && answer.body.contains("--tokens"), "{answer:?}");
}

/// A service without anything.
fn bare() -> Service {
    Service {
        live: Arc::default(),
        kept: None,
        policy: None,
        record: None,
        events: None,
        unknown_keys: UnknownKeys::Refuse,
        unknown_values: UnknownValues::Refuse,
        limits: Limits::default(),
        samples: Vec::new(),
        safety: Safety::default(),
        look: Box::new(|| {}),
        ending: tokio::sync::watch::channel(false).1,
        now: || Instant(0),
    }
}

#[tokio::test]
async fn other_machines_are_let_in_only_where_tls_and_tokens_are_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let cad = token("cad", &[Role::Decide]);
    for (safety, missing) in [(Safety::default(), "TLS and tokens"), (tokens(&folder, &cad.line), "TLS (--tls-cert")] {
        for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "[::ffff:127.0.0.1]:0"] {
            let credentials = Arc::clone(&safety.credentials);
            let service = bare();
            let told = service.live.subscribe();
            let refused = start(
                routes(service, told).expect("routes"),
                address.parse().expect("an address"),
                Limits::default(),
                credentials,
                async {},
            )
            .await;
            let said = match refused {
                Err(error @ ServeError::Open { .. }) => error.to_string(),
                other => panic!("{address}: {other:?}"),
            };
            assert!(said.contains(missing) && said.contains("127.0.0.1"), "{said}");
        }
    }
}

#[tokio::test]
async fn a_page_of_another_site_changes_nothing_where_nobody_is_asked_who_they_are() {
    let served = served().await;
    let body = r#"{"digest":"00","by":"a","because":"b"}"#;
    for (origin, is_let_in) in [
        ("", true),
        ("origin: http://here\r\n", true),
        ("origin: https://there.example\r\n", false),
        ("origin: null\r\n", false),
    ] {
        let length = body.len();
        let answer = served.send(&format!("POST /roll-back HTTP/1.1\r\nhost: here\r\n{origin}connection: close\r\ncontent-length: {length}\r\n\r\n{body}")).await;
        assert_eq!(answer.status, if is_let_in { 404 } else { 403 }, "{origin}: {answer:?}");
    }
}

#[tokio::test]
async fn a_caller_that_asks_too_often_is_told_so_and_the_peak_of_those_who_decide_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let (cad, other) = (token("cad", &[Role::Decide, Role::Read]), token("other", &[Role::Read]));
    let of = |number| NonZeroU32::new(number).expect("a number");
    let mut safety = tokens(&folder, &format!("{}\n{}", cad.line, other.line));
    // So slow that nothing comes back while the test runs.
    safety.rate = Some(Rate { per_second: of(1), decide_peak: of(20) });
    let served = served_with(How::default(), safety).await;
    let mut refused = 0;
    for _ in 0..8 {
        let answer = served.ask("GET", "/schema", &cad.token, "").await;
        if answer.status == 429 {
            refused += 1;
            assert!(answer.head.contains("retry-after: 1"), "{answer:?}");
        }
    }
    assert!(refused > 0, "one a second, and two at once");
    assert_eq!(served.ask("GET", "/schema", &other.token, "").await.status, 200, "another is not kept waiting by it");
    for number in 0..40 {
        let answer = served.ask("POST", "/decide", &cad.token, &case(&format!("c{number}"), true)).await;
        assert_eq!(answer.status, 200, "the peak that was agreed is never turned away");
    }
    let open = served_as(How::default()).await;
    for _ in 0..50 {
        assert_eq!(open.get("/schema").await.status, 200, "where no rate is asked for, there is none");
    }
}
