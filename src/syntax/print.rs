//! Tree -> text: the one canonical layout. Reading what is printed gives the same tree.

use super::phrases::{ConditionHead, Listed, listed, print_selection};
use super::question_text::{PART, asked, questions_line, with_text};
use super::tree::*;
use crate::text::{SourceId, Span};
use std::fmt::{Display, Write};

/// No printed line is longer than this, but for a word that is.
const WIDTH: usize = 100;

/// The canonical text of a file, comments kept.
pub fn print(file: &File) -> String {
    let mut printer = Printer { comments: true, ..Printer::default() };
    printer.file(file);
    printer.out
}

/// The canonical text without comments: what the file means.
pub fn print_meaning(file: &File) -> String {
    let mut printer = Printer::default();
    printer.file(file);
    printer.out
}

/// What a heading says with the lines under it, without comments.
pub fn print_item(item: Item) -> String {
    let at = At(Span::new(SourceId(0), 0, 0));
    print_meaning(&File { items: vec![Line { node: item, at, comments: Comments::default() }], ..File::default() })
}

/// What a heading says, without comments, as parts whose order means nothing: the lines of a header, of a record, of an
/// outcome or of a calendar, each fact of the call and each question stand for themselves with the heading that they belong to. Everything
/// else is one part.
pub fn print_parts(item: &Line<Item>) -> Vec<String> {
    let mut printer = Printer::default();
    printer.item(item);
    let printed = std::mem::take(&mut printer.out);
    let apart = matches!(
        item.node,
        Item::Vocabulary(_)
            | Item::Policy(_)
            | Item::Call(_)
            | Item::Questions(_)
            | Item::Record(_)
            | Item::Outcome(_)
            | Item::Calendar(_)
    );
    if !apart {
        return vec![printed];
    }
    let name = named(&item.node);
    let ends = printer.starts.iter().skip(1).copied().chain([printed.len()]);
    let parts = printer.starts.iter().copied().zip(ends).filter_map(|(start, end)| printed.get(start..end));
    parts.enumerate().map(|(at, part)| if at == 0 { part.to_owned() } else { format!("{name}\n{part}") }).collect()
}

/// What the lines under a heading belong to.
fn named(item: &Item) -> String {
    match item {
        Item::Record(record) => format!("record {}", record.name.text),
        Item::Outcome(outcome) => format!("outcome {}", outcome.name.text),
        Item::Calendar(calendar) => format!("calendar {}", calendar.name.text),
        Item::Questions(questions) => format!("questions {}", questions.name.text),
        Item::Call(_) => "call".to_owned(),
        _ => String::new(),
    }
}

#[derive(Default)]
pub(super) struct Printer {
    out: String,
    /// The words of the line being written; its memory is used again.
    said: String,
    comments: bool,
    /// Where each heading, and each line right under one, begins.
    starts: Vec<usize>,
}

/// Where a printed line may be broken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Break {
    Anywhere,
    /// Headings with lines under them: after a comma, before their text, or inside it.
    AfterComma,
}

impl Printer {
    fn file(&mut self, file: &File) {
        for (at, item) in file.items.iter().enumerate() {
            if at > 0
                && !(is_one_line(&item.node)
                    && file.items.get(at - 1).is_some_and(|last| same_kind(&last.node, &item.node)))
            {
                self.out.push('\n');
            }
            self.item(item);
        }
        if self.comments && !file.closing.is_empty() {
            if !file.items.is_empty() {
                self.out.push('\n');
            }
            for comment in &file.closing {
                self.comment(0, comment);
            }
        }
    }

