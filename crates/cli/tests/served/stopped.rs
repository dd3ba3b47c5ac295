//! Two services on one PostgreSQL, of which one stands still in the middle of a transaction: the other records all the same.

use super::database::Database;
use super::server::{Caller, Load, Server, assert_sound, folder};
use std::fs;
use std::process::Command;
use std::time::Duration;

/// What a query answers, as psql prints it.
fn ask(url: &str, query: &str) -> String {
    let told = Command::new("psql").args(["--no-psqlrc", "-tA", url, "-c", query]).output().expect("psql runs");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    String::from_utf8(told.stdout).expect("a text").trim().to_owned()
}

#[test]
fn one_that_stands_still_in_the_middle_of_a_transaction_does_not_hold_the_log_for_the_other() {
    let Some(database) = Database::start() else { return };
    let (one, other, url) = (folder(), folder(), database.url());
    let place = ["--record", &url, "--record-key", "record.key"];
    let mut first = Server::start(one.path(), &place);
    fs::copy(one.path().join("record.key"), other.path().join("record.key")).expect("a key");
    let mut second = Server::start(other.path(), &place);
    let load = Load::begin(&[&first.address], 4, "first");
    load.wait_for(20);
    // Until it is stopped while it holds the row of the head.
    let holds = "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'";
    let is_held = (0..100).any(|_| {
        first.pause();
        // What it had sent is done by then.
        std::thread::sleep(Duration::from_millis(50));
        let is_held = ask(&url, holds) != "0";
        if !is_held {
            first.resume();
            std::thread::sleep(Duration::from_millis(7));
        }
        is_held
    });
    assert!(is_held, "it was never stopped in a transaction");
    let mut caller = Caller::new(&second.address).expect("a connection");
    for number in 0..10 {
        let (status, _) = caller.decide(&format!("second-{number}")).expect("an answer");
        assert_eq!(status, 200);
    }
    // While the first still stands there.
    second.wait_until(|health| health["record"]["recording"] == true);
    for number in 0..10 {
        let entries = second.get(&format!("/record/cases/second-{number}"))["entries"].clone();
        assert_eq!(entries.as_array().map(Vec::len), Some(1), "{number}: {entries}");
    }
    first.resume();
    let acknowledged = load.end();
    first.wait_until(|health| health["record"]["recording"] == true);
    for (case, answer) in &acknowledged {
        let entries = second.get(&format!("/record/cases/{case}"))["entries"].clone();
        assert_eq!(entries.as_array().map(Vec::len), Some(1), "{case}: {answer}, {entries}");
    }
    first.end();
    second.end();
    assert_sound(one.path(), &place);
}
