//! From one end to another, `from 10 to 13`, `between 22:00 and 06:00` -> a range of what is asked about, the right way round and of
//! more than one value.

use super::names::Checker;
use super::policy::{Setting, SettingValue};
use super::predicates::{Asked, without_order};
use crate::model::Type;
use crate::semantics::predicates::{Clock, Range};
use crate::semantics::{Parameter, Predicate, ScoreId, ScoreIs};
use crate::syntax;
use crate::syntax::tree::{self, Amount, ClockEnd, ClockRef, Measure, Word};
use crate::text::{Code, Diagnostic, Span};
use crate::time::TimeOfDay;

impl Checker<'_, '_> {
    /// `is from 10 to 13`
    pub(super) fn range(&mut self, asked: &Asked, said: &tree::Range) -> Option<Predicate> {
        let (from, to) = match &asked.ty {
            Type::Number { .. } => (self.number_end(&said.from), self.number_end(&said.to)),
            Type::Duration => (self.seconds(&said.from), self.seconds(&said.to)),
            Type::Choice { values, rising: true } => {
                (self.step(asked, values, &said.from), self.step(asked, values, &said.to))
            }
            Type::Choice { rising: false, .. } => {
                self.problems.push(without_order(asked, said.at.0));
                return None;
            }
            _ => return self.wrong_question(asked, said.at.0),
        };
        let (from, to) = (from?, to?);
        self.is_range(said, from, to).then(|| Range { from, to, not: said.not }.into())
    }

    /// The same of a score: by its sum, or by its bands.
    pub(super) fn score_range(&mut self, score: ScoreId, said: &tree::Range) -> Option<ScoreIs> {
        let band = |checker: &Self, end: &Measure| {
            let Measure::Amount(Amount::Name(word)) = end else { return None };
            let bands = &checker.policy.score(score)?.bands;
            let at = bands.iter().position(|band| band.name == word.text)?;
            Some(Parameter::from(i64::try_from(at).ok()?))
        };
        match (band(self, &said.from), band(self, &said.to)) {
            (Some(from), Some(to)) => {
                let bands = (0..64).filter(|at| *from <= *at && *at <= *to).fold(0, |bits, at| bits | 1u64 << at);
                self.is_range(said, from, to).then_some(ScoreIs::In { bands, not: said.not })
            }
            _ => {
                let (from, to) = (self.number_end(&said.from), self.number_end(&said.to));
                let (from, to) = (from?, to?);
                self.is_range(said, from, to).then_some(ScoreIs::Range { from, to, not: said.not })
            }
        }
    }

    fn number_end(&mut self, end: &Measure) -> Option<Parameter<i64>> {
        match end {
            Measure::Amount(amount) => self.number(amount),
            Measure::Length(length) => {
                let message = format!("`{}` is a length of time, and this is a number", length.length);
                self.problems
                    .push(Diagnostic::error("wrong-kind", length.at.0, message).help("write the number alone"));
                None
            }
        }
    }

    /// A length that lasts as long on every day, in seconds.
    pub(super) fn seconds(&mut self, measure: &Measure) -> Option<Parameter<i64>> {
        let length = self.measured_length(measure)?;
        let Some(value) = length.exact_seconds() else {
            let message = format!("{} has no exact number of hours", *length);
            let problem = Diagnostic::error("wrong-kind", measure.at(), message);
            self.problems.push(problem.help("compare a duration with hours or minutes"));
            return None;
        };
        Some(Parameter { value, setting: length.setting })
    }

    /// The place of a value in a rising order.
    fn step(&mut self, asked: &Asked, values: &[String], end: &Measure) -> Option<Parameter<i64>> {
        let Measure::Amount(Amount::Name(word)) = end else {
            let problem = self.wrong_kind_of_end(asked, end);
            self.problems.push(problem);
            return None;
        };
        let word = self.setting_word(word);
        let bits = self.bits_in(&asked.words, values, std::slice::from_ref(&word))?;
        Some(i64::from(bits.trailing_zeros()).into())
    }

    fn wrong_kind_of_end(&self, asked: &Asked, end: &Measure) -> Diagnostic {
        let message = format!("`{}` is {}, and `{end}` is none of its values", asked.words, self.described(&asked.ty));
        let problem = Diagnostic::error("wrong-kind", end.at(), message);
        match &asked.ty {
            Type::Choice { values, .. } => {
                problem.help(format!("its values are {}", crate::text::joined(values, "and")))
            }
            _ => problem,
        }
    }

    /// Whether the first end is the lower one, and there is something between the two or they may come apart.
    fn is_range(&mut self, said: &tree::Range, from: Parameter<i64>, to: Parameter<i64>) -> bool {
        let span = said.from.at().to(said.to.at());
        let settings: Vec<Setting> =
            [&said.from, &said.to].into_iter().filter_map(|end| self.setting_of(end)).collect();
        // Of a range that it does not lie in, nothing else says this on one line.
        if *from == *to && settings.is_empty() && !said.not {
            let message = format!("from {} to {} there is one value", said.from, said.to);
            let problem = Diagnostic::error("bad-range", span, message);
            let instead = match said.from {
                Measure::Amount(Amount::Name(_)) => format!("is {}", said.from),
                _ => format!("is exactly {}", said.from),
            };
            self.problems.push(problem.help(format!("write `{instead}`")).fix(said.at.0, instead).certain(true));
            return false;
        }
        if *from <= *to {
            return true;
        }
        let problem = if settings.is_empty() {
            let message = format!("from {} to {} is the wrong way round", said.from, said.to);
            let help = format!("name the lower end first: `from {} to {}`", said.to, said.from);
            Diagnostic::error("bad-range", span, message).help(help)
        } else {
            let message = format!("`from {} to {}` is the wrong way round with these settings", said.from, said.to);
            told_of("bad-range", span, message, &settings)
                .help("set them so that the first is never more than the second")
        };
        self.problems.push(problem);
        false
    }