    fn item(&mut self, item: &Line<Item>) {
        match &item.node {
            Item::Vocabulary(header) => {
                self.write(0, item, Break::AfterComma, format_args!("vocabulary {}", header.name));
                self.lines(&header.lines, vocabulary_line);
            }
            Item::Policy(header) => {
                self.write(0, item, Break::AfterComma, format_args!("policy {}", header.name));
                self.lines(&header.lines, policy_line);
            }
            Item::PartOfVocabulary(name) => {
                self.write(0, item, Break::AfterComma, format_args!("part of vocabulary {name}"));
            }
            Item::PartOfPolicy(name) => {
                self.write(0, item, Break::AfterComma, format_args!("part of policy {name}"));
            }
            Item::Call(call) => {
                self.write(0, item, Break::AfterComma, with_text("call", call.help.as_ref()));
                self.lines(&call.lines, call_line);
            }
            Item::Questions(questions) => {
                let heading = format!("questions {}", questions.name.text);
                self.write(0, item, Break::AfterComma, with_text(&heading, questions.title.as_ref()));
                self.lines(&questions.lines, questions_line);
            }
            Item::Record(record) => {
                let plural = record.plural.as_ref().map_or(String::new(), |plural| format!(", plural {}", plural.text));
                self.write(
                    0,
                    item,
                    Break::AfterComma,
                    with_text(format_args!("record {}{plural}", record.name.text), record.help.as_ref()),
                );
                self.lines(&record.lines, record_line);
            }
            Item::Outcome(outcome) => {
                let heading = format!("outcome {}: {}", outcome.name.text, outcome_kind(&outcome.kind));
                self.write(0, item, Break::AfterComma, with_text(&heading, outcome.help.as_ref()));
                self.lines(&outcome.lines, outcome_line);
            }
            Item::Calendar(calendar) => {
                self.write(
                    0,
                    item,
                    Break::AfterComma,
                    with_text(format_args!("calendar {}", calendar.name.text), calendar.help.as_ref()),
                );
                self.lines(&calendar.lines, calendar_line);
            }
            Item::Setting(setting) => self.write(0, item, Break::Anywhere, setting_line(setting)),
            Item::Definition(definition) => self.definition(item, definition),
            Item::Score(score) => self.score(item, score),
            Item::Table(table) => self.table(item, table),
            Item::Rule(rule) => self.rule(item, rule),
            Item::Addition(addition) => {
                self.write(0, item, Break::AfterComma, format_args!("add to {}", addition.rule.text));
                addition.lines.iter().for_each(|line| self.rule_line(line));
            }
            Item::Suspension(suspension) => {
                let from = suspension.from.map_or_else(String::new, |from| format!(" from {from}"));
                self.write(
                    0,
                    item,
                    Break::AfterComma,
                    format_args!("suspend {}{from} until {}", suspension.rule.text, suspension.until),
                );
                self.lines(&suspension.lines, grounds_line);
            }
            Item::Acceptance(accepted) => {
                let said =
                    format_args!("accept {} for {} until {}", accepted.warning.text, accepted.about(), accepted.until);
                self.write(0, item, Break::AfterComma, said);
                self.lines(&accepted.lines, grounds_line);
            }
            Item::Invariant(invariant) => self.invariant(item, invariant),
        }
        self.below(0, item);
    }

    /// The comments below a line and all that lies under it.
    pub(super) fn below<T>(&mut self, depth: usize, line: &Line<T>) {
        if self.comments {
            line.comments.under.iter().for_each(|comment| self.comment(depth + 1, comment));
            line.comments.after.iter().for_each(|comment| self.comment(depth, comment));
        }
    }

    fn definition(&mut self, item: &Line<Item>, definition: &DefinitionItem) {
        let plural = definition.plural.as_ref().map_or(String::new(), |plural| format!(", plural {},", plural.text));
        let start = format!("define {}{plural} as ", definition.name.text);
        match &definition.meaning {
            Meaning::Condition(condition) => {
                self.write(0, item, Break::Anywhere, format_args!("{start}{}", ConditionHead(condition)));
                self.children(1, condition);
            }
            Meaning::Records(selection) => {
                let said = format!("{start}{}", print_selection(selection));
                self.write(0, item, Break::Anywhere, &said);
                if let Some(filter) = &selection.filter {
                    self.children(1, filter);
                }
            }
        }
    }

    fn rule(&mut self, item: &Line<Item>, rule: &RuleItem) {
        let heading = format!("rule {}", rule.name.text);
        self.write(0, item, Break::AfterComma, with_text(&heading, rule.title.as_ref()));
        rule.lines.iter().for_each(|line| self.rule_line(line));
    }

