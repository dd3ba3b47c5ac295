//! When to look at the files, and when they have stopped changing. It is told the time, so that it can be tested
//! without waiting.

use super::scan::Print;
use super::{Notice, Timing};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What is known of the files' coming to rest.
pub(super) struct Settling {
    timing: Timing,
    /// When to look next.
    due: Instant,
    /// When the files were read last.
    looked: Instant,
    /// The first event, or the first reading that differed, since the files were last at rest.
    stirred: Option<Instant>,
    /// What was read last of the policies, and when it was read first. Other files may go on changing.
    seen: Option<(String, Instant)>,
    /// Files that a program has open for writing, by when that was heard first.
    writing: BTreeMap<PathBuf, Instant>,
}

impl Settling {
    pub(super) fn new(timing: Timing, now: Instant) -> Self {
        Self { timing, due: now, looked: now, stirred: None, seen: None, writing: BTreeMap::new() }
    }

    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// When the files began to change.
    pub(super) fn stirred(&self) -> Option<Instant> {
        self.stirred
    }

    /// Something may have changed. The first notice is followed by a reading at once, later ones put it off.
    pub(super) fn hear(&mut self, notice: Notice, now: Instant) {
        match notice {
            Notice::Writing(path) => drop(self.writing.entry(path).or_insert(now)),
            Notice::Written(path) => drop(self.writing.remove(&path)),
            Notice::Changed | Notice::Stop => {}
        }
        let first = self.stirred.is_none();
        self.stirred.get_or_insert(now);
        self.due = if first { now } else { (now + self.timing.quiet).min(self.looked + self.timing.longest).max(now) };
    }

    /// What was read now. Says whether the reading before it, a quiet time ago at least, was the same; and for how long
    /// it has been.
    pub(super) fn read(&mut self, print: &Print, now: Instant) -> Option<Duration> {
        self.stirred.get_or_insert(now);
        self.looked = now;
        match &self.seen {
            Some((seen, at)) if *seen == print.set => {
                let stable = now.duration_since(*at);
                self.due = now.max(*at + self.timing.quiet);
                (stable >= self.timing.quiet).then_some(stable)
            }
            _ => {
                self.seen = Some((print.set.clone(), now));
                self.due = now + self.timing.quiet;
                None
            }
        }
    }

    /// Whether a program is in the middle of writing one of these files. One that never ends is not waited for for ever.
    pub(super) fn is_being_written(&mut self, files: &BTreeSet<PathBuf>, now: Instant) -> bool {
        let busy = self.timing.busy;
        let is_one = |path: &PathBuf| path.canonicalize().is_ok_and(|real| files.contains(&real));
        self.writing.retain(|path, since| now.duration_since(*since) < busy && is_one(path));
        !self.writing.is_empty()
    }

    /// Looks again after so long, unless something is heard before.
    pub(super) fn wait(&mut self, longest: Duration, now: Instant) {
        self.due = now + longest.min(self.timing.every);
    }

    /// The files are at rest, and what they say is known.
    pub(super) fn rest(&mut self, now: Instant) {
        self.stirred = None;
        self.seen = None;
        self.due = now + self.timing.every;
    }
}
