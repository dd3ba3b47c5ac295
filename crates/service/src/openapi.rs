//! The table of routes -> an `OpenAPI` 3.1 document.

use crate::answer::{KINDS, json_text};
use crate::body::LONGEST_ID;
use crate::given::{OutcomeGiven, outcomes_given};
use crate::role::Role;
use crate::routes::{Asks, Gives, ROUTES, Route, Takes};
use crate::state::Shared;
use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use heedful::engine::{Snapshot, VERSION};
use heedful::wire::case_schema;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Hours, minutes and seconds, of which one is there: `PT40M`.
const DURATION: &str = "^PT([0-9]{1,6}H([0-9]{1,6}M)?([0-9]{1,6}S)?|[0-9]{1,6}M([0-9]{1,6}S)?|[0-9]{1,6}S)$";

/// The description, with the schema of a case of the policies in force.
pub(crate) async fn openapi(State(shared): State<Arc<Shared>>) -> Response<Body> {
    json_text(document(&shared).to_string().into_bytes())
}

fn document(shared: &Shared) -> Value {
    let generation = shared.service.live.current();
    let policies = generation.as_ref().map(|generation| generation.policies()).unwrap_or_default();
    let names: Vec<&str> = policies.iter().map(Snapshot::name).collect();
    let records = policies.iter().flat_map(|policy| &policy.vocabulary().records);
    let kinds: BTreeSet<&str> = records.map(|record| record.name.as_str()).collect();
    let mut paths: Map<String, Value> = Map::new();
    for route in &ROUTES {
        let path = route.path.replace("{*", "{");
        let operations = paths.entry(path).or_insert_with(|| json!({}));
        if let Some(operations) = operations.as_object_mut() {
            operations.insert(route.method.to_owned(), operation(route, policies, &names, &kinds));
        }
    }
    let mut schemas: Map<String, Value> = Map::new();
    let case = case_of(policies, &mut schemas);
    let told = told_record(&schemas, &kinds);
    schemas.insert("Case".to_owned(), case);
    schemas.insert("Decision".to_owned(), decision());
    schemas.insert("Problem".to_owned(), problem());
    schemas.insert("ToldRecord".to_owned(), told);
    json!({
        "openapi": "3.1.0",
        "info": {"title": "heedful", "version": VERSION, "description": "Decisions of a force's escalation policy over HTTP."},
        "paths": paths,
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}, "schemas": schemas},
    })
}

/// The schema of a case of any of these policies. What it refers to stands beside it, once for each vocabulary.
fn case_of(policies: &[Snapshot], schemas: &mut Map<String, Value>) -> Value {
    let mut cases: Vec<Value> = Vec::new();
    for policy in policies {
        let mut schema = case_schema(policy.vocabulary());
        let Some(object) = schema.as_object_mut() else { continue };
        object.remove("$schema");
        let mut parts = object.remove("$defs").unwrap_or(Value::Null);
        if cases.iter().any(|known| known.get("title") == schema.get("title")) {
            continue;
        }
        if let Some(id) = schema.pointer_mut("/properties/call/properties/id").and_then(Value::as_object_mut) {
            id.insert("maxLength".to_owned(), json!(LONGEST_ID));
            id.insert("not".to_owned(), json!({"pattern": "\u{0}"}));
        }
        let mark = if cases.is_empty() { String::new() } else { format!("{}-", cases.len() + 1) };
        let home = format!("#/components/schemas/{mark}");
        refer_to(&home, &mut schema);
        refer_to(&home, &mut parts);
        if let Value::Object(parts) = parts {
            schemas.extend(parts.into_iter().map(|(name, part)| (format!("{mark}{name}"), part)));
        }
        cases.push(schema);
    }
    match cases.len() {
        0 => json!({"type": "object"}),
        1 => cases.swap_remove(0),
        _ => json!({"anyOf": cases}),
    }
}

/// Has everything refer to parts in their home in the document.
fn refer_to(home: &str, value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::String(text) if key == "$ref" => *text = text.replace("#/$defs/", home),
                    other => refer_to(home, other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| refer_to(home, item)),
        _ => {}
    }
}

