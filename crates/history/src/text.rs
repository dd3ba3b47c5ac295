//! What was gathered for a call -> the JSON that `decide` takes.

use crate::gather::{Gathered, Gatherer};
use crate::store::{Call, EventStore};
use crate::values::Kept;
use heedful::model::{Field, RecordId, RecordKind, Type};
use heedful::time::Stamp;
use std::fmt::Write as _;

impl Gatherer<'_> {
    /// Writes the case of a call as text, with times in the policy's zone; one that came whole as it came.
    pub fn case_text(&mut self, call: Call<'_>, out: &mut String) {
        if let Some(text) = call.whole() {
            return out.push_str(text);
        }
        self.gather(call);
        out.push_str("{\"call\":");
        self.push_record(out, call.id(), call.at().into(), &self.vocabulary.call, call.facts());
        out.push_str(",\"history\":");
        self.push_history(call, out);
        out.push('}');
    }

    /// Writes the history of a call as it stands in a case, with times in the policy's zone.
    pub fn history_text(&mut self, call: Call<'_>, out: &mut String) {
        self.gather(call);
        self.push_history(call, out);
    }

    /// What was told last of the record of a kind and id, as it stands in a history; none where nothing was.
    pub fn newest_text(&self, store: &EventStore, kind: RecordId, id: &str) -> Option<String> {
        let fields = &self.vocabulary.records.get(kind.index())?.fields;
        let record = store.newest(kind, id)?;
        let mut text = String::new();
        self.push_record(&mut text, record.id(), record.at, fields, record.values());
        Some(text)
    }

    fn push_history(&self, call: Call<'_>, out: &mut String) {
        out.push('{');
        for (number, (kind, list, events)) in self.listed(call).enumerate() {
            let Some(kind) = self.vocabulary.records.get(kind.index()) else { continue };
            if number > 0 {
                out.push(',');
            }
            out.push('"');
            out.push_str(&kind.plural);
            out.push_str(if list.is_open { "\":{\"complete\":" } else { "\":[" });
            if list.is_open {
                self.push_complete(out, kind, list);
                out.push_str(",\"records\":[");
            }
            for (number, (_, place)) in list.records.iter().enumerate() {
                let Some(record) = events.record(*place) else { continue };
                if number > 0 {
                    out.push(',');
                }
                self.push_record(out, record.id(), record.at, &kind.fields, self.values_of(record));
            }
            out.push_str(if list.is_open { "]}" } else { "]" });
        }
        out.push('}');
    }

    /// By what a list is all that can be asked for.
    fn push_complete(&self, out: &mut String, kind: &RecordKind, list: &Gathered) {
        if list.whole_by.is_empty() {
            return out.push_str("false");
        }
        for (number, link) in list.whole_by.iter().enumerate() {
            out.push_str(if number == 0 { "[\"" } else { ",\"" });
            // Names of a vocabulary hold nothing that JSON would have to escape.
            let _ = write!(out, "{}\"", link.words(kind, self.vocabulary));
        }
        out.push(']');
    }

    /// A call or a record, with its values in the order in which the row gave them.
    fn push_record<'k>(
        &self,
        out: &mut String,
        id: &str,
        at: Stamp,
        fields: &[Field],
        values: impl Iterator<Item = (u16, Kept<'k>)>,
    ) {
        out.push_str("{\"id\":");
        push_quoted(out, id);
        let _ = write!(out, ",\"at\":\"{}\"", self.zone.format_stamp(at));
        for (place, value) in values {
            let Some(field) = fields.get(usize::from(place)) else { continue };
            let _ = write!(out, ",\"{}\":", field.name);
            self.push_value(out, &field.ty, value);
        }
        out.push('}');
    }

    fn push_value(&self, out: &mut String, ty: &Type, value: Kept<'_>) {
        let words: &[String] = match ty {
            Type::Choice { values, .. } | Type::Flags { values } => values,
            _ => &[],
        };
        let word = |place: u16| words.get(usize::from(place)).map_or("", String::as_str);
        match value {
            Kept::Nothing => out.push_str("\"none\""),
            Kept::YesNo(answer) => out.push_str(if answer { "true" } else { "false" }),
            Kept::Choice(place) => push_quoted(out, word(place)),
            Kept::Flags(bits) => {
                let set = (0u16..64).filter(|place| bits >> place & 1 == 1);
                push_list(out, set.map(word));
            }
            Kept::Number(number) => drop(write!(out, "{number}")),
            Kept::Duration(seconds) => {
                let (amount, unit) = match (seconds % 3_600, seconds % 60) {
                    (0, _) if seconds != 0 => (seconds / 3_600, 'H'),
                    (_, 0) => (seconds / 60, 'M'),
                    _ => (seconds, 'S'),
                };
                let _ = write!(out, "\"PT{amount}{unit}\"");
            }
            Kept::Time(at) => drop(write!(out, "\"{}\"", self.zone.format(at))),
            Kept::Text(text) | Kept::Name(text) => push_quoted(out, text),
            Kept::Names(names) => push_list(out, names),
        }
    }
}

fn push_list<'k>(out: &mut String, words: impl Iterator<Item = &'k str>) {
    out.push('[');
    for (number, word) in words.enumerate() {
        if number > 0 {
            out.push(',');
        }
        push_quoted(out, word);
    }
    out.push(']');
}

fn push_quoted(out: &mut String, text: &str) {
    let _ = write!(out, "{}", serde_json::Value::from(text));
}
