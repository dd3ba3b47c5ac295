//! A path or standard input -> the cases in it, one after the other.
//!
//! JSON Lines are read a block of whole lines at a time, so that a file of any length takes no more memory than its
//! longest line.

use super::error::CliError;
use heedful::wire::{Document, InputFormat, Problem, begins_lines, documents, read_utf8};
use heedful_live::files::{STANDARD_INPUT, is_standard_input};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, stdin};
use std::path::Path;

/// A file of cases that is open.
pub(super) struct CaseFile {
    pub(super) name: String,
    /// Its length, when it is an ordinary file.
    pub(super) length: Option<u64>,
    shape: FileShape,
    input: Box<dyn Read + Send>,
}

/// What the ending of a file says of how it is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FileShape {
    Lines,
    Json,
    Yaml,
    Unknown,
}

/// A file of cases of which it is known how it is written.
pub(super) enum Cases {
    Lines(LinesFile),
    Whole(WholeFile),
}

/// The longest line of a JSON Lines file, in bytes.
const MAX_LINE: u64 = 512 * 1024 * 1024;

/// A block ends with the line that makes it this long, in bytes.
const BLOCK: usize = 256 * 1024;

impl CaseFile {
    pub(super) fn open(path: &Path) -> Result<Self, CliError> {
        if is_standard_input(path) {
            let name = STANDARD_INPUT.to_owned();
            return Ok(Self { name, length: None, shape: FileShape::Unknown, input: Box::new(stdin()) });
        }
        let name = path.display().to_string();
        let opened = File::open(path).and_then(|file| file.metadata().map(|metadata| (file, metadata)));
        let (file, metadata) = opened.map_err(|error| CliError::file(&name, &error))?;
        let length = metadata.is_file().then_some(metadata.len());
        Ok(Self { name, length, shape: FileShape::of(path), input: Box::new(file) })
    }

    /// Wraps what the file is read from, such as in a counter.
    pub(super) fn wrap<R: Read + Send + 'static>(self, wrap: impl FnOnce(Box<dyn Read + Send>) -> R) -> Self {
        Self { input: Box::new(wrap(self.input)), ..self }
    }

    /// Reads as far as it takes to know how the file is written. Where it is said to be lines, that is no further than its first.
    pub(super) fn begin(self, lines_only: bool) -> Result<Cases, CliError> {
        let Self { name, shape, input, .. } = self;
        let shape = if lines_only { FileShape::Lines } else { shape };
        let mut input = BufReader::with_capacity(BLOCK, input);
        let mut start = Start::default();
        if shape != FileShape::Yaml {
            start.read(&mut input).map_err(|error| CliError::file(&name, &error))?;
        }
        let first = start.first();
        let form = match (shape, first.first()) {
            (FileShape::Yaml, _) => InputFormat::Yaml,
            (FileShape::Lines, _) => return Ok(Cases::Lines(LinesFile::new(name, input, first, start.blank_lines))),
            (_, Some(b'{')) if begins_lines(first) => {
                return Ok(Cases::Lines(LinesFile::new(name, input, first, start.blank_lines)));
            }
            (FileShape::Json, _) | (_, Some(b'{' | b'[')) => InputFormat::Json,
            _ => InputFormat::Yaml,
        };
        Ok(Cases::Whole(WholeFile { name, form, start: start.bytes, input }))
    }
}

impl FileShape {
    fn of(path: &Path) -> Self {
        match path.extension().map(std::ffi::OsStr::to_ascii_lowercase) {
            Some(ending) if ending == "jsonl" || ending == "ndjson" => Self::Lines,
            Some(ending) if ending == "json" => Self::Json,
            Some(ending) if ending == "yaml" || ending == "yml" => Self::Yaml,
            _ => Self::Unknown,
        }
    }
}

type Input = BufReader<Box<dyn Read + Send>>;

/// The blank lines that a file begins with, and its first line with anything on it.
#[derive(Default)]
struct Start {
    bytes: Vec<u8>,
    blank_lines: usize,
    from: usize,
}

impl Start {
    fn read(&mut self, input: &mut Input) -> io::Result<()> {
        while next_line(input, &mut self.bytes)? {
            if !is_blank(self.bytes.get(self.from..).unwrap_or_default()) {
                break;
            }
            (self.from, self.blank_lines) = (self.bytes.len(), self.blank_lines + 1);
        }
        Ok(())
    }

    fn first(&self) -> &[u8] {
        let first = self.bytes.get(self.from..).unwrap_or_default();
        first.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(first).trim_ascii_start()
    }
}

/// Adds the next line to `line`; false at the end of the file.
fn next_line(input: &mut Input, line: &mut Vec<u8>) -> io::Result<bool> {
    Ok(input.take(MAX_LINE).read_until(b'\n', line)? > 0)
}

fn is_blank(line: &[u8]) -> bool {
    line.trim_ascii().is_empty()
}

/// A file of which each line is a case.
pub(super) struct LinesFile {
    name: String,
    input: Input,
    /// The first line, which was read to see what the file is.
    first: Vec<u8>,
    /// The number of the next line.
    number: usize,
    /// What stopped the reading after the lines of the last block.
    failed: Option<io::Error>,
    ended: bool,
}

