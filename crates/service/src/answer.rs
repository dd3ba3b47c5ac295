//! What went wrong -> an answer as RFC 9457 has it: `application/problem+json`, in the words of the command.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use heedful::wire::{Fault, Problems};
use heedful_record::RecordError;
use serde_json::{Map, Value, json};

/// Why a request is not answered with what it asks for.
#[derive(Debug)]
pub(crate) struct ProblemAnswer {
    kind: &'static ProblemKind,
    detail: String,
    /// What else it says.
    more: Option<Box<Map<String, Value>>>,
}

/// The last part of its `type`, what it is called, and the status of the answer.
pub(crate) type ProblemKind = (&'static str, &'static str, StatusCode);

/// Every kind of problem. docs/service.md says what to do about each.
pub(crate) static KINDS: [ProblemKind; 17] = [
    ("case", "The case cannot be decided as it was sent", StatusCode::UNPROCESSABLE_ENTITY),
    ("record", "What was told cannot be kept as it was sent", StatusCode::UNPROCESSABLE_ENTITY),
    ("not-json", "The body is not JSON", StatusCode::BAD_REQUEST),
    ("media-type", "The body is of another type", StatusCode::UNSUPPORTED_MEDIA_TYPE),
    ("too-large", "The body is too large", StatusCode::PAYLOAD_TOO_LARGE),
    ("no-policy", "No policy is in force", StatusCode::SERVICE_UNAVAILABLE),
    ("which-policy", "It is not clear which policy is meant", StatusCode::BAD_REQUEST),
    ("not-found", "There is no such thing", StatusCode::NOT_FOUND),
    ("not-allowed", "This cannot be done here", StatusCode::METHOD_NOT_ALLOWED),
    ("request", "The request cannot be understood", StatusCode::BAD_REQUEST),
    ("not-recorded", "The decision could not be recorded", StatusCode::SERVICE_UNAVAILABLE),
    ("busy", "Too many requests at a time", StatusCode::SERVICE_UNAVAILABLE),
    ("too-slow", "The request took too long", StatusCode::GATEWAY_TIMEOUT),
    ("who", "It is not known who asks", StatusCode::UNAUTHORIZED),
    ("role", "This is not for the one who asks", StatusCode::FORBIDDEN),
    ("too-many", "Too many requests in a second", StatusCode::TOO_MANY_REQUESTS),
    ("failed", "Something went wrong here", StatusCode::INTERNAL_SERVER_ERROR),
];

/// A mistake of heedful's own.
static FAILED: ProblemKind = ("failed", "Something went wrong here", StatusCode::INTERNAL_SERVER_ERROR);

impl ProblemAnswer {
    /// A problem of a kind, and what is wrong this time.
    pub(crate) fn new(code: &str, detail: impl Into<String>) -> Self {
        let kind = KINDS.iter().find(|(known, ..)| *known == code).unwrap_or(&FAILED);
        Self { kind, detail: detail.into(), more: None }
    }

    /// A body that is not what the route takes, which is `form`. What the body says is not said again: it may be about somebody.
    pub(crate) fn body(error: &serde_json::Error, form: &str) -> Self {
        let at = format!("line {}, column {}", error.line(), error.column());
        match error.classify() {
            serde_json::error::Category::Data => Self::new("request", format!("{at}: the body is not {form}")),
            _ => Self::new("not-json", format!("{at}: the body is not JSON, or lies too deep")),
        }
    }

    /// A body that has more bytes than one may have.
    pub(crate) fn too_large(most: usize) -> Self {
        Self::new(
            "too-large",
            format!("the body is larger than this service takes, which is {most} bytes (--max-body)"),
        )
    }

    /// A case with an id by which it cannot be kept.
    pub(crate) fn id(why: String) -> Self {
        let problem = json!({"code": Fault::BadValue.code(), "at": "call.id", "message": why});
        Self::new("case", why).with("problems", json!([problem]))
    }

    /// Everything that is wrong with a case.
    pub(crate) fn case(problems: &Problems) -> Self {
        Self::problems("case", problems)
    }

    /// Everything that is wrong with a record.
    pub(crate) fn record(problems: &Problems) -> Self {
        Self::problems("record", problems)
    }

    /// A record that cannot be read or written, or has no such entry.
    pub(crate) fn store(error: &RecordError) -> Self {
        let code = if matches!(error, RecordError::NoEntry(_)) { "not-found" } else { "not-recorded" };
        Self::new(code, error.to_string())
    }

    /// The same with one more thing that it says.
    pub(crate) fn with(mut self, key: &str, value: Value) -> Self {
        self.more.get_or_insert_default().insert(key.to_owned(), value);
        self
    }

    fn problems(code: &str, problems: &Problems) -> Self {
        let is_unreadable = problems.list.iter().all(|problem| problem.fault == Fault::Unreadable);
        let mut answer = Self::new(if is_unreadable { "not-json" } else { code }, problems.to_string());
        let list = problems.list.iter().map(|problem| {
            json!({
                "code": problem.fault.code(),
                "at": problem.path,
                "message": problem.message,
                "line": problem.line,
                "column": problem.column,
            })
        });
        let mut more = Map::new();
        more.insert("problems".to_owned(), list.collect());
        if let Some(case) = &problems.case {
            more.insert("case".to_owned(), json!(case));
        }
        answer.more = Some(more.into());
        answer
    }

    pub(crate) fn json(&self) -> Value {
        let (code, title, status) = self.kind;
        let mut body = json!({
            "type": format!("urn:heedful:problem:{code}"),
            "title": title,
            "status": status.as_u16(),
            "detail": self.detail,
        });
        if let (Some(body), Some(more)) = (body.as_object_mut(), &self.more) {
            body.extend(more.as_ref().clone());
        }
        body
    }
}

impl IntoResponse for ProblemAnswer {
    fn into_response(self) -> Response<Body> {
        let (_, _, status) = *self.kind;
        let mut response = (status, self.json().to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"heedful\""));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::TOO_MANY_REQUESTS {
            // It is worth asking again after a second.
            headers.insert(header::RETRY_AFTER, HeaderValue::from(1));
        }
        response
    }
}

/// A JSON text as it is.
pub(crate) fn json_text(text: Vec<u8>) -> Response<Body> {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}
