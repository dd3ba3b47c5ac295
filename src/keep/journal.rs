//! When each generation went live, by whose word, and which one somebody has put back in force.
//!
//! Each line of the journal holds the digest of the line before it, so that one which is missing, altered, added or out
//! of its place is found. How long the journal is stands in a file beside it, so that lines missing at the end are found.

use super::durable::{replace, sync_folder};
use super::{Keep, failed, now};
use crate::engine::digest;
use crate::time::Zone;
use crate::wire::{Act, ActLine, Entry, Head, KeptShape, Manifest, Restored, Word, kept_line, read_kept};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Every line of the journal that can be read, the oldest first.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    /// What went live.
    pub entries: Vec<Entry>,
    /// What was done besides, each with how many of `entries` come before it.
    pub acts: Vec<(usize, ActLine)>,
    /// How many lines there are, with those that cannot be read.
    pub lines: usize,
    /// How many lines cannot be read. A process that is killed while it writes leaves one.
    pub unreadable: usize,
    /// What was done to the journal by other hands, one sentence each.
    pub wrong: Vec<String>,
    /// The first line that holds the digest of the one before, counted from 1; older ones may hold none.
    pub chained_from: Option<usize>,
    /// The digest of the last line, which stands for all of them; the digest of nothing where there is none.
    pub head: String,
}

/// A line of the journal to be written.
pub(super) enum NewLine {
    Live(Entry),
    Act(Act),
}

impl Journal {
    fn read(text: &str, head: Option<Head>) -> Self {
        let lines: Vec<&str> = lines(text);
        let mut journal = Self { lines: lines.len(), head: digest_of(None), ..Self::default() };
        let mut before = None;
        for (number, line) in (1..).zip(&lines) {
            journal.line(number, line, before);
            before = Some(*line);
        }
        journal.head = digest_of(before);
        if let Err(said) = is_whole(&lines, head.as_ref(), journal.chained_from) {
            journal.wrong.push(said);
        }
        let found = journal.acts.iter().filter_map(|(_, line)| match &line.act {
            Act::FoundWrong { said } => Some(said.iter().map(|said| format!("{said} (found at {})", line.at))),
            _ => None,
        });
        let found: Vec<String> = found.flatten().collect();
        journal.wrong.extend(found);
        journal
    }

    fn line(&mut self, number: usize, line: &str, before: Option<&str>) {
        let previous = if let Ok(act) = read_kept::<ActLine>(line) {
            let previous = act.previous.clone();
            self.acts.push((self.entries.len(), act));
            previous
        } else if let Ok(entry) = read_kept::<Entry>(line) {
            let previous = entry.previous.clone();
            self.entries.push(entry);
            previous
        } else {
            // What it held of the line before is not known; the line after it tells whether it is as it was written.
            self.unreadable += 1;
            return;
        };
        match previous {
            Some(previous) => {
                if previous != digest_of(before) {
                    self.wrong.push(format!(
                        "line {number} of the journal does not follow the line before it: a line is missing, was altered, \
                         or stands in another place"
                    ));
                }
                self.chained_from.get_or_insert(number);
            }
            None if self.chained_from.is_some() => {
                self.wrong
                    .push(format!("line {number} of the journal was altered or added: it names no line before it"));
            }
            None => {}
        }
    }

    /// How many tests passed under what is in force, as far as the journal says.
    pub fn test_count(&self) -> usize {
        let noted = self.acts.iter().rev().find_map(|(entries, line)| match line.act {
            Act::Tests { tests } if *entries == self.entries.len() => Some(tests),
            _ => None,
        });
        noted.or_else(|| self.entries.last()?.tests).unwrap_or(0)
    }

    /// What was done since a generation last went live, or the tests in force became others.
    pub fn since_live(&self) -> impl Iterator<Item = &Act> {
        let recent = self
            .acts
            .iter()
            .rev()
            .take_while(|(entries, line)| *entries == self.entries.len() && !matches!(line.act, Act::Tests { .. }));
        recent.map(|(_, line)| &line.act)
    }
}

/// Whether the journal ends as it did when it was written last. A process that is killed may have written one line more.
fn is_whole(lines: &[&str], head: Option<&Head>, chained_from: Option<usize>) -> Result<(), String> {
    let Some(head) = head else {
        let chained = chained_from.map_or(0, |from| lines.len() + 1 - from);
        return match chained {
            0 | 1 => Ok(()),
            _ => {
                Err("head.json is missing, so that nobody can say whether lines at the end of the journal are"
                    .to_owned())
            }
        };
    };
    let last = head.lines.checked_sub(1).and_then(|at| lines.get(at));
    match last {
        _ if lines.len() < head.lines => {
            let gone = head.lines - lines.len();
            let what = if gone == 1 { "the last line is".to_owned() } else { format!("the last {gone} lines are") };
            Err(format!("{what} missing at the end of the journal"))
        }
        Some(last) if digest_of(Some(last)) != head.digest => {
            Err(format!("line {} of the journal is not what was written last", head.lines))
        }
        _ => Ok(()),
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.trim().is_empty()).collect()
}

/// The digest of a line without its end; of nothing where there is none.
fn digest_of(line: Option<&str>) -> String {
    digest(line.map(str::as_bytes))
}