fn operation(route: &Route, policies: &[Snapshot], names: &[&str], kinds: &BTreeSet<&str>) -> Value {
    let mut parameters: Vec<Value> = route
        .query
        .iter()
        .map(|(name, asks)| {
            let mut schema = match asks {
                Asks::Text => json!({"type": "string"}),
                Asks::YesNo => json!({"type": "boolean"}),
                Asks::Place => json!({"type": "integer", "minimum": 0, "maximum": i64::MAX}),
                Asks::OneOf(values) => json!({"type": "string", "enum": values}),
            };
            if let Some(schema) = schema.as_object_mut().filter(|_| *name == "force" && !names.is_empty()) {
                schema.insert("enum".to_owned(), json!(names));
            }
            json!({"name": name, "in": "query", "required": false, "schema": schema})
        })
        .collect();
    let names = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    parameters.extend(names.map(|name| {
        let form = match name {
            "place" => json!({"type": "integer", "minimum": 0}),
            "kind" => one_of(kinds),
            _ => json!({"type": "string", "minLength": 1}),
        };
        json!({"name": name.trim_start_matches('*'), "in": "path", "required": true, "schema": form})
    }));
    let mut responses: Map<String, Value> = Map::new();
    responses.insert("200".to_owned(), answer(route.gives));
    let always = ["request", "busy", "too-slow", "failed"];
    let of_callers: &[&str] = match route.role {
        Role::Anybody => &[],
        _ => &["who", "role", "too-many"],
    };
    for code in always.iter().chain(of_callers).chain(route.problems) {
        if let Some((_, title, status)) = KINDS.iter().find(|(known, ..)| known == code) {
            let content = json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}});
            responses.insert(status.as_str().to_owned(), json!({"description": title, "content": content}));
        }
    }
    if route.path == "/ready" {
        responses.insert(
            "503".to_owned(),
            json!({"description": "Calls cannot be decided here", "content": {
                "application/json": {"schema": {"type": "object"}},
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
            }}),
        );
    }
    let mut operation = json!({
        "summary": route.says,
        "operationId": operation_id(route),
        "x-role": route.role.name(),
        "parameters": parameters,
        "responses": responses,
    });
    let body = match route.takes {
        Takes::Nothing => None,
        Takes::Case => Some(json!({
            "application/json": {"schema": {"$ref": "#/components/schemas/Case"}},
            // One on each line.
            "application/x-ndjson": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Case"}}},
        })),
        Takes::Record => Some(json!({
            "application/json": {"schema": {"$ref": "#/components/schemas/ToldRecord"}},
            "application/x-ndjson": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/ToldRecord"}}},
        })),
        Takes::Source => Some(json!({"application/json": {"schema": {
            "type": "object",
            "properties": {
                "complete_to": {"type": "string", "format": "date-time"},
                "lag": {"type": ["string", "null"], "pattern": DURATION},
            },
            "required": ["complete_to"],
            "additionalProperties": false,
        }}})),
        Takes::Json(keys) => {
            let properties: Map<String, Value> = keys
                .iter()
                .map(|key| {
                    let form = match *key {
                        "outcome" => given(policies),
                        // Who, or why: words that say something.
                        "by" | "because" => json!({"type": "string", "pattern": "[^\\W_]"}),
                        _ => json!({"type": "string"}),
                    };
                    ((*key).to_owned(), form)
                })
                .collect();
            let schema =
                json!({"type": "object", "properties": properties, "required": keys, "additionalProperties": false});
            Some(json!({"application/json": {"schema": schema}}))
        }
    };
    if let (true, Some(operation)) = (route.role != Role::Anybody, operation.as_object_mut()) {
        operation.insert("security".to_owned(), json!([{"token": []}]));
    }
    if let (Some(content), Some(operation)) = (body, operation.as_object_mut()) {
        operation.insert("requestBody".to_owned(), json!({"required": true, "content": content}));
    }
    operation
}

fn operation_id(route: &Route) -> String {
    let words = route.path.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    std::iter::once(route.method).chain(words).collect::<Vec<_>>().join("-")
}

fn answer(gives: Gives) -> Value {
    let any = json!({"type": "object"});
    let content = match gives {
        Gives::Decision => json!({
            "application/json": {"schema": {"$ref": "#/components/schemas/Decision"}},
            "application/x-ndjson": {"schema": {}},
        }),
        Gives::Json => json!({"application/json": {"schema": any}, "text/html": {"schema": {"type": "string"}}}),
        Gives::Text => {
            let forms = ["text/html", "text/javascript", "text/plain", "application/openmetrics-text"];
            let forms = forms.map(|form| (form.to_owned(), json!({"schema": {"type": "string"}})));
            Value::Object(forms.into_iter().collect())
        }
        Gives::Bytes => {
            json!({"application/octet-stream": {"schema": {"type": "string"}}, "text/plain": {"schema": {"type": "string"}}})
        }
        Gives::Events => json!({"text/event-stream": {"schema": {"type": "string"}}}),
    };
    json!({"description": "As it was asked for", "content": content})
}

