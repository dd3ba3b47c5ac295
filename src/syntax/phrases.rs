//! Tree -> words: conditions and their parts as a person writes them.

use super::grammar::{self, Rule};
use super::tree::*;
use crate::time::Weekday;
use std::fmt::{self, Display, Formatter, Write};

/// A condition on one line; a list is shown in brackets, which the language itself does not have.
pub fn print_condition(condition: &Condition) -> String {
    match &condition.kind {
        ConditionKind::Group { group, items } => {
            let parts: Vec<String> = items.iter().map(|item| print_condition(&item.node)).collect();
            format!("{group} ({})", parts.join("; "))
        }
        ConditionKind::Count(count) => match count.of.filter.as_ref().filter(|filter| is_group(filter)) {
            Some(filter) => format!(
                "{} {}",
                print_head(condition).trim_end_matches(':'),
                print_condition(filter).trim_start_matches("all of ")
            ),
            None => print_head(condition),
        },
        _ => print_head(condition),
    }
}

/// The first line of a condition as it is laid out: one that a list follows ends with a colon.
pub fn print_head(condition: &Condition) -> String {
    ConditionHead(condition).to_string()
}

/// The list under the first line of a condition.
pub fn listed(condition: &Condition) -> &[Line<Condition>] {
    match &condition.kind {
        ConditionKind::Group { items, .. } => items,
        ConditionKind::Count(count) => count.of.filter.as_ref().map_or(&[], listed),
        _ => &[],
    }
}

/// `an order in force where kind is DAPO`; a list that follows is what [`listed`] gives for its filter.
pub fn print_selection(selection: &Selection) -> String {
    format!("{} {selection}", article(&selection.noun))
}

/// What a rule does, on one line.
pub fn print_effect(effect: &Effect) -> String {
    effect.to_string()
}

/// Whether an effect that begins with a phrase is read so, with something after it that such an effect takes.
pub fn begins_an_effect(phrase: &str, example: &str) -> bool {
    let said = format!("- {phrase} {example}");
    let Ok(Some(line)) = grammar::parse(Rule::effect_line, &said) else { return false };
    let read = line.into_inner().flatten().find(|part| part.as_rule() == Rule::phrase);
    read.is_some_and(|read| read.as_str().trim() == phrase.trim())
}

/// What a count counts, without how many: `calls by the same caller within 24 hours`. A list is shown in brackets.
pub fn print_counted(count: &Count) -> String {
    let mut said = String::new();
    if let Some(field) = &count.different {
        let _ = write!(said, "different {field} among ");
    }
    let _ = write!(said, "{}", count.of);
    if let Some(filter) = count.of.filter.as_ref().filter(|filter| is_group(filter)) {
        said.truncate(said.len() - print_head(filter).len());
        said.push_str(&print_condition(filter));
    }
    if let Some(follow) = &count.follow {
        let _ = write!(said, "{follow}");
    }
    said
}

fn is_group(condition: &Condition) -> bool {
    matches!(condition.kind, ConditionKind::Group { .. })
}

/// `a, b and c`; the last pair joined by the word.
pub(super) struct Listed<'t, T>(pub &'t [T], pub &'static str);

impl<T: Display> Display for Listed<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some((last, rest)) = self.0.split_last() else { return Ok(()) };
        for (at, item) in rest.iter().enumerate() {
            f.write_str(if at > 0 { ", " } else { "" })?;
            item.fmt(f)?;
        }
        if !rest.is_empty() {
            write!(f, " {} ", self.1)?;
        }
        last.fmt(f)
    }
}

/// What a condition says on its own line; a group ends with a colon.
pub(super) struct ConditionHead<'t>(pub &'t Condition);

impl Display for ConditionHead<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            ConditionKind::Group { group, .. } => write!(f, "{group}:"),
            ConditionKind::Chain { joiner, items } => {
                let joiner = match joiner {
                    Joiner::And => " and ",
                    Joiner::Or => " or ",
                };
                for (at, item) in items.iter().enumerate() {
                    f.write_str(if at > 0 { joiner } else { "" })?;
                    ConditionHead(item).fmt(f)?;
                }
                Ok(())
            }
            ConditionKind::Answers(answers) => answers.fmt(f),
            ConditionKind::Count(count) => count.fmt(f),
            ConditionKind::Latest(latest) => {
                let which = if latest.first { "first" } else { "latest" };
                write!(f, "in the {which} {}, {}", latest.of, ConditionHead(&latest.test))
            }
            ConditionKind::Trend(trend) => match (&trend.is, &trend.of) {
                (TrendIs::Converging { last }, of) => write!(f, "the last {last} {of} are coming closer together"),
                (TrendIs::GapShrinking, of) => {
                    write!(f, "the gap since the latest {of} is shorter than the gap before it")
                }
            },
            ConditionKind::Test(test) => test.fmt(f),
            ConditionKind::Bare(word) => word.fmt(f),
        }
    }
}

impl Display for Word {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Display for Text {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        f.write_str(&self.value)?;
        f.write_char('"')
    }
}

