//! A path or standard input -> the cases in it, one after the other.
//!
//! JSON Lines are read a line at a time, so that a file of any length takes no more memory than its longest line.

use super::stop::Stop;
use crate::files::{STANDARD_INPUT, is_standard_input};
use crate::wire::{Document, Form, Problem, begins_lines, documents, read_utf8};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, stdin};
use std::path::Path;

/// A file of cases that is open.
pub(super) struct CaseFile {
    pub(super) name: String,
    /// Its length, when it is an ordinary file.
    pub(super) length: Option<u64>,
    shape: Shape,
    input: Box<dyn Read>,
}

/// What the ending of a file says of how it is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Lines,
    Json,
    Yaml,
    Unknown,
}

/// Takes each case as it is read, or what is wrong where there should be one. `waiting` says that no more input has
/// come yet.
pub(super) type Taker<'t> = dyn FnMut(Result<Document<'_>, Problem>, bool) -> Result<(), Stop> + 't;

/// The longest line of a JSON Lines file, in bytes.
const MAX_LINE: u64 = 512 * 1024 * 1024;

impl CaseFile {
    pub(super) fn open(path: &Path) -> Result<Self, Stop> {
        if is_standard_input(path) {
            let name = STANDARD_INPUT.to_owned();
            return Ok(Self { name, length: None, shape: Shape::Unknown, input: Box::new(stdin()) });
        }
        let name = path.display().to_string();
        let opened = File::open(path).and_then(|file| file.metadata().map(|metadata| (file, metadata)));
        let (file, metadata) = opened.map_err(|error| Stop::file(&name, &error))?;
        let length = metadata.is_file().then_some(metadata.len());
        Ok(Self { name, length, shape: Shape::of(path), input: Box::new(file) })
    }

    /// Wraps what the file is read from, such as in a counter.
    pub(super) fn wrap<R: Read + 'static>(self, wrap: impl FnOnce(Box<dyn Read>) -> R) -> Self {
        Self { input: Box::new(wrap(self.input)), ..self }
    }

    /// Hands every case to `take`.
    pub(super) fn each(self, take: &mut Taker<'_>) -> Result<(), Stop> {
        let Self { name, shape, input, .. } = self;
        let mut input = BufReader::with_capacity(256 * 1024, input);
        each(&mut input, shape, take).map_err(|failed| match failed {
            Failed::Reading(error) => Stop::file(&name, &error),
            Failed::Taking(stop) => stop,
        })
    }
}

impl Shape {
    fn of(path: &Path) -> Self {
        match path.extension().map(std::ffi::OsStr::to_ascii_lowercase) {
            Some(ending) if ending == "jsonl" || ending == "ndjson" => Self::Lines,
            Some(ending) if ending == "json" => Self::Json,
            Some(ending) if ending == "yaml" || ending == "yml" => Self::Yaml,
            _ => Self::Unknown,
        }
    }
}

/// Why the cases of a file were not all taken.
enum Failed {
    Reading(io::Error),
    Taking(Stop),
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::Reading(error)
    }
}

impl From<Stop> for Failed {
    fn from(stop: Stop) -> Self {
        Self::Taking(stop)
    }
}

type Input = BufReader<Box<dyn Read>>;

fn each(input: &mut Input, shape: Shape, take: &mut Taker<'_>) -> Result<(), Failed> {
    if shape == Shape::Yaml {
        return whole(input, Vec::new(), Form::Yaml, take);
    }
    let (mut start, mut blank_lines, mut from) = (Vec::new(), 0, 0);
    while next_line(input, &mut start)? {
        if !is_blank(start.get(from..).unwrap_or_default()) {
            break;
        }
        (from, blank_lines) = (start.len(), blank_lines + 1);
    }
    let first = start.get(from..).unwrap_or_default();
    let first = first.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(first).trim_ascii_start();
    match (shape, first.first()) {
        (Shape::Lines, _) => lines(input, first, blank_lines + 1, take),
        (_, Some(b'{')) if begins_lines(first) => lines(input, first, blank_lines + 1, take),
        (Shape::Json, _) | (_, Some(b'{' | b'[')) => whole(input, start, Form::Json, take),
        _ => whole(input, start, Form::Yaml, take),
    }
}

/// Adds the next line to `line`; false at the end of the file.
fn next_line(input: &mut Input, line: &mut Vec<u8>) -> io::Result<bool> {
    Ok(input.take(MAX_LINE).read_until(b'\n', line)? > 0)
}

fn is_blank(line: &[u8]) -> bool {
    line.trim_ascii().is_empty()
}

fn lines(input: &mut Input, first: &[u8], mut number: usize, take: &mut Taker<'_>) -> Result<(), Failed> {
    let mut line = first.to_vec();
    loop {
        if !is_blank(&line) {
            let read = one_line(&line, number);
            let waiting = input.buffer().is_empty();
            take(read, waiting)?;
        }
        if line.len() as u64 >= MAX_LINE {
            skip_line(input, &mut line)?;
        }
        line.clear();
        number += 1;
        if !next_line(input, &mut line)? {
            return Ok(());
        }
    }
}

fn one_line(line: &[u8], number: usize) -> Result<Document<'_>, Problem> {
    if line.len() as u64 >= MAX_LINE {
        return Err(problem("this line is longer than 512 MB".to_owned(), number));
    }
    match read_utf8(line) {
        Ok(text) => Ok(Document::json_line(text, number)),
        Err(problem) => Err(Problem { line: number, ..problem }),
    }
}

/// Reads past the rest of a line that was too long.
fn skip_line(input: &mut Input, line: &mut Vec<u8>) -> io::Result<()> {
    while !line.ends_with(b"\n") {
        line.clear();
        if !next_line(input, line)? {
            break;
        }
    }
    Ok(())
}

/// Reads a file that is not lines, of which `start` was read already.
fn whole(input: &mut Input, start: Vec<u8>, form: Form, take: &mut Taker<'_>) -> Result<(), Failed> {
    let mut bytes = start;
    input.take(form.max_bytes() as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > form.max_bytes() {
        let most = form.max_bytes() / (1024 * 1024);
        let message = format!("this file is larger than {most} MB; send many cases as JSON Lines, one on each line");
        return Ok(take(Err(problem(message, 1)), true)?);
    }
    let text = match read_utf8(&bytes) {
        Ok(text) => text,
        Err(problem) => return Ok(take(Err(problem), true)?),
    };
    let (cases, broken) = documents(form, text);
    let none = cases.is_empty() && broken.is_none();
    for case in cases {
        take(Ok(case), false)?;
    }
    let broken = broken.or_else(|| none.then(|| problem("there is no case in this file".to_owned(), 1)));
    broken.map_or(Ok(()), |problem| Ok(take(Err(problem), true)?))
}

fn problem(message: String, line: usize) -> Problem {
    Problem { path: String::new(), message, line, column: 1 }
}