/// An outcome as a call handler gives it, in the words of any policy in force.
fn given(policies: &[Snapshot]) -> Value {
    let form = |given: &OutcomeGiven<'_>| {
        // Sorted, whatever the order of the policies.
        let values: BTreeSet<&String> = given.values.iter().collect();
        let number = given.numbers.map(|(from, to)| json!({"type": "integer", "minimum": from, "maximum": to}));
        let time = given.is_time.then(|| json!({"type": "string", "format": "date-time"}));
        let named = [json!({"enum": values}), json!({"type": "array", "items": {"enum": values}})];
        let unnamed = time.into_iter().chain(number);
        let mut all: Vec<Value> =
            if values.is_empty() { unnamed.collect() } else { named.into_iter().chain(unnamed).collect() };
        if all.len() == 1 { all.swap_remove(0) } else { json!({"anyOf": all}) }
    };
    let properties: Map<String, Value> =
        outcomes_given(policies).iter().map(|given| (given.name.to_owned(), form(given))).collect();
    json!({"type": "object", "properties": properties, "additionalProperties": policies.is_empty(), "minProperties": 1})
}

/// One of some names; any text where nothing is in force that has names.
fn one_of(names: &BTreeSet<&str>) -> Value {
    if names.is_empty() { json!({"type": "string", "minLength": 1}) } else { json!({"type": "string", "enum": names}) }
}

/// A record as a feed tells it: of a kind whose schema is among those that cases refer to, one for each vocabulary.
fn told_record(schemas: &Map<String, Value>, kinds: &BTreeSet<&str>) -> Value {
    let of = |kind: Value, record: Value| {
        json!({
            "type": "object",
            "properties": {
                "kind": kind,
                "known": {"type": ["string", "null"], "format": "date-time"},
                "record": {
                    "allOf": [record, {"properties": {"id": {"maxLength": LONGEST_ID, "not": {"pattern": "\u{0}"}}}}],
                },
            },
            "required": ["kind", "record"],
            "additionalProperties": false,
        })
    };
    let each = schemas.keys().map(|name| {
        let marked = name.split_once('-').filter(|(mark, _)| mark.chars().all(|letter| letter.is_ascii_digit()));
        let kind = marked.map_or(name.as_str(), |(_, kind)| kind);
        of(json!({"const": kind}), json!({"$ref": format!("#/components/schemas/{name}")}))
    });
    let each: Vec<Value> = each.collect();
    if each.is_empty() { of(one_of(kinds), json!({"type": "object"})) } else { json!({"anyOf": each}) }
}

/// What every decision holds; the keys of `outcome` are those of the vocabulary.
fn decision() -> Value {
    let list = || json!({"type": "array"});
    json!({
        "type": "object",
        "properties": {
            "case": {"type": "string"},
            "policy": {"type": "object", "properties": {"name": {"type": "string"}, "digest": {"type": "string"}}, "required": ["name", "digest"]},
            "engine": {"type": "string"},
            "outcome": {"type": "object"},
            "possible": {"type": "object"},
            "fired": list(),
            "undecided": list(),
            "near": list(),
            "questions": list(),
            "until": list(),
            "trial": list(),
            "warnings": list(),
            "served": {
                "type": "object",
                "properties": {
                    "at": {"type": "string", "format": "date-time"},
                    "generation": {"type": "object", "properties": {"number": {"type": "integer"}, "digest": {"type": "string"}}, "required": ["number", "digest"]},
                    "case_digest": {"type": "string"},
                    "recorded": {"type": "boolean"},
                    "queued": {"type": "boolean"},
                    "place": {"type": "integer"},
                    "revision": {"type": "integer"},
                    "before": {"type": "integer"},
                    "repeated": {"type": "boolean"},
                    "history": {
                        "type": "object",
                        "properties": {"from": {"type": "string"}, "not_whole": {"type": "array", "items": {"type": "string"}}},
                        "required": ["from", "not_whole"],
                    },
                },
                "required": ["at", "generation", "case_digest", "recorded"],
            },
        },
        "required": ["case", "policy", "engine", "outcome", "possible", "fired", "undecided", "near", "questions", "until", "trial", "warnings", "served"],
    })
}

fn problem() -> Value {
    json!({
        "type": "object",
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "case": {"type": "string"},
            "problems": {"type": "array", "items": {"type": "object"}},
        },
        "required": ["type", "title", "status", "detail"],
    })
}
