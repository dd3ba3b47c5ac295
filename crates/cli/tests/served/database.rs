//! Where PostgreSQL is installed -> a server of its own for the tests, which can be stopped, paused and started again.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

/// A PostgreSQL of its own, which ends when it is dropped.
pub struct Database {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
    databases: AtomicU32,
}

impl Database {
    /// None where there is no PostgreSQL, which is said.
    #[expect(clippy::print_stdout, reason = "what was not checked stands among what the tests say")]
    pub fn start() -> Option<Self> {
        let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
        let programs = installed.map(|version| version.path().join("bin"));
        let Some(programs) = programs.filter(|programs| programs.join("initdb").exists()).max() else {
            println!("NOT CHECKED: PostgreSQL is not installed");
            return None;
        };
        let folder = tempfile::tempdir().expect("a folder");
        // A port that was free a moment ago.
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let database = Self { folder, programs, port, databases: AtomicU32::new(0) };
        if is_root() {
            let told = Command::new("chown").arg("postgres").arg(database.folder.path()).status().expect("chown runs");
            assert!(told.success());
        }
        database.run("initdb", &["--auth=trust", "--username=heedful", "--no-sync", "-D", &database.data()]);
        database.begin();
        Some(database)
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    /// Starts it again where it was stopped.
    pub fn begin(&self) {
        let log = self.folder.path().join("log").display().to_string();
        let options = format!("-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''", self.port);
        self.run("pg_ctl", &["start", "--wait", "--log", &log, "--options", &options, "-D", &self.data()]);
    }

    /// Ends it without a word to anybody.
    pub fn stop(&self) {
        self.run("pg_ctl", &["stop", "--wait", "--mode=immediate", "-D", &self.data()]);
    }

    /// The address of a new database that holds nothing.
    pub fn url(&self) -> String {
        let name = format!("record{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let port = self.port.to_string();
        self.run("createdb", &["--host=127.0.0.1", "--port", &port, "--username=heedful", &name]);
        format!("postgres://heedful@127.0.0.1:{port}/{name}")
    }

    /// Stops every one of its processes where it stands: connections stay, and nothing is answered.
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    /// Lets them go on.
    pub fn resume(&self) {
        self.signal("-CONT");
    }

    /// The file that is there while it runs.
    fn pid(&self) -> PathBuf {
        self.folder.path().join("data/postmaster.pid")
    }

    fn signal(&self, signal: &str) {
        let file = fs::read_to_string(self.pid()).expect("it runs");
        let first = file.lines().next().expect("a number").to_owned();
        let told = Command::new("pgrep").args(["-P", &first]).output().expect("pgrep runs");
        let told = String::from_utf8(told.stdout).expect("numbers");
        // A process that has just ended is no matter.
        let _ = Command::new("kill").arg(signal).arg(&first).args(told.lines()).status();
    }

    fn run(&self, program: &str, args: &[&str]) {
        let program = self.programs.join(program);
        // The database does not run as root.
        let mut command = if is_root() { Command::new("runuser") } else { Command::new(&program) };
        if is_root() {
            command.args(["-u", "postgres", "--"]).arg(&program);
        }
        let command = command.args(args).current_dir("/").stdin(Stdio::null()).stdout(Stdio::null());
        assert!(command.status().expect("the program runs").success(), "{}", program.display());
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.pid().exists() {
            self.resume();
            self.stop();
        }
    }
}

fn is_root() -> bool {
    let told = Command::new("id").arg("-u").output().expect("id runs");
    told.stdout == b"0\n"
}
