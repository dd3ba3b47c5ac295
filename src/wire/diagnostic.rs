//! Diagnostic, Problem -> JSON, for editors and build servers.

use super::line::Slot;
use super::policy;
use super::problem::{Problem, Problems};
use super::summary::Summary;
use crate::engine::{Load, Mended};
use crate::explain::PolicyDocument;
use crate::text::{Diagnostic, Fix, Severity, Source, Sources, Span};
use serde::Serialize;
use std::io;

/// Something about a file as a whole, which was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileWarning {
    /// The path by which people know it.
    pub file: String,
    /// Why the file was not read, in words.
    pub message: String,
}

/// Writes every diagnostic, every warning about a file, every warning that is accepted and the summary as one JSON object, without the line's end; with
/// what was mended and the effective policies where they were asked for.
///
/// # Errors
/// Whatever `out` could not do.
pub fn write_check<W: io::Write>(
    out: W,
    load: &Load,
    of_files: &[FileWarning],
    mended: Option<&[Mended]>,
    summary: &Summary,
    effective: Option<&[PolicyDocument]>,
) -> io::Result<()> {
    let sources = &load.sources;
    let diagnostics = load.diagnostics.iter().map(|diagnostic| DiagnosticShape::new(diagnostic, sources));
    let accepted = load.accepted.iter().map(|accepted| AcceptedShape {
        warning: DiagnosticShape::new(&accepted.warning, sources),
        accepted_by: accepted.by.iter().map(|by| policy::acceptance(by, sources)).collect(),
    });
    let accepted = accepted.collect();
    let mended = mended.map(|all| all.iter().map(MendedShape::new).collect());
    let diagnostics = diagnostics.chain(of_files.iter().map(DiagnosticShape::of_file)).collect();
    let effective =
        effective.map(|documents| documents.iter().map(|document| policy::shape(document, sources)).collect());
    serde_json::to_writer(out, &CheckShape { diagnostics, accepted, mended, summary, effective })
        .map_err(io::Error::from)
}

/// Writes what came of formatting as one JSON object, without the line's end.
///
/// # Errors
/// Whatever `out` could not do.
pub fn write_formatted<W: io::Write>(
    out: W,
    changed: &[String],
    errors: &[Diagnostic],
    sources: &Sources,
) -> io::Result<()> {
    let diagnostics = errors.iter().map(|diagnostic| DiagnosticShape::new(diagnostic, sources)).collect();
    serde_json::to_writer(out, &FormattedShape { changed, diagnostics }).map_err(io::Error::from)
}

/// Writes one problem of a case as a JSON object, without the line's end.
///
/// # Errors
/// Whatever `out` could not do.
pub fn write_problem<W: io::Write>(out: W, file: &str, problem: &Problem) -> io::Result<()> {
    let Problem { fault, path, message, line, column } = problem;
    serde_json::to_writer(out, &ProblemShape { file, line: *line, column: *column, path, code: fault.code(), message })
        .map_err(io::Error::from)
}

/// Adds what stands in the place of a decision where a case was refused, on one line and without the line's end: the first of
/// its problems, and how many others there are.
pub fn push_refusal(out: &mut Vec<u8>, problems: &Problems) {
    let Problems { case, list, more } = problems;
    let Some(Problem { fault, path, message, line, column }) = list.first() else { return };
    Slot::new(out).object(|object| {
        match case {
            Some(id) => object.slot("case").text(id),
            None => object.slot("case").null(),
        }
        object.slot("error").object(|object| {
            object.slot("code").word(fault.code());
            object.slot("message").text(message);
            object.slot("at").object(|object| {
                object.slot("line").number(*line);
                object.slot("column").number(*column);
                object.slot("path").text(path);
            });
            object.slot("others").number(list.len() - 1 + more);
        });
    });
}

