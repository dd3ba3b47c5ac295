//! What is wrong with a case, said to the person who wrote or sent it.

use std::error::Error;
use std::fmt;

/// One thing wrong with a case. It names keys and choices, and never repeats what was said about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// What kind of fault it is.
    pub fault: Fault,
    /// Where in the case, such as `history.orders[0].kind`; empty for the case as a whole.
    pub path: String,
    /// What is wrong, in words.
    pub message: String,
    /// Line and column in the file, both counted from 1.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

/// What kind of fault it is, for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The text is no JSON or YAML, or cannot be read for another reason.
    Unreadable,
    /// The vocabulary has no such key.
    UnknownKey,
    /// A group has a key twice.
    GivenTwice,
    /// Something that every case has is not there.
    Missing,
    /// A value that the vocabulary does not have, or one of another type.
    BadValue,
}

impl Fault {
    /// The word that stands for it in what other programs read.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::UnknownKey => "unknown-key",
            Self::GivenTwice => "given-twice",
            Self::Missing => "missing",
            Self::BadValue => "bad-value",
        }
    }
}

impl Problem {
    /// What keeps the whole of a text from being read, from this place on.
    pub fn unreadable(message: impl Into<String>, line: usize, column: usize) -> Self {
        Self { fault: Fault::Unreadable, path: String::new(), message: message.into(), line, column }
    }
}

/// Everything wrong with one case: the first [`MAX_PROBLEMS`], and how many more there are.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problems {
    /// The id of the call, as far as it was read.
    pub case: Option<String>,
    /// The problems, in the order in which they stand.
    pub list: Vec<Problem>,
    /// How many more there are than are listed.
    pub more: usize,
}

impl fmt::Display for Problem {
    /// `2:14: history.orders[0].kind: there is no …`: ids and keys, never what was said about a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.line, self.column)?;
        match self.path.is_empty() {
            true => f.write_str(&self.message),
            false => write!(f, "{}: {}", self.path, self.message),
        }
    }
}

impl fmt::Display for Problems {
    /// One problem to a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.list.iter().enumerate() {
            write!(f, "{}{problem}", if at == 0 { "" } else { "\n" })?;
        }
        match self.more {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

impl Error for Problem {}

impl Error for Problems {}

/// How many problems of a case are told. Each costs a reading of the case, to find its line.
pub(super) const MAX_PROBLEMS: usize = 20;

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self { case: None, list: vec![problem], more: 0 }
    }
}

/// Where and why a reader of JSON or YAML stopped.
pub(super) struct Stop {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) message: String,
}

impl Stop {
    pub(super) fn into_problem(self) -> Problem {
        Problem::unreadable(self.message, self.line, self.column)
    }
}