/// Whole lines that follow one another.
#[derive(Default)]
pub(super) struct Block {
    bytes: Vec<u8>,
    /// The number of the first line in the file.
    number: usize,
    /// Whether a line follows that is too long to be read.
    overlong: bool,
}

impl LinesFile {
    fn new(name: String, input: Input, first: &[u8], blank_lines: usize) -> Self {
        Self { name, input, first: first.to_vec(), number: blank_lines + 1, failed: None, ended: false }
    }

    /// Fills `block` with the next lines; false at the end of the file. A block ends early when no more input has come
    /// yet, since whoever feeds us line by line may wait for an answer before the next line.
    pub(super) fn next_block(&mut self, block: &mut Block) -> Result<bool, CliError> {
        block.empty();
        block.number = self.number;
        if !self.first.is_empty() {
            block.bytes.append(&mut self.first);
            self.line_added(block, 0);
        }
        while !self.ended && !self.is_enough(block) {
            let start = block.bytes.len();
            match next_line(&mut self.input, &mut block.bytes) {
                Ok(true) => self.line_added(block, start),
                Ok(false) => self.ended = true,
                Err(error) => {
                    block.bytes.truncate(start);
                    self.stopped(error);
                }
            }
        }
        match self.failed.take_if(|_| block.is_empty()) {
            Some(error) => Err(CliError::file(&self.name, &error)),
            None => Ok(!block.is_empty()),
        }
    }

    /// Whether there is nothing more to read, and nothing more to say of the file.
    pub(super) fn have_ended(&self) -> bool {
        self.ended && self.failed.is_none()
    }

    fn is_enough(&self, block: &Block) -> bool {
        !block.is_empty() && (block.overlong || block.bytes.len() >= BLOCK || self.input.buffer().is_empty())
    }

    fn line_added(&mut self, block: &mut Block, start: usize) {
        self.number += 1;
        if (block.bytes.len() - start) as u64 >= MAX_LINE {
            if let Err(error) = skip_line(&mut self.input, &mut block.bytes) {
                self.stopped(error);
            }
            block.bytes.truncate(start);
            block.overlong = true;
        }
    }

    /// The lines before are still decided.
    fn stopped(&mut self, error: io::Error) {
        self.failed = Some(error);
        self.ended = true;
    }
}

impl Block {
    fn is_empty(&self) -> bool {
        self.bytes.is_empty() && !self.overlong
    }

    /// Forgets the lines, and gives the memory of long ones back.
    fn empty(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(2 * BLOCK);
        self.overlong = false;
    }

    /// Each line with anything on it as a case, or what is wrong where there should be one.
    pub(super) fn cases(&self) -> impl Iterator<Item = Result<Document<'_>, Problem>> {
        let lines = self.bytes.split_inclusive(|byte| *byte == b'\n');
        let after = self.number + lines.clone().count();
        let overlong = self.overlong.then(|| Err(problem("this line is longer than 512 MB".to_owned(), after)));
        let filled = (self.number..).zip(lines).filter(|(_, line)| !is_blank(line));
        filled.map(|(number, line)| one_line(line, number)).chain(overlong)
    }
}

fn one_line(line: &[u8], number: usize) -> Result<Document<'_>, Problem> {
    match read_utf8(line) {
        Ok(text) => Ok(Document::json_line(text, number)),
        Err(mut problem) => {
            problem.line = number;
            Err(problem)
        }
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

/// Takes a case, or what is wrong where there should be one.
pub(super) type Taker<'t> = dyn FnMut(Result<Document<'_>, Problem>) -> Result<(), CliError> + 't;

/// A file that is not lines.
pub(super) struct WholeFile {
    name: String,
    form: InputFormat,
    /// What was read to see what the file is.
    start: Vec<u8>,
    input: Input,
}

impl WholeFile {
    /// Hands every case to `take`, or what is wrong where there should be one.
    pub(super) fn each(self, take: &mut Taker<'_>) -> Result<(), CliError> {
        let Self { name, form, start: mut bytes, input } = self;
        let read = input.take(form.max_bytes() as u64 + 1).read_to_end(&mut bytes);
        read.map_err(|error| CliError::file(&name, &error))?;
        if bytes.len() > form.max_bytes() {
            let most = form.max_bytes() / (1024 * 1024);
            let message =
                format!("this file is larger than {most} MB; send many cases as JSON Lines, one on each line");
            return take(Err(problem(message, 1)));
        }
        let text = match read_utf8(&bytes) {
            Ok(text) => text,
            Err(problem) => return take(Err(problem)),
        };
        let (cases, broken) = documents(form, text);
        let none = cases.is_empty() && broken.is_none();
        for case in cases {
            take(Ok(case))?;
        }
        let broken = broken.or_else(|| none.then(|| problem("there is no case in this file".to_owned(), 1)));
        broken.map_or(Ok(()), |problem| take(Err(problem)))
    }
}

fn problem(message: String, line: usize) -> Problem {
    Problem::unreadable(message, line, 1)
}
