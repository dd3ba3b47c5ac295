//! Tree -> words: conditions and their parts as a person writes them.

use super::tree::*;
use crate::text::spoken;
use crate::time::{Clock, Weekday};
use std::fmt::Write;

/// A condition on one line; a list is shown in brackets, which the language itself does not have.
pub fn print_condition(condition: &Condition) -> String {
    match &condition.kind {
        ConditionKind::Group { group, items } => {
            let parts: Vec<String> = items.iter().map(|item| print_condition(&item.node)).collect();
            format!("{} ({})", group_words(group), parts.join("; "))
        }
        ConditionKind::Count(count) => match count.of.filter.as_ref().filter(|filter| is_group(filter)) {
            Some(filter) => format!(
                "{} {}",
                head(condition).trim_end_matches(':'),
                print_condition(filter).trim_start_matches("all of ")
            ),
            None => head(condition),
        },
        _ => head(condition),
    }
}

/// The first line of a condition as it is laid out: one that a list follows ends with a colon.
pub fn print_head(condition: &Condition) -> String {
    head(condition)
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
    format!("{} {}", article(&selection.noun), selection_words(selection))
}

/// What a rule does, on one line.
pub fn print_effect(effect: &Effect) -> String {
    match &effect.value {
        EffectValue::Words(words) => format!("{} {}", effect.phrase.value, list(words, "and")),
        EffectValue::Deadline { length, after, calendar } => {
            let calendar = calendar.as_ref().map_or(String::new(), |name| format!(", not counting {}", name.text));
            format!("{} {} after {}{calendar}", effect.phrase.value, length_ref(length), moment(after))
        }
    }
}

/// What a count counts, without how many: `calls by the same caller within 24 hours`. A list is shown in brackets.
pub fn print_counted(count: &Count) -> String {
    let mut said = String::new();
    if let Some(field) = &count.different {
        let _ = write!(said, "different {} among ", field.text);
    }
    said.push_str(&selection_words(&count.of));
    if let Some(filter) = count.of.filter.as_ref().filter(|filter| is_group(filter)) {
        said.truncate(said.len() - head(filter).len());
        said.push_str(&print_condition(filter));
    }
    said.push_str(&count.follow.as_ref().map(follow_words).unwrap_or_default());
    said
}

fn is_group(condition: &Condition) -> bool {
    matches!(condition.kind, ConditionKind::Group { .. })
}

pub(super) fn quoted(text: &Text) -> String {
    format!("\"{}\"", text.value)
}

pub(super) fn list(words: &[Word], conjunction: &str) -> String {
    let names: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    spoken(&names, conjunction)
}

pub(super) fn amount(amount: &Amount) -> String {
    match amount {
        Amount::Number(number) => number.value.to_string(),
        Amount::Name(word) => word.text.clone(),
    }
}

fn length_ref(length: &LengthRef) -> String {
    match length {
        LengthRef::Length(length) => length.length.to_string(),
        LengthRef::Name(word) => word.text.clone(),
    }
}

fn group_words(group: &Group) -> String {
    match group {
        Group::All => "all of".to_owned(),
        Group::Any => "any of".to_owned(),
        Group::None => "none of".to_owned(),
        Group::HowMany { comparison, amount: number } => {
            format!("{} {} of", counting_words(*comparison), amount(number))
        }
    }
}

fn counting_words(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::FewerThan => "fewer than",
        other => comparing_words(other),
    }
}

fn comparing_words(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::AtLeast => "at least",
        Comparison::AtMost => "at most",
        Comparison::MoreThan => "more than",
        Comparison::FewerThan => "less than",
        Comparison::Exactly => "exactly",
    }
}

/// What a condition says on its own line; a group ends with a colon.
pub(super) fn head(condition: &Condition) -> String {
    match &condition.kind {
        ConditionKind::Group { group, .. } => format!("{}:", group_words(group)),
        ConditionKind::Chain { joiner, items } => {
            let joiner = match joiner {
                Joiner::And => " and ",
                Joiner::Or => " or ",
            };
            items.iter().map(head).collect::<Vec<_>>().join(joiner)
        }
        ConditionKind::Count(count) => count_words(count),
        ConditionKind::Latest(latest) => {
            let which = if latest.first { "first" } else { "latest" };
            format!("in the {which} {}, {}", selection_words(&latest.of), head(&latest.test))
        }
        ConditionKind::Closer(closer) => {
            format!("the last {} {} are coming closer together", amount(&closer.last), selection_words(&closer.of))
        }
        ConditionKind::Gap(of) => {
            format!("the gap since the latest {} is shorter than the gap before it", selection_words(of))
        }
        ConditionKind::Test(test) => test_words(test),
        ConditionKind::Bare(word) => word.text.clone(),
    }
}

fn count_words(count: &Count) -> String {
    let mut said = match &count.quantifier {
        Quantifier::Any => "any ".to_owned(),
        Quantifier::No => "no ".to_owned(),
        Quantifier::HowMany { comparison, amount: number } => {
            format!("{} {} ", counting_words(*comparison), amount(number))
        }
    };
    if let Some(field) = &count.different {
        let _ = write!(said, "different {} among ", field.text);
    }
    said.push_str(&selection_words(&count.of));
    said.push_str(&count.follow.as_ref().map(follow_words).unwrap_or_default());
    said
}

