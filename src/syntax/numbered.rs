//! The number of a question, said in other ways than on a form.

use super::grammar::Rule;
use super::misfit::Misfit;
use super::tree::Label;
use crate::text::Diagnostic;

pub(super) fn advice(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    at_the_beginning(misfit).or_else(|| without_a_dot(misfit)).or_else(|| with_a_type(misfit))
}

/// `- 5. dashed`, `question 10. tenth`
fn at_the_beginning(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let said = misfit.said.trim_start();
    let before =
        ["- ", "question ", "Question ", "no. ", "No. ", "nr. "].into_iter().find(|before| said.starts_with(before))?;
    let rest = said.get(before.len()..)?;
    let number = rest.split('.').next().filter(|number| rest.contains('.') && Label::parse(number.trim()).is_some())?;
    let expected = [Rule::question, Rule::label, Rule::for_attending, Rule::k_asked_of_the_officer, Rule::k_dot];
    let is_of_a_list = expected.into_iter().any(|rule| misfit.expects(rule));
    if !is_of_a_list {
        return None;
    }
    let start = misfit.said.len() - said.len();
    let problem = misfit.cannot_read(start, start + before.trim_end().len());
    let span = misfit.span_of(start, start + before.len());
    Some(
        problem
            .help(format!("a question begins with its number alone: `{}.`", number.trim()))
            .fix(span, "")
            .certain(true),
    )
}

/// `4 dotless`, `6) bracketed`
fn without_a_dot(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    if !misfit.expects(Rule::k_dot) {
        return None;
    }
    let label = misfit.before().trim();
    if Label::parse(label).is_none() {
        let start = misfit.said.len() - misfit.said.trim_start().len();
        if misfit.said.trim_start().starts_with("asked") {
            let help = "who is asked is said by `asked of the caller`, `asked of the officer` or `looked up`; the caller is whoever is screened";
            return Some(misfit.cannot_read(start, misfit.said.trim_end().len()).help(help));
        }
        return Some(
            misfit
                .cannot_read(start, misfit.before().trim_end().len())
                .help("a question begins with its number, as in `1. injury \"Is anybody hurt?\"`"),
        );
    }
    let end = if misfit.found.starts_with([')', ':', '/', ',']) { misfit.at + 1 } else { misfit.at };
    let at = misfit.before().trim_end().len();
    let problem = misfit.cannot_read(misfit.at, misfit.at + misfit.found.len());
    Some(
        problem
            .help("a dot stands after the number of a question")
            .fix(misfit.span_of(at, end), if end == misfit.at { ". " } else { "." }),
    )
}

/// `11. typed: yes or no "…"`
fn with_a_type(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let label = misfit.said.split_once('.').and_then(|(label, _)| Label::parse(label.trim()));
    if label.is_none() || !misfit.said.get(misfit.at..)?.starts_with(':') || !misfit.expects(Rule::text) {
        return None;
    }
    let end = misfit.said.find('"').unwrap_or(misfit.said.len());
    let problem = misfit.cannot_read(misfit.at, misfit.said.get(..end)?.trim_end().len());
    Some(
        problem
            .help("every question of a list is answered by yes or no, which is not said")
            .help("one that is answered otherwise is a fact of the call: `fact NAME: one of …`")
            .fix(misfit.span_of(misfit.at, end), " "),
    )
}
