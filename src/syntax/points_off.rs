//! Points that are taken away, as some paper forms do.

use super::grammar::Rule;
use super::misfit::Misfit;
use crate::text::Diagnostic;

/// `- 3 less when …`, `- -3 when …`, `- minus 3 when …`
pub(super) fn advice(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let before = misfit.before().trim();
    let after_a_number = misfit.expects(Rule::k_when) && ["less", "fewer", "off"].contains(&misfit.found);
    let after_a_word = ["- minus", "- less"].contains(&before) && misfit.expects(Rule::k_when);
    let before_a_number =
        before == "-" && (misfit.found.starts_with(['-', '\u{2212}']) || ["minus", "less"].contains(&misfit.found));
    let is_of_points =
        misfit.expects(Rule::k_for_each_of) || misfit.expects(Rule::amount) || misfit.expects(Rule::number);
    if !is_of_points || !(after_a_number || after_a_word || before_a_number) || !misfit.said.contains(" when ") {
        return None;
    }
    let problem = Diagnostic::error("cannot-read", misfit.span(), "points are added, and never taken away");
    Some(problem.help(
        "give them for the opposite answer, and move each threshold and band up by as many: in the place of 3 less when `safe` is yes write \
         `3 when safe is no`",
    ))
}