#[derive(Serialize)]
struct CheckShape<'d> {
    diagnostics: Vec<DiagnosticShape<'d>>,
    accepted: Vec<AcceptedShape<'d>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mended: Option<Vec<MendedShape<'d>>>,
    summary: &'d Summary,
    #[serde(skip_serializing_if = "Option::is_none")]
    effective: Option<serde_json::Value>,
}

#[derive(Serialize)]
struct AcceptedShape<'d> {
    #[serde(flatten)]
    warning: DiagnosticShape<'d>,
    accepted_by: Vec<serde_json::Value>,
}

#[derive(Serialize)]
struct MendedShape<'d> {
    file: &'d str,
    line: usize,
    code: &'d str,
    message: &'d str,
    before: &'d str,
    after: &'d str,
}

#[derive(Serialize)]
struct FormattedShape<'d> {
    changed: &'d [String],
    diagnostics: Vec<DiagnosticShape<'d>>,
}

#[derive(Serialize)]
struct ProblemShape<'p> {
    file: &'p str,
    line: usize,
    column: usize,
    path: &'p str,
    code: &'p str,
    message: &'p str,
}

#[derive(Serialize)]
pub(super) struct DiagnosticShape<'d> {
    code: &'d str,
    severity: &'static str,
    message: &'d str,
    #[serde(flatten)]
    place: PlaceShape<'d>,
    label: &'d str,
    help: &'d [String],
    related: Vec<RelatedShape<'d>>,
    fix: Option<FixShape<'d>>,
}

/// Lines and columns are counted from 1, columns in characters; `start` and `end` are bytes from the start of the file.
#[derive(Serialize)]
struct PlaceShape<'d> {
    file: &'d str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    start: u32,
    end: u32,
}

#[derive(Serialize)]
struct RelatedShape<'d> {
    message: &'d str,
    #[serde(flatten)]
    place: PlaceShape<'d>,
}

#[derive(Serialize)]
struct FixShape<'d> {
    start: u32,
    end: u32,
    replacement: &'d str,
    certain: bool,
}

impl<'d> MendedShape<'d> {
    fn new(mended: &'d Mended) -> Self {
        let Mended { file, line, code, message, before, after } = mended;
        Self { file, line: *line, code, message, before, after }
    }
}

impl<'d> DiagnosticShape<'d> {
    pub(super) fn new(diagnostic: &'d Diagnostic, sources: &'d Sources) -> Self {
        let related =
            |(span, message): &'d (Span, String)| RelatedShape { message, place: PlaceShape::new(*span, sources) };
        Self {
            code: diagnostic.code,
            severity: match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            message: &diagnostic.message,
            place: PlaceShape::new(diagnostic.span, sources),
            label: &diagnostic.label,
            help: &diagnostic.help,
            related: diagnostic.others.iter().map(related).collect(),
            fix: diagnostic.fix.as_ref().map(FixShape::new),
        }
    }
}

impl<'d> DiagnosticShape<'d> {
    fn of_file(warning: &'d FileWarning) -> Self {
        Self {
            code: "file-not-read",
            severity: "warning",
            message: &warning.message,
            place: PlaceShape { file: &warning.file, line: 1, column: 1, end_line: 1, end_column: 1, start: 0, end: 0 },
            label: "",
            help: &[],
            related: Vec::new(),
            fix: None,
        }
    }
}

impl<'d> PlaceShape<'d> {
    fn new(span: Span, sources: &'d Sources) -> Self {
        let source = sources.get(span.source);
        let place = |offset| {
            source.map_or((1, 1), |source: &Source| {
                let position = source.position(offset);
                (position.line, position.column)
            })
        };
        let ((line, column), (end_line, end_column)) = (place(span.start), place(span.end));
        let file = source.map_or("", |source| source.name.as_str());
        Self { file, line, column, end_line, end_column, start: span.start, end: span.end }
    }
}

impl<'d> FixShape<'d> {
    fn new(fix: &'d Fix) -> Self {
        Self { start: fix.span.start, end: fix.span.end, replacement: &fix.replacement, certain: fix.certain }
    }
}
