//! Events for subscribers: a set went live, was refused, or is held back.

use super::{Checked, Generation, Lost};
use crate::changes::Changes;
use crate::engine::Load;
use std::sync::Arc;
use std::time::Duration;

/// Something happened to the live policies, or did not.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// Another generation is in force, or the first.
    Live(Box<WentLive>),
    /// What the files say now was refused; what was in force stays so. Told again from time to time until it is mended.
    Refused(Box<Refusal>),
    /// A change waits before it is judged or taken.
    Held(HoldReason),
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
    /// What is in force now.
    pub generation: Arc<Generation>,
    /// What was; `None` for the first.
    pub before: Option<Arc<Generation>>,
    /// From the one before; none for the first.
    pub changes: Changes,
    /// Where it came from.
    pub origin: Origin,
    /// Every gate in order. With advisory gates some may have failed.
    pub gates: Vec<Checked>,
    /// From the latest save to the moment at which it was in force, where files were saved.
    pub took: Option<Duration>,
}

/// Where a generation came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
    /// What differs from what is in force; nothing where the set could not be read whole.
    pub changes: Changes,
    /// How long ago it was told first; nothing when this is the first time.
    pub since: Option<Duration>,
}

/// A change that would take away what is in force, which stays until somebody accepts that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Every gate in order; the last did not let it through.
    pub gates: Vec<Checked>,
    /// What is lost and not accepted yet.
    pub lost: Vec<Lost>,
    /// What was accepted already, by name.
    pub accepted: Vec<String>,
    /// Everything that differs from what is in force.
    pub changes: Changes,
    /// The names of the policies of the set.
    pub policies: Vec<String>,
    /// The number of the generation that stays in force.
    pub live: Option<u64>,
    /// Whether it can be accepted: only where policies are kept.
    pub is_kept: bool,
    /// How long ago it was told first; nothing when this is the first time.
    pub since: Option<Duration>,
}

/// Why a change waits.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HoldReason {
    /// Things that are in force are gone from the files. If nothing comes back for so long, the change is judged as it
    /// is: a checkout that is half done is no change yet.
    Missing {
        /// What is gone, in words.
        what: Vec<String>,
        /// How long is waited.
        longest: Duration,
    },
    /// A checkout is under way: git holds its lock on the files.
    Checkout {
        /// How long is waited.
        longest: Duration,
    },
    /// A kept generation was put back in force, and stays so until it is released. The change passed its gates.
    Restored {
        /// The digest of what it means.
        meaning: String,
    },
    /// It would take away what is in force.
    Loss(Box<Loss>),
    /// It passed its gates and could not be kept, so that no decision under it could ever be replayed.
    NotKept {
        /// What the disk said.
        why: String,
    },
}
