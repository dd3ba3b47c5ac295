//! Vocabulary -> JSON Schema of a case (draft 2020-12), for those who write cases by hand or by program.
//!
//! The schema describes live input, so it knows no times relative to the call. Where a schema cannot say all, the reader is
//! the stricter: it refuses `3.0` for a whole number, and a key that is given twice.

use crate::model::{Field, LinkTo, RecordKind, Type, Vocabulary};
use serde_json::{Map, Value, json};

/// The JSON Schema of a case of this vocabulary.
pub fn case_schema(vocabulary: &Vocabulary) -> Value {
    let call = group("One call.", "The call's own id.", "When the call came in.", vocabulary, &vocabulary.call);
    let lists = vocabulary.records.iter().map(|kind| (kind.plural.clone(), list(vocabulary, kind)));
    let records = vocabulary.records.iter().map(|kind| (kind.name.clone(), record(vocabulary, kind)));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("A case of the vocabulary \"{}\"", vocabulary.name),
        "type": "object",
        "properties": {
            "call": call,
            "history": {
                "description": "What is on record. A list that is left out could not be had; an empty one means none on record.",
                "type": ["object", "null"],
                "properties": lists.collect::<Map<_, _>>(),
                "additionalProperties": false,
            },
        },
        "required": ["call"],
        "additionalProperties": false,
        "$defs": records.collect::<Map<_, _>>(),
    })
}

/// A list, whole or with word that there may be others.
fn list(vocabulary: &Vocabulary, kind: &RecordKind) -> Value {
    let records = json!({ "type": ["array", "null"], "items": { "$ref": reference(&kind.name) } });
    let mut complete = vec![json!({ "type": "boolean" })];
    let link = LinkTo::pattern(kind, vocabulary);
    complete.extend(link.map(|link| json!({ "type": "array", "items": { "type": "string", "pattern": link } })));
    let in_part = json!({
        "type": "object",
        "properties": {
            "complete": { "description": "Whether these are all; or the links by which they are all.", "anyOf": complete },
            "records": records,
        },
        "required": ["complete"],
        "additionalProperties": false,
    });
    json!({ "description": kind.help, "anyOf": [records, in_part] })
}

/// A JSON pointer; names hold nothing that needs escaping.
fn reference(name: &str) -> String {
    format!("#/$defs/{name}")
}

fn record(vocabulary: &Vocabulary, kind: &RecordKind) -> Value {
    group(&kind.help, "The record's own id.", "The time of the record.", vocabulary, &kind.fields)
}

fn group(help: &str, id: &str, at: &str, vocabulary: &Vocabulary, fields: &[Field]) -> Value {
    let mut properties = Map::new();
    properties.insert("id".to_owned(), json!({ "description": id, "type": "string", "pattern": NOT_BLANK }));
    properties.insert("at".to_owned(), json!({ "description": at, "type": "string", "format": "date-time" }));
    properties.extend(fields.iter().map(|field| (field.name.clone(), answer_schema(vocabulary, field))));
    json!({
        "description": help,
        "type": "object",
        "properties": properties,
        "required": ["id", "at"],
        "additionalProperties": false,
    })
}

const NOT_BLANK: &str = "\\S";

/// What a case may say of a fact or field.
pub(super) fn answer_schema(vocabulary: &Vocabulary, field: &Field) -> Value {
    let mut schema = Map::new();
    schema.insert("description".to_owned(), Value::from(help(vocabulary, field)));
    schema.extend(accepted(&field.ty));
    Value::Object(schema)
}

fn help(vocabulary: &Vocabulary, field: &Field) -> String {
    let note = match &field.ty {
        Type::Link { record } => {
            vocabulary.records.get(record.index()).map(|kind| format!("the `id` of one of the {}", kind.plural))
        }
        Type::Identity { kind, .. } => {
            vocabulary.identities.get(kind.index()).map(|kind| format!("identity of {kind}"))
        }
        Type::Time { or_none: true } => Some("`none` when it is known that there is no such time".to_owned()),
        Type::Choice { .. } | Type::Flags { .. } => called(field),
        _ => None,
    };
    match (field.help.as_str(), note) {
        (help, None) => help.to_owned(),
        ("", Some(note)) => note,
        (help, Some(note)) => format!("{help} ({note})"),
    }
}

/// What people call its values, where that is not their names.
fn called(field: &Field) -> Option<String> {
    let said = field.words.iter().filter_map(|(at, words)| {
        let value = field.values().get(usize::from(*at))?;
        Some(format!("`{value}` is {words}"))
    });
    let said: Vec<String> = said.collect();
    (!said.is_empty()).then(|| said.join("; "))
}

/// What a value of this type may be. Null, and for most types the word `unknown`, says that nobody knows.
fn accepted(ty: &Type) -> Map<String, Value> {
    let schema = match ty {
        Type::YesNo => json!({ "enum": [true, false, "yes", "no", "unknown", null] }),
        Type::Choice { values, .. } => json!({ "enum": with_unknown(values) }),
        Type::Flags { values } => or_unknown(&json!({ "type": "array", "items": { "enum": values } })),
        Type::Number { range: None } => {
            or_unknown(&json!({ "type": "integer", "minimum": i64::MIN, "maximum": i64::MAX }))
        }
        Type::Number { range: Some((least, most)) } => {
            or_unknown(&json!({ "type": "integer", "minimum": least, "maximum": most }))
        }
        Type::Duration => or_unknown(&json!({ "type": "string", "format": "duration", "pattern": "^PT" })),
        Type::Time { or_none: false } => or_unknown(&json!({ "type": "string", "format": "date-time" })),
        Type::Time { or_none: true } => {
            json!({ "anyOf": [{ "type": "string", "format": "date-time" }, { "enum": ["none", "unknown", null] }] })
        }
        Type::Text => json!({ "type": ["string", "null"] }),
        Type::Identity { many: false, .. } | Type::Link { .. } => {
            json!({ "type": ["string", "null"], "pattern": NOT_BLANK })
        }
        Type::Identity { many: true, .. } => {
            let one = json!({ "type": "string", "pattern": NOT_BLANK });
            json!({ "anyOf": [{ "type": "array", "items": one }, one, { "type": "null" }] })
        }
    };
    match schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    }
}

fn with_unknown(values: &[String]) -> Vec<Value> {
    let listed = values.iter().filter(|value| *value != "unknown").map(|value| Value::from(value.as_str()));
    listed.chain([Value::from("unknown"), Value::Null]).collect()
}

fn or_unknown(schema: &Value) -> Value {
    json!({ "anyOf": [schema, { "enum": ["unknown", null] }] })
}
