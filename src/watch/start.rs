//! What is put in force before the watching begins.

use super::listen::Notice;
use super::scan::{bytes, scan};
use super::session::Session;
use crate::live::Origin;
use std::collections::BTreeSet;
use std::sync::mpsc::Receiver;
use std::time::Instant;

impl Session {
    /// Puts in force what somebody restored, else the files if they can be used, else the last good generation that was
    /// kept. Files that say something else than the last good one are judged as any change to it.
    pub(super) fn start(&mut self, heard: &Receiver<Notice>) -> Result<(), String> {
        self.number = self.last_number();
        self.obey();
        if self.restored.is_none() {
            self.resume();
        }
        // The first readings are made here, so that a set at rest is in force once this returns.
        let begun = Instant::now();
        let longest = self.timing.quiet + self.timing.longest;
        while self.judged.is_none() && begun.elapsed() < longest && self.step(heard) {}
        let refused = self.judged.as_ref().is_some_and(|judged| judged.refused.is_some());
        if self.strict_start && refused && self.restored.is_none() {
            return Err("the files did not pass at the start, and a strict start was asked for".to_owned());
        }
        Ok(())
    }

    /// Goes on with the generation that was live last, at once where the files are still the same; else until they have
    /// been looked at, unless a strict start was asked for.
    fn resume(&mut self) {
        let Some(keeper) = &self.keeper else { return };
        let journal = match keeper.keep().journal() {
            Ok(journal) => journal,
            Err(problem) => return self.trouble(problem),
        };
        if journal.unreadable > 0 {
            let folder = keeper.keep().folder().display().to_string();
            let lines =
                if journal.unreadable == 1 { "1 line".to_owned() } else { format!("{} lines", journal.unreadable) };
            self.trouble(format!("{folder}: {lines} of the journal cannot be read, and were passed over"));
        }
        let now = scan(&self.paths);
        let mut tried = BTreeSet::new();
        for entry in journal.entries.iter().rev() {
            if !tried.insert(&entry.bytes) {
                continue;
            }
            let same = bytes(&now) == entry.bytes && now.problems.is_empty();
            if same || self.strict_start {
                return;
            }
            match self.take_kept(&entry.bytes, Origin::LastGood) {
                Ok(()) => return,
                Err(problem) => self.trouble(problem),
            }
        }
    }

    fn last_number(&self) -> u64 {
        let journal = self.keeper.as_ref().and_then(|keeper| keeper.keep().journal().ok()).unwrap_or_default();
        journal.entries.iter().map(|entry| entry.generation).max().unwrap_or(0)
    }
}