    fn rule_line(&mut self, line: &Line<RuleLine>) {
        match &line.node {
            RuleLine::When(condition) => {
                self.write(1, line, Break::Anywhere, format_args!("when {}", ConditionHead(condition)));
                self.children(2, condition);
            }
            RuleLine::AlsoWhen(condition) => {
                self.write(1, line, Break::Anywhere, format_args!("also when {}", ConditionHead(condition)));
                self.children(2, condition);
            }
            RuleLine::Then(effects) => self.effects("then", line, effects),
            RuleLine::Help(text) => self.write(1, line, Break::Anywhere, text),
            RuleLine::OnTrial => self.write(1, line, Break::Anywhere, "on trial"),
            RuleLine::MayBeSuspended => self.write(1, line, Break::Anywhere, "may be suspended"),
            RuleLine::MayBeWidened => self.write(1, line, Break::Anywhere, "may be widened"),
            RuleLine::AppliesUnlessKnownOtherwise => {
                self.write(1, line, Break::Anywhere, "applies unless known otherwise");
            }
            RuleLine::NotAgain(quiet) => self.write(1, line, Break::Anywhere, quiet),
            RuleLine::Because(text) => self.write(1, line, Break::Anywhere, format_args!("because {text}")),
            RuleLine::Source(text) => self.write(1, line, Break::Anywhere, format_args!("source {text}")),
            RuleLine::InForce { from, until, by } => {
                let mut said = "in force".to_owned();
                if let Some(from) = from {
                    let _ = write!(said, " from {from}");
                }
                if let Some(until) = until {
                    let _ = write!(said, " until {until}");
                }
                if let Some(by) = by {
                    let _ = write!(said, ", by {by}");
                }
                self.write(1, line, Break::Anywhere, &said);
            }
        }
        self.below(1, line);
    }

    pub(super) fn effects<T>(&mut self, word: &str, line: &Line<T>, effects: &[Line<Effect>]) {
        match effects {
            [only] if !self.comments || only.comments == Comments::default() => {
                self.write(1, line, Break::Anywhere, format_args!("{word} {}", only.node));
            }
            _ => {
                self.write(1, line, Break::Anywhere, format_args!("{word}:"));
                for item in effects {
                    self.write(2, item, Break::Anywhere, format_args!("- {}", item.node));
                    self.below(2, item);
                }
            }
        }
    }

    /// The list under a line that ends with a group.
    pub(super) fn children(&mut self, depth: usize, condition: &Condition) {
        for item in listed(condition) {
            self.write(depth, item, Break::Anywhere, format_args!("- {}", ConditionHead(&item.node)));
            self.children(depth + 1, &item.node);
            self.below(depth, item);
        }
    }

    fn lines<T>(&mut self, lines: &[Line<T>], words: impl Fn(&T) -> String) {
        for line in lines {
            self.write(1, line, Break::Anywhere, words(&line.node));
            self.below(1, line);
        }
    }

    /// Writes one line with its comments, broken where it is too long.
    pub(super) fn write<T>(&mut self, depth: usize, line: &Line<T>, breaks: Break, said: impl Display) {
        if self.comments {
            for comment in &line.comments.above {
                self.comment(depth, comment);
            }
        }
        if depth <= 1 {
            self.starts.push(self.out.len());
        }
        self.said.clear();
        let _ = write!(self.said, "{said}");
        self.fill(depth, breaks);
        if let (true, Some(comment)) = (self.comments, &line.comments.beside) {
            let _ = write!(self.out, "  # {comment}");
            self.out.truncate(self.out.trim_end().len());
        }
        self.out.push('\n');
    }

    /// Prints the words of a line, without its end.
    fn fill(&mut self, depth: usize, breaks: Break) {
        let start = self.out.len();
        let margin = depth * 2;
        self.out.extend(std::iter::repeat_n(' ', margin));
        // Deeper than the lines that belong under it, so that the two are not mistaken for each other.
        let deeper = if self.said.ends_with(':') { 4 } else { 2 };
        fill(&mut self.out, start, margin + deeper, breaks, &self.said);
    }

    fn comment(&mut self, depth: usize, comment: &str) {
        if comment == BLANK_LINE {
            return self.out.push('\n');
        }
        let margin = depth * 2;
        let _ = write!(self.out, "{:margin$}# {comment}", "");
        self.out.truncate(self.out.trim_end().len());
        self.out.push('\n');
    }
}

