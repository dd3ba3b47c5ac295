//! The number that an effect gives: written out, a setting, a fact of the call, a score or a table -> an effect within what its outcome takes.

use super::names::{Checker, Lookup};
use super::policy::{Effect, SettingRange, SettingValue};
use super::vocabulary::Builder;
use crate::model::{Outcome, OutcomeId, Type};
use crate::semantics::{Condition, FigureSource, ScoreId, Use};
use crate::syntax::tree::{Number, Word};
use crate::text::{Diagnostic, Span, nearest, spelt_number};
use crate::time::Unit;

/// What is put before a number that needs nothing before it.
const FILLING: [&str; 10] = ["within", "in", "at", "most", "least", "is", "of", "to", "by", "exactly"];

/// The highest number that an outcome may take.
const HIGHEST: i64 = 1_000_000_000;

impl Builder<'_> {
    /// The least and the most number that an outcome may take.
    pub(super) fn number_range(&mut self, from: Number, to: Number) -> Option<(i64, i64)> {
        let range = self.rising(from, to)?;
        if range.1 > HIGHEST {
            let message = format!("{} is too high: an outcome takes no number above {HIGHEST}", range.1);
            let help = "name the highest number that a rule may ever give";
            self.problems.push(Diagnostic::error("number-too-large", to.at.0, message).help(help));
            return None;
        }
        Some(range)
    }
}

impl Checker<'_, '_> {
    /// The effect that gives an outcome the number of this word.
    pub(super) fn number_effect(&mut self, id: OutcomeId, outcome: &Outcome, words: &[Word]) -> Option<Effect> {
        let takes = outcome.kind.numbers()?;
        let [word] = words else {
            let at = words.get(1).map(|word| word.at.0)?;
            let message = format!("`{}` takes one number", outcome.phrase);
            let help = thousands(words).map_or_else(
                || "leave the others out".to_owned(),
                |number| format!("write `{} {number}`: no comma stands inside a number", outcome.phrase),
            );
            self.problems.push(Diagnostic::error("wrong-kind", at, message).help(help));
            return None;
        };
        let raise = |number: i64| Effect::Raise { outcome: id, level: outcome.kind.least().at_number(number) };
        if word.text.chars().all(|digit| digit.is_ascii_digit()) {
            // What has too many digits to be read is outside as well.
            let number = word.text.parse().unwrap_or(i64::MAX);
            return self.keeps_within(outcome, takes, (number, number), word.at.0, &word.text).then(|| raise(number));
        }
        if let Some(value) = self.setting_value(&word.text).cloned() {
            let SettingValue::Number { number, .. } = value else {
                let message = format!("`{}` is {value}; a number is needed here", word.text);
                let problem = Diagnostic::error("wrong-kind", word.at.0, message);
                self.problems
                    .push(problem.help("write a number, or name a setting that is a number without a unit of time"));
                return None;
            };
            return self.setting_keeps_within(outcome, takes, number, word).then(|| raise(number));
        }
        let of = self.figure_source(outcome, takes, word)?;
        Some(Effect::Figure { outcome: id, of })
    }

    /// Whether every value that a setting may have is one that the outcome takes.
    fn setting_keeps_within(&mut self, outcome: &Outcome, takes: (i64, i64), number: i64, word: &Word) -> bool {
        let setting = self.policy.settings.iter().find(|setting| setting.name == word.text);
        let range = setting.and_then(|setting| setting.range.as_ref());
        let given = setting.and_then(|setting| setting.given.last()).map_or(word.at.0, |given| given.at);
        let said = format!("`{}`", word.text);
        match range {
            Some(SettingRange::FromTo(
                SettingValue::Number { number: from, .. },
                SettingValue::Number { number: to, .. },
            )) => {
                let said = format!("{said}, which may be set from {from} to {to},");
                self.keeps_within(outcome, takes, (*from, *to), word.at.0, &said)
            }
            _ => self.keeps_within(outcome, takes, (number, number), given, &format!("{said}, which is {number},")),
        }
    }

