//! Lines -> tree: one short function for each kind of heading and line.

use super::conditions::{self, LineReader};
use super::grammar::Rule;
use super::layout::RawLine;
use super::parse_cache::{ParseNode, Parts};
use super::tree::*;
use crate::text::says_something;
use crate::time::{Date, Length, Unit};

impl<'a> LineReader<'a> {
    pub(super) fn heading(&mut self, raw: &RawLine) -> Option<Line<Item>> {
        let before = self.problem_count();
        let item = self.read_heading(raw);
        if item.is_none() {
            self.report_silent_loss(raw, before);
            self.lose_heading(raw);
        }
        if self.problem_count() > before {
            self.unread.lines.push((At(self.place(raw)), String::new()));
        }
        if raw.any_reported() {
            // What stands in the wrong place may be the line that seems to be missing.
            self.unread.lines.push((At(self.place(raw)), "\"".to_owned()));
        }
        item
    }

    fn read_heading(&mut self, raw: &RawLine) -> Option<Line<Item>> {
        let line = self.parse(Rule::heading, raw);
        // The lines under a bad heading are still read, so that what is wrong with them is reported too.
        let Some(node) = line.as_ref().and_then(|line| line.whole()?.parts().first()) else {
            self.lines_under_unknown(raw);
            return None;
        };
        let parts = node.parts();
        let item = match node.rule() {
            Rule::vocabulary_heading => Item::Vocabulary(VocabularyHeader {
                name: self.first_text(parts)?,
                lines: self.lines(raw, Rule::vocabulary_line, Self::vocabulary_line),
            }),
            Rule::policy_heading => Item::Policy(PolicyHeader {
                name: self.first_text(parts)?,
                lines: self.lines(raw, Rule::policy_line, Self::policy_line),
            }),
            Rule::part_heading => {
                self.no_lines_under(raw);
                let name = self.first_text(parts)?;
                if node.has_keyword(Rule::k_policy_part) {
                    Item::PartOfPolicy(name)
                } else {
                    Item::PartOfVocabulary(name)
                }
            }
            Rule::call_heading => Item::Call(CallItem {
                help: self.first_text(parts),
                lines: self.lines(raw, Rule::fact_line, Self::call_line),
            }),
            Rule::questions_heading => Item::Questions(Box::new(QuestionsItem {
                name: self.first_word(parts)?,
                title: self.first_text(parts),
                lines: self.lines(raw, Rule::questions_line, Self::questions_line),
            })),
            Rule::record_heading => {
                let mut names = self.words(parts, Rule::name).into_iter();
                Item::Record(Box::new(RecordItem {
                    name: names.next()?,
                    plural: names.next(),
                    help: self.first_text(parts),
                    lines: self.lines(raw, Rule::record_line, Self::record_line),
                }))
            }
            Rule::outcome_heading => self.outcome(raw, parts)?,
            Rule::calendar_heading => Item::Calendar(CalendarItem {
                name: self.first_word(parts)?,
                help: self.first_text(parts),
                lines: self.lines(raw, Rule::calendar_line, Self::calendar_line),
            }),
            Rule::setting => {
                self.no_lines_under(raw);
                self.setting(node)?
            }
            Rule::definition => self.definition(raw, parts)?,
            Rule::score_heading => Item::Score(ScoreItem {
                name: self.first_word(parts)?,
                title: self.first_text(parts),
                lines: self.lines(raw, Rule::score_line, Self::score_line),
            }),
            Rule::table_heading => {
                let mut names = self.words(parts, Rule::name).into_iter();
                Item::Table(TableItem {
                    name: names.next()?,
                    by: names.next()?,
                    title: self.first_text(parts),
                    lines: self.lines(raw, Rule::table_line, Self::table_line),
                })
            }
            Rule::rule_heading => Item::Rule(RuleItem {
                name: self.first_word(parts)?,
                title: self.first_text(parts),
                lines: self.lines(raw, Rule::rule_line, Self::rule_line),
            }),
            Rule::addition_heading => Item::Addition(AdditionItem {
                rule: self.first_word(parts)?,
                lines: self.lines(raw, Rule::addition_line, Self::rule_line),
            }),
            Rule::suspension => Item::Suspension(SuspensionItem {
                rule: self.first_word(parts)?,
                from: self.date_of(parts, Rule::from_date),
                until: self.date_of(parts, Rule::until_date)?,
                lines: self.lines(raw, Rule::grounds_line, Self::grounds_line),
            }),
            Rule::acceptance => {
                let field = parts.find(Rule::through).map(|field| self.words(field.parts(), Rule::name));
                let mut names = self.words(parts, Rule::name).into_iter();
                let mut field = field.unwrap_or_default().into_iter();
                Item::Acceptance(Box::new(AcceptanceItem {
                    warning: names.next()?,
                    record: field.next(),
                    name: field.next().or_else(|| names.next())?,
                    until: self.date_of(parts, Rule::until_date)?,
                    lines: self.lines(raw, Rule::grounds_line, Self::grounds_line),
                }))
            }
            Rule::invariant_heading => Item::Invariant(InvariantItem {
                name: self.first_word(parts)?,
                title: self.first_text(parts),
                lines: self.lines(raw, Rule::invariant_line, Self::invariant_line),
            }),
            _ => return None,
        };
        Some(self.line(raw, item))
    }

