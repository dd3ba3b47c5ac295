//! JSON text -> cases: where each begins, and what is wrong in words that need no knowledge of JSON readers.

use super::case::CaseVisitor;
use super::case_reader::CaseReader;
use super::document::{Document, InputFormat};
use super::moment::Times;
use super::problem::{Problem, Problems, Stop};
use crate::model::Case;
use serde::de::{DeserializeSeed, IgnoredAny};
use serde_json::error::Category;

/// Reads the one case that is the whole of `text`, however it is spelled.
pub(super) fn read(text: &str, reader: &mut CaseReader<'_>, case: &mut Case) -> Result<(), Problems> {
    reader.read(Times::Absolute, case, |reader| {
        let mut input = serde_json::Deserializer::from_str(text);
        let whole = CaseVisitor { reader }.deserialize(&mut input).and_then(|()| input.end());
        whole.map_err(|error| stop(text, &error))
    })
}

/// Whether this is one whole JSON value.
pub(super) fn is_whole(text: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(text).is_ok()
}

/// Finds the cases: the elements of a list, or else the whole text.
pub(super) fn split(text: &str) -> (Vec<Document<'_>>, Option<Problem>) {
    let Some(list) = text.trim_start().strip_prefix('[') else {
        let whole = Document { form: InputFormat::Json, text, line: 1, column: 1 };
        return (if text.trim().is_empty() { Vec::new() } else { vec![whole] }, None);
    };
    let mut cases = Vec::new();
    let mut rest = Rest { text: list, line: 1, column: 1 };
    rest.move_on(text, text.len() - list.len());
    loop {
        match rest.next_case() {
            Ok(Some(case)) => cases.push(case),
            Ok(None) => return (cases, None),
            Err(problem) => return (cases, Some(problem)),
        }
    }
}

/// What is left of a list of cases.
struct Rest<'t> {
    text: &'t str,
    line: usize,
    column: usize,
}

impl<'t> Rest<'t> {
    /// Steps over the first `bytes` of `text`, of which the rest is what is left.
    fn move_on(&mut self, text: &'t str, bytes: usize) {
        let (passed, rest) = text.split_at_checked(bytes).unwrap_or((text, ""));
        for character in passed.chars() {
            (self.line, self.column) =
                if character == '\n' { (self.line + 1, 1) } else { (self.line, self.column + 1) };
        }
        self.text = rest;
    }

    fn skip_blanks(&mut self) {
        self.move_on(self.text, self.text.len() - self.text.trim_start_matches([' ', '\t', '\n', '\r']).len());
    }

    fn document(&self, text: &'t str) -> Document<'t> {
        Document { form: InputFormat::Json, text, line: self.line, column: self.column }
    }

    fn problem(&self, message: &str) -> Problem {
        Problem::unreadable(message, self.line, self.column)
    }

    /// The next element, with the comma after it; `None` after the last.
    fn next_case(&mut self) -> Result<Option<Document<'t>>, Problem> {
        self.skip_blanks();
        if self.text.starts_with(']') {
            return self.end();
        }
        let mut values = serde_json::Deserializer::from_str(self.text).into_iter::<IgnoredAny>();
        let case = match values.next() {
            Some(Ok(IgnoredAny)) => self.document(self.text.get(..values.byte_offset()).unwrap_or_default()),
            Some(Err(error)) => {
                let mut problem = stop(self.text, &error).into_problem();
                self.document("").put_in_file(&mut problem);
                return Err(problem);
            }
            None => return Err(self.problem(ENDS_EARLY)),
        };
        self.move_on(self.text, case.text.len());
        self.skip_blanks();
        match self.text.bytes().next() {
            Some(b',') => self.move_on(self.text, 1),
            Some(b']') => {}
            Some(_) => return Err(self.problem("a comma is missing between two cases")),
            None => return Err(self.problem(ENDS_EARLY)),
        }
        Ok(Some(case))
    }

    fn end(&mut self) -> Result<Option<Document<'t>>, Problem> {
        self.move_on(self.text, 1);
        self.skip_blanks();
        if self.text.is_empty() { Ok(None) } else { Err(self.problem("there is more text after the end of the list")) }
    }
}

const ENDS_EARLY: &str = "the text ends before the case does: a closing bracket or quotation mark is missing";

/// What the reader's own words mean to somebody who never met it. It tells its errors apart only by their text.
const MEANINGS: [(&str, &str); 11] = [
    ("expected `,` or `}`", "a comma or a closing bracket is missing before this"),
    ("expected `,` or `]`", "a comma or a closing bracket is missing before this"),
    ("expected `:`", "a colon is missing after a key"),
    ("trailing comma", "there is a comma before the closing bracket"),
    ("trailing characters", "there is more text after the end of the case"),
    ("key must be a string", "a key is written in double quotes"),
    ("expected value", "a value is missing here, or a text is not in double quotes"),
    ("expected ident", "a value is missing here, or a text is not in double quotes"),
    ("number out of range", "this number is too large"),
    ("recursion limit exceeded", "this is nested too deeply"),
    ("control character", "a text ends with its line; its closing quotation mark may be missing"),
];

fn stop(text: &str, error: &serde_json::Error) -> Stop {
    let (line, column) = place(text, error.line(), error.column());
    let said = error.to_string();
    let meaning = MEANINGS.iter().find(|(words, _)| said.starts_with(words)).map(|(_, meaning)| *meaning);
    let message = match error.classify() {
        Category::Eof => ENDS_EARLY,
        Category::Syntax | Category::Data | Category::Io => meaning.unwrap_or("this is not JSON that can be read"),
    };
    Stop { line, column, message: message.to_owned() }
}

/// The reader stops on the last byte of what it read, counted in bytes; a person looks for where that begins.
fn place(text: &str, line: usize, column: usize) -> (usize, usize) {
    let line = line.max(1);
    let line_text = text.as_bytes().split(|byte| *byte == b'\n').nth(line - 1).unwrap_or_default();
    let start = token_start(line_text, column.saturating_sub(1));
    let before = line_text.get(..start).unwrap_or(line_text);
    (line, String::from_utf8_lossy(before).chars().count() + 1)
}

fn token_start(line: &[u8], last: usize) -> usize {
    let before = line.get(..last).unwrap_or(line);
    match line.get(last) {
        Some(b'"') => opening_quote(before).unwrap_or(last),
        Some(byte) if is_bare(*byte) => before.iter().rposition(|byte| !is_bare(*byte)).map_or(0, |at| at + 1),
        _ => last,
    }
}

fn is_bare(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}

/// The last quotation mark that no backslash escapes.
fn opening_quote(before: &[u8]) -> Option<usize> {
    let mut end = before.len();
    while let Some(at) = before.get(..end).and_then(|bytes| bytes.iter().rposition(|byte| *byte == b'"')) {
        let slashes = before.get(..at).unwrap_or_default().iter().rev().take_while(|byte| **byte == b'\\').count();
        if slashes % 2 == 0 {
            return Some(at);
        }
        end = at;
    }
    None
}
