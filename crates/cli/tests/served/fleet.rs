//! Two services that share one record in PostgreSQL: one is killed, and the database is restarted under them.

use super::database::Database;
use super::server::{Caller, Load, Server, assert_sound, folder};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

#[test]
fn one_log_whatever_happens_to_one_of_them_or_to_the_database() {
    let Some(database) = Database::start() else { return };
    let (one, other) = (folder(), folder());
    let url = database.url();
    let place = ["--record", &url, "--record-key", "record.key", "--when-not-recorded", "refuse"];
    let first = Server::start(one.path(), &place);
    // Both sign with one key.
    fs::copy(one.path().join("record.key"), other.path().join("record.key")).expect("a key");
    let mut second = Server::start(other.path(), &place);
    let load = Load::begin(&[&first.address, &second.address], 4, "call");
    load.wait_for(100);
    second.kill();
    load.wait_for(200);
    database.stop();
    database.begin();
    // Whoever asks again is answered, once the database is back.
    let acknowledged = load.end();
    let mut last = String::new();
    let again = (0..300).find_map(|_| {
        std::thread::sleep(Duration::from_millis(50));
        let answered = Caller::new(&first.address).and_then(|mut caller| caller.decide("after"));
        let (status, answer) = answered.expect("an answer");
        last = answer.to_string();
        (status == 200).then_some(())
    });
    assert!(again.is_some(), "it is recorded again: {last}");
    assert_sound(one.path(), &["--record", &url, "--record-key", "record.key"]);
    let export = exported(one.path(), &url);
    for (case, answer) in &acknowledged {
        let place = answer["served"]["place"].as_u64().expect("a place");
        let told = entry(one.path(), &url, place);
        assert_eq!(told["content"]["case"].as_str(), Some(case.as_str()));
    }
    let places: BTreeSet<u64> =
        acknowledged.iter().filter_map(|(_, answer)| answer["served"]["place"].as_u64()).collect();
    assert_eq!(places.len(), acknowledged.len());
    println!("{} acknowledged by two, {export} recorded", acknowledged.len());
}

fn exported(folder: &Path, url: &str) -> u64 {
    let args = [
        "record",
        "export",
        "--policy",
        "rules",
        "--record",
        url,
        "--record-key",
        "record.key",
        "log",
        "--format",
        "json",
    ];
    let told = crate::watch::command::heedful(folder, &args).output().expect("the program runs");
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).expect("JSON");
    told["entries"].as_u64().expect("a number")
}

fn entry(folder: &Path, url: &str, place: u64) -> serde_json::Value {
    let place = place.to_string();
    let args = [
        "record",
        "prove",
        "--policy",
        "rules",
        "--record",
        url,
        "--record-key",
        "record.key",
        &place,
        "--format",
        "json",
        "--by",
        "A. Example",
        "--because",
        "a test",
    ];
    let told = crate::watch::command::heedful(folder, &args).output().expect("the program runs");
    serde_json::from_slice(&told.stdout).unwrap_or_else(|error| panic!("{error}: {told:?}"))
}
