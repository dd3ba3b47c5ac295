//! YAML text -> cases. The only module that knows the YAML library, whose development has ended: its `Value` is never
//! used, so that words are read by the vocabulary's types, and what it would repeat without limit is refused before.

use super::case::WholeCase;
use super::case_reader::CaseReader;
use super::document::{Document, Form};
use super::fence;
use super::moment::Times;
use super::node::{Node, NodeReader, Places};
use super::problem::{Problem, Problems, Stop};
use crate::model::Case;
use crate::time::Instant;
use serde::Deserialize;
use serde::de::DeserializeSeed;
use std::cell::Cell;

/// Finds the cases, which lines of `---` divide.
pub(super) fn split(text: &str) -> (Vec<Document<'_>>, Option<Problem>) {
    if text.len() > Form::Yaml.max_bytes() {
        let message = "this file is too large for YAML, which takes 4 MB at most; send large cases as JSON".to_owned();
        return (Vec::new(), Some(Problem::unreadable(message, 1, 1)));
    }
    match fence::parts(text) {
        Ok(parts) => {
            let document = |(line, text)| Document { form: Form::Yaml, text, line, column: 1 };
            (parts.into_iter().map(document).collect(), None)
        }
        Err(problem) => (Vec::new(), Some(problem)),
    }
}

/// The call's time, which the other times are reckoned from and which may come after them.
#[derive(Deserialize)]
struct Outline {
    call: OutlineOfCall,
}

#[derive(Deserialize)]
struct OutlineOfCall {
    at: String,
}

/// Reads the one case that is the whole of `text`.
pub(super) fn read(text: &str, reader: &mut CaseReader<'_>, case: &mut Case) -> Result<(), Problems> {
    let outline: Option<Outline> = serde_yaml::from_str(text).ok();
    let call_at = outline.and_then(|outline| Instant::parse(&outline.call.at).ok());
    reader.read(Times::Relative(call_at), case, |reader| {
        let input = serde_yaml::Deserializer::from_str(text);
        WholeCase { reader }.deserialize(input).map_err(|error| stop(&error))
    })
}

/// The one tree in the text of a file, with the line that its part of the file begins on.
///
/// # Errors
/// Why it cannot be read, at its place.
pub fn read_tree(text: &str) -> Result<Node, Problem> {
    let (parts, broken) = split(text);
    if let Some(problem) = broken {
        return Err(problem);
    }
    let at_top = |message: &str, line| Problem::unreadable(message, line, 1);
    let [part] = parts.as_slice() else {
        return Err(match parts.get(1) {
            Some(second) => at_top("this file has a second part after `---`; make it a file of its own", second.line),
            None => at_top("there is nothing in this file", 1),
        });
    };
    let reader = NodeReader { next: &Cell::new(0), places: None };
    reader.deserialize(serde_yaml::Deserializer::from_str(part.text)).map_err(|error| {
        let mut problem = stop(&error).into_problem();
        part.put_in_file(&mut problem);
        problem
    })
}

/// The line and column of each node in the text of a file that [`read_tree`] read, by its number, both counted from 1.
pub fn places_in_tree(text: &str) -> Vec<(usize, usize)> {
    let parts = split(text).0;
    let Some(part) = parts.first() else { return Vec::new() };
    let places = Places::default();
    let reader = NodeReader { next: &Cell::new(0), places: Some(&places) };
    // What cannot be read to its end has places up to there.
    let _ = reader.deserialize(serde_yaml::Deserializer::from_str(part.text));
    let in_file = |(line, column): (usize, usize)| (line + part.line - 1, column);
    places.into_known().into_iter().map(in_file).collect()
}

fn stop(error: &serde_yaml::Error) -> Stop {
    let (line, column) = error.location().map_or((1, 1), |location| (location.line(), location.column()));
    let said = error.to_string();
    let said = said.split_once(" at line ").map_or(said.as_str(), |(said, _)| said);
    Stop { line, column, message: format!("this is not YAML that can be read: {said}") }
}
