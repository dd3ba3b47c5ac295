//! Decisions that are made while the record is away: they wait, outlive the process, and are recorded once.

use super::database::Database;
use super::server::{Caller, Load, Server, assert_sound, folder};
use std::collections::BTreeSet;

#[test]
fn what_was_acknowledged_while_the_database_was_away_is_recorded_once_although_the_service_was_killed() {
    let Some(database) = Database::start() else { return };
    let (folder, url) = (folder(), database.url());
    let place = ["--record", &url, "--record-key", "record.key"];
    let mut server = Server::start(folder.path(), &place);
    let load = Load::begin(&[&server.address], 4, "call");
    load.wait_for(50);
    database.stop();
    server.wait_until(|health| health["record"]["waiting"]["decisions"].as_u64() >= Some(100));
    assert_eq!(server.get("/health")["record"]["waiting"]["in_memory"].as_u64().map(|lost| lost <= 4), Some(true));
    server.kill();
    let acknowledged = load.end();
    let queued = acknowledged.iter().filter(|(_, answer)| answer["served"]["queued"] == true).count();
    assert!(queued >= 90, "{queued} of {}", acknowledged.len());
    database.begin();
    let mut server = Server::start(folder.path(), &place);
    server.wait_until(|health| health["record"]["waiting"]["decisions"] == 0);
    for (case, answer) in &acknowledged {
        assert_eq!(answer["outcome"]["grade"], "high");
        let entries = server.get(&format!("/record/cases/{case}"))["entries"].clone();
        assert_eq!(entries.as_array().map(Vec::len), Some(1), "{case}: {answer}, {entries}");
    }
    server.end();
    assert_sound(folder.path(), &place);
    let left = std::fs::read(folder.path().join("waiting/waiting-1.jsonl")).expect("a file");
    assert!(left.is_empty(), "what is recorded is nowhere else: {}", String::from_utf8_lossy(&left));
    println!("{} acknowledged, {queued} of them while the database was away", acknowledged.len());
}

#[test]
fn a_service_that_is_told_to_end_leaves_what_waits_on_the_disk() {
    let Some(database) = Database::start() else { return };
    let (folder, url) = (folder(), database.url());
    let place = ["--record", &url, "--record-key", "record.key", "--waiting", "left"];
    let mut server = Server::start(folder.path(), &place);
    database.stop();
    let load = Load::begin(&[&server.address], 2, "call");
    load.wait_for(20);
    let acknowledged = load.end();
    server.end();
    database.begin();
    let server = Server::start(folder.path(), &place);
    server.wait_until(|health| health["record"]["waiting"]["decisions"] == 0);
    let mut places = BTreeSet::new();
    for (case, _) in &acknowledged {
        let entries = server.get(&format!("/record/cases/{case}"))["entries"].clone();
        assert_eq!(entries.as_array().map(Vec::len), Some(1), "{case}: {entries}");
        places.insert(entries[0]["place"].as_u64());
    }
    assert_eq!(places.len(), acknowledged.len());
}

#[test]
fn a_database_that_answers_nothing_holds_no_decision_up() {
    let Some(database) = Database::start() else { return };
    let (folder, url) = (folder(), database.url());
    let place = ["--record", &url, "--record-key", "record.key"];
    let server = Server::start(folder.path(), &place);
    let mut caller = Caller::new(&server.address).expect("a connection");
    caller.decide("before").expect("an answer");
    database.pause();
    for number in 0..20 {
        let (status, answer) = caller.decide(&format!("call-{number}")).expect("an answer");
        assert_eq!((status, &answer["served"]["queued"]), (200, &true.into()), "{answer}");
    }
    assert_eq!(server.get("/ready")["record"]["waiting"]["decisions"], 20);
    database.resume();
    server.wait_until(|health| health["record"]["waiting"]["decisions"] == 0);
    for number in 0..20 {
        let entries = server.get(&format!("/record/cases/call-{number}"))["entries"].clone();
        assert_eq!(entries.as_array().map(Vec::len), Some(1), "{number}: {entries}");
    }
    drop(server);
    assert_sound(folder.path(), &place);
}
