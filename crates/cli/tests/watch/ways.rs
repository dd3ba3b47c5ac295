//! Every way in which files change.

use super::desk::{Desk, VOCABULARY, part, policy, write};
use std::fs;
use std::process::{Command, Stdio};

#[test]
fn truncated_and_written() {
    let desk = Desk::watched();
    for calls in [4, 5, 6] {
        desk.write("rules/policy.heed", &policy(calls));
        desk.expect_calls(calls);
    }
}

#[test]
fn written_beside_and_renamed_over() {
    let desk = Desk::watched();
    for calls in [4, 5, 6] {
        desk.write("rules/.policy.heed.swp", &policy(calls));
        desk.rename("rules/.policy.heed.swp", "rules/policy.heed");
        desk.expect_calls(calls);
    }
}

/// What vim does: the old file becomes the backup, and a new one is written under its name.
#[test]
fn moved_to_a_backup_and_written_anew() {
    let desk = Desk::watched();
    for calls in [4, 5, 6] {
        desk.write("rules/4913", "");
        fs::remove_file(desk.path("rules/4913")).expect("vim's probe");
        desk.rename("rules/policy.heed", "rules/policy.heed~");
        desk.write("rules/policy.heed", &policy(calls));
        fs::remove_file(desk.path("rules/policy.heed~")).expect("the backup");
        desk.expect_calls(calls);
    }
}

#[test]
fn one_file_that_is_watched_alone_is_seen_after_each_save() {
    let mut desk = Desk::new();
    desk.write("v.heed", VOCABULARY);
    desk.write("p.heed", &policy(3));
    let mut options = desk.options("p.heed");
    options.paths.push(desk.path("v.heed"));
    desk.start(options);
    for calls in [4, 5, 6] {
        desk.write("p.draft", &policy(calls));
        desk.rename("p.draft", "p.heed");
        desk.expect_calls(calls);
    }
}

#[test]
fn edited_by_sed() {
    let desk = Desk::watched();
    for calls in [4, 5] {
        let script = format!("s/is [0-9]* calls/is {calls} calls/");
        let path = desk.path("rules/policy.heed");
        let status = Command::new("sed").arg("-i").arg(script).arg(path).status().expect("sed runs");
        assert!(status.success());
        desk.expect_calls(calls);
    }
}

#[test]
fn backups_of_editors_are_no_policies() {
    let desk = Desk::watched();
    for name in
        ["policy.heed~", "#policy.heed#", ".#policy.heed", ".policy.heed.swp", "policy.heed.bak", "policy.heed.orig"]
    {
        desk.write(&format!("rules/{name}"), &policy(9));
    }
    desk.write("rules/policy.heed", &policy(4));
    desk.expect_calls(4);
    assert_eq!(desk.live.current().expect("live").inputs().len(), 2);
}

