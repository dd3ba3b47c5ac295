//! A set that has come to rest -> put in force, refused, or held back.

use super::scan::{Scan, bytes};
use super::session::{Judged, Session, Stopped, TESTS_UNKNOWN};
use crate::files::unread;
use crate::store::{StoreWriter, UNKNOWN, now};
use heedful::changes::{Changes, between};
use heedful::engine::{self, Input, Load, digest_of_files};
use heedful::live::{
    Candidate, Checked, Event, GateVerdict, Generation, HoldReason, KnownTest, Loss, Lost, Origin, PolicyInForce,
    Refusal, Ruling, WentLive, judge,
};
use heedful::report;
use heedful::time::Zone;
use heedful::wire::{Acceptance, Attribution, JournalEntry, KeptTest, WaitingChange, WaitingLoss, origin_name};
use std::time::{Duration, Instant};

/// A set that has passed its gates.
pub(super) struct PassedSet {
    pub(super) inputs: Vec<Input>,
    pub(super) load: Load,
    pub(super) gates: Vec<Checked>,
    pub(super) origin: Origin,
    pub(super) took: Option<Duration>,
    /// Its own tests, where they were run.
    pub(super) tested: Option<Vec<KnownTest>>,
    /// What somebody accepted to be lost with it.
    pub(super) accepted: Vec<Acceptance>,
    /// Who restored it.
    pub(super) word: Option<Attribution>,
}

impl Session {
    /// Takes a set through the gates, compared with what is in force. Under a restored generation the files change nothing,
    /// so they are compared once it is released.
    pub(super) fn verdict(&self, scan: &Scan, load: &Load) -> GateVerdict {
        let candidate = Candidate { paths: &self.paths, load };
        let live = self.live.current();
        let before = live.as_deref().map(|live| (live.bytes(), live.load()));
        let before = before.or_else(|| self.before.as_ref().map(|before| (before.bytes.as_str(), &before.load)));
        let accepted = self.in_force_bytes().map(|in_force| self.accepted(scan, &in_force)).unwrap_or_default();
        let accepted = accepted.into_iter().map(|acceptance| acceptance.id).collect();
        // What only stands in for what was in force is nothing to compare the same files with.
        let stood = self.stood(scan);
        let unsure = self.unsure.iter().flat_map(|unsure| &unsure.what);
        let unknown: Vec<(String, String)> =
            unsure.filter(|(name, _)| !stood || name == TESTS_UNKNOWN).cloned().collect();
        let in_force = PolicyInForce {
            load: before.filter(|_| !stood).map(|(_, load)| load),
            tests: &self.tests,
            test_count: self.test_count,
            unknown: &unknown,
            accepted: &accepted,
        };
        let in_force = self.restored.is_none().then_some(in_force);
        judge(candidate, &scan.problems, &self.gates, in_force)
    }

    /// Whether the files are just those that were in force last, of which the kept copy cannot be used.
    fn stood(&self, scan: &Scan) -> bool {
        let standing = self.unsure.as_ref().and_then(|unsure| unsure.standing.as_ref());
        standing.is_some_and(|standing| *standing == bytes(scan))
    }

    fn accepted(&self, scan: &Scan, in_force: &str) -> Vec<Acceptance> {
        let accepted = self.keeper.as_ref().map(|keeper| keeper.keep().accepted(&bytes(scan), in_force));
        accepted.and_then(Result::ok).unwrap_or_default()
    }