/// Appends words: on one line if they fit, else each part on its own, and a part that is too long broken between words.
fn fill(out: &mut String, line_start: usize, margin: usize, breaks: Break, said: &str) {
    let start = out.get(line_start..).unwrap_or("").chars().count();
    // A text has no more characters than bytes, and these need not be counted.
    if start + said.len() <= WIDTH || start + said.chars().count() <= WIDTH {
        for (at, part) in said.split(PART).enumerate() {
            if at > 0 {
                out.push(' ');
            }
            out.push_str(part);
        }
        return;
    }
    let mut column = start;
    for (at, part) in said.split(PART).enumerate() {
        if at > 0 {
            let _ = write!(out, "\n{:margin$}", "");
            column = margin;
        }
        column = fill_part(out, column, margin, breaks, part);
    }
}

/// Appends words, going to a new line with a deeper margin where the next word would not fit; returns the column reached.
fn fill_part(out: &mut String, start: usize, margin: usize, breaks: Break, said: &str) -> usize {
    let mut column = start;
    let mut in_text = false;
    let mut may_break = false;
    for (at, word) in said.split(' ').enumerate() {
        let width = word.chars().count();
        if may_break && column + 1 + width > WIDTH {
            let _ = write!(out, "\n{:margin$}", "");
            column = margin;
        } else if at > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
        if word.matches('"').count() % 2 == 1 {
            in_text = !in_text;
        }
        // A broken line must not end with a colon, which would open a list.
        may_break = match breaks {
            Break::Anywhere => in_text || !word.ends_with(':'),
            Break::AfterComma => in_text || word.ends_with(','),
        };
    }
    column
}

fn is_one_line(item: &Item) -> bool {
    matches!(item, Item::Setting(_) | Item::PartOfPolicy(_) | Item::PartOfVocabulary(_))
}

fn same_kind(one: &Item, other: &Item) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

fn grounds_line(line: &GroundsLine) -> String {
    match line {
        GroundsLine::Help(text) => text.to_string(),
        GroundsLine::Because(text) => format!("because {text}"),
        GroundsLine::Owner(text) => format!("owner {text}"),
    }
}

fn vocabulary_line(line: &VocabularyLine) -> String {
    match line {
        VocabularyLine::Help(text) => text.to_string(),
        VocabularyLine::Identities(kinds) => format!("identities {}", Listed(kinds, "and")),
        VocabularyLine::Extends(name) => format!("extends {name}"),
    }
}

fn policy_line(line: &PolicyLine) -> String {
    match line {
        PolicyLine::Help(text) => text.to_string(),
        PolicyLine::Vocabulary(name) => format!("vocabulary {name}"),
        PolicyLine::TimeZone(zone) => format!("time zone {}", zone.text),
        PolicyLine::Tailors(name) => format!("tailors {name}"),
        PolicyLine::Set { setting, value } => format!("set {} to {}", setting.text, quantity(value)),
        PolicyLine::IsCalled { outcome, value, label } => {
            format!("{} {} is called {}", outcome.text, value.text, label)
        }
    }
}

fn fact(keyword: &str, line: &FactLine) -> String {
    let said = with_text(format!("{keyword} {}: {}", line.name, ty(&line.ty)), line.help.as_ref());
    line.ask.as_ref().map_or_else(|| said.to_string(), |ask| format!("{said}{PART}{}", asked(ask)))
}

fn call_line(line: &CallLine) -> String {
    match line {
        CallLine::Fact(line) => fact("fact", line),
        CallLine::IsCalled(called) => called_line(called),
        CallLine::MayBeOverheard { fact, values } => {
            let values = match values.as_slice() {
                [only] => only.text.clone(),
                several => format!("one of {}", Listed(several, "or")),
            };
            format!("may be overheard when {} is {values}", fact.text)
        }
    }
}

fn called_line(called: &CalledLine) -> String {
    format!("{} {} is called {}", called.of.text, called.value.text, called.words)
}

fn ty(ty: &Type) -> String {
    match ty {
        Type::YesNo => "yes or no".to_owned(),
        Type::OneOf { values, rising } => {
            format!("one of {}{}", Listed(values, "and"), if *rising { " in rising order" } else { "" })
        }
        Type::AnyOf(values) => format!("any of {}", Listed(values, "and")),
        Type::Number(None) => "number".to_owned(),
        Type::Number(Some((from, to))) => format!("number from {} to {}", from.value, to.value),
        Type::Duration => "duration".to_owned(),
        Type::Time { or_none } => if *or_none { "time or none" } else { "time" }.to_owned(),
        Type::Text => "text".to_owned(),
        Type::Identity(kind) => format!("identity of {}", kind.text),
        Type::Identities(kind) => format!("identities of {}", kind.text),
        Type::Link(record) => format!("link to {}", record.text),
        Type::Also(values) => format!("also {}", Listed(values, "and")),
    }
}

