//! Lines -> sheets of decisions in the same order, by several clerks at once.
//!
//! Whoever is free reads the next block of lines and decides it, so that reading needs no thread of its own and no line
//! waits for another. There are so many sheets and no more: a clerk who is far ahead waits until one has been written,
//! which bounds the memory.

use super::cases::{Block, Lines};
use super::clerk::{Clerk, Manner, Sheet};
use super::stop::Stop;
use heedful::engine::Snapshot;
use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

/// How many sheets there are for each clerk: one at work, and others that wait for an earlier block.
const SHEETS: usize = 4;

/// What the clerks share: the input, and the sheets that are free.
struct Feed {
    lines: Lines,
    free: Receiver<Sheet>,
    /// How many blocks were read.
    blocks: usize,
    ended: bool,
}

/// What came of one block.
type Done = Result<Sheet, Stop>;

/// Decides all lines, and hands the sheets to `take` in the order of the lines. The clerks are not waited for when `take`
/// stops: one of them may be reading a line that never comes.
pub(super) fn decide(
    policy: &Arc<Snapshot>,
    manner: Manner,
    lines: Lines,
    clerks: usize,
    mut take: impl FnMut(&Sheet) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let (give_back, free) = channel();
    let (deliver, done) = channel();
    for _ in 0..clerks * SHEETS {
        let _ = give_back.send(Sheet::default());
    }
    let feed = Arc::new(Mutex::new(Feed { lines, free, blocks: 0, ended: false }));
    for _ in 0..clerks {
        let (policy, feed, deliver) = (Arc::clone(policy), Arc::clone(&feed), deliver.clone());
        std::thread::spawn(move || work(&policy, manner, &feed, &deliver));
    }
    drop(deliver);
    let mut early: BTreeMap<usize, Done> = BTreeMap::new();
    let mut next = 0;
    for (block, sheet) in done {
        early.insert(block, sheet);
        while let Some(sheet) = early.remove(&next) {
            let mut sheet = sheet?;
            take(&sheet)?;
            sheet.clear();
            let _ = give_back.send(sheet);
            next += 1;
        }
    }
    Ok(())
}

fn work(policy: &Snapshot, manner: Manner, feed: &Mutex<Feed>, deliver: &Sender<(usize, Done)>) {
    let mut clerk = Clerk::new(policy, manner, false);
    let mut block = Block::default();
    loop {
        let next = feed.lock().unwrap_or_else(PoisonError::into_inner).next(&mut block);
        let Some((number, sheet)) = next else { return };
        let mut promised = Promised { number, deliver, kept: false };
        promised.keep(sheet.map(|mut sheet| {
            clerk.block(&block, &mut sheet);
            sheet
        }));
    }
}

impl Feed {
    /// Fills `block`, and gives its number and a sheet for it; `None` when there are no more.
    fn next(&mut self, block: &mut Block) -> Option<(usize, Done)> {
        // There is no sheet any more when nobody takes them.
        let sheet = self.free.recv().ok().filter(|_| !self.ended)?;
        let number = self.blocks;
        self.blocks += 1;
        match self.lines.next_block(block) {
            Ok(true) => Some((number, Ok(sheet))),
            Ok(false) => {
                self.ended = true;
                None
            }
            Err(stop) => {
                self.ended = true;
                Some((number, Err(stop)))
            }
        }
    }
}

/// A block that is being decided. Should its clerk fall over, it is said to be lost and nobody waits for it.
struct Promised<'d> {
    number: usize,
    deliver: &'d Sender<(usize, Done)>,
    kept: bool,
}

impl Promised<'_> {
    fn keep(&mut self, done: Done) {
        self.kept = true;
        // Nobody takes it when the output was closed.
        let _ = self.deliver.send((self.number, done));
    }
}

impl Drop for Promised<'_> {
    fn drop(&mut self) {
        if !self.kept {
            self.keep(Err(Stop::Cannot("some cases could not be decided; please report this".to_owned())));
        }
    }
}
