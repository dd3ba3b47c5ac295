//! When each generation went live, by whose word, and which one somebody has put back in force.
//!
//! Each line of the journal holds the digest of the line before it, so that one which is missing, altered, added or out
//! of its place is found. How long the journal is stands in a file beside it, so that lines missing at the end are found.

use super::durable::{replace, sync_folder};
use super::{Store, failed, now};
use heedful::engine::digest;
use heedful::live::Origin;
use heedful::time::Zone;
use heedful::wire::{
    Act, ActLine, Attribution, Head, JournalEntry, KeptShape, Manifest, Restored, kept_line, origin_name, read_kept,
};
use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How often the journal is read anew because its end was written meanwhile.
const MOST_READINGS: usize = 20;

/// Every line of the journal that can be read and is believed, the oldest first.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    /// What went live.
    pub entries: Vec<JournalEntry>,
    /// What was done besides, each with how many of `entries` come before it.
    pub acts: Vec<(usize, ActLine)>,
    /// How many lines there are, with those that cannot be read.
    pub lines: usize,
    /// How many lines cannot be read. A process that is killed while it writes leaves one.
    pub unreadable: usize,
    /// What was done to the journal by other hands, one sentence each.
    pub wrong: Vec<String>,
    /// What of that makes it doubtful which generation was in force last: it happened since one went live.
    pub doubts: Vec<String>,
    /// The first line that holds the digest of the one before, counted from 1; older ones may hold none.
    pub chained_from: Option<usize>,
    /// The digest of the last line, which stands for all of them; the digest of nothing where there is none.
    pub head: String,
}

/// A line of the journal to be written.
pub(super) enum NewLine {
    Live(Box<JournalEntry>),
    Act(Act),
}

/// A line of the journal as it was read.
enum JournalLine {
    Live(JournalEntry),
    Act(ActLine),
    Unreadable,
}

impl JournalLine {
    fn read(line: &str) -> Self {
        match read_kept::<ActLine>(line) {
            Ok(act) => Self::Act(act),
            Err(_) => read_kept::<JournalEntry>(line).map_or(Self::Unreadable, Self::Live),
        }
    }

    fn previous(&self) -> Option<&String> {
        match self {
            Self::Live(entry) => entry.previous.as_ref(),
            Self::Act(act) => act.previous.as_ref(),
            Self::Unreadable => None,
        }
    }
}

/// What tells where the journal ends.
struct End {
    /// What was noted when it was written last; none where nothing was, or it cannot be read.
    head: Option<Head>,
    /// Whether a head is there and cannot be read.
    is_broken: bool,
    /// Whether anything is kept here that only stands beside a journal.
    is_first: bool,
}

/// That the journal does not end as it did when it was written last.
struct Torn {
    said: String,
    /// The line after which nothing is believed, since nobody of ours wrote it.
    after: Option<usize>,
}

impl Journal {
    fn read(text: &str, end: &End) -> Self {
        let lines: Vec<&str> = lines(text);
        let read: Vec<JournalLine> = lines.iter().map(|line| JournalLine::read(line)).collect();
        let mut journal = Self { lines: lines.len(), head: digest_of(lines.last().copied()), ..Self::default() };
        journal.chained_from = read.iter().position(|line| line.previous().is_some()).map(|at| at + 1);
        let torn = is_whole(&lines, &read, end);
        let believed = believed(&read, torn.as_ref().err());
        // Since which line a generation is in force for certain, and what was found wrong at which.
        let (mut standing, mut found) = (0, Vec::new());
        let mut before = None;
        for (((number, line), text), believed) in (1..).zip(read).zip(&lines).zip(believed) {
            found.extend(journal.link(number, &line, before).map(|said| (number, said)));
            before = Some(*text);
            match line {
                // What it held of the line before is not known; the line after it tells whether it is as it was written.
                JournalLine::Unreadable => journal.unreadable += 1,
                _ if !believed => {}
                JournalLine::Live(entry) => {
                    if is_by_judgement(&entry) {
                        standing = number;
                    }
                    journal.entries.push(entry);
                }
                JournalLine::Act(line) => {
                    if let Act::FoundWrong { said, .. } = &line.act {
                        journal.wrong.extend(said.iter().map(|said| format!("{said} (found at {})", line.at)));
                        found.extend(said.iter().map(|said| (number, said.clone())));
                    }
                    journal.acts.push((journal.entries.len(), line));
                }
            }
        }
        if let Err(torn) = torn {
            journal.wrong.push(torn.said.clone());
            found.push((lines.len() + 1, torn.said));
        }
        journal.doubts = found.into_iter().filter(|(at, _)| *at > standing).map(|(_, said)| said).collect();
        journal
    }

