//! The lines under what a policy does for a time -> why it does so, and who answers for it.

use super::names::Checker;
use super::once::{Once, no_effect};
use crate::syntax::tree::{GroundsLine, Line, Word};
use crate::text::{Diagnostic, joined};

impl Checker<'_, '_> {
    /// The reason and the owner of a suspension or an acceptance `of` something; says which of them is missing or given twice.
    pub(super) fn grounds(&mut self, what: &str, at: &Word, of: &str, lines: &[Line<GroundsLine>]) -> [String; 2] {
        let mut said: [Option<String>; 2] = [None, None];
        let mut once = Once::under(format!("this {what}"));
        for line in lines {
            let (place, name, text) = match &line.node {
                GroundsLine::Because(text) => (0, "because", text),
                GroundsLine::Owner(text) => (1, "owner", text),
                GroundsLine::Help(_) => {
                    let help = "the reason stands after `because`; for a remark write a comment with `#`";
                    self.problems.push(no_effect(line.at.0, "this text has no effect here").help(help));
                    continue;
                }
            };
            once.line(name, line.at.0, self.problems);
            if let Some(slot) = said.get_mut(place) {
                *slot = Some(text.value.clone());
            }
        }
        let needed = [
            ("because", "say why: `because \"…\"`"),
            ("owner", "name the post that answers for it: `owner \"Head of Contact Management\"`"),
        ];
        let lost = |name: &str| self.lost.line_under(at.at.0, name);
        let missing: Vec<(&str, &str)> = needed
            .into_iter()
            .zip(&said)
            .filter(|((name, _), text)| text.is_none() && !lost(name))
            .map(|(needed, _)| needed)
            .collect();
        if !missing.is_empty() {
            let names: Vec<&str> = missing.iter().map(|(name, _)| *name).collect();
            let message = format!("this {what} of `{of}` has no {}", joined(&names, "or"));
            let problem = Diagnostic::error("line-missing", at.at.0, message);
            self.problems.push(missing.into_iter().fold(problem, |problem, (_, help)| problem.help(help)));
        }
        said.map(Option::unwrap_or_default)
    }
}
