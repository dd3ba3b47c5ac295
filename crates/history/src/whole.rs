//! Whole cases, one a line -> the calls in them, to be decided as they are: capsules, or what `--cases` wrote.

use crate::event::{CallEvent, PastEvent};
use crate::intake::Intake;
use crate::store::EventStore;
use heedful::model::{Case, FactId, Type, Value, Vocabulary};
use heedful::time::Zone;
use heedful::wire::{Document, Reader, Reading};
use heedful_tables::{SourceRow, TableForm, TableSource, each_row};

/// Reads the cases of a file. `refused` is handed each line that is no case of the vocabulary, with why.
pub fn load_cases(
    file: &str,
    source: TableSource,
    (vocabulary, zone): (&Vocabulary, &Zone),
    mut refused: impl FnMut(&str, &SourceRow, &str),
) -> (EventStore, Intake) {
    let mut intake = Intake { file: file.to_owned(), ..Intake::default() };
    let mut reader = Reader::new(Reading::strict(vocabulary, zone));
    let mut told = Vec::new();
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
                told.push(event(case, vocabulary, text));
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
    (EventStore::of_cases(told, vocabulary), intake)
}

fn event(case: &Case, vocabulary: &Vocabulary, text: &str) -> PastEvent {
    let names = (0u16..).map(FactId).zip(&vocabulary.call).filter_map(|(fact, declared)| {
        let value = case.fact(fact);
        let names_somebody = matches!(declared.ty, Type::Identity { .. } | Type::Link { .. });
        let names = case.identities(&value).iter().map(|name| case.name(*name).to_owned());
        (names_somebody && value != Value::Unknown).then(|| (fact, names.collect()))
    });
    PastEvent {
        id: case.id.clone(),
        at: case.at,
        known: case.at,
        record: None,
        names: Vec::new(),
        call: Some(CallEvent { json: text.to_owned(), names: names.collect(), given: Vec::new(), decision: None }),
    }
}

/// `history.calls[3].at` is `history.calls.at`, so that lines with one mistake are counted together.
fn without_numbers(path: &str) -> String {
    let parts = path.split('[').map(|part| part.split_once(']').map_or(part, |(_, rest)| rest));
    parts.collect()
}
