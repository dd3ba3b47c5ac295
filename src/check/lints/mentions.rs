//! Files -> the names that anything in them makes use of.

use crate::syntax::tree::{
    Amount, CallLine, ClockRef, Condition, ConditionKind as Kind, Deadline, Effect, EffectValue, File, Group,
    InvariantLine, Item, LengthRef, Line, Meaning, Measure, Moment, OutcomeLine, Predicate, Quantifier, RecordLine,
    RuleLine, Scope, ScoreLine, Selection, SettingRange, Subject, TableLine, Text, TrendIs, Type, Word,
};
use std::collections::BTreeSet;

/// Every word that stands where a name could be used, in conditions, effects, reasons and declarations. It may hold more than is
/// used, such as a value that has the name of a definition, and never less.
pub(super) struct Mentions<'f> {
    words: BTreeSet<&'f str>,
}

impl<'f> Mentions<'f> {
    pub(super) fn of(files: &'f [File]) -> Self {
        let mut mentions = Self { words: BTreeSet::new() };
        files.iter().flat_map(|file| &file.items).for_each(|item| mentions.item(&item.node));
        mentions
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.words.contains(name)
    }

    fn item(&mut self, item: &'f Item) {
        match item {
            Item::Call(call) => call.lines.iter().for_each(|line| match &line.node {
                CallLine::Fact(fact) => self.ty(&fact.ty),
                CallLine::MayBeOverheard { fact, .. } => self.word(fact),
                CallLine::IsCalled(_) => {}
            }),
            Item::Record(record) => record.lines.iter().for_each(|line| match &line.node {
                RecordLine::Field(field) => self.ty(&field.ty),
                RecordLine::InForce { from, until } => {
                    self.word(from);
                    self.words(until);
                }
                RecordLine::NamesRules(field) => self.word(field),
                RecordLine::IsCalled(_) | RecordLine::Asked(_) | RecordLine::KeptFor(_) => {}
            }),
            Item::Outcome(outcome) => outcome.lines.iter().for_each(|line| {
                if let OutcomeLine::NeverBelow(fact) = &line.node {
                    self.word(fact);
                }
            }),
            Item::Definition(definition) => match &definition.meaning {
                Meaning::Condition(condition) => self.condition(condition),
                Meaning::Records(selection) => self.selection(selection),
            },
            Item::Score(score) => score.lines.iter().for_each(|line| match &line.node {
                ScoreLine::Points(points) => {
                    for point in points {
                        self.amount(&point.node.points);
                        self.condition(&point.node.when);
                    }
                }
                ScoreLine::Bands(bands) => bands.iter().for_each(|band| self.amount(&band.node.from)),
                _ => {}
            }),
            Item::Setting(setting) => {
                if let Some(SettingRange::OneOf(names)) = &setting.range {
                    self.words(names);
                }
            }
            Item::Table(table) => {
                self.word(&table.by);
                for line in &table.lines {
                    let TableLine::Gives(rows) = &line.node else { continue };
                    rows.iter().for_each(|row| self.amount(&row.node.gives));
                }
            }
            Item::Rule(rule) => self.rule_lines(&rule.lines),
            Item::Addition(addition) => self.rule_lines(&addition.lines),
            Item::Invariant(invariant) => invariant.lines.iter().for_each(|line| match &line.node {
                InvariantLine::Whenever(condition) => self.condition(condition),
                InvariantLine::Then(effects) | InvariantLine::Never(effects) => {
                    effects.iter().for_each(|effect| self.effect(&effect.node));
                }
                InvariantLine::Help(_) | InvariantLine::Source(_) => {}
            }),
            Item::Questions(_)
            | Item::Vocabulary(_)
            | Item::Policy(_)
            | Item::PartOfVocabulary(_)
            | Item::PartOfPolicy(_)
            | Item::Calendar(_)
            | Item::Suspension(_)
            | Item::Acceptance(_) => {}
        }
    }

    fn rule_lines(&mut self, lines: &'f [Line<RuleLine>]) {
        for line in lines {
            match &line.node {
                RuleLine::When(condition) | RuleLine::AlsoWhen(condition) => self.condition(condition),
                RuleLine::Then(effects) => effects.iter().for_each(|effect| self.effect(&effect.node)),
                RuleLine::Because(text) => self.reason(text),
                RuleLine::NotAgain(quiet) => {
                    self.length(&quiet.within);
                    quiet.links.iter().for_each(|(_, name)| self.word(name));
                }
                RuleLine::InForce { by: Some(by), .. } => self.words(std::slice::from_ref(by)),
                _ => {}
            }
        }
    }

    fn effect(&mut self, effect: &'f Effect) {
        match &effect.value {
            EffectValue::Words(words) => self.words(words),
            EffectValue::Deadline(deadline) => {
                let Deadline { length, after, calendar, end_of_day: _ } = deadline;
                length.iter().for_each(|length| self.length(length));
                self.moment(after);
                calendar.iter().for_each(|calendar| self.word(calendar));
            }
        }
    }

