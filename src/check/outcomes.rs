//! What was written of an outcome -> its kind, its words and its floor, in the vocabulary.

use super::once::{Once, no_effect};
use super::symbols::{Namespace, SymbolKind};
use super::vocabulary::Builder;
use crate::model::{Outcome, OutcomeKind, Type};
use crate::syntax;
use crate::syntax::tree::{self, OutcomeItem, OutcomeLine, Word};
use crate::text::{Diagnostic, Span, nearest};
use std::collections::BTreeMap;

impl Builder<'_> {
    pub(super) fn outcome(&mut self, item: &OutcomeItem) {
        if matches!(item.kind, tree::OutcomeKind::AlsoOf(_)) {
            return self.only_values(item);
        }
        let free = self.take(Namespace::Effects, SymbolKind::Outcome, &item.name);
        if !free || !self.take(Namespace::Names, SymbolKind::Outcome, &item.name) {
            return;
        }
        let kind = match &item.kind {
            tree::OutcomeKind::HighestOf(values) => {
                self.values(values).map(|values| OutcomeKind::Highest { floor: None, values })
            }
            tree::OutcomeKind::AllThatApplyOf(values) => {
                self.values(values).map(|values| OutcomeKind::AllThatApply { values })
            }
            tree::OutcomeKind::EarliestTime => Some(OutcomeKind::Earliest),
            tree::OutcomeKind::HighestNumber { from, to } => {
                self.number_range(*from, *to).map(|(from, to)| OutcomeKind::HighestNumber { from, to })
            }
            tree::OutcomeKind::LowestNumber { from, to } => {
                self.number_range(*from, *to).map(|(from, to)| OutcomeKind::LowestNumber { from, to })
            }
            tree::OutcomeKind::Either { one, other, winner } => self.either(one, other, winner),
            tree::OutcomeKind::AlsoOf(_) => None,
        };
        let Some(mut kind) = kind else { return };
        let name = &item.name.text;
        let values: Vec<String> = kind.values().into_iter().map(str::to_owned).collect();
        self.take_values(name, &values, item.name.at.0);
        let (mut phrase, mut phrase_at) = (name.clone(), item.name.at.0);
        let mut help = String::new();
        let mut once = Once::under("this outcome");
        if let Some(text) = &item.help {
            once.line("\"…\"", text.at.0, self.problems);
            help.clone_from(&text.value);
        }
        let (mut party, mut unassessed, mut quiet) = (None, None, None);
        for line in &item.lines {
            let at = line.at.0;
            match &line.node {
                OutcomeLine::Help(text) if once.line("\"…\"", at, self.problems) => help.clone_from(&text.value),
                OutcomeLine::WrittenAs(text) if once.line("written as", at, self.problems) => {
                    phrase.clone_from(&text.value);
                    phrase_at = text.at.0;
                }
                OutcomeLine::NeverBelow(fact) if once.line("never below", at, self.problems) => {
                    self.floor(&mut kind, fact);
                }
                OutcomeLine::Says(text) if once.line("says", at, self.problems) => {
                    unassessed = Some(text.value.trim().to_owned()).filter(|said| !said.is_empty());
                }
                OutcomeLine::MayBeQuiet if once.line("may be quiet", at, self.problems) => quiet = Some(at),
                OutcomeLine::For(whom) if once.line("for whom", at, self.problems) => {
                    party = Some(*whom);
                    if !kind.takes_several() {
                        let message = "only an outcome of `all that apply of` its values says whom they are for";
                        let problem = Diagnostic::error("wrong-kind", line.at.0, message);
                        self.problems.push(problem.help("leave this line out"));
                    }
                }
                // Words come once every list is whole; of the others this is the second, and was reported.
                OutcomeLine::IsCalled { .. }
                | OutcomeLine::Warns { .. }
                | OutcomeLine::Help(_)
                | OutcomeLine::WrittenAs(_)
                | OutcomeLine::NeverBelow(_)
                | OutcomeLine::Says(_)
                | OutcomeLine::MayBeQuiet
                | OutcomeLine::For(_) => {}
            }
        }
        self.take_phrase(name, &phrase, phrase_at, kind.takes_time());
        let (words, warnings) = (BTreeMap::new(), BTreeMap::new());
        let may_be_quiet = quiet.is_some_and(|at| self.may_be_quiet(item, &kind, party, at));
        self.vocabulary.outcomes.push(Outcome {
            name: name.clone(),
            phrase,
            help,
            kind,
            unassessed,
            party,
            may_be_quiet,
            words,
            warnings,
        });
    }

    /// The words that begin an effect: those of one outcome alone, and such that an effect with them can be read.
    fn take_phrase(&mut self, outcome: &str, phrase: &str, at: Span, takes_a_time: bool) {
        let example = if takes_a_time { "40 minutes after this call" } else { "so-and-so" };
        if !syntax::begins_an_effect(phrase, example) {
            let message = format!("no effect can begin with `{phrase}`");
            let problem = Diagnostic::error("bad-phrase", at, message);
            self.problems
                .push(problem.help("use words of letters and hyphens, such as `refer to`, and no `and` at the end"));
        }
        let is_name = phrase.replace(' ', "-").eq_ignore_ascii_case(outcome);
        if !is_name {
            self.take_at(Namespace::Effects, SymbolKind::Phrase(outcome.to_owned()), phrase, at);
        }
    }

    /// What adds values to an outcome says nothing else of it, but what they are called and what they warn of: that is for
    /// whoever declares it.
    fn only_values(&mut self, item: &OutcomeItem) {
        let texts = item.help.iter().map(|help| help.at.0);
        let name = &item.name.text;
        let lines = item
            .lines
            .iter()
            .filter(|line| !matches!(line.node, OutcomeLine::IsCalled { .. } | OutcomeLine::Warns { .. }));
        for at in texts.chain(lines.map(|line| line.at.0)) {
            let message = format!("values are added to `{name}` here, and nothing else is said of it");
            self.problems.push(no_effect(at, message));
        }
    }

    fn either(&mut self, one: &Word, other: &Word, winner: &Word) -> Option<OutcomeKind> {
        self.values(&[one.clone(), other.clone()]);
        let loser = match winner.text.as_str() {
            name if name == one.text => other,
            name if name == other.text => one,
            _ => {
                let message = format!("`{}` is neither `{}` nor `{}`", winner.text, one.text, other.text);
                let near = nearest(&winner.text, [one.text.as_str(), other.text.as_str()]);
                let problem = Diagnostic::error("unknown-name", winner.at.0, message).suggest(near);
                self.problems.push(problem.help("name the one that holds when any rule says it"));
                return None;
            }
        };
        Some(OutcomeKind::Either { loser: loser.text.clone(), winner: winner.text.clone() })
    }

    /// The floor must be a fact of the call whose values, in rising order, are those of the outcome.
    fn floor(&mut self, kind: &mut OutcomeKind, word: &Word) {
        let OutcomeKind::Highest { values, floor } = kind else {
            let message = "only an outcome that is the `highest of` its values has a floor";
            self.problems.push(Diagnostic::error("bad-floor", word.at.0, message).help("leave this line out"));
            return;
        };
        let fact = self.vocabulary.fact(&word.text);
        let ty = fact.and_then(|fact| self.vocabulary.call.get(fact.index())).map(|fact| &fact.ty);
        match ty {
            // One in no order could be given more values, which would be no grades.
            Some(Type::Choice { values: own, rising: true }) if own == values => *floor = fact,
            Some(_) => {
                let message = format!("`{}` is not a choice of the same values in rising order", word.text);
                let problem = Diagnostic::error("bad-floor", word.at.0, message);
                self.problems
                    .push(problem.help(format!("declare it as: one of {} in rising order", values.join(", "))));
            }
            None if self.lost.name(&word.text) => {}
            None => {
                let near = nearest(&word.text, self.vocabulary.call.iter().map(|fact| fact.name.as_str()));
                let problem = Diagnostic::error("unknown-name", word.at.0, format!("there is no fact `{}`", word.text));
                self.problems.push(problem.suggest(near));
            }
        }
    }
}
