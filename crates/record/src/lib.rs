//! Decisions and who looked at them -> an append-only record: a Merkle tree with signed checkpoints, in SQLite or PostgreSQL; and beside
//! it what happened, for the histories of later calls, and what decisions say will come.
//!
//! The tree is that of RFC 9162, served and exported as the tiles of C2SP `tlog-tiles` with checkpoints that are signed notes, so a
//! verifier that knows nothing of heedful can prove that nothing in it is another, cut off or put in between. A leaf holds no content but a
//! commitment to it, salted: what was recorded can be erased without a trace, and every proof stays valid.

mod key;
mod migrations;
mod event;
mod due;
mod entry;
mod tree;
mod sql;
mod store;
mod recorder;
mod spool;
mod waiting;
mod audit;
mod export;
mod erase;

pub use audit::{Audit, Finding};
pub use due::{Due, TimeAhead, ToldDue};
pub use entry::{Beside, CaseKey, EntryKind, NewEntry, Recorded};
pub use erase::Erased;
pub use event::{EventHead, KeptEvent, SourceState};
pub use export::ExportError;
pub use key::{KeyError, RecordKey, VerifyKey};
pub use recorder::{QueueLimits, RecordQueue, Recorder};
pub use store::{OpenOptions, RecordError, RecordStore, StoredEntry};
pub use tree::{Head, InclusionProof};
pub use waiting::{HandedIn, Waiting, WaitingRoom};
