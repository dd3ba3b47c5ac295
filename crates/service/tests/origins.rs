//! Where requests come from: one address takes not everything, and whoever is known is answered whatever others do from there.

use crate::support::{How, Served, case, served_as, served_with, tokens};
use heedful_service::{Limits, NewToken, Role};
use std::num::NonZeroU32;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

const HEALTH: &str = "GET /health HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n";

/// A connection from another address of this machine.
async fn from(served: &Served, address: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(format!("{address}:0").parse().expect("an address")).expect("it is bound");
    socket.connect(served.address).await.expect("a connection")
}

async fn says(stream: &mut TcpStream, request: &str) -> String {
    let _ = stream.write_all(request.as_bytes()).await;
    let mut answer = Vec::new();
    // A side that closes with bytes unread resets the connection; what came before counts.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn whoever_tries_tokens_is_told_to_stop_and_a_good_token_from_the_same_address_is_answered() {
    let folder = tempfile::tempdir().expect("a folder");
    let cad = NewToken::make("cad", &[Role::Decide]).expect("a token");
    let limits = Limits { unknown_per_minute: NonZeroU32::new(5).expect("a number"), ..Limits::default() };
    let served = served_with(How { limits, ..How::default() }, tokens(&folder, &cad.line)).await;
    let mut statuses = Vec::new();
    for number in 0..40 {
        let answer = served.ask("POST", "/decide", &format!("heedful_{number}"), &case("c", true)).await;
        if answer.status == 429 {
            assert!(
                answer.head.contains("retry-after: ") && answer.body.contains("5 requests in a minute"),
                "{answer:?}"
            );
        }
        statuses.push(answer.status);
        // Between them, as often as it likes.
        let known = served.ask("POST", "/decide", &cad.token, &case(&format!("c{number}"), true)).await;
        assert_eq!(known.status, 200, "{known:?}");
    }
    let told = statuses.iter().filter(|status| **status == 401).count();
    assert!((5..12).contains(&told), "{statuses:?}");
    assert!(statuses.iter().all(|status| [401, 429].contains(status)) && statuses[39] == 429, "{statuses:?}");
    assert_eq!(served.get("/health").await.status, 200, "what needs no token is answered");
    // Another address is none of it.
    let decide = "GET /due HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n";
    assert!(says(&mut from(&served, "127.0.0.2").await, decide).await.starts_with("HTTP/1.1 401"));
}

#[tokio::test]
async fn one_address_has_not_all_the_connections() {
    let limits = Limits { connections: 100, connections_of_one: 3, ..Limits::default() };
    let served = served_as(How { limits, ..How::default() }).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut stream = from(&served, "127.0.0.2").await;
        // It is in once it is answered.
        stream.write_all(b"GET /health HTTP/1.1\r\nhost: here\r\n\r\n").await.expect("a request");
        let mut some = [0; 15];
        stream.read_exact(&mut some).await.expect("an answer");
        held.push(stream);
    }
    assert_eq!(says(&mut from(&served, "127.0.0.2").await, HEALTH).await, "", "it is closed");
    assert!(says(&mut from(&served, "127.0.0.3").await, HEALTH).await.starts_with("HTTP/1.1 200"));
    // Once one of them has gone there is room again.
    held.pop();
    while !says(&mut from(&served, "127.0.0.2").await, HEALTH).await.starts_with("HTTP/1.1 200") {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
