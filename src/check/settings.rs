//! Checks settings: their values, their ranges, and what a force sets them to.

use super::gather::Library;
use super::names::Checker;
use super::once::no_effect;
use super::policy::{Given, Setting, SettingRange, SettingValue};
use super::ranges::clock_in_words;
use super::symbols::{Namespace, Symbol, SymbolKind};
use crate::model::Type;
use crate::syntax::time_of_day;
use crate::syntax::tree::{self, Never, PolicyLine, Quantity, SettingItem, Text, Word};
use crate::text::{Diagnostic, Span, joined, nearest, nearest_unit};
use crate::time::{Length, TimeOfDay, Unit};

impl<'a> Checker<'a, '_> {
    /// Declares a setting at its own value; what a force sets comes after all are known.
    pub(super) fn declare_setting(&mut self, policy: &str, item: &'a SettingItem) {
        let value = self.mended(item).unwrap_or_else(|| self.quantity(&item.value));
        let range = item.range.as_ref().map(|range| match range {
            tree::SettingRange::FromTo(from, to) => {
                SettingRange::FromTo(self.range_end(from, &value), self.range_end(to, &value))
            }
            tree::SettingRange::OneOf(names) => {
                SettingRange::OneOf(names.iter().map(|name| name.text.clone()).collect())
            }
        });
        match (&item.range, &range) {
            (Some(tree::SettingRange::OneOf(names)), _) => self.check_one_of(item, &value, names),
            (Some(tree::SettingRange::FromTo(start, end)), Some(SettingRange::FromTo(from, to)))
                if self.check_range(item, &value, (start, end), (from, to)) =>
            {
                self.check_inside(&value, (from, to), self.place_of(&item.value), item.name.at.0, "its own range");
            }
            _ => {}
        }
        match (&value, item.never) {
            (SettingValue::Word(word), _) => self.check_setting_word(word, &item.value),
            (SettingValue::Calendar(_), _) if item.range.is_none() => self.calendar_without_choice(item),
            (SettingValue::Clock(_) | SettingValue::Calendar(_), Some(never)) => {
                self.never_without_order(item, &value, never);
            }
            _ => {}
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
                    PolicyLine::IsCalled { outcome, value, label } => self.call(name, outcome, value, label),
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
            if let (SettingValue::Word(said), SettingValue::Clock(_)) = (&value, &setting.value)
                && let Some(problem) = clock_in_words(said, place)
            {
                return self.problems.push(problem);
            }
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
        let is_allowed = match &setting.range {
            Some(SettingRange::FromTo(from, to)) => {
                self.check_inside(&value, (from, to), place, declared, "the range that the base allows")
            }
            Some(SettingRange::OneOf(names)) => self.check_chosen(&value, names, place, declared),
            None => true,
        };
        if !is_allowed {
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
        let (sound, wrong, said) = match never {
            Never::Raised => (
                self.at_most(value, &before.value),
                self.at_most(&before.value, value),
                if is_length { "longer" } else { "higher" },
            ),
            Never::Lowered => (
                self.at_most(&before.value, value),
                self.at_most(value, &before.value),
                if is_length { "shorter" } else { "lower" },
            ),
        };
        if sound {
            return false;
        }
        let declared = setting.given.first().map_or(place, |given| given.at);
        let message = format!(
            "{value} {} {said} than the {} that `{}` gives, and `{}` is never {}",
            if wrong { "is" } else { "can be" },
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

    /// Days that a calendar passes over make one kind of length longer than another that it was sure to be shorter than, so a
    /// setting that such a deadline uses and that is never raised, or never lowered, keeps to one kind.
    pub(super) fn keep_to_one_kind(&mut self, word: &Word) {
        let Some(setting) = self.settings.get(word.text.as_str()).and_then(|at| self.policy.settings.get(*at)) else {
            return;
        };
        if setting.never.is_none() {
            return;
        }
        let values = setting.given.iter().filter_map(|given| match &given.value {
            SettingValue::Length(length) => Some((*length, given.at)),
            _ => None,
        });
        let values: Vec<(Length, Span)> = values.collect();
        let Some(SettingValue::Length(first)) = setting.given.first().map(|given| &given.value) else { return };
        let Some((other, at)) = values.iter().find(|(other, _)| !other.is_reckoned_as(*first)) else { return };
        let message = format!("`{}` is {first}, and {other} is not counted in the same way", setting.name);
        let problem =
            Diagnostic::error("wrong-kind", *at, message).also(word.at.0, "here days are passed over in counting it");
        self.problems.push(problem.help("keep to minutes and hours, to days and weeks, or to months and years"));
    }

    fn never_without_order(&mut self, item: &SettingItem, value: &SettingValue, never: Never) {
        let said = match never {
            Never::Raised => "raised",
            Never::Lowered => "lowered",
        };
        let message = format!("{} is neither raised nor lowered, so it cannot be never {said}", kind_of(value));
        let problem = Diagnostic::error("wrong-kind", item.name.at.0, message);
        self.problems.push(problem.help(match value {
            SettingValue::Calendar(_) => "what it may be set to is said by the list of calendars: leave this out",
            _ => {
                "whether later asks for more depends on the rules that use it: give it a range, such as \
                 `22:00, from 20:00 to 22:00`"
            }
        }));
    }

    /// A force's own word for a value, which is no other value's name or word.
    fn call(&mut self, policy: &str, outcome: &Word, value: &Word, label: &Text) {
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
                let values = values.into_iter().map(str::to_owned).collect::<Vec<_>>();
                self.take_label(policy, outcome, (&values, value), label);
                self.policy.called.retain(|(known, position, _)| (*known, *position) != (id, at));
                self.policy.called.push((id, at, label.value.clone()));
            }
            None => {
                let near = nearest(&value.text, values.iter().copied());
                let message = format!("`{}` has no value `{}`", outcome.text, value.text);
                let problem = Diagnostic::error("unknown-value", value.at.0, message);
                self.problems.push(problem.suggest(near).help(format!("its values are {}", joined(&values, "and"))));
            }
        }
    }

    fn take_label(&mut self, policy: &str, outcome: &Word, (values, value): (&[String], &Word), label: &Text) {
        let labels = Namespace::Labels(outcome.text.clone());
        let declared = self.symbols.place(&Namespace::Names, &outcome.text);
        for name in values {
            let kind = SymbolKind::Value(outcome.text.clone());
            self.symbols.declare(labels.clone(), Symbol { kind, name: name.clone(), at: declared, rank: 0 });
        }
        if label.value == value.text {
            let message = format!("`{}` is called so already", value.text);
            return self.problems.push(no_effect(label.at.0, message));
        }
        // A force may write its base's word in other letters.
        let is_own_name = label.value.replace([' ', '_'], "-").eq_ignore_ascii_case(&value.text);
        let kind = SymbolKind::Label(value.text.clone());
        if !is_own_name {
            let word = Word { text: label.value.clone(), at: label.at };
            self.take(policy, labels, kind, &word);
        }
        let labelled = Namespace::Labelled(outcome.text.clone(), policy.to_owned());
        let first = self.symbols.place(&labelled, &value.text);
        let symbol = Symbol {
            kind: SymbolKind::Value(outcome.text.clone()),
            name: value.text.clone(),
            at: Some(value.at.0),
            rank: 0,
        };
        if let (Some(_), Some(first)) = (self.symbols.declare(labelled, symbol), first) {
            let message = format!("it is said twice what `{}` is called", value.text);
            let problem = Diagnostic::error("line-twice", value.at.0, message).also(first, "the first time");
            self.problems.push(problem.help("leave one of them out"));
        }
    }

    /// The force's word and the value that it stands for, in whichever outcome.
    pub(super) fn value_called(&self, written: &str) -> Option<(String, String)> {
        let plain = |text: &str| text.trim().to_lowercase().replace([' ', '_'], "-");
        let wanted = plain(written);
        let (outcome, at, label) = self.policy.called.iter().find(|(_, _, label)| plain(label) == wanted)?;
        let value = self.outcomes.get(outcome.index())?.kind.value(*at)?;
        Some((label.clone(), value.to_owned()))
    }

    fn quantity(&self, quantity: &Quantity) -> SettingValue {
        match quantity {
            Quantity::Length(length) => SettingValue::Length(length.length),
            Quantity::Clock(clock) => SettingValue::Clock(clock.clock),
            Quantity::Number { number, unit } => {
                SettingValue::Number { number: number.value, unit: unit.as_ref().map(|unit| unit.text.clone()) }
            }
            Quantity::Word(word) if self.is_calendar(&word.text) => SettingValue::Calendar(word.text.clone()),
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

    pub(super) fn place_of(&self, quantity: &Quantity) -> Span {
        match quantity {
            Quantity::Length(length) => length.at.0,
            Quantity::Clock(clock) => clock.at.0,
            Quantity::Number { number, unit } => unit.as_ref().map_or(number.at.0, |unit| number.at.0.to(unit.at.0)),
            Quantity::Word(word) => word.at.0,
        }
    }

    /// Whether the range rises and is of the value's own kind.
    fn check_range(
        &mut self,
        item: &SettingItem,
        value: &SettingValue,
        (start, end): (&Quantity, &Quantity),
        (from, to): (&SettingValue, &SettingValue),
    ) -> bool {
        let span = self.place_of(start).to(self.place_of(end));
        let problem = match (kind_of(value), kind_of(from), kind_of(to)) {
            _ if [value, from, to].into_iter().any(|it| matches!(it, SettingValue::Calendar(_))) => {
                let message = "calendars have no order, so there is no range from one to another";
                let instead = format!("one of {from} and {to}");
                Diagnostic::error("bad-range", span, message)
                    .help(format!("name those that may be chosen: `, {instead}`"))
            }
            (own, one, other) if one == own && other == own => {
                if self.at_most(from, to) {
                    return true;
                }
                if let (SettingValue::Clock(_), SettingValue::Clock(_)) = (from, to) {
                    let message = format!("the range {} goes over midnight", range_in_words(from, to));
                    Diagnostic::error("bad-range", span, message).help(
                        "a setting's range lies within one day: end it at 23:59 at the latest, or begin it at 00:00",
                    )
                } else if self.at_most(to, from) {
                    let message = format!("the range {} is the wrong way round", range_in_words(from, to));
                    Diagnostic::error("bad-range", span, message).help("name the lower end first")
                } else {
                    let message = format!("`{from}` and `{to}` cannot be put in order");
                    Diagnostic::error("bad-range", span, message)
                        .help("give both ends the same unit, or name values in rising order")
                }
            }
            (own, one, other) => {
                let message = format!("`{}` is {own}, and its range goes from {one} to {other}", item.name.text);
                Diagnostic::error("bad-range", span, message)
                    .help("give each end its unit, as in `from 12 hours to 7 days`")
            }
        };
        self.problems.push(problem);
        false
    }

    /// The value that was meant by something that is not written as one, where the range shows what it was to be.
    fn mended(&mut self, item: &SettingItem) -> Option<SettingValue> {
        let (Quantity::Word(word), Some(tree::SettingRange::FromTo(Quantity::Clock(_), Quantity::Clock(_)))) =
            (&item.value, &item.range)
        else {
            return self.mended_unit(item);
        };
        let (clock, _) = time_of_day(&word.text.to_ascii_lowercase())?;
        self.problems.push(clock_in_words(&word.text, word.at.0)?);
        TimeOfDay::parse(&clock).map(SettingValue::Clock)
    }

    fn mended_unit(&mut self, item: &SettingItem) -> Option<SettingValue> {
        let Quantity::Number { number, unit: Some(word) } = &item.value else { return None };
        let Some(tree::SettingRange::FromTo(Quantity::Length(_), Quantity::Length(_))) = item.range else {
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
        if self.at_most(from, value) && self.at_most(value, to) {
            return true;
        }
        let outside = self.at_most(value, from) || self.at_most(to, value);
        let how = if outside { "is outside" } else { "is not certain to be inside" };
        let problem =
            Diagnostic::error("outside-range", span, format!("{value} {how} {whose}, {}", range_in_words(from, to)));
        self.problems.push(if span == declared { problem } else { problem.also(declared, "the range is given here") });
        false
    }

    /// Whether one value is certainly no higher and no longer than another.
    fn at_most(&self, one: &SettingValue, other: &SettingValue) -> bool {
        match (one, other) {
            (SettingValue::Number { number: one, unit: a }, SettingValue::Number { number: other, unit: b }) => {
                a == b && one <= other
            }
            (SettingValue::Clock(one), SettingValue::Clock(other)) => one <= other,
            (SettingValue::Length(one), SettingValue::Length(other)) => {
                one.never_longer_than(*other, &self.policy.zone)
            }
            (SettingValue::Word(one), SettingValue::Word(other)) => {
                let position = |scale: &[String], word: &String| scale.iter().position(|value| value == word);
                let pairs = self.scales().into_iter();
                let mut pairs = pairs.filter_map(|scale| position(scale, one).zip(position(scale, other))).peekable();
                // Where two scales disagree, none of them says which value is the higher.
                pairs.peek().is_some() && pairs.all(|(one, other)| one <= other)
            }
            _ => false,
        }
    }

    pub(super) fn is_rising_value(&self, word: &str) -> bool {
        self.scales().into_iter().flatten().any(|value| value == word)
    }

    /// Every list of values in rising order.
    fn scales(&self) -> Vec<&[String]> {
        let vocabulary = &self.policy.vocabulary;
        let outcomes = vocabulary.outcomes.iter().filter_map(|outcome| outcome.kind.scale());
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
            if let Some(problem) = clock_in_words(word, self.place_of(quantity)) {
                return self.problems.push(problem);
            }
            let message = format!(
                "`{word}` is neither a number, a length of time, a time of day, a value in rising order nor a calendar"
            );
            let problem = Diagnostic::error("unknown-value", self.place_of(quantity), message);
            let help = "a setting is such as `3 calls`, `24 hours`, `22:00` or `priority`";
            self.problems.push(problem.suggest(near).help(help));
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

pub(super) fn kind_of(value: &SettingValue) -> &'static str {
    match value {
        SettingValue::Number { .. } => "a number",
        SettingValue::Length(_) => "a length of time",
        SettingValue::Clock(_) => "a time of day",
        SettingValue::Word(_) => "a value",
        SettingValue::Calendar(_) => "a calendar",
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