impl Display for Amount {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.value.fmt(f),
            Self::Name(word) => word.fmt(f),
        }
    }
}

impl Display for LengthRef {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(length) => length.length.fmt(f),
            Self::Name(word) => word.fmt(f),
        }
    }
}

impl Display for Effect {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.phrase.value)?;
        match &self.value {
            EffectValue::Words(words) if self.phrase.value.is_empty() => Listed(words, "and").fmt(f),
            EffectValue::Words(words) => write!(f, " {}", Listed(words, "and")),
            EffectValue::Deadline(deadline) => write!(f, " {deadline}"),
        }
    }
}

impl Display for NotAgain {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "not again within {}", self.within)?;
        self.links.iter().try_for_each(|(preposition, name)| write!(f, " {preposition} the same {name}"))
    }
}

impl Display for Deadline {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let after = &self.after;
        match (&self.length, self.end_of_day) {
            (Some(length), false) => write!(f, "{length} after {after}")?,
            (Some(length), true) => write!(f, "the end of the day {length} after {after}")?,
            (None, _) => write!(f, "the end of the day of {after}")?,
        }
        self.calendar.as_ref().map_or(Ok(()), |calendar| write!(f, ", not counting {calendar}"))
    }
}

impl Display for Group {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all of"),
            Self::Any => f.write_str("any of"),
            Self::None => f.write_str("none of"),
            Self::HowMany { comparison, amount } => write!(f, "{} {amount} of", comparison.words_for_many()),
        }
    }
}

/// `at least 14 of dash are yes`
impl Display for Answers {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(group) = &self.group else { return write!(f, "for each of {} that is yes", self.of) };
        let is_one = |amount: &Amount| matches!(amount, Amount::Number(number) if number.value == 1);
        let are = match group {
            Group::Any | Group::None => "is",
            Group::HowMany { amount, .. } if is_one(amount) => "is",
            Group::All | Group::HowMany { .. } => "are",
        };
        write!(f, "{group} {} {are} yes", self.of)
    }
}

impl Display for QuestionsOf {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some((first, last)) = &self.range {
            write!(f, "questions {} to {} of ", first.label, last.label)?;
        }
        self.list.fmt(f)
    }
}

/// `questions 4 to 11 of dash`
pub fn print_questions(of: &QuestionsOf) -> String {
    of.to_string()
}

/// Whether points are given for each of some questions.
pub(super) fn is_each(when: &Condition) -> bool {
    matches!(&when.kind, ConditionKind::Answers(answers) if answers.group.is_none())
}

impl Comparison {
    /// The words in which a value is compared.
    pub fn words(self) -> &'static str {
        match self {
            Self::AtLeast => "at least",
            Self::AtMost => "at most",
            Self::MoreThan => "more than",
            Self::FewerThan => "less than",
            Self::Exactly => "exactly",
        }
    }

    /// The words in which a number of things is compared.
    pub fn words_for_many(self) -> &'static str {
        match self {
            Self::FewerThan => "fewer than",
            other => other.words(),
        }
    }
}

impl Display for Count {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.quantifier {
            Quantifier::Any => f.write_str("any ")?,
            Quantifier::No => f.write_str("no ")?,
            Quantifier::HowMany { comparison, amount } => write!(f, "{} {amount} ", comparison.words_for_many())?,
        }
        if let Some(field) = &self.different {
            write!(f, "different {field} among ")?;
        }
        self.of.fmt(f)?;
        self.follow.as_ref().map_or(Ok(()), |follow| follow.fmt(f))
    }
}

impl Display for Follow {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let verb = if self.negated { "not followed" } else { "followed" };
        write!(f, ", {verb} within {} by {} {}", self.within, article(&self.by.noun), self.by)
    }
}

fn article(noun: &Word) -> &'static str {
    let vowel = noun.text.bytes().next().is_some_and(|first| b"aeiou".contains(&first.to_ascii_lowercase()));
    if vowel { "an" } else { "a" }
}

impl Display for Selection {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.noun.fmt(f)?;
        self.scopes.iter().try_for_each(|scope| scope.fmt(f))?;
        let Some(filter) = &self.filter else { return Ok(()) };
        let comma = matches!(self.scopes.last(), Some(Scope::CountingThis(_) | Scope::NotCountingThis(_)));
        write!(f, "{} where {}", if comma { "," } else { "" }, ConditionHead(filter))
    }
}

/// With the space or comma before it.
impl Display for Scope {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::InForce(_) => f.write_str(" in force"),
            Self::Same { preposition, name } => write!(f, " {preposition} the same {name}"),
            Self::That { preposition, name } => write!(f, " {preposition} that {name}"),
            Self::Within(length) => write!(f, " within {length}"),
            Self::SinceDate(date, _) => write!(f, " since {date}"),
            Self::SinceMidnight(_) => f.write_str(" since midnight"),
            Self::SinceRecord { first, noun, links } => {
                write!(f, " since the {} {noun}", if *first { "first" } else { "latest" })?;
                links.iter().try_for_each(|(preposition, name)| write!(f, " {preposition} the same {name}"))
            }
            Self::CountingThis(_) => f.write_str(", counting this one"),
            Self::NotCountingThis(_) => f.write_str(", not counting this one"),
        }
    }
}

