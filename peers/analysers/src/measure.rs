//! This process and one that it started -> how long each has had a processor, and the most memory that each has had.

use rustix::time::{ClockId, clock_gettime};
use std::fs;
use std::ops::Sub;

/// Of this thread and of its solver: time of the processor in nanoseconds, or memory in kB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Both {
    pub own: u64,
    pub solver: u64,
}

impl Sub for Both {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self { own: self.own.saturating_sub(earlier.own), solver: self.solver.saturating_sub(earlier.solver) }
    }
}

impl Both {
    pub fn sum(self) -> u64 {
        self.own + self.solver
    }
}

/// Other work on the machine is not counted, nor is waiting for each other.
pub fn time() -> Both {
    let own = clock_gettime(ClockId::ThreadCPUTime);
    Both {
        own: own.tv_sec as u64 * 1_000_000_000 + own.tv_nsec as u64,
        solver: child().and_then(|child| had(&child)).unwrap_or(0),
    }
}

/// A solver that waits for a question has been counted up to its last answer.
fn had(process: &str) -> Option<u64> {
    let said = fs::read_to_string(format!("/proc/{process}/schedstat")).ok()?;
    said.split(' ').next()?.parse().ok()
}

/// From here on the most is counted anew.
pub fn forget_memory() -> Both {
    fs::write("/proc/self/clear_refs", "5").expect("Linux");
    Both { own: memory("self", "VmRSS:"), solver: 0 }
}

pub fn most_memory() -> Both {
    Both { own: memory("self", "VmHWM:"), solver: child().map_or(0, |child| memory(&child, "VmHWM:")) }
}

fn memory(place: &str, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{place}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("0 kB");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// There is never more than one.
fn child() -> Option<String> {
    let children = fs::read_to_string("/proc/thread-self/children").expect("Linux that lists them");
    children.split_whitespace().next().map(str::to_owned)
}