    /// Takes the set through its gates and, when it passes, puts it in force.
    pub(super) fn judge(&mut self, scan: Scan, load: Load) {
        let now = Instant::now();
        for warning in unread(&scan.others) {
            self.trouble(format!("{}: {}", warning.file, warning.message));
        }
        let verdict = self.verdict(&scan, &load);
        if verdict.ruling != Ruling::Passed {
            return self.stop(scan, load, verdict);
        }
        self.no_change_waits();
        // Also where a kept generation stood in the way of files that say the same.
        let stood_back = matches!(self.live.standing().as_deref(), Some(Event::Held(HoldReason::Restored { .. })));
        let mends = self.is_held() || self.judged.as_ref().is_some_and(|judged| judged.stopped.is_some());
        let judged = Judged { print: scan.print.clone(), stopped: None };
        // Where it was doubtful what is in force, the journal is to say that it is this for certain now.
        if self.is_live(&scan) && self.unsure.is_none() {
            self.judged = Some(judged);
            self.no_longer_held();
            self.at_rest(now);
            if self.restored.is_none() {
                self.tests_are(verdict.tests);
            }
            if mends || (stood_back && self.restored.is_none()) {
                self.live.tell(Event::Mended);
            }
            return;
        }
        if self.restored.is_some() {
            self.judged = Some(judged);
            let meaning = self.live.current().map_or_else(String::new, |live| live.meaning().to_owned());
            self.hold(&scan.print, HoldReason::Restored { meaning });
            return self.settling.rest(now);
        }
        let took = self.since_save(&scan);
        let print = scan.print.clone();
        let before = self.in_force_bytes();
        let accepted = before.map(|before| self.accepted(&scan, &before)).unwrap_or_default();
        let lost: Vec<String> = verdict.accepted.iter().map(Lost::id).collect();
        let accepted = accepted.into_iter().filter(|acceptance| lost.contains(&acceptance.id)).collect();
        let GateVerdict { gates, tests, .. } = verdict;
        let tested = Some(tests);
        let passed =
            PassedSet { inputs: scan.inputs, load, gates, origin: Origin::Files, took, tested, accepted, word: None };
        match self.put(passed) {
            Ok(()) => {
                self.judged = Some(judged);
                self.no_longer_held();
                self.at_rest(Instant::now());
            }
            Err(why) => {
                self.hold(&print, HoldReason::NotKept { why });
                self.settling.wait(self.timing.every, now);
            }
        }
    }

    fn in_force_bytes(&self) -> Option<String> {
        let live = self.live.current().map(|live| live.bytes().to_owned());
        let known = live.or_else(|| self.before.as_ref().map(|before| before.bytes.clone()));
        known.or_else(|| self.unsure.as_ref().map(|_| UNKNOWN.to_owned()))
    }

    /// Leaves what is in force as it is, and says why, unless the same was said of the same set.
    fn stop(&mut self, scan: Scan, load: Load, verdict: GateVerdict) {
        let now = Instant::now();
        self.settling.rest(now);
        if self.live.current().is_none() && !self.strict_start {
            self.fall_back();
        }
        match verdict.ruling {
            Ruling::Held => self.say_what_waits(&scan, &verdict),
            _ => self.no_change_waits(),
        }
        let same = self.judged.take().filter(|judged| judged.print.set == scan.print.set && !self.is_held());
        let known = same.and_then(|judged| judged.stopped).filter(|stopped| stopped.gates == verdict.gates);
        self.no_longer_held();
        let is_known = known.is_some();
        let stopped = known.unwrap_or_else(|| Stopped { first: now, last: now, gates: verdict.gates.clone() });
        self.judged = Some(Judged { print: scan.print, stopped: Some(stopped) });
        if !is_known {
            self.tell_stopped(load, verdict, None);
        }
    }

    /// Tells that a set is refused, or what it waits for.
    pub(super) fn tell_stopped(&self, load: Load, verdict: GateVerdict, since: Option<Duration>) {
        let live = self.live.current();
        let before = live.as_deref().map(Generation::load).or_else(|| self.before.as_ref().map(|before| &before.load));
        let sound = !load.policies.is_empty();
        let changes = before.filter(|_| sound).map_or_else(Changes::default, |before| between(before, &load));
        let GateVerdict { gates, ruling, lost, accepted, .. } = verdict;
        if ruling != Ruling::Held {
            return self.live.tell(Event::Refused(Box::new(Refusal { gates, load, live, changes, since })));
        }
        let loss = Loss {
            gates,
            lost,
            accepted: accepted.into_iter().map(|lost| lost.name).collect(),
            changes,
            policies: load.policies.iter().map(|policy| policy.name().to_owned()).collect(),
            live: live.map(|live| live.number()),
            is_kept: self.keeper.is_some(),
            since,
        };
        self.live.tell(Event::Held(HoldReason::Loss(Box::new(loss))));
    }

