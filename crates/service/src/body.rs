//! The body of a request -> one text, or texts on lines, by what the request says that it is.

use crate::answer::ProblemAnswer;
use axum::http::{HeaderMap, header};
use heedful::text::says_something;

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
    if text.starts_with('\u{feff}') {
        return Err(ProblemAnswer::new(
            "not-json",
            "the body begins with a byte order mark (U+FEFF), which JSON does not have; send it without",
        ));
    }
    match form.as_str() {
        "application/json" => Ok(SentBody::One(text)),
        "application/x-ndjson" | "application/jsonl" => Ok(SentBody::Lines(text)),
        _ => Err(ProblemAnswer::new(
            "media-type",
            format!("send {one} as `application/json`, or one on each line as `application/x-ndjson`"),
        )),
    }
}

/// Words by which somebody answers for something: `by` or `because`.
pub(crate) fn said(what: &str, words: &str) -> Result<String, ProblemAnswer> {
    let words = words.trim();
    if says_something(words) {
        return Ok(words.to_owned());
    }
    Err(ProblemAnswer::new(
        "request",
        format!("`{what}` says nothing: say {}", if what == "by" { "who" } else { "why" }),
    ))
}

/// How many letters an id may have by which something is kept: an index of PostgreSQL holds no longer one.
pub(crate) const LONGEST_ID: usize = 256;

/// Whether something can be kept by an id; or what is wrong with it. Others are recorded with it in one transaction, which must not fail for it.
pub(crate) fn keepable_id(id: &str) -> Result<(), String> {
    match id.chars().nth(LONGEST_ID) {
        _ if id.contains('\0') => Err("`id` has the character U+0000 in it, which no database keeps".to_owned()),
        Some(_) => Err(format!("`id` has more than {LONGEST_ID} characters")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_ID, keepable_id};

    #[test]
    fn an_id_is_kept_that_every_database_can_keep() {
        assert!(keepable_id("C-17\n/%2F").is_ok() && keepable_id(&"\u{1f6a8}".repeat(LONGEST_ID)).is_ok());
        assert!(keepable_id("C\0").is_err() && keepable_id(&"a".repeat(LONGEST_ID + 1)).is_err());
    }
}