impl Display for Subject {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(word) => word.fmt(f),
            Self::ThisCalls(word) => write!(f, "this call's {word}"),
            Self::ThisCall(_) => f.write_str("this call"),
            Self::It(_) => f.write_str("it"),
            Self::Through { link, field } => write!(f, "{link}'s {field}"),
        }
    }
}

impl Display for Moment {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date, _) => date.fmt(f),
            Self::Subject(of) => of.fmt(f),
        }
    }
}

impl Display for Test {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.subject, self.predicate)?;
        if self.or_not_answered { f.write_str(" or not answered") } else { Ok(()) }
    }
}

impl Display for Measure {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(length) => length.length.fmt(f),
            Self::Amount(number) => number.fmt(f),
        }
    }
}

impl Display for ClockRef {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clock(clock) => clock.clock.fmt(f),
            Self::Name(word) => word.fmt(f),
        }
    }
}

impl Display for Predicate {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let is = |not: &bool| if *not { "is not" } else { "is" };
        match self {
            Self::Is { not, word } => write!(f, "{} {word}", is(not)),
            Self::OneOf { not, words } => write!(f, "{} one of {}", is(not), Listed(words, "or")),
            Self::Compare { comparison, with, ago } => {
                write!(f, "is {} {with}{}", comparison.words(), if *ago { " ago" } else { "" })
            }
            Self::Range(range) => write!(f, "{} from {} to {}", is(&range.not), range.from, range.to),
            Self::Within(length) => write!(f, "is within {length}"),
            Self::WithinNext(length) => write!(f, "is within the next {length}"),
            Self::Moment { relation, moment } => {
                let relation = match relation {
                    Relation::Before => "before",
                    Relation::After => "after",
                    Relation::On => "on",
                    Relation::OnOrBefore => "on or before",
                    Relation::OnOrAfter => "on or after",
                };
                write!(f, "is {relation} {moment}")
            }
            Self::Apart(apart) => apart.fmt(f),
            Self::SameDay { not, other } => write!(f, "{} on the same day as {other}", is(not)),
            Self::Clock { not, from, to, end: ClockEnd::In } => write!(f, "{} between {from} and {to}", is(not)),
            Self::Clock { not, from, to, end: ClockEnd::Out } => write!(f, "{} from {from} until before {to}", is(not)),
            Self::Weekend { not } => write!(f, "{} at the weekend", is(not)),
            Self::Weekday { not, days } => {
                let days: Vec<&str> = days.iter().copied().map(Weekday::name).collect();
                write!(f, "{} on {}", is(not), Listed(&days, "or"))
            }
            Self::Calendar { not, name } => write!(f, "{} on a day in {name}", is(not)),
            Self::Same { not, fact } => write!(f, "{} this call's {fact}", is(not)),
            Self::InForce { not } => write!(f, "{} in force", is(not)),
            Self::Include { all, words, verb } => {
                let verb = if *verb == Verb::Singular { "includes" } else { "include" };
                match (words.len(), all) {
                    (1, _) => write!(f, "{verb} {}", Listed(words, "or")),
                    (_, true) => write!(f, "{verb} all of {}", Listed(words, "and")),
                    (_, false) => write!(f, "{verb} any of {}", Listed(words, "or")),
                }
            }
            Self::Exclude { words, verb } => {
                let verb = if *verb == Verb::Singular { "does not include" } else { "do not include" };
                write!(f, "{verb}{} {}", any_of(words), Listed(words, "or"))
            }
            Self::IncludeHowMany(included) => {
                let IncludeHowMany { comparison, amount, of, verb, .. } = &**included;
                let verb = if *verb == Verb::Singular { "includes" } else { "include" };
                write!(f, "{verb} {} {amount}", comparison.words_for_many())?;
                of.as_ref().map_or(Ok(()), |words| write!(f, " of {}", Listed(words, "and")))
            }
            Self::Mention { texts, verb } => {
                let verb = if *verb == Verb::Singular { "mentions" } else { "mention" };
                write!(f, "{verb}{} {}", any_of(texts), Listed(texts, "or"))
            }
            Self::HasPassed => f.write_str("has passed"),
            Self::StillToCome => f.write_str("is still to come"),
        }
    }
}

impl Display for Apart {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let how = self.comparison.map_or("within", Comparison::words);
        let side = match self.side {
            Side::Before => "before",
            Side::After => "after",
        };
        write!(f, "is {how} {} {side} {}", self.length, self.other)?;
        f.write_str(match self.first_day {
            Some(FirstDay::Counted) => ", counting its day",
            Some(FirstDay::NotCounted) => ", not counting its day",
            None => "",
        })?;
        self.calendar.as_ref().map_or(Ok(()), |calendar| write!(f, ", not counting {calendar}"))
    }
}

fn any_of<T>(listed: &[T]) -> &'static str {
    if listed.len() > 1 { " any of" } else { "" }
}