    /// Says beside the kept policies what waits, so that it can be accepted.
    fn say_what_waits(&mut self, scan: &Scan, verdict: &GateVerdict) {
        let Some(in_force) = self.in_force_bytes() else { return };
        let Some(keeper) = &self.keeper else { return };
        let lost = verdict.lost.iter().map(|lost| WaitingLoss {
            name: lost.name.clone(),
            id: lost.id(),
            said: lost.said.iter().cloned().chain(report::lines_of_changes(&lost.changes)).collect(),
        });
        let waiting =
            WaitingChange { at: Zone::utc().format(now()), bytes: bytes(scan), in_force, lost: lost.collect() };
        if let Err(problem) = keeper.keep().hold(&waiting) {
            self.trouble(format!("what waits cannot be noted, so that it cannot be accepted: {problem}"));
        }
        self.held_at = self.keeper.as_ref().map(|keeper| keeper.keep().stamp());
    }

    fn no_change_waits(&mut self) {
        self.held_at = None;
        let done = self.keeper.as_ref().map(|keeper| keeper.keep().no_longer_held());
        if let Some(Err(problem)) = done {
            self.trouble(problem);
        }
    }

    /// Somebody may have accepted what a change waits for.
    fn hear_acceptance(&mut self) {
        let now = self.keeper.as_ref().map(|keeper| keeper.keep().stamp());
        if self.held_at.is_some() && self.held_at != now {
            self.held_at = now;
            self.judged = None;
        }
    }

    /// Puts in force what was live last, where the files may not be.
    fn fall_back(&mut self) {
        let Some(before) = self.before.take() else { return };
        if let Err(problem) = self.take_kept(&before.bytes, Origin::LastGood, None) {
            self.trouble(problem);
            self.before = Some(before);
        }
    }

    /// The tests of what is in force are these now.
    fn tests_are(&mut self, tests: Vec<KnownTest>) {
        if tests == self.tests && tests.len() == self.test_count {
            return;
        }
        let kept: Vec<KeptTest> = tests.iter().cloned().map(KeptTest::from).collect();
        if let Some(Err(problem)) = self.keeper.as_ref().map(|keeper| keeper.record_tests(&kept)) {
            return self.trouble(problem);
        }
        self.test_count = tests.len();
        self.tests = tests;
    }

    /// Keeps a set, then puts it in force. What cannot be kept is not put in force over something that is; where
    /// nothing is, it is, since any policy that passed its gates is better than none.
    pub(super) fn put(&mut self, passed: PassedSet) -> Result<(), String> {
        let PassedSet { inputs, load, gates, origin, took, tested, accepted, word } = passed;
        let begun = Instant::now();
        let before = self.live.current();
        let number = self.next_number(&digest_of_files(&inputs));
        let Some(generation) = Generation::new(number, inputs, load) else { return Ok(()) };
        let old = before.as_deref().map(Generation::load).or_else(|| self.before.as_ref().map(|before| &before.load));
        let changes = old.map_or_else(Changes::default, |old| between(old, generation.load()));
        let test_count = tested.as_ref().map_or(self.test_count, Vec::len);
        let failed = gates.iter().filter(|checked| !checked.passed).flat_map(|checked| checked.said.clone());
        let entry = JournalEntry {
            at: Zone::utc().format(now()),
            generation: generation.number(),
            meaning: generation.meaning().to_owned(),
            bytes: generation.bytes().to_owned(),
            origin: origin_name(origin).to_owned(),
            changes: report::change_lines(&changes),
            against_advice: failed.collect(),
            accepted,
            word,
            tests: (test_count > 0).then_some(test_count),
            tested: None,
            engine: Some(engine::VERSION.to_owned()),
            previous: None,
        };
        if let Err(why) = self.keep(&generation, entry, tested.as_deref()) {
            if before.is_some() {
                return Err(why);
            }
            self.trouble(format!("what is in force could not be kept, so decisions cannot be replayed: {why}"));
        }
        self.number = self.number.max(number);
        self.before = None;
        if let Some(mut unsure) = self.unsure.take() {
            match origin {
                Origin::Files => unsure.what.clear(),
                // Whoever restores a generation says what is in force, and nothing of its tests.
                Origin::Restored => unsure.what.retain(|(name, _)| name == TESTS_UNKNOWN),
                // Nothing else says more of it.
                _ => {}
            }
            self.unsure = Some(unsure).filter(|unsure| !unsure.what.is_empty());
        }
        if let Some(tests) = tested {
            self.test_count = tests.len();
            self.tests = tests;
        }
        self.no_more_trouble();
        let (generation, before) = self.live.put(generation);
        let took = took.map(|took| took + begun.elapsed());
        self.live.tell(Event::Live(Box::new(WentLive { generation, before, changes, origin, gates, took })));
        Ok(())
    }