    /// What stands in braces, whatever it is said to be.
    fn reason(&mut self, text: &'f Text) {
        let braced = text.value.split('{').skip(1).filter_map(|rest| rest.split('}').next());
        let is_of_name = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_');
        self.words.extend(braced.flat_map(|braced| braced.split(move |letter| !is_of_name(letter))));
    }

    fn condition(&mut self, condition: &'f Condition) {
        match &condition.kind {
            Kind::Group { group, items } => {
                if let Group::HowMany { amount, .. } = group {
                    self.amount(amount);
                }
                items.iter().for_each(|item| self.condition(&item.node));
            }
            Kind::Chain { items, .. } => items.iter().for_each(|item| self.condition(item)),
            Kind::Answers(answers) => {
                if let Some(Group::HowMany { amount, .. }) = &answers.group {
                    self.amount(amount);
                }
                self.word(&answers.of.list);
            }
            Kind::Count(count) => {
                if let Quantifier::HowMany { amount, .. } = &count.quantifier {
                    self.amount(amount);
                }
                count.different.iter().for_each(|field| self.word(field));
                self.selection(&count.of);
                if let Some(follow) = &count.follow {
                    self.length(&follow.within);
                    self.selection(&follow.by);
                }
            }
            Kind::Latest(latest) => {
                self.selection(&latest.of);
                self.condition(&latest.test);
            }
            Kind::Trend(trend) => {
                self.selection(&trend.of);
                if let TrendIs::Converging { last } = &trend.is {
                    self.amount(last);
                }
            }
            Kind::Test(test) => {
                self.subject(&test.subject);
                self.predicate(&test.predicate);
            }
            Kind::Bare(word) => self.word(word),
        }
    }

    fn selection(&mut self, selection: &'f Selection) {
        self.word(&selection.noun);
        for scope in &selection.scopes {
            match scope {
                Scope::Same { name, .. } | Scope::That { name, .. } => self.word(name),
                Scope::Within(length) => self.length(length),
                Scope::SinceRecord { noun, links, .. } => {
                    self.word(noun);
                    links.iter().for_each(|(_, name)| self.word(name));
                }
                Scope::InForce(_)
                | Scope::SinceMidnight(_)
                | Scope::SinceDate(..)
                | Scope::CountingThis(_)
                | Scope::NotCountingThis(_) => {}
            }
        }
        selection.filter.iter().for_each(|filter| self.condition(filter));
    }

    fn predicate(&mut self, predicate: &'f Predicate) {
        match predicate {
            Predicate::Is { word, .. }
            | Predicate::Calendar { name: word, .. }
            | Predicate::Same { fact: word, .. } => {
                self.word(word);
            }
            Predicate::OneOf { words, .. } | Predicate::Include { words, .. } | Predicate::Exclude { words, .. } => {
                self.words(words);
            }
            Predicate::IncludeHowMany(included) => {
                self.amount(&included.amount);
                included.of.iter().for_each(|words| self.words(words));
            }
            Predicate::Compare { with, .. } => self.measure(with),
            Predicate::Range(range) => {
                self.measure(&range.from);
                self.measure(&range.to);
            }
            Predicate::Within(length) | Predicate::WithinNext(length) => self.length(length),
            Predicate::Moment { moment, .. } => self.moment(moment),
            Predicate::Apart(apart) => {
                self.measure(&apart.length);
                self.subject(&apart.other);
                apart.calendar.iter().for_each(|calendar| self.word(calendar));
            }
            Predicate::SameDay { other, .. } => self.subject(other),
            Predicate::Clock { from, to, .. } => {
                self.clock(from);
                self.clock(to);
            }
            Predicate::Weekend { .. }
            | Predicate::Weekday { .. }
            | Predicate::InForce { .. }
            | Predicate::Mention { .. }
            | Predicate::HasPassed
            | Predicate::StillToCome => {}
        }
    }

    fn subject(&mut self, subject: &'f Subject) {
        match subject {
            Subject::Own(word) | Subject::ThisCalls(word) => self.word(word),
            Subject::Through { link, field } => {
                self.word(link);
                self.word(field);
            }
            Subject::ThisCall(_) | Subject::It(_) => {}
        }
    }

    fn moment(&mut self, moment: &'f Moment) {
        if let Moment::Subject(subject) = moment {
            self.subject(subject);
        }
    }

    /// The kind of record that a link leads to.
    fn ty(&mut self, ty: &'f Type) {
        if let Type::Link(record) = ty {
            self.word(record);
        }
    }

    fn measure(&mut self, measure: &'f Measure) {
        if let Measure::Amount(amount) = measure {
            self.amount(amount);
        }
    }

    fn clock(&mut self, clock: &'f ClockRef) {
        if let ClockRef::Name(word) = clock {
            self.word(word);
        }
    }

    fn amount(&mut self, amount: &'f Amount) {
        if let Amount::Name(word) = amount {
            self.word(word);
        }
    }

    fn length(&mut self, length: &'f LengthRef) {
        if let LengthRef::Name(word) = length {
            self.word(word);
        }
    }

    fn words(&mut self, words: &'f [Word]) {
        words.iter().for_each(|word| self.word(word));
    }

    fn word(&mut self, word: &'f Word) {
        self.words.insert(&word.text);
    }
}
