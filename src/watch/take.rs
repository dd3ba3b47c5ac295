//! A set that has come to rest -> in force, refused, or waiting.

use super::scan::Scan;
use super::session::{Judged, Refused, Session};
use crate::changes::{Changes, between};
use crate::engine::{self, Input, Load, digest_of_files};
use crate::keep::{Keeper, now};
use crate::live::{Candidate, Checked, Event, Generation, Held, Origin, Refusal, Verdict, WentLive, judge};
use crate::report;
use crate::time::Zone;
use crate::wire::{Entry, origin_name};
use std::time::{Duration, Instant};

/// A set that has passed its gates.
pub(super) struct Passed {
    pub(super) inputs: Vec<Input>,
    pub(super) load: Load,
    pub(super) gates: Vec<Checked>,
    pub(super) origin: Origin,
    pub(super) took: Option<Duration>,
}

impl Session {
    pub(super) fn verdict(&self, load: &Load, unread: &[String]) -> Verdict {
        judge(Candidate { paths: &self.paths, load }, unread, &self.gates)
    }

    /// Takes the set through its gates and, when it passes, puts it in force.
    pub(super) fn judge(&mut self, scan: Scan, load: Load) {
        let now = Instant::now();
        let verdict = self.verdict(&load, &scan.problems);
        if !verdict.passed {
            return self.refuse(scan, load, verdict.gates);
        }
        let mends = self.is_held() || self.judged.as_ref().is_some_and(|judged| judged.refused.is_some());
        let judged = Judged { print: scan.print.clone(), refused: None };
        if self.is_live(&scan) {
            self.judged = Some(judged);
            self.no_longer_held();
            self.at_rest(now);
            if mends {
                self.live.tell(Event::Mended);
            }
            return;
        }
        if self.restored.is_some() {
            self.judged = Some(judged);
            let meaning = self.live.current().map_or_else(String::new, |live| live.meaning().to_owned());
            self.hold(&scan.print, Held::Restored { meaning });
            return self.settling.rest(now);
        }
        let took = self.since_save(&scan);
        let print = scan.print.clone();
        let passed = Passed { inputs: scan.inputs, load, gates: verdict.gates, origin: Origin::Files, took };
        match self.put(passed) {
            Ok(()) => {
                self.judged = Some(judged);
                self.no_longer_held();
                self.at_rest(Instant::now());
            }
            Err(why) => {
                self.hold(&print, Held::NotKept { why });
                self.settling.wait(self.timing.every, now);
            }
        }
    }

    /// Leaves what is in force as it is, and says why, unless the same was said of the same set.
    fn refuse(&mut self, scan: Scan, load: Load, gates: Vec<Checked>) {
        let now = Instant::now();
        self.settling.rest(now);
        let same = self.judged.take().filter(|judged| judged.print.set == scan.print.set && !self.is_held());
        let known = same.and_then(|judged| judged.refused).filter(|refused| refused.gates == gates);
        self.no_longer_held();
        let is_known = known.is_some();
        let refused = known.unwrap_or_else(|| Refused { first: now, last: now, gates: gates.clone() });
        self.judged = Some(Judged { print: scan.print, refused: Some(refused) });
        if !is_known {
            let live = self.live.current();
            self.live.tell(Event::Refused(Box::new(Refusal { gates, load, live, since: None })));
        }
    }

    /// Keeps a set, then puts it in force. What cannot be kept is not put in force over something that is; where
    /// nothing is, it is, since any policy that passed its gates is better than none.
    pub(super) fn put(&mut self, passed: Passed) -> Result<(), String> {
        let Passed { inputs, load, gates, origin, took } = passed;
        let begun = Instant::now();
        let before = self.live.current();
        let number = self.next_number(&digest_of_files(&inputs));
        let Some(generation) = Generation::new(number, inputs, load) else { return Ok(()) };
        let changes = before.as_ref().map_or_else(Changes::default, |old| between(old.load(), generation.load()));
        if let Err(why) = self.keep(&generation, &changes, origin, &gates) {
            if before.is_some() {
                return Err(why);
            }
            self.trouble(format!("what is in force could not be kept, so decisions cannot be replayed: {why}"));
        }
        self.number = self.number.max(number);
        self.no_more_trouble();
        let (generation, before) = self.live.put(generation);
        let took = took.map(|took| took + begun.elapsed());
        self.live.tell(Event::Live(Box::new(WentLive { generation, before, changes, origin, gates, took })));
        Ok(())
    }

    fn keep(
        &mut self,
        generation: &Generation,
        changes: &Changes,
        origin: Origin,
        gates: &[Checked],
    ) -> Result<(), String> {
        let Some(keeper) = &mut self.keeper else { return Ok(()) };
        let damage = keeper.put(generation)?;
        let failed = gates.iter().filter(|checked| !checked.passed);
        let entry = Entry {
            at: Zone::utc().format(now()),
            generation: generation.number(),
            meaning: generation.meaning().to_owned(),
            bytes: generation.bytes().to_owned(),
            origin: origin_name(origin).to_owned(),
            changes: report::change_lines(changes),
            against_advice: failed.flat_map(|checked| checked.said.clone()).collect(),
        };
        // A generation that goes on after a new start is not another one.
        let known = |last: &Entry| last.generation == entry.generation && last.bytes == entry.bytes;
        if !keeper.last().is_some_and(known) {
            keeper.record(entry)?;
        }
        if let Some(damage) = damage {
            self.trouble(format!("{damage}. It was set aside and kept anew"));
        }
        Ok(())
    }

    /// Puts in force what somebody restored, and lets the files rule again once it is released.
    pub(super) fn obey(&mut self) {
        let Some(keeper) = &self.keeper else { return };
        let wanted = match keeper.keep().restored() {
            Ok(restored) => restored.map(|restored| restored.bytes),
            Err(problem) => return self.trouble(format!("{problem}. What is in force stays so")),
        };
        if wanted == self.restored {
            return;
        }
        let released = wanted.is_none();
        match wanted.map(|bytes| self.take_kept(&bytes, Origin::Restored).map(|()| bytes)).transpose() {
            Ok(restored) => self.restored = restored,
            Err(problem) => return self.trouble(format!("{problem}. What is in force stays so")),
        }
        if released {
            // The files are judged anew, as if they had just been saved.
            self.judged = None;
        }
    }

    /// Puts a kept generation in force, if it is what it was and still checks.
    pub(super) fn take_kept(&mut self, bytes: &str, origin: Origin) -> Result<(), String> {
        let Some(keeper) = &self.keeper else { return Ok(()) };
        let inputs = keeper.keep().read(bytes)?;
        if let Some(live) = self.live.current().filter(|live| live.bytes() == bytes) {
            self.live.tell(Event::Held(Held::Restored { meaning: live.meaning().to_owned() }));
            return Ok(());
        }
        let load = engine::load(&inputs);
        let checked = judge(Candidate { paths: &[], load: &load }, &[], &crate::live::Gates::default()).gates;
        let gates: Vec<Checked> = checked.into_iter().take(1).collect();
        if gates.iter().any(|checked| !checked.passed) {
            return Err(format!("this version of heedful cannot use the kept generation {bytes}"));
        }
        self.put(Passed { inputs, load, gates, origin, took: None })
    }

    /// One more than any generation had, unless this goes on with the one that was live when the last process ended.
    fn next_number(&self, bytes: &str) -> u64 {
        match self.keeper.as_ref().and_then(Keeper::last) {
            Some(last) if self.live.current().is_none() && last.bytes == bytes => last.generation,
            _ => self.number + 1,
        }
    }
}
