//! A mapping and the tables it names -> events, and what became of each row.

use crate::convert::Converter;
use crate::event::PastEvent;
use crate::intake::Intake;
use crate::mapping::Mapping;
use heedful::model::RecordId;
use heedful_tables::{SourceRow, TableSource, each_row};

/// What the tables of a mapping came to.
#[derive(Debug, Default)]
pub struct Loaded {
    /// In the order of the tables and of their rows.
    pub events: Vec<PastEvent>,
    pub intakes: Vec<Intake>,
    /// The kinds of record that some table has.
    pub kinds: Vec<RecordId>,
}

/// Reads every table. `open` says where a file of the mapping is. `refused` is handed each row
/// that cannot be used, with the file and why. A table that cannot be read is said to be broken in its intake; its kind of record is
/// then not available, and never empty.
pub fn load(
    mapping: &Mapping,
    mut open: impl FnMut(&str) -> TableSource,
    mut refused: impl FnMut(&str, &SourceRow, &str),
) -> Loaded {
    let mut loaded = Loaded::default();
    let mut broken = Vec::new();
    for table in &mapping.tables {
        let converter = Converter::new(mapping, table);
        let mut intake = Intake { file: table.file.clone(), ..Intake::default() };
        let events = &mut loaded.events;
        let source = open(&table.file);
        let form = table.form(&source);
        let read = each_row(source, &form, converter.columns(), |row| {
            intake.rows += 1;
            match converter.event(row, &mut intake) {
                Ok(Some(event)) => {
                    intake.used += 1;
                    events.push(event);
                }
                Ok(None) => intake.left_out += 1,
                Err(why) => {
                    refused(&table.file, row, &why);
                    intake.refused.entry(why).or_default().add(row.line);
                }
            }
        });
        match read {
            Ok(()) => loaded.kinds.extend(table.record.kind),
            Err(error) => {
                intake.broken = Some(error.to_string());
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
