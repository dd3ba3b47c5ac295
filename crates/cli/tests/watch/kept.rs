//! Policies that were live, kept and put back.

use super::desk::{Desk, policy, word};
use heedful::live::{Event, HoldReason, Origin};
use heedful_live::store::StoreWriter;
use heedful_live::watch::Options;
use std::fs;

/// Four generations: 3 calls, 4, 5, and 3 again, which is the first.
fn four_generations() -> Desk {
    let mut desk = Desk::furnished();
    desk.start_kept();
    desk.expect_calls(3);
    for calls in [4, 5] {
        desk.write("rules/policy.heed", &policy(calls));
        desk.expect_calls(calls);
    }
    desk.write("rules/policy.heed", &policy(3));
    desk.accept_all();
    desk.expect_calls(3);
    desk
}

#[test]
fn every_generation_is_kept_once_and_its_changes_are_noted() {
    let desk = four_generations();
    let journal = desk.keep().journal().expect("a journal");
    let noted: Vec<(u64, String)> =
        journal.entries.iter().map(|entry| (entry.generation, entry.changes.join("; "))).collect();
    let change = |old: u32, new: u32| format!("repeat-calls: {old} calls -> {new} calls (in Desk)");
    assert_eq!(noted, [(1, String::new()), (2, change(3, 4)), (3, change(4, 5)), (4, change(5, 3))]);
    let (manifests, problems) = desk.keep().manifests();
    assert_eq!((manifests.len(), problems.len()), (3, 0));
    for manifest in &manifests {
        let load = heedful::engine::load(&desk.keep().read(&manifest.bytes).expect("what was kept"));
        assert_eq!(load.policies[0].digest(), manifest.policies[0].digest);
        for digest in [&manifest.bytes, &manifest.meaning, &manifest.policies[0].digest] {
            assert_eq!(&desk.keep().find(&digest[..20]).expect("it is found"), manifest);
        }
    }
}

#[test]
fn what_was_altered_is_reported_and_never_used() {
    let mut desk = four_generations();
    let journal = desk.keep().journal().expect("a journal");
    desk.end();
    desk.write("rules/policy.heed", "broken");
    // The last good one is altered, so the one before it serves.
    let folder = desk.keep().folder_of(&journal.entries[3].bytes);
    fs::write(folder.join("policy.heed"), policy(9)).expect("an altered file");
    assert!(desk.keep().read(&journal.entries[3].bytes).expect_err("it is refused").contains("altered or torn"));
    desk.start_kept();
    let said = desk.expect("a warning", |event| match event {
        Event::Trouble(said) => Some(said.clone()),
        _ => None,
    });
    assert!(said.contains("altered or torn"), "{said}");
    desk.expect_refused(|_| ());
    assert_eq!(desk.calls(), Some(5));
    // Nothing takes the place of what cannot be read, until somebody accepts that; but the files that were in force last are
    // still that. What was altered is set aside then and kept anew.
    desk.write("rules/policy.heed", &policy(6));
    let names: Vec<String> = desk.expect_loss().into_iter().map(|lost| lost.name).collect();
    assert_eq!(names, ["kept:generation-4"]);
    desk.write("rules/policy.heed", &policy(3));
    desk.expect_calls(3);
    assert!(desk.keep().read(&journal.entries[3].bytes).is_ok());
}

#[test]
fn the_same_files_after_a_new_start_are_the_same_generation() {
    let mut desk = four_generations();
    desk.end();
    desk.start_kept();
    let number = desk.expect_live(|live| (live.generation.number(), live.origin));
    assert_eq!(number, (4, Origin::Files));
    assert_eq!(desk.keep().journal().expect("a journal").entries.len(), 4);
}

#[test]
fn files_that_changed_between_two_runs_are_told_as_a_change() {
    let mut desk = four_generations();
    desk.end();
    desk.write("rules/policy.heed", &policy(8));
    desk.start_kept();
    assert_eq!(desk.expect_live(|live| live.origin), Origin::LastGood);
    let changes = desk.expect_live(|live| heedful::report::change_lines(&live.changes));
    assert_eq!(changes, ["repeat-calls: 3 calls -> 8 calls (in Desk)"]);
}

