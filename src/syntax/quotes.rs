//! Quotation marks that stand alone, and where their texts were meant to begin or end.

use crate::text::{Diagnostic, Source};

/// The first byte of a curly quotation mark, and of other characters.
pub(super) const CURLY: u8 = 0xE2;

/// How wide a tab is taken to be: one step.
pub(super) const TAB: usize = 2;

/// How far a line is indented, in spaces.
pub(super) fn indent(line: &str) -> usize {
    line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).map(|byte| if byte == b'\t' { TAB } else { 1 }).sum()
}

pub(super) fn is_mark(line: &str, at: usize) -> bool {
    line.get(at..).is_some_and(|rest| rest.starts_with(['"', '\u{201C}', '\u{201D}', '\u{201E}']))
}

/// Whether of texts that are read on from inside one, up to the next line at the margin, one is left open.
pub(super) fn leaves_open(rest: &str) -> bool {
    let mut inside = true;
    for line in rest.split_inclusive('\n').take_while(|line| line.trim().is_empty() || indent(line) > 0) {
        for (at, byte) in line.bytes().enumerate() {
            match byte {
                b'#' if !inside => break,
                b'"' | CURLY if is_mark(line, at) => inside = !inside,
                _ => {}
            }
        }
    }
    inside
}

pub(super) fn never_closed(source: &Source, at: usize) -> Diagnostic {
    Diagnostic::error("open-quote", source.span(at, at + 1), "this quotation mark is never closed")
        .help("a text ends with `\"`; it may run over several lines if each is indented deeper than the first")
}

/// Whether nothing stands after a mark on its line.
pub(super) fn ends_line(source: &Source, at: usize) -> bool {
    let after = source.text.get(at..).and_then(|rest| rest.lines().next()).unwrap_or("");
    after.split('#').next().is_some_and(|after| after.trim_end().chars().count() == 1)
}

/// What to say of a mark at the end of the line that begins there, after words that are in no text: it closes one that was
/// never opened.
pub(super) fn never_opened(source: &Source, line: usize, at: usize) -> Option<Diagnostic> {
    let before = source.text.get(line..at)?;
    let first = before.split_whitespace().next()?;
    let says = ["because", "source", "owner"].iter().any(|word| word.eq_ignore_ascii_case(first));
    let words = before.split_whitespace().count();
    if !ends_line(source, at) || before.contains('"') || words <= if says { 1 } else { 2 } {
        return None;
    }
    let problem = |span| {
        Diagnostic::error("open-quote", span, "this text does not begin with a quotation mark")
            .help("a text stands in quotation marks: `\"…\"`")
    };
    if !says {
        return Some(problem(source.span(at, at + 1)).label("it ends here"));
    }
    let word = before.split_whitespace().nth(1)?;
    let begins = line + first.len() + before.get(first.len()..)?.find(word)?;
    Some(problem(source.span(begins, begins + word.len())).fix(source.span(begins, begins), "\"").certain(true))
}
