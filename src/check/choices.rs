//! A setting that names a calendar, and the calendars that it may be set to -> the calendar in force.

use super::names::Checker;
use super::once::Once;
use super::policy::SettingValue;
use super::settings::kind_of;
use crate::syntax::tree::{SettingItem, Word};
use crate::text::{Diagnostic, Span, joined, nearest, spoken};

impl Checker<'_, '_> {
    pub(super) fn is_calendar(&self, name: &str) -> bool {
        self.policy.calendars.iter().any(|calendar| calendar.name == name)
    }

    /// A calendar by its own name, or the one that the setting of this name is set to.
    pub(super) fn calendar(&mut self, name: &Word) -> Option<usize> {
        let set = match self.setting_value(&name.text) {
            Some(SettingValue::Calendar(set)) => set.clone(),
            Some(other) => {
                let message = format!("`{}` is {}; a calendar is needed here", name.text, kind_of(other));
                let problem = Diagnostic::error("wrong-kind", name.at.0, message);
                self.problems.push(problem.help("name a calendar, or a setting that is one"));
                return None;
            }
            None => name.text.clone(),
        };
        let found = self.policy.calendars.iter().position(|calendar| calendar.name == set);
        if found.is_none() {
            let problem = self.no_calendar(name);
            self.report_unknown(name, problem);
        }
        found
    }

    fn no_calendar(&self, name: &Word) -> Diagnostic {
        let near = nearest(&name.text, self.policy.calendars.iter().map(|calendar| calendar.name.as_str()));
        Diagnostic::error("unknown-name", name.at.0, format!("there is no calendar `{}`", name.text)).suggest(near)
    }

    /// `is court-days, one of court-days and bank-holidays`
    pub(super) fn check_one_of(&mut self, item: &SettingItem, value: &SettingValue, names: &[Word]) {
        let mut once = Once::under("this list");
        let SettingValue::Calendar(own) = value else {
            let span = match names {
                [first, .., last] => first.at.0.to(last.at.0),
                names => names.first().unwrap_or(&item.name).at.0,
            };
            let message = format!("`{}` is {}, and `one of` is for calendars", item.name.text, kind_of(value));
            let problem = Diagnostic::error("bad-range", span, message);
            let help = match value {
                SettingValue::Word(_) => {
                    "for values in rising order name both ends, as in `from scheduled to priority`"
                }
                _ => "name both ends of what it may be, as in `from 2 to 4`",
            };
            // A word that is none of these is told for itself.
            if !matches!(value, SettingValue::Word(word) if !self.is_rising_value(word)) {
                self.problems.push(problem.help(help));
            }
            return;
        };
        for name in names {
            once.line(&name.text, name.at.0, self.problems);
            if !self.is_calendar(&name.text) {
                let problem = self.no_calendar(name);
                self.report_unknown(name, problem);
            }
        }
        let place = self.place_of(&item.value);
        let names: Vec<String> = names.iter().map(|name| name.text.clone()).collect();
        if !names.contains(own) {
            self.outside(own, &names, "is none of its own calendars", place, place);
        }
    }

    /// Whether a policy sets it to one of those that the base allows.
    pub(super) fn check_chosen(&mut self, value: &SettingValue, names: &[String], place: Span, declared: Span) -> bool {
        let SettingValue::Calendar(chosen) = value else { return true };
        let allowed = names.contains(chosen);
        if !allowed {
            self.outside(chosen, names, "is none of those that the base allows", place, declared);
        }
        allowed
    }

    fn outside(&mut self, chosen: &str, names: &[String], how: &str, place: Span, declared: Span) {
        let problem = Diagnostic::error("outside-range", place, format!("`{chosen}` {how}: {}", joined(names, "and")));
        self.problems.push(if place == declared { problem } else { problem.also(declared, "they are named here") });
    }

    /// Whichever calendar a policy could set it to, nobody has compared its days with those of the base's.
    pub(super) fn calendar_without_choice(&mut self, item: &SettingItem) {
        let all: Vec<&str> = self.policy.calendars.iter().map(|calendar| calendar.name.as_str()).collect();
        let message = format!("which calendars `{}` may be set to is not said", item.name.text);
        let problem = Diagnostic::error("bad-range", item.name.at.0, message);
        let help = format!("name them, as in `, one of {}`", spoken(&all, "and"));
        self.problems.push(problem.help(help));
    }
}
