//! The body of a request -> one text, or texts on lines, by what the request says that it is.

use crate::answer::ProblemAnswer;
use axum::http::{HeaderMap, header};

/// What was sent.
pub(crate) enum SentBody<'b> {
    One(&'b str),
    /// One on each line.
    Lines(&'b str),
}

/// Reads a body; without word of what it is, it is JSON. `one` says what is sent, for whoever sends something else: `a case`.
pub(crate) fn sent_body<'b>(headers: &HeaderMap, body: &'b [u8], one: &str) -> Result<SentBody<'b>, ProblemAnswer> {
    let form = headers.get(header::CONTENT_TYPE).and_then(|form| form.to_str().ok()).unwrap_or("application/json");
    let form = form.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let text = std::str::from_utf8(body).map_err(|error| {
        ProblemAnswer::new("not-json", format!("the body is not UTF-8 from byte {} on", error.valid_up_to()))
    })?;
    match form.as_str() {
        "application/json" => Ok(SentBody::One(text)),
        "application/x-ndjson" | "application/jsonl" => Ok(SentBody::Lines(text)),
        _ => Err(ProblemAnswer::new(
            "media-type",
            format!("send {one} as `application/json`, or one on each line as `application/x-ndjson`"),
        )),
    }
}
