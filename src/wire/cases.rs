//! Bytes of a file -> the texts of the cases in it -> cases.

use super::case_reader::{CaseReader, Reading};
use super::document::{Document, InputFormat};
use super::problem::{Problem, Problems};
use super::{json, yaml};
use crate::engine::Snapshot;
use crate::model::Case;

impl Document<'_> {
    /// Reads the case.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(self, reading: Reading<'_>) -> Result<Case, Problems> {
        let mut reader = Reader::new(reading);
        reader.read(self)?;
        Ok(reader.case)
    }
}

/// Reads one case after another in the same memory.
#[derive(Debug)]
pub struct Reader<'v> {
    reader: CaseReader<'v>,
    case: Case,
}

/// The memory of a case with more records than this is given back, so that one long history does not stay for good.
const MOST_KEPT: usize = 10_000;

impl<'v> Reader<'v> {
    /// A reader of such cases, with memory that serves for each.
    pub fn new(reading: Reading<'v>) -> Self {
        Self { reader: CaseReader::new(reading), case: Case::blank() }
    }

    /// Reads the case, which is there until the next is read.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(&mut self, document: Document<'_>) -> Result<&Case, Problems> {
        if self.case.record_count() > MOST_KEPT {
            *self = Self::new(self.reader.reading);
        }
        let Self { reader, case } = self;
        let read = match document.form {
            InputFormat::Json => json::read(document.text, reader, case),
            InputFormat::Yaml => yaml::read(document.text, reader, case),
        };
        match read {
            Ok(()) => Ok(case),
            Err(mut problems) => {
                problems.list.iter_mut().for_each(|problem| document.put_in_file(problem));
                Err(problems)
            }
        }
    }
}

/// Reads the one case of a text in JSON, as a policy's vocabulary declares it: with every key and value that the vocabulary does
/// not have refused. [`Reader`] reads many in the same memory, and can be told to take what it does not know as not known.
///
/// # Errors
/// Everything that is wrong with it.
pub fn case_from_json(policy: &Snapshot, text: &str) -> Result<Case, Problems> {
    Document::json_line(text, 1).read(Reading::strict(policy.vocabulary(), policy.zone()))
}

/// Finds the cases in the text of a file. Where the file breaks off in the middle, what is wrong comes second.
pub fn documents(form: InputFormat, text: &str) -> (Vec<Document<'_>>, Option<Problem>) {
    match form {
        InputFormat::Json => json::split(text),
        InputFormat::Yaml => yaml::split(text),
    }
}

/// Whether a first line holds a whole case, so that each line does. A line that is whole but for a mistake counts too,
/// so that the mistake costs one case and not the file.
pub fn begins_lines(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let count = |wanted| line.iter().filter(|byte| **byte == wanted).count();
    let looks_whole = line.starts_with(b"{") && line.ends_with(b"}") && count(b'{') == count(b'}');
    looks_whole || (line.starts_with(b"{") && json::is_whole(line))
}

/// The text of a file of cases, without the mark that some editors put before it.
///
/// # Errors
/// Where it stops being UTF-8.
pub fn read_utf8(bytes: &[u8]) -> Result<&str, Problem> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let column = String::from_utf8_lossy(before.get(line_start..).unwrap_or_default()).chars().count() + 1;
        let message = match bytes {
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => "this file is UTF-16; save it with the encoding UTF-8",
            _ => "this is not UTF-8 text from here on; save the file with the encoding UTF-8",
        };
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        Problem::unreadable(message, line, column)
    })
}
