//! One file -> its text in the canonical layout.

use super::Input;
use crate::syntax;
use crate::text::{Diagnostic, Severity, Source, Sources, Span};

/// The canonical text of one file, which is read again to be sure of it. The file comes to the sources, where the places of
/// errors are.
///
/// # Errors
/// Every error that leaves the file as it is: what cannot be read has no layout.
pub fn canonical(sources: &mut Sources, input: &Input) -> Result<String, Vec<Diagnostic>> {
    let (id, problems) = sources.add(&input.name, &input.bytes);
    refuse(problems)?;
    let Some(source) = sources.get(id) else { return Ok(String::new()) };
    let (file, problems) = syntax::parse(source);
    refuse(problems)?;
    let text = syntax::print(&file);
    let (_, problems) = syntax::parse(&Source::new(id, &input.name, text.as_str()));
    if refuse(problems).is_err() {
        let message =
            "this file has no layout that can be read again, which is a mistake in heedful; it is left as it is";
        return Err(vec![Diagnostic::error("layout", Span::new(id, 0, 0), message)]);
    }
    Ok(text)
}

fn refuse(problems: Vec<Diagnostic>) -> Result<(), Vec<Diagnostic>> {
    let errors: Vec<Diagnostic> = problems.into_iter().filter(|problem| problem.severity == Severity::Error).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}
