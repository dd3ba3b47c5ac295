//! Calendar headings -> the days that do not count.

use super::gather::Library;
use super::policy::NamedCalendar;
use super::vocabulary;
use crate::model::Vocabulary;
use crate::syntax::tree::{CalendarItem, CalendarLine, Item};
use crate::text::{Diagnostic, Span};
use crate::time::Calendar;
use std::collections::BTreeMap;

/// The calendars of the vocabulary and of the policies in the chain. A later one of the same name is refused.
pub(super) fn gather_calendars(
    library: &Library<'_>,
    words: &Vocabulary,
    chain: &[&str],
    problems: &mut Vec<Diagnostic>,
) -> Vec<NamedCalendar> {
    let vocabularies = vocabulary::chain(library, &words.name, &mut Vec::new());
    let of_vocabularies =
        vocabularies.iter().filter_map(|name| library.vocabularies.get(name)).flat_map(|parts| &parts.items);
    let of_policies = chain.iter().filter_map(|name| library.policies.get(name)).flat_map(|parts| &parts.items);
    let mut calendars: Vec<NamedCalendar> = Vec::new();
    let mut places: BTreeMap<&str, Span> = BTreeMap::new();
    for line in of_vocabularies.chain(of_policies) {
        let Item::Calendar(item) = &line.node else { continue };
        if let Some(first) = places.insert(&item.name.text, item.name.at.0) {
            let problem =
                Diagnostic::error("named-twice", item.name.at.0, format!("`{}` is declared twice", item.name.text));
            problems.push(problem.also(first, "here it is declared first").help("give one of them another name"));
            continue;
        }
        let help = item.help.as_ref().map_or_else(String::new, |help| help.value.clone());
        calendars.push(NamedCalendar { name: item.name.text.clone(), help, calendar: calendar(item, problems) });
    }
    calendars
}

fn calendar(item: &CalendarItem, problems: &mut Vec<Diagnostic>) -> Calendar {
    let mut calendar = Calendar::default();
    for line in &item.lines {
        match &line.node {
            CalendarLine::SkipsWeekday(day) => calendar.weekdays = calendar.weekdays.with(*day),
            CalendarLine::SkipsYearly { day, month, .. } => {
                calendar.yearly.extend(u8::try_from(day.value).ok().map(|day| (*month, day)));
            }
            CalendarLine::SkipsDate { date, .. } => calendar.dates.push(*date),
            CalendarLine::Complete { from, to } => {
                if from > to {
                    let message = format!("the range from {from} to {to} is the wrong way round");
                    problems
                        .push(Diagnostic::error("bad-range", line.at.0, message).help("name the earlier day first"));
                }
                calendar.complete = Some((*from, *to));
            }
        }
    }
    calendar.dates.sort_unstable();
    if calendar.weekdays.is_every_day() {
        let message = "this calendar skips every day of the week, so no deadline would ever come";
        problems.push(
            Diagnostic::error("no-day-left", item.name.at.0, message)
                .help("leave at least one day of the week out of it"),
        );
    }
    calendar
}
