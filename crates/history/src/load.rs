//! A mapping and the tables it names -> events, and what became of each row.

use crate::convert::Converter;
use crate::intake::Intake;
use crate::mapping::{DecisionMapping, Mapping};
use crate::sorter::{EventBytes, EventSorter, SortedEvents};
use crate::store::EventStore;
use crate::timeline::Timeline;
use heedful::model::{RecordId, Vocabulary};
use heedful_tables::{SourceRow, TableSource, each_row};
use std::io;

/// What the tables of a mapping came to.
#[derive(Debug, Default)]
pub struct Loaded {
    events: EventSorter,
    /// Why the events could not be put in order, where a file was needed for that and could not be written.
    failed: Option<io::Error>,
    pub intakes: Vec<Intake>,
    decisions: Option<DecisionMapping>,
    /// The kinds of record that some table has.
    pub kinds: Vec<RecordId>,
}

/// How many events are handed on together.
const CHUNK: usize = 4_096;

impl Loaded {
    fn take(&mut self, told: &mut EventBytes) {
        if self.failed.is_none() {
            self.failed = self.events.add(told).err();
        }
        told.clear();
    }

    /// The events in the order of their times, those of one second table by table and row by row.
    ///
    /// # Errors
    /// When they are many, and the files by which they are put in order cannot be written or read.
    pub fn into_events(self) -> io::Result<SortedEvents> {
        self.failed.map_or_else(|| self.events.finish(), Err)
    }

    /// The same, to go through in the order of time.
    ///
    /// # Errors
    /// As of [`Loaded::into_events`].
    pub fn into_timeline(mut self, vocabulary: &Vocabulary) -> io::Result<Timeline> {
        let store = EventStore::new(&self.kinds, vocabulary).with_decisions(self.decisions.take(), vocabulary);
        Ok(Timeline::new(self.into_events()?, store))
    }
}

/// Reads every table. `open` says where a file of the mapping is. `refused` is handed each row
/// that cannot be used, with the file and why. A table that cannot be read is said to be broken in its intake; its kind of record is
/// then not available, and never empty.
pub fn load(
    mapping: &Mapping,
    mut open: impl FnMut(&str) -> TableSource,
    mut refused: impl FnMut(&str, &SourceRow, &str),
) -> Loaded {
    let mut loaded = Loaded { decisions: mapping.decisions.clone(), ..Loaded::default() };
    let mut broken = Vec::new();
    for table in &mapping.tables {
        let converter = Converter::new(table);
        let mut intake = Intake { file: table.file.clone(), ..Intake::default() };
        let mut told = EventBytes::default();
        let source = open(&table.file);
        let form = table.form(&source);
        let read = each_row(source, &form, converter.columns(), |row| {
            intake.rows += 1;
            match converter.event(row, &mut intake) {
                Ok(Some(event)) => {
                    intake.used += 1;
                    told.push(&event);
                    if told.len() >= CHUNK {
                        loaded.take(&mut told);
                    }
                }
                Ok(None) => intake.left_out += 1,
                Err(why) => {
                    refused(&table.file, row, &why);
                    intake.refused.entry(why).or_default().add(row.line);
                }
            }
        });
        loaded.take(&mut told);
        match read {
            Ok(()) => loaded.kinds.extend(table.record.kind),
            Err(error) => {
                intake.broken = Some(error.to_string());
                intake.broken_in_short = Some(error.in_short());
                broken.extend(table.record.kind);
            }
        }
        loaded.intakes.push(intake);
    }
    loaded.kinds.extend(mapping.decisions.as_ref().map(|decisions| decisions.record));
    // Part of a source would look like all of it.
    loaded.kinds.retain(|kind| !broken.contains(kind));
    loaded
}
