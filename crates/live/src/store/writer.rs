//! Writes to a store of policies; a lock lets one process at a time.

use super::durable::sync_folder;
use super::journal::NewLine;
use super::{Store, failed};
use heedful::live::Generation;
use heedful::wire::{Act, JournalEntry, KeptTest};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;

/// A folder of kept policies, with the right to add to it. Only one program has it at a time; a process that is killed
/// gives it up.
#[derive(Debug)]
pub struct StoreWriter {
    keep: Store,
    /// The last line of the journal.
    last: Option<JournalEntry>,
    /// The lock is held for as long as this is open.
    _lock: File,
}

impl StoreWriter {
    /// Makes the folder where it is not there yet.
    ///
    /// # Errors
    /// It cannot be made or written, or another program keeps policies in it.
    pub fn open(keep: Store) -> Result<Self, String> {
        let at = |error: io::Error| failed(keep.folder(), &error);
        fs::create_dir_all(keep.generations()).map_err(at)?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(keep.folder().join("lock"));
        let lock = lock.map_err(at)?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => {
                format!("{}: another program keeps policies here; give each its own folder", keep.folder().display())
            }
            TryLockError::Error(error) => at(error),
        })?;
        keep.ignore_in_git().and_then(|()| keep.clear_drafts()).map_err(at)?;
        sync_folder(keep.folder()).map_err(at)?;
        keep.begin()?;
        keep.note_what_is_wrong()?;
        let last = keep.journal()?.entries.pop();
        Ok(Self { keep, last, _lock: lock })
    }

    /// What went live last, in this process or before it.
    pub fn last(&self) -> Option<&JournalEntry> {
        self.last.as_ref()
    }

    pub fn keep(&self) -> &Store {
        &self.keep
    }

    /// Keeps a generation, and says what was wrong with what was kept under its name before, if anything was.
    ///
    /// # Errors
    /// It could not be kept.
    pub fn put(&self, generation: &Generation) -> Result<Option<String>, String> {
        self.keep.put(generation)
    }

    /// Notes that the tests of the policies in force are others now.
    ///
    /// # Errors
    /// It could not be noted.
    pub fn record_tests(&self, tests: &[KeptTest]) -> Result<(), String> {
        let digest = Some(self.keep.draft_tests(tests)?);
        self.keep.append(NewLine::Act(Act::Tests { tests: tests.len(), digest }))?;
        self.keep.take_drafted_tests()
    }

    /// Notes that a generation goes live, with the tests that it passed.
    ///
    /// # Errors
    /// It could not be noted.
    pub fn record_tested(&mut self, entry: JournalEntry, tests: &[KeptTest]) -> Result<(), String> {
        let tested = Some(self.keep.draft_tests(tests)?);
        self.record(JournalEntry { tested, ..entry })?;
        self.keep.take_drafted_tests()
    }

    /// Notes that a generation goes live.
    ///
    /// # Errors
    /// It could not be noted.
    pub fn record(&mut self, entry: JournalEntry) -> Result<(), String> {
        self.keep.append(NewLine::Live(Box::new(entry.clone())))?;
        self.last = Some(entry);
        Ok(())
    }
}

impl Store {
    /// Kept policies lie beside the files they were made from, which are often in git, and do not belong there.
    fn ignore_in_git(&self) -> io::Result<()> {
        let path = self.folder.join(".gitignore");
        if path.exists() { Ok(()) } else { fs::write(path, "*\n") }
    }
}
