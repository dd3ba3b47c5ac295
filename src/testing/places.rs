//! Nodes of a test file -> their lines and columns, found in one reading of the file once somebody asks.

use super::fault::Fault;
use crate::wire::places_in_tree;

pub(super) struct Places<'t> {
    text: &'t str,
    known: Option<Vec<(usize, usize)>>,
}

impl<'t> Places<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, known: None }
    }

    /// The line and column of a fault.
    pub(super) fn of(&mut self, fault: &Fault) -> (usize, usize) {
        match fault.number {
            Some(number) => self.node(number),
            None => fault.at,
        }
    }

    /// The line and column of a node.
    pub(super) fn node(&mut self, number: u32) -> (usize, usize) {
        let known = self.known.get_or_insert_with(|| places_in_tree(self.text));
        known.get(number as usize).copied().unwrap_or((1, 1))
    }
}
