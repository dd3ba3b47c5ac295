//! A disk that is full, and has room again.

use super::server::{Caller, Load, Server, assert_sound, folder};
use std::fs;
use std::path::Path;
use std::process::Command;

/// A file system of its own in memory, of a size; taken away when it is dropped.
struct SmallDisk<'p>(&'p Path);

impl<'p> SmallDisk<'p> {
    /// None where this may not be done, as to anybody but root.
    fn mount(at: &'p Path) -> Option<Self> {
        fs::create_dir(at).expect("a folder");
        let told = Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "heedful-test"]).arg(at).output();
        told.is_ok_and(|told| told.status.success()).then_some(Self(at))
    }

    fn grow(&self) {
        let told = Command::new("mount").args(["-o", "remount,size=64m"]).arg(self.0).status().expect("mount runs");
        assert!(told.success());
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).status();
    }
}

#[test]
fn decisions_go_on_and_are_recorded_once_there_is_room() {
    let folder = folder();
    let disk = folder.path().join("disk");
    let Some(disk) = SmallDisk::mount(&disk) else {
        println!("NOT CHECKED: a file system cannot be mounted here");
        return;
    };
    let place = ["--record", "disk/record.sqlite", "--record-key", "record.key"];
    let waits = ["--waiting", "disk/waiting", "--deadline", "20000"];
    let server = Server::start(folder.path(), &[&place[..], &waits].concat());
    let mut caller = Caller::new(&server.address).expect("a connection");
    let mut recorded = 0;
    let unrecorded = (0..20_000).find(|number| {
        let (status, answer) = caller.decide(&format!("call-{number}")).expect("an answer");
        assert_eq!((status, &answer["outcome"]["grade"]), (200, &"high".into()));
        let is_recorded = answer["served"]["recorded"] == true;
        recorded += usize::from(is_recorded);
        !is_recorded
    });
    let unrecorded = unrecorded.expect("the disk is full at some time");
    assert_eq!(server.get("/health")["record"]["recording"], false);
    // Where there is no room for the record there soon is none for what waits.
    let in_memory = |health: &serde_json::Value| health["record"]["waiting"]["in_memory"].as_u64();
    let waiting = (1..1_000).find(|number| {
        let (_, answer) = caller.decide(&format!("waits-{number}")).expect("an answer");
        assert_eq!(answer["served"]["queued"], true);
        in_memory(&server.get("/health")) > Some(0)
    });
    assert!(waiting.is_some(), "what waits is in memory");
    disk.grow();
    server.wait_until(|health| health["record"]["waiting"]["decisions"] == 0);
    // The same call sent again was recorded first of them.
    let (_, again) = caller.decide(&format!("call-{unrecorded}")).expect("an answer");
    let place_again = again["served"]["place"].as_u64().expect("a place");
    assert_eq!(usize::try_from(place_again).expect("a number"), recorded, "nothing else was recorded meanwhile");
    assert_eq!(server.get("/record/cases/waits-1")["entries"][0]["place"], place_again + 1);
    let load = Load::begin(&[&server.address], 2, "after");
    load.wait_for(20);
    load.end();
    drop(server);
    assert_sound(folder.path(), &place);
}
