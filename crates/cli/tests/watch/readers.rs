//! Decisions that are made while policies change.

use super::desk::{Desk, VOCABULARY, calls_of, policy};
use crate::support::reading;
use heedful::engine::Input;
use heedful::live::{Event, Generation};
use heedful::wire::{InputFormat, documents};
use heedful_live::Live;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

fn generation(number: u64, calls: u32) -> Generation {
    let input = |name: &str, text: &str| Input { name: name.to_owned(), bytes: text.as_bytes().to_vec() };
    let inputs = vec![input("vocabulary.heed", VOCABULARY), input("policy.heed", &policy(calls))];
    let load = heedful::engine::load(&inputs);
    Generation::new(number, inputs, load).expect("free of errors")
}

/// So many calls in all, this one included.
fn case(calls: u32) -> String {
    let record = |id| format!(r#"{{"id":"call-{id}","at":"2026-03-14T21:00:00Z","caller":"person-1"}}"#);
    let records: Vec<String> = (1..calls).map(record).collect();
    format!(
        r#"{{"call":{{"id":"call-99","at":"2026-03-14T22:00:00Z","caller":"person-1"}},"history":{{"calls":[{}]}}}}"#,
        records.join(",")
    )
}

/// Every decision is what its own generation says, and that is one that was live.
#[test]
fn a_storm_of_a_thousand_changes_fails_no_decision() {
    let live = Arc::new(Live::default());
    live.put(generation(1, 1));
    let (done, decisions) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let text = case(5);
                let mut last = 0;
                while !done.load(Ordering::Relaxed) {
                    let read = |policy: &heedful::engine::Snapshot| {
                        documents(InputFormat::Json, &text).0[0].read(reading(policy))
                    };
                    let decided = live.decide("Desk", read).expect("the policy is live").expect("a case");
                    let fired = !decided.decision.fired.is_empty();
                    assert_eq!(fired, calls_of(&decided.generation) >= 5);
                    assert_eq!(decided.decision.policy.digest, decided.generation.policies()[0].digest());
                    assert!(decided.generation.number() >= last, "time goes one way");
                    last = decided.generation.number();
                    decisions.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for number in 2..=1000 {
            live.put(generation(number, u32::try_from(number % 9 + 1).expect("small")));
        }
        done.store(true, Ordering::Relaxed);
    });
    assert!(decisions.load(Ordering::Relaxed) > 0);
    assert_eq!(live.current().expect("live").number(), 1000);
}

#[test]
fn one_who_took_a_generation_keeps_it() {
    let desk = Desk::watched();
    let taken = desk.live.current().expect("live");
    desk.write("rules/policy.heed", &policy(4));
    desk.expect_calls(4);
    assert_eq!((calls_of(&taken), desk.calls()), (3, Some(4)));
}

#[test]
fn comments_and_names_of_files_do_not_change_what_a_generation_means() {
    let desk = Desk::watched();
    let first = desk.live.current().expect("live");
    desk.write("rules/policy.heed", &format!("# A comment.\n{}", policy(3)));
    desk.expect_live(|live| assert!(live.changes.list.is_empty()));
    let second = desk.live.current().expect("live");
    assert_eq!(first.meaning(), second.meaning());
    assert_ne!(first.bytes(), second.bytes());
    desk.rename("rules/policy.heed", "rules/another.heed");
    desk.write("rules/another.heed", &policy(3));
    desk.expect_live(|live| assert_eq!(live.generation.bytes(), first.bytes()));
}

#[test]
fn a_subscriber_that_does_not_listen_is_told_how_much_it_missed() {
    let live = Live::default();
    let (slow, gone) = (live.subscribe(), live.subscribe());
    drop(gone);
    for _ in 0..3000 {
        live.tell(Event::Mended);
    }
    let next = || slow.next_within(Duration::ZERO).ok();
    let first: Vec<_> = std::iter::from_fn(next).collect();
    assert!(first.iter().all(|event| matches!(**event, Event::Mended)));
    live.tell(Event::Mended);
    match next().as_deref() {
        Some(Event::Missed(missed)) => assert_eq!(first.len() as u64 + missed, 3000),
        other => panic!("{other:?}"),
    }
}