    /// What is wrong with how a line follows the one before it.
    fn link(&mut self, number: usize, line: &JournalLine, before: Option<&str>) -> Option<String> {
        let said = match (line, line.previous()) {
            (JournalLine::Unreadable, _) => return None,
            (_, Some(previous)) if *previous != digest_of(before) => format!(
                "line {number} of the journal does not follow the line before it: a line is missing, was altered, or \
                 stands in another place"
            ),
            (_, None) if self.chained_from.is_some_and(|from| number > from) => {
                format!("line {number} of the journal was altered or added: it names no line before it")
            }
            _ => return None,
        };
        self.wrong.push(said.clone());
        Some(said)
    }

    /// What went live last by the files or by somebody's word. A generation that only stood in where that could not be
    /// used takes nothing from it: it is in force again once it can be.
    pub fn standing(&self) -> Option<&JournalEntry> {
        self.entries.iter().rev().find(|entry| is_by_judgement(entry)).or_else(|| self.entries.last())
    }

    /// What may be in force, the likeliest first: what stands, then what was live before it.
    pub fn likeliest(&self) -> impl Iterator<Item = &JournalEntry> {
        let mut tried = BTreeSet::new();
        self.standing().into_iter().chain(self.entries.iter().rev()).filter(move |entry| tried.insert(&entry.bytes))
    }

    /// How many tests passed under what is in force, as far as the journal says.
    pub fn test_count(&self) -> usize {
        let noted = self.acts.iter().rev().find_map(|(entries, line)| match line.act {
            Act::Tests { tests, .. } if *entries == self.entries.len() => Some(tests),
            _ => None,
        });
        noted.or_else(|| self.entries.last()?.tests).unwrap_or(0)
    }

