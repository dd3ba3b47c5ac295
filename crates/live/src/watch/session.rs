//! The event loop of a watcher: it takes notices, scans the files, and hands on a set that has come to rest.

use super::listen::{Folders, Listen, Listening, Notice};
use super::scan::{Print, Scan, bytes, scan};
use super::settle::Settling;
use super::{Options, Timing, checkout};
use crate::handle::Live;
use crate::store::{StoreStamp, StoreWriter};
use heedful::changes::between;
use heedful::engine::Load;
use heedful::live::{Checked, Event, Gates, HoldReason, KnownTest};
use heedful::report;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant, SystemTime};

pub(super) struct Session {
    pub(super) live: Arc<Live>,
    pub(super) paths: Vec<PathBuf>,
    pub(super) gates: Gates,
    pub(super) keeper: Option<StoreWriter>,
    pub(super) strict_start: bool,
    pub(super) timing: Timing,
    listen: Listen,
    notices: Sender<Notice>,
    ears: Option<Listener>,
    pub(super) settling: Settling,
    /// What was judged last.
    pub(super) judged: Option<Judged>,
    /// What was told last of a change that waits.
    held: Option<(Print, HoldReason)>,
    /// The digest of the files of the kept generation that somebody put back in force.
    pub(super) restored: Option<String>,
    /// What was in force when the watching began, where it was not put in force at once.
    pub(super) before: Option<Before>,
    /// What makes it doubtful what was in force when the watching began.
    pub(super) unsure: Option<Unsure>,
    /// The tests that passed under what is in force, and how many there were.
    pub(super) tests: Vec<KnownTest>,
    pub(super) test_count: usize,
    /// What the folder of kept policies looked like when a change was held there.
    pub(super) held_at: Option<StoreStamp>,
    pub(super) number: u64,
    /// Problems that were told and still stand.
    troubles: BTreeSet<String>,
    /// When the files were last known to be at rest, by the clock that dates files.
    pub(super) rested: SystemTime,
}

/// What listens, to which folders, and since when.
struct Listener {
    folders: BTreeMap<PathBuf, String>,
    homes: BTreeSet<PathBuf>,
    listening: Listening,
    since: Instant,
}

/// A set on which the gates have spoken.
pub(super) struct Judged {
    pub(super) print: Print,
    pub(super) stopped: Option<Stopped>,
}

/// That a set was refused, or waits to be accepted.
pub(super) struct Stopped {
    /// When that was told first, and when last.
    pub(super) first: Instant,
    pub(super) last: Instant,
    pub(super) gates: Vec<Checked>,
}

/// What was in force before anything went live here.
pub(super) struct Before {
    pub(super) bytes: String,
    pub(super) load: Load,
}

/// By which it is accepted that nobody knows which tests passed under what is in force.
pub(super) const TESTS_UNKNOWN: &str = "kept:tests";

/// That what was in force cannot be told for certain, or cannot be used.
pub(super) struct Unsure {
    /// What is wrong: a name to accept it by, and a sentence.
    pub(super) what: Vec<(String, String)>,
    /// The digest of the files that were in force, where the journal is to be trusted: if the files are just those, nothing
    /// is lost with them.
    pub(super) standing: Option<String>,
}

impl Session {
    pub(super) fn new(live: Arc<Live>, options: Options, notices: Sender<Notice>) -> Self {
        let Options { paths, gates, keep, strict_start, timing, listen } = options;
        Self {
            live,
            paths,
            gates,
            keeper: keep,
            strict_start,
            timing,
            listen,
            notices,
            ears: None,
            settling: Settling::new(timing, Instant::now()),
            judged: None,
            held: None,
            restored: None,
            before: None,
            unsure: None,
            tests: Vec::new(),
            test_count: 0,
            held_at: None,
            number: 0,
            troubles: BTreeSet::new(),
            rested: SystemTime::now(),
        }
    }

    /// Watches until it is told to stop.
    pub(super) fn run(mut self, heard: &Receiver<Notice>) {
        while self.step(heard) {}
    }

    /// Waits for a notice or for the time of the next look. Says whether to go on.
    pub(super) fn step(&mut self, heard: &Receiver<Notice>) -> bool {
        let wait = self.settling.due().saturating_duration_since(Instant::now());
        let mut notice = match heard.recv_timeout(wait) {
            Ok(notice) => Some(notice),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return false,
        };
        while let Some(next) = notice {
            if next == Notice::Stop {
                return false;
            }
            self.settling.hear(next, Instant::now());
            notice = heard.try_recv().ok();
        }
        if Instant::now() >= self.settling.due() {
            self.look();
        }
        true
    }

    /// Reads the set, and judges it when it has come to rest and is not known yet.
    pub(super) fn look(&mut self) {
        self.apply_restore();
        let scan = scan(&self.paths);
        self.relisten(&scan);
        let now = Instant::now();
        if self.is_judged(&scan.print) {
            self.at_rest(now);
            return self.remind(&scan, now);
        }
        let Some(stable) = self.settling.read(&scan.print, now) else { return };
        if self.settling.is_being_written(&scan.files, now) {
            return self.settling.wait(self.timing.quiet, now);
        }
        if stable < self.timing.busy && self.paths.iter().any(|path| checkout::is_under_way(path)) {
            self.hold(&scan.print, HoldReason::Checkout { longest: self.timing.busy });
            return self.settling.wait(self.timing.quiet, now);
        }
        let load = self.load(&scan);
        if let Some(what) = self.missing(&scan, &load).filter(|_| stable < self.timing.missing) {
            let longest = self.timing.missing;
            self.hold(&scan.print, HoldReason::Missing { what, longest });
            return self.settling.wait(longest.saturating_sub(stable), now);
        }
        self.judge(scan, load);
    }

