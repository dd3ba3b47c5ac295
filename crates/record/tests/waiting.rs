//! What waits to be recorded: in order, once, and also after the process has ended.

use crate::support::{Record, decision, record};
use heedful_record::{Beside, HandedIn, Waiting, WaitingRoom};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);

fn spool(record: &Record) -> PathBuf {
    record.folder.path().join("waiting")
}

async fn hand_in(room: &WaitingRoom, case: &str) -> HandedIn {
    room.hand_in(decision(case, 1), Beside::default(), true, PATIENCE).await
}

async fn emptied(room: &WaitingRoom) {
    while !room.is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Holds the record locked.
fn locked(record: &Record) -> rusqlite::Connection {
    let other = rusqlite::Connection::open(record.folder.path().join("record.sqlite")).expect("a file");
    other.execute_batch("BEGIN IMMEDIATE").expect("a lock");
    other
}

#[tokio::test]
async fn what_waits_is_recorded_in_its_order_once_the_store_is_back() {
    let record = record().await;
    let (room, _) = WaitingRoom::open(record.queue.clone(), 1_000_000, &spool(&record)).expect("a folder");
    let lock = locked(&record);
    for number in 0..20 {
        let told = hand_in(&room, &format!("call-{number}")).await;
        assert!(matches!(told, HandedIn::Waits { on_disk: true }), "{told:?}");
    }
    let content = room.content("call-7", &[1; 32]).expect("it waits");
    assert!(content.contains("call-7"), "{content}");
    let Waiting { entries, in_memory, since, .. } = room.waiting();
    assert_eq!((entries, in_memory, since), (20, 0, Some(decision("", 1).at)));
    drop(lock);
    emptied(&room).await;
    let entries = record.store.entries(0, 100).await.expect("entries");
    let contents: Vec<String> = entries.into_iter().filter_map(|entry| entry.content).collect();
    let wanted: Vec<String> =
        (0..20).map(|number| format!("{{\"revision\":1,\"case\":\"call-{number}\",\"body\":1}}")).collect();
    assert_eq!(contents, wanted);
    assert_eq!(room.waiting().entries, 0);
}

#[tokio::test]
async fn what_an_ended_process_left_is_recorded_once_and_what_it_was_writing_is_left_out() {
    let record = record().await;
    let lock = locked(&record);
    let (room, _) = WaitingRoom::open(record.queue.clone(), 1_000_000, &spool(&record)).expect("a folder");
    // While one process has the first file, another takes the second.
    let (second, _) = WaitingRoom::open(record.queue.clone(), 1_000_000, &spool(&record)).expect("a folder");
    for number in 0..4 {
        hand_in(if number % 2 == 0 { &room } else { &second }, &format!("call-{number}")).await;
    }
    assert_eq!(room.end(Duration::ZERO).await.entries, 2);
    second.end(Duration::ZERO).await;
    drop((room, second));
    drop(lock);
    let first = spool(&record).join("waiting-1.jsonl");
    let mut text = fs::read_to_string(&first).expect("a file");
    assert_eq!(text.lines().count(), 2);
    // One was recorded before the process ended, which had no time to say so; the last line is torn.
    record.queue.record(decision("call-0", 1)).await.expect("recorded");
    let torn = text.lines().next().expect("a line").get(..90).expect("a part").to_owned();
    text.push_str(&torn);
    fs::write(&first, &text).expect("a file");
    let again = loop {
        // Until the tasks of those before have let go of their files.
        let (again, damaged) = WaitingRoom::open(record.queue.clone(), 1_000_000, &spool(&record)).expect("a folder");
        assert_eq!(damaged, None);
        if again.waiting().entries == 4 || record.store.head().await.expect("a head").size == 4 {
            break again;
        }
        again.end(Duration::ZERO).await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    emptied(&again).await;
    let mut cases: Vec<String> = Vec::new();
    for entry in record.store.entries(0, 100).await.expect("entries") {
        cases.extend(entry.content);
    }
    cases.sort();
    assert_eq!(cases.len(), 4, "{cases:?}");
    let audit = record.store.audit(record.key.verify_key(), &[]).await.expect("an audit");
    assert_eq!((audit.size, audit.wrong), (4, vec![]));
}

#[tokio::test]
async fn a_line_that_is_not_what_was_written_is_kept_aside_and_the_others_are_recorded() {
    let record = record().await;
    let lock = locked(&record);
    let (room, _) = WaitingRoom::open(record.queue.clone(), 1_000_000, &spool(&record)).expect("a folder");
    for number in 0..3 {
        hand_in(&room, &format!("call-{number}")).await;
    }
    room.end(Duration::ZERO).await;
    drop((room, lock));
    let first = spool(&record).join("waiting-1.jsonl");
    let text = fs::read_to_string(&first).expect("a file").replace("call-1", "call-9");
    fs::write(&first, text).expect("a file");
    let mut aside = None;
    while record.store.head().await.expect("a head").size < 2 {
        let (again, damaged) = WaitingRoom::open(record.queue.clone(), 1_000_000, &spool(&record)).expect("a folder");
        aside = aside.or(damaged);
        emptied(&again).await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let aside = fs::read_to_string(aside.expect("a file")).expect("a file");
    assert!(aside.contains("call-9"), "{aside}");
    let entries = record.store.entries(0, 100).await.expect("entries");
    assert!(entries.iter().all(|entry| !entry.content.as_deref().unwrap_or_default().contains("call-9")));
    assert_eq!(entries.len(), 2);
}

#[tokio::test]
async fn no_more_waits_than_may() {
    let record = record().await;
    let lock = locked(&record);
    let room = WaitingRoom::in_memory(record.queue.clone(), 3_000);
    let mut waits = 0;
    loop {
        match hand_in(&room, &format!("call-{waits}")).await {
            HandedIn::Waits { on_disk } => assert!(!on_disk),
            HandedIn::NoRoom => break,
            HandedIn::Recorded(recorded) => panic!("{recorded:?}"),
        }
        waits += 1;
    }
    assert_eq!((waits, room.waiting().in_memory), (5, 5));
    drop(lock);
    emptied(&room).await;
    assert_eq!(record.store.head().await.expect("a head").size, 5);
}