fn git(desk: &Desk, args: &[&str]) {
    let mut git = Command::new("git");
    git.args(["-c", "user.name=desk", "-c", "user.email=desk@example.org", "-c", "init.defaultBranch=main"]).args(args);
    let output = git.current_dir(desk.path("rules")).stdin(Stdio::null()).output().expect("git runs");
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Both branches hold 50 files that belong together: a rule of each names a setting that only its own branch has.
#[test]
fn a_checkout_of_fifty_files_goes_live_as_one() {
    let mut desk = Desk::furnished();
    let branch = |desk: &Desk, calls: u32| {
        desk.write("rules/policy.heed", &policy(calls));
        for number in 0..50 {
            let text = format!(
                "part of policy \"Desk\"\n\nsetting of-{calls}-{number} is {calls} calls\n\n{}",
                part(&format!("rule-{number}")).replace("part of policy \"Desk\"\n\n", "")
            );
            desk.write(&format!("rules/part-{number}.heed"), &text);
        }
    };
    git(&desk, &["init", "-q"]);
    for (name, calls) in [("three", 3), ("four", 4), ("five", 5)] {
        git(&desk, &["checkout", "-q", "-B", name]);
        branch(&desk, calls);
        git(&desk, &["add", "."]);
        git(&desk, &["commit", "-q", "-m", name]);
    }
    git(&desk, &["checkout", "-q", "three"]);
    desk.start(desk.options("rules"));
    desk.expect_calls(3);
    for (name, calls) in [("four", 4), ("five", 5)] {
        git(&desk, &["checkout", "-q", name]);
        let whole = desk.expect_live(|live| {
            let settings = &live.generation.policies()[0].policy().settings;
            let own = format!("of-{calls}-");
            (live.generation.inputs().len(), settings.iter().filter(|setting| setting.name.starts_with(&own)).count())
        });
        assert_eq!(whole, (52, 50));
        assert_eq!(desk.calls(), Some(calls));
    }
}

/// Kubernetes mounts a `ConfigMap` so: the files are links through `..data`, which is swapped by a rename.
#[cfg(unix)]
#[test]
fn a_swap_of_the_folder_behind_the_links() {
    use std::os::unix::fs::symlink;
    let mut desk = Desk::new();
    let version = |desk: &Desk, name: &str, calls: u32| {
        desk.write(&format!("rules/{name}/vocabulary.heed"), VOCABULARY);
        desk.write(&format!("rules/{name}/policy.heed"), &policy(calls));
    };
    version(&desk, "..2026_1", 3);
    symlink("..2026_1", desk.path("rules/..data")).expect("a link");
    for name in ["vocabulary.heed", "policy.heed"] {
        symlink(format!("..data/{name}"), desk.path(&format!("rules/{name}"))).expect("a link");
    }
    desk.start(desk.options("rules"));
    desk.expect_calls(3);
    for (number, calls) in [(2, 4), (3, 5)] {
        version(&desk, &format!("..2026_{number}"), calls);
        symlink(format!("..2026_{number}"), desk.path("rules/..data_tmp")).expect("a link");
        desk.rename("rules/..data_tmp", "rules/..data");
        fs::remove_dir_all(desk.path(&format!("rules/..2026_{}", number - 1))).expect("the old folder");
        desk.expect_calls(calls);
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_the_folder_that_is_pointed_elsewhere() {
    use std::os::unix::fs::symlink;
    let mut desk = Desk::new();
    for (folder, calls) in [("one", 3), ("two", 4), ("three", 5)] {
        desk.write(&format!("{folder}/vocabulary.heed"), VOCABULARY);
        desk.write(&format!("{folder}/policy.heed"), &policy(calls));
    }
    symlink("one", desk.path("rules")).expect("a link");
    desk.start(desk.options("rules"));
    desk.expect_calls(3);
    for (folder, calls) in [("two", 4), ("three", 5)] {
        symlink(folder, desk.path("next")).expect("a link");
        desk.rename("next", "rules");
        desk.expect_calls(calls);
    }
    desk.write("three/policy.heed", &policy(6));
    desk.expect_calls(6);
}

#[test]
fn a_folder_that_is_removed_and_restored() {
    let desk = Desk::watched();
    fs::remove_dir_all(desk.path("rules")).expect("the folder");
    desk.expect_refused(|refusal| assert!(refusal.live.is_some()));
    assert_eq!(desk.calls(), Some(3), "the last good policy stays");
    desk.write("rules/vocabulary.heed", VOCABULARY);
    desk.write("rules/policy.heed", &policy(4));
    desk.expect_calls(4);
    desk.write("rules/policy.heed", &policy(5));
    desk.expect_calls(5);
}

#[test]
fn a_folder_that_another_is_renamed_over() {
    let desk = Desk::watched();
    for calls in [4, 5] {
        write(&desk.path("next/vocabulary.heed"), VOCABULARY);
        write(&desk.path("next/policy.heed"), &policy(calls));
        desk.rename("rules", &format!("old-{calls}"));
        desk.rename("next", "rules");
        desk.expect_calls(calls);
    }
    desk.write("old-5/policy.heed", &policy(7));
    desk.write("rules/policy.heed", &policy(6));
    desk.expect_calls(6);
}

/// Tests may run as a user who can read everything; a link that leads nowhere cannot be read by anybody.
#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read() {
    use std::os::unix::fs::symlink;
    let desk = Desk::watched();
    fs::remove_file(desk.path("rules/policy.heed")).expect("the file");
    symlink("nowhere.heed", desk.path("rules/policy.heed")).expect("a link");
    let said = desk.expect_refused(|refusal| refusal.gates[0].said.join("\n"));
    assert!(said.contains("policy.heed: this link leads to a file or folder that does not exist"), "{said}");
    assert_eq!(desk.calls(), Some(3));
    fs::remove_file(desk.path("rules/policy.heed")).expect("the link");
    desk.write("rules/policy.heed", &policy(4));
    desk.expect_calls(4);
}

#[test]
fn a_file_that_a_folder_replaces() {
    let desk = Desk::watched();
    fs::remove_file(desk.path("rules/policy.heed")).expect("the file");
    fs::create_dir(desk.path("rules/policy.heed")).expect("a folder");
    let said = desk.expect_refused(|refusal| refusal.gates[0].said.join("\n"));
    assert!(said.contains("policy.heed: this is a folder, not a file"), "{said}");
    assert_eq!(desk.calls(), Some(3));
    fs::remove_dir(desk.path("rules/policy.heed")).expect("the folder");
    desk.write("rules/policy.heed", &policy(3));
    desk.expect_mended();
    assert_eq!(desk.calls(), Some(3));
}

#[test]
fn a_folder_that_does_not_exist_yet() {
    let mut desk = Desk::new();
    desk.start(desk.options("not/yet/rules"));
    desk.expect_refused(|refusal| assert!(refusal.live.is_none()));
    assert!(desk.calls().is_none());
    desk.write("not/yet/rules/vocabulary.heed", VOCABULARY);
    desk.write("not/yet/rules/policy.heed", &policy(4));
    desk.expect_calls(4);
    desk.write("not/yet/rules/policy.heed", &policy(5));
    desk.expect_calls(5);
}

#[test]
fn a_new_folder_inside_with_a_file_at_once() {
    let desk = Desk::watched();
    desk.write("rules/new/inner/part.heed", &part("urgent"));
    let rules = desk.expect_live(|live| live.generation.policies()[0].rule_count());
    assert_eq!(rules, 2);
    desk.write("rules/new/inner/part.heed", &part("urgent").replace("middle", "high"));
    desk.expect_live(|live| assert_eq!(live.changes.list.len(), 1));
}
