//! A record in JSON -> `PastEvent`, read as those in the history of a case are; and what is known of the call of a case.

use crate::event::PastEvent;
use crate::values::{Said, Values};
use heedful::model::{Case, FactId, Field, FieldId, RecordId, Value, Vocabulary};
use heedful::time::Instant;
use heedful::wire::{Document, Problem, Problems, Reader, Reading};
use serde::Deserialize;

/// Reads one record after another by the one reader of cases.
pub struct RecordReader<'v> {
    reading: Reading<'v>,
    reader: Reader<'v>,
}

/// What tells records apart.
#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    id: serde_json::Value,
}

impl<'v> RecordReader<'v> {
    pub fn new(reading: Reading<'v>) -> Self {
        Self { reading, reader: Reader::new(reading) }
    }

    /// Reads a record as it stands in a list of a history. `known` is when what it says came to be known; a record is never known before
    /// it happened.
    ///
    /// # Errors
    /// Everything that is wrong with it; the paths begin with `record`.
    pub fn read(&mut self, kind: RecordId, json: &str, known: Instant) -> Result<PastEvent, Problems> {
        let Some(declared) = self.reading.vocabulary.records.get(kind.index()) else {
            return Err(Problem::unreadable("the vocabulary has no such kind of record", 1, 1).into());
        };
        let id = match serde_json::from_str::<Named>(json) {
            Ok(named) => named.id,
            Err(error) => return Err(Problem::unreadable(error.to_string(), error.line(), error.column()).into()),
        };
        // A call of another id, after everything: of its own history a case leaves out itself and what is later.
        let call = format!("{}'", id.as_str().unwrap_or_default());
        let begin = format!("{{\"history\":{{\"{}\":[", declared.plural);
        // Outside of texts a line's end is a space, and in texts there is none.
        let line = json.replace(['\n', '\r'], " ");
        let call = serde_json::Value::from(call);
        let whole = format!("{begin}{line}]}},\"call\":{{\"id\":{call},\"at\":\"9999-12-30T00:00:00Z\"}}}}");
        let case = self.reader.read(Document::json_line(&whole, 1)).map_err(|mut problems| {
            let list = format!("history.{}[0]", declared.plural);
            problems.case = None;
            for problem in &mut problems.list {
                if let Some(rest) = problem.path.strip_prefix(&list) {
                    problem.path = format!("record{rest}");
                }
                problem.column = problem.column.saturating_sub(begin.chars().count()).max(1);
            }
            problems
        })?;
        let read = case.records(kind).filter(|records| records.len() == 1);
        let read = read.and_then(|records| Some((records, case.name(records.id(0)?))));
        let Some((records, id)) = read else {
            return Err(Problem::unreadable("it is no record with an id and a time", 1, 1).into());
        };
        let (id, at) = (id.to_owned(), records.stamp(0));
        let fields = (0u16..).map(FieldId).zip(&declared.fields);
        let values = values(case, fields.map(|(field, declared)| (field.0, declared, records.value(0, field))));
        Ok(PastEvent { id, at, known: known.max(at.at), record: Some((kind, values)), call: None })
    }
}

/// What is known of the call of a case.
pub fn facts_of(case: &Case, vocabulary: &Vocabulary) -> Values {
    let facts = (0u16..).map(FactId).zip(&vocabulary.call);
    values(case, facts.map(|(fact, declared)| (fact.0, declared, case.fact(fact))))
}

/// Values of a case as they are kept without it.
fn values<'f>(case: &Case, said: impl Iterator<Item = (u16, &'f Field, Value)>) -> Values {
    let mut values = Values::default();
    for (place, declared, value) in said {
        let mut names = case.identities(&value).iter().map(|name| case.name(*name).to_owned());
        let said = match value {
            Value::Unknown => continue,
            Value::None => Said::Nothing,
            Value::YesNo(answer) => Said::YesNo(answer),
            Value::Choice(at) => Said::Choice(at),
            Value::Flags(bits) => Said::Flags(bits),
            Value::Number(number) => Said::Number(number),
            Value::Duration(seconds) => Said::Duration(seconds),
            Value::Time(at) => Said::Time(at),
            Value::Text(at) => Said::Text(case.text(at).to_owned()),
            _ if declared.may_be_several() => Said::Names(names.collect()),
            _ => match names.next() {
                Some(name) => Said::Name(name),
                None => continue,
            },
        };
        values.push(place, &said);
    }
    values
}