fn follow_words(follow: &Follow) -> String {
    let verb = if follow.negated { "not followed" } else { "followed" };
    let by = selection_words(&follow.by);
    format!(", {verb} within {} by {} {by}", length_ref(&follow.within), article(&follow.by.noun))
}

fn article(noun: &Word) -> &'static str {
    if noun.text.to_ascii_lowercase().starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

fn selection_words(selection: &Selection) -> String {
    let mut said = selection.noun.text.clone();
    for scope in &selection.scopes {
        let words = match scope {
            Scope::InForce(_) => " in force".to_owned(),
            Scope::Same { preposition, name } => format!(" {preposition} the same {}", name.text),
            Scope::That { preposition, name } => format!(" {preposition} that {}", name.text),
            Scope::Within(length) => format!(" within {}", length_ref(length)),
            Scope::SinceDate(date, _) => format!(" since {date}"),
            Scope::SinceRecord { first, noun, links } => {
                let links: String =
                    links.iter().map(|(preposition, name)| format!(" {preposition} the same {}", name.text)).collect();
                format!(" since the {} {}{links}", if *first { "first" } else { "latest" }, noun.text)
            }
            Scope::CountingThis(_) => ", counting this one".to_owned(),
            Scope::NotCountingThis(_) => ", not counting this one".to_owned(),
        };
        said.push_str(&words);
    }
    if let Some(filter) = &selection.filter {
        let comma = matches!(selection.scopes.last(), Some(Scope::CountingThis(_) | Scope::NotCountingThis(_)));
        let _ = write!(said, "{} where {}", if comma { "," } else { "" }, head(filter));
    }
    said
}

fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Own(word) => word.text.clone(),
        Subject::ThisCalls(word) => format!("this call's {}", word.text),
        Subject::ThisCall(_) => "this call".to_owned(),
        Subject::It(_) => "it".to_owned(),
        Subject::Through { link, field } => format!("{}'s {}", link.text, field.text),
    }
}

fn moment(moment: &Moment) -> String {
    match moment {
        Moment::Date(date, _) => date.to_string(),
        Moment::Subject(of) => subject(of),
    }
}

fn test_words(test: &Test) -> String {
    format!("{} {}", subject(&test.subject), predicate(&test.predicate))
}

fn predicate(predicate: &Predicate) -> String {
    let is = |not: &bool| if *not { "is not" } else { "is" };
    match predicate {
        Predicate::Is { not, word } => format!("{} {}", is(not), word.text),
        Predicate::OneOf { not, words } => format!("{} one of {}", is(not), list(words, "or")),
        Predicate::Compare { comparison, with, ago } => {
            let with = match with {
                Measure::Length(length) => length.length.to_string(),
                Measure::Amount(number) => amount(number),
            };
            format!("is {} {with}{}", comparing_words(*comparison), if *ago { " ago" } else { "" })
        }
        Predicate::Within(length) => format!("is within {}", length_ref(length)),
        Predicate::WithinNext(length) => format!("is within the next {}", length_ref(length)),
        Predicate::Moment { relation, moment: when } => {
            let relation = match relation {
                Relation::Before => "before",
                Relation::After => "after",
                Relation::On => "on",
                Relation::OnOrBefore => "on or before",
                Relation::OnOrAfter => "on or after",
            };
            format!("is {relation} {}", moment(when))
        }
        Predicate::Clock { not, from, to } => clock_words(is(not), *from, *to),
        Predicate::Weekend { not } => format!("{} at the weekend", is(not)),
        Predicate::Weekday { not, days } => {
            let days: Vec<&str> = days.iter().copied().map(Weekday::name).collect();
            format!("{} on {}", is(not), spoken(&days, "or"))
        }
        Predicate::Calendar { not, name } => format!("{} on a day in {}", is(not), name.text),
        Predicate::Same { not, fact } => format!("{} this call's {}", is(not), fact.text),
        Predicate::InForce { not } => format!("{} in force", is(not)),
        Predicate::Include { all, words, verb } => {
            let verb = if *verb == Verb::Singular { "includes" } else { "include" };
            match (words.len(), all) {
                (1, _) => format!("{verb} {}", list(words, "or")),
                (_, true) => format!("{verb} all of {}", list(words, "and")),
                (_, false) => format!("{verb} any of {}", list(words, "or")),
            }
        }
        Predicate::Exclude { words, verb } => {
            let verb = if *verb == Verb::Singular { "does not include" } else { "do not include" };
            let any = if words.len() > 1 { " any of" } else { "" };
            format!("{verb}{any} {}", list(words, "or"))
        }
        Predicate::Mention { texts, verb } => {
            let verb = if *verb == Verb::Singular { "mentions" } else { "mention" };
            let any = if texts.len() > 1 { " any of" } else { "" };
            let texts: Vec<String> = texts.iter().map(quoted).collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            format!("{verb}{any} {}", spoken(&texts, "or"))
        }
        Predicate::HasPassed => "has passed".to_owned(),
        Predicate::StillToCome => "is still to come".to_owned(),
    }
}

fn clock_words(is: &str, from: Clock, to: Clock) -> String {
    format!("{is} between {from} and {to}")
}
