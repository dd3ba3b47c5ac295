//! Writes that are cut short, and sets that are half there.

use super::desk::{Desk, LIMIT, NEVER, part, policy, timing, word};
use heedful::live::{Event, HoldReason};
use heedful_live::watch::{Options, Timing, by_looking};
use std::fs::{self, File};
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

/// The first half is a policy of its own, without its last rule: nothing but the open file says that it is not whole.
#[test]
#[cfg(target_os = "linux")]
fn a_file_that_a_program_is_still_writing_is_waited_for() {
    let desk = Desk::watched();
    let two_rules = policy(4) + "\n" + &part("urgent").replace("part of policy \"Desk\"\n\n", "");
    let (first, second) = two_rules.split_once("\nrule urgent").expect("two halves");
    let mut file = File::create(desk.path("rules/policy.heed")).expect("the file");
    file.write_all(first.as_bytes()).expect("a write");
    // Far longer than the files need to come to rest.
    sleep(Duration::from_millis(500));
    assert_eq!(desk.calls(), Some(3), "half a file is not live");
    assert!(desk.heard().is_empty());
    file.write_all(format!("\nrule urgent{second}").as_bytes()).expect("a write");
    drop(file);
    let rules = desk.expect_live(|live| live.generation.policies()[0].rule_count());
    assert_eq!((rules, desk.calls()), (2, Some(4)));
}

#[test]
fn a_file_that_is_missing_for_a_while_takes_no_rule_out_of_force() {
    let mut desk = Desk::furnished();
    desk.write("rules/part.heed", &part("urgent"));
    let options = desk.options("rules");
    desk.start(Options { timing: Timing { missing: NEVER, ..timing() }, ..options });
    desk.expect_calls(3);
    fs::remove_file(desk.path("rules/part.heed")).expect("the file");
    let what = expect_missing(&desk);
    assert!(what.iter().any(|what| what.ends_with("part.heed")), "{what:?}");
    assert!(what.iter().any(|what| what == "rule urgent"), "{what:?}");
    assert_eq!(desk.live.current().expect("live").policies()[0].rule_count(), 2);
    assert!(matches!(desk.live.standing().as_deref(), Some(Event::Held(_))));
    desk.write("rules/part.heed", &part("urgent"));
    desk.expect_mended();
    assert!(desk.live.standing().is_none());
}

/// However long the files stay so.
#[test]
fn a_rule_that_is_deleted_stays_in_force_until_that_is_accepted() {
    let mut desk = Desk::furnished();
    desk.write("rules/part.heed", &part("urgent"));
    desk.start_kept();
    desk.expect_calls(3);
    fs::remove_file(desk.path("rules/part.heed")).expect("the file");
    expect_missing(&desk);
    let lost: Vec<String> = desk.expect_loss().into_iter().map(|lost| lost.name).collect();
    assert_eq!(lost, ["rule:urgent"]);
    sleep(timing().missing * 3);
    assert!(desk.heard().is_empty());
    assert_eq!(desk.live.current().expect("live").policies()[0].rule_count(), 2);
    desk.keep().accept(&lost, &word()).expect("it is accepted");
    desk.look();
    let removed = desk.expect_live(|live| heedful::report::change_lines(&live.changes));
    assert_eq!(removed, ["rule urgent REMOVED (in Desk)"]);
}

#[test]
fn a_file_under_another_name_is_not_missing() {
    let mut desk = Desk::furnished();
    desk.write("rules/part.heed", &part("urgent"));
    let options = desk.options("rules");
    desk.start(Options { timing: Timing { missing: NEVER, ..timing() }, ..options });
    desk.expect_calls(3);
    desk.rename("rules/part.heed", "rules/urgent.heed");
    desk.write("rules/policy.heed", &policy(4));
    desk.expect_calls(4);
}

/// Without events nobody knows that a file is open. A half that lacks a rule waits all the same.
#[test]
fn half_a_file_is_held_where_there_are_no_events() {
    let mut desk = Desk::furnished();
    let two_rules = policy(3) + "\n" + &part("urgent").replace("part of policy \"Desk\"\n\n", "");
    desk.write("rules/policy.heed", &two_rules);
    let options = desk.options_by(by_looking());
    let timing = Timing { every: Duration::from_millis(20), missing: LIMIT, ..timing() };
    desk.start(Options { timing, ..options });
    desk.expect_calls(3);
    let (first, _) = two_rules.split_once("\nrule urgent").expect("two halves");
    desk.write("rules/policy.heed", first);
    expect_missing(&desk);
    desk.write("rules/policy.heed", &two_rules.replace("is 3 calls", "is 4 calls"));
    let rules = desk.expect_live(|live| live.generation.policies()[0].rule_count());
    assert_eq!((rules, desk.calls()), (2, Some(4)));
}

#[test]
fn a_checkout_that_is_under_way_is_waited_for() {
    let desk = Desk::watched();
    desk.write("rules/.git/index.lock", "");
    desk.write("rules/policy.heed", &policy(4));
    desk.expect("a wait", |event| matches!(event, Event::Held(HoldReason::Checkout { .. })).then_some(()));
    assert_eq!(desk.calls(), Some(3));
    fs::remove_file(desk.path("rules/.git/index.lock")).expect("the lock");
    desk.expect_calls(4);
}

fn expect_missing(desk: &Desk) -> Vec<String> {
    desk.expect("a wait", |event| match event {
        Event::Held(HoldReason::Missing { what, .. }) => Some(what.clone()),
        _ => None,
    })
}

/// A log that is written among the policies must not keep them from coming to rest, nor have a refusal told over and over.
#[test]
fn a_file_beside_the_policies_that_never_rests_holds_nothing_up() {
    let desk = Desk::watched();
    let (path, done) = (desk.path("rules/decisions.log"), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let (path, stop) = (&path, &done);
        scope.spawn(move || {
            let mut log = File::create(path).expect("a file");
            while !stop.load(Ordering::Relaxed) {
                log.write_all(b"a line\n").expect("a write");
                sleep(Duration::from_millis(1));
            }
        });
        desk.write("rules/policy.heed", &policy(4));
        desk.expect_calls(4);
        desk.write("rules/policy.heed", "broken");
        desk.expect_refused(|_| ());
        sleep(Duration::from_millis(300));
        assert!(desk.heard().is_empty(), "it is said once");
        desk.write("rules/policy.heed", &policy(5));
        desk.expect_calls(5);
        done.store(true, Ordering::Relaxed);
    });
}
