//! What is kept, damaged by other hands: nothing goes live in the place of what was in force until somebody accepts that.

use super::command::{heedful, run, text};
use super::desk::{Desk, policy, word};
use heedful::live::Event;
use std::fs;

/// Two generations, of which the second takes more calls for few.
fn two_generations() -> Desk {
    let mut desk = Desk::furnished();
    desk.start_kept();
    desk.expect_calls(3);
    desk.write("rules/policy.heed", &policy(4));
    desk.expect_calls(4);
    desk.end();
    desk
}

fn second(desk: &Desk) -> std::path::PathBuf {
    desk.keep().folder_of(&desk.keep().journal().expect("a journal").entries[1].bytes)
}

type Damage<'d> = &'d dyn Fn(&Desk);

/// What is done, what must be accepted, and how many calls are few calls meanwhile.
type Row<'d> = (&'static str, Damage<'d>, &'static [&'static str], Option<u32>);

const ROWS: &[Row<'static>] = &[
    (
        "a file altered",
        &|desk| fs::write(second(desk).join("policy.heed"), policy(4) + "\n# x\n").expect("a file"),
        &["kept:generation-2"],
        Some(3),
    ),
    (
        "a generation removed",
        &|desk| fs::remove_dir_all(second(desk)).expect("a folder"),
        &["kept:generation-2"],
        Some(3),
    ),
    (
        "every generation removed",
        &|desk| fs::remove_dir_all(desk.path("kept/generations")).expect("a folder"),
        &["kept:generation-2"],
        None,
    ),
    (
        "the last line removed",
        &|desk| {
            let journal = fs::read_to_string(desk.path("kept/journal.jsonl")).expect("a journal");
            desk.write("kept/journal.jsonl", &format!("{}\n", journal.lines().next().expect("a line")));
        },
        &["kept:journal"],
        Some(3),
    ),
    (
        "the list of tests altered",
        &|desk| desk.write("kept/tests.json", "[ ]\n"),
        &["kept:tests", "setting:repeat-calls"],
        Some(4),
    ),
    (
        "the list of tests removed",
        &|desk| fs::remove_file(desk.path("kept/tests.json")).expect("a file"),
        &["kept:tests", "setting:repeat-calls"],
        Some(4),
    ),
    (
        "the journal emptied",
        &|desk| desk.write("kept/journal.jsonl", ""),
        &["kept:journal", "setting:repeat-calls"],
        Some(4),
    ),
    (
        "the journal overwritten",
        &|desk| desk.write("kept/journal.jsonl", "nothing\n"),
        &["kept:journal", "setting:repeat-calls"],
        Some(4),
    ),
    (
        "journal and head removed",
        &|desk| {
            fs::remove_file(desk.path("kept/journal.jsonl")).expect("a file");
            fs::remove_file(desk.path("kept/head.json")).expect("a file");
        },
        &["kept:journal", "setting:repeat-calls"],
        Some(4),
    ),
];

#[test]
fn whatever_is_damaged_is_found_and_the_gate_stays_shut() {
    for (how, damage, names, meanwhile) in ROWS {
        let mut desk = two_generations();
        damage(&desk);
        let output = run(&desk, &["kept", "verify", "--keep", "kept"]);
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(output.status.code() == Some(1) && said.contains("warning: "), "{how}: {said}");
        // Once more than once: a new start does not make it right.
        desk.write("rules/policy.heed", &policy(3));
        for _ in 0..2 {
            desk.start_kept();
            let lost: Vec<String> = desk.expect_loss().into_iter().map(|lost| lost.name).collect();
            assert_eq!(lost, *names, "{how}");
            assert_eq!(desk.calls(), *meanwhile, "{how}");
            desk.end();
        }
        desk.start_kept();
        desk.accept_all();
        desk.expect_calls(3);
        desk.write("rules/policy.heed", &policy(5));
        desk.expect_calls(5);
        desk.end();
        desk.start_kept();
        desk.expect_calls(5);
    }
}

/// The digest says that they are the files that were in force, so nothing is lost with them.
#[test]
fn the_files_that_were_in_force_go_live_where_their_kept_copy_is_damaged() {
    for (how, damage, names, _) in ROWS.iter().filter(|(_, _, names, _)| **names == ["kept:generation-2"]) {
        let mut desk = two_generations();
        damage(&desk);
        desk.start_kept();
        desk.expect_calls(4);
        let journal = desk.keep().journal().expect("a journal");
        let standing = journal.standing().expect("a generation");
        assert!(desk.keep().read(&standing.bytes).is_ok(), "{how}: {names:?}");
        desk.write("rules/policy.heed", &policy(5));
        desk.expect_calls(5);
    }
}

#[test]
fn whoever_decides_under_what_is_in_force_is_told_what_it_fell_back_to() {
    for (how, damage, names, meanwhile) in ROWS {
        let desk = two_generations();
        damage(&desk);
        desk.write("case.json", "{\"call\": {\"id\": \"call-1\", \"at\": \"2026-03-14T22:00:00Z\"}}\n");
        let args = ["decide", "--live", "--policy", "rules", "--keep", "kept", "--format", "json", "case.json"];
        let output = heedful(desk.folder.path(), &args).output().expect("the program runs");
        let said = text(&output.stderr);
        // Decisions rest on no test.
        let is_sure = names.contains(&"kept:tests");
        match meanwhile {
            Some(_) if is_sure => assert_eq!((output.status.code(), said.as_str()), (Some(0), ""), "{how}"),
            Some(_) => assert!(said.contains("not certain what was in force last; this goes by "), "{how}: {said}"),
            None => assert_eq!(output.status.code(), Some(2), "{how}: {said}"),
        }
    }
}

#[test]
fn a_roll_back_that_the_journal_does_not_tell_of_is_not_obeyed() {
    let mut desk = two_generations();
    let first = desk.keep().journal().expect("a journal").entries[0].clone();
    let line = format!("{{\"at\":\"{}\",\"meaning\":\"{}\",\"bytes\":\"{}\"}}\n", first.at, first.meaning, first.bytes);
    desk.write("kept/restored.json", &line);
    desk.start_kept();
    desk.expect("a warning", |event| {
        matches!(event, Event::Trouble(said) if said.contains("restored.json")).then_some(())
    });
    desk.expect_calls(4);
    desk.keep().release(Some(word())).expect("it is released");
}
