//! Nodes of a test file -> their lines, for the first few; each costs a reading of the file.

use super::file::Fault;
use crate::wire::place_in_tree;
use std::collections::BTreeMap;

/// The most nodes of one file whose line is looked for; past that the line of the test's name must do.
const MOST: usize = 40;

pub(super) struct Places<'t> {
    text: &'t str,
    known: BTreeMap<u32, (usize, usize)>,
}

impl<'t> Places<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, known: BTreeMap::new() }
    }

    /// The line and column of a fault in the test of this name.
    pub(super) fn of(&mut self, fault: &Fault, test: &str) -> (usize, usize) {
        let Some(number) = fault.number else { return fault.at };
        if let Some(place) = self.known.get(&number) {
            return *place;
        }
        if self.known.len() >= MOST {
            return self.named(test);
        }
        let place = place_in_tree(self.text, number);
        self.known.insert(number, place);
        place
    }

    /// The line that names a test.
    fn named(&self, test: &str) -> (usize, usize) {
        let line = self.text.lines().position(|line| line.contains("name:") && line.contains(test));
        (line.map_or(1, |line| line + 1), 1)
    }
}
