//! Errors about missing names -> one error for each name, which points at the places that use it.

use crate::text::{Diagnostic, Span};
use std::collections::{BTreeMap, BTreeSet};

/// How many places are shown besides the first.
const MOST: usize = 3;

/// Of the problems that say that the same name is missing only the first stays, and names the others' places.
pub(super) fn told_once(problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let missing: BTreeSet<String> =
        problems.iter().filter(|problem| problem.code == "unknown-name").filter_map(named).collect();
    let key = |problem: &Diagnostic| match problem.code {
        "unknown-name" => named(problem),
        // A setting stands where a value does.
        "unknown-value" => {
            Some(named(problem).filter(|name| missing.contains(name)).unwrap_or_else(|| problem.message.clone()))
        }
        _ => None,
    };
    let mut told: Vec<Diagnostic> = Vec::with_capacity(problems.len());
    // Only looked up in: where the first of each name stands among those told, and how many it speaks for.
    let mut firsts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for problem in problems {
        let Some(key) = key(&problem) else {
            told.push(problem);
            continue;
        };
        match firsts.get_mut(&key) {
            None => {
                firsts.insert(key, (told.len(), 0));
                told.push(problem);
            }
            Some((first, others)) => {
                *others += 1;
                if let Some(first) = told.get_mut(*first).filter(|_| *others <= MOST) {
                    let stands = if is_a_forces_word(&problem) { "stands" } else { "is missing" };
                    first.others.push((problem.span, format!("it {stands} here too")));
                }
            }
        }
    }
    for (first, others) in firsts.into_values().filter(|(_, others)| *others > MOST) {
        let more = others - MOST;
        if let Some(first) = told.get_mut(first) {
            let places = if more == 1 { "place" } else { "places" };
            let stands = if is_a_forces_word(first) { "stands" } else { "is missing" };
            first.help.push(format!("it {stands} in {more} more {places}"));
        }
    }
    told
}

/// Whether a problem is of a word that is there, and means a value that has another name in rules.
fn is_a_forces_word(problem: &Diagnostic) -> bool {
    problem.message.contains("is this force's word for")
}

/// Of lines that a rule has twice, where the second ones begin after the first: as two rules do of which one has lost its
/// heading. The first says so, and of the reasons between them nothing is said.
pub(super) fn merged_rules(problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let within =
        |inner: Span, outer: Span| inner.source == outer.source && outer.start <= inner.start && inner.end <= outer.end;
    let twice: Vec<Span> = problems.iter().filter(|problem| problem.code == "line-twice").flat_map(places).collect();
    let mut told: Vec<Diagnostic> = Vec::with_capacity(problems.len());
    for problem in problems {
        let echo = problem.code == "bad-placeholder" && twice.iter().any(|place| within(problem.span, *place));
        let last = if problem.code == "line-twice" { told.last_mut() } else { None };
        let same_rule = last.filter(|last| last.code == "line-twice").filter(|last| {
            let earlier = |problem: &Diagnostic| problem.others.first().map(|(span, _)| *span);
            problem.code == "line-twice"
                && earlier(&problem).is_some_and(|first| first.source == last.span.source && first < last.span)
                && problem.span > last.span
        });
        match same_rule {
            _ if echo => {}
            Some(last) if last.others.len() == 1 => {
                last.others.push((problem.span, "this is there twice too".to_owned()));
                last.help
                    .insert(0, "if something else begins here, its heading is missing, such as `rule …`".to_owned());
            }
            Some(_) => {}
            None => told.push(problem),
        }
    }
    told
}

/// Where a problem lies, and what it points to.
fn places(problem: &Diagnostic) -> Vec<Span> {
    problem.others.iter().map(|(span, _)| *span).chain([problem.span]).collect()
}

/// The name that a problem says is missing.
pub(super) fn missing(problem: &Diagnostic) -> Option<&str> {
    matches!(problem.code, "unknown-name" | "unknown-value").then(|| problem.message.rsplit('`').nth(1)).flatten()
}

/// The same in the singular.
fn named(problem: &Diagnostic) -> Option<String> {
    let name = missing(problem)?;
    Some(name.strip_suffix('s').unwrap_or(name).to_owned())
}