    /// The digest of the tests that passed under what is in force; journals that are older than it tell none.
    pub(super) fn tests_digest(&self) -> Option<&String> {
        let noted = self.acts.iter().rev().find_map(|(entries, line)| match &line.act {
            Act::Tests { digest: Some(digest), .. } => Some((*entries, digest)),
            _ => None,
        });
        let live = self.entries.iter().enumerate().rev().find_map(|(at, entry)| Some((at, entry.tested.as_ref()?)));
        match (noted, live) {
            (Some((entries, noted)), Some((at, live))) => Some(if entries > at { noted } else { live }),
            (noted, live) => noted.or(live).map(|(_, digest)| digest),
        }
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

fn is_by_judgement(entry: &JournalEntry) -> bool {
    entry.origin != origin_name(Origin::LastGood)
}

/// Whether the journal ends as it did when it was written last. What comes next is noted before it is written, so a process
/// that is killed between the two leaves a line that is known, or a part of it, which says nothing.
fn is_whole(lines: &[&str], read: &[JournalLine], end: &End) -> Result<(), Torn> {
    let torn = |said: String| Err(Torn { said, after: None });
    let Some(head) = &end.head else {
        let is_chained = read.iter().any(|line| line.previous().is_some());
        return match (end.is_broken, lines.is_empty() && !end.is_first, is_chained) {
            (true, ..) => torn(
                "head.json cannot be read, so that nobody can say whether lines at the end of the journal are missing"
                    .to_owned(),
            ),
            (_, true, _) => torn("the journal is missing, and policies were kept here".to_owned()),
            (.., true) => torn(
                "head.json is missing, so that nobody can say whether lines at the end of the journal are".to_owned(),
            ),
            _ => Ok(()),
        };
    };
    let (known, more) = lines.split_at(head.lines.min(lines.len()));
    if known.len() < head.lines {
        let gone = head.lines - known.len();
        let what = if gone == 1 { "the last line is".to_owned() } else { format!("the last {gone} lines are") };
        return torn(format!("{what} missing at the end of the journal"));
    }
    let is_next = match (more, &head.next) {
        ([], _) => true,
        ([line], Some(next)) => digest_of(Some(line)) == *next || matches!(read.last(), Some(JournalLine::Unreadable)),
        _ => false,
    };
    let is_last = digest_of(known.last().copied()) == head.digest;
    let altered = (!is_last).then(|| format!("line {} of the journal is not what was written last", head.lines));
    let added = (!is_next).then(|| match more.len() {
        1 => "a line was added at the end of the journal by other hands, and is not believed".to_owned(),
        many => format!("{many} lines were added at the end of the journal by other hands, and are not believed"),
    });
    match (altered, added) {
        (None, None) => Ok(()),
        (altered, added) => {
            let after = (!is_next).then_some(head.lines);
            let said: Vec<String> = altered.into_iter().chain(added).collect();
            Err(Torn { said: said.join("; "), after })
        }
    }
}

/// Which lines are believed: none of those that were found added at the end, now or when it was looked at before.
fn believed(lines: &[JournalLine], torn: Option<&Torn>) -> Vec<bool> {
    let mut believed = vec![true; lines.len()];
    let mut from = torn.and_then(|torn| torn.after).unwrap_or(lines.len());
    for (at, (line, believed)) in lines.iter().zip(&mut believed).enumerate().rev() {
        if at >= from {
            *believed = false;
            continue;
        }
        from = lines.len();
        if let JournalLine::Act(ActLine { act: Act::FoundWrong { after: Some(after), .. }, .. }) = line {
            from = *after;
        }
    }
    believed
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.trim().is_empty()).collect()
}

/// The digest of a line without its end; of nothing where there is none.
fn digest_of(line: Option<&str>) -> String {
    digest(line.map(str::as_bytes))
}

impl Store {
    /// What was live, when, and whether that is still as it was written.
    ///
    /// # Errors
    /// There is a journal and it cannot be read.
    pub fn journal(&self) -> Result<Journal, String> {
        let (text, end) = self.text_and_end()?;
        Ok(Journal::read(&text, &end))
    }

    /// The journal's text, and what was noted of its end at the same time: another program may write a line meanwhile.
    fn text_and_end(&self) -> Result<(String, End), String> {
        let mut head = self.text(&self.head_path())?;
        let mut text = String::new();
        for _ in 0..MOST_READINGS {
            text = self.text(&self.journal_path())?.unwrap_or_default();
            let again = self.text(&self.head_path())?;
            if again == head {
                break;
            }
            head = again;
        }
        let read = head.map(|head| read_kept::<Head>(&head));
        let is_broken = matches!(read, Some(Err(_)));
        Ok((text, End { head: read.and_then(Result::ok), is_broken, is_first: self.is_first() }))
    }

    /// Whether nothing was ever kept here: nothing that only stands beside a journal.
    fn is_first(&self) -> bool {
        let named = |entry: &fs::DirEntry| !entry.file_name().to_string_lossy().starts_with('.');
        let kept = fs::read_dir(self.generations()).is_ok_and(|all| all.flatten().any(|entry| named(&entry)));
        !kept && !self.restored_path().exists() && !self.tests_path().exists()
    }

    /// Notes that the journal has no line yet, so that one which loses all of them is not taken for a new one.
    pub(super) fn begin(&self) -> Result<(), String> {
        let is_new = self.is_first() && !self.head_path().exists() && !self.journal_path().exists();
        let none = Head { lines: 0, digest: digest_of(None), next: None };
        if is_new { self.write_shape(&self.head_path(), &none) } else { Ok(()) }
    }

