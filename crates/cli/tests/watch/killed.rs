//! A process that is killed at any moment leaves nothing half done.

use super::command::{Running, heedful};
use super::desk::{Desk, part, policy};
use heedful_live::store::Store;
use std::collections::BTreeSet;
use std::thread::sleep;
use std::time::Duration;

/// How often the program is killed, each time a little later after it was started.
const KILLS: u64 = 40;

#[test]
fn killed_at_any_moment_the_next_start_serves_a_whole_policy() {
    let desk = Desk::furnished();
    // Enough files that keeping them takes a while.
    for number in 0..60 {
        desk.write(&format!("rules/part-{number}.heed"), &part(&format!("rule-{number}")));
    }
    let args = ["watch", "--format", "json", "--look-every", "1", "--keep", "kept", "rules"];
    let keep = Store::at(desk.path("kept"));
    for kill in 0..KILLS {
        let calls = u32::try_from(kill + 4).expect("small");
        let mut watch = Running::start(desk.folder.path(), &args);
        desk.write("rules/policy.heed", &policy(calls));
        sleep(Duration::from_millis(kill * 17 % 500));
        watch.child.kill().expect("it is killed");
        watch.child.wait().expect("it ends");
        let (manifests, problems) = keep.manifests();
        assert_eq!(problems, Vec::<String>::new(), "after kill {kill}");
        for manifest in &manifests {
            keep.read(&manifest.bytes).unwrap_or_else(|problem| panic!("after kill {kill}: {problem}"));
        }
        let journal = keep.journal().expect("a journal");
        let kept: BTreeSet<&str> = manifests.iter().map(|manifest| manifest.bytes.as_str()).collect();
        assert!(journal.entries.iter().all(|entry| kept.contains(entry.bytes.as_str())), "after kill {kill}");
    }
    // The files are broken and half of the last work was lost; the last good policy is in force all the same.
    let watch = Running::start(desk.folder.path(), &args);
    watch.expect_live();
    drop(watch);
    desk.write("rules/policy.heed", "broken");
    let watch = Running::start(desk.folder.path(), &args);
    assert_eq!(watch.expect_live()["origin"], "last-good");
    let drafts = std::fs::read_dir(desk.path("kept/generations")).expect("a folder");
    let drafts = drafts.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with('.')).count();
    assert_eq!(drafts, 0, "what was half written is cleared away");
}

#[test]
fn a_rollback_that_is_killed_is_done_or_not_done() {
    let desk = Desk::furnished();
    let args = ["watch", "--format", "json", "--keep", "kept", "rules"];
    let watch = Running::start(desk.folder.path(), &args);
    let digest = watch.expect_live()["generation"]["meaning"].as_str().expect("a digest").to_owned();
    drop(watch);
    let keep = Store::at(desk.path("kept"));
    for kill in 0..20 {
        let mut restore = heedful(
            desk.folder.path(),
            &["kept", "restore", "--keep", "kept", &digest, "--by", "A. Example, inspector", "--because", "a test"],
        );
        let mut child = restore.stderr(std::process::Stdio::null()).spawn().expect("the program runs");
        sleep(Duration::from_millis(kill * 3 % 40));
        let _ = child.kill();
        child.wait().expect("it ends");
        let restored = keep.restored().unwrap_or_else(|problem| panic!("after kill {kill}: {problem}"));
        assert!(restored.is_none_or(|restored| restored.meaning == digest));
        keep.release(None).expect("it is released");
    }
}