fn record_line(line: &RecordLine) -> String {
    match line {
        RecordLine::Field(field) => fact("field", field),
        RecordLine::IsCalled(called) => called_line(called),
        RecordLine::Asked(ask) => asked(ask),
        RecordLine::NamesRules(field) => format!("names in {} the rules that applied", field.text),
        RecordLine::KeptFor(length) => format!("kept for {}", length.length),
        RecordLine::InForce { from, until } if until.is_empty() => format!("in force from {}", from.text),
        RecordLine::InForce { from, until } => format!("in force from {} until {}", from.text, Listed(until, "or")),
    }
}

fn outcome_kind(kind: &OutcomeKind) -> String {
    match kind {
        OutcomeKind::HighestOf(values) => format!("highest of {}", Listed(values, "and")),
        OutcomeKind::AllThatApplyOf(values) => format!("all that apply of {}", Listed(values, "and")),
        OutcomeKind::EarliestTime => "earliest time".to_owned(),
        OutcomeKind::HighestNumber { from, to } => format!("highest number from {} to {}", from.value, to.value),
        OutcomeKind::LowestNumber { from, to } => format!("lowest number from {} to {}", from.value, to.value),
        OutcomeKind::AlsoOf(values) => format!("also {}", Listed(values, "and")),
        OutcomeKind::Either { one, other, winner } => {
            format!("either {} or {}, {} wins", one.text, other.text, winner.text)
        }
    }
}

fn outcome_line(line: &OutcomeLine) -> String {
    match line {
        OutcomeLine::Help(text) => text.to_string(),
        OutcomeLine::WrittenAs(text) => format!("written as {text}"),
        OutcomeLine::NeverBelow(fact) => format!("never below {}", fact.text),
        OutcomeLine::Says(text) => format!("says {text} when no rule applies"),
        OutcomeLine::MayBeQuiet => "may be quiet".to_owned(),
        OutcomeLine::For(Party::Caller) => "asked of the caller".to_owned(),
        OutcomeLine::For(Party::LookUp) => "looked up".to_owned(),
        OutcomeLine::For(Party::Officer) => "told to the officer".to_owned(),
        OutcomeLine::IsCalled { value, words } => format!("{} is called {words}", value.text),
        OutcomeLine::Warns { value, words } => format!("{} warns {words}", value.text),
    }
}

fn calendar_line(line: &CalendarLine) -> String {
    match line {
        CalendarLine::SkipsWeekday(day) => format!("skips every {}", day.name()),
        CalendarLine::SkipsYearly { day, month, label } => {
            with_text(format_args!("skips every {} {}", day.value, month_name(*month)), label.as_ref()).to_string()
        }
        CalendarLine::SkipsDate { date, label } => with_text(format_args!("skips {date}"), label.as_ref()).to_string(),
        CalendarLine::Complete { from, to } => format!("complete from {from} to {to}"),
    }
}

fn month_name(month: u8) -> &'static str {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    NAMES.get(usize::from(month).saturating_sub(1)).copied().unwrap_or("January")
}

fn setting_line(setting: &SettingItem) -> String {
    let mut said = format!("setting {} is {}", setting.name.text, quantity(&setting.value));
    let _ = match &setting.range {
        Some(SettingRange::FromTo(from, to)) => write!(said, ", from {} to {}", quantity(from), quantity(to)),
        Some(SettingRange::OneOf(names)) => write!(said, ", one of {}", Listed(names, "and")),
        None => Ok(()),
    };
    said.push_str(match setting.never {
        None => "",
        Some(Never::Raised) => ", never raised",
        Some(Never::Lowered) => ", never lowered",
    });
    with_text(said, setting.help.as_ref()).to_string()
}

fn quantity(quantity: &Quantity) -> String {
    match quantity {
        Quantity::Length(length) => length.length.to_string(),
        Quantity::Clock(clock) => clock.clock.to_string(),
        Quantity::Number { number, unit: None } => number.value.to_string(),
        Quantity::Number { number, unit: Some(unit) } => format!("{} {}", number.value, unit.text),
        Quantity::Word(word) => word.text.clone(),
    }
}
