//! What is to be recorded -> a leaf, and the salted content that it commits to.

use crate::due::TimeAhead;
use crate::event::KeptEvent;
use heedful::text::hex;
use heedful::time::{Instant, Zone};
use sha2::{Digest, Sha256};

/// What an entry tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EntryKind {
    /// A call was decided.
    Decision,
    /// The call handler gave a grade of their own, and said why.
    HandlerGrade,
    /// A policy went in force.
    Policy,
    /// Somebody looked at what is recorded (Data Protection Act 2018, section 62).
    Access,
    /// What was recorded of a case was erased.
    Erasure,
    /// Something that a decision had said would come has come: a time is over, an absence is proved.
    Due,
    /// A case was closed: what was still to come of it is told to nobody.
    Closed,
}

impl EntryKind {
    const ALL: [(Self, &'static str); 7] = [
        (Self::Decision, "decision"),
        (Self::HandlerGrade, "handler-grade"),
        (Self::Policy, "policy"),
        (Self::Access, "access"),
        (Self::Erasure, "erasure"),
        (Self::Due, "due"),
        (Self::Closed, "closed"),
    ];

    /// Its name in a leaf.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }
}

/// What is to be recorded.
#[derive(Clone, Debug)]
pub struct NewEntry {
    pub kind: EntryKind,
    /// The server's clock.
    pub at: Instant,
    /// A JSON object, in one line.
    pub content: String,
    /// Of a decision, which case it is about; of others, the case by which they are found and erased.
    pub case: Option<CaseKey>,
}

/// What is kept with an entry, in the same transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// Records for the histories of later calls.
    pub events: Vec<KeptEvent>,
    /// The times that are ahead of the entry's case from now on, in the place of those that were before; none where these stay.
    pub ahead: Option<Vec<TimeAhead>>,
    /// The time ahead that the entry tells of, by its number. Where it was told before, or is no longer ahead, nothing is recorded.
    pub tells: Option<u64>,
    /// Whether it waited to be recorded, so that its case may have been decided anew meanwhile, by another server. Its times ahead then
    /// count only where no decision of the case, nor its closing, is later.
    pub waited: bool,
}

/// By what a case is known again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseKey {
    /// The id of its call.
    pub id: String,
    /// The digest of what was sent, which tells a retry from a new revision; none where the entry is no decision.
    pub body: Option<[u8; 32]>,
}

/// What was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in the log, counted from 0.
    pub place: u64,
    /// Which version of its case it decided, counted from 1; 0 where it is no decision.
    pub revision: u64,
    /// The place of the revision before.
    pub before: Option<u64>,
    /// What was recorded for the same body before, where this was; nothing was added then.
    pub known: Option<String>,
}

pub(crate) type Salt = [u8; 32];

/// What a leaf of the tree holds: nothing about anybody.
pub(crate) fn leaf(kind: EntryKind, at: Instant, commitment: &[u8; 32]) -> String {
    let at = Zone::utc().format(at);
    format!("{{\"heedful\":1,\"kind\":\"{}\",\"at\":\"{at}\",\"commitment\":\"{}\"}}", kind.name(), hex(commitment))
}

/// What a leaf says of its content: SHA-256 of the salt and the content. Without the salt nobody can tell by trying whether a content
/// was meant.
pub(crate) fn commitment(salt: &Salt, content: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(salt);
    hasher.update(content.as_bytes());
    hasher.finalize().into()
}

/// What a leaf says.
pub(crate) struct Leaf {
    pub(crate) kind: EntryKind,
    pub(crate) at: Instant,
    pub(crate) commitment: String,
}

pub(crate) fn read_leaf(leaf: &[u8]) -> Option<Leaf> {
    let leaf: serde_json::Value = serde_json::from_slice(leaf).ok()?;
    let words = |key: &str| leaf.get(key)?.as_str();
    let at = Instant::parse(words("at")?).ok()?;
    Some(Leaf { kind: EntryKind::named(words("kind")?)?, at, commitment: words("commitment")?.to_owned() })
}

/// The content with what the record itself knows, at its head: which revision of its case it is, and where the one before stands.
pub(crate) fn with_revision(content: &str, revision: u64, before: Option<u64>) -> String {
    let Some(rest) = content.strip_prefix('{').filter(|_| revision > 0) else { return content.to_owned() };
    let before = before.map_or_else(String::new, |place| format!("\"before\":{place},"));
    let comma_free = rest.trim_start().starts_with('}');
    let head = format!("{{\"revision\":{revision},{before}");
    let head = if comma_free { head.trim_end_matches(',').to_owned() } else { head };
    head + rest
}