    pub(super) fn load(&self, scan: &Scan) -> Load {
        if scan.problems.is_empty() { crate::load(&scan.inputs) } else { Load::default() }
    }

    /// Whether the gates have spoken on this set. Tests that lie beside it may mend what was refused, and must not get lost.
    fn is_judged(&self, print: &Print) -> bool {
        self.judged.as_ref().is_some_and(|judged| match judged.stopped {
            Some(_) => judged.print == *print,
            None => judged.print.set == print.set && judged.print.tests == print.tests,
        })
    }

    pub(super) fn at_rest(&mut self, now: Instant) {
        self.settling.rest(now);
        self.rested = SystemTime::now();
        // A wait is over when the files are again what was judged before it.
        if self.held.take().is_some_and(|(_, held)| !matches!(held, HoldReason::Restored { .. }))
            && self.judged.as_ref().is_some_and(|judged| judged.stopped.is_none())
        {
            self.live.tell(Event::Mended);
        }
    }

    /// Says again, from time to time, what is refused or waits to be accepted.
    fn remind(&mut self, scan: &Scan, now: Instant) {
        let Some(Judged { stopped: Some(stopped), .. }) = &mut self.judged else { return };
        if now.duration_since(stopped.last) < self.timing.remind {
            return;
        }
        stopped.last = now;
        let since = Some(now.duration_since(stopped.first));
        let load = self.load(scan);
        let verdict = self.verdict(scan, &load);
        self.tell_stopped(load, verdict, since);
    }

    /// Says once for each set why it waits.
    pub(super) fn hold(&mut self, print: &Print, held: HoldReason) {
        let told = Some((print.clone(), held.clone()));
        if self.held != told {
            self.held = told;
            self.live.tell(Event::Held(held));
        }
    }

    pub(super) fn is_held(&self) -> bool {
        self.held.is_some()
    }

    pub(super) fn no_longer_held(&mut self) {
        self.held = None;
    }

    /// What is in force and gone from the files: whole files, and rules and other things by name. A file under another
    /// name is not missing.
    fn missing(&self, scan: &Scan, load: &Load) -> Option<Vec<String>> {
        let live = self.live.current()?;
        // Under a restored generation nothing of the files is in force.
        if !scan.problems.is_empty() || self.restored.is_some() {
            return None;
        }
        let here: BTreeSet<&str> = scan.inputs.iter().map(|input| input.name.as_str()).collect();
        let from_here = live.inputs().iter().any(|input| here.contains(input.name.as_str()));
        let files = live.inputs().iter().filter(|input| from_here && !here.contains(input.name.as_str()));
        let mut gone: Vec<String> = files.map(|input| input.name.clone()).collect();
        if !load.policies.is_empty() {
            let changes = between(live.load(), load);
            changes.removed().next()?;
            gone.extend(changes.removed().map(report::thing));
        }
        (!gone.is_empty()).then_some(gone)
    }

    /// Listens to the folders that matter now, if they are not those that are listened to.
    fn relisten(&mut self, scan: &Scan) {
        // What could not be listened to is tried again from time to time: somebody may have raised the limit.
        let again = |ears: &Listener| ears.listening.problem.is_some() && ears.since.elapsed() > self.timing.remind;
        if self
            .ears
            .as_ref()
            .is_some_and(|ears| ears.folders == scan.folders && ears.homes == scan.homes && !again(ears))
        {
            return;
        }
        let kept = self.keeper.as_ref().map(|keeper| keeper.keep().folder().to_owned());
        let folders = Folders { all: scan.folders.keys().cloned().chain(kept).collect(), homes: scan.homes.clone() };
        // The old ears go first: each is one of few that the system gives.
        self.ears = None;
        let listening = (self.listen)(&folders, &self.notices);
        if let Some(problem) = &listening.problem {
            let every = self.timing.every.as_secs_f32();
            self.trouble(format!("not every change is noticed at once: {problem}. The files are read every {every} s"));
        }
        self.ears = Some(Listener {
            folders: scan.folders.clone(),
            homes: scan.homes.clone(),
            listening,
            since: Instant::now(),
        });
        // What changed before these ears were open is found by looking again.
        let _ = self.notices.send(Notice::Changed);
    }

    /// Tells a problem once for as long as it stands.
    pub(super) fn trouble(&mut self, said: String) {
        if self.troubles.insert(said.clone()) {
            self.live.tell(Event::Trouble(said));
        }
    }

    /// What was wrong is told anew if it comes back.
    pub(super) fn no_more_trouble(&mut self) {
        self.troubles.clear();
    }

    /// How long ago the files were saved: by the newest file's own date where that is since they were at rest, else
    /// from when a change was noticed. Nobody knows for a set that was there before the watching began.
    pub(super) fn since_save(&self, scan: &Scan) -> Option<Duration> {
        self.judged.as_ref()?;
        let dated = scan.newest.filter(|newest| *newest > self.rested).and_then(|newest| newest.elapsed().ok());
        dated.or_else(|| self.settling.stirred().map(|stirred| stirred.elapsed()))
    }

    pub(super) fn is_live(&self, scan: &Scan) -> bool {
        self.live.current().is_some_and(|live| live.bytes() == bytes(scan))
    }
}
