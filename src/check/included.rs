//! `include at least 2 of knife and firearm`, `includes at least 2` -> a question of how many there are in a list, of values or of people.

use super::names::Checker;
use super::predicates::Asked;
use crate::model::Type;
use crate::semantics::Predicate;
use crate::semantics::predicates::{FlagCount, IdentityCount};
use crate::syntax::tree::{Amount, Comparison, IncludeHowMany, Number, Word};
use crate::syntax::unplaced::NOWHERE;
use crate::text::{Diagnostic, Span};

impl Checker<'_, '_> {
    pub(super) fn how_many_included(&mut self, asked: &Asked, included: &IncludeHowMany) -> Option<Predicate> {
        let comparison = included.comparison;
        match (&asked.ty, &included.of) {
            (Type::Flags { values }, of) => {
                let flags = match of {
                    Some(words) => self.bits(asked, values, words),
                    None => Some((0u16..).zip(values).fold(0, |bits, (at, _)| bits | 1u64 << at)),
                };
                let (flags, number) = (flags?, self.number(&included.amount)?);
                Some(FlagCount { comparison, number, flags, is_all: of.is_none() }.into())
            }
            (Type::Identity { many: true, .. }, None) => {
                Some(IdentityCount { comparison, number: self.number(&included.amount)? }.into())
            }
            (Type::Identity { many: true, .. }, Some(_)) => {
                let message = format!("who `{}` includes has no name here, so only how many can be asked", asked.words);
                let said = includes(&asked.words, comparison, &included.amount);
                let problem = Diagnostic::error("wrong-question", included.at.0, message);
                self.problems.push(problem.help(format!("write `{} {said}`", asked.words)));
                None
            }
            (Type::Identity { many: false, .. }, _) => {
                let message = format!("`{}` names one alone", asked.words);
                let problem = Diagnostic::error("wrong-question", included.at.0, message);
                let help =
                    "for a fact or a field that may name several, declare it as `identities of …` in the vocabulary";
                self.problems.push(problem.help(help));
                None
            }
            (Type::Number { .. } | Type::Duration, None) => {
                let message = format!("`{}` is {}, and is not counted", asked.words, self.described(&asked.ty));
                let problem = Diagnostic::error("wrong-question", included.at.0, message);
                let said = format!("{} {}", comparison.words(), included.amount);
                self.problems.push(problem.help(format!("write `{} is {said}`", asked.words)));
                None
            }
            (Type::Choice { .. }, Some(words)) => self.choice_as_flags(asked, included.at.0, "", words),
            _ => self.wrong_question(asked, included.at.0),
        }
    }

    /// `include` asked of a choice.
    pub(super) fn choice_as_flags(
        &mut self,
        asked: &Asked,
        span: Span,
        not: &str,
        words: &[Word],
    ) -> Option<Predicate> {
        let message = format!("`{}` is a choice, and holds one value", asked.words);
        let values: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        let help = match values.as_slice() {
            [only] => format!("write `{} is {not}{only}`", asked.words),
            several => format!("write `{} is {not}one of {}`", asked.words, several.join(" or ")),
        };
        self.wrong("wrong-question", span, message, &help)
    }

    /// `flags is at least 2`
    pub(super) fn list_as_number(
        &mut self,
        asked: &Asked,
        comparison: Comparison,
        amount: &Amount,
        span: Span,
    ) -> Option<Predicate> {
        let message = format!("`{}` is {}, and no number", asked.words, self.described(&asked.ty));
        let help =
            format!("for how many it holds write `{} {}`", asked.words, includes(&asked.words, comparison, amount));
        self.problems.push(Diagnostic::error("wrong-question", span, message).help(help));
        None
    }

    /// Where so many of a name are asked for that is a list, and no list of questions: how to ask that.
    pub(super) fn how_many_of_a_list(&self, name: &str, how_many: Option<(Comparison, &Amount)>) -> Option<String> {
        let vocabulary = &self.policy.vocabulary;
        let declared = vocabulary.fact(name).and_then(|fact| vocabulary.call.get(fact.index()))?;
        let two = Amount::Number(Number { value: 2, at: NOWHERE });
        let (comparison, amount) = how_many.unwrap_or((Comparison::AtLeast, &two));
        matches!(declared.ty, Type::Flags { .. } | Type::Identity { many: true, .. })
            .then(|| format!("for how many it holds write `{name} {}`", includes(name, comparison, amount)))
    }
}

/// `include at least 2`, by whether the name before it is that of several.
fn includes(name: &str, comparison: Comparison, amount: &Amount) -> String {
    let verb = if name.ends_with('s') { "include" } else { "includes" };
    format!("{verb} {} {amount}", comparison.words_for_many())
}