    fn keep(
        &mut self,
        generation: &Generation,
        entry: JournalEntry,
        tests: Option<&[KnownTest]>,
    ) -> Result<(), String> {
        let Some(keeper) = &mut self.keeper else { return Ok(()) };
        let damage = keeper.put(generation)?;
        let kept = tests.map(|tests| tests.iter().cloned().map(KeptTest::from).collect::<Vec<_>>());
        // A generation that goes on after a new start is not another one.
        let known = |last: &JournalEntry| {
            last.generation == entry.generation && last.bytes == entry.bytes && entry.accepted.is_empty()
        };
        match (keeper.last().is_some_and(known), kept) {
            (true, Some(kept)) if tests.is_some_and(|tests| tests != self.tests) => keeper.record_tests(&kept)?,
            (true, _) => {}
            (false, Some(kept)) => keeper.record_tested(entry, &kept)?,
            (false, None) => keeper.record(entry)?,
        }
        if let Some(damage) = damage {
            self.trouble(format!("{damage}. It was set aside and kept anew"));
        }
        Ok(())
    }

    /// Puts in force what somebody restored, and lets the files rule again once it is released.
    pub(super) fn apply_restore(&mut self) {
        let Some(keeper) = &self.keeper else { return };
        let wanted = match keeper.keep().restored() {
            Ok(restored) => restored.map(|restored| (restored.bytes, restored.word)),
            Err(problem) => return self.trouble(format!("{problem}. What is in force stays so")),
        };
        self.hear_acceptance();
        if wanted.as_ref().map(|(bytes, _)| bytes) == self.restored.as_ref() {
            return;
        }
        let released = wanted.is_none();
        let take = |(bytes, word): (String, Option<Attribution>)| {
            self.take_kept(&bytes, Origin::Restored, word).map(|()| bytes)
        };
        match wanted.map(take).transpose() {
            Ok(restored) => self.restored = restored,
            Err(problem) => return self.trouble(format!("{problem}. What is in force stays so")),
        }
        if released {
            // The files are judged anew, as if they had just been saved.
            self.judged = None;
        }
    }

    /// Puts a kept generation in force, if it is what it was and still checks.
    pub(super) fn take_kept(&mut self, bytes: &str, origin: Origin, word: Option<Attribution>) -> Result<(), String> {
        let Some(keeper) = &self.keeper else { return Ok(()) };
        let inputs = keeper.keep().read(bytes)?;
        if let Some(live) = self.live.current().filter(|live| live.bytes() == bytes) {
            self.live.tell(Event::Held(HoldReason::Restored { meaning: live.meaning().to_owned() }));
            return Ok(());
        }
        let load = crate::load(&inputs);
        let checked = judge(Candidate { paths: &[], load: &load }, &[], &heedful::live::Gates::default(), None).gates;
        let gates: Vec<Checked> = checked.into_iter().take(1).collect();
        if gates.iter().any(|checked| !checked.passed) {
            return Err(format!("this version of heedful cannot use the kept generation {bytes}"));
        }
        self.put(PassedSet { inputs, load, gates, origin, took: None, tested: None, accepted: Vec::new(), word })
    }

    /// One more than any generation had, unless this goes on with the one that was live when the last process ended.
    fn next_number(&self, bytes: &str) -> u64 {
        match self.keeper.as_ref().and_then(StoreWriter::last) {
            Some(last) if self.live.current().is_none() && last.bytes == bytes => last.generation,
            _ => self.number + 1,
        }
    }
}
