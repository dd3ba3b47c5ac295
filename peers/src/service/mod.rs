//! heedful as a service beside two peers behind the same web server: requests a second, and how long they wait.
//!
//! ```sh
//! cargo run --release --locked --manifest-path peers/Cargo.toml -- service            # -- --quick for a look
//! ```
//!
//! Every server is a process of its own on the second processor; what asks it is on the first. With a record, the server has both.

mod ask;
mod peer;
mod process;

pub use peer::serve as serve_peer;

use self::ask::{Asking, Waits, ask};
use self::process::Server;
use crate::generate::{self, Texts};
use crate::place::Place;
use crate::table::{Table, ratio, time};
use std::time::Duration;

/// How many connections ask.
const CONNECTIONS: usize = 32;

/// How many cases a request has where it has many.
const BATCH: usize = 100;

/// The rate of durable decisions that is aimed at.
const AIM: u64 = 5_000;

struct Kind {
    name: &'static str,
    /// What is asked for: heedful gives whole decisions unless told otherwise.
    path: &'static str,
    start: fn(&Place) -> Result<Server, String>,
    /// The case in the form that it is read quickest.
    text: fn(&Texts) -> &str,
}

const HEEDFUL: Kind =
    Kind { name: "heedful", path: "/decide", start: |place| Server::heedful(place, false), text: |case| &case.rfc3339 };

/// What the web server and the connections take by themselves: no engine can be quicker here.
const NOTHING: Kind = Kind {
    name: "the web server alone, which reads and answers `{}`",
    path: "/decide",
    start: |place| Server::peer(place, peer::NOTHING),
    text: |case| &case.rfc3339,
};

const PEERS: [Kind; 2] = [
    Kind {
        name: "regorus, compiled",
        path: "/decide",
        start: |place| Server::peer(place, "regorus, compiled"),
        text: |case| &case.seconds,
    },
    Kind {
        name: "cedar-policy, counts made outside",
        path: "/decide",
        start: |place| Server::peer(place, "cedar-policy, counts made outside"),
        text: |case| &case.rfc3339,
    },
];

/// # Errors
/// What the system, or a server, says.
pub fn run(quick: bool) -> Result<(), String> {
    let seconds = Duration::from_secs(if quick { 2 } else { 10 });
    let rounds = if quick { 1 } else { 3 };
    let cases = generate::cases(10_000);
    process::keep_to_first_processor();
    without_record(&cases, seconds, rounds)?;
    with_record(&cases, seconds)
}

/// Each in its turn, and of the rounds the quickest: whatever else is at work only slows down.
fn without_record(cases: &[Texts], seconds: Duration, rounds: usize) -> Result<(), String> {
    let kinds = [&HEEDFUL, &PEERS[0], &PEERS[1], &NOTHING];
    let mut best: Vec<[Option<Waits>; 2]> = kinds.iter().map(|_| [None, None]).collect();
    for _ in 0..rounds {
        for (kind, best) in kinds.iter().zip(&mut best) {
            eprintln!("service: {}", kind.name);
            let place = Place::new().map_err(|error| error.to_string())?;
            let server = (kind.start)(&place)?;
            let texts: Vec<&str> = cases.iter().map(kind.text).collect();
            for (cases_each, best) in [1, BATCH].into_iter().zip(best) {
                let requests = requests(&texts, kind.path, cases_each);
                let asking = Asking { address: server.address, connections: CONNECTIONS, seconds, rate: None };
                let waits = ask(&asking, requests.iter().cycle().cloned())?;
                if best.as_ref().is_none_or(|best| best.each_second() < waits.each_second()) {
                    *best = Some(waits);
                }
            }
        }
    }
    for (at, (title, cases_each)) in
        [("Requests with one case", 1.0), ("Requests with a hundred cases", BATCH as f64)].into_iter().enumerate()
    {
        let mut table = Table::new(&["", "decisions a second", "of heedful", "p50", "p99", "p99.9"]);
        let all: Vec<&Waits> = best.iter().filter_map(|both| both[at].as_ref()).collect();
        for (kind, waits) in kinds.iter().zip(&all) {
            let mut row = vec![
                kind.name.to_owned(),
                format!("{:.0}", waits.each_second() * cases_each),
                ratio(waits.each_second() / all[0].each_second()),
            ];
            row.extend(waits.row());
            table.row(&row);
        }
        table.print(
            title,
            "Without a record. The server has one processor, and 32 connections each ask again as soon as they are answered.",
        );
    }
    Ok(())
}

fn with_record(cases: &[Texts], seconds: Duration) -> Result<(), String> {
    let mut table = Table::new(&["", "decisions a second", "p50", "p99", "p99.9"]);
    let rates = [(CONNECTIONS, None), (256, None), (256, Some(1_000)), (256, Some(AIM))];
    for (connections, rate) in rates {
        eprintln!("service: with a record, {connections} connections, {rate:?}");
        let place = Place::new().map_err(|error| error.to_string())?;
        let server = Server::heedful(&place, true)?;
        // Every case has an id that was not decided before.
        let fresh = cases.iter().cycle().zip(1..).map(|(case, number): (&Texts, u64)| {
            let id = |id: &str| format!("\"id\":\"{id}\"");
            let text = case.rfc3339.replacen(&id(&case.id), &id(&format!("fresh-{number}")), 1);
            request(&text, HEEDFUL.path, "application/json")
        });
        let asking = Asking { address: server.address, connections, seconds, rate };
        let waits = ask(&asking, fresh)?;
        let name = match rate {
            None => format!("{connections} connections, as quick as they are answered"),
            Some(rate) => format!("{connections} connections, {rate} a second"),
        };
        let mut row = vec![name, format!("{:.0}", waits.each_second())];
        row.extend(waits.row());
        table.row(&row);
    }
    table.print(
        "With a durable record",
        "heedful with SQLite, each answer after its decision is on the disk. The server and what asks it share both processors.",
    );
    Ok(())
}

fn requests(texts: &[&str], path: &str, cases_each: usize) -> Vec<Vec<u8>> {
    match cases_each {
        1 => texts.iter().map(|text| request(text, path, "application/json")).collect(),
        _ => texts.chunks(cases_each).map(|texts| request(&texts.join("\n"), path, "application/x-ndjson")).collect(),
    }
}

/// A request as it goes over the wire.
fn request(body: &str, path: &str, form: &str) -> Vec<u8> {
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: {form}\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

impl Waits {
    fn row(&self) -> [String; 3] {
        [0.5, 0.99, 0.999].map(|part| time(self.at(part)))
    }
}
