//! A row of a table, said in other ways than it is written -> what to write instead.

use super::grammar::Rule;
use super::lengths::is_unit;
use super::misfit::{Misfit, is_number, shown};
use crate::text::{Diagnostic, spelt_number};

pub(super) fn advice(misfit: &Misfit<'_>, rule: Rule) -> Option<Diagnostic> {
    match rule {
        Rule::row_line => a_row(misfit),
        Rule::heading => goes_by_nothing(misfit),
        _ => None,
    }
}

/// `table norms "How many assaulted again"`
fn goes_by_nothing(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let mut words = misfit.before().split_whitespace();
    if !words.next()?.eq_ignore_ascii_case("table") || !misfit.expects(Rule::k_by) {
        return None;
    }
    let name = words.next()?;
    let problem = Diagnostic::error("cannot-read", misfit.span(), "it is not said what this table goes by");
    Some(problem.help(format!("write `table {name} by …` with the score or the fact of the call")))
}

fn a_row(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let row = misfit.said.trim_start().strip_prefix('-')?;
    let begins = misfit.said.len() - row.len();
    let Some((when, gives)) = row.split_once(':') else {
        let problem = misfit.cannot_read(begins - 1, misfit.said.trim_end().len());
        return Some(problem.help("a colon stands between what a row is for and what it gives: `- 2 to 4: 20`"));
    };
    if misfit.at <= begins + when.len() {
        return what_for(misfit, when.trim());
    }
    let mut words = gives.split_whitespace();
    let number = words.next().filter(|word| is_number(word))?;
    let message = format!("`{}` does not fit here", shown(misfit.found));
    let problem = Diagnostic::error("cannot-read", misfit.span(), message);
    let alone = format!("a row gives a number alone: `- {}: {number}`", when.trim());
    Some(match words.next() {
        Some(unit) if is_unit(unit) => {
            problem.help("a row gives a number alone, in the unit in which the outcome counts")
        }
        Some(_) => problem.help(alone),
        None => return None,
    })
}

/// `at least 7`, `7+`, `under 3`, `from 4`, `three or more`
fn what_for(misfit: &Misfit<'_>, when: &str) -> Option<Diagnostic> {
    const FROM: [&str; 3] = ["at least ", ">=", "from "];
    const ABOVE: [&str; 4] = ["more than ", "over ", "above ", ">"];
    const UP_TO: [&str; 3] = ["at most ", "up to ", "<="];
    const BELOW: [&str; 5] = ["less than ", "fewer than ", "under ", "below ", "<"];
    let start = misfit.said.find(when)?;
    let problem = misfit.cannot_read(start, start + when.len());
    if let Some((word, number)) = when.split_whitespace().find_map(|word| Some((word, spelt_number(word)?))) {
        let start = start + when.find(word)?;
        let message = format!("`{word}` is not written as a number");
        let span = misfit.span_of(start, start + word.len());
        return Some(Diagnostic::error("cannot-read", span, message).help(format!("write `{number}`")));
    }
    let after = |begins: &[&str]| -> Option<i64> {
        begins.iter().find_map(|begins| when.strip_prefix(begins))?.trim().parse().ok()
    };
    let plus = when.strip_suffix('+').and_then(|number| number.trim().parse::<i64>().ok());
    let from = after(&FROM).or(plus).or_else(|| after(&ABOVE)?.checked_add(1));
    let to = after(&UP_TO).or_else(|| after(&BELOW)?.checked_sub(1));
    match (from, to) {
        (Some(from), _) => Some(problem.help(format!(
            "write `{from} or more`; where other rows come after it, as far as it goes, such as `{from} to {}`",
            from.saturating_add(2)
        ))),
        (_, Some(to)) => Some(problem.help(format!("write `0 to {to}`"))),
        _ => None,
    }
}
