//! Callers that are slow, silent, half gone or lie about how much they send, while others have calls decided.

use super::measured::{Process, Times};
use super::server::{Caller, Server, case, folder, number};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

fn send(address: &str, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a socket");
    // Whoever is turned away may not be able to send it all.
    let _ = stream.write_all(bytes);
    stream
}

/// What comes back until the other side ends.
fn rest(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn head(length: &str) -> String {
    format!("POST /decide HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\n{length}\r\n\r\n")
}

fn whole(id: &str) -> String {
    let body = case(id);
    head(&format!("content-length: {}", body.len())) + &body
}

/// Asks so often a second for so long, and says how long each answer took.
fn decide(address: &str, a_second: u32, seconds: u32, name: &str) -> Times {
    let mut caller = Caller::new(address).expect("a connection");
    let (begun, mut times) = (Instant::now(), Times::default());
    for number in 0..a_second * seconds {
        let due = begun + Duration::from_secs(1) * number / a_second;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let (status, answer) = caller.decide(&format!("{name}-{number}")).expect("an answer");
        assert_eq!((status, &answer["served"]["recorded"]), (200, &true.into()), "{answer}");
        times.add(due.elapsed());
    }
    times
}

/// As many as `HEEDFUL_CONNECTIONS` says.
#[test]
fn connections_that_say_nothing_or_little_keep_nobody_waiting_and_are_given_up() {
    let folder = folder();
    let connections = number("HEEDFUL_CONNECTIONS", 300);
    let rate = u32::try_from(number("HEEDFUL_RATE", 40)).expect("not so many");
    let most = (connections + 100).to_string();
    // All of them come from one address.
    let server = Server::start(folder.path(), &["--max-connections", &most, "--max-connections-per-address", &most]);
    let row = |what: &str, process: Process, times: Option<Times>| {
        let times = times.map_or_else(String::new, |mut times| format!("{} decisions: {}", times.len(), times.line()));
        println!(
            "{what} | {} KiB | {} open files | {} threads | {times}",
            process.memory, process.files, process.threads
        );
    };
    row("at the start", server.process(), None);
    row("nobody else", server.process(), Some(decide(&server.address, rate, 3, "alone")));
    let before = server.process();
    // A third says nothing; a third half a head; a third sends its body byte by byte.
    let mut open: Vec<TcpStream> = (0..connections)
        .map(|number| match number % 3 {
            0 => send(&server.address, b""),
            1 => send(&server.address, b"POST /decide HTTP/1.1\r\nhost: he"),
            _ => send(&server.address, (head("content-length: 400") + "{").as_bytes()),
        })
        .collect();
    let process = server.process();
    assert!(process.files >= before.files + connections * 2 / 3, "they are open: {before:?} {process:?}");
    let (address, seconds) = (server.address.clone(), if connections > 1_000 { 40 } else { 11 });
    let decided = std::thread::spawn(move || decide(&address, rate, seconds, "beside"));
    while !decided.is_finished() {
        open.iter_mut().skip(2).step_by(3).for_each(|stream| drop(stream.write_all(b" ")));
        std::thread::sleep(Duration::from_millis(500));
    }
    let times = decided.join().expect("every call is decided");
    row("beside them", process, Some(times));
    // Those whose bodies did not come in ten seconds were told so.
    let given_up = open.into_iter().skip(2).step_by(3).map(rest).filter(|answer| answer.starts_with("HTTP/1.1 504"));
    assert_eq!(given_up.count(), connections / 3);
    let gone = (0..500).find(|_| {
        std::thread::sleep(Duration::from_millis(20));
        server.process().files < before.files + 20
    });
    row("once they are gone", server.process(), None);
    assert!(gone.is_some(), "what they held is free again");
}

#[test]
fn who_has_closed_its_side_still_gets_its_answer() {
    let folder = folder();
    let server = Server::start(folder.path(), &[]);
    let stream = send(&server.address, whole("half").as_bytes());
    stream.shutdown(Shutdown::Write).expect("a socket");
    let answer = rest(stream);
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"recorded\":true"), "{answer}");
    // One that goes away at once has its decision recorded or not, and holds nothing.
    let before = server.process();
    for number in 0..50 {
        drop(send(&server.address, whole(&format!("gone-{number}")).as_bytes()));
    }
    let again = decide(&server.address, 100, 1, "after");
    assert_eq!(again.len(), 100);
    // The service may read its record in some more places than before.
    assert!(server.process().files < before.files + 20, "{before:?} {:?}", server.process());
}

#[test]
fn a_body_that_is_not_as_long_as_was_said_is_no_case() {
    let folder = folder();
    let server = Server::start(folder.path(), &["--max-body", "10000"]);
    let told = |request: String, closed: bool| {
        let stream = send(&server.address, request.as_bytes());
        if closed {
            stream.shutdown(Shutdown::Write).expect("a socket");
        }
        rest(stream)
    };
    let body = case("liar");
    // Less came than was said, and no more comes.
    let short = told(head(&format!("content-length: {}", body.len() + 1)) + &body, true);
    assert!(!short.contains(" 200 "), "{short}");
    // More came than was said: what is over is no request.
    let long = told(head(&format!("content-length: {}\r\nconnection: close", body.len() - 1)) + &body, false);
    assert!(long.starts_with("HTTP/1.1 400"), "{long}");
    // More was said than may be.
    let large = told(head("content-length: 10001\r\nconnection: close"), false);
    assert!(large.starts_with("HTTP/1.1 413"), "{large}");
    // Nothing was said, and more came than may be.
    let chunk = format!("2000\r\n{}\r\n", " ".repeat(0x2000));
    let chunked = told(head("transfer-encoding: chunked\r\nconnection: close") + &chunk + &chunk + "0\r\n\r\n", false);
    assert!(chunked.starts_with("HTTP/1.1 413"), "{chunked}");
    // What contradicts itself.
    for length in [
        "content-length: 5\r\ncontent-length: 6",
        "content-length: -1",
        "content-length: many",
        "transfer-encoding: chunked\r\n\r\nno-number",
    ] {
        let answer = told(head(length) + &body, true);
        assert!(!answer.contains(" 200 "), "{length}: {answer}");
    }
    let mut caller = Caller::new(&server.address).expect("a connection");
    let (status, answer) = caller.decide("liar").expect("an answer");
    assert_eq!((status, &answer["served"]["place"]), (200, &0.into()), "none of them was recorded: {answer}");
}
