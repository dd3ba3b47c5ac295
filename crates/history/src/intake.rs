//! Counts of what became of the rows of a table: none is dropped in silence.

use serde::Serialize;
use std::collections::BTreeMap;

/// How many rows are named for each reason.
const NAMED: usize = 20;

/// What became of the rows of one table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Intake {
    pub file: String,
    pub rows: u64,
    pub used: u64,
    /// Rows that the mapping leaves out.
    pub left_out: u64,
    /// Rows that could not be used, by reason.
    pub refused: BTreeMap<String, RowTally>,
    /// What was odd in rows that were used, by kind.
    pub noted: BTreeMap<String, RowTally>,
    /// For each name of the vocabulary the values that nothing explains, with how often each was met.
    pub unmapped: BTreeMap<String, BTreeMap<String, u64>>,
    /// For each name of the vocabulary in how many rows it is not known.
    pub unknown: BTreeMap<String, u64>,
    /// Why the table was not read to its end, if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken: Option<String>,
    /// The same, with nothing that stands in the table.
    #[serde(skip)]
    pub broken_in_short: Option<String>,
}

/// How often something was met, and the first lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RowTally {
    pub count: u64,
    pub lines: Vec<u64>,
}

impl RowTally {
    pub(crate) fn add(&mut self, line: u64) {
        self.count += 1;
        if self.lines.len() < NAMED {
            self.lines.push(line);
        }
    }
}

impl Intake {
    /// Whether all rows were used or left out as the mapping says, and nothing in them was odd.
    pub fn is_clean(&self) -> bool {
        self.refused.is_empty() && self.noted.is_empty() && self.unmapped.is_empty() && self.broken.is_none()
    }

    pub(crate) fn note(&mut self, what: impl Into<String>, line: u64) {
        self.noted.entry(what.into()).or_default().add(line);
    }

    /// A value that nothing explains. Only so many different ones are kept apart, since a free text has as many as rows.
    pub(crate) fn unmapped(&mut self, name: &str, value: &str) {
        const MOST: usize = 1_000;
        let known = self.unmapped.entry(name.to_owned()).or_default();
        let value = if known.len() < MOST || known.contains_key(value) { value } else { "(others)" };
        *known.entry(value.to_owned()).or_default() += 1;
    }
}
