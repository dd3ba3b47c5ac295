//! Whatever is changed in a record behind its back is found.

use crate::support::{Record, note, record};
use heedful_record::{Audit, Finding, RecordKey};
use rusqlite::Connection;

/// What an audit says after a statement was carried out on the file, with an earlier checkpoint held against it.
async fn after(statement: &str) -> Audit {
    let record = record().await;
    record.fill(10).await;
    let earlier = record.store.head().await.expect("a head").checkpoint;
    record.queue.record(note("call-3", "{}")).await.expect("recorded");
    let file = Connection::open(record.folder.path().join("record.sqlite")).expect("a file");
    file.execute_batch(statement).expect("a statement");
    audit(&record, &[earlier]).await
}

async fn audit(record: &Record, earlier: &[String]) -> Audit {
    record.store.audit(record.key.verify_key(), earlier).await.expect("an audit")
}

#[tokio::test]
async fn every_change_is_found() {
    assert_eq!(after("").await.wrong, []);
    let entry = |field: &str, value: &str| format!("UPDATE entries SET {field} = {value} WHERE place = 4");
    assert_eq!(after(&entry("content", "'{}'")).await.wrong, [Finding::Altered(4)]);
    assert_eq!(after(&entry("salt", "x'00'")).await.wrong, [Finding::Altered(4)]);
    assert_eq!(after(&entry("content", "NULL")).await.wrong, [Finding::Altered(4)]);
    let leaf = entry("leaf", "replace(CAST(leaf AS TEXT), 'decision', 'due')");
    let leaf = leaf.replace("replace(", "CAST(replace(").replace("'due')", "'due') AS BLOB)");
    let wrong = after(&leaf).await.wrong;
    assert!(wrong.contains(&Finding::OtherRoot), "{wrong:?}");
    assert!(wrong.iter().any(|finding| matches!(finding, Finding::Node(_))), "{wrong:?}");
    let wrong = after("DELETE FROM entries WHERE place = 4").await.wrong;
    assert!(wrong.contains(&Finding::Missing(4)) && wrong.contains(&Finding::OtherRoot), "{wrong:?}");
    assert_eq!(after("UPDATE hashes SET hash = zeroblob(32) WHERE place = 3").await.wrong, [Finding::Node(3)]);
    assert_eq!(after("UPDATE head SET checkpoint = 'x'").await.wrong, [Finding::NotSigned]);
}

#[tokio::test]
async fn an_end_that_was_cut_is_found() {
    let cut = "DELETE FROM entries WHERE place >= 8; UPDATE head SET size = 8";
    let wrong = after(cut).await.wrong;
    assert!(wrong.contains(&Finding::OtherRoot), "{wrong:?}");
    assert!(wrong.contains(&Finding::NotTheBeginning(10)), "{wrong:?}");
}

/// Even whoever holds the key cannot write another history: the checkpoint that a second party keeps speaks against it.
#[tokio::test]
async fn another_history_signed_with_the_same_key_is_found() {
    let (one, mut other) = (record().await, record().await);
    one.fill(10).await;
    let kept = one.store.head().await.expect("a head").checkpoint;
    let (queue, recorder) = heedful_record::Recorder::new(other.store.clone(), one.key.clone(), Default::default());
    tokio::spawn(recorder.run());
    other.queue = queue;
    other.key = one.key.clone();
    other.fill(12).await;
    assert_eq!(audit(&other, &[]).await.wrong, []);
    assert_eq!(audit(&other, &[kept]).await.wrong, [Finding::NotTheBeginning(10)]);
}

#[tokio::test]
async fn a_checkpoint_of_another_key_is_not_taken() {
    let record = record().await;
    record.fill(2).await;
    let other = RecordKey::open(&record.folder.path().join("other.key"), crate::support::NAME).expect("a key");
    let audit = record.store.audit(other.verify_key(), &[]).await.expect("an audit");
    assert_eq!(audit.wrong, [Finding::NotSigned]);
}
