//! Folders -> notices that something in them may have changed.

use crate::files::is_policy;
use crate::store::Store;
use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher, recommended_watcher};
use std::any::Any;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::Sender;

/// Something may have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Anything: a file came, went, or was renamed, or events were lost.
    Changed,
    /// A program writes this file and has not closed it yet.
    Writing(PathBuf),
    /// A program closed this file after writing.
    Written(PathBuf),
    /// The watching ends.
    Stop,
}

/// Begins to listen to folders, not to those inside them. It is called anew whenever other folders matter.
pub type Listen = Box<dyn FnMut(&Folders, &Sender<Notice>) -> Listening + Send>;

/// What is listened to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folders {
    pub all: BTreeSet<PathBuf>,
    /// Those of them in which policies lie: whatever lies there may be what they are tested with.
    pub homes: BTreeSet<PathBuf>,
}

/// Listens until it is dropped.
pub struct Listening {
    /// What does the listening.
    pub ears: Box<dyn Any + Send>,
    /// Why some folders are not listened to, if any are not. They are still looked at from time to time.
    pub problem: Option<String>,
}

/// Listens to the system's file events.
pub fn by_events() -> Listen {
    Box::new(|folders, notices| {
        let notices = notices.clone();
        let heard = folders.whole();
        let made = recommended_watcher(move |event: Result<Event, notify::Error>| {
            for notice in notices_of(event).into_iter().filter(|notice| heard.matters(notice)) {
                // When the watching has ended nobody needs to know.
                let _ = notices.send(notice);
            }
        });
        match made {
            Ok(watcher) => listen(watcher, folders),
            Err(error) => Listening { ears: Box::new(()), problem: Some(said(&error)) },
        }
    })
}

/// Listens to nothing, for file systems that have no events: the files are looked at from time to time.
pub fn by_looking() -> Listen {
    Box::new(|_, _| Listening { ears: Box::new(()), problem: None })
}

impl Folders {
    /// The same by whole paths, as the system tells of them.
    fn whole(&self) -> Self {
        let whole = |folder: &PathBuf| std::path::absolute(folder).unwrap_or_else(|_| folder.clone());
        Self { all: self.all.iter().map(whole).collect(), homes: self.homes.iter().map(whole).collect() }
    }

    /// Whether it may be about a policy, its tests or what the store says. In the folders around them a record or a log may lie, which is
    /// written thousands of times a second, and nobody need look at the policies for that.
    fn matters(&self, notice: &Notice) -> bool {
        let (Notice::Writing(path) | Notice::Written(path)) = notice else { return true };
        path.parent().is_some_and(|folder| self.homes.contains(folder)) || is_policy(path) || Store::has_file(path)
    }
}

fn listen(mut watcher: RecommendedWatcher, folders: &Folders) -> Listening {
    let mut problem = None;
    for folder in &folders.all {
        match watcher.watch(folder, RecursiveMode::NonRecursive) {
            Ok(()) => {}
            // It went in this moment; the folder above it says so.
            Err(error) if matches!(error.kind, ErrorKind::PathNotFound) => {}
            Err(error) => problem = Some(said(&error)),
        }
    }
    Listening { ears: Box::new(watcher), problem }
}

fn said(error: &notify::Error) -> String {
    match &error.kind {
        ErrorKind::MaxFilesWatch => {
            "the system watches as many folders as it may; raise fs.inotify.max_user_watches".to_owned()
        }
        ErrorKind::Io(error) if error.raw_os_error() == Some(TOO_MANY_FILES) => {
            "the system has as many watchers as it may; raise fs.inotify.max_user_instances".to_owned()
        }
        ErrorKind::Io(error) => crate::files::reason(error),
        _ => error.to_string(),
    }
}

/// What Linux answers when a user has no watcher left.
const TOO_MANY_FILES: i32 = 24;

/// Reading a file is an event too, and must not lead to the next reading.
fn notices_of(event: Result<Event, notify::Error>) -> Vec<Notice> {
    let Ok(event) = event else { return vec![Notice::Changed] };
    // Only Linux says when a file that was written is closed.
    let says_closed = cfg!(any(target_os = "linux", target_os = "android"));
    match event.kind {
        _ if event.need_rescan() => vec![Notice::Changed],
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => {
            event.paths.into_iter().map(Notice::Written).collect()
        }
        EventKind::Access(_) => Vec::new(),
        EventKind::Modify(ModifyKind::Data(_)) if says_closed => event.paths.into_iter().map(Notice::Writing).collect(),
        _ => vec![Notice::Changed],
    }
}
