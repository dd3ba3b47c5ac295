//! Two services that share one record in PostgreSQL: one is killed, and the database is restarted under them.

use super::server::{Caller, Load, Server, assert_sound, folder};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// A PostgreSQL of its own, which ends when it is dropped.
struct Database {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
}

impl Database {
    /// None where there is no PostgreSQL.
    fn start() -> Option<Self> {
        let installed =
            fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(Result::ok).map(|version| version.path().join("bin"));
        let programs = installed.filter(|programs| programs.join("initdb").exists()).max()?;
        let folder = tempfile::tempdir().expect("a folder");
        // A port that was free a moment ago.
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let database = Self { folder, programs, port };
        if is_root() {
            let told = Command::new("chown").arg("postgres").arg(database.folder.path()).status().expect("chown runs");
            assert!(told.success());
        }
        database.run("initdb", &["--auth=trust", "--username=heedful", "--no-sync"]);
        database.run("pg_ctl", &["start", "--wait", "--log", &database.log(), "--options", &database.options()]);
        Some(database)
    }

    fn options(&self) -> String {
        format!("-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''", self.port)
    }

    fn log(&self) -> String {
        self.folder.path().join("log").display().to_string()
    }

    fn url(&self) -> String {
        format!("postgres://heedful@127.0.0.1:{}/postgres", self.port)
    }

    /// Ends it without a word to anybody, and starts it again.
    fn restart(&self) {
        let options = self.options();
        self.run("pg_ctl", &["restart", "--wait", "--mode=immediate", "--log", &self.log(), "--options", &options]);
    }

    fn run(&self, program: &str, args: &[&str]) {
        let data = self.folder.path().join("data");
        let program = self.programs.join(program);
        // The database does not run as root.
        let mut command = if is_root() { Command::new("runuser") } else { Command::new(&program) };
        if is_root() {
            command.args(["-u", "postgres", "--"]).arg(&program);
        }
        let command =
            command.args(args).arg("-D").arg(&data).current_dir("/").stdin(Stdio::null()).stdout(Stdio::null());
        assert!(command.status().expect("the program runs").success(), "{}", program.display());
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.run("pg_ctl", &["stop", "--mode=immediate"]);
    }
}

fn is_root() -> bool {
    let told = Command::new("id").arg("-u").output().expect("id runs");
    told.stdout == b"0\n"
}

#[test]
fn one_log_whatever_happens_to_one_of_them_or_to_the_database() {
    let Some(database) = Database::start() else {
        println!("NOT CHECKED: PostgreSQL is not installed");
        return;
    };
    let (one, other) = (folder(), folder());
    let url = database.url();
    let place = ["--record", &url, "--record-key", "record.key", "--when-not-recorded", "refuse"];
    let first = Server::start(one.path(), &place);
    // Both sign with one key.
    fs::copy(one.path().join("record.key"), other.path().join("record.key")).expect("a key");
    let mut second = Server::start(other.path(), &place);
    let load = Load::begin(&[&first.address, &second.address], 4, "call");
    load.wait_for(100);
    second.kill();
    load.wait_for(200);
    database.restart();
    // Whoever asks again is answered, once the database is back.
    let acknowledged = load.end();
    let mut last = String::new();
    let again = (0..300).find_map(|_| {
        std::thread::sleep(Duration::from_millis(50));
        let answered = Caller::new(&first.address).and_then(|mut caller| caller.decide("after"));
        let (status, answer) = answered.expect("an answer");
        last = answer.to_string();
        (status == 200).then_some(())
    });
    assert!(again.is_some(), "it is recorded again: {last}");
    assert_sound(one.path(), &["--record", &url, "--record-key", "record.key"]);
    let export = exported(one.path(), &url);
    for (case, answer) in &acknowledged {
        let place = answer["served"]["place"].as_u64().expect("a place");
        let told = entry(one.path(), &url, place);
        assert_eq!(told["content"]["case"].as_str(), Some(case.as_str()));
    }
    let places: BTreeSet<u64> =
        acknowledged.iter().filter_map(|(_, answer)| answer["served"]["place"].as_u64()).collect();
    assert_eq!(places.len(), acknowledged.len());
    println!("{} acknowledged by two, {export} recorded", acknowledged.len());
}

fn exported(folder: &Path, url: &str) -> u64 {
    let args = [
        "record",
        "export",
        "--policy",
        "rules",
        "--record",
        url,
        "--record-key",
        "record.key",
        "log",
        "--format",
        "json",
    ];
    let told = crate::watch::command::heedful(folder, &args).output().expect("the program runs");
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).expect("JSON");
    told["entries"].as_u64().expect("a number")
}

fn entry(folder: &Path, url: &str, place: u64) -> serde_json::Value {
    let place = place.to_string();
    let args = [
        "record",
        "prove",
        "--policy",
        "rules",
        "--record",
        url,
        "--record-key",
        "record.key",
        &place,
        "--format",
        "json",
    ];
    let told = crate::watch::command::heedful(folder, &args).output().expect("the program runs");
    serde_json::from_slice(&told.stdout).unwrap_or_else(|error| panic!("{error}: {told:?}"))
}
