//! Source -> Tree: the only stage that knows the parser generator.
//!
//! A file is split into lines by its margins, each line is parsed by its own production, and each bad line is
//! reported and left out, so that one mistake does not hide the next.

mod grammar;
mod line_shape;
mod parse_cache;
mod quotes;
mod headings;
mod layout;
mod plain;
mod parts;
mod scored;
mod lower;
mod asked;
mod questions;
mod apart;
mod ranges;
mod conditions;
mod losses;
mod misfit;
mod misnamed;
mod expected;
mod habits;
mod rows;
mod counting;
mod numbered;
mod points_off;
mod reserved;
mod declared;
mod lengths;
mod spoken;
mod phrases;
mod question_text;
mod print;
mod print_scores;
mod invariants;
pub mod tree;
pub mod unplaced;

pub(crate) use habits::time_of_day;
pub(crate) use lengths::{is_certain_unit, length_in_digits};
pub use misnamed::without_misnamed;
pub use phrases::{
    begins_an_effect, listed, print_condition, print_counted, print_effect, print_head, print_questions,
    print_selection,
};
pub use print::{print, print_item, print_meaning, print_parts};
pub(crate) use reserved::instead_of;

use crate::text::{Diagnostic, Source, Span};
use crate::workers::{Sequential, Workers};
use parts::Laid;

/// Reads one file. The tree holds every line that could be read; it is whole when no diagnostic is an error.
pub fn parse(source: &Source) -> (tree::File, Vec<Diagnostic>) {
    parse_all([source], &Sequential).pop().unwrap_or_default()
}

/// Reads a set of files, each as [`parse`] does, faster together than one by one; what comes of each is in their order.
pub fn parse_all<'a>(
    sources: impl IntoIterator<Item = &'a Source>,
    workers: &dyn Workers,
) -> Vec<(tree::File, Vec<Diagnostic>)> {
    let sources: Vec<&Source> = sources.into_iter().collect();
    let shares = parts::by_size(&sources, parts::shares(&sources, workers));
    let laid = parts::share_out(&shares, |share| share.iter().copied().map(lay_out).collect(), workers);
    let (set, problems): (Vec<Laid<'_>>, Vec<Vec<Diagnostic>>) = laid.into_iter().unzip();
    let read = parts::read(&set, workers).into_iter().zip(problems);
    read.map(|((file, found), mut problems)| {
        problems.extend(found);
        problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
        (file, problems)
    })
    .collect()
}

/// Whether a heading says only what its file is part of.
fn is_part(heading: &str) -> bool {
    heading.split_whitespace().next().is_some_and(|first| first.eq_ignore_ascii_case("part"))
}

fn lay_out(source: &Source) -> (Laid<'_>, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let layout = layout::layout(source, &mut problems);
    if let ([only], true) = (layout.lines.as_slice(), problems.is_empty())
        && only.children.is_empty()
        && source.text.get(only.start..only.end).is_some_and(is_part)
    {
        let said = "nothing of what this file is part of stands in it";
        let problem = Diagnostic::error("empty-file", source.span(only.start, only.end), said);
        problems.push(problem.help("write below this line what belongs to it, or leave the file out"));
    }
    if layout.lines.is_empty() && problems.is_empty() {
        let said = if layout.closing.is_empty() {
            "there is nothing in this file"
        } else {
            "there are only comments in this file"
        };
        let problem = Diagnostic::error("empty-file", Span::new(source.id, 0, 0), said);
        problems.push(problem.help("start it with `policy \"…\"` or `part of policy \"…\"`, or leave the file out"));
    }
    (Laid { source, layout }, problems)
}
