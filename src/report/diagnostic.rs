//! A diagnostic as a compiler shows it: what, where, the line itself, and what would work.

use crate::engine::Mended;
use crate::text::{Diagnostic, Position, Severity, Source, Sources, Span, counted, harmless};
use crate::wire::{FileWarning, PolicySummary, Summary};
use annotate_snippets::{Annotation, AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};
use std::ops::Range;

/// The diagnostic over several lines, the last of which has no end.
pub fn diagnostic(diagnostic: &Diagnostic, sources: &Sources, styled: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(&diagnostic.message).id(diagnostic.code);
    let help = diagnostic.help.iter().map(|help| Element::from(Level::HELP.message(help)));
    let group = Group::with_title(title).elements(places(diagnostic, sources)).elements(help);
    let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}

/// A warning about a file that was not read, so that there is no line of it to show.
pub fn file_warning(warning: &FileWarning, styled: bool) -> String {
    let title = Level::WARNING.primary_title(&warning.message).id("file-not-read");
    let group = Group::with_title(title).element(Origin::path(warning.file.as_str()));
    let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}

/// The most lines of one edit that are shown.
const MOST_MENDED: usize = 4;

/// What was mended: where, why, and the lines before and after; empty where nothing was.
pub fn mended(all: &[Mended]) -> String {
    let mut said = String::new();
    let lines = |mark: char, text: &str| -> String {
        let line = |line: &str| format!("    {mark} {}\n", harmless(&line.replace('\t', "[tab]")));
        let more = text.lines().count().saturating_sub(MOST_MENDED);
        let more = (more > 0).then(|| format!("    {mark} … and {}\n", counted(more, "more line")));
        text.lines().take(MOST_MENDED).map(line).chain(more).collect()
    };
    for Mended { file, line, code, message, before, after } in all {
        said +=
            &format!("mended[{code}]: {message}\n  --> {file}:{line}\n{}{}\n", lines('-', before), lines('+', after));
    }
    said
}

/// One stretch of a file with every place in it that is to be marked.
struct SourceWindow<'d> {
    source: &'d Source,
    range: Range<usize>,
    marks: Vec<(AnnotationKind, Range<usize>, &'d str)>,
}

/// The most bytes of a file that are shown at once; places further apart are shown one below the other.
const MAX_WINDOW: usize = 4000;

fn places<'d>(diagnostic: &'d Diagnostic, sources: &'d Sources) -> Vec<Element<'d>> {
    let primary = (AnnotationKind::Primary, diagnostic.span, diagnostic.label.as_str());
    let others = diagnostic.others.iter().map(|(span, label)| (AnnotationKind::Context, *span, label.as_str()));
    let mut windows: Vec<SourceWindow<'d>> = Vec::new();
    for (kind, span, label) in std::iter::once(primary).chain(others) {
        let Some(source) = sources.get(span.source) else { continue };
        let window = SourceWindow::around(source, kind, span, label);
        match windows.iter_mut().find(|open| open.takes(&window)) {
            Some(open) => open.merge(window),
            None => windows.push(window),
        }
    }
    windows.into_iter().flat_map(SourceWindow::elements).collect()
}

impl<'d> SourceWindow<'d> {
    fn around(source: &'d Source, kind: AnnotationKind, span: Span, label: &'d str) -> Self {
        let mut mark = within(&source.text, span.range());
        let (mut range, _) = source.lines_around(mark.clone());
        if range.len() > MAX_WINDOW {
            let rest = source.text.get(mark.clone()).unwrap_or_default();
            mark.end = mark.start + rest.find('\n').unwrap_or(rest.len());
            (range, _) = source.lines_around(mark.clone());
        }
        Self { source, range, marks: vec![(kind, mark, label)] }
    }

    fn takes(&self, other: &Self) -> bool {
        let both = self.range.start.min(other.range.start)..self.range.end.max(other.range.end);
        self.source.id == other.source.id && both.len() <= MAX_WINDOW
    }

    fn merge(&mut self, other: Self) {
        self.range = self.range.start.min(other.range.start)..self.range.end.max(other.range.end);
        self.marks.extend(other.marks);
    }

    fn elements(self) -> Vec<Element<'d>> {
        let Self { source, range, marks } = self;
        let origin = Origin::path(source.name.as_str());
        // A problem of the file as a whole is put at its very start.
        if marks.iter().all(|(_, mark, _)| *mark == (0..0)) {
            return vec![origin.into()];
        }
        if range.len() > MAX_WINDOW {
            return marks.into_iter().flat_map(|(_, mark, label)| without_line(source, mark.start, label)).collect();
        }
        let text = source.text.get(range.clone()).unwrap_or_default();
        let text = text.strip_suffix('\r').unwrap_or(text);
        let place = |offset: usize| offset.saturating_sub(range.start).min(text.len());
        let annotation = |(kind, mark, label): (AnnotationKind, Range<usize>, &'d str)| -> Annotation<'d> {
            let annotation = kind.span(place(mark.start)..place(mark.end));
            if label.is_empty() { annotation } else { annotation.label(label) }
        };
        let snippet = Snippet::source(text).line_start(position(source, range.start).line).path(source.name.as_str());
        vec![snippet.annotations(marks.into_iter().map(annotation)).into()]
    }
}

/// A place in a line that is too long to show.
fn without_line<'d>(source: &'d Source, start: usize, label: &'d str) -> Vec<Element<'d>> {
    let Position { line, column } = position(source, start);
    let origin = Origin::path(source.name.as_str()).line(line).char_column(column);
    let label = (!label.is_empty()).then(|| Level::NOTE.message(label));
    std::iter::once(Element::from(origin)).chain(label.map(Element::from)).collect()
}

/// The renderer takes no place that begins or ends inside a character or outside the text.
fn within(text: &str, range: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(range.start);
    start..text.ceil_char_boundary(range.end).max(start)
}

fn position(source: &Source, offset: usize) -> Position {
    source.position(u32::try_from(offset).unwrap_or(u32::MAX))
}

/// The last lines of a check: how much is wrong, and what the files hold when nothing is.
pub fn summary(summary: &Summary) -> String {
    let Summary { files, errors, warnings, accepted, vocabularies, policies } = summary;
    let files = counted(*files, "file");
    let wrong = match (*errors, *warnings) {
        (0, 0) => format!("no problems in {files}"),
        (0, warnings) => format!("{} in {files}", counted(warnings, "warning")),
        (errors, 0) => format!("{} in {files}", counted(errors, "error")),
        (errors, warnings) => format!("{} and {} in {files}", counted(errors, "error"), counted(warnings, "warning")),
    };
    if *errors > 0 {
        return wrong;
    }
    let accepted = match accepted {
        0 => String::new(),
        1 => " (1 warning is accepted)".to_owned(),
        many => format!(" ({many} warnings are accepted)"),
    };
    let vocabularies = match vocabularies {
        1 => "1 vocabulary".to_owned(),
        many => format!("{many} vocabularies"),
    };
    let held = if policies.len() == 1 { "1 policy".to_owned() } else { format!("{} policies", policies.len()) };
    let each = policies.iter().map(policy);
    std::iter::once(format!("{wrong}{accepted}: {vocabularies}, {held}")).chain(each).collect::<Vec<_>>().join("\n")
}

fn policy(policy: &PolicySummary) -> String {
    let rules = counted(policy.rules, "rule");
    match policy.bound {
        Some(bound) => format!("  {}: {rules}, at most {} to decide a case", policy.name, counted(bound, "comparison")),
        None => format!("  {}: {rules}", policy.name),
    }
}