impl Keep {
    /// What was live, when, and whether that is still as it was written.
    ///
    /// # Errors
    /// There is a journal and it cannot be read.
    pub fn journal(&self) -> Result<Journal, String> {
        let text = self.text(&self.journal_path())?.unwrap_or_default();
        let head = self.text(&self.head_path())?;
        let unreadable =
            || "head.json cannot be read, so that nobody can say whether lines at the end of the journal are missing";
        match head.map(|head| read_kept::<Head>(&head)).transpose() {
            Ok(head) => Ok(Journal::read(&text, head)),
            Err(_) => {
                let mut journal = Journal::read(&text, None);
                journal.wrong.push(unreadable().to_owned());
                Ok(journal)
            }
        }
    }

    /// Which kept generation is in force whatever the files say, if any is.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn restored(&self) -> Result<Option<Restored>, String> {
        self.shape(&self.restored_path())
    }

    /// Puts a kept generation in force until it is released, whatever the files say meanwhile.
    ///
    /// # Errors
    /// It could not be written.
    pub fn restore(&self, manifest: &Manifest, word: Word) -> Result<(), String> {
        let Manifest { meaning, bytes, .. } = manifest.clone();
        let at = Zone::utc().format(now());
        self.append(NewLine::Act(Act::Restored {
            meaning: meaning.clone(),
            bytes: bytes.clone(),
            word: word.clone(),
        }))?;
        self.write_shape(&self.restored_path(), &Restored { at, meaning, bytes, word: Some(word) })
    }

    /// Lets the files say again what is in force. Says whether anything was released.
    ///
    /// # Errors
    /// It could not be written.
    pub fn release(&self, word: Option<Word>) -> Result<bool, String> {
        let path = self.restored_path();
        if !path.exists() {
            return Ok(false);
        }
        self.append(NewLine::Act(Act::Released { word }))?;
        self.remove(&path)
    }

    /// Adds a line to the journal and brings it to the disk, then notes how long the journal is. Programs that do so at
    /// once wait for each other.
    pub(super) fn append(&self, line: NewLine) -> Result<(), String> {
        let path = self.journal_path();
        self.append_after_others(line).map_err(|error| failed(&path, &error))
    }

    fn append_after_others(&self, line: NewLine) -> io::Result<()> {
        let lock =
            OpenOptions::new().create(true).truncate(false).write(true).open(self.folder.join("journal.lock"))?;
        lock.lock()?;
        let path = self.journal_path();
        let text = match fs::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let before = lines(&text);
        let previous = Some(digest_of(before.last().copied()));
        let written = match line {
            NewLine::Live(entry) => kept_line(&Entry { previous, ..entry }),
            NewLine::Act(act) => kept_line(&ActLine { at: Zone::utc().format(now()), act, previous }),
        };
        let mut file: File = OpenOptions::new().create(true).append(true).open(&path)?;
        // A process that was killed may have left a line without its end.
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        file.write_all(format!("{end}{written}").as_bytes())?;
        file.sync_all()?;
        let head = Head { lines: before.len() + 1, digest: digest_of(Some(written.trim_end())) };
        replace(&self.head_path(), kept_line(&head).as_bytes())
    }

    /// Notes in the journal itself what is wrong with its end, since what tells of that is written anew with each line.
    pub(super) fn note_what_is_wrong(&self) -> Result<(), String> {
        let journal = self.journal()?;
        let text = self.text(&self.journal_path())?.unwrap_or_default();
        let head = self.text(&self.head_path())?.and_then(|head| read_kept::<Head>(&head).ok());
        match is_whole(&lines(&text), head.as_ref(), journal.chained_from) {
            Ok(()) => Ok(()),
            Err(said) => self.append(NewLine::Act(Act::FoundWrong { said: vec![said] })),
        }
    }

    /// The text of a file; none where there is no such file.
    pub(super) fn text(&self, path: &Path) -> Result<Option<String>, String> {
        match fs::read(path) {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(path, &error)),
        }
    }

    /// What a file beside the journal holds; none where there is no such file.
    pub(super) fn shape<T: KeptShape>(&self, path: &Path) -> Result<Option<T>, String> {
        let text = self.text(path)?;
        let read = text.map(|text| read_kept(&text)).transpose();
        read.map_err(|_| format!("{}: this file was altered", path.display()))
    }

    pub(super) fn write_shape<T: KeptShape>(&self, path: &Path, shape: &T) -> Result<(), String> {
        replace(path, kept_line(shape).as_bytes()).map_err(|error| failed(path, &error))
    }

    /// Takes a file away. Says whether it was there.
    pub(super) fn remove(&self, path: &Path) -> Result<bool, String> {
        match fs::remove_file(path).and_then(|()| sync_folder(&self.folder)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(failed(path, &error)),
        }
    }

    pub(super) fn journal_path(&self) -> PathBuf {
        self.folder.join("journal.jsonl")
    }

    pub(super) fn restored_path(&self) -> PathBuf {
        self.folder.join("restored.json")
    }

    fn head_path(&self) -> PathBuf {
        self.folder.join("head.json")
    }
}
