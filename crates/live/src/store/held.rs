//! Changes that are held back until somebody accepts what they take away, and what was accepted.

use super::durable::sync_folder;
use super::journal::NewLine;
use super::{Store, failed};
use heedful::engine::digest;
use heedful::text::{joined, nearest};
use heedful::wire::{Acceptance, Act, Attribution, KeptTest, WaitingChange, WaitingLoss, kept_line};
use std::fs;
use std::path::PathBuf;

/// What stands in the place of the digest of what is in force where that cannot be known.
pub const UNKNOWN: &str = "unknown";

impl Store {
    /// The change that waits, if one does.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn held(&self) -> Result<Option<WaitingChange>, String> {
        self.shape(&self.held_path())
    }

    /// Says which change waits, for whoever may accept it.
    pub(crate) fn hold(&self, waiting: &WaitingChange) -> Result<(), String> {
        self.write_shape(&self.held_path(), waiting)
    }

    /// No change waits any more.
    pub(crate) fn no_longer_held(&self) -> Result<(), String> {
        self.remove(&self.held_path()).map(|_| ())
    }

    /// Accepts, by name, things that the waiting change takes away. Gives what was accepted, and what still is not.
    ///
    /// # Errors
    /// Nothing waits, nothing of that name is lost, or it could not be written.
    pub fn accept(&self, names: &[String], word: &Attribution) -> Result<(Vec<WaitingLoss>, Vec<WaitingLoss>), String> {
        let waiting =
            self.held()?.ok_or_else(|| format!("{}: no change waits to be accepted", self.folder.display()))?;
        let done = self.accepted(&waiting.bytes, &waiting.in_force)?;
        let open = |loss: &WaitingLoss| !done.iter().any(|known| known.id == loss.id);
        let lost: Vec<WaitingLoss> = waiting.lost.iter().filter(|loss| open(loss)).cloned().collect();
        let mut chosen: Vec<usize> = names.iter().map(|name| place(&lost, name)).collect::<Result<_, _>>()?;
        chosen.sort_unstable();
        chosen.dedup();
        let (mut accepted, mut rest) = (Vec::new(), Vec::new());
        for (at, loss) in lost.into_iter().enumerate() {
            if chosen.contains(&at) { accepted.push(loss) } else { rest.push(loss) }
        }
        let Attribution { by, because } = word;
        let line = |loss: &WaitingLoss| Acceptance {
            name: loss.name.clone(),
            id: loss.id.clone(),
            by: by.clone(),
            because: because.clone(),
        };
        let WaitingChange { bytes, in_force, .. } = waiting;
        self.append(NewLine::Act(Act::Accepted { bytes, in_force, accepted: accepted.iter().map(line).collect() }))?;
        Ok((accepted, rest))
    }

    /// What was accepted of one change: files of these bytes in the place of those in force, since they went live.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn accepted(&self, bytes: &str, in_force: &str) -> Result<Vec<Acceptance>, String> {
        let journal = self.journal()?;
        let of_this = journal.since_live().filter_map(|act| match act {
            Act::Accepted { bytes: theirs, in_force: before, accepted } if theirs == bytes && before == in_force => {
                Some(accepted.clone())
            }
            _ => None,
        });
        Ok(of_this.flatten().collect())
    }

    /// The tests that passed under what is in force; none where that was never noted.
    ///
    /// # Errors
    /// They cannot be read, or are not those of which the journal tells.
    pub fn tests(&self) -> Result<Option<Vec<KeptTest>>, String> {
        let journal = self.journal()?;
        let Some(wanted) = journal.tests_digest() else { return self.shape(&self.tests_path()) };
        for path in [self.tests_path(), self.next_tests_path()] {
            match self.text(&path)? {
                Some(text) if digest([text.as_bytes()]) == *wanted => return self.shape(&path),
                _ => {}
            }
        }
        Err(format!("{}: this file was altered or is gone", self.tests_path().display()))
    }

    /// Writes tests beside those that are noted, until the journal tells of them. Gives the digest by which it does.
    pub(super) fn draft_tests(&self, tests: &[KeptTest]) -> Result<String, String> {
        let tests = tests.to_vec();
        self.write_shape(&self.next_tests_path(), &tests)?;
        Ok(digest([kept_line(&tests).as_bytes()]))
    }

    /// The journal tells of the tests that were written last.
    pub(super) fn take_drafted_tests(&self) -> Result<(), String> {
        let path = self.tests_path();
        let renamed = fs::rename(self.next_tests_path(), &path).and_then(|()| sync_folder(&self.folder));
        renamed.map_err(|error| failed(&path, &error))
    }

    fn held_path(&self) -> PathBuf {
        self.folder.join("held.json")
    }

    pub(super) fn tests_path(&self) -> PathBuf {
        self.folder.join("tests.json")
    }

    fn next_tests_path(&self) -> PathBuf {
        self.folder.join("tests.next.json")
    }
}

/// Which loss is meant: by its whole name, or by what stands after the colon where only one has that.
fn place(lost: &[WaitingLoss], wanted: &str) -> Result<usize, String> {
    let whole = lost.iter().position(|loss| loss.name.eq_ignore_ascii_case(wanted));
    let short =
        |loss: &&WaitingLoss| loss.name.split_once(':').is_some_and(|(_, name)| name.eq_ignore_ascii_case(wanted));
    let all: Vec<&str> = lost.iter().map(|loss| loss.name.as_str()).collect();
    match (whole, lost.iter().filter(short).count()) {
        (Some(at), _) => Ok(at),
        (None, 1) => lost.iter().position(|loss| short(&loss)).ok_or_else(String::new),
        (None, 0) if lost.is_empty() => {
            Err("everything that the waiting change takes away is accepted already".to_owned())
        }
        (None, 0) => {
            let meant = match nearest(wanted, all.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there is {}", joined(&all, "and")),
            };
            Err(format!("the waiting change takes away nothing called `{wanted}`; {meant}"))
        }
        (None, _) => {
            Err(format!("`{wanted}` could be several things; give the whole name, with what stands before the colon"))
        }
    }
}
