//! Lines of a vocabulary and of a calendar -> tree.

use super::asked::party;
use super::conditions::LineReader;
use super::grammar::Rule;
use super::layout::RawLine;
use super::parse_cache::{ParseNode, Parts};
use super::tree::*;
use crate::time::{Date, Weekday};

impl LineReader<'_> {
    pub(super) fn vocabulary_line(&mut self, node: ParseNode<'_>, raw: &RawLine) -> Option<VocabularyLine> {
        self.no_lines_under(raw);
        let parts = node.parts();
        Some(match node.rule() {
            Rule::identities => VocabularyLine::Identities(self.list(parts)),
            Rule::extends => VocabularyLine::Extends(self.first_text(parts)?),
            _ => VocabularyLine::Help(self.first_text(parts)?),
        })
    }

    pub(super) fn fact(&mut self, node: ParseNode<'_>) -> Option<FactLine> {
        let parts = node.parts();
        let ty = parts.iter().find(|part| !matches!(part.rule(), Rule::name | Rule::text) && party(*part).is_none())?;
        let ask = parts.iter().find(|part| party(*part).is_some());
        Some(FactLine {
            name: self.first_word(parts)?,
            ty: self.ty(ty)?,
            help: self.first_text(parts),
            ask: ask.and_then(|ask| self.ask(ask)),
        })
    }

    fn ty(&mut self, node: ParseNode<'_>) -> Option<Type> {
        let parts = node.parts();
        Some(match node.rule() {
            Rule::yes_or_no => Type::YesNo,
            Rule::choice => Type::OneOf { values: self.list(parts), rising: node.has_keyword(Rule::k_in_rising_order) },
            Rule::flags => Type::AnyOf(self.list(parts)),
            Rule::number_type => match parts.first().zip(parts.last()) {
                Some((from, to)) => Type::Number(Some((self.number(from)?, self.number(to)?))),
                None => Type::Number(None),
            },
            Rule::duration_type => Type::Duration,
            Rule::time_type => Type::Time { or_none: node.has_keyword(Rule::k_or_none) },
            Rule::text_type => Type::Text,
            Rule::identity => Type::Identity(self.first_word(parts)?),
            Rule::identities_type => Type::Identities(self.first_word(parts)?),
            Rule::link_type => Type::Link(self.first_word(parts)?),
            Rule::more_values => Type::Also(self.list(parts)),
            _ => return None,
        })
    }

    pub(super) fn record_line(&mut self, node: ParseNode<'_>, raw: &RawLine) -> Option<RecordLine> {
        self.no_lines_under(raw);
        let parts = node.parts();
        Some(match node.rule() {
            Rule::fact_line => RecordLine::Field(self.fact(node)?),
            Rule::kept_for => RecordLine::KeptFor(self.length(parts.first()?)?),
            Rule::in_force_span => RecordLine::InForce { from: self.first_word(parts)?, until: self.list(parts) },
            Rule::names_rules => RecordLine::NamesRules(self.first_word(parts)?),
            Rule::called_line => RecordLine::IsCalled(self.called(parts.first()?)?),
            _ => RecordLine::Asked(self.ask(node)?),
        })
    }

    pub(super) fn outcome(&mut self, raw: &RawLine, parts: Parts<'_>) -> Option<Item> {
        let kind = parts.iter().find(|part| !matches!(part.rule(), Rule::name | Rule::text))?;
        let inner = kind.parts();
        let kind = match kind.rule() {
            Rule::scale => OutcomeKind::HighestOf(self.list(inner)),
            Rule::collection => OutcomeKind::AllThatApplyOf(self.list(inner)),
            Rule::deadline_outcome => OutcomeKind::EarliestTime,
            rule @ (Rule::highest_number | Rule::lowest_number) => {
                let (from, to) = (self.number(inner.first()?)?, self.number(inner.get(1)?)?);
                if rule == Rule::highest_number {
                    OutcomeKind::HighestNumber { from, to }
                } else {
                    OutcomeKind::LowestNumber { from, to }
                }
            }
            Rule::more_values => OutcomeKind::AlsoOf(self.list(inner)),
            _ => {
                let mut words = self.words(inner, Rule::name).into_iter();
                OutcomeKind::Either { one: words.next()?, other: words.next()?, winner: words.next()? }
            }
        };
        let lines = self.lines(raw, Rule::outcome_line, |reader, node, raw| {
            reader.no_lines_under(raw);
            let parts = node.parts();
            Some(match node.rule() {
                Rule::written_as => OutcomeLine::WrittenAs(reader.first_text(parts)?),
                Rule::never_below => OutcomeLine::NeverBelow(reader.first_word(parts)?),
                Rule::says_without => OutcomeLine::Says(reader.first_text(parts)?),
                Rule::may_be_quiet => OutcomeLine::MayBeQuiet,
                Rule::for_caller => OutcomeLine::For(Party::Caller),
                Rule::for_look_up => OutcomeLine::For(Party::LookUp),
                Rule::for_officer => OutcomeLine::For(Party::Officer),
                Rule::value_called | Rule::value_warns => {
                    let (value, words) = (reader.first_word(parts)?, reader.first_text(parts)?);
                    if node.rule() == Rule::value_called {
                        OutcomeLine::IsCalled { value, words }
                    } else {
                        OutcomeLine::Warns { value, words }
                    }
                }
                _ => OutcomeLine::Help(reader.first_text(parts)?),
            })
        });
        let (name, help) = (self.first_word(parts)?, self.first_text(parts));
        let said = parts.find(Rule::written_as).and_then(|part| Some((part, self.first_text(part.parts())?)));
        let said = said.map(|(part, text)| {
            let node = OutcomeLine::WrittenAs(text);
            Line { node, at: At(part.span()), comments: Comments::default() }
        });
        let lines = said.into_iter().chain(lines).collect();
        Some(Item::Outcome(Box::new(OutcomeItem { name, kind, help, lines })))
    }

    pub(super) fn calendar_line(&mut self, node: ParseNode<'_>, raw: &RawLine) -> Option<CalendarLine> {
        self.no_lines_under(raw);
        let parts = node.parts();
        let label = self.first_text(parts);
        let first = parts.first()?;
        Some(match node.rule() {
            Rule::skips_weekday => CalendarLine::SkipsWeekday(Weekday::parse(first.text())?),
            Rule::skips_yearly => {
                let (day, month) = (self.number(first)?, parts.get(1)?.text());
                let month_number = month_number(month);
                if Date::parse(&format!("2024-{month_number:02}-{:02}", day.value)).is_none() {
                    self.report(
                        "no-such-date",
                        node.span(),
                        format!("there is no {} {month}", day.value),
                        "name a day that this month has",
                    );
                }
                CalendarLine::SkipsYearly { day, month: month_number, label }
            }
            Rule::skips_date => CalendarLine::SkipsDate { date: self.date(first)?, label },
            Rule::complete_from => CalendarLine::Complete { from: self.date(first)?, to: self.date(parts.get(1)?)? },
            _ => return None,
        })
    }
}

fn month_number(name: &str) -> u8 {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let name = name.to_ascii_lowercase();
    (1u8..).zip(MONTHS).find(|(_, month)| *month == name).map_or(0, |(number, _)| number)
}
