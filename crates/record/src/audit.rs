//! A record -> whether it is whole: every leaf, every commitment, every node, the root and its signature.

use crate::entry::{EntryKind, commitment, read_leaf};
use crate::key::VerifyKey;
use crate::store::{RecordError, RecordStore, nodes};
use crate::tree::{Asked, Edge, prove_tree};
use heedful::text::hex;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;
use tlog_tiles::tlog;

/// What an audit found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// How many entries there are.
    pub size: u64,
    /// The root of the tree, in hex.
    pub root: String,
    /// How many entries were erased: their place and their leaf are there, and what they said is not.
    pub erased: u64,
    /// What is wrong, in the order of places.
    pub wrong: Vec<Finding>,
}

/// Something that is wrong with a record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// An entry is missing.
    Missing(u64),
    /// What an entry says is not what its leaf commits to.
    Altered(u64),
    /// An entry says nothing any more, and no entry says that it was erased.
    Emptied(u64),
    /// Its leaf is none of this version.
    NoLeaf(u64),
    /// A node of the tree is not what is below it.
    Node(u64),
    /// There are more entries than the checkpoint says.
    Beyond(u64),
    /// The checkpoint is not signed with the key.
    NotSigned,
    /// The checkpoint says another size or root than the entries.
    OtherRoot,
    /// What the log was at an earlier checkpoint is not its beginning.
    NotTheBeginning(u64),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(place) => write!(f, "entry {place} is missing"),
            Self::Altered(place) => write!(f, "entry {place} was altered: it is not what its leaf commits to"),
            Self::Emptied(place) => {
                write!(f, "entry {place} says nothing any more, and nothing says that it was erased")
            }
            Self::NoLeaf(place) => write!(f, "the leaf of entry {place} is none that heedful writes"),
            Self::Node(number) => write!(f, "node {number} of the tree is not what is below it"),
            Self::Beyond(place) => write!(f, "entry {place} comes after the end of the log"),
            Self::NotSigned => f.write_str("the checkpoint is not signed with this key"),
            Self::OtherRoot => f.write_str("the checkpoint says another size or root than the entries"),
            Self::NotTheBeginning(size) => {
                write!(f, "the log was another when it had {size} entries: something was changed or cut")
            }
        }
    }
}

/// How many entries are read at a time.
const PAGE: u64 = 1_000;

impl RecordStore {
    /// Goes through the whole record. Earlier checkpoints, as a second party keeps them, are held against it.
    ///
    /// # Errors
    /// It cannot be read, or an earlier checkpoint is not signed with the key.
    pub async fn audit(&self, key: &VerifyKey, earlier: &[String]) -> Result<Audit, RecordError> {
        let (size, checkpoint) = self.stored_head().await?;
        let mut audit = Audit { size, ..Audit::default() };
        let mut edge = Edge::default();
        let (mut empty, mut said) = (Vec::new(), BTreeSet::new());
        let mut from = 0;
        loop {
            let page = self.entries(from, PAGE).await?;
            let Some(last) = page.last().map(|entry| entry.place) else { break };
            let mut made = Vec::new();
            for entry in page {
                if entry.place >= size {
                    audit.wrong.push(Finding::Beyond(entry.place));
                    continue;
                }
                while edge.size < entry.place {
                    audit.wrong.push(Finding::Missing(edge.size));
                    made.extend(edge.push(b"")?);
                }
                match (read_leaf(entry.leaf.as_bytes()), &entry.salt, &entry.content) {
                    (None, ..) => audit.wrong.push(Finding::NoLeaf(entry.place)),
                    (Some(leaf), Some(salt), Some(content)) => {
                        let salt = salt.as_slice().try_into();
                        if salt.is_ok_and(|salt| hex(&commitment(salt, content)) != leaf.commitment) || salt.is_err() {
                            audit.wrong.push(Finding::Altered(entry.place));
                        } else if leaf.kind == EntryKind::Erasure {
                            said.extend(places_in(content));
                        }
                    }
                    (Some(_), None, None) => empty.push(entry.place),
                    (Some(_), ..) => audit.wrong.push(Finding::Altered(entry.place)),
                }
                made.extend(edge.push(entry.leaf.as_bytes())?);
            }
            let numbers: Vec<u64> = made.iter().map(|(number, _)| *number).collect();
            let mut connection = self.pool().await?.acquire().await?;
            let stored = nodes(&mut connection, &numbers).await?;
            let differ = made.iter().filter(|(number, hash)| stored.0.get(number) != Some(hash));
            audit.wrong.extend(differ.map(|(number, _)| Finding::Node(*number)));
            edge.trim();
            from = last + 1;
        }
        (edge.size..size).for_each(|place| audit.wrong.push(Finding::Missing(place)));
        audit.erased = u64::try_from(empty.len()).unwrap_or(u64::MAX);
        audit.wrong.extend(empty.into_iter().filter(|place| !said.contains(place)).map(Finding::Emptied));
        let root = edge.root()?;
        audit.root = hex(&root.0);
        if size > 0 || !checkpoint.is_empty() {
            match key.check(&checkpoint) {
                Ok((signed, hash)) if signed == size && hash == root => {}
                Ok(_) => audit.wrong.push(Finding::OtherRoot),
                Err(_) => audit.wrong.push(Finding::NotSigned),
            }
        }
        for checkpoint in earlier {
            if let Some(finding) = self.begins_with(key, checkpoint, size, root).await? {
                audit.wrong.push(finding);
            }
        }
        Ok(audit)
    }

    /// What speaks against an earlier checkpoint being the beginning of this log.
    async fn begins_with(
        &self,
        key: &VerifyKey,
        checkpoint: &str,
        size: u64,
        root: tlog::Hash,
    ) -> Result<Option<Finding>, RecordError> {
        let Ok((earlier, hash)) = key.check(checkpoint) else { return Ok(Some(Finding::NotSigned)) };
        if earlier > size {
            return Ok(Some(Finding::NotTheBeginning(earlier)));
        }
        if earlier == size || earlier == 0 {
            return Ok((earlier == size && hash != root).then_some(Finding::NotTheBeginning(earlier)));
        }
        let mut connection = self.pool().await?.acquire().await?;
        let nodes = nodes(&mut connection, &Asked::of_tree(size, earlier)).await?;
        let Ok(proof) = prove_tree(size, earlier, &nodes) else {
            return Ok(Some(Finding::NotTheBeginning(earlier)));
        };
        let is_so = tlog::check_tree(&proof, size, root, earlier, hash).is_ok();
        Ok((!is_so).then_some(Finding::NotTheBeginning(earlier)))
    }
}

/// The places of which an entry says that they were erased.
fn places_in(content: &str) -> Vec<u64> {
    let said: Value = serde_json::from_str(content).unwrap_or_default();
    said.get("erased").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_u64).collect()
}
