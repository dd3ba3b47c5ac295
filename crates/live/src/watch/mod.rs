//! File events, time -> generations that go live: the only stage that waits.
//!
//! An event only ever says that something may have changed. What did is found by reading the whole set, twice, and a set
//! is taken only when both readings agree. So neither the way of saving a file matters, nor whether the system says that
//! it happened.

mod timing;
mod listen;
mod scan;
mod checkout;
mod settle;
mod take;
mod session;
mod start;

pub use listen::{Folders, Listen, Listening, Notice, by_events, by_looking};
pub use timing::Timing;

use crate::handle::Live;
use crate::store::StoreWriter;
use heedful::live::Gates;
use session::Session;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::{Builder, JoinHandle};

/// What is watched, and how.
pub struct Options {
    /// The policy files and folders; they need not exist yet.
    pub paths: Vec<PathBuf>,
    pub gates: Gates,
    /// Where generations are kept; nowhere, so that no decision can be replayed later, if there is none.
    pub keep: Option<StoreWriter>,
    /// Whether to do without the last good generation that was kept, when the files cannot be used at the start.
    pub strict_start: bool,
    pub timing: Timing,
    pub listen: Listen,
}

/// A thread that keeps a handle up to date with files, until this is dropped.
pub struct Watch {
    notices: Sender<Notice>,
    thread: Option<JoinHandle<()>>,
}

impl Options {
    /// With every gate, the system's own file events, and nothing kept.
    pub fn new(paths: Vec<PathBuf>) -> Self {
        Self {
            paths,
            gates: Gates::default(),
            keep: None,
            strict_start: false,
            timing: Timing::default(),
            listen: by_events(),
        }
    }
}

impl Watch {
    /// Puts the policies in force that the files hold, or the last good ones that were kept, and watches from then on.
    /// Subscribe to the handle first to hear all of it. When there is nothing to put in force, nothing is live until
    /// the files are mended.
    ///
    /// # Errors
    /// With a strict start, the files cannot be used.
    pub fn start(live: &Arc<Live>, options: Options) -> Result<Self, String> {
        let (notices, heard) = channel();
        let mut session = Session::new(Arc::clone(live), options, notices.clone());
        session.start(&heard)?;
        let thread = Builder::new().name("heedful-watch".to_owned()).spawn(move || session.run(&heard));
        let thread = thread.map_err(|error| format!("the watching cannot begin: {error}"))?;
        Ok(Self { notices, thread: Some(thread) })
    }

    /// Looks at the files soon, as after an event.
    pub fn look(&self) {
        // When the thread has ended there is nobody to look.
        let _ = self.notices.send(Notice::Changed);
    }

    /// Whether the thread that watches is still there.
    pub fn is_alive(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.notices.send(Notice::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