    fn lines_under_unknown(&mut self, raw: &RawLine) {
        let said = self.said(raw).to_ascii_lowercase();
        let rule = match said.split_whitespace().next().unwrap_or("") {
            word if word.starts_with("rule") => Rule::rule_line,
            word if word.starts_with("add") => Rule::addition_line,
            word if word.starts_with("suspend") || word.starts_with("accept") => {
                return self.discard(raw, Rule::grounds_line, Self::grounds_line);
            }
            word if word.starts_with("invar") => {
                return self.discard(raw, Rule::invariant_line, Self::invariant_line);
            }
            word if word.starts_with("score") => return self.discard(raw, Rule::score_line, Self::score_line),
            word if word.starts_with("table") => return self.discard(raw, Rule::table_line, Self::table_line),
            word if word.starts_with("record") => return self.discard(raw, Rule::record_line, Self::record_line),
            _ => return,
        };
        self.discard(raw, rule, Self::rule_line);
    }

    fn discard<T>(&mut self, raw: &RawLine, rule: Rule, read: fn(&mut Self, ParseNode<'_>, &RawLine) -> Option<T>) {
        let _: Vec<Line<T>> = self.lines(raw, rule, read);
    }

    /// The lines under a heading, each read by `rule`; a line that is only a text is help.
    pub(super) fn lines<T>(
        &mut self,
        raw: &RawLine,
        rule: Rule,
        read: impl Fn(&mut Self, ParseNode<'_>, &RawLine) -> Option<T>,
    ) -> Vec<Line<T>> {
        let mut lines = Vec::with_capacity(raw.children.len());
        let mut stray = false;
        for child in &raw.children {
            // Of items that have lost the line above their list the first speaks for all.
            let is_item = self.said(child).starts_with("- ");
            if std::mem::replace(&mut stray, is_item) && is_item {
                self.lose_line(raw, child);
                continue;
            }
            let before = self.problem_count();
            match self.line_under(rule, child, &read) {
                Some(line) => lines.push(line),
                None => {
                    self.report_silent_loss(child, before);
                    self.lose_line(raw, child);
                }
            }
        }
        lines
    }

    fn line_under<T>(
        &mut self,
        rule: Rule,
        raw: &RawLine,
        read: impl Fn(&mut Self, ParseNode<'_>, &RawLine) -> Option<T>,
    ) -> Option<Line<T>> {
        let rule = self.rule_for(rule, raw);
        let line = self.parse(rule, raw)?;
        let whole = line.whole()?;
        let is_whole = matches!(rule, Rule::help_line | Rule::fact_line | Rule::called_line | Rule::overheard_line);
        let parsed = if is_whole { whole } else { whole.parts().first()? };
        let value = read(self, parsed, raw)?;
        Some(self.line(raw, value))
    }

    /// The production for a line under a heading: help for a text alone, fields among a record's lines, and what a
    /// value is called among those of a call, a record or an outcome.
    fn rule_for(&self, rule: Rule, child: &RawLine) -> Rule {
        let said = self.said(child);
        let begins = |words: &str| said.get(..words.len()).is_some_and(|word| word.eq_ignore_ascii_case(words));
        let before_text = said.split('"').next().unwrap_or("").trim_end().to_ascii_lowercase();
        let named = before_text.ends_with("is called");
        match rule {
            Rule::fact_line | Rule::record_line if named => Rule::called_line,
            Rule::fact_line if begins("may ") => Rule::overheard_line,
            Rule::outcome_line if named || before_text.ends_with(" warns") => Rule::value_line,
            Rule::record_line if begins("field") => Rule::fact_line,
            Rule::fact_line | Rule::calendar_line | Rule::record_line | Rule::questions_line => rule,
            _ if said.starts_with('"') => Rule::help_line,
            _ => rule,
        }
    }

    fn policy_line(&mut self, node: ParseNode<'_>, raw: &RawLine) -> Option<PolicyLine> {
        self.no_lines_under(raw);
        let parts = node.parts();
        Some(match node.rule() {
            Rule::use_vocabulary => PolicyLine::Vocabulary(self.first_text(parts)?),
            Rule::time_zone => PolicyLine::TimeZone(self.words(parts, Rule::zone).into_iter().next()?),
            Rule::tailors => PolicyLine::Tailors(self.first_text(parts)?),
            Rule::set_to => {
                let value = parts.find(Rule::quantity)?;
                PolicyLine::Set { setting: self.first_word(parts)?, value: self.quantity(value)? }
            }
            Rule::is_called => {
                let mut words = self.words(parts, Rule::name).into_iter();
                PolicyLine::IsCalled { outcome: words.next()?, value: words.next()?, label: self.first_text(parts)? }
            }
            _ => PolicyLine::Help(self.first_text(parts)?),
        })
    }

    fn setting(&mut self, node: ParseNode<'_>) -> Option<Item> {
        let parts = node.parts();
        let quantities: Vec<Quantity> = parts.of(Rule::quantity).filter_map(|part| self.quantity(part)).collect();
        let mut quantities = quantities.into_iter();
        let value = quantities.next()?;
        let range = match quantities.next().zip(quantities.next()) {
            Some((from, to)) => Some(SettingRange::FromTo(from, to)),
            None => parts.find(Rule::names_and).map(|_| SettingRange::OneOf(self.list(parts))),
        };
        let never = match (node.has_keyword(Rule::k_never_raised), node.has_keyword(Rule::k_never_lowered)) {
            (true, _) => Some(Never::Raised),
            (_, true) => Some(Never::Lowered),
            _ => None,
        };
        let (name, help) = (self.first_word(parts)?, self.first_text(parts));
        Some(Item::Setting(Box::new(SettingItem { name, value, range, never, help })))
    }

    pub(super) fn quantity(&mut self, node: ParseNode<'_>) -> Option<Quantity> {
        let parts = node.parts();
        let first = parts.first()?;
        Some(match first.rule() {
            Rule::span => Quantity::Length(self.length(first)?),
            Rule::clock => Quantity::Clock(self.clock(first, false)?),
            Rule::name => Quantity::Word(self.word(first)),
            _ => Quantity::Number { number: self.number(first)?, unit: parts.get(1).map(|unit| self.word(unit)) },
        })
    }

    fn definition(&mut self, raw: &RawLine, parts: Parts<'_>) -> Option<Item> {
        let mut names = self.words(parts, Rule::name).into_iter();
        let (name, plural) = (names.next()?, names.next());
        let meaning = parts.last()?;
        let meaning = match meaning.rule() {
            Rule::selection => Meaning::Records(self.selection(meaning, Some(raw))?),
            _ => Meaning::Condition(self.conditions(meaning, Some(raw))?),
        };
        Some(Item::Definition(Box::new(DefinitionItem { name, plural, meaning })))
    }

    /// The items of a list, each read by `rule`.
    pub(super) fn items<T>(
        &mut self,
        raw: &RawLine,
        rule: Rule,
        read: impl Fn(&mut Self, Parts<'_>, &RawLine) -> Option<T>,
    ) -> Vec<Line<T>> {
        self.require_items(raw);
        let mut items = Vec::with_capacity(raw.children.len());
        items.extend(raw.children.iter().filter_map(|child| {
            let line = self.parse(rule, child)?;
            let value = read(self, line.whole()?.parts(), child)?;
            Some(self.line(child, value))
        }));
        items
    }

    fn rule_line(&mut self, node: ParseNode<'_>, raw: &RawLine) -> Option<RuleLine> {
        let parts = node.parts();
        match node.rule() {
            Rule::when => return Some(RuleLine::When(self.conditions(parts.first()?, Some(raw))?)),
            Rule::also_when => return Some(RuleLine::AlsoWhen(self.conditions(parts.first()?, Some(raw))?)),
            Rule::then_list => return Some(RuleLine::Then(self.effect_list(raw))),
            _ => self.no_lines_under(raw),
        }
        Some(match node.rule() {
            Rule::then_one => RuleLine::Then(self.only_effect(parts)?),
            Rule::not_again => RuleLine::NotAgain(NotAgain {
                within: self.length_ref(parts.find(Rule::length)?)?,
                links: self.same_links(parts),
                at: At(node.span()),
            }),
            Rule::presumed => RuleLine::AppliesUnlessKnownOtherwise,
            Rule::trial => RuleLine::OnTrial,
            Rule::may_suspend => RuleLine::MayBeSuspended,
            Rule::may_widen => RuleLine::MayBeWidened,
            Rule::in_force_dates => RuleLine::InForce {
                from: self.date_of(parts, Rule::from_date),
                until: self.date_of(parts, Rule::until_date),
                by: parts.find(Rule::by_fact).and_then(|by| self.first_word(by.parts())),
            },
            Rule::because => RuleLine::Because(self.answered_for(parts)?),
            Rule::source => RuleLine::Source(self.answered_for(parts)?),
            _ => RuleLine::Help(self.first_text(parts)?),
        })
    }

    fn grounds_line(&mut self, node: ParseNode<'_>, raw: &RawLine) -> Option<GroundsLine> {
        self.no_lines_under(raw);
        let parts = node.parts();
        Some(match node.rule() {
            Rule::because => GroundsLine::Because(self.answered_for(parts)?),
            Rule::owner => GroundsLine::Owner(self.answered_for(parts)?),
            _ => GroundsLine::Help(self.first_text(parts)?),
        })
    }

    /// The day of the first part of this kind.
    fn date_of(&mut self, parts: Parts<'_>, rule: Rule) -> Option<Date> {
        let part = parts.find(rule)?;
        self.date(part.parts().first()?)
    }

    /// The effects that are listed under a line.
    pub(super) fn effect_list(&mut self, raw: &RawLine) -> Vec<Line<Effect>> {
        self.items(raw, Rule::effect_line, |reader, parts, child| {
            reader.no_lines_under(child);
            reader.effect(parts.first()?)
        })
    }

    /// The effect that stands on the line itself.
    pub(super) fn only_effect(&mut self, parts: Parts<'_>) -> Option<Vec<Line<Effect>>> {
        let effect = parts.first()?;
        let (node, at) = (self.effect(effect)?, At(effect.span()));
        Some(vec![Line { node, at, comments: Comments::default() }])
    }

    fn effect(&mut self, node: ParseNode<'_>) -> Option<Effect> {
        let parts = node.parts();
        if let Some(alone) = parts.find(Rule::value_alone) {
            // Which outcome it is a value of is asked later, when the outcomes are known.
            let phrase = Text { value: String::new(), at: At(alone.span()) };
            return Some(Effect { phrase, value: EffectValue::Words(self.words(alone.parts(), Rule::name)) });
        }
        let (phrase, value) = (parts.first()?, parts.get(1)?);
        let mut said = String::with_capacity(phrase.text().len());
        for word in phrase.parts().iter() {
            said.push_str(if said.is_empty() { "" } else { " " });
            said.push_str(word.text());
        }
        let phrase = Text { value: said, at: At(phrase.span()) };
        let value = match value.rule() {
            Rule::names_and => EffectValue::Words(self.words(value.parts(), Rule::name)),
            _ => {
                let inner = value.parts();
                let has = |rule: Rule| inner.find(rule).is_some();
                EffectValue::Deadline(Deadline {
                    length: match inner.find(Rule::length) {
                        Some(length) => Some(self.length_ref(length)?),
                        None => None,
                    },
                    after: self.moment(inner.find(Rule::moment)?)?,
                    calendar: self.first_word(inner),
                    end_of_day: has(Rule::end_of_the_day) || has(Rule::end_of_the_day_of),
                })
            }
        };
        Some(Effect { phrase, value })
    }

    pub(super) fn word(&self, node: ParseNode<'_>) -> Word {
        Word { text: node.text().to_owned(), at: At(node.span()) }
    }

    pub(super) fn words(&self, parts: Parts<'_>, rule: Rule) -> Vec<Word> {
        parts.of(rule).map(|part| self.word(part)).collect()
    }

    pub(super) fn first_word(&self, parts: Parts<'_>) -> Option<Word> {
        parts.find(Rule::name).map(|part| self.word(part))
    }

    /// The names of the first list among the parts.
    pub(super) fn list(&self, parts: Parts<'_>) -> Vec<Word> {
        let list = parts.iter().find(|part| matches!(part.rule(), Rule::names_and | Rule::names_or | Rule::names_all));
        list.map(|list| self.words(list.parts(), Rule::name)).unwrap_or_default()
    }

    pub(super) fn first_text(&mut self, parts: Parts<'_>) -> Option<Text> {
        Some(self.quoted(parts.find(Rule::text)?))
    }

    /// A text that somebody answers for: a number alone gives no reason, and names neither a source nor anybody.
    pub(super) fn answered_for(&mut self, parts: Parts<'_>) -> Option<Text> {
        let text = self.first_text(parts)?;
        let mut letters = text.value.chars().filter(|character| character.is_alphanumeric()).peekable();
        if letters.peek().is_some() && !letters.any(char::is_alphabetic) {
            let help = "write it in words";
            self.report("empty-text", text.at.0, "there is only a number in this text", help);
        }
        Some(text)
    }

    /// A text, which must say something: a line that is there and empty would be taken for an answer.
    pub(super) fn quoted(&mut self, node: ParseNode<'_>) -> Text {
        let text = conditions::text(node);
        if !says_something(&text.value) {
            let help = "write what it should say, or leave it out where it is not needed";
            self.report("empty-text", text.at.0, "there is no word in this text", help);
        }
        text
    }

    pub(super) fn date(&mut self, node: ParseNode<'_>) -> Option<Date> {
        let date = Date::parse(node.text());
        if date.is_none() {
            let message = format!("there is no day `{}`", node.text());
            let month = node.text().get(..8).unwrap_or("");
            let last = (28..=31).rev().map(|day| format!("{month}{day}")).find(|day| Date::parse(day).is_some());
            let help = last.map_or_else(
                || "write the year, the month and the day: 2026-02-28".to_owned(),
                |last| format!("that month ends on {last}"),
            );
            self.report("no-such-date", node.span(), message, &help);
        }
        date
    }

    pub(super) fn length(&mut self, node: ParseNode<'_>) -> Option<LengthAt> {
        let parts = node.parts();
        let number = self.number(parts.first()?)?;
        let unit = Unit::parse(parts.get(1)?.text())?;
        let length = u32::try_from(number.value).ok().map(|amount| Length::new(amount, unit));
        match length.filter(|length| length.is_reasonable()) {
            Some(length) => Some(LengthAt { length, at: At(node.span()) }),
            None => {
                let message = format!("`{}` is longer than a thousand years", node.text());
                self.report("number-too-large", node.span(), message, "name a shorter length of time");
                None
            }
        }
    }

    pub(super) fn length_ref(&mut self, node: ParseNode<'_>) -> Option<LengthRef> {
        let inner = node.parts();
        let inner = inner.first()?;
        Some(match inner.rule() {
            Rule::span => LengthRef::Length(self.length(inner)?),
            _ => LengthRef::Name(self.word(inner)),
        })
    }
}
