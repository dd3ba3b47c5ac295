//! A generated case as a system sends it: JSON.

use super::case::{CaseText, Cell, Content, RecordText, zone};
use super::words::{CHOICES, FACTS, FLAGS, Kind, ORDER_KINDS, RECORDS, RISING, RULES};
use serde_json::{Map, Value, json};

impl CaseText {
    pub fn json(&self) -> Value {
        let mut call = group(&FACTS, &self.facts);
        call.insert("id".to_owned(), json!("call-5"));
        call.insert("at".to_owned(), json!(zone().format(self.at)));
        let lists = RECORDS.iter().zip(&self.lists).zip(&self.unsent).filter(|((_, (supplied, _)), _)| *supplied);
        let lists = lists.map(|((record, (_, list)), unsent)| {
            let records: Value = list
                .iter()
                .map(|text| {
                    let mut fields = group(record.fields, &text.fields);
                    fields.insert("id".to_owned(), json!(text.id));
                    fields.insert("at".to_owned(), json!(time(text)));
                    Value::Object(fields)
                })
                .collect();
            let list = match unsent {
                None => records,
                Some(unsent) if unsent.whole_by.is_empty() => json!({"complete": false, "records": records}),
                Some(unsent) => json!({"records": records, "complete": unsent.whole_by}),
            };
            (record.plural.to_owned(), list)
        });
        json!({"call": call, "history": lists.collect::<Map<String, Value>>()})
    }
}

fn time(RecordText { at, fraction, .. }: &RecordText) -> String {
    let mut written = zone().format(*at);
    if let Some(fraction) = fraction {
        written.insert_str("2025-03-01T22:10:00".len(), &format!(".{fraction:09}"));
    }
    written
}

fn group(names: &[(&str, Kind)], cells: &[Cell]) -> Map<String, Value> {
    let known = names.iter().zip(cells).filter(|(_, cell)| cell.known);
    known.map(|((name, kind), cell)| ((*name).to_owned(), value(*kind, &cell.value))).collect()
}

fn value(kind: Kind, content: &Content) -> Value {
    match content {
        Content::YesNo(answer) => json!(answer),
        Content::Choice(at) => json!(choices(kind)[usize::from(*at)]),
        Content::Flags(bits) => {
            let flags: &[&str] = if kind == Kind::Rules { &RULES } else { &FLAGS };
            (0..).zip(flags).filter(|(bit, _)| bits >> bit & 1 == 1).map(|(_, flag)| json!(flag)).collect()
        }
        Content::Number(number) => json!(number),
        Content::Duration(seconds) => json!(format!("PT{seconds}S")),
        Content::Time(at) => json!(zone().format(*at)),
        Content::None => json!("none"),
        Content::Text(text) => json!(text),
        Content::Name(name) => json!(name),
        Content::Names(names) => json!(names),
    }
}

fn choices(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Rising => &RISING,
        Kind::Rules => &RULES,
        Kind::ChoiceOfOrders => &ORDER_KINDS,
        _ => &CHOICES,
    }
}
