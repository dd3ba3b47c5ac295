//! Type-checks how far a time lies from another, whether both lie on one day, and by when something must be done.

use super::names::{Checker, NameScope};
use super::policy::Effect;
use super::predicates::Asked;
use crate::model::{OutcomeId, Type};
use crate::semantics::predicates::{Apart, SameDay};
use crate::semantics::{Predicate, Subject};
use crate::syntax::tree::{self, Comparison, FirstDay, LengthRef, Side};
use crate::text::{Diagnostic, Span};
use crate::time::{Date, Length, Unit};

/// Days that are passed over are gone through one by one.
const LONGEST_OVER_A_CALENDAR: Length = Length { amount: 1, unit: Unit::Years };

impl Checker<'_, '_> {
    /// Another time that one is compared with.
    pub(super) fn other_time(&mut self, other: &tree::Subject, place: NameScope) -> Option<Subject> {
        if let tree::Subject::Own(word) = other
            && Date::parse(&word.text).is_some()
        {
            let message = format!("`{}` is a day, and not a time that has a name", word.text);
            let problem = Diagnostic::error("wrong-kind", word.at.0, message);
            let help = format!("of a day ask `is on {0}`, `is on or after {0}` or `is before {0}`", word.text);
            self.problems.push(problem.help(help));
            return None;
        }
        let other = self.asked(other, place)?;
        if matches!(other.ty, Type::Time { .. }) {
            return Some(other.subject);
        }
        let message = format!("`{}` is {}, not a time", other.words, self.described(&other.ty));
        let problem = Diagnostic::error("wrong-kind", other.at, message).help("compare a time with a time or a day");
        self.problems.push(problem);
        None
    }

    /// `is on the same day as this call`
    pub(super) fn same_day(&mut self, not: bool, other: &tree::Subject, place: NameScope) -> Option<Predicate> {
        Some(SameDay { other: self.other_time(other, place)?, not }.into())
    }

    /// `is within 3 days after order-made, counting its day`
    pub(super) fn apart(
        &mut self,
        asked: &Asked,
        said: &tree::Apart,
        span: Span,
        place: NameScope,
    ) -> Option<Predicate> {
        if let Some(instead) = from_now(asked, said) {
            let message = "there is a phrase for what is counted from this call".to_owned();
            let problem = Diagnostic::error("cannot-read", span, message).help(format!("write `{instead}`"));
            self.problems.push(problem.fix(span, instead));
            return None;
        }
        let tree::Apart { comparison, length, side, other, first_day, calendar } = said;
        let (other, length) = (self.other_time(other, place), self.measured_length(length));
        let calendar = calendar.as_ref().map(|name| self.calendar(name));
        let (other, length) = (other?, length?);
        let problem = first_day
            .and_then(|first_day| not_in_whole_days(comparison.is_some(), *length, first_day))
            .or_else(|| calendar.and_then(|_| not_over_a_calendar(*side, *length)));
        if let Some((message, help)) = problem {
            self.problems.push(Diagnostic::error("wrong-question", span, message).help(help));
            return None;
        }
        let calendar = match calendar {
            Some(calendar) => Some(calendar?),
            None => None,
        };
        let comparison = comparison.unwrap_or(Comparison::AtMost);
        Some(Apart { comparison, length, side: *side, other, first_day: *first_day, calendar }.into())
    }
}

impl Checker<'_, '_> {
    /// `review by the end of the day 2 days after order-made, not counting court-days`
    pub(super) fn deadline(&mut self, outcome: OutcomeId, said: &tree::Deadline) -> Option<Effect> {
        let tree::Deadline { length: written, after, calendar, end_of_day } = said;
        if let (Some(LengthRef::Name(word)), Some(_)) = (written, calendar) {
            self.keep_to_one_kind(word);
        }
        let length = match written {
            Some(written) => self.length(written).map(|length| *length),
            None => Some(Length::new(0, Unit::Days)),
        };
        let after = self.moment(after);
        let calendar = match calendar {
            Some(name) => Some(self.calendar(name)?),
            None => None,
        };
        let (length, after) = (length?, after?);
        if let (true, Some(_), Some(written)) = (end_of_day, length.exact_seconds(), written) {
            let at = match written {
                LengthRef::Length(length) => length.at.0,
                LengthRef::Name(word) => word.at.0,
            };
            let message = format!("{length} cannot be counted in whole days");
            let problem = Diagnostic::error("wrong-kind", at, message);
            let help = "write a number of days, or leave out `the end of the day`";
            self.problems.push(problem.help(help));
            return None;
        }
        Some(Effect::Deadline { outcome, length, after, calendar, end_of_day: *end_of_day })
    }
}

/// What is said by the clock of this call and another time, in the words that are there for it: they tell when the answer will
/// change, which what is counted from another time never does.
fn from_now(asked: &Asked, said: &tree::Apart) -> Option<String> {
    let tree::Apart { comparison, length, side, other, first_day: None, calendar: None } = said else { return None };
    let of_other = matches!(other, tree::Subject::ThisCall(_));
    let (of, is_past) = match (asked.subject, side) {
        (Subject::CallTime, _) if of_other => return None,
        (Subject::CallTime, Side::After) => (other.to_string(), true),
        (Subject::CallTime, Side::Before) => (other.to_string(), false),
        (_, side) if of_other => (asked.words.clone(), *side == Side::Before),
        _ => return None,
    };
    match (is_past, comparison) {
        (true, None) => Some(format!("{of} is within {length}")),
        (true, Some(comparison)) => Some(format!("{of} is {} {length} ago", comparison.words())),
        (false, None | Some(Comparison::AtMost)) => Some(format!("{of} is within the next {length}")),
        // How far ahead at least, nothing else asks.
        (false, _) => None,
    }
}

/// What is wrong with a length that is to be reckoned in whole days.
fn not_in_whole_days(compared: bool, length: Length, first_day: FirstDay) -> Option<(String, &'static str)> {
    let months = matches!(length.unit, Unit::Months | Unit::Years);
    if compared {
        let message = "whether its day is counted can only be said after `within`".to_owned();
        return Some((message, "write `is within …`, or leave out whether its day is counted"));
    }
    if length.exact_seconds().is_some() {
        let message = format!("{length} cannot be counted in whole days");
        return Some((message, "write a number of days, or leave out whether its day is counted"));
    }
    if length.amount == 0 {
        return Some(("0 days hold no day that could be counted".to_owned(), "write `1 day` or more"));
    }
    let message = || format!("where {length} would end that began with the 31st of a month, not everybody agrees");
    (months && first_day == FirstDay::Counted)
        .then(|| (message(), "write a number of days or weeks, or `not counting its day`"))
}

/// What is wrong with a length that is to pass over the days of a calendar.
fn not_over_a_calendar(side: Side, length: Length) -> Option<(String, &'static str)> {
    if side == Side::Before {
        let message = "days that do not count can only be left out after a time, not before it".to_owned();
        return Some((
            message,
            "ask it of the other time: `hearing is within 2 days after notified-at, not counting …`",
        ));
    }
    (length.usual_seconds() > LONGEST_OVER_A_CALENDAR.usual_seconds()).then(|| {
        let message =
            format!("{length} are too long to leave out single days: it goes up to {LONGEST_OVER_A_CALENDAR}");
        (message, "leave the calendar out, or write a shorter length")
    })
}
