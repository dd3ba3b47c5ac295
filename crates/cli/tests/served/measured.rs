//! A process and what it answered -> what it takes of the machine, and how long answers took.

use std::fs;
use std::time::Duration;

/// What a process takes of the machine.
#[derive(Clone, Copy, Debug)]
pub struct Process {
    /// What it holds in memory, in KiB.
    pub memory: u64,
    pub files: usize,
    pub threads: u64,
}

impl Process {
    pub fn of(id: u32) -> Self {
        let status = fs::read_to_string(format!("/proc/{id}/status")).expect("a process that runs");
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a line of the status");
            line.trim().trim_end_matches(" kB").parse().expect("a number")
        };
        let files = fs::read_dir(format!("/proc/{id}/fd")).expect("a process that runs").count();
        Self { memory: number("VmRSS:"), files, threads: number("Threads:") }
    }
}

/// How long answers took.
#[derive(Default)]
pub struct Times(Vec<Duration>);

impl Times {
    pub fn add(&mut self, took: Duration) {
        self.0.push(took);
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The time within which so many of a thousand came.
    pub fn within(&mut self, of_a_thousand: usize) -> Duration {
        self.0.sort_unstable();
        let place = (self.0.len() * of_a_thousand / 1_000).min(self.0.len().saturating_sub(1));
        self.0.get(place).copied().unwrap_or_default()
    }

    /// In a line: the middle, the slowest of a hundred, of a thousand, and of all.
    pub fn line(&mut self) -> String {
        let [middle, hundred, thousand, all] = [500, 990, 999, 1_000].map(|part| self.within(part));
        format!("p50 {middle:.1?}, p99 {hundred:.1?}, p99.9 {thousand:.1?}, slowest {all:.1?}")
    }
}
