//! Entries that wait to be recorded -> lines of a file that outlive the process, each with its checksum; and back.

use crate::due::TimeAhead;
use crate::entry::{Beside, CaseKey, EntryKind, NewEntry};
use crate::event::KeptEvent;
use heedful::text::{digest_in_hex, hex};
use heedful::time::Instant;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// How many processes may use one folder at a time.
const MOST_FILES: u32 = 64;

/// A file of entries that wait. One process writes to it, and holds it locked.
#[derive(Debug)]
pub(crate) struct Spool {
    file: File,
    bytes: u64,
    most: u64,
    /// Whether something was written that could not be cut off again.
    is_torn: bool,
}

/// What a folder held when it was opened.
#[derive(Debug)]
pub(crate) struct Spooled {
    pub(crate) spool: Spool,
    /// What an earlier process left, in the order in which it was written.
    pub(crate) entries: Vec<(NewEntry, Beside)>,
    /// The file to which lines were moved that are not what was written; none where there were none.
    pub(crate) damaged: Option<PathBuf>,
}

impl Spool {
    /// Opens a file in a folder that no other process uses, with what was left in the files that nobody uses any more. Of a line that a
    /// process was writing when it ended nobody was told, and it is left out.
    pub(crate) fn open(folder: &Path, most: u64) -> io::Result<Spooled> {
        create_folder(folder)?;
        let (mut own, mut entries, mut lines, mut damaged, mut left) = (None, Vec::new(), Vec::new(), None, Vec::new());
        for number in 1..=MOST_FILES {
            let path = folder.join(format!("waiting-{number}.jsonl"));
            if own.is_some() && !path.exists() {
                continue;
            }
            let mut file = open_file(&path)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => continue,
                Err(TryLockError::Error(error)) => return Err(error),
            }
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            let text = String::from_utf8_lossy(&bytes);
            let whole = text.rfind('\n').map_or("", |end| text.get(..end).unwrap_or_default());
            for line in whole.lines().filter(|line| !line.is_empty()) {
                match read(line) {
                    Some(entry) => entries.push(entry),
                    None => {
                        let aside = path.with_extension("damaged");
                        open_file(&aside)?.write_all(format!("{line}\n").as_bytes())?;
                        damaged = Some(aside);
                        continue;
                    }
                }
                if own.is_some() {
                    lines.push(line.to_owned());
                }
            }
            match own {
                None => {
                    let is_torn = !text.is_empty() && !text.ends_with('\n');
                    own = Some(Self { bytes: file.metadata()?.len(), file, most, is_torn });
                }
                Some(_) => left.push(file),
            }
        }
        let mut spool = own.ok_or_else(|| io::Error::other("too many processes use the folder"))?;
        if !lines.is_empty() {
            let lines = lines.iter().fold(String::new(), |text, line| text + line + "\n");
            spool.write(&lines)?;
        }
        // What they held is in the file of this process now.
        for file in left {
            file.set_len(0)?;
        }
        Ok(Spooled { spool, entries, damaged })
    }

    /// Writes entries. Once this is done they outlive a loss of power.
    pub(crate) fn add(&mut self, lines: &str) -> io::Result<()> {
        let room = self.most.saturating_sub(self.bytes);
        if u64::try_from(lines.len()).unwrap_or(u64::MAX) > room {
            return Err(io::Error::other("the file is as large as it may be"));
        }
        self.write(lines)
    }

    fn write(&mut self, lines: &str) -> io::Result<()> {
        // What was torn is a line of its own, and not the beginning of another.
        let begin = if self.is_torn { "\n" } else { "" };
        let written = self.file.write_all(format!("{begin}{lines}").as_bytes()).and_then(|()| self.file.sync_data());
        if written.is_err() {
            self.is_torn = self.file.set_len(self.bytes).is_err();
            self.bytes = self.file.metadata().map_or(self.bytes, |told| told.len());
            return written;
        }
        self.is_torn = false;
        self.bytes = self.bytes.saturating_add(u64::try_from(begin.len() + lines.len()).unwrap_or(u64::MAX));
        Ok(())
    }

    /// Forgets them all: they are recorded.
    pub(crate) fn clear(&mut self) -> io::Result<()> {
        if self.bytes > 0 {
            self.file.set_len(0)?;
            self.file.sync_data()?;
            (self.bytes, self.is_torn) = (0, false);
        }
        Ok(())
    }
}

fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

fn open_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

/// An entry in one line, with what is kept beside it.
pub(crate) fn line(entry: &NewEntry, beside: &Beside) -> String {
    let case = entry.case.as_ref().map(|case| json!([case.id, case.body.as_ref().map(|body| hex(body))]));
    let event = |event: &KeptEvent| json!([event.kind, event.id, event.at.0, event.known.0, event.json, event.case]);
    let ahead = beside.ahead.as_ref();
    let ahead = ahead.map(|times| times.iter().map(|time| json!([time.at.0, time.says])).collect::<Value>());
    let text = json!({
        "kind": entry.kind.name(),
        "at": entry.at.0,
        "content": entry.content,
        "case": case,
        "events": beside.events.iter().map(event).collect::<Value>(),
        "ahead": ahead,
    })
    .to_string();
    format!("{} {text}\n", checksum(&text))
}

fn checksum(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// None where it is not what was written.
fn read(line: &str) -> Option<(NewEntry, Beside)> {
    let (sum, text) = line.split_once(' ')?;
    if sum != checksum(text) {
        return None;
    }
    let told: Value = serde_json::from_str(text).ok()?;
    let words = |value: &Value| value.as_str().map(str::to_owned);
    let time = |value: &Value| value.as_i64().map(Instant);
    let case = match told.get("case")? {
        Value::Null => None,
        case => {
            let body = match case.get(1)?.as_str() {
                Some(body) => Some(digest_in_hex(body)?),
                None => None,
            };
            Some(CaseKey { id: words(case.get(0)?)?, body })
        }
    };
    let event = |event: &Value| {
        Some(KeptEvent {
            kind: words(event.get(0)?)?,
            id: words(event.get(1)?)?,
            at: time(event.get(2)?)?,
            known: time(event.get(3)?)?,
            json: words(event.get(4)?)?,
            case: event.get(5).and_then(words),
        })
    };
    let ahead = |ahead: &Value| Some(TimeAhead { at: time(ahead.get(0)?)?, says: words(ahead.get(1)?)? });
    let ahead = match told.get("ahead")? {
        Value::Null => None,
        times => Some(times.as_array()?.iter().map(ahead).collect::<Option<_>>()?),
    };
    let events = told.get("events")?.as_array()?.iter().map(event).collect::<Option<_>>()?;
    let kind = EntryKind::named(told.get("kind")?.as_str()?)?;
    let entry = NewEntry { kind, at: time(told.get("at")?)?, content: words(told.get("content")?)?, case };
    Some((entry, Beside { events, ahead, ..Beside::default() }))
}
