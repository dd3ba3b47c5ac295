//! Leaves -> nodes of a Merkle tree, and its proofs (RFC 9162; the numbers of nodes are those of C2SP tlog-tiles).

use crate::store::RecordError;
use heedful::text::hex;
use std::collections::BTreeMap;
use tlog_tiles::tlog::{
    self, Hash, HashReader, RecordProof, TreeProof, stored_hash_index, stored_hashes, sub_tree_index, tree_hash,
};

/// A tree of a size, by its root.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// How many entries there are.
    pub size: u64,
    /// The root of the tree; in hex by [`Head::root`].
    pub(crate) hash: Hash,
    /// The signed checkpoint that says both; empty for an empty log.
    pub checkpoint: String,
}

impl Head {
    /// The root in hex.
    pub fn root(&self) -> String {
        hex(&self.hash.0)
    }
}

/// That an entry is in a log.
#[derive(Clone, Debug, PartialEq)]
pub struct InclusionProof {
    /// Its place.
    pub place: u64,
    /// Its leaf, word for word.
    pub leaf: String,
    /// The hashes on the way to the root, in hex, from the leaf on.
    pub hashes: Vec<String>,
    /// The signed checkpoint of the tree that it is in.
    pub checkpoint: String,
}

/// Nodes by their numbers.
#[derive(Debug, Default)]
pub(crate) struct Nodes(pub(crate) BTreeMap<u64, Hash>);

impl HashReader for Nodes {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog::Error> {
        let found: Option<Vec<Hash>> = indexes.iter().map(|index| self.0.get(index).copied()).collect();
        found.ok_or(tlog::Error::IndexesNotInTree)
    }
}

/// The right edge of a tree that only grows: the nodes from which its root and all later nodes are made.
#[derive(Debug, Default)]
pub(crate) struct Edge {
    pub(crate) size: u64,
    pub(crate) nodes: Nodes,
}

impl Edge {
    /// The numbers of the nodes that make the right edge of a tree of a size.
    pub(crate) fn numbers(size: u64) -> Vec<u64> {
        sub_tree_index(0, size, Vec::new())
    }

    /// Adds a leaf. The answer is the new nodes, by their numbers.
    pub(crate) fn push(&mut self, leaf: &[u8]) -> Result<Vec<(u64, Hash)>, RecordError> {
        let hashes = stored_hashes(self.size, leaf, &self.nodes).map_err(|_| RecordError::Damaged)?;
        let first = stored_hash_index(0, self.size);
        let new: Vec<(u64, Hash)> = (first..).zip(hashes).collect();
        self.nodes.0.extend(new.iter().copied());
        self.size += 1;
        Ok(new)
    }

    pub(crate) fn root(&self) -> Result<Hash, RecordError> {
        tree_hash(self.size, &self.nodes).map_err(|_| RecordError::Damaged)
    }

    /// Forgets what no later node is made from.
    pub(crate) fn trim(&mut self) {
        let numbers = Self::numbers(self.size);
        self.nodes.0.retain(|number, _| numbers.contains(number));
    }
}

/// The nodes from which it is proved that an entry is in a tree of a size, and the proof.
pub(crate) fn prove_record(size: u64, place: u64, nodes: &Nodes) -> Result<RecordProof, RecordError> {
    tlog::prove_record(size, place, nodes).map_err(|_| RecordError::Damaged)
}

/// That a tree of a size is the beginning of a larger one.
pub(crate) fn prove_tree(size: u64, earlier: u64, nodes: &Nodes) -> Result<TreeProof, RecordError> {
    tlog::prove_tree(size, earlier, nodes).map_err(|_| RecordError::Damaged)
}

/// Notes the numbers of the nodes that a proof reads.
#[derive(Debug, Default)]
pub(crate) struct Asked(std::cell::RefCell<Vec<u64>>);

impl HashReader for Asked {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog::Error> {
        self.0.borrow_mut().extend_from_slice(indexes);
        Ok(vec![Hash::default(); indexes.len()])
    }
}

impl Asked {
    /// The numbers of the nodes from which it is proved that an entry is in a tree.
    pub(crate) fn of_record(size: u64, place: u64) -> Vec<u64> {
        let asked = Self::default();
        // What comes of hashes that are all alike is of no interest.
        let _ = tlog::prove_record(size, place, &asked);
        asked.0.into_inner()
    }

    /// The numbers of the nodes from which it is proved that a tree is the beginning of another.
    pub(crate) fn of_tree(size: u64, earlier: u64) -> Vec<u64> {
        let asked = Self::default();
        let _ = tlog::prove_tree(size, earlier, &asked);
        asked.0.into_inner()
    }
}