#[test]
fn broken_files_at_the_start_leave_the_last_good_policy_in_force() {
    let mut desk = four_generations();
    desk.end();
    desk.write("rules/policy.heed", "broken");
    desk.start_kept();
    assert_eq!(desk.expect_live(|live| (live.origin, live.generation.number())), (Origin::LastGood, 4));
    desk.expect_refused(|refusal| assert_eq!(refusal.live.as_ref().expect("the last good one").number(), 4));
    assert_eq!(desk.calls(), Some(3));
    desk.write("rules/policy.heed", &policy(6));
    desk.expect_calls(6);
}

#[test]
fn a_strict_start_does_without_the_last_good_policy() {
    let mut desk = four_generations();
    desk.end();
    desk.write("rules/policy.heed", "broken");
    let keep = Some(StoreWriter::open(desk.keep()).expect("a folder to keep in"));
    let options = Options { keep, strict_start: true, ..desk.options("rules") };
    assert!(heedful_live::watch::Watch::start(&desk.live, options).is_err());
    assert!(desk.live.current().is_none());
}

#[test]
fn a_restored_policy_stays_until_it_is_released_whatever_the_files_say() {
    let mut desk = four_generations();
    let journal = desk.keep().journal().expect("a journal");
    let second = desk.keep().find(&journal.entries[1].meaning).expect("it is kept");
    desk.keep().restore(&second, word()).expect("it is restored");
    desk.look();
    assert_eq!(desk.expect_live(|live| live.origin), Origin::Restored);
    assert_eq!(desk.calls(), Some(4));
    desk.write("rules/policy.heed", &policy(7));
    desk.expect("a wait", |event| matches!(event, Event::Held(HoldReason::Restored { .. })).then_some(()));
    assert_eq!(desk.calls(), Some(4));
    // A new start changes nothing of that.
    desk.end();
    desk.start_kept();
    assert_eq!(desk.expect_live(|live| live.origin), Origin::Restored);
    desk.expect("a wait", |event| matches!(event, Event::Held(HoldReason::Restored { .. })).then_some(()));
    assert!(desk.keep().release(None).expect("it is released"));
    desk.look();
    desk.expect_calls(7);
    assert!(!desk.keep().release(None).expect("nothing is left to release"));
}

#[test]
fn a_change_that_cannot_be_kept_waits_until_it_can() {
    let mut desk = Desk::furnished();
    let keep = Some(StoreWriter::open(desk.keep()).expect("a folder to keep in"));
    let mut options = Options { keep, ..desk.options("rules") };
    options.timing.every = std::time::Duration::from_millis(50);
    desk.start(options);
    desk.expect_calls(3);
    // Nothing can be made in what is a file.
    desk.rename("kept/generations", "kept/elsewhere");
    desk.write("kept/generations", "");
    desk.write("rules/policy.heed", &policy(4));
    desk.expect("a wait", |event| matches!(event, Event::Held(HoldReason::NotKept { .. })).then_some(()));
    assert_eq!(desk.calls(), Some(3));
    fs::remove_file(desk.path("kept/generations")).expect("the file");
    desk.rename("kept/elsewhere", "kept/generations");
    desk.expect_calls(4);
}

#[test]
fn a_folder_is_kept_in_by_one_program_at_a_time() {
    let mut desk = four_generations();
    assert!(StoreWriter::open(desk.keep()).expect_err("it is taken").contains("another program"));
    desk.end();
    assert!(StoreWriter::open(desk.keep()).is_ok());
}

#[test]
fn a_line_of_the_journal_that_was_torn_is_passed_over_once_that_is_accepted() {
    let mut desk = four_generations();
    desk.end();
    let path = desk.path("kept/journal.jsonl");
    let journal = fs::read(&path).expect("a journal");
    fs::write(&path, &journal[..journal.len() - 40]).expect("a torn journal");
    desk.start_kept();
    desk.accept_all();
    desk.expect_calls(3);
    desk.write("rules/policy.heed", &policy(6));
    desk.expect_calls(6);
    let journal = desk.keep().journal().expect("a journal");
    assert_eq!(journal.unreadable, 1);
    assert_eq!(journal.entries.last().expect("the new one").changes, ["repeat-calls: 3 calls -> 6 calls (in Desk)"]);
}