    /// The fact, score or table of this name, where all that it may come to is within what the outcome takes.
    fn figure_source(&mut self, outcome: &Outcome, takes: (i64, i64), word: &Word) -> Option<FigureSource> {
        let at = word.at.0;
        let (from, to) = takes;
        let said = format!("`{}`", word.text);
        if let Some(fact) = self.policy.vocabulary.fact(&word.text) {
            let ty = self.policy.vocabulary.call.get(fact.index()).map(|fact| &fact.ty)?;
            let Type::Number { range } = ty else {
                let message = format!("{said} is not a number");
                self.problems.push(Diagnostic::error("wrong-kind", at, message).help(takes_in_words(outcome, takes)));
                return None;
            };
            let Some(range) = *range else {
                let message = format!("{said} may be any number, and `{}` takes {from} to {to}", outcome.phrase);
                let help = format!("declare the fact as a `number from {from} to {to}`");
                self.problems.push(Diagnostic::error("outside-range", at, message).help(help));
                return None;
            };
            let said = format!("{said}, which may be {} to {},", range.0, range.1);
            return self.keeps_within(outcome, takes, range, at, &said).then_some(FigureSource::Fact(fact));
        }
        match self.look_up(&word.text, Some(at)) {
            Some(Lookup::Score(score)) => {
                let reach = self.policy.score(score)?.reach;
                if self.presumes_score(score) {
                    let message =
                        format!("{said} counts what is unanswered as yes, so that its sum may fall with an answer");
                    self.report_presuming(message, at);
                    return None;
                }
                let said = format!("{said}, which may come to {} to {},", reach.0, reach.1);
                self.keeps_within(outcome, takes, reach, at, &said).then_some(FigureSource::Score(score))
            }
            Some(Lookup::Table(id)) => {
                let table = self.policy.table(id)?;
                let given = table.rows.iter().map(|row| *row.gives);
                let reach = given.clone().min().zip(given.max())?;
                if let FigureSource::Score(score) = table.by
                    && self.presumes_score(score)
                {
                    let score = self.policy.score(score).map_or("", |score| score.name.as_str());
                    let message = format!(
                        "{said} goes by `{score}`, which counts what is unanswered as yes, so that its sum may fall with an answer"
                    );
                    self.report_presuming(message, at);
                    return None;
                }
                let said = format!("{said}, which gives {} to {},", reach.0, reach.1);
                self.keeps_within(outcome, takes, reach, at, &said).then_some(FigureSource::Table(id))
            }
            Some(Lookup::Broken | Lookup::Busy) => None,
            Some(Lookup::Condition(_) | Lookup::Group(_)) => {
                let message = format!("{said} is not a number");
                self.problems.push(Diagnostic::error("wrong-kind", at, message).help(takes_in_words(outcome, takes)));
                None
            }
            None => {
                self.report_no_number(outcome, takes, word);
                None
            }
        }
    }

    /// What to say of an effect that begins as one with a number does, and has none after it, or more than that.
    pub(super) fn no_number_alone(&self, at: Span, whole: &str) -> Option<Diagnostic> {
        let after = |outcome: &Outcome| {
            let rest = whole.strip_prefix(&outcome.phrase.to_lowercase())?;
            (rest.is_empty() || rest.starts_with(' ')).then(|| rest.trim().to_owned())
        };
        let numbers = self.outcomes.iter().filter_map(|outcome| Some((outcome, outcome.kind.numbers()?)));
        let said = numbers.filter_map(|(outcome, takes)| Some((outcome, takes, after(outcome)?)));
        let (outcome, takes, said) = said.max_by_key(|(outcome, ..)| outcome.phrase.len())?;
        let phrase = &outcome.phrase;
        let problem = |message: String| Diagnostic::error("wrong-kind", at, message);
        if said.is_empty() {
            return Some(problem(format!("`{phrase}` needs a number after it")).help(takes_in_words(outcome, takes)));
        }
        let mut words = said.split_whitespace().skip_while(|word| FILLING.contains(word));
        let Some(number) = words.next().filter(|word| word.chars().all(|digit| digit.is_ascii_digit())) else {
            let message = format!("`{phrase}` takes one number, or one name that stands for a number");
            return Some(problem(message).help(takes_in_words(outcome, takes)));
        };
        let alone = format!("write `{phrase} {number}`");
        let Some(unit) = words.next().and_then(Unit::parse) else {
            return Some(problem(format!("`{phrase}` takes a number alone")).help(alone));
        };
        let help = match unit_of(outcome) {
            Some((own, _)) if own == unit => alone,
            Some((_, counted)) => format!("write the number alone, in {counted}"),
            None => "write the number alone, in the unit in which the outcome counts".to_owned(),
        };
        Some(problem(format!("`{phrase}` takes a number without a unit")).help(help))
    }

    fn report_presuming(&mut self, message: String, at: Span) {
        let problem = Diagnostic::error("wrong-kind", at, message);
        let help = "what a rule gives must not fall when more is learnt: write a rule for each band of the score, with its number";
        self.problems.push(problem.help(help));
    }

