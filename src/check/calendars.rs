//! Calendar headings -> the days that do not count.

use super::gather::{Library, Unreadable};
use super::once::{Once, no_effect};
use super::policy::NamedCalendar;
use super::symbols::{Namespace, Ranks, Symbol, SymbolKind, Symbols};
use super::vocabulary;
use crate::model::Vocabulary;
use crate::syntax::tree::{CalendarItem, CalendarLine, Item};
use crate::text::{Diagnostic, Span};
use crate::time::{Calendar, Date, Weekdays};
use std::collections::BTreeMap;

/// The calendars of the vocabulary and of the policies in the chain, each with the rank of what declares it.
pub(super) fn gather_calendars(
    library: &Library<'_>,
    words: &Vocabulary,
    chain: &[&str],
    ranks: &Ranks<'_>,
    symbols: &mut Symbols,
    problems: &mut Vec<Diagnostic>,
) -> Vec<NamedCalendar> {
    let vocabularies = vocabulary::chain(library, &words.name, &mut Vec::new());
    let of_vocabularies = vocabularies
        .iter()
        .filter_map(|name| Some((ranks.of_vocabulary(name), &library.vocabularies.get(name)?.items)));
    let of_policies = chain.iter().filter_map(|name| Some((ranks.of_policy(name), &library.policies.get(name)?.items)));
    let mut calendars: Vec<NamedCalendar> = Vec::new();
    for (rank, items) in of_vocabularies.chain(of_policies) {
        for line in items {
            let Item::Calendar(item) = &line.node else { continue };
            let (name, at) = (item.name.text.clone(), Some(item.name.at.0));
            let symbol = Symbol { kind: SymbolKind::Calendar, name: name.clone(), at, rank };
            if let Some(problem) = symbols.declare(Namespace::Names, symbol) {
                problems.push(problem);
                continue;
            }
            let help = item.help.as_ref().map_or_else(String::new, |help| help.value.clone());
            calendars.push(NamedCalendar { name, help, calendar: calendar(item, &library.lost, problems) });
        }
    }
    calendars
}

fn calendar(item: &CalendarItem, lost: &Unreadable<'_>, problems: &mut Vec<Diagnostic>) -> Calendar {
    let mut calendar = Calendar::default();
    let mut once = Once::under("this calendar");
    let (mut yearly, mut dates) = (Vec::new(), Vec::new());
    for line in &item.lines {
        let at = line.at.0;
        match &line.node {
            CalendarLine::SkipsWeekday(day) => {
                once.line(&format!("skips every {}", day.name()), at, problems);
                calendar.weekdays = calendar.weekdays.with(*day);
            }
            CalendarLine::SkipsYearly { day, month, .. } => {
                let Ok(day) = u8::try_from(day.value) else { continue };
                yearly.push(((*month, day), at));
                calendar.yearly.push((*month, day));
            }
            CalendarLine::SkipsDate { date, .. } => {
                once.line(&format!("skips {date}"), at, problems);
                dates.push((*date, at));
                calendar.dates.push(*date);
            }
            CalendarLine::Complete { from, to } => {
                if from > to {
                    let message = format!("the range from {from} to {to} is the wrong way round");
                    problems.push(Diagnostic::error("bad-range", at, message).help("name the earlier day first"));
                }
                once.line("complete", at, problems);
                calendar.complete = Some((*from, *to));
            }
        }
    }
    skipped_anyway(&yearly, &dates, problems);
    for (date, at) in dates.iter().filter(|(date, _)| calendar.weekdays.has(date.weekday())) {
        let message = format!("{date} is a {}, and every {0} is skipped", date.weekday().name());
        problems.push(no_effect(*at, message));
    }
    calendar.dates.sort_unstable();
    if calendar.weekdays.is_every_day() {
        let message = "this calendar skips every day of the week, so no deadline would ever come";
        problems.push(
            Diagnostic::error("no-day-left", item.name.at.0, message)
                .help("leave at least one day of the week out of it"),
        );
    }
    let skips = calendar.weekdays != Weekdays::default() || !yearly.is_empty() || !dates.is_empty();
    if !skips && !lost.anything_under(item.name.at.0) {
        let problem = Diagnostic::error("empty-list", item.name.at.0, "this calendar skips no day");
        problems.push(problem.help("name its days, as in `skips every Sunday` and `skips 2026-04-03`"));
    }
    calendar
}

/// Says which days are skipped twice, or every year anyway.
fn skipped_anyway(yearly: &[((u8, u8), Span)], dates: &[(Date, Span)], problems: &mut Vec<Diagnostic>) {
    let mut first: BTreeMap<(u8, u8), Span> = BTreeMap::new();
    let days = yearly.iter().copied().chain(dates.iter().map(|(date, at)| (date.month_and_day(), *at)));
    for (at, (day, span)) in days.enumerate() {
        match first.get(&day) {
            Some(earlier) => {
                let problem = no_effect(span, "this day is skipped every year already");
                problems.push(problem.also(*earlier, "by this line"));
            }
            None if at < yearly.len() => drop(first.insert(day, span)),
            None => {}
        }
    }
}