    /// Which kept generation is in force whatever the files say, if any is.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn restored(&self) -> Result<Option<Restored>, String> {
        let Some(restored) = self.shape::<Restored>(&self.restored_path())? else { return Ok(None) };
        let journal = self.journal()?;
        let noted = journal.acts.iter().rev().find_map(|(_, line)| match &line.act {
            Act::Restored { bytes, .. } => Some(Some(bytes)),
            Act::Released { .. } => Some(None),
            _ => None,
        });
        match noted {
            Some(Some(bytes)) if *bytes == restored.bytes => Ok(Some(restored)),
            // A process that was killed while it released may have left the file.
            Some(None) => Ok(None),
            // Journals from before the chain tell of no roll-back.
            None if journal.chained_from.is_none() => Ok(Some(restored)),
            _ => Err(format!(
                "{}: the journal does not say that anybody restored this generation, so it is not obeyed",
                self.restored_path().display()
            )),
        }
    }

    /// Puts a kept generation in force until it is released, whatever the files say meanwhile.
    ///
    /// # Errors
    /// It could not be written.
    pub fn restore(&self, manifest: &Manifest, word: Attribution) -> Result<(), String> {
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
    pub fn release(&self, word: Option<Attribution>) -> Result<bool, String> {
        let path = self.restored_path();
        if !path.exists() {
            return Ok(false);
        }
        self.append(NewLine::Act(Act::Released { word }))?;
        self.remove(&path)
    }

    /// Adds a line to the journal and brings it to the disk, and notes how long the journal is. Programs that do so at
    /// once wait for each other.
    pub(super) fn append(&self, line: NewLine) -> Result<(), String> {
        self.append_after_others(Some(line))
    }

    /// Notes in the journal itself what is wrong with its end, since what tells of that is written anew with each line.
    pub(super) fn note_what_is_wrong(&self) -> Result<(), String> {
        self.append_after_others(None)
    }

    fn append_after_others(&self, line: Option<NewLine>) -> Result<(), String> {
        let path = self.folder.join("journal.lock");
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let lock = lock.and_then(|lock| lock.lock().map(|()| lock)).map_err(|error| failed(&path, &error))?;
        let (mut text, end) = self.text_and_end()?;
        let before = lines(&text);
        let read: Vec<JournalLine> = before.iter().map(|line| JournalLine::read(line)).collect();
        let wrong = is_whole(&before, &read, &end).err();
        let wrong = wrong.map(|Torn { said, after }| NewLine::Act(Act::FoundWrong { said: vec![said], after }));
        for line in wrong.into_iter().chain(line) {
            self.write(line, &mut text).map_err(|error| failed(&self.journal_path(), &error))?;
        }
        drop(lock);
        Ok(())
    }

    /// Writes a line after the text that the journal has.
    fn write(&self, line: NewLine, text: &mut String) -> io::Result<()> {
        let before = lines(text);
        let last = digest_of(before.last().copied());
        let previous = Some(last.clone());
        let written = match line {
            NewLine::Live(entry) => kept_line(&JournalEntry { previous, ..*entry }),
            NewLine::Act(act) => kept_line(&ActLine { at: Zone::utc().format(now()), act, previous }),
        };
        let digest = digest_of(Some(written.trim_end()));
        let head = |head: Head| replace(&self.head_path(), kept_line(&head).as_bytes());
        let count = before.len();
        head(Head { lines: count, digest: last, next: Some(digest.clone()) })?;
        let mut file: File = OpenOptions::new().create(true).append(true).open(self.journal_path())?;
        // A process that was killed may have left a line without its end.
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        let added = format!("{end}{written}");
        file.write_all(added.as_bytes())?;
        file.sync_all()?;
        text.push_str(&added);
        head(Head { lines: count + 1, digest, next: None })
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
