//! When each generation went live, and which one somebody has put back in force.

use super::durable::{replace, sync_folder};
use super::{Keep, failed, now};
use crate::time::Zone;
use crate::wire::{Entry, Manifest, Restored, kept_line, read_kept};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;

/// Every line of the journal that can be read, the oldest first.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    pub entries: Vec<Entry>,
    /// How many lines cannot be read. A process that is killed while it writes leaves one.
    pub unreadable: usize,
}

impl Keep {
    /// What was live, and when.
    ///
    /// # Errors
    /// There is a journal and it cannot be read.
    pub fn journal(&self) -> Result<Journal, String> {
        let path = self.journal_path();
        let text = match fs::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(failed(&path, &error)),
        };
        let lines: Vec<Option<Entry>> =
            text.lines().filter(|line| !line.trim().is_empty()).map(|line| read_kept(line).ok()).collect();
        let unreadable = lines.iter().filter(|line| line.is_none()).count();
        Ok(Journal { entries: lines.into_iter().flatten().collect(), unreadable })
    }

    /// Which kept generation is in force whatever the files say, if any is.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn restored(&self) -> Result<Option<Restored>, String> {
        let path = self.restored_path();
        match fs::read_to_string(&path) {
            Ok(text) => read_kept(&text).map(Some).map_err(|_| format!("{}: this file was altered", path.display())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(&path, &error)),
        }
    }

    /// Puts a kept generation in force until it is released, whatever the files say meanwhile.
    ///
    /// # Errors
    /// It could not be written.
    pub fn restore(&self, manifest: &Manifest) -> Result<(), String> {
        let restored = Restored {
            at: Zone::utc().format(now()),
            meaning: manifest.meaning.clone(),
            bytes: manifest.bytes.clone(),
        };
        let path = self.restored_path();
        replace(&path, kept_line(&restored).as_bytes()).map_err(|error| failed(&path, &error))
    }

    /// Lets the files say again what is in force. Says whether anything was released.
    ///
    /// # Errors
    /// It could not be written.
    pub fn release(&self) -> Result<bool, String> {
        let path = self.restored_path();
        match fs::remove_file(&path).and_then(|()| sync_folder(&self.folder)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(failed(&path, &error)),
        }
    }

    /// Adds a line to the journal and brings it to the disk.
    pub(super) fn append(&self, entry: &Entry) -> Result<(), String> {
        self.write(kept_line(entry).as_bytes()).map_err(|error| failed(&self.journal_path(), &error))
    }

    /// Ends a line that a process which was killed left without its end.
    pub(super) fn end_torn_line(&self) -> io::Result<()> {
        match fs::read(self.journal_path()) {
            Ok(bytes) if bytes.last().is_some_and(|last| *last != b'\n') => self.write(b"\n"),
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().create(true).append(true).open(self.journal_path())?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    pub(super) fn journal_path(&self) -> PathBuf {
        self.folder.join("journal.jsonl")
    }

    pub(super) fn restored_path(&self) -> PathBuf {
        self.folder.join("restored.json")
    }
}
