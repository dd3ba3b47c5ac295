//! The table of routes -> an `OpenAPI` 3.1 document.

use crate::answer::{KINDS, json_text};
use crate::role::Role;
use crate::routes::{Gives, ROUTES, Route, Takes};
use crate::state::Shared;
use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use heedful::engine::VERSION;
use heedful::wire::case_schema;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The description, with the schema of a case of the policies in force.
pub(crate) async fn openapi(State(shared): State<Arc<Shared>>) -> Response<Body> {
    json_text(document(&shared).to_string().into_bytes())
}

fn document(shared: &Shared) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in &ROUTES {
        let path = route.path.replace("{*", "{");
        let operations = paths.entry(path).or_insert_with(|| json!({}));
        if let Some(operations) = operations.as_object_mut() {
            operations.insert(route.method.to_owned(), operation(route));
        }
    }
    let generation = shared.service.live.current();
    let policies = generation.as_ref().map(|generation| generation.policies()).unwrap_or_default();
    let mut schemas: Vec<Value> = Vec::new();
    for schema in policies.iter().map(|policy| nested(case_schema(policy.vocabulary()))) {
        if !schemas.contains(&schema) {
            schemas.push(schema);
        }
    }
    let case = if schemas.is_empty() { json!({"type": "object"}) } else { json!({"anyOf": schemas}) };
    json!({
        "openapi": "3.1.0",
        "info": {"title": "heedful", "version": VERSION, "description": "Decisions of a force's escalation policy over HTTP."},
        "paths": paths,
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}, "schemas": {"Case": case, "Decision": decision(), "Problem": problem()}},
    })
}

/// A schema that stands inside another document: its own definitions are looked up from its own root.
fn nested(mut schema: Value) -> Value {
    if let Some(schema) = schema.as_object_mut() {
        let title = schema
            .get("title")
            .and_then(Value::as_str)
            .unwrap_or("case")
            .replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
        schema.insert("$id".to_owned(), json!(format!("urn:heedful:case:{title}")));
    }
    schema
}

fn operation(route: &Route) -> Value {
    let mut parameters: Vec<Value> = route
        .query
        .iter()
        .map(|(name, form)| json!({"name": name, "in": "query", "required": false, "schema": {"type": form}}))
        .collect();
    let names = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    parameters.extend(names.map(|name| {
        let form = if name == "place" {
            json!({"type": "integer", "minimum": 0})
        } else {
            json!({"type": "string", "minLength": 1})
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
            "application/x-ndjson": {"schema": {"type": "string"}},
        })),
        Takes::Json(keys) => {
            let properties: Map<String, Value> = keys
                .iter()
                .map(|key| ((*key).to_owned(), if *key == "outcome" { given() } else { json!({"type": "string"}) }))
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
            "application/x-ndjson": {"schema": {"type": "string"}},
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

/// An outcome as a call handler gives it.
fn given() -> Value {
    let flat = json!({"type": ["string", "number", "boolean", "null"]});
    json!({"type": "object", "additionalProperties": {"anyOf": [flat, {"type": "array", "items": flat}]}})
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
                    "place": {"type": "integer"},
                    "revision": {"type": "integer"},
                    "before": {"type": "integer"},
                    "repeated": {"type": "boolean"},
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
