//! The text of one case, and where it begins in its file.

use super::problem::Problem;

/// How a file of cases is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputFormat {
    /// One case, or a list of cases.
    Json,
    /// One case, or several with a line `---` between.
    Yaml,
}

/// The text of one case.
#[derive(Clone, Copy, Debug)]
pub struct Document<'t> {
    pub(super) form: InputFormat,
    pub(super) text: &'t str,
    /// Line and column at which it begins in its file, both counted from 1.
    pub line: usize,
    /// The character in that line at which it begins, from 1.
    pub column: usize,
}

impl InputFormat {
    /// The largest file that is read whole, in bytes. JSON Lines are read one by one and have no such limit.
    pub fn max_bytes(self) -> usize {
        match self {
            Self::Json => 1024 * 1024 * 1024,
            Self::Yaml => 4 * 1024 * 1024,
        }
    }
}

impl<'t> Document<'t> {
    /// One line of a JSON Lines file.
    pub fn json_line(text: &'t str, line: usize) -> Self {
        Self { form: InputFormat::Json, text, line, column: 1 }
    }

    /// Turns a place in this text into a place in its file.
    pub(super) fn put_in_file(self, problem: &mut Problem) {
        if problem.line == 1 {
            problem.column += self.column - 1;
        }
        problem.line += self.line - 1;
    }
}
