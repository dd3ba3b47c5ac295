//! What is wrong with a case, said to the person who wrote or sent it.

/// One thing wrong with a case. It names keys and choices, and never repeats what was said about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where in the case, such as `history.orders[0].kind`; empty for the case as a whole.
    pub path: String,
    pub message: String,
    /// Line and column in the file, both counted from 1.
    pub line: usize,
    pub column: usize,
}

/// Everything wrong with one case: the first [`MAX_PROBLEMS`], and how many more there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems {
    pub list: Vec<Problem>,
    pub more: usize,
}

/// How many problems of a case are told. Each costs a reading of the case, to find its line.
pub(super) const MAX_PROBLEMS: usize = 20;

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self { list: vec![problem], more: 0 }
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
        Problem { path: String::new(), message: self.message, line: self.line, column: self.column }
    }
}
