//! An ordered parallel map with bounded buffers: blocks of lines -> decisions, written in the order of the lines.
//!
//! A worker that is free reads the next block itself, so reading needs no thread of its own. There is a fixed number of buffers: a
//! worker far ahead of the others waits until one has been written, which bounds the memory.

use super::cases::{Block, LinesFile};
use super::error::CliError;
use super::worker::{DecideOptions, OutputBuffer, Worker};
use heedful::engine::Snapshot;
use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

/// How many buffers there are for each worker: one at work, and others that wait for an earlier block.
const BUFFERS: usize = 4;

/// What the workers share: the input, and the buffers that are free.
struct Feed {
    lines: LinesFile,
    free: Receiver<OutputBuffer>,
    /// How many blocks were read.
    blocks: usize,
    ended: bool,
}

/// What came of one block.
type Done = Result<OutputBuffer, CliError>;

/// Decides all lines, and hands the buffers to `take` in the order of the lines. The workers are not waited for when `take`
/// stops: one of them may be reading a line that never comes.
pub(super) fn decide(
    policy: &Arc<Snapshot>,
    options: DecideOptions,
    lines: LinesFile,
    workers: usize,
    mut take: impl FnMut(&OutputBuffer) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let (give_back, free) = channel();
    let (deliver, done) = channel();
    for _ in 0..workers * BUFFERS {
        let _ = give_back.send(OutputBuffer::default());
    }
    let feed = Arc::new(Mutex::new(Feed { lines, free, blocks: 0, ended: false }));
    for _ in 0..workers {
        let (policy, feed, deliver) = (Arc::clone(policy), Arc::clone(&feed), deliver.clone());
        std::thread::spawn(move || work(&policy, options, &feed, &deliver));
    }
    drop(deliver);
    let mut early: BTreeMap<usize, Done> = BTreeMap::new();
    let mut next = 0;
    for (block, buffer) in done {
        early.insert(block, buffer);
        while let Some(buffer) = early.remove(&next) {
            let mut buffer = buffer?;
            take(&buffer)?;
            buffer.clear();
            let _ = give_back.send(buffer);
            next += 1;
        }
    }
    Ok(())
}

fn work(policy: &Snapshot, options: DecideOptions, feed: &Mutex<Feed>, deliver: &Sender<(usize, Done)>) {
    let mut worker = Worker::new(policy, options, false);
    let mut block = Block::default();
    loop {
        let next = feed.lock().unwrap_or_else(PoisonError::into_inner).next(&mut block);
        let Some((number, buffer)) = next else { return };
        let mut promised = Promised { number, deliver, kept: false };
        promised.keep(buffer.map(|mut buffer| {
            worker.block(&block, &mut buffer);
            buffer
        }));
    }
}

impl Feed {
    /// Fills `block`, and gives its number and a buffer for it; `None` when there are no more.
    fn next(&mut self, block: &mut Block) -> Option<(usize, Done)> {
        // There is no buffer any more when nobody takes them.
        let buffer = self.free.recv().ok().filter(|_| !self.ended)?;
        let number = self.blocks;
        self.blocks += 1;
        match self.lines.next_block(block) {
            Ok(true) => Some((number, Ok(buffer))),
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

/// A block that is being decided. Should its worker fall over, it is said to be lost and nobody waits for it.
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
            self.keep(Err(CliError::Cannot("some cases could not be decided; please report this".to_owned())));
        }
    }
}