    fn report_no_number(&mut self, outcome: &Outcome, takes: (i64, i64), word: &Word) {
        let at = word.at.0;
        if let Some(number) = spelt_number(&word.text) {
            let message = format!("`{}` is not written as a number", word.text);
            let problem = Diagnostic::error("wrong-kind", at, message).help(format!("write `{number}`"));
            self.problems.push(problem.fix(at, number.to_string()).certain(true));
            return;
        }
        let unit = word.text.trim_start_matches(|digit: char| digit.is_ascii_digit());
        let digits = word.text.strip_suffix(unit).unwrap_or_default();
        if !digits.is_empty() && unit.chars().all(char::is_alphabetic) {
            let message = format!("`{}` takes a number alone", outcome.phrase);
            let help = format!("write `{} {digits}`", outcome.phrase);
            self.problems.push(Diagnostic::error("wrong-kind", at, message).help(help));
            return;
        }
        let facts = self.policy.vocabulary.call.iter().filter(|fact| matches!(fact.ty, Type::Number { .. }));
        let facts = facts.map(|fact| fact.name.as_str());
        let settings = self.policy.settings.iter().filter(|it| matches!(it.value, SettingValue::Number { .. }));
        let names = facts
            .chain(settings.map(|setting| setting.name.as_str()))
            .chain(self.scores.keys().copied())
            .chain(self.tables.keys().copied());
        let near = nearest(&word.text, names).map(str::to_owned);
        let message = format!("there is no number `{}`", word.text);
        let problem = Diagnostic::error("unknown-name", at, message).suggest(near.as_deref());
        self.report_unknown(word, problem.help(takes_in_words(outcome, takes)));
    }

    /// Whether numbers are all among those that an outcome takes; says so where they are not.
    fn keeps_within(
        &mut self,
        outcome: &Outcome,
        (from, to): (i64, i64),
        (least, most): (i64, i64),
        at: Span,
        said: &str,
    ) -> bool {
        let within = from <= least && most <= to;
        if !within {
            let message = format!("{said} is outside what `{}` takes, {from} to {to}", outcome.phrase);
            let help =
                format!("keep it within {from} to {to}, or declare the outcome `{}` with a wider range", outcome.name);
            self.problems.push(Diagnostic::error("outside-range", at, message).help(help));
        }
        within
    }

    /// Whether a score, or what its points ask for, presumes something while it is not answered.
    fn presumes_score(&self, score: ScoreId) -> bool {
        self.policy.score(score).is_some_and(|score| {
            score.unanswered_as_yes || score.points.iter().any(|(_, condition)| self.presumes(condition))
        })
    }

    fn presumes(&self, condition: &Condition) -> bool {
        let is_presumed = matches!(condition, Condition::Presumed(_));
        is_presumed
            || condition.uses().into_iter().any(|used| match used {
                Use::Part(part, _) => self.presumes(part),
                Use::Definition(id) => self.policy.definition(id).is_some_and(|it| self.presumes(&it.condition)),
                Use::Score(score) => self.presumes_score(score),
                Use::Test(_) | Use::Selection(_) | Use::Field(..) => false,
            })
    }
}

/// The unit of time that an outcome names in its own words, and the word for it.
fn unit_of(outcome: &Outcome) -> Option<(Unit, String)> {
    // Further on, a text may speak of some other time.
    let first = outcome.help.split(' ').next().unwrap_or_default();
    let said = format!("{} {} {first}", outcome.phrase, outcome.name).to_lowercase();
    let mut words = said.split(|letter: char| !letter.is_alphanumeric());
    words.find_map(|word| Some((Unit::parse(word)?, word.to_owned())))
}

/// `1,440`, which reads as two numbers.
fn thousands(words: &[Word]) -> Option<String> {
    let adjoining = words.windows(2).all(|pair| match pair {
        [one, other] => one.at.0.end + 1 == other.at.0.start && other.text.len() == 3,
        _ => false,
    });
    let number: String = words.iter().map(|word| word.text.as_str()).collect();
    (adjoining && number.chars().all(|digit| digit.is_ascii_digit())).then_some(number)
}

fn takes_in_words(outcome: &Outcome, (from, to): (i64, i64)) -> String {
    format!(
        "after `{}` comes a whole number from {from} to {to}, or the name of a setting, a fact, a score or a table that gives one",
        outcome.phrase
    )
}
