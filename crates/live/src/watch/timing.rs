//! Timeouts and intervals of a watcher.

use std::time::Duration;

/// The times that watching goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Between the two readings that must agree, and after the latest event.
    pub quiet: Duration,
    /// How long events that never end may put a reading off.
    pub longest: Duration,
    /// How often the files are read whatever the events say.
    pub every: Duration,
    /// How long a set must stay as it is that lacks something that is in force.
    pub missing: Duration,
    /// How long a set is waited for while a program has one of its files open for writing, or git its lock.
    pub busy: Duration,
    /// How often a refusal is told again.
    pub remind: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            quiet: Duration::from_millis(150),
            longest: Duration::from_secs(1),
            every: Duration::from_secs(5),
            missing: Duration::from_secs(10),
            busy: Duration::from_secs(30),
            remind: Duration::from_secs(60),
        }
    }
}
