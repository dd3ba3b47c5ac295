//! What is recorded, once, and found again.

use crate::support::{decision, note, open, record};
use heedful::time::Instant;
use heedful_record::{Beside, CaseKey, EntryKind, Finding, KeyError, QueueLimits, RecordKey, TimeAhead};
use std::fs;

#[tokio::test]
async fn a_retry_gets_what_was_recorded_and_another_body_is_a_new_revision() {
    let record = record().await;
    let first = record.queue.record(decision("call-1", 1)).await.expect("recorded");
    assert_eq!((first.place, first.revision, first.before, &first.known), (0, 1, None, &None));
    let again = record.queue.record(decision("call-1", 1)).await.expect("recorded");
    let content = r#"{"revision":1,"case":"call-1","body":1}"#;
    assert_eq!((again.place, again.revision, again.known.as_deref()), (0, 1, Some(content)));
    let changed = record.queue.record(decision("call-1", 2)).await.expect("recorded");
    assert_eq!((changed.place, changed.revision, changed.before), (1, 2, Some(0)));
    let content = record.store.entry(1).await.expect("an entry").content;
    assert_eq!(content.as_deref(), Some(r#"{"revision":2,"before":0,"case":"call-1","body":2}"#));
    // A retry of the first that comes late finds the first.
    let late = record.queue.record(decision("call-1", 1)).await.expect("recorded");
    assert_eq!((late.place, late.revision), (0, 1));
    assert_eq!(record.store.head().await.expect("a head").size, 2);
    let known = record.store.decided("call-1", &[2; 32]).await.expect("an answer").expect("it was decided");
    assert_eq!((known.place, known.before), (1, Some(0)));
    assert_eq!(record.store.decided("call-1", &[3; 32]).await.expect("an answer"), None);
}

#[tokio::test]
async fn retries_in_one_batch_are_recorded_once() {
    let record = record().await;
    let tasks: Vec<_> = (0..40)
        .map(|number| {
            let queue = record.queue.clone();
            tokio::spawn(async move { queue.record(decision(&format!("call-{}", number % 4), 1)).await })
        })
        .collect();
    for task in tasks {
        let told = task.await.expect("it ends").expect("recorded");
        assert_eq!(told.revision, 1);
    }
    assert_eq!(record.store.head().await.expect("a head").size, 4);
}

#[tokio::test]
async fn it_is_there_after_a_start_and_goes_on() {
    let record = record().await;
    record.fill(300).await;
    let before = record.store.head().await.expect("a head");
    drop(record.queue);
    let again = open(&record.folder).await;
    assert_eq!(again.head().await.expect("a head"), before);
    let audit = again.audit(record.key.verify_key(), &[before.checkpoint]).await.expect("an audit");
    assert_eq!((audit.size, audit.wrong), (300, vec![]));
}

/// Two that append to one record, as servers of a fleet do, wait for each other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_that_append_make_one_log() {
    let record = record().await;
    let other = crate::support::Record { store: open(&record.folder).await, ..crate::support::record().await };
    let (queue, recorder) =
        heedful_record::Recorder::new(other.store.clone(), record.key.clone(), QueueLimits::default());
    tokio::spawn(recorder.run());
    let tasks: Vec<_> = (0..200)
        .map(|number| {
            let queue = if number % 2 == 0 { record.queue.clone() } else { queue.clone() };
            // Every case comes to both, as when a load balancer tries the other.
            tokio::spawn(async move { queue.record(decision(&format!("call-{}", number / 2), 1)).await })
        })
        .collect();
    for task in tasks {
        task.await.expect("it ends").expect("recorded");
    }
    let audit = record.store.audit(record.key.verify_key(), &[]).await.expect("an audit");
    assert_eq!((audit.size, audit.wrong), (100, vec![]));
}

#[tokio::test]
async fn what_is_erased_leaves_every_proof_valid() {
    let record = record().await;
    record.fill(20).await;
    record.queue.record(note("call-7", r#"{"grade":"immediate","because":"she whispered"}"#)).await.expect("recorded");
    let before = record.store.head().await.expect("a head");
    let place = record.store.entries_of_case("call-7").await.expect("entries")[0].place;
    let (_, proof) = record.store.prove(place).await.expect("a proof");
    let erased = record.store.to_erase("call-7").await.expect("read");
    assert_eq!(erased.places, [place, 20]);
    record.queue.record(erased.entry(Instant(1_700_000_100), "records officer", "asked for")).await.expect("recorded");
    record.store.erase(&erased).await.expect("erased");

    let audit = record.store.audit(record.key.verify_key(), &[before.checkpoint]).await.expect("an audit");
    assert_eq!((audit.size, audit.erased, audit.wrong), (22, 2, vec![]));
    let entry = record.store.entry(place).await.expect("an entry");
    assert_eq!((entry.leaf, entry.content), (proof.leaf, None));
    assert!(record.store.entries_of_case("call-7").await.expect("entries").is_empty());
    // Nothing of it is left on the disk.
    for file in fs::read_dir(record.folder.path()).expect("a folder") {
        let path = file.expect("a file").path();
        if path.extension().is_some_and(|ending| ending == "sqlite") {
            let held = fs::read(&path).expect("bytes");
            let words = b"she whispered";
            assert!(!held.windows(words.len()).any(|window| window == words), "{}", path.display());
        }
    }
}

/// In the place of a body.
const CLOSED: u8 = 0;

/// As where one of two servers had to let its decision wait until the other had decided the case anew.
#[tokio::test]
async fn what_a_case_has_ahead_is_what_its_latest_decision_says_in_whatever_order_they_are_recorded() {
    let made = |body: u8, at: i64, waited: bool, ahead: &str| {
        let mut entry = decision("call-1", body);
        entry.at = Instant(entry.at.0 + at);
        if body == CLOSED {
            entry.kind = EntryKind::Closed;
            entry.case = Some(CaseKey { id: "call-1".to_owned(), body: None });
        }
        let ahead = ahead.split(' ').filter(|says| !says.is_empty());
        let ahead = ahead.map(|says| TimeAhead { at: Instant(1_800_000_000), says: says.to_owned() });
        (entry, Beside { ahead: Some(ahead.collect()), waited, ..Beside::default() })
    };
    let steps = [
        (made(1, 0, false, "first"), "first"),
        (made(2, 60, false, "second"), "second"),
        (made(3, 30, true, "waited and-so-did"), "second"),
        (made(4, 60, true, "of-the-same-second"), "of-the-same-second"),
        (made(5, 90, false, ""), ""),
        (made(6, 89, true, "waited"), ""),
        // Nobody else can have decided it meanwhile, so it is the clock that was set back.
        (made(7, 10, false, "by-another-clock"), "by-another-clock"),
        (made(8, 100, true, "open"), "open"),
        (made(CLOSED, 110, false, ""), ""),
        (made(9, 109, true, "waited"), ""),
        (made(10, 120, true, "again"), "again"),
    ];
    // One after another, and all in one transaction.
    for at_once in [false, true] {
        let record = record().await;
        let lock = at_once.then(|| {
            let other = rusqlite::Connection::open(record.folder.path().join("record.sqlite")).expect("a file");
            other.execute_batch("BEGIN IMMEDIATE").expect("a lock");
            other
        });
        let mut under_way = Vec::new();
        // The first one waits for the lock, and the others for it.
        if at_once {
            let queue = record.queue.clone();
            under_way.push(tokio::spawn(async move { queue.record(note("call-2", "{}")).await }));
            while record.queue.room() < QueueLimits::default().waiting {
                tokio::task::yield_now().await;
            }
        }
        for ((entry, beside), ahead) in steps.clone() {
            let queue = record.queue.clone();
            let recording = tokio::spawn(async move { queue.record_with(entry, beside).await });
            if at_once {
                under_way.push(recording);
                tokio::task::yield_now().await;
                continue;
            }
            recording.await.expect("it ends").expect("recorded");
            let told = record.store.ahead_of("call-1").await.expect("an answer");
            let says: Vec<String> = told.into_iter().map(|time| time.says).collect();
            assert_eq!(says.join(" "), ahead);
        }
        drop(lock);
        for recording in under_way {
            recording.await.expect("it ends").expect("recorded");
        }
        let told = record.store.ahead_of("call-1").await.expect("an answer");
        assert_eq!(told.into_iter().map(|time| time.says).collect::<Vec<_>>(), ["again"]);
    }
}

#[tokio::test]
async fn retention_erases_what_is_old() {
    let record = record().await;
    record.fill(3).await;
    record.queue.record(note("call-1", "{}")).await.expect("recorded");
    let erased = record.store.to_erase_before(Instant(1_700_000_030)).await.expect("read");
    assert_eq!(erased.places, [0, 1, 2]);
    record.queue.record(erased.entry(Instant(1_700_000_020), "records officer", "it is old")).await.expect("recorded");
    record.store.erase(&erased).await.expect("erased");
    // That something was erased is not erased, however old it is.
    let later = record.store.to_erase_before(Instant(2_000_000_000)).await.expect("read");
    assert_eq!(later.places, [3]);
    record.store.erase(&later).await.expect("erased");
    let audit = record.store.audit(record.key.verify_key(), &[]).await.expect("an audit");
    assert_eq!((audit.erased, audit.wrong), (4, vec![Finding::Emptied(3)]));
    assert_eq!(record.store.entry(3).await.expect("an entry").kind(), Some(EntryKind::HandlerGrade));
}

#[cfg(unix)]
#[tokio::test]
async fn a_key_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let record = record().await;
    let path = record.folder.path().join("record.key");
    let public = fs::read_to_string(record.folder.path().join("record.key.pub")).expect("a line");
    assert_eq!(public.trim(), record.key.verify_key().to_string());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("permissions");
    assert!(matches!(RecordKey::open(&path, "other"), Err(KeyError::OpenToOthers(_))));
}
