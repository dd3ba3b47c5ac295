//! What is wrong with a case, one line for each problem, in the form that editors make links of.

use crate::wire::{Problem, Problems};

/// The problems of one case of a file; the last line has no end.
pub fn problems(file: &str, problems: &Problems) -> String {
    let line = |problem: &Problem| {
        let place = format!("{file}:{}:{}", problem.line, problem.column);
        match problem.path.as_str() {
            "" => format!("{place}: {}", problem.message),
            path => format!("{place}: {path}: {}", problem.message),
        }
    };
    let mut lines: Vec<String> = problems.list.iter().map(line).collect();
    match problems.more {
        0 => {}
        1 => lines.push(format!("{file}: and 1 more problem in this case")),
        more => lines.push(format!("{file}: and {more} more problems in this case")),
    }
    lines.join("\n")
}
