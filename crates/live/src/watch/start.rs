//! Start of a watcher: what is put in force before it waits for the first event.

use super::listen::Notice;
use super::scan::{bytes, scan};
use super::session::{Before, Session, TESTS_UNKNOWN, Unsure};
use heedful::live::{KnownTest, Origin};
use std::sync::mpsc::Receiver;
use std::time::Instant;

impl Session {
    /// Puts in force what somebody restored, else the files if they can be used, else the last good generation that was
    /// kept. Files that say something else than the last good one are judged as any change to it.
    pub(super) fn start(&mut self, heard: &Receiver<Notice>) -> Result<(), String> {
        self.number = self.last_number();
        self.recall_tests();
        self.apply_restore();
        self.doubt();
        if self.restored.is_none() {
            self.resume();
        }
        // The first readings are made here, so that a set at rest is in force once this returns.
        let begun = Instant::now();
        let longest = self.timing.quiet + self.timing.longest;
        while self.judged.is_none() && begun.elapsed() < longest && self.step(heard) {}
        let stopped = self.judged.as_ref().is_some_and(|judged| judged.stopped.is_some());
        if self.strict_start && stopped && self.restored.is_none() {
            return Err("the files did not pass at the start, and a strict start was asked for".to_owned());
        }
        Ok(())
    }

    /// Finds what makes it doubtful what was in force: nothing goes live in its place until somebody accepts that by name.
    fn doubt(&mut self) {
        let Some(keeper) = &self.keeper else { return };
        let Ok(journal) = keeper.keep().journal() else { return };
        let mut what = Vec::new();
        if !journal.doubts.is_empty() {
            let said = format!("it is not certain what was in force last: {}", journal.doubts.join("; "));
            what.push(("kept:journal".to_owned(), said));
        }
        let standing = journal.standing();
        let lost = standing.and_then(|entry| Some((entry, keeper.keep().load(&entry.bytes).err()?)));
        if let Some((entry, problem)) = lost {
            let said = format!("generation {}, which was in force last, cannot be used: {problem}", entry.generation);
            what.push((format!("kept:generation-{}", entry.generation), said));
        }
        if let Err(problem) = keeper.keep().tests() {
            what.push((TESTS_UNKNOWN.to_owned(), format!("it is not known which tests passed: {problem}")));
        }
        let standing = standing.filter(|_| journal.doubts.is_empty()).map(|entry| entry.bytes.clone());
        self.unsure = (!what.is_empty()).then_some(Unsure { what, standing });
    }

    /// Goes on with the generation that was live last, at once where the files are still the same; else until they have
    /// been looked at, unless a strict start was asked for. Either way the files are compared with it.
    fn resume(&mut self) {
        let Some(keeper) = &self.keeper else { return };
        let journal = match keeper.keep().journal() {
            Ok(journal) => journal,
            Err(problem) => return self.trouble(problem),
        };
        let now = scan(&self.paths);
        let likeliest = keeper.keep().likeliest(&journal);
        for kept in &likeliest {
            let same = bytes(&now) == *kept && now.problems.is_empty();
            if same || self.strict_start {
                match self.keeper.as_ref().map(|keeper| keeper.keep().load(kept)) {
                    Some(Ok(load)) => return self.before = Some(Before { bytes: kept.clone(), load }),
                    Some(Err(problem)) => self.trouble(problem),
                    None => {}
                }
                continue;
            }
            match self.take_kept(kept, Origin::LastGood, None) {
                Ok(()) => return,
                Err(problem) => self.trouble(problem),
            }
        }
        if !likeliest.is_empty() || !journal.doubts.is_empty() {
            self.trouble(
                "nothing that was in force can be used, so nothing is in force until the files are what was in force last, \
                 or somebody accepts what is lost"
                    .to_owned(),
            );
        }
    }

    /// What is known of the tests that passed before; and what is wrong with the journal that tells of them.
    fn recall_tests(&mut self) {
        let Some(keeper) = &self.keeper else { return };
        let folder = keeper.keep().folder().display().to_string();
        let (journal, tests) = (keeper.keep().journal(), keeper.keep().tests());
        let journal = match journal {
            Ok(journal) => journal,
            Err(problem) => return self.trouble(problem),
        };
        self.test_count = journal.test_count();
        match tests {
            Ok(tests) => self.tests = tests.into_iter().flatten().map(KnownTest::from).collect(),
            Err(problem) => self.trouble(problem),
        }
        self.test_count = self.test_count.max(self.tests.len());
        if journal.unreadable > 0 {
            let lines =
                if journal.unreadable == 1 { "1 line".to_owned() } else { format!("{} lines", journal.unreadable) };
            self.trouble(format!("{folder}: {lines} of the journal cannot be read, and were passed over"));
        }
        for wrong in journal.wrong {
            self.trouble(format!("{folder}: {wrong}. `heedful kept verify` says what can be said"));
        }
    }

    fn last_number(&self) -> u64 {
        let journal = self.keeper.as_ref().and_then(|keeper| keeper.keep().journal().ok()).unwrap_or_default();
        journal.entries.iter().map(|entry| entry.generation).max().unwrap_or(0)
    }
}
