//! What subscribers are told.

use super::{Checked, Generation};
use crate::changes::Changes;
use crate::engine::Load;
use std::sync::Arc;
use std::time::Duration;

/// Something happened to the live policies, or did not.
#[derive(Debug)]
pub enum Event {
    /// Another generation is in force, or the first.
    Live(Box<WentLive>),
    /// What the files say now was refused; what was in force stays so. Told again from time to time until it is mended.
    Refused(Box<Refusal>),
    /// A change waits before it is judged or taken.
    Held(Held),
    /// After a refusal or a wait, the files are again what is in force.
    Mended,
    /// Something outside the policies is wrong, and what is done about it.
    Trouble(String),
    /// This subscriber was too slow, and so many events were left out here.
    Missed(u64),
}

/// A generation went live.
#[derive(Debug)]
pub struct WentLive {
    pub generation: Arc<Generation>,
    pub before: Option<Arc<Generation>>,
    /// From the one before; none for the first.
    pub changes: Changes,
    pub origin: Origin,
    /// Every gate in order. With advisory gates some may have failed.
    pub gates: Vec<Checked>,
    /// From the latest save to the moment at which it was in force, where files were saved.
    pub took: Option<Duration>,
}

/// Where a generation came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The files say so.
    Files,
    /// The files could not be used at the start, and this is the last that was live and was kept.
    LastGood,
    /// Somebody put a kept one back in force.
    Restored,
}

/// A change that does not go live.
#[derive(Debug)]
pub struct Refusal {
    /// The gates up to the one that failed, which is last.
    pub gates: Vec<Checked>,
    /// What was read of the set, with its diagnostics; empty where files could not be read.
    pub load: Load,
    /// What stays in force.
    pub live: Option<Arc<Generation>>,
    /// How long ago it was told first; nothing when this is the first time.
    pub since: Option<Duration>,
}

/// Why a change waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// Things that are in force are gone from the files. If nothing comes back for so long, the change is judged as it
    /// is: a checkout that is half done must not take rules out of force.
    Missing { what: Vec<String>, longest: Duration },
    /// A checkout is under way: git holds its lock on the files.
    Checkout { longest: Duration },
    /// A kept generation was put back in force, and stays so until it is released. The change passed its gates.
    Restored { meaning: String },
    /// It passed its gates and could not be kept, so that no decision under it could ever be replayed.
    NotKept { why: String },
}
