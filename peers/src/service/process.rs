//! Servers as processes of their own, each on the processor that it is given.

use crate::place::Place;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

/// Has this process, and so what asks, on the first processor; the servers without a record are on the second.
pub fn keep_to_first_processor() {
    let set =
        Command::new("taskset").args(["-acp", "0", &std::process::id().to_string()]).stdout(Stdio::null()).status();
    if !set.is_ok_and(|set| set.success()) {
        eprintln!("`taskset` is not there: servers and what asks them share all processors");
    }
}

/// A server that listens, until this is dropped.
pub struct Server {
    pub address: SocketAddr,
    process: Child,
}

impl Server {
    /// The program as a force starts it, log and metrics and all.
    pub fn heedful(place: &Place, is_recorded: bool) -> Result<Self, String> {
        let mut arguments = vec!["serve".to_owned(), "--policy".to_owned(), place.policy().display().to_string()];
        arguments.extend(["--listen".to_owned(), "127.0.0.1:0".to_owned()]);
        arguments.extend(["--keep".to_owned(), place.path("kept").display().to_string()]);
        if !is_recorded {
            arguments.push("--no-record".to_owned());
        }
        Self::start(&arguments, if is_recorded { "0,1" } else { "1" })
    }

    pub fn peer(_: &Place, name: &str) -> Result<Self, String> {
        Self::start(&["serve-peer".to_owned(), name.to_owned()], "1")
    }

    fn start(arguments: &[String], processors: &str) -> Result<Self, String> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let on =
            |command: &mut Command| command.stdout(Stdio::piped()).stderr(Stdio::null()).stdin(Stdio::null()).spawn();
        let pinned = on(Command::new("taskset").args(["-c", processors]).arg(&program).args(arguments));
        let mut process =
            pinned.or_else(|_| on(Command::new(&program).args(arguments))).map_err(|error| error.to_string())?;
        let out = process.stdout.take().ok_or("no output")?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line).map_err(|error| error.to_string())?;
        let address = line.trim().strip_prefix("http://").and_then(|address| address.parse().ok());
        let Some(address) = address else {
            // What it had to say went nowhere; the same words at a terminal say it.
            let _ = process.kill();
            return Err(format!("a server did not begin: {arguments:?}"));
        };
        Ok(Self { address, process })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended by itself needs no end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
