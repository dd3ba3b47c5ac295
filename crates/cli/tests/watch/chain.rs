//! The journal of kept policies: whoever takes a line out of it, alters it or moves it is found out.

use super::command::{run, text};
use super::desk::{Desk, policy, word};
use heedful::engine::digest;
use heedful::live::Event;
use heedful_live::store::StoreWriter;
use std::fs;

/// A journal of six lines: three times live, one acceptance, one roll-back and its release.
fn written() -> Desk {
    let mut desk = Desk::furnished();
    desk.start_kept();
    desk.expect_calls(3);
    desk.write("rules/policy.heed", &policy(4));
    desk.expect_calls(4);
    desk.write("rules/policy.heed", &policy(3));
    desk.accept_all();
    desk.expect_calls(3);
    let manifest = desk.keep().find(desk.live.current().expect("live").bytes()).expect("it is kept");
    desk.keep().restore(&manifest, word()).expect("it is restored");
    desk.keep().release(Some(word())).expect("it is released");
    desk.end();
    desk
}

fn lines(desk: &Desk) -> Vec<String> {
    let journal = fs::read_to_string(desk.path("kept/journal.jsonl")).expect("a journal");
    journal.lines().map(str::to_owned).collect()
}

fn verify(desk: &Desk) -> (Option<i32>, String) {
    let output = run(desk, &["kept", "verify", "--keep", "kept"]);
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

#[test]
fn a_journal_that_nobody_touched_is_whole_and_says_who_and_why() {
    let desk = written();
    let (code, said) = verify(&desk);
    assert_eq!(code, Some(0), "{said}");
    let journal = desk.keep().journal().expect("a journal");
    assert_eq!((journal.lines, journal.chained_from, journal.wrong.len()), (6, Some(1), 0));
    assert!(said.contains(&journal.head), "{said}");
    let listed = text(&run(&desk, &["kept", "list", "--keep", "kept"]).stdout);
    for words in [
        "accepted by A. Example, duty inspector: a test",
        "restored by A. Example",
        "released by A. Example",
        "setting:repeat-calls",
    ] {
        assert!(listed.contains(words), "{words} is not in {listed}");
    }
}

type Spoil<'s> = &'s dyn Fn(&mut Vec<String>);

/// How a journal is spoilt, and whether it can be doubted then which generation was in force.
type Row<'s> = (&'static str, bool, Spoil<'s>);

#[test]
fn a_line_that_is_missing_altered_added_or_out_of_place_is_found_and_nothing_is_taken_for_granted() {
    let spoilt: [Row<'_>; 12] = [
        ("first missing", true, &|lines| drop(lines.remove(0))),
        ("middle missing", true, &|lines| drop(lines.remove(2))),
        ("last missing", true, &|lines| drop(lines.pop())),
        ("last three missing", true, &|lines| lines.truncate(3)),
        ("all missing", true, &|lines| lines.clear()),
        ("altered", false, &|lines| lines[1] = lines[1].replace("4 calls", "5 calls")),
        ("last altered", true, &|lines| lines[5] = lines[5].replace("a test", "another test")),
        ("out of place", false, &|lines| lines.swap(1, 2)),
        ("added", true, &|lines| lines.insert(3, lines[0].clone())),
        ("added at the end", true, &|lines| lines.push(linked_to_the_end(lines, 1))),
        ("torn at the end", true, &|lines| lines.push("{\"at\":\"2026-".to_owned())),
        ("without its link", true, &|lines| {
            let from = lines[3].find(",\"previous\"").expect("a link");
            lines[3].replace_range(from.., "}");
        }),
    ];
    for (how, is_doubtful, spoil) in spoilt {
        let mut desk = written();
        let mut journal = lines(&desk);
        spoil(&mut journal);
        fs::write(desk.path("kept/journal.jsonl"), journal.join("\n") + "\n").expect("a journal");
        let (code, said) = verify(&desk);
        assert!(code == Some(1) && said.contains("warning: "), "{how}: {said}");
        assert_eq!(run(&desk, &["kept", "list", "--keep", "kept"]).status.code(), Some(1), "{how}");
        desk.start_kept();
        desk.expect("a warning", |event| {
            matches!(event, Event::Trouble(said) if said.contains("journal")).then_some(())
        });
        if is_doubtful {
            let names: Vec<String> = desk.expect_loss().into_iter().map(|lost| lost.name).collect();
            assert!(names.contains(&"kept:journal".to_owned()), "{how}: {names:?}");
            assert!(desk.calls().is_some(), "{how}: a policy that is kept is better than none");
            desk.keep().accept(&names, &word()).expect("it is accepted");
            desk.look();
            desk.expect_calls(3);
        }
        desk.write("rules/policy.heed", &policy(9));
        desk.expect_calls(9);
        desk.end();
        // What was found once stays found, whatever is written after it, and is not asked about again.
        assert_eq!(verify(&desk).0, Some(1), "{how}, once more was written");
        assert_eq!(desk.keep().journal().expect("a journal").doubts, Vec::<String>::new(), "{how}");
    }
}

/// A line of the journal once more, as if it had been written last.
fn linked_to_the_end(lines: &[String], at: usize) -> String {
    let digest = digest([lines.last().expect("a line").as_bytes()]);
    let (before, _) = lines[at].split_once("\"previous\":").expect("a link");
    format!("{before}\"previous\":\"{digest}\"}}")
}

#[test]
fn a_line_that_was_added_at_the_end_is_never_believed() {
    let desk = written();
    let whole = desk.keep().journal().expect("a journal");
    let mut journal = lines(&desk);
    journal.push(linked_to_the_end(&journal, 1));
    fs::write(desk.path("kept/journal.jsonl"), journal.join("\n") + "\n").expect("a journal");
    for _ in 0..2 {
        let now = desk.keep().journal().expect("a journal");
        assert_eq!(now.entries, whole.entries);
        assert_ne!(now.doubts, Vec::<String>::new());
        assert_eq!(desk.keep().in_force().expect("what was live last").bytes, whole.entries[2].bytes);
        // Another line is written after it.
        StoreWriter::open(desk.keep()).expect("a folder to keep in").record_tests(&[]).expect("it is noted");
    }
}

#[test]
fn a_journal_whose_length_nobody_can_say_is_not_called_whole() {
    for head in [None, Some("broken")] {
        let desk = written();
        match head {
            None => fs::remove_file(desk.path("kept/head.json")).expect("a file"),
            Some(text) => desk.write("kept/head.json", text),
        }
        let (code, said) = verify(&desk);
        assert!(code == Some(1) && said.contains("head.json"), "{said}");
    }
}

#[test]
fn a_journal_from_before_the_chain_is_read_and_the_chain_begins_after_it() {
    let mut desk = written();
    let old: Vec<String> = lines(&desk)
        .iter()
        .filter(|line| line.contains("\"generation\""))
        .map(|line| line.split(",\"previous\"").next().expect("a line").to_owned() + "}")
        .collect();
    fs::write(desk.path("kept/journal.jsonl"), old.join("\n") + "\n").expect("a journal");
    fs::remove_file(desk.path("kept/head.json")).expect("a file");
    assert_eq!(verify(&desk).0, Some(0));
    desk.start_kept();
    desk.write("rules/policy.heed", &policy(7));
    desk.expect_calls(7);
    desk.end();
    let (code, said) = verify(&desk);
    assert!(code == Some(0) && said.contains("from line 4 on"), "{said}");
    let mut journal = lines(&desk);
    journal.remove(2);
    fs::write(desk.path("kept/journal.jsonl"), journal.join("\n") + "\n").expect("a journal");
    assert_eq!(verify(&desk).0, Some(1));
}

/// A process that is killed has noted what it was about to write: it leaves nothing of that, a part of it, or the whole line
/// of which the length is not noted.
#[test]
fn what_a_killed_process_leaves_is_nothing_wrong() {
    let desk = written();
    let path = desk.path("kept/journal.jsonl");
    let whole = fs::read_to_string(&path).expect("a journal");
    let head = fs::read_to_string(desk.path("kept/head.json")).expect("a head");
    let line = linked_to_the_end(&lines(&desk), 1);
    let next = format!(",\"next\":\"{}\"}}", digest([line.as_bytes()]));
    desk.write("kept/head.json", &head.replace('}', &next));
    for (left, lines, unreadable, live) in [("", 6, 0, 3), (&line[..20], 7, 1, 3), (&line, 7, 0, 4)] {
        fs::write(&path, format!("{whole}{left}")).expect("a journal");
        let journal = desk.keep().journal().expect("a journal");
        assert_eq!((journal.lines, journal.unreadable, journal.entries.len()), (lines, unreadable, live), "{left}");
        assert_eq!((journal.wrong, journal.doubts), (Vec::<String>::new(), Vec::new()), "{left}");
    }
    fs::write(&path, format!("{whole}{}", &line[..20])).expect("a journal");
    let mut keeper = StoreWriter::open(desk.keep()).expect("a folder to keep in");
    let entry = keeper.last().expect("a line").clone();
    keeper.record(entry).expect("it is noted");
    let journal = desk.keep().journal().expect("a journal");
    assert_eq!((journal.unreadable, journal.wrong, journal.lines), (1, Vec::<String>::new(), 8));
}
