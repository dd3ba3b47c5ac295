//! Problems of a set of files -> the same without what follows from a name that cannot be one: it fits nowhere else either.

use crate::text::{Diagnostic, Sources};
use std::collections::BTreeSet;

/// Leaves out that a word does not fit where a name is meant, when it is told where the name is declared that it cannot be one.
pub fn without_misnamed(problems: &mut Vec<Diagnostic>, sources: &Sources) {
    let of = |problem: &Diagnostic, code: &str| (problem.code == code).then(|| sources.slice(problem.span).to_owned());
    let misnamed: BTreeSet<String> = problems.iter().filter_map(|problem| of(problem, "reserved-name")).collect();
    problems.retain(|problem| of(problem, "cannot-read").is_none_or(|word| !misnamed.contains(&word)));
}
