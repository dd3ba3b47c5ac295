//! Systems that say nothing of changes, or not enough.

use super::desk::{Desk, part, policy, timing};
use heedful::live::Event;
use heedful_live::watch::{Folders, Listening, Notice, Options, Timing, by_events, by_looking};
use std::fs::File;
use std::io::Write;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

fn looking(desk: &Desk) -> Options {
    let timing = Timing { every: Duration::from_millis(20), ..timing() };
    Options { timing, ..desk.options_by(by_looking()) }
}

/// A network file system. Two saves within a second and of one size differ in nothing but what they say.
#[test]
fn without_events_the_files_are_looked_at() {
    let mut desk = Desk::furnished();
    desk.start(looking(&desk));
    desk.expect_calls(3);
    let path = desk.path("rules/policy.heed");
    let date = path.metadata().and_then(|metadata| metadata.modified()).expect("a date");
    for calls in [4, 5, 6, 7] {
        desk.write("rules/policy.heed", &policy(calls));
        File::options().write(true).open(&path).and_then(|file| file.set_modified(date)).expect("a date set back");
        desk.expect_calls(calls);
    }
}

/// The limit of watched folders is reached: listening fails, and says why.
#[test]
fn at_the_limit_of_watches_the_files_are_looked_at_and_it_is_said() {
    let mut desk = Desk::furnished();
    let limit = Box::new(|_: &_, _: &_| Listening {
        ears: Box::new(()),
        problem: Some("the system watches as many folders as it may".to_owned()),
    });
    desk.start(Options { listen: limit, ..looking(&desk) });
    let said = desk.expect("a warning", |event| match event {
        Event::Trouble(said) => Some(said.clone()),
        _ => None,
    });
    assert!(said.contains("as many folders as it may"), "{said}");
    desk.write("rules/policy.heed", &policy(4));
    desk.expect_calls(4);
    let more = desk.heard().iter().filter(|event| matches!(***event, Event::Trouble(_))).count();
    assert_eq!(more, 0, "it is said once");
}

/// The queue of events overflowed: all that is heard is that something was lost.
#[test]
fn when_events_were_lost_everything_is_read_anew() {
    let mut desk = Desk::furnished();
    let (ours, theirs) = channel::<Sender<Notice>>();
    let listen = Box::new(move |_: &_, notices: &Sender<Notice>| {
        ours.send(notices.clone()).expect("the test listens");
        Listening { ears: Box::new(()), problem: None }
    });
    desk.start(desk.options_by(listen));
    desk.expect_calls(3);
    let notices = theirs.recv().expect("it listens");
    desk.write("rules/policy.heed", &policy(4));
    desk.write("rules/new/part.heed", &part("urgent"));
    notices.send(Notice::Changed).expect("it is heard");
    let rules = desk.expect_live(|live| live.generation.policies()[0].rule_count());
    assert_eq!((rules, desk.calls()), (2, Some(4)));
}

/// More events than the system's queue of 16,384 holds.
#[test]
fn a_storm_of_events_ends_in_the_last_save() {
    let desk = Desk::watched();
    for number in 0..20_000 {
        let mut file = File::create(desk.path(&format!("rules/noise-{}.txt", number % 10))).expect("a file");
        file.write_all(b"noise").expect("a write");
    }
    desk.write("rules/policy.heed", &policy(4));
    desk.expect_calls(4);
}

/// A record or a log lies around the policies, and is written with every decision: nobody looks at the policies for that.
#[cfg(target_os = "linux")]
#[test]
fn a_record_or_a_log_that_is_written_is_no_change() {
    let desk = Desk::furnished();
    let names =
        ["kept/record.sqlite-wal", "kept/service.log", "kept/journal.jsonl", "rules/policy.heed", "rules/expected.txt"];
    for name in names {
        desk.write(name, "");
    }
    let (notices, heard) = channel();
    let homes = [desk.path("rules")];
    let folders = Folders { all: [desk.path("kept"), desk.path("rules")].into(), homes: homes.into() };
    let _listening = by_events()(&folders, &notices);
    for name in names {
        let mut file = File::options().append(true).open(desk.path(name)).expect("a file");
        file.write_all(b"more").expect("it is written");
    }
    for name in &names[2..] {
        for told in [Notice::Writing(desk.path(name)), Notice::Written(desk.path(name))] {
            assert_eq!(heard.recv_timeout(Duration::from_secs(10)), Ok(told));
        }
    }
}
