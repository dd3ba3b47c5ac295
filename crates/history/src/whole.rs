//! Whole cases, one a line -> the calls in them, to be decided as they are: capsules, or what `--cases` wrote.

use crate::event::{CallEvent, PastEvent};
use crate::intake::Intake;
use crate::sorter::{EventBytes, EventSorter};
use crate::store::EventStore;
use crate::timeline::Timeline;
use crate::values::Values;
use heedful::model::{Case, Vocabulary};
use heedful::time::Zone;
use heedful::wire::{Document, Reader, Reading};
use heedful_tables::{SourceRow, TableForm, TableSource, each_row};
use std::io;

/// Reads the cases of a file. `refused` is handed each line that is no case of the vocabulary, with why.
///
/// # Errors
/// When they are many, and the files by which they are put in order cannot be written or read.
pub fn load_cases(
    file: &str,
    source: TableSource,
    (vocabulary, zone): (&Vocabulary, &Zone),
    mut refused: impl FnMut(&str, &SourceRow, &str),
) -> io::Result<(Timeline, Intake)> {
    let mut intake = Intake { file: file.to_owned(), ..Intake::default() };
    let mut reader = Reader::new(Reading::strict(vocabulary, zone));
    let (mut events, mut failed) = (EventSorter::default(), None);
    let read = each_row(source, &TableForm::Lines, &["case"], |row| {
        intake.rows += 1;
        let text = row.cells.first().and_then(Option::as_deref).unwrap_or("");
        let case = match (&row.broken, reader.read(Document::json_line(text, 1))) {
            (Some(why), _) => Err(why.clone()),
            (None, Err(problems)) => {
                let first = problems.list.first().map(|problem| match problem.path.as_str() {
                    "" => problem.message.clone(),
                    path => format!("{}: {}", without_numbers(path), problem.message),
                });
                Err(format!("it is no case of the vocabulary: {}", first.unwrap_or_default()))
            }
            (None, Ok(case)) => Ok(case),
        };
        match case {
            Ok(case) => {
                intake.used += 1;
                let mut told = EventBytes::default();
                told.push(&event(case, text));
                if failed.is_none() {
                    failed = events.add(&told).err();
                }
            }
            Err(why) => {
                refused(file, row, &why);
                intake.refused.entry(why).or_default().add(row.line);
            }
        }
    });
    if let Err(error) = read {
        intake.broken = Some(error.to_string());
    }
    match failed {
        Some(error) => Err(error),
        None => Ok((Timeline::new(events.finish()?, EventStore::new(&[], vocabulary)), intake)),
    }
}

fn event(case: &Case, text: &str) -> PastEvent {
    let call = CallEvent { facts: Values::default(), whole: Some(text.to_owned()), given: Vec::new() };
    PastEvent { id: case.id.clone(), at: case.at.into(), known: case.at, record: None, call: Some(call) }
}

/// `history.calls[3].at` is `history.calls.at`, so that lines with one mistake are counted together.
fn without_numbers(path: &str) -> String {
    let parts = path.split('[').map(|part| part.split_once(']').map_or(part, |(_, rest)| rest));
    parts.collect()
}