    /// The setting that an end names.
    fn setting_of(&self, end: &Measure) -> Option<Setting> {
        match end {
            Measure::Amount(Amount::Name(word)) => self.setting_named(word).cloned(),
            _ => None,
        }
    }

    fn setting_named(&self, word: &Word) -> Option<&Setting> {
        self.settings.get(word.text.as_str()).and_then(|at| self.policy.settings.get(*at))
    }

    /// `is between 22:00 and 06:00`, `is from night-starts until before night-ends`
    pub(super) fn clock_range(
        &mut self,
        not: bool,
        (said_from, said_to): (&ClockRef, &ClockRef),
        end: ClockEnd,
        span: Span,
    ) -> Option<Predicate> {
        let (from, to) = (self.clock(said_from), self.clock(said_to));
        let (from, to) = (from?, to?);
        let settings: Vec<Setting> = [said_from, said_to]
            .into_iter()
            .filter_map(|end| match end {
                ClockRef::Name(word) => self.setting_named(word).cloned(),
                ClockRef::Clock(_) => None,
            })
            .collect();
        if end == ClockEnd::Out && *from == *to {
            let message = format!("from {} until before {} may be the whole day, or no time at all", *from, *to);
            let problem = told_of("two-readings", span, message, &settings);
            self.problems.push(problem.help(if settings.is_empty() {
                "for the whole day leave this out"
            } else {
                "set them so that they are not the same"
            }));
            return None;
        }
        let declared = |said: &ClockRef, now: TimeOfDay| match said {
            ClockRef::Name(word) => {
                match self.setting_named(word).and_then(|it| it.given.first()).map(|it| &it.value) {
                    Some(SettingValue::Clock(clock)) => *clock,
                    _ => now,
                }
            }
            ClockRef::Clock(_) => now,
        };
        let as_written = declared(said_from, *from) > declared(said_to, *to);
        let ends_at_midnight = [*from, *to].contains(&TimeOfDay(0));
        // Set beyond its own end, a range of an hour would be all of the day but an hour.
        if (*from > *to) != as_written && *from != *to && !ends_at_midnight {
            let (message, help) = if as_written {
                (
                    format!("from {} to {} no longer goes over midnight, as it was declared", *from, *to),
                    "set the first later than the second, or one of them to 00:00",
                )
            } else {
                (
                    format!("from {} to {} is nearly all of the day, over midnight", *from, *to),
                    "set the first no later than the second: as it was declared, this lies within one day",
                )
            };
            self.problems.push(told_of("over-midnight", span, message, &settings).help(help));
            return None;
        }
        Some(Clock { from, to, end, not }.into())
    }

    /// A time of day or the setting that holds it.
    fn clock(&mut self, said: &ClockRef) -> Option<Parameter<TimeOfDay>> {
        let word = match said {
            ClockRef::Clock(clock) => return Some(clock.clock.into()),
            ClockRef::Name(word) => word,
        };
        if !self.settings.contains_key(word.text.as_str())
            && let Some(problem) = clock_in_words(&word.text, word.at.0)
        {
            self.problems.push(problem);
            return None;
        }
        match self.setting(word)? {
            (setting, SettingValue::Clock(clock)) => Some(Parameter { value: clock, setting: Some(setting) }),
            (_, other) => {
                let message = format!("`{}` is {other}; a time of day is needed here", word.text);
                let problem = Diagnostic::error("wrong-kind", word.at.0, message);
                self.problems.push(problem.help("write such as `22:00`, or name a setting that is one"));
                None
            }
        }
    }
}

/// What is wrong with a range, told where a setting in it was last set, and else where the range is asked for.
fn told_of(code: Code, span: Span, message: String, settings: &[Setting]) -> Diagnostic {
    let set = settings.iter().filter(|setting| setting.given.len() > 1).find_map(|setting| setting.given.last());
    let problem = Diagnostic::error(code, set.map_or(span, |given| given.at), message);
    let problem = if set.is_some() { problem.also(span, "here it is asked for") } else { problem };
    let others = settings.iter().filter_map(|setting| Some((setting, setting.given.last()?)));
    others.filter(|(_, given)| set.is_none_or(|set| set.at != given.at)).fold(problem, |problem, (setting, given)| {
        problem.also(given.at, format!("`{}` is {} here", setting.name, setting.value))
    })
}

/// `10pm`
pub(super) fn clock_in_words(said: &str, span: Span) -> Option<Diagnostic> {
    let (instead, certain) = syntax::time_of_day(&said.to_ascii_lowercase())?;
    let problem = Diagnostic::error("cannot-read", span, format!("`{said}` is not written as a time of day"));
    Some(problem.help(format!("write `{instead}`")).fix(span, instead).certain(certain))
}
