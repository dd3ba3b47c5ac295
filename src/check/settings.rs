//! Settings: their values, their ranges, and what a force sets them to.

use super::gather::Library;
use super::names::Checker;
use super::policy::{Given, Setting, SettingValue};
use crate::model::{OutcomeKind, Type};
use crate::syntax::tree::{Never, PolicyLine, Quantity, SettingItem, Word};
use crate::text::{Diagnostic, Span, joined, nearest, nearest_unit};
use crate::time::{Length, Unit};

impl<'a> Checker<'a, '_> {
    /// Declares a setting at its own value; what a force sets comes after all are known.
    pub(super) fn declare_setting(&mut self, policy: &str, item: &'a SettingItem) {
        let value = self.mended_unit(item).unwrap_or_else(|| self.quantity(&item.value));
        let range = item.range.as_ref().map(|(from, to)| (self.range_end(from, &value), self.range_end(to, &value)));
        if let Some((from, to)) = &range
            && self.check_range(item, &value, (from, to))
        {
            self.check_inside(&value, (from, to), self.place_of(&item.value), item.name.at.0, "its own range");
        }
        if let SettingValue::Word(word) = &value {
            self.check_setting_word(word, &item.value);
        }
        let help = item.help.as_ref().map_or_else(String::new, |help| help.value.clone());
        let given = vec![Given { policy: policy.to_owned(), value: value.clone(), at: item.name.at.0 }];
        let name = item.name.text.clone();
        self.settings.insert(&item.name.text, self.policy.settings.len());
        self.policy.settings.push(Setting { name, help, value, range, never: item.never, given });
    }

    /// Applies the `set` lines of every policy in the chain, the base's first, so that the last word is the force's.
    pub(super) fn set_all(&mut self, library: &Library<'a>, chain: &[&'a str]) {
        for name in chain {
            let Some(parts) = library.policies.get(name) else { continue };
            for line in parts.lines() {
                match &line.node {
                    PolicyLine::Set { setting, value } => self.set(name, setting, value),
                    PolicyLine::IsCalled { outcome, value, label } => self.call(outcome, value, &label.value),
                    _ => {}
                }
            }
        }
    }

    fn set(&mut self, policy: &str, word: &Word, quantity: &Quantity) {
        let Some(at) = self.settings.get(word.text.as_str()).copied() else {
            let problem = self.no_setting(word);
            return self.report_unknown(word, problem);
        };
        let place = self.place_of(quantity);
        let value = self.quantity(quantity);
        let Some(setting) = self.policy.settings.get(at).cloned() else { return };
        let value = match (value, &setting.value) {
            (SettingValue::Number { number, unit: None }, SettingValue::Number { unit, .. }) => {
                SettingValue::Number { number, unit: unit.clone() }
            }
            (value, _) => value,
        };
        let declared = self.places.get(word.text.as_str()).copied().unwrap_or(word.at.0);
        if std::mem::discriminant(&value) != std::mem::discriminant(&setting.value)
            || !same_unit(&value, &setting.value)
        {
            let message = match (&value, &setting.value) {
                (SettingValue::Number { unit: Some(unit), .. }, SettingValue::Number { unit: Some(own), .. }) => {
                    format!("`{}` is a number of {own}, not of {unit}", word.text)
                }
                (value, own) => {
                    format!("`{}` is {}, such as {own}; `{value}` is {}", word.text, kind_of(own), kind_of(value))
                }
            };
            self.problems.push(Diagnostic::error("wrong-kind", place, message).also(declared, "here it is declared"));
            return;
        }
        if let Some((from, to)) = &setting.range
            && !self.check_inside(&value, (from, to), place, declared, "the range that the base allows")
        {
            return;
        }
        if self.is_set_twice(policy, &setting, place) || self.moves_the_wrong_way(&setting, &value, place) {
            return;
        }
        if let Some(setting) = self.policy.settings.get_mut(at) {
            setting.value = value.clone();
            setting.given.push(Given { policy: policy.to_owned(), value, at: place });
        }
    }

    fn is_set_twice(&mut self, policy: &str, setting: &Setting, place: Span) -> bool {
        let Some(first) = setting.given.iter().skip(1).find(|given| given.policy == policy) else { return false };
        let message = format!("`{}` is set twice", setting.name);
        let problem = Diagnostic::error("named-twice", place, message).also(first.at, "here it is set first");
        self.problems.push(problem.help("leave one of them out"));
        true
    }

    /// Whether a setting that is never raised, or never lowered, would be.
    fn moves_the_wrong_way(&mut self, setting: &Setting, value: &SettingValue, place: Span) -> bool {
        let (Some(never), Some(before)) = (setting.never, setting.given.last()) else { return false };
        let is_length = matches!(value, SettingValue::Length(_));
        let (wrong, said) = match never {
            Never::Raised => (std::cmp::Ordering::Greater, if is_length { "longer" } else { "higher" }),
            Never::Lowered => (std::cmp::Ordering::Less, if is_length { "shorter" } else { "lower" }),
        };
        if self.in_order(value, &before.value) != Some(wrong) {
            return false;
        }
        let declared = setting.given.first().map_or(place, |given| given.at);
        let message = format!(
            "{value} is {said} than the {} that `{}` gives, and `{}` is never {}",
            before.value,
            before.policy,
            setting.name,
            match never {
                Never::Raised => "raised",
                Never::Lowered => "lowered",
            }
        );
        let problem = Diagnostic::error("wrong-way", place, message).also(declared, "the base forbids it here");
        self.problems.push(if before.at == declared {
            problem
        } else {
            problem.also(before.at, "the value is given here")
        });
        true
    }

    fn call(&mut self, outcome: &Word, value: &Word, label: &str) {
        let vocabulary = &self.policy.vocabulary;
        let Some(id) = vocabulary.outcome(&outcome.text) else {
            let near = nearest(&outcome.text, vocabulary.outcomes.iter().map(|outcome| outcome.name.as_str()));
            let problem =
                Diagnostic::error("unknown-name", outcome.at.0, format!("there is no outcome `{}`", outcome.text))
                    .suggest(near);
            return self.report_unknown(outcome, problem);
        };
        let values = vocabulary.outcomes.get(id.index()).map(|outcome| outcome.kind.values()).unwrap_or_default();
        match values.iter().position(|known| *known == value.text).and_then(|at| u16::try_from(at).ok()) {
            Some(at) => {
                self.policy.called.retain(|(known, position, _)| (*known, *position) != (id, at));
                self.policy.called.push((id, at, label.to_owned()));
            }
            None => {
                let near = nearest(&value.text, values.iter().copied());
                let message = format!("`{}` has no value `{}`", outcome.text, value.text);
                let problem = Diagnostic::error("unknown-value", value.at.0, message);
                self.problems.push(problem.suggest(near).help(format!("its values are {}", joined(&values, "and"))));
            }
        }
    }

    fn quantity(&self, quantity: &Quantity) -> SettingValue {
        match quantity {
            Quantity::Length(length) => SettingValue::Length(length.length),
            Quantity::Number { number, unit } => {
                SettingValue::Number { number: number.value, unit: unit.as_ref().map(|unit| unit.text.clone()) }
            }
            Quantity::Word(word) => SettingValue::Word(word.text.clone()),
        }
    }

    /// An end of a range, which may leave out the unit that the value has.
    fn range_end(&self, quantity: &Quantity, value: &SettingValue) -> SettingValue {
        match (self.quantity(quantity), value) {
            (SettingValue::Number { number, unit: None }, SettingValue::Number { unit, .. }) => {
                SettingValue::Number { number, unit: unit.clone() }
            }
            (end, _) => end,
        }
    }

    fn place_of(&self, quantity: &Quantity) -> Span {
        match quantity {
            Quantity::Length(length) => length.at.0,
            Quantity::Number { number, unit } => unit.as_ref().map_or(number.at.0, |unit| number.at.0.to(unit.at.0)),
            Quantity::Word(word) => word.at.0,
        }
    }

    /// Whether the range rises and is of the value's own kind.
    fn check_range(
        &mut self,
        item: &SettingItem,
        value: &SettingValue,
        (from, to): (&SettingValue, &SettingValue),
    ) -> bool {
        let Some((start, end)) = &item.range else { return true };
        let span = self.place_of(start).to(self.place_of(end));
        let problem = match (kind_of(value), kind_of(from), kind_of(to)) {
            (own, one, other) if one == own && other == own => match self.in_order(from, to) {
                Some(std::cmp::Ordering::Less | std::cmp::Ordering::Equal) => return true,
                Some(std::cmp::Ordering::Greater) => {
                    let message = format!("the range {} is the wrong way round", range_in_words(from, to));
                    Diagnostic::error("bad-range", span, message).help("name the lower end first")
                }
                None => {
                    let message = format!("`{from}` and `{to}` cannot be put in order");
                    Diagnostic::error("bad-range", span, message)
                        .help("give both ends the same unit, or name values in rising order")
                }
            },
            (own, one, other) => {
                let message = format!("`{}` is {own}, and its range goes from {one} to {other}", item.name.text);
                Diagnostic::error("bad-range", span, message)
                    .help("give each end its unit, as in `from 12 hours to 7 days`")
            }
        };
        self.problems.push(problem);
        false
    }

    /// The length of time that was meant by a number with a misspelt unit, where the range shows that it was one.
    fn mended_unit(&mut self, item: &SettingItem) -> Option<SettingValue> {
        let Quantity::Number { number, unit: Some(word) } = &item.value else { return None };
        let (Quantity::Length(_), Quantity::Length(_)) = item.range.as_ref().map(|(from, to)| (from, to))? else {
            return None;
        };
        let near = nearest_unit(&word.text)?;
        let message = format!("`{}` is not a unit of time", word.text);
        self.problems.push(Diagnostic::error("unknown-unit", word.at.0, message).suggest(Some(near)));
        Some(SettingValue::Length(Length::new(u32::try_from(number.value).ok()?, Unit::parse(near)?)))
    }

    fn check_inside(
        &mut self,
        value: &SettingValue,
        (from, to): (&SettingValue, &SettingValue),
        span: Span,
        declared: Span,
        whose: &str,
    ) -> bool {
        let above = self.in_order(from, value).is_some_and(std::cmp::Ordering::is_le);
        let below = self.in_order(value, to).is_some_and(std::cmp::Ordering::is_le);
        if above && below {
            return true;
        }
        let problem = Diagnostic::error(
            "outside-range",
            span,
            format!("{value} is outside {whose}, {}", range_in_words(from, to)),
        );
        self.problems.push(if span == declared { problem } else { problem.also(declared, "the range is given here") });
        false
    }

    /// Lengths of different units compare when one is longer whatever the calendar.
    fn in_order(&self, one: &SettingValue, other: &SettingValue) -> Option<std::cmp::Ordering> {
        match (one, other) {
            (SettingValue::Number { number: one, unit: a }, SettingValue::Number { number: other, unit: b }) => {
                (a == b).then(|| one.cmp(other))
            }
            (SettingValue::Length(one), SettingValue::Length(other)) => {
                Some(one.usual_seconds().cmp(&other.usual_seconds()))
            }
            (SettingValue::Word(one), SettingValue::Word(other)) => self.scales().into_iter().find_map(|scale| {
                let position = |word: &String| scale.iter().position(|value| value == word);
                Some(position(one)?.cmp(&position(other)?))
            }),
            _ => None,
        }
    }

    /// Every list of values in rising order.
    fn scales(&self) -> Vec<&[String]> {
        let vocabulary = &self.policy.vocabulary;
        let outcomes = vocabulary.outcomes.iter().filter_map(|outcome| match &outcome.kind {
            OutcomeKind::Highest { values, .. } => Some(values.as_slice()),
            _ => None,
        });
        let fields = vocabulary.call.iter().chain(vocabulary.records.iter().flat_map(|record| &record.fields));
        outcomes
            .chain(fields.filter_map(|field| match &field.ty {
                Type::Choice { values, rising: true } => Some(values.as_slice()),
                _ => None,
            }))
            .collect()
    }

    fn check_setting_word(&mut self, word: &str, quantity: &Quantity) {
        let values: Vec<String> = self.scales().into_iter().flatten().cloned().collect();
        if !values.iter().any(|value| value == word) {
            let near = nearest(word, values.iter().map(String::as_str));
            let message = format!("`{word}` is neither a number, a length of time nor a value in rising order");
            let problem = Diagnostic::error("unknown-value", self.place_of(quantity), message);
            self.problems.push(problem.suggest(near).help("a setting is such as `3 calls`, `24 hours` or `priority`"));
        }
    }
}

/// `from 2 to 4 calls`, with the unit said once.
pub(super) fn range_in_words(from: &SettingValue, to: &SettingValue) -> String {
    match (from, to) {
        (SettingValue::Number { number, unit: one }, SettingValue::Number { unit: other, .. }) if one == other => {
            format!("from {number} to {to}")
        }
        (SettingValue::Length(one), SettingValue::Length(other)) if one.unit == other.unit => {
            format!("from {} to {to}", one.amount)
        }
        _ => format!("from {from} to {to}"),
    }
}

fn kind_of(value: &SettingValue) -> &'static str {
    match value {
        SettingValue::Number { .. } => "a number",
        SettingValue::Length(_) => "a length of time",
        SettingValue::Word(_) => "a value",
    }
}

fn same_unit(one: &SettingValue, other: &SettingValue) -> bool {
    match (one, other) {
        (SettingValue::Number { unit: one, .. }, SettingValue::Number { unit: other, .. }) => match (one, other) {
            (Some(one), Some(other)) => one.trim_end_matches('s') == other.trim_end_matches('s'),
            _ => true,
        },
        _ => true,
    }
}
